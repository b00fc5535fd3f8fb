"""One number found on one test piece: its value, or the reason why there is none. A value."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from loop.observations import State
from services.preprocessing.errors import PreprocessingError

__all__ = ["Determination", "absent", "measured"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Determination:
    """What one test piece says of one quantity.

    Parameters
    ----------
    value
        In `unit`. Where `state` is censored it is the limit, not the value; None where nothing is known.
    stderr
        Standard error of the value from the curve's own scatter; None where it has none.
    basis
        How it was found, in words of the standard: ``regression``, ``nominal strain, method B``.
    reason
        Why it is censored or absent.

    Raises
    ------
    PreprocessingError
        If value and state contradict each other.
    """

    unit: str
    value: float | None = None
    stderr: float | None = None
    state: State = State.MEASURED
    basis: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        needs_value = self.state is State.MEASURED or self.state.is_censored
        if needs_value != (self.value is not None):
            raise PreprocessingError(f"a number that is {self.state} cannot be {self.value!r} {self.unit}".rstrip())
        if self.value is not None and not isfinite(self.value):
            raise PreprocessingError(f"a determination is a finite number, got {self.value!r} {self.unit}".rstrip())
        if self.state is not State.MEASURED and not self.reason:
            raise PreprocessingError(f"a number that is {self.state} needs a reason")

    @property
    def is_measured(self) -> bool:
        """True where the value is a value, no limit."""
        return self.state is State.MEASURED


def measured(value: float, unit: str, *, stderr: float | None = None, basis: str = "") -> Determination:
    """Return a value that was measured."""
    return Determination(value=float(value), unit=unit, stderr=stderr, basis=basis)


def absent(unit: str, reason: str) -> Determination:
    """Return that there is no value, and why."""
    return Determination(unit=unit, state=State.ABSENT, reason=reason)
