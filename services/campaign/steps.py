"""Carry out one piece of work of a campaign: decide on the newest state, write what follows, say what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loop import commands
from loop.counting import counted, some_of
from loop.errors import LoopError, SpaceError
from loop.events import Event
from loop.journal import extend
from loop.orders import LabReport
from loop.questions import Question
from loop.state import CampaignState
from loop.strays import stray
from loop.tick import Approve, Ask, Dispatch, GiveUp, Propose, Refit, Work, due, nothing_left
from services.campaign.ledger import Ledger
from services.campaign.ports import HeldResults, Proposer, Refitter
from services.campaign.stray_rows import held_report
from services.records.held import HeldResult

__all__ = ["Steps"]


class Steps:
    """The steps of one campaign.

    Parameters
    ----------
    ledger
        Reads and writes the journal, under the worker's lease.
    proposer
        Works out proposals.
    refitter
        Lets the model learn.
    held
        Where reports wait that fit no proposal.
    """

    def __init__(self, ledger: Ledger, *, proposer: Proposer, refitter: Refitter, held: HeldResults) -> None:
        self._ledger, self._proposer, self._refitter, self._held = ledger, proposer, refitter, held

    def carry_out(self, campaign: str, work: Work) -> str:
        """Do one piece of work, unless it is done already; say what was done.

        Raises
        ------
        LeaseLostError
            If somebody else works on the campaign by now; nothing was written then.
        LoopError, StoreError
            If it cannot be done.
        """
        match work:
            case Refit(cycle=cycle):
                self._change(campaign, work, lambda state: [self._refitter(state)])
                return f"learned from cycle {cycle}"
            case Ask(question=question):
                self._ledger.change(campaign, lambda state: commands.ask(state, question))
                return f"asked: {question.question}"
            case Approve(proposals=proposals):
                self._change(campaign, work, lambda state: commands.approve(state, proposals, reason="automatic"))
                return f"approved {some_of(proposals)}"
            case Dispatch(proposals=proposals, lost=lost):
                self._change(campaign, work, lambda state: self._sent(state, proposals, lost))
                return f"sent {some_of(proposals)}"
            case GiveUp(proposal=proposal, reason=reason):
                self._change(campaign, work, lambda state: commands.abandon(state, proposal, reason=reason))
                return f"gave {proposal} up: {reason}"
            case Propose():
                return self._propose(campaign, work)

    def _change(self, campaign: str, work: Work, decide: Callable[[CampaignState], Sequence[Event]]) -> CampaignState:
        """Write what a piece of work comes to, as long as it is still what is due."""

        def decide_if_due(state: CampaignState) -> Sequence[Event]:
            return decide(state) if due(state, self._ledger.clock.now()) == work else []

        return self._ledger.change(campaign, decide_if_due)

    def take_in(self, campaign: str, reports: Sequence[LabReport]) -> str:
        """Write down what a laboratory reports, each report once; what fits no proposal waits for a person."""
        strays = list[HeldResult]()

        def decide(known: CampaignState) -> list[Event]:
            strays.clear()
            events = list[Event]()
            for report in reports:
                misfit = stray(known, report.proposal_id)
                if misfit is None:
                    try:
                        more = _booked(known, report)
                    except LoopError as error:
                        strays.append(held_report(known, report, str(error), "compare it with what is recorded"))
                        continue
                    at = self._ledger.clock.now()
                    known = extend(known.campaign, known, more, actor=self._ledger.actor, at=at)
                    events += more
                else:
                    strays.append(held_report(known, report, misfit.reason, misfit.suggestion))
            return events

        self._ledger.change(campaign, decide)
        self._held.hold(strays, at=self._ledger.clock.now())
        waiting = f", {counted(len(strays), 'of them waits', 'of them wait')} for a person" if strays else ""
        return f"took in {counted(len(reports), 'report')}{waiting}"

    def _propose(self, campaign: str, work: Propose) -> str:
        def decide(state: CampaignState) -> list[Event]:
            return [self._proposer(state, count=work.count, at=self._ledger.clock.now())]

        try:
            state = self._change(campaign, work, decide)
        except SpaceError as error:
            full = Question(
                matter=nothing_left(self._ledger.state(campaign)),
                question=f"nothing can be proposed: {error}",
                suggestion="widen the space in the definition and meguri revise, or stop here",
            )
            return self.carry_out(campaign, Ask(full))
        return f"proposed {some_of([r.proposal.id for r in state.open_proposals])}"

    def _sent(self, state: CampaignState, proposals: Sequence[str], lost: Sequence[str]) -> list[Event]:
        """Send what is still to be sent; what is lost failed before."""
        failures: list[Event] = []
        for which in lost:
            failures += commands.fail(state, which, reason="no result came in time")
        now = self._ledger.clock.now()
        after = extend(state.campaign, state, failures, actor=self._ledger.actor, at=now) if failures else state
        return [*failures, *commands.dispatch(after, proposals)]


def _booked(state: CampaignState, report: LabReport) -> list[Event]:
    """Turn a report into events; none where it is known already."""
    known = state.proposal(report.proposal_id)
    match report.outcome:
        case "measured":
            return commands.record(
                state,
                report.proposal_id,
                report.targets,
                replicate=report.replicate,
                as_made=report.as_made or None,
                source=report.source,
            )
        case "failed":
            is_known = any(step.step == "failed" and step.reason == report.reason for step in known.history)
            return [] if is_known else commands.fail(state, report.proposal_id, reason=report.reason)
        case "infeasible":
            return commands.mark_infeasible(state, report.proposal_id, reason=report.reason)
