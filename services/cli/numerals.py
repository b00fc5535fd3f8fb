"""Write numbers for a terminal: short, and plain enough to be pasted into the next command."""

from __future__ import annotations

import math
from collections.abc import Mapping

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
    """Write a number with so many significant digits, without an exponent where that stays short."""
    if value is None or not math.isfinite(value):
        return NO_VALUE
    short = f"{value:.{digits}g}"
    if "e" not in short:
        return short
    whole = f"{float(short):.10f}".rstrip("0").rstrip(".")
    return whole if len(whole) <= digits + 4 and float(whole) == float(short) else short


def prediction_text(predicted: Prediction | None) -> str:
    """Write mean ± sd: the sd with two significant digits, the mean to the same place."""
    if predicted is None:
        return NO_VALUE
    if predicted.sd == 0:
        return f"{numeral(predicted.mean)} ± 0"
    places = 1 - math.floor(math.log10(predicted.sd))
    if not -6 <= places <= 6:
        return f"{numeral(predicted.mean)} ± {numeral(predicted.sd, 2)}"
    mean, sd = round(predicted.mean, places) + 0.0, round(predicted.sd, places)  # + 0.0 takes the sign off a zero
    return f"{mean:.{max(places, 0)}f} ± {sd:.{max(places, 0)}f}"
