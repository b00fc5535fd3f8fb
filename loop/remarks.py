"""Remarks: what somebody noticed of a specimen. A wish is checked against the state and becomes an event. Pure."""

from __future__ import annotations

from loop.counting import counted
from loop.errors import ObservationError
from loop.events import Event, SpecimenRemarked
from loop.ids import specimen_id
from loop.state import CampaignState

__all__ = ["BETWEEN_REMARKS", "known_remarks", "remark"]

BETWEEN_REMARKS = "; "
"""What stands between several remarks on one line of a sheet."""


def remark(state: CampaignState, proposal: str, text: str, *, replicate: int = 1, source: str = "") -> list[Event]:
    """Write down what was noticed of one specimen, made or still to be made.

    A text that is known already, alone or behind the others as a sheet writes them, is written once: the result is
    empty then. Of a text that goes on from what is known, only what is new is written.

    Raises
    ------
    ProposalError
        If there is no such proposal.
    ObservationError
        If it has no such replicate.
    """
    known = state.proposal(proposal)
    if not 1 <= replicate <= known.proposal.replicates:
        raise ObservationError(
            f"{proposal} has {counted(known.proposal.replicates, 'replicate')}; there is no number {replicate}"
        )
    which = specimen_id(known.proposal.id, replicate)
    said = known_remarks(state, which)
    new = " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())
    before = BETWEEN_REMARKS.join(said)
    if said and (new == before or new.startswith(before + BETWEEN_REMARKS)):
        new = new.removeprefix(before).removeprefix(BETWEEN_REMARKS)
    if not new.strip("-–— ") or new in said:
        return []
    return [SpecimenRemarked(proposal_id=known.proposal.id, specimen_id=which, text=new, source=source)]


def known_remarks(state: CampaignState, specimen: str) -> tuple[str, ...]:
    """Return what was noticed of a specimen, in the order in which it was written; it need not be made yet."""
    return tuple(
        one.text for record in state.proposals.values() for one in record.remarks if one.specimen_id == specimen
    )
