"""What a prediction rested on: which values a model had when it was made. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from loop.observations import TargetValue
from loop.state import DefinitionRecord, ProposalRecord, SpecimenRecord
from loop.versions import Versions

__all__ = ["rests_on"]


def rests_on(
    proposal: ProposalRecord, specimen: SpecimenRecord, target: str, definitions: Sequence[DefinitionRecord]
) -> bool:
    """Say whether what is expected of a proposal was worked out with the value that a specimen has now.

    It was where a model expected it when the value had arrived, nobody had excluded the specimen, and the definition
    of the time could read what it was made of.
    """
    known_until = _predicted_from(proposal)
    value, since = specimen.observation.targets.get(target), specimen.value_since.get(target)
    if known_until is None or since is None or since > known_until or not _taught(value):
        return False
    if specimen.was_excluded(known_until):
        return False
    of_the_time = [record.definition for record in definitions if record.seq <= known_until]
    asked_for = target in of_the_time[-1].measured_targets
    return asked_for and not Versions(of_the_time).read(specimen.observation.as_made).obstacle


def _predicted_from(proposal: ProposalRecord) -> int | None:
    """Return the last entry that was known when a plan as it is now was predicted; None where nobody predicted it."""
    if not proposal.predicted:
        return None
    if dict(proposal.planned) == dict(proposal.proposal.formulation):
        return proposal.seen_seq
    return max(step.seq for step in proposal.history if step.step == "edited") - 1


def _taught(value: TargetValue | None) -> bool:
    return value is not None and (value.mean is not None or value.limit is not None)
