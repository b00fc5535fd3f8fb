"""Say why a proposal stands as it is planned now: as it was chosen, or as a person changed it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from loop.numerals import numeral, with_spread
from loop.proposal import Prediction
from loop.state import CampaignState, ProposalRecord

__all__ = ["expectation", "reason_now"]


def reason_now(state: CampaignState, record: ProposalRecord) -> str:
    """Return the reason that a proposal was made with; where its plan was edited since, say so first.

    The reason was written for the formulation as proposed. Behind an edit stands who made it and why, and what the
    model expects of the plan as edited.
    """
    reason = record.proposal.reason
    edits = [step for step in record.history if step.step == "edited"]
    if not edits or dict(record.planned) == dict(record.proposal.formulation):
        return reason
    edit = edits[-1]
    why = f" ({edit.reason})" if edit.reason else ""
    expected = expectation(state, record.predicted)
    now = f"now expected: {expected}" if expected else "nothing was known yet to predict it from"
    return f"edited by {edit.actor} after the reasons were written{why}; {now}; as first proposed: {reason}"


def expectation(state: CampaignState, predicted: Mapping[str, Prediction]) -> str:
    """Write what is expected of each target: ``modulus 1850 ± 30 MPa, impact 4.1 ± 0.3 kJ/m2``."""
    known = state.definition.targets
    return ", ".join(
        f"{name} {_valued(one)} {known[name].unit if name in known else ''}".rstrip() for name, one in predicted.items()
    )


def _valued(one: Prediction) -> str:
    return numeral(one.mean) if one.sd == 0 else with_spread(one.mean, one.sd)
