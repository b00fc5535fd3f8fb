"""What only a person can decide at the moment, and what may be done about it. Pure; asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from loop.budget import budget_use
from loop.counting import counted
from loop.proposal import AT_THE_LABORATORY, ProposalState
from loop.state import CampaignState, ProposalRecord

__all__ = ["Question", "is_overdue", "questions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to decide. `matter` is the same as long as the question is."""

    matter: str
    question: str
    suggestion: str


def questions(state: CampaignState, now: datetime) -> list[Question]:
    """List what only a person can decide: overdue and failed formulations, a budget that is spent."""
    return [*_lost(state, now), *_spent(state)]


def is_overdue(state: CampaignState, record: ProposalRecord, now: datetime) -> bool:
    """Say whether a formulation is at the laboratory for longer than the campaign waits."""
    if record.state not in AT_THE_LABORATORY:
        return False
    return now - record.history[-1].at > state.definition.schedule.patience


def _lost(state: CampaignState, now: datetime) -> Iterator[Question]:
    schedule = state.definition.schedule
    if schedule.give_up == "abandon":
        return
    for record in state.open_proposals:
        which, sent = record.proposal.id, counted(record.n_sent, "attempt")
        if record.n_sent < schedule.attempts and record.state is not ProposalState.PARTLY_MEASURED:
            continue
        if record.state is ProposalState.FAILED:
            yield Question(
                matter=f"failed {which} {record.n_sent}",
                question=f"{which} failed after {sent}: {record.history[-1].reason}. Again, or give it up?",
                suggestion=f"meguri send {which} --reason TEXT, or meguri record {which} --abandoned --reason TEXT",
            )
        elif is_overdue(state, record, now):
            yield Question(
                matter=f"overdue {which} {record.n_sent}",
                question=f"{which} is at the laboratory since {record.history[-1].at:%Y-%m-%d %H:%M} UTC. Is it lost?",
                suggestion=f"meguri record {which} TARGET=VALUE, or meguri record {which} --failed --reason TEXT",
            )


def _spent(state: CampaignState) -> Iterator[Question]:
    if state.open_proposals:
        return
    use = budget_use(state)
    allowed, cycles = use.formulations_allowed, use.cycles_allowed
    if use.formulations_to_ask_for == 0:
        yield Question(
            matter=f"budget of {allowed} specimens",
            question=f"the budget of {counted(allowed or 0, 'formulation')} is spent. Go on, or stop?",
            suggestion="meguri report to look back, or raise budget.specimens and meguri revise",
        )
    if use.cycles_left == 0:
        yield Question(
            matter=f"budget of {cycles} cycles",
            question=f"the budget of {counted(cycles or 0, 'cycle')} is spent. Go on, or stop?",
            suggestion="meguri report to look back, or raise budget.cycles and meguri revise",
        )
