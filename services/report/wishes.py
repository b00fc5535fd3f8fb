"""Say in words what is wanted of a target."""

from __future__ import annotations

from loop.goals import Target

__all__ = ["direction", "wish"]


def wish(target: Target) -> str:
    """Say in words what is wanted of a target."""
    parts = [] if target.goal == "limits" else [direction(target)]
    unit = f" {target.unit}" if target.unit else ""
    if target.limits is not None:
        low, high = target.limits.at_least, target.limits.at_most
        if low is not None and high is not None:
            parts.append(f"within {low:g} to {high:g}{unit}")
        elif low is not None:
            parts.append(f"at least {low:g}{unit}")
        else:
            parts.append(f"at most {high:g}{unit}")
    return ", ".join(parts)


def direction(target: Target) -> str:
    """Say which way a target is to go, limits left aside."""
    unit = f" {target.unit}" if target.unit else ""
    if target.goal == "match":
        return f"match {target.value:g}{unit}"
    if target.goal == "range":
        return f"stay in {target.low:g} to {target.high:g}{unit}"
    return target.goal
