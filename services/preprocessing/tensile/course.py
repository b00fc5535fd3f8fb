"""The course of one test: zero set, where it has its maximum, where it slips and breaks, and what elongates. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.observations import State
from services.preprocessing.tensile.events import Break, Slip, find_break, find_maximum, noise_of
from services.preprocessing.tensile.method import TensileMethod
from services.preprocessing.tensile.modulus import toe_offset
from services.preprocessing.tensile.signals import BarSignals

__all__ = ["Course", "course_of"]

_AT_LIMIT = 0.99
"""A travel within 1 % of the machine's limit has reached it."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Course:
    """What happened in a test.

    Parameters
    ----------
    strain, nominal
        mm/mm with compensated zero where the method says so, shape (n,); None where not known.
    maximum
        Point of the first maximum of stress; None where stress rises until the end.
    elongation
        mm/mm, shape (n,): what elongation at break is read from, of which `basis` says how it is made.
    state
        ``measured`` where the bar broke; ``above_range`` where it was unbroken at the end, and `why` tells.
    """

    signals: BarSignals
    noise: float
    end: Break
    maximum: int | None
    slips: tuple[Slip, ...]
    strain: np.ndarray | None
    nominal: np.ndarray | None
    toe: float
    elongation: np.ndarray | None
    basis: str
    state: State
    why: str

    @property
    def rising(self) -> slice:
        """Points up to the first maximum, or to the break where there is none."""
        return slice(0, (self.end.point if self.maximum is None else self.maximum) + 1)


def course_of(signals: BarSignals, method: TensileMethod) -> Course:
    """Find the events of a test, set its zero, and tell how it ended."""
    stress, noise = signals.stress, noise_of(signals.stress)
    end = find_break(stress, noise)
    maximum, slips = find_maximum(signals.progress, stress, end.point, noise, method.yield_drop)
    rising = slice(0, (end.point if maximum is None else maximum) + 1)
    strain, nominal, toe = signals.strain, signals.nominal, 0.0
    if method.toe != "none":
        if strain is not None:
            until = slice(0, min(rising.stop, signals.strain_last + 1))
            toe = toe_offset(strain[until], stress[until])
            strain = strain - toe
        if nominal is not None:
            nominal = nominal - toe_offset(nominal[rising], stress[rising])
    last = signals.strain_last
    elongation, basis = _elongation(strain, nominal, maximum, last, end.point)
    state, why = _ending(signals, method, end, maximum)
    return Course(
        signals=signals,
        noise=noise,
        end=end,
        maximum=maximum,
        slips=tuple(slip for slip in slips if not _is_change_of_speed(slip, strain, method)),
        strain=strain,
        nominal=nominal,
        toe=toe,
        elongation=elongation,
        basis=basis,
        state=state,
        why=why,
    )


def _elongation(
    strain: np.ndarray | None, nominal: np.ndarray | None, maximum: int | None, last: int, end: int
) -> tuple[np.ndarray | None, str]:
    """Return what elongates: strain before yield; after it nominal strain, by method B where both are there.

    Where the extensometer spoke until the point `last` only, nominal strain takes over from there.
    """
    if strain is not None and maximum is None and last >= end:
        return strain, "strain"
    if nominal is None:
        return (strain, "strain after yield") if strain is not None and last >= end else (None, "")
    if strain is None:
        return nominal, "nominal strain, method A"
    joint = last if maximum is None else min(maximum, last)
    after = strain[joint] + nominal - nominal[joint]
    along = np.where(np.arange(len(strain)) <= joint, strain, after)
    if joint == maximum:
        return along, "nominal strain, method B"
    return along, f"strain to {100 * float(strain[joint]):.3g} %, nominal strain from there"


def _ending(signals: BarSignals, method: TensileMethod, end: Break, maximum: int | None) -> tuple[State, str]:
    limit, travel = method.travel_limit_mm, signals.travel
    if limit is not None and travel is not None:
        gone = float(travel[end.point] - travel[0])
        if gone >= _AT_LIMIT * limit:  # a fall of load there is the machine that stops
            return State.ABOVE_RANGE, f"unbroken at {gone:.4g} mm of travel, where the machine stops ({limit:g} mm)"
        return State.MEASURED, ""
    if end.is_seen or maximum is None:
        return State.MEASURED, ""
    return State.ABOVE_RANGE, "the record ends under load after yield, and no limit of travel is stated to compare with"


def _is_change_of_speed(slip: Slip, strain: np.ndarray | None, method: TensileMethod) -> bool:
    """Load relaxes while the machine changes its speed, right behind the modulus window: no slip."""
    if not method.changes_speed or strain is None:
        return False
    return method.modulus_to <= float(strain[slip.start]) <= 2 * method.modulus_to
