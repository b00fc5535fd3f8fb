"""The stretches of a thermal program: heat 1, cool 1, heat 2, each with its rate. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.records.curve import Curve
from services.report.style import ACCENT, CONTRAST

__all__ = ["Run", "is_program", "runs_of"]

_COLOURS: Mapping[str, tuple[str, ...]] = {"heat": (CONTRAST, "#cc79a7", "#e69f00"), "cool": (ACCENT, "#7f6bb3")}
"""Heating is warm, cooling is cold; what is neither is green."""
_NEITHER = "#009e73"
_NOT_RISING = 0.02
"""A temperature that goes back by more than this share of its range turns around; less is the controller's wobble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One stretch: its name, colour and points, and whether its temperature changes, to be drawn over it."""

    name: str
    colour: str
    points: slice
    is_over_temperature: bool


def runs_of(curve: Curve) -> tuple[Run, ...]:
    """List the stretches of a program in order; the whole where there is none."""
    if not curve.segments:
        return (Run(name="", colour="", points=slice(None), is_over_temperature=True),)
    counts: Counter[str] = Counter()
    runs = []
    for segment in curve.segments:
        counts[segment.kind] += 1
        name = f"{segment.kind} {counts[segment.kind]}"
        if segment.rate_K_per_min is not None:
            name += f", {abs(segment.rate_K_per_min):g} K/min"
        if segment.gas:
            name += f", {segment.gas}"
        points = slice(segment.start, segment.stop)
        colours = _COLOURS.get(segment.kind, (_NEITHER,))
        is_alone = len(curve.segments) == 1
        colour = "" if is_alone else colours[(counts[segment.kind] - 1) % len(colours)]
        is_over = segment.kind != "isothermal"
        runs.append(Run(name=name, colour=colour, points=points, is_over_temperature=is_over))
    return tuple(runs)


def is_program(curve: Curve) -> bool:
    """Say whether temperature does more than rise once or fall once."""
    if curve.segments:
        return len(curve.segments) > 1 or curve.segments[0].kind == "isothermal"
    temperature = curve.channel("temperature").values
    finite = temperature[np.isfinite(temperature)]
    if len(finite) < 2:
        return True
    reach = float(np.ptp(finite)) or 1.0
    falls = float(np.max(np.maximum.accumulate(finite) - finite))
    rises = float(np.max(finite - np.minimum.accumulate(finite)))
    return min(falls, rises) > _NOT_RISING * reach
