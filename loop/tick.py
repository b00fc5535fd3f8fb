"""What is due for a campaign: one piece of work at a time, decided from its state alone. Pure; does nothing.

Whoever carries the work out asks again afterwards, until the answer is to wait. Killed in between, the next one who
asks gets the same answer, because whatever was done is in the state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from loop.budget import budget_use
from loop.counting import counted, some_of
from loop.ids import ProposalId
from loop.proposal import AT_THE_LABORATORY, Origin, ProposalState
from loop.questions import Question, is_overdue, questions
from loop.state import CampaignState, ProposalRecord

__all__ = ["Approve", "Ask", "Dispatch", "GiveUp", "Propose", "Refit", "Wait", "Work", "due", "nothing_left"]


@dataclass(frozen=True, slots=True)
class Refit:
    """Let the model learn of a closed cycle, and write down how well it knows each target."""

    cycle: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question to people."""

    question: Question


@dataclass(frozen=True, slots=True)
class Approve:
    """Approve proposals as the schedule allows."""

    proposals: tuple[ProposalId, ...]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Send approved proposals to the laboratory, or failed and lost ones again; `lost` says which are overdue."""

    proposals: tuple[ProposalId, ...]
    lost: tuple[ProposalId, ...] = ()


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Abandon a formulation that failed or was lost as often as the schedule allows."""

    proposal: ProposalId
    reason: str


@dataclass(frozen=True, slots=True)
class Propose:
    """Propose the next cycle."""

    count: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is due; `why` says what would change that."""

    why: str


Work = Refit | Ask | Approve | Dispatch | GiveUp | Propose


def due(state: CampaignState, now: datetime) -> Work | Wait:
    """Say what is due for a campaign next, or what it waits for.

    Parameters
    ----------
    now
        The moment, aware: it decides what is overdue and nothing else.
    """
    if state.course == "paused":
        return Wait(f"paused{_because(state)}; meguri resume {state.campaign} lets it go on")
    cycle = _cycle_to_learn_from(state)
    if cycle is not None:
        return Refit(cycle)
    new = [question for question in questions(state, now) if question.matter not in state.asked]
    if new:
        return Ask(new[0])
    if state.course == "draining":
        return _drained(state, now)
    return _next_step(state, now)


def nothing_left(state: CampaignState) -> str:
    """Name the matter that no formulation is left to propose; it is another one as soon as the definition changes."""
    return f"no formulation left in version {state.version}"


def _next_step(state: CampaignState, now: datetime) -> Work | Wait:
    schedule, open_ones = state.definition.schedule, state.open_proposals
    proposed = _in(open_ones, ProposalState.PROPOSED)
    if proposed and schedule.approval == "automatic":
        return Approve(proposed)
    again, lost, over = _to_try_again(state, now)
    if over and schedule.give_up == "abandon":
        record = state.proposal(over[0])
        what = "failed" if record.state is ProposalState.FAILED else "no result came"
        return GiveUp(over[0], f"{what} after {counted(record.n_sent, 'attempt')}")
    approved = _in(open_ones, ProposalState.APPROVED)
    if approved or again:
        return Dispatch((*approved, *again), lost)
    if open_ones:
        return _wait(state, now)
    use = budget_use(state)
    left = use.formulations_to_ask_for
    if left == 0 or use.cycles_left == 0:
        return Wait("the budget is spent")
    if nothing_left(state) in state.asked:
        return Wait("a wider space: every formulation is made or turned down")
    batch = state.definition.policy.batch
    return Propose(batch if left is None else min(batch, left))


def _to_try_again(
    state: CampaignState, now: datetime
) -> tuple[tuple[ProposalId, ...], tuple[ProposalId, ...], tuple[ProposalId, ...]]:
    """Sort out what failed or is overdue: to send again, those of them that are lost, and those tried often enough."""
    attempts = state.definition.schedule.attempts
    again: list[ProposalId] = []
    lost: list[ProposalId] = []
    over: list[ProposalId] = []
    for record in state.open_proposals:
        overdue = is_overdue(state, record, now)
        if record.state is not ProposalState.FAILED and not overdue:
            continue
        which = record.proposal.id
        if record.n_sent >= attempts or record.state is ProposalState.PARTLY_MEASURED:
            over.append(which)
            continue
        again.append(which)
        if overdue:
            lost.append(which)
    return tuple(again), tuple(lost), tuple(over)


def _cycle_to_learn_from(state: CampaignState) -> int | None:
    """Return the last closed cycle where the model has not learned of it yet."""
    closed = [cycle for cycle in state.cycles.values() if cycle.closed_seq is not None]
    if not closed:
        return None
    last = max(closed, key=lambda cycle: cycle.closed_seq or 0)
    is_known = bool(state.refits) and state.refits[-1].seq > (last.closed_seq or 0)
    return None if is_known else last.cycle


def _wait(state: CampaignState, now: datetime) -> Wait:
    open_ones = state.open_proposals
    proposed = _in(open_ones, ProposalState.PROPOSED)
    if proposed:
        return Wait(f"{some_of(proposed)}: to be approved (meguri approve {state.campaign})")
    return _wait_for_the_laboratory(state, open_ones, now)


def _wait_for_the_laboratory(state: CampaignState, records: list[ProposalRecord], now: datetime) -> Wait:
    asked = [question for question in questions(state, now) if question.matter in state.asked]
    if asked:
        named = " ".join(question.matter for question in asked).split()
        others = [record for record in records if record.proposal.id not in named]
        more = f"; and {_results_of(others)}" if others else ""
        return Wait(f"an answer: {asked[0].question} ({asked[0].suggestion}){more}")
    return Wait(_results_of(records))


def _results_of(records: list[ProposalRecord]) -> str:
    asked_for = [r.proposal.id for r in records if r.proposal.origin is not Origin.CONTROL]
    return f"results of {some_of(asked_for or [r.proposal.id for r in records])}"


def _drained(state: CampaignState, now: datetime) -> Wait:
    """Wait for what is at the laboratory; what never went there stays as it is."""
    open_ones = state.open_proposals
    out = [record for record in open_ones if record.state in AT_THE_LABORATORY]
    if out:
        return _wait_for_the_laboratory(state, out, now)
    kept = f"; {some_of([record.proposal.id for record in open_ones])} not sent" if open_ones else ""
    return Wait(f"drained{_because(state)}: everything is in{kept}")


def _in(records: list[ProposalRecord], state: ProposalState) -> tuple[ProposalId, ...]:
    return tuple(record.proposal.id for record in records if record.state is state)


def _because(state: CampaignState) -> str:
    return f" ({state.course_reason})" if state.course_reason else ""
