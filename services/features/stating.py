"""Features as they are stated: with a value and its error, or with the reason why there is none."""

from __future__ import annotations

from math import isfinite

from loop.observations import State
from services.records.feature import Feature

__all__ = ["absent", "below", "beyond", "measured", "missing"]


def measured(name: str, value: float, stderr: float | None = None, *, unit: str = "", recipe: str = "") -> Feature:
    """State a value; one that is not finite is stated as missing, a standard error that is not finite as unknown."""
    if not isfinite(value):
        return missing(name, "the data do not determine it", unit=unit, recipe=recipe)
    known = stderr is not None and isfinite(stderr)
    return Feature(
        name=name, unit=unit, value=float(value), stderr=float(stderr or 0) if known else None, recipe=recipe
    )


def missing(name: str, reason: str, *, unit: str = "", recipe: str = "") -> Feature:
    """State that this measurement cannot tell, and why."""
    return Feature(name=name, unit=unit, state=State.NOT_MEASURED, reason=reason, recipe=recipe)


def absent(name: str, reason: str, *, unit: str = "", recipe: str = "") -> Feature:
    """State that there is no such thing in the specimen: no position of a line that is not there."""
    return Feature(name=name, unit=unit, state=State.ABSENT, reason=reason, recipe=recipe)


def below(name: str, limit: float, reason: str = "", *, unit: str = "", recipe: str = "") -> Feature:
    """State that it is less than what could be seen."""
    state = State.BELOW_DETECTION
    return Feature(name=name, unit=unit, state=state, limit=float(limit), reason=reason, recipe=recipe)


def beyond(name: str, limit: float, reason: str = "", *, unit: str = "", recipe: str = "") -> Feature:
    """State that it is more than what the measurement reached."""
    state = State.ABOVE_RANGE
    return Feature(name=name, unit=unit, state=state, limit=float(limit), reason=reason, recipe=recipe)
