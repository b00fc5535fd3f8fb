"""Write numbers as a person would: to the repeatability of the test, to the step of the balance, never by exponent."""

from __future__ import annotations

import math
from collections.abc import Mapping

from loop.definition import Definition
from loop.observations import State, TargetValue
from loop.reliability import repeatability
from loop.space.parameters import Continuous, Ingredient, Parameter
from loop.state import CampaignState
from loop.values import Setting

__all__ = [
    "NO_VALUE",
    "Numbers",
    "decimals_of",
    "rounded",
    "setting_text",
    "short_id",
    "significant",
    "with_unit",
]

NO_VALUE = "–"
"""What stands where there is no number."""

_SHARE_OF_SPREAD = 4
"""One unit in the last place is at most this part of the spread, so that rounding never hides a difference."""


def decimals_of(spread: float) -> int:
    """Count decimal places for values that repeat within `spread`; negative ones round to tens and hundreds."""
    return -math.floor(math.log10(spread / _SHARE_OF_SPREAD))


def rounded(value: float, decimals: int) -> str:
    """Write a number with so many decimal places and a real minus sign."""
    shown = f"{round(value, decimals):.{max(decimals, 0)}f}"
    is_zero = not shown.strip("-0.")
    return (shown.lstrip("-") if is_zero else shown).replace("-", "−")


def significant(value: float, digits: int = 4) -> str:
    """Write a number with so many significant digits, without trailing zeros or an exponent."""
    if value == 0:
        return "0"
    text = rounded(value, digits - 1 - math.floor(math.log10(abs(value))))
    return text.rstrip("0").rstrip(".") if "." in text else text


def setting_text(parameter: Parameter | None, value: Setting | None) -> str:
    """Write what a parameter is set to, with the decimals of its step."""
    if value is None:
        return NO_VALUE
    if isinstance(value, str):
        return value
    match parameter:
        case Continuous(step=float(step), low=low):
            decimals = max(_decimals(step), _decimals(low))
        case Ingredient(step=step):
            decimals = _decimals(step)
        case _:
            return significant(value, 6)
    is_on_grid = math.isclose(round(value, decimals), value, abs_tol=1e-9)
    return rounded(value, decimals) if is_on_grid else significant(value, 6)


def with_unit(name: str, unit: str) -> str:
    """Write a name with its unit in brackets, where it has one."""
    return f"{name} ({unit})" if unit else name


def short_id(identity: str, campaign: str) -> str:
    """Leave the campaign's name off an id, where it says nothing new."""
    return identity.removeprefix(f"{campaign}-")


class Numbers:
    """How each target of a campaign is written."""

    def __init__(self, state: CampaignState) -> None:
        self.definition: Definition = state.definition
        self.spreads: Mapping[str, float] = {
            name: repeatability(state, name).sd if target.expression is None else 0.0
            for name, target in state.definition.targets.items()
        }

    def value(self, target: str, value: float | None) -> str:
        """Write a value of a target, without its unit."""
        if value is None or not math.isfinite(value):
            return NO_VALUE
        spread = self.spreads.get(target, 0.0)
        return rounded(value, decimals_of(spread)) if spread > 0 else significant(value)

    def spread(self, target: str, sd: float | None) -> str:
        """Write a standard deviation of a target, with one significant digit at least."""
        if sd is None or not math.isfinite(sd):
            return NO_VALUE
        if sd == 0:
            return "0"
        known = self.spreads.get(target, 0.0)
        least = -math.floor(math.log10(sd))
        return rounded(sd, max(decimals_of(known), least)) if known > 0 else significant(sd, 2)

    def seen(self, target: str, seen: TargetValue | None) -> str:
        """Write what was seen of a target: its mean, its limit where censored, or why there is none."""
        if seen is None:
            return NO_VALUE
        if seen.limit is not None:
            return f"{'<' if seen.state is State.BELOW_DETECTION else '>'} {self.value(target, seen.limit)}"
        return seen.state.value.replace("_", " ") if seen.mean is None else self.value(target, seen.mean)

    def unit(self, target: str) -> str:
        """Return a target's unit; empty where it has none, or is no target any more."""
        known = self.definition.targets.get(target)
        return "" if known is None else known.unit

    def labelled(self, target: str) -> str:
        """Write a target's name with its unit in brackets."""
        return with_unit(target, self.unit(target))

    def with_unit(self, target: str, value: float | None) -> str:
        """Write a value and its unit."""
        return f"{self.value(target, value)} {self.unit(target)}".strip()


def _decimals(number: float) -> int:
    text = f"{number:.10f}".rstrip("0")
    return len(text.partition(".")[2])
