"""The axis of a curve: which column it is, whether it turns back, stands still or leaps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.records.curve import CurveError
from services.records.reading import Claim

__all__ = ["AXES", "OrderFault", "choose_axis", "find_repeat", "step_claim"]

AXES = (
    *("time", "retention_time", "retention_volume"),
    *("wavenumber", "raman_shift", "wavelength", "two_theta", "scattering_vector", "energy", "frequency"),
    *("log_molar_mass", "molar_mass", "program_temperature", "temperature"),
    *("strain", "extension", "nominal_strain", "crosshead"),
)
"""Quantities that curves stand along, the surest first."""

_TIMED = ("time", "temperature", "program_temperature", "strain", "extension", "nominal_strain", "crosshead", "point")
"""Axes that are measured themselves, so that a step may well be another than its neighbours."""
_FEW = 3
"""An axis of many points that turns back no more often was put out of order; a noisy one turns back often."""
_MANY = 20
_MOST_LEAPS = 3
_LEAP = 1.5


class OrderFault(CurveError):  # noqa: N818 - says what it is
    """An axis is out of order; `point` is the row at which."""

    def __init__(self, point: int, message: str) -> None:
        self.point = point
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class _Order:
    n_wrong: int
    first: int


def choose_axis(columns: Sequence[tuple[str, np.ndarray]], wanted: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Choose the quantity along which values stand.

    Parameters
    ----------
    columns
        Quantities with their values, in the file's order.
    wanted
        Quantities in order of preference; ``point`` stands for counting.

    Returns
    -------
    The quantity, ``point`` where none serves and it is wanted; and notes about those that do not.

    Raises
    ------
    OrderFault
        If the axis turns back at a place or two, as lines that were put out of order do, or none serves.
    """
    known = dict(columns)
    notes: list[str] = []
    last: OrderFault | None = None
    for quantity in wanted:
        if quantity == "point":
            return "point", tuple(notes)
        if quantity not in known:
            continue
        order = _order(known[quantity])
        if not order.n_wrong:
            return quantity, tuple(notes)
        x = known[quantity]
        told = f"{quantity} turns back from {x[order.first]:g} to {x[order.first + 1]:g}"
        last = OrderFault(order.first + 1, told)
        if order.n_wrong <= _FEW and len(x) >= _MANY:
            raise last
        notes.append(f"{told}, and at {order.n_wrong - 1} more places: it is no axis")
    if last is not None:
        raise last
    raise OrderFault(0, "none of its columns only rises or only falls")


def _order(x: np.ndarray) -> _Order:
    steps = np.diff(x)
    if not len(steps):
        return _Order(0, 0)
    n_down, n_up = int((steps < 0).sum()), int((steps > 0).sum())
    wrong = np.flatnonzero(steps < 0 if n_down <= n_up else steps > 0)
    return _Order(len(wrong), int(wrong[0]) if len(wrong) else 0)


def find_repeat(x: np.ndarray, rows: np.ndarray) -> int | None:
    """Return the row that stands twice in a file whose axis never stands still otherwise; None where there is none.

    Parameters
    ----------
    x
        The axis, shape (n,).
    rows
        All numbers of the rows, shape (n, columns).
    """
    still = np.flatnonzero(np.diff(x) == 0)
    if not len(still) or len(still) > _FEW or len(x) < _MANY:
        return None
    is_same = np.array([np.array_equal(rows[i], rows[i + 1], equal_nan=True) for i in still])
    return int(still[0] + 1) if is_same.all() else None


def step_claim(quantity: str, x: np.ndarray, places: Sequence[str]) -> tuple[Claim | None, str]:
    """Look for a leap in an axis of even steps.

    Returns
    -------
    What an axis of even steps says of itself, where it is computed and not measured; else a note, empty where there is
    nothing to say.
    """
    steps = np.abs(np.diff(x))
    if len(steps) < _MANY:
        return None, ""
    step = float(np.median(steps))
    digits = np.finfo(float).eps * float(np.abs(x).max())
    is_even = np.abs(steps - step) <= 0.05 * step + digits
    if step <= 0 or is_even.mean() < 0.97:
        return None, ""
    leaps = np.flatnonzero((steps > _LEAP * step) | (steps < step / 4))
    if len(leaps) > _MOST_LEAPS:
        return None, ""
    first = int(leaps[0]) if len(leaps) else 0
    found = f"a step of {steps[first]:.6g} at {places[first + 1]}" if len(leaps) else f"even steps of {step:.6g}"
    if quantity in _TIMED:
        return None, f"{quantity} goes by {step:.6g}, but for {found}" if len(leaps) else ""
    return Claim(kind="step", about=quantity, said=f"even steps of {step:.6g}", found=found), ""
