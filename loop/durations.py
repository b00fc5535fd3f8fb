"""How long things take, as people write it: ``30 s``, ``10 min``, ``2 h``, ``14 d``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

__all__ = ["Duration", "read_duration"]

_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_WRITTEN = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z]+)\s*")
_LONGEST = timedelta(days=3650)


def read_duration(text: str) -> timedelta:
    """Read a length of time.

    Raises
    ------
    ValueError
        If it is no number with one of the units s, min, h and d, or longer than ten years.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None or match["unit"] not in _UNITS:
        raise ValueError(f"{text!r} is no length of time; write one as 30 s, 10 min, 2 h or 14 d")
    seconds = float(match["number"]) * _UNITS[match["unit"]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"{text!r} is longer than ten years")
    return timedelta(seconds=seconds)


def _checked(text: str) -> str:
    read_duration(text)
    return text


Duration = Annotated[str, AfterValidator(_checked)]
"""A length of time as it was written."""
