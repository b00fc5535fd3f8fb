"""What a recipe made of one measurement: features, peaks, notes; or why it made nothing. Values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from loop.values import Frozen
from services.records.feature import Feature

__all__ = ["Derived", "DerivedValue"]


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


class DerivedValue(NamedTuple):
    """One cell of the long table of features, light enough for many thousands of them.

    Attributes
    ----------
    specimen
        Whose it is; empty where nobody knows yet.
    value, stderr
        In `unit`; a value of None where there is none, for whatever reason.
    """

    specimen: str
    measurement: str
    modality: str
    name: str
    unit: str
    value: float | None
    stderr: float | None
