"""Write numbers for people: plain where that is short, a mean to the digits that its spread leaves it."""

from __future__ import annotations

import math

__all__ = ["numeral", "with_spread"]

_DIGITS = 5
_PLAIN_FROM, _PLAIN_TO = 1e-4, 1e6
_SHORT = 4
"""Zeros that may be added to a number's digits before an exponent is shorter."""


def numeral(value: float, digits: int = _DIGITS) -> str:
    """Write a finite number with so many significant digits, without an exponent between 1e-4 and 1e6.

    Beyond that an exponent stands where it is shorter.
    """
    short = f"{value:.{digits}g}"
    if "e" not in short:
        return short
    whole = f"{float(short):.15f}".rstrip("0").rstrip(".")
    is_short = len(whole) <= digits + _SHORT and float(whole) == float(short)
    return whole if is_short or _PLAIN_FROM <= abs(value) < _PLAIN_TO else short


def with_spread(mean: float, sd: float) -> str:
    """Write mean ± sd: the sd with two significant digits, the mean to the same place.

    Parameters
    ----------
    sd
        Standard deviation >= 0, in the unit of the mean.
    """
    if sd == 0:
        return f"{numeral(mean)} ± 0"
    places = 1 - math.floor(math.log10(sd))
    if not -6 <= places <= 6:
        return f"{numeral(mean)} ± {numeral(sd, 2)}"
    rounded, spread = round(mean, places) + 0.0, round(sd, places)  # + 0.0 takes the sign off a zero
    return f"{rounded:.{max(places, 0)}f} ± {spread:.{max(places, 0)}f}"
