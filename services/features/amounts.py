"""Amounts that a file states outright: oxides of an XRF table, density, ash. Limits stay limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from services.features.extraction import Extraction
from services.features.stating import below, beyond, measured
from services.records.feature import Feature
from services.records.processed import Processed
from services.records.reading import Amount

__all__ = ["Amounts"]


class Amounts(Extraction):
    """Every amount of a table, or those declared."""

    kind: Literal["amounts"] = Field(default="amounts", description="Which extraction this is.")
    only: tuple[str, ...] = Field(default=(), description="Which quantities; all if empty.")
    names: Mapping[str, str] = Field(default_factory=dict, description="What quantities are called as features.")

    def features(self, processed: Processed) -> tuple[Feature, ...]:
        """State each amount; one that a file gives as ``<0.01`` is below detection, as ``>50`` above range."""
        there = processed.reading.amounts
        wanted = self.only or tuple(there)
        return tuple(_stated(self.names.get(name, name), there[name]) for name in wanted if name in there)


def _stated(name: str, amount: Amount) -> Feature:
    recipe = "as the file gives it"
    if amount.limit == "<":
        return below(name, amount.value, unit=amount.unit, recipe=recipe)
    if amount.limit == ">":
        return beyond(name, amount.value, unit=amount.unit, recipe=recipe)
    return measured(name, amount.value, unit=amount.unit, recipe=recipe)
