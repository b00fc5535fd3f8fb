"""Hold what a header says against what was found: numbers as texts, each with the tolerance of its own digits."""

from __future__ import annotations

import re
from math import isfinite

from services.records.reading import Claim, ClaimKind

__all__ = ["claim_count", "claim_number", "half_a_digit", "number_in"]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?(?P<decimals>\d*)|\.(?P<only>\d+))(?:[eE](?P<exponent>[+-]?\d{1,3}))?")
_GREATEST = 308  # of an exponent of ten
_RELATIVE = 1e-9
"""Of a number itself: what arithmetic may lose."""


def number_in(text: str) -> float | None:
    """Return the finite number that a text is, None where it is something else; a decimal comma is none."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return value if isfinite(value) else None


def half_a_digit(text: str) -> float:
    """Return half a unit of the last digit that is written: ``599.92`` is right within 0.005. Zero for no number."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or number_in(text) is None:
        return 0.0
    decimals = match["decimals"] or match["only"] or ""
    return float(0.5 * 10.0 ** min(int(match["exponent"] or 0) - len(decimals), _GREATEST))


def claim_number(kind: ClaimKind, about: str, said: str, found: float, *, slack: float = 0.0) -> Claim:
    """Hold a number of a header against one found; `slack` is what the found one may be off by itself."""
    value = number_in(said)
    if value is None:
        return Claim(kind=kind, about=about, said=said.strip() or "nothing", found=f"{found:.10g}")
    tolerance = half_a_digit(said) * (1 + 1e-6) + slack + _RELATIVE * abs(found)
    return Claim(kind=kind, about=about, said=value, found=float(found), tolerance=tolerance)


def claim_count(kind: ClaimKind, about: str, said: str, found: int) -> Claim:
    """Hold a count of a header against one found, to the last one."""
    value = number_in(said)
    if value is None:
        return Claim(kind=kind, about=about, said=said.strip() or "nothing", found=str(found))
    return Claim(kind=kind, about=about, said=value, found=float(found))
