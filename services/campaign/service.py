"""Every use case of a campaign behind one facade: read the journal, decide purely, write what follows, once.

The edges (command line, later API and dashboard) call this and nothing below it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from loop import commands
from loop.agent import Forecast, forecast, propose_batch
from loop.budget import budget_use
from loop.errors import ProposalError
from loop.events import Course, Entry, Event
from loop.ids import CampaignId, campaign_of
from loop.journal import extend
from loop.observations import TargetValue
from loop.older_plans import changed_plan, definition_to_make
from loop.ports import Clock, Journal
from loop.proposal import ProposalState
from loop.recipe import Recipe, recipe_for
from loop.remarks import remark
from loop.state import CampaignState, ProposalRecord
from loop.values import Setting
from services.campaign import sheets_in, sheets_out
from services.campaign.definition import CampaignDefinition
from services.campaign.errors import SheetError
from services.campaign.ledger import Ledger
from services.campaign.plan import CampaignPlan, plan_in_force
from services.campaign.ports import HeldResults, Proposer
from services.campaign.replays import Replay, replays
from services.campaign.returned import events_of_rows
from services.campaign.stray_rows import held_rows
from services.records.held import HeldResult
from services.records.table import Table

__all__ = ["CampaignService"]


class CampaignService:
    """What can be done with campaigns.

    Parameters
    ----------
    journal
        Where facts are kept.
    clock
        Tells the time of every fact.
    actor
        Who is acting: written beside every fact.
    known
        What was read of campaigns before; only what came since is read then.
    proposer
        Works out the next proposals; here and now where left out.
    held
        Where results wait that fit no proposal.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        clock: Clock,
        actor: str,
        known: dict[CampaignId, CampaignState] | None = None,
        proposer: Proposer = propose_batch,
        held: HeldResults | None = None,
    ) -> None:
        self._ledger = Ledger(journal=journal, clock=clock, actor=actor, known=known)
        self._proposer, self._held = proposer, held

    # ------------------------------------------------------------------ reading
    def campaigns(self) -> list[CampaignId]:
        """List the campaigns of the workspace."""
        return self._ledger.campaigns()

    def state(self, campaign: str) -> CampaignState:
        """Read a campaign.

        Raises
        ------
        CampaignError
            If there is none of that name; the message lists those there are.
        """
        return self._ledger.state(campaign)

    def plan(self, campaign: str) -> CampaignPlan:
        """Read the design of the task: factors, modalities and tests."""
        return plan_in_force(self.state(campaign))

    def log(self, campaign: str) -> list[Entry]:
        """Return every fact about a campaign, in order."""
        return self._ledger.entries(campaign)

    def forecast(self, campaign: str, formulation: Mapping[str, Setting]) -> Forecast:
        """Say what a formulation promises and which rules it breaks; books nothing."""
        return forecast(self.state(campaign), formulation)

    def forecast_edit(self, proposal: str, changes: Mapping[str, Setting]) -> Forecast:
        """Say what a proposal would promise with some values changed; books nothing."""
        state = self.state(campaign_of(proposal))
        return forecast(state, changed_plan(state, state.proposal(proposal), changes))

    def recipe(self, proposal: str) -> Recipe:
        """Work out the recipe sheet of a proposal as planned now."""
        state = self.state(campaign_of(proposal))
        return self._recipe(state, state.proposal(proposal))

    def recipes(self, campaign: str) -> dict[str, Recipe]:
        """Work out the recipe sheet of every open proposal, by id."""
        state = self.state(campaign)
        return {record.proposal.id: self._recipe(state, record) for record in state.open_proposals}

    # ------------------------------------------------------------------ the definition
    def adopt(self, definition: CampaignDefinition, *, reason: str = "") -> CampaignState:
        """Begin a campaign with its definition, or give it a new version; old data stay."""
        name = definition.core.campaign_id

        def decide(state: CampaignState | None) -> list[Event]:
            return commands.adopt(
                state,
                definition.core,
                text=definition.text,
                core=definition.core_json,
                extras=definition.extras_json,
                reason=reason,
            )

        if name not in self.campaigns():
            return self._ledger.begin(name, decide(None))
        return self._ledger.change(name, decide)

    # ------------------------------------------------------------------ proposals
    def propose(self, campaign: str, *, count: int | None = None) -> list[ProposalRecord]:
        """Top up to `count` open proposals (the definition's batch by default) and return all that are open.

        Asked twice, it returns the same ones: nothing new is proposed while enough are open. Controls are made
        beside the count.
        """

        def decide(state: CampaignState) -> list[Event]:
            wanted = count if count is not None else state.definition.policy.batch
            asked = [r for r in state.open_proposals if r.proposal.origin.value != "control"]
            missing = wanted - len(asked)
            left = budget_use(state).formulations_to_ask_for
            if missing <= 0:
                return []
            if left == 0:
                raise ProposalError(f"{campaign}: the budget is spent; raise it in the definition to go on")
            n_more = missing if left is None else min(missing, left)
            return [self._proposer(state, count=n_more, at=self._ledger.clock.now())]

        return self._ledger.change(campaign, decide).open_proposals

    def approve(self, campaign: str, proposals: Sequence[str] = (), *, reason: str = "") -> CampaignState:
        """Approve the proposals named, or all that wait for it."""

        def decide(known: CampaignState) -> list[Event]:
            waiting = [r.proposal.id for r in known.open_proposals if r.state is ProposalState.PROPOSED]
            return commands.approve(known, proposals or waiting, reason=reason)

        return self._ledger.change(campaign, decide)

    def edit(
        self, proposal: str, changes: Mapping[str, Setting], *, reason: str, allow_violations: bool = False
    ) -> CampaignState:
        """Change some values of a plan and approve it; the new prediction is kept beside the first."""

        def decide(known: CampaignState) -> list[Event]:
            planned = changed_plan(known, known.proposal(proposal), changes)
            expected = forecast(known, planned).predicted
            return commands.edit(
                known, proposal, planned, predicted=expected, reason=reason, allow_violations=allow_violations
            )

        return self._ledger.change(campaign_of(proposal), decide)

    def skip(self, proposal: str, *, reason: str, is_lesson: bool = False) -> CampaignState:
        """Turn a proposal down, with or without a lesson for the model."""
        return self._on(proposal, lambda state: commands.skip(state, proposal, reason=reason, is_lesson=is_lesson))

    def dispatch(self, proposals: Sequence[str], *, lost: Sequence[str] = (), reason: str = "") -> CampaignState:
        """Send proposals to the laboratory with one work order: approved ones, or failed ones again.

        Parameters
        ----------
        lost
            Those among them that the laboratory has, but that no result came of: they failed, and are sent again.
        """

        def decide(known: CampaignState) -> list[Event]:
            failures = [event for which in lost for event in commands.fail(known, which, reason="no result came")]
            now = self._ledger.clock.now()
            after = extend(known.campaign, known, failures, actor=self._ledger.actor, at=now)
            return [*failures, *commands.dispatch(after, proposals, reason=reason)]

        return self._ledger.change(campaign_of(proposals[0]), decide)

    def fail(self, proposal: str, *, reason: str) -> CampaignState:
        """Write down that making or testing failed; it may be tried again."""
        return self._on(proposal, lambda state: commands.fail(state, proposal, reason=reason))

    def mark_infeasible(self, proposal: str, *, reason: str) -> CampaignState:
        """Write down that a formulation cannot be made; the model keeps away from its like."""
        return self._on(proposal, lambda state: commands.mark_infeasible(state, proposal, reason=reason))

    def abandon(self, proposal: str, *, reason: str) -> CampaignState:
        """Give a proposal up for good."""
        return self._on(proposal, lambda state: commands.abandon(state, proposal, reason=reason))

    # ------------------------------------------------------------------ results
    def record(
        self,
        proposal: str,
        targets: Mapping[str, TargetValue],
        *,
        replicate: int = 1,
        as_made: Mapping[str, Setting] | None = None,
        source: str = "",
    ) -> CampaignState:
        """Write down results of one specimen."""
        return self._on(
            proposal,
            lambda state: commands.record(
                state, proposal, targets, replicate=replicate, as_made=as_made, source=source
            ),
        )

    def remark(self, proposal: str, text: str, *, replicate: int = 1, source: str = "") -> CampaignState:
        """Write down what somebody noticed of one specimen; what is known already is left as it is."""
        return self._on(proposal, lambda state: remark(state, proposal, text, replicate=replicate, source=source))

    def import_results(self, campaign: str, table: Table, *, rows: Collection[int] | None = None) -> CampaignState:
        """Take in a filled-in result sheet: all of it that fits, or none where a cell is wrong.

        Rows that fit no proposal as they stand wait for a person.

        Parameters
        ----------
        rows
            Which rows, counted from 0; all where left out.

        Raises
        ------
        SheetError
            With every cell that cannot be read; with the rows that fit no proposal too, where this service has no place
            for them to wait.
        """
        strays = list[HeldResult]()

        def decide(known: CampaignState) -> list[Event]:
            reading = sheets_in.read_result_sheet(known, table, rows)
            strays[:] = held_rows(known.campaign, table, reading.strays)
            if strays and self._held is None:
                raise SheetError(table.source, [str(row) for row in reading.strays])
            return events_of_rows(known, reading.rows, actor=self._ledger.actor, at=self._ledger.clock.now())

        state = self._ledger.change(campaign, decide)
        if self._held is not None:
            self._held.hold(strays, at=self._ledger.clock.now())
        return state

    def import_specimens(
        self, campaign: str, table: Table, *, columns: Mapping[str, str] | None = None
    ) -> tuple[CampaignState, int]:
        """Take in past results: specimens that nobody proposed. Rows taken in before, from the same place, are left.

        Returns
        -------
        The state after, and how many specimens are new.
        """
        before = len(self.state(campaign).specimens)

        def decide(known: CampaignState) -> list[Event]:
            rows = sheets_in.read_past_results(known.definition, table, columns=columns)
            past = [(row.formulation, row.targets, row.source) for row in rows]
            return commands.import_specimens(known, past, names=[row.name for row in rows])

        after = self._ledger.change(campaign, decide)
        return after, len(after.specimens) - before

    def correct(self, campaign: str, specimen: str, target: str, new: TargetValue, *, reason: str) -> CampaignState:
        """Replace a typed result; the old one stays readable."""
        return self._ledger.change(
            campaign, lambda state: commands.correct(state, specimen, target, new, reason=reason)
        )

    def correct_made(self, campaign: str, specimen: str, new: Mapping[str, Setting], *, reason: str) -> CampaignState:
        """Replace what a specimen was written down as made of; the old values stay readable."""
        return self._ledger.change(campaign, lambda state: commands.correct_made(state, specimen, new, reason=reason))

    def exclude(self, campaign: str, specimen: str, *, reason: str) -> CampaignState:
        """Keep a specimen from training the model."""
        return self._ledger.change(campaign, lambda state: commands.exclude(state, specimen, reason=reason))

    def keep(self, campaign: str, specimen: str, *, reason: str) -> CampaignState:
        """Let an excluded specimen train the model again."""
        return self._ledger.change(campaign, lambda state: commands.keep(state, specimen, reason=reason))

    # ------------------------------------------------------------------ going on by itself
    def change_course(self, campaign: str, course: Course, *, reason: str = "") -> CampaignState:
        """Let a campaign go on by itself, rest, or only take in what is on its way."""
        return self._ledger.change(campaign, lambda state: commands.change_course(state, course, reason=reason))

    # ------------------------------------------------------------------ hypotheses
    def note(self, campaign: str, text: str) -> CampaignState:
        """Write down what somebody expects."""
        return self._ledger.change(campaign, lambda state: commands.note(state, text))

    def judge(self, campaign: str, hypothesis: str, held: str, *, reason: str) -> CampaignState:
        """Write down whether it held."""
        return self._ledger.change(campaign, lambda state: commands.judge(state, hypothesis, held, reason=reason))

    # ------------------------------------------------------------------ tables out
    def result_sheet(self, campaign: str) -> Table:
        """Lay out the sheet that the laboratory fills in."""
        return sheets_out.result_sheet(self.state(campaign))

    def recipe_sheet(self, campaign: str) -> Table:
        """Lay out what to weigh and set for every approved proposal."""
        return sheets_out.recipe_sheet(self.state(campaign), today=self._ledger.clock.now().date())

    def specimen_table(self, campaign: str) -> Table:
        """Lay out every specimen with its results."""
        return sheets_out.specimen_table(self.state(campaign))

    # ------------------------------------------------------------------ proof
    def replay(self, campaign: str, *, cycle: int | None = None) -> list[Replay]:
        """Make logged cycles again from the journal as it stood then, and compare bit for bit."""
        return replays(CampaignId(campaign), self.log(campaign), cycle=cycle)

    # ------------------------------------------------------------------ private
    def _recipe(self, state: CampaignState, record: ProposalRecord) -> Recipe:
        return recipe_for(definition_to_make(state, record), record.planned, today=self._ledger.clock.now().date())

    def _on(self, proposal: str, decide: Callable[[CampaignState], list[Event]]) -> CampaignState:
        return self._ledger.change(campaign_of(proposal), decide)
