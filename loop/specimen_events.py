"""What became known of specimens, and what people made of it. Facts in the past tense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from loop.ids import ProposalId, SpecimenId
from loop.observations import IntermediateValue, Observation, TargetValue
from loop.values import Frozen, Setting

__all__ = [
    "MadeCorrected",
    "ResultCorrected",
    "ResultRecorded",
    "SpecimenExcluded",
    "SpecimenImported",
    "SpecimenKept",
    "SpecimenRemarked",
]


class SpecimenImported(Frozen):
    """A specimen that nobody proposed entered the campaign, with its results."""

    kind: Literal["specimen_imported"] = "specimen_imported"
    observation: Observation
    source: str = ""
    name: str = ""
    """What its owner calls it; empty where nobody said, and in entries older than this field."""


class ResultRecorded(Frozen):
    """Results of one specimen of a proposal arrived; targets not named here keep what they had."""

    kind: Literal["result_recorded"] = "result_recorded"
    proposal_id: ProposalId
    specimen_id: SpecimenId
    as_made: Mapping[str, Setting]
    instead_of: Mapping[str, Setting] = Field(default_factory=dict)
    """What was planned, by parameter that was made otherwise; empty in entries older than this field."""
    targets: Mapping[str, TargetValue]
    intermediates: Mapping[str, IntermediateValue] = Field(default_factory=dict)
    is_complete: bool
    source: str = ""


class ResultCorrected(Frozen):
    """A typed result was wrong. The old value stays readable; predictions made with it stay and are marked."""

    kind: Literal["result_corrected"] = "result_corrected"
    specimen_id: SpecimenId
    target: str
    old: TargetValue | None
    new: TargetValue
    reason: str


class MadeCorrected(Frozen):
    """What a specimen was made of had been written down wrongly: old and new value by parameter."""

    kind: Literal["made_corrected"] = "made_corrected"
    specimen_id: SpecimenId
    old: Mapping[str, Setting]
    new: Mapping[str, Setting]
    reason: str


class SpecimenExcluded(Frozen):
    """A specimen's results no longer train the model; they stay readable."""

    kind: Literal["specimen_excluded"] = "specimen_excluded"
    specimen_id: SpecimenId
    reason: str


class SpecimenKept(Frozen):
    """An excluded specimen trains the model again."""

    kind: Literal["specimen_kept"] = "specimen_kept"
    specimen_id: SpecimenId
    reason: str


class SpecimenRemarked(Frozen):
    """Somebody wrote down what they noticed of a specimen, made or still to be made; no model reads it."""

    kind: Literal["specimen_remarked"] = "specimen_remarked"
    proposal_id: ProposalId
    specimen_id: SpecimenId
    text: str = Field(min_length=1)
    source: str = ""
