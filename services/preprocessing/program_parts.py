"""The stretches of a program: as a file marks them or as the temperature goes, with gas, rate and name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from loop.values import Frozen
from services.preprocessing.stretches import parts_of, rate_between
from services.records.curve import Curve

__all__ = ["GasSwitch", "Stretch", "StretchKind", "gas_of", "named", "stretches_of", "switched"]

StretchKind = Literal["heat", "cool", "isothermal", "other"]

_SMALLEST_RAMP_K = 3.0
_GASES = {
    r"N2|N₂|nitrogen|stickstoff|azote|窒素": "N2",
    r"synthetic air|air|luft|synthetische luft|空気": "air",
    r"O2|O₂|oxygen|sauerstoff|oxygène|酸素": "O2",
    r"Ar|argon|アルゴン": "Ar",
    r"He|helium|ヘリウム": "He",
}


class GasSwitch(Frozen):
    """From here on another gas flows: at a time of the run, or at a temperature that a heating first passes."""

    gas: str = Field(description="Gas from here on: N2, air, O2, Ar ...")
    at_min: float | None = Field(default=None, description="Time of the run, minutes, as the file counts it.")
    at_celsius: float | None = Field(default=None, description="Temperature, °C, at which a heating first arrives.")

    @model_validator(mode="after")
    def _is_one_place(self) -> GasSwitch:
        if (self.at_min is None) == (self.at_celsius is None):
            raise ValueError(f"a switch to {self.gas} is either at_min or at_celsius")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Points `start` up to and without `stop` of a program.

    `name` is heat 1, cool, heat 2, isothermal; a second of a kind is numbered, and where a ramp goes on after a hold or
    a change of gas it is ``heat 1, part 2``. `rate_k_per_min` is signed; None where no time is known.
    """

    name: str
    kind: StretchKind
    start: int
    stop: int
    first_celsius: float | None
    last_celsius: float | None
    rate_k_per_min: float | None
    gas: str


def stretches_of(curve: Curve, minutes: np.ndarray | None, celsius: np.ndarray | None, gas: str) -> list[Stretch]:
    """Return the stretches without names: as the file marks them, else as the temperature goes."""
    is_marked = any(s.name or s.gas or s.rate_K_per_min is not None for s in curve.segments)
    if curve.segments and (is_marked or celsius is None):
        found: list[Stretch] = []
        for segment in curve.segments:
            gas = segment.gas or gas_of([segment.name]) or gas
            kind = segment.kind if segment.kind in ("heat", "cool", "isothermal") else "other"
            found.append(_stretch(kind, segment.start, segment.stop, minutes, celsius, gas, segment.rate_K_per_min))
        return found
    if celsius is None:
        return [_stretch("other", 0, len(curve), minutes, celsius, gas)]
    parts = parts_of(np.arange(float(len(curve))) if minutes is None else minutes, celsius, is_time=minutes is not None)
    if not parts:
        return [_stretch("other", 0, len(curve), minutes, celsius, gas)]
    return [_stretch(part.direction, part.start, part.stop, minutes, celsius, gas) for part in parts]


def _stretch(
    kind: StretchKind,
    start: int,
    stop: int,
    minutes: np.ndarray | None,
    celsius: np.ndarray | None,
    gas: str,
    rate: float | None = None,
) -> Stretch:
    """Make a stretch; one of no kind that is known gets the kind that its ends speak of."""
    first = last = None
    if celsius is not None:
        first, last = float(celsius[start]), float(celsius[stop - 1])
        if kind == "other" and abs(last - first) >= _SMALLEST_RAMP_K:
            kind = "heat" if last > first else "cool"
        if rate is None and minutes is not None:
            rate = rate_between(minutes, celsius, start, stop)
    return Stretch(
        name="",
        kind=kind,
        start=start,
        stop=stop,
        first_celsius=first,
        last_celsius=last,
        rate_k_per_min=rate,
        gas=gas,
    )


def switched(
    stretches: list[Stretch], switch: GasSwitch, minutes: np.ndarray | None, celsius: np.ndarray | None
) -> list[Stretch] | None:
    """Change the gas from a place on; None where the run does not come there."""
    at = _place(stretches, switch, minutes, celsius)
    if at is None:
        return None
    found: list[Stretch] = []
    for stretch in stretches:
        if stretch.start < at < stretch.stop:
            ends = replace(stretch, stop=at), replace(stretch, start=at, gas=switch.gas)
            if celsius is not None:
                ends = (
                    replace(ends[0], last_celsius=float(celsius[at - 1])),
                    replace(ends[1], first_celsius=float(celsius[at])),
                )
            found += ends
        else:
            found.append(replace(stretch, gas=switch.gas) if stretch.start >= at else stretch)
    return found


def _place(
    stretches: list[Stretch], switch: GasSwitch, minutes: np.ndarray | None, celsius: np.ndarray | None
) -> int | None:
    if switch.at_min is not None:
        if minutes is None or minutes[-1] < switch.at_min:
            return None
        return int(np.searchsorted(minutes, switch.at_min))
    for stretch in stretches:
        if stretch.kind == "heat" and celsius is not None and switch.at_celsius is not None:
            there = np.flatnonzero(celsius[stretch.start : stretch.stop] >= switch.at_celsius)
            if len(there):
                return stretch.start + int(there[0])
    return None


def named(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    """Give names: a heating after a cooling that follows a heating is the next heat, else a part of the one before."""
    names: list[str] = []
    counts = {"cool": 0, "isothermal": 0, "other": 0}
    heat, has_cooled = 0, False
    for k, stretch in enumerate(stretches):
        goes_on = k > 0 and stretches[k - 1].kind == stretch.kind != "heat"
        if stretch.kind == "heat":
            if heat == 0 or has_cooled:
                heat, has_cooled = heat + 1, False
            base = f"heat {heat}"
        elif goes_on:
            base = names[-1].split(",")[0]
        else:
            has_cooled = has_cooled or stretch.kind == "cool"
            counts[stretch.kind] += 1
            n = counts[stretch.kind]
            base = stretch.kind if n == 1 else f"{stretch.kind} {n}"
        n_before = sum(name.split(",")[0] == base for name in names)
        names.append(base if not n_before else f"{base}, part {n_before + 1}")
    return tuple(replace(stretch, name=name) for stretch, name in zip(stretches, names, strict=True))


def gas_of(texts: Iterable[str]) -> str:
    """Return the first gas that texts name; empty where they name none."""
    for text in texts:
        for pattern, gas in _GASES.items():
            if re.search(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", text, re.I if gas in ("N2", "air", "O2") else 0):
                return gas
    return ""
