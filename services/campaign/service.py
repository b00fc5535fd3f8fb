"""Every use case of a campaign behind one facade: read the journal, decide purely, write what follows, once.

The edges (command line, later API and dashboard) call this and nothing below it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from loop import commands
from loop.agent import Forecast, forecast, propose_batch
from loop.errors import JournalConflictError, ProposalError
from loop.events import Entry, Event, ProposalsMade
from loop.ids import CampaignId, campaign_of
from loop.journal import extend, fold
from loop.observations import TargetValue
from loop.older_plans import changed_plan, definition_to_make
from loop.ports import Clock, Journal
from loop.proposal import ProposalState
from loop.recipe import Recipe, recipe_for
from loop.remarks import remark
from loop.state import CampaignState, ProposalRecord
from loop.values import Setting
from services.campaign import sheets_in, sheets_out
from services.campaign.definition import CampaignDefinition, from_event_payload
from services.campaign.errors import CampaignError
from services.records.plan import TaskPlan
from services.records.table import Table

__all__ = ["CampaignService", "Replay", "SystemClock"]

log = logging.getLogger(__name__)

_TRIES = 5
"""How often a change is decided anew when somebody else wrote first."""


class SystemClock:
    """The machine's own clock, in UTC."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A logged cycle made again from what its journal says it followed from."""

    cycle: int
    is_same: bool
    differences: tuple[str, ...]


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
    """

    def __init__(self, *, journal: Journal, clock: Clock, actor: str) -> None:
        self._journal, self._clock, self._actor = journal, clock, actor

    # ------------------------------------------------------------------ reading
    def campaigns(self) -> list[CampaignId]:
        """List the campaigns of the workspace."""
        return self._journal.campaigns()

    def state(self, campaign: str) -> CampaignState:
        """Read a campaign.

        Raises
        ------
        CampaignError
            If there is none of that name; the message lists those there are.
        """
        entries = self._journal.read(CampaignId(campaign))
        if not entries:
            known = ", ".join(self.campaigns()) or "none yet"
            raise CampaignError(f"there is no campaign {campaign!r}; there are {known}")
        return fold(CampaignId(campaign), entries)

    def plan(self, campaign: str) -> TaskPlan:
        """Read the design of the task: factors, modalities and tests."""
        record = self.state(campaign).definitions[-1]
        return from_event_payload(record.text, record.definition, record.extras).plan

    def log(self, campaign: str) -> list[Entry]:
        """Return every fact about a campaign, in order."""
        self.state(campaign)
        return self._journal.read(CampaignId(campaign))

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
        return self._change(
            name,
            lambda state: commands.adopt(
                state,
                definition.core,
                text=definition.text,
                core=definition.core_json,
                extras=definition.extras_json,
                reason=reason,
            ),
        )

    # ------------------------------------------------------------------ proposals
    def propose(self, campaign: str, *, count: int | None = None) -> list[ProposalRecord]:
        """Top up to `count` open proposals (the definition's batch by default) and return all that are open.

        Asked twice, it returns the same ones: nothing new is proposed while enough are open. Controls are made
        beside the count.
        """
        for _ in range(_TRIES):
            state = self.state(campaign)
            wanted = count if count is not None else state.definition.policy.batch
            counted = [r for r in state.open_proposals if r.proposal.origin.value != "control"]
            missing = wanted - len(counted)
            left = self._budget_left(state)
            if left is not None and missing > 0 and left <= 0:
                raise ProposalError(f"{campaign}: the budget is spent; raise it in the definition to go on")
            if missing <= 0:
                return state.open_proposals
            now = self._clock.now()
            made = propose_batch(state, count=missing if left is None else min(missing, left), at=now)
            try:
                return self._write(state.campaign, state, [made]).open_proposals
            except JournalConflictError:
                log.info("proposals overtaken", extra={"campaign": campaign})
        raise JournalConflictError(f"{campaign}: others kept writing; try again")

    def approve(self, campaign: str, proposals: Sequence[str] = (), *, reason: str = "") -> CampaignState:
        """Approve the proposals named, or all that wait for it."""

        def decide(state: CampaignState | None) -> list[Event]:
            known = _there(state)
            waiting = [r.proposal.id for r in known.open_proposals if r.state is ProposalState.PROPOSED]
            return commands.approve(known, proposals or waiting, reason=reason)

        return self._change(campaign, decide)

    def edit(
        self, proposal: str, changes: Mapping[str, Setting], *, reason: str, allow_violations: bool = False
    ) -> CampaignState:
        """Change some values of a plan and approve it; the new prediction is kept beside the first."""

        def decide(state: CampaignState | None) -> list[Event]:
            known = _there(state)
            planned = changed_plan(known, known.proposal(proposal), changes)
            expected = forecast(known, planned).predicted
            return commands.edit(
                known, proposal, planned, predicted=expected, reason=reason, allow_violations=allow_violations
            )

        return self._change(campaign_of(proposal), decide)

    def skip(self, proposal: str, *, reason: str, is_lesson: bool = False) -> CampaignState:
        """Turn a proposal down, with or without a lesson for the model."""
        return self._on(proposal, lambda state: commands.skip(state, proposal, reason=reason, is_lesson=is_lesson))

    def dispatch(self, proposal: str, *, reason: str = "") -> CampaignState:
        """Send an approved proposal to the laboratory."""
        return self._on(proposal, lambda state: commands.dispatch(state, proposal, reason=reason))

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

    def import_results(self, campaign: str, table: Table) -> CampaignState:
        """Take in a filled-in result sheet: all of it, or none where anything is wrong."""

        def decide(state: CampaignState | None) -> list[Event]:
            known, events = _there(state), list[Event]()
            now = self._clock.now()
            for row in sheets_in.read_result_sheet(known, table):
                more: list[Event] = []
                if row.targets:
                    more += commands.record(
                        known,
                        row.proposal_id,
                        row.targets,
                        replicate=row.replicate,
                        as_made=row.as_made,
                        source=row.source,
                    )
                more += remark(known, row.proposal_id, row.remark, replicate=row.replicate, source=row.source)
                known = extend(known.campaign, known, more, actor=self._actor, at=now)
                events += more
            return events

        return self._change(campaign, decide)

    def import_specimens(
        self, campaign: str, table: Table, *, columns: Mapping[str, str] | None = None
    ) -> tuple[CampaignState, int]:
        """Take in past results: specimens that nobody proposed. Rows taken in before, from the same place, are left.

        Returns
        -------
        The state after, and how many specimens are new.
        """
        before = len(self.state(campaign).specimens)

        def decide(state: CampaignState | None) -> list[Event]:
            known = _there(state)
            rows = sheets_in.read_past_results(known.definition, table, columns=columns)
            return commands.import_specimens(known, [(row.formulation, row.targets, row.source) for row in rows])

        after = self._change(campaign, decide)
        return after, len(after.specimens) - before

    def correct(self, campaign: str, specimen: str, target: str, new: TargetValue, *, reason: str) -> CampaignState:
        """Replace a typed result; the old one stays readable."""
        return self._change(
            campaign, lambda state: commands.correct(_there(state), specimen, target, new, reason=reason)
        )

    def exclude(self, campaign: str, specimen: str, *, reason: str) -> CampaignState:
        """Keep a specimen from training the model."""
        return self._change(campaign, lambda state: commands.exclude(_there(state), specimen, reason=reason))

    def keep(self, campaign: str, specimen: str, *, reason: str) -> CampaignState:
        """Let an excluded specimen train the model again."""
        return self._change(campaign, lambda state: commands.keep(_there(state), specimen, reason=reason))

    # ------------------------------------------------------------------ hypotheses
    def note(self, campaign: str, text: str) -> CampaignState:
        """Write down what somebody expects."""
        return self._change(campaign, lambda state: commands.note(_there(state), text))

    def judge(self, campaign: str, hypothesis: str, held: str, *, reason: str) -> CampaignState:
        """Write down whether it held."""
        return self._change(campaign, lambda state: commands.judge(_there(state), hypothesis, held, reason=reason))

    # ------------------------------------------------------------------ tables out
    def result_sheet(self, campaign: str) -> Table:
        """Lay out the sheet that the laboratory fills in."""
        return sheets_out.result_sheet(self.state(campaign))

    def recipe_sheet(self, campaign: str) -> Table:
        """Lay out what to weigh and set for every approved proposal."""
        return sheets_out.recipe_sheet(self.state(campaign), today=self._clock.now().date())

    def specimen_table(self, campaign: str) -> Table:
        """Lay out every specimen with its results."""
        return sheets_out.specimen_table(self.state(campaign))

    # ------------------------------------------------------------------ proof
    def replay(self, campaign: str, *, cycle: int | None = None) -> list[Replay]:
        """Make logged cycles again from the journal as it stood then, and compare bit for bit."""
        entries = self._journal.read(CampaignId(campaign))
        if not entries:
            self.state(campaign)
        found = []
        for entry in entries:
            event = entry.event
            if not isinstance(event, ProposalsMade) or (cycle is not None and event.cycle != cycle):
                continue
            then = fold(CampaignId(campaign), entries[: event.seen_seq])
            again = propose_batch(then, count=event.count, at=entry.at)
            found.append(
                Replay(cycle=event.cycle, is_same=again == event, differences=tuple(_differences(event, again)))
            )
        if cycle is not None and not found:
            raise ProposalError(f"{campaign} has no cycle {cycle}")
        return found

    # ------------------------------------------------------------------ private
    def _recipe(self, state: CampaignState, record: ProposalRecord) -> Recipe:
        return recipe_for(definition_to_make(state, record), record.planned, today=self._clock.now().date())

    def _on(self, proposal: str, decide: Callable[[CampaignState], list[Event]]) -> CampaignState:
        return self._change(campaign_of(proposal), lambda state: decide(_there(state)))

    def _change(self, campaign: str, decide: Callable[[CampaignState | None], list[Event]]) -> CampaignState:
        """Decide on the newest state and write; decide anew where somebody else wrote first."""
        name = CampaignId(campaign)
        for _ in range(_TRIES):
            entries = self._journal.read(name)
            state = fold(name, entries) if entries else None
            events = decide(state)
            if not events:
                return _there(state)
            try:
                return self._write(name, state, events)
            except JournalConflictError:
                continue
        raise JournalConflictError(f"{campaign}: others kept writing; try again")

    def _write(self, campaign: CampaignId, state: CampaignState | None, events: Sequence[Event]) -> CampaignState:
        """Write events and what follows from them, in one go; JournalConflictError where somebody wrote first."""
        at = self._clock.now()
        after = extend(campaign, state, events, actor=self._actor, at=at)
        following = commands.consequences(state, after)
        written = [*events, *following]
        seq = 0 if state is None else state.seq
        self._journal.append(campaign, written, actor=self._actor, at=at, expected_seq=seq)
        for event in written:
            log.info("event written", extra={"campaign": campaign, "kind": event.kind})
        return extend(campaign, after, following, actor=self._actor, at=at)

    @staticmethod
    def _budget_left(state: CampaignState) -> int | None:
        limit = state.definition.budget.specimens
        if limit is None:
            return None
        dead = {ProposalState.SKIPPED, ProposalState.STALE, ProposalState.ABANDONED}
        asked = [r for r in state.proposals.values() if r.state not in dead and r.proposal.origin.value != "control"]
        return limit - len(asked)


def _there(state: CampaignState | None) -> CampaignState:
    if state is None:
        raise CampaignError("there is no such campaign yet; begin it with its definition: meguri start FILE")
    return state


def _differences(logged: ProposalsMade, again: ProposalsMade) -> list[str]:
    """Name what a replay gave otherwise than the log."""
    before, after = logged.model_dump(mode="json"), again.model_dump(mode="json")
    found = [name for name in before if name != "proposals" and before[name] != after[name]]
    for old, new in zip(before["proposals"], after["proposals"], strict=False):
        found += [f"{old['id']}.{name}" for name in old if old[name] != new[name]]
    shorter, longer = sorted((before["proposals"], after["proposals"]), key=len)
    return found + [proposal["id"] for proposal in longer[len(shorter) :]]
