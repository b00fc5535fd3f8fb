"""Which columns name a specimen, and notes for a file of many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from services.ingest.profiles.profile import Profile
from services.ingest.profiles.vocabulary import fact_of
from services.ingest.vocabulary import ID_WORDS
from services.ingest.wording import fold
from services.records.reading import Reading

__all__ = ["is_label", "is_replicate", "with_notes"]

_REPLICATE = frozenset(["replicate", "rep", "repeat", "repetition", "wiederholung", "繰返し", "n数"])
"""Headers of columns that number the measurements of one specimen."""


def is_label(header: str, profile: Profile) -> bool:
    """Say whether a column names the specimen."""
    if profile.label:
        return any(re.search(pattern, header, re.IGNORECASE) for pattern in profile.label)
    return fold(header) in ID_WORDS or is_replicate(header) or fact_of(header) == ("facts", "specimen")


def is_replicate(header: str) -> bool:
    """Say whether a column numbers the measurements of one specimen."""
    return fold(header) in _REPLICATE


def with_notes(readings: Sequence[Reading], notes: Sequence[str]) -> tuple[Reading, ...]:
    """Give the first of a file's readings notes about the whole file."""
    return (replace(readings[0], notes=(*readings[0].notes, *notes)), *readings[1:]) if notes else tuple(readings)
