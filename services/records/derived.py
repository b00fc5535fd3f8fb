"""What a recipe made of one measurement: features, peaks, notes; or why it made nothing. Values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loop.values import Frozen
from services.records.feature import Feature

__all__ = ["Derived"]


class Derived(Frozen):
    """One measurement behind its recipe.

    Parameters
    ----------
    measurement
        Id of the measurement.
    recipe
        Fingerprint of the chain and the extractions, 64 hexadecimal digits; another one, other numbers.
    modality
        By which recipe it was treated.
    peaks
        Rows of fitted peaks with standard errors, for curation.
    notes
        What was decided or skipped on the way, for people.
    fault
        Why nothing was made of it; empty where something was.
    """

    measurement: str
    recipe: str
    modality: str
    features: tuple[Feature, ...] = ()
    peaks: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    fault: str = ""
