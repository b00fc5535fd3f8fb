"""Write numbers for a terminal: short, and plain enough to be pasted into the next command."""

from __future__ import annotations

import math
from collections.abc import Mapping

from loop import numerals
from loop.proposal import Prediction
from loop.values import Setting

__all__ = ["NO_VALUE", "numeral", "prediction_text", "setting_text", "settings_text"]

NO_VALUE = "-"
"""What stands where there is no number."""

_SETTING_DIGITS = 6
_DIGITS = 5


def setting_text(value: Setting | None) -> str:
    """Write what a parameter is set to."""
    if value is None:
        return NO_VALUE
    return value if isinstance(value, str) else numeral(value, _SETTING_DIGITS)


def settings_text(settings: Mapping[str, Setting]) -> str:
    """Write some values of parameters on one line."""
    return ", ".join(f"{name} {setting_text(value)}" for name, value in settings.items())


def numeral(value: float | None, digits: int = _DIGITS) -> str:
    """Write a number with so many significant digits; a dash where there is none."""
    return NO_VALUE if value is None or not math.isfinite(value) else numerals.numeral(value, digits)


def prediction_text(predicted: Prediction | None) -> str:
    """Write mean ± sd: the sd with two significant digits, the mean to the same place."""
    return NO_VALUE if predicted is None else numerals.with_spread(predicted.mean, predicted.sd)
