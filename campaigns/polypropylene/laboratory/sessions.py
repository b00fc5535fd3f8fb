"""Instrument sessions: an instrument is switched on, aligned and drifts; everything measured in one session shares it.

A session is a week of one instrument. Its state follows from the laboratory's seed, the instrument and the week alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from loop.seeds import derive_seed

__all__ = ["CONTROL", "Session", "session_of"]

CONTROL = "CONTROL-1"
"""Name of the control specimen, measured once in every session of every instrument."""

_MEMORY = 0.85  # correlation from one week to the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How one instrument stands during one week.

    Attributes
    ----------
    id
        As ``WAXS-2026-W31``.
    shift, gain, tilt
        Standard normal deviates (each about -2.5 to 2.5) that every instrument scales by its own size of drift: of its
        axis, of its sensitivity, and of its baseline.
    """

    id: str
    instrument: str
    operator: str
    day: date
    shift: float
    gain: float
    tilt: float


def session_of(instrument: str, day: date, *, seed: int) -> Session:
    """Return the session of an instrument that a day falls into: drift goes on from week to week, with memory."""
    year, week, _ = day.isocalendar()
    number = (date.fromisocalendar(year, week, 1) - date(2020, 1, 6)).days // 7
    own = np.random.default_rng(derive_seed(seed, "operator", instrument, day.isoformat()))
    return Session(
        id=f"{instrument}-{year}-W{week:02d}",
        instrument=instrument,
        operator=("Aoki", "Braun", "Costa")[int(own.integers(3))],
        day=day,
        shift=_drift(instrument, "shift", number, seed),
        gain=_drift(instrument, "gain", number, seed),
        tilt=_drift(instrument, "tilt", number, seed),
    )


def _drift(instrument: str, what: str, week: int, seed: int) -> float:
    """Return a stationary walk's value in a week: innovations of the last weeks, each forgotten by and by."""
    steps = [
        np.random.default_rng(derive_seed(seed, "drift", instrument, what, week - back)).standard_normal()
        * _MEMORY**back
        for back in range(40)
    ]
    return float(np.clip(sum(steps) * np.sqrt(1 - _MEMORY**2), -2.5, 2.5))
