"""Measurements that were found, with what was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from loop.values import Frozen
from services.records.measurement import Judgement

__all__ = ["FoundMeasurementView", "FoundView", "NamedView"]


class NamedView(Frozen):
    """A name that the question used."""

    name: str
    key: str = Field(description="The whole name, as `target.modulus`; a field of the measurement has none in front.")
    unit: str = Field(description="Unit of its numbers; empty where there is none, or several: then it stands by each.")


class FoundMeasurementView(Frozen):
    """One measurement that was found."""

    id: str
    file: str = Field(description="Name of its file.")
    label: str = Field(description="Which of several of its file; empty where it is alone.")
    modality: str
    campaign: str
    proposal: str
    specimen: str
    judgement: Judgement = Field(description="Whether it may train anything.")
    measured_at: str = Field(description="When, as its file has it; empty where it does not say.")
    values: Mapping[str, float | str | None] = Field(
        description="What was asked for, by `key` of the names; a limit is text, as `<0.1 %`; null where it is missing."
    )


class FoundView(Frozen):
    """The answer to a question about measurements."""

    question: str
    names: tuple[NamedView, ...] = Field(description="The names that it used, in their order.")
    found: tuple[FoundMeasurementView, ...] = Field(description="Measurements for which it is true, by id.")
    n_looked_at: int
    n_unknown: int = Field(description="Of those, for which it is neither true nor false: something is missing.")
    notes: tuple[str, ...] = Field(description="Words that stand nowhere, with what may be meant.")
