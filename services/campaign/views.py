"""The shapes in which people and programs are shown a campaign: one set for JSON, for tables, for pages.

They are promised: keys are added, never renamed or dropped, within one version of the project.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from loop.errors import Fault
from loop.events import Course, FitOfTarget
from loop.observations import State, TargetValue
from loop.proposal import Origin, Prediction, ProposalState
from loop.values import Frozen, Setting
from services.records.held import HeldCell, HeldResult

__all__ = [
    "BackupView",
    "BestView",
    "BudgetView",
    "CampaignView",
    "CampaignsView",
    "DoctorView",
    "EditView",
    "EntryView",
    "FaultView",
    "FindingView",
    "HeldView",
    "HypothesisView",
    "InboxView",
    "LimitsView",
    "LogView",
    "ProposalView",
    "ProposalsView",
    "QuestionView",
    "RefitView",
    "RefusedView",
    "ReplayView",
    "ReplaysView",
    "RestoreView",
    "SilentView",
    "StatusView",
    "TurnView",
    "ValidationView",
    "WrittenView",
]


class ProposalView(Frozen):
    """One proposal: what is planned, what was expected, what came out."""

    id: str
    cycle: int
    state: ProposalState
    origin: Origin
    reason: str = Field(description="Why it was chosen; that a person edited it since, where one did.")
    planned: Mapping[str, Setting] = Field(description="Value by parameter, as planned now.")
    proposed: Mapping[str, Setting] | None = Field(description="As first proposed, where a person edited it.")
    predicted: Mapping[str, Prediction] = Field(description="Mean and sd by target, written before it was made.")
    acquisition: float | None
    block: str
    run_order: int
    replicates: int
    results: Mapping[str, Mapping[str, TargetValue]] = Field(description="Values by specimen and target.")
    remarks: Mapping[str, tuple[str, ...]] = Field(description="What somebody noticed, by specimen.")
    rests_on_corrected: tuple[str, ...] = Field(description="Specimens corrected since the prediction was made.")


class ProposalsView(Frozen):
    """The open proposals of a campaign."""

    campaign: str
    cycle: int
    proposals: tuple[ProposalView, ...]


class EditView(Frozen):
    """What an edit of a proposal would come to."""

    proposal: str
    planned: Mapping[str, Setting]
    predicted_before: Mapping[str, Prediction]
    predicted: Mapping[str, Prediction]
    violations: tuple[str, ...] = Field(description="Every rule that it breaks.")
    breaks_safety: bool


class BestView(Frozen):
    """A specimen that nothing known beats."""

    specimen: str
    formulation: Mapping[str, Setting]
    targets: Mapping[str, float | None] = Field(description="Number by target, computed ones included.")


class BudgetView(Frozen):
    """What was spent, and what may be."""

    formulations_begun: int
    formulations_allowed: int | None
    cycles: int
    cycles_allowed: int | None


class LimitsView(Frozen):
    """How far the hard limits are met."""

    first_specimen_within_all: str | None
    n_made_until_then: int | None
    n_within_by_target: Mapping[str, int]


class HypothesisView(Frozen):
    """What somebody expected, and whether it held."""

    id: str
    cycle: int
    text: str
    actor: str
    held: str
    reason: str


class SilentView(Frozen):
    """A specimen that teaches the model nothing."""

    specimen: str
    reason: str


class QuestionView(Frozen):
    """Something that only a person can decide."""

    question: str
    suggestion: str = Field(description="Commands, one of which is an answer.")


class RefitView(Frozen):
    """How well the model knew each target once a cycle was closed."""

    cycle: int
    at: datetime
    surrogate: str
    fits: Mapping[str, FitOfTarget] = Field(description="By measured target.")


class StatusView(Frozen):
    """Where a campaign stands."""

    campaign: str
    title: str
    version: int = Field(description="Version of the definition in force.")
    seq: int = Field(description="Number of the last journal entry.")
    at: datetime = Field(description="Moment of the last journal entry, UTC.")
    cycle: int = Field(description="Number of the last cycle, 0 before the first.")
    n_specimens: int
    n_imported: int
    n_excluded: int
    n_teaching: int = Field(description="Specimens that the model learns from, whatever version they were made under.")
    not_teaching: tuple[SilentView, ...] = Field(description="The others, each with the reason.")
    n_proposals: Mapping[str, int] = Field(description="Number of proposals by state.")
    open_proposals: tuple[ProposalView, ...]
    best: tuple[BestView, ...] = Field(
        description="The best specimen, or the front; empty before any meets the limits."
    )
    budget: BudgetView
    limits: LimitsView | None
    hypotheses: tuple[HypothesisView, ...]
    n_cycles_without_improvement: int
    advice: str = Field(description="Why to think of stopping; empty where there is no reason.")
    course: Course = Field(description="Whether it goes on by itself, lets what is out come in, or rests.")
    course_reason: str = Field(description="Why it does not go on by itself; empty where it does.")
    due: str = Field(description="What meguri tick or run would do now; empty where it waits.")
    waits_for: str = Field(description="What it waits for; empty where something is due.")
    questions: tuple[QuestionView, ...] = Field(description="What only a person can decide.")
    refits: tuple[RefitView, ...] = Field(description="How well the model knew each target, cycle by cycle.")
    n_held: int = Field(description="Results that fit no proposal and wait in the inbox for a person.")
    n_refused_files: int = Field(description="Files that the inbox refused and nobody took away since.")
    orders_not_delivered: tuple[str, ...] = Field(description="Work orders that did not reach the laboratory yet.")


class CampaignView(Frozen):
    """One line about a campaign."""

    campaign: str
    title: str
    cycle: int
    n_specimens: int
    n_open: int
    at: datetime


class CampaignsView(Frozen):
    """The campaigns of a workspace."""

    workspace: str
    campaigns: tuple[CampaignView, ...]


class EntryView(Frozen):
    """One line of the journal: in words, and as it is written."""

    seq: int
    at: datetime
    actor: str
    text: str
    event: Mapping[str, Any]


class LogView(Frozen):
    """What happened in a campaign, in order."""

    campaign: str
    entries: tuple[EntryView, ...]


class FaultView(Frozen):
    """One thing wrong with a definition, or one thing to look at."""

    file: str
    line: int | None
    field: str
    message: str
    hint: str

    @classmethod
    def of(cls, fault: Fault) -> FaultView:
        """Show a fault."""
        return cls(file=fault.file, line=fault.line, field=fault.field, message=fault.message, hint=fault.hint)

    def __str__(self) -> str:
        return str(Fault(field=self.field, message=self.message, hint=self.hint, line=self.line, file=self.file))


class ValidationView(Frozen):
    """What checking a definition found."""

    file: str
    is_valid: bool
    campaign: str | None
    faults: tuple[FaultView, ...]
    warnings: tuple[FaultView, ...]


class ReplayView(Frozen):
    """One logged cycle made again."""

    cycle: int
    is_same: bool
    differences: tuple[str, ...] = Field(description="Field of each proposal that came out otherwise.")


class ReplaysView(Frozen):
    """Logged cycles made again."""

    campaign: str
    is_same: bool
    cycles: tuple[ReplayView, ...]


class TurnView(Frozen):
    """What one turn of a campaign came to."""

    campaign: str
    steps: tuple[str, ...] = Field(description="What was done, in words, in order.")
    waits_for: str
    is_taken: bool = Field(description="False where another worker is at it.")


class HeldView(Frozen):
    """A result that waits for a person."""

    id: str
    received_at: datetime
    source: str
    proposal: str = Field(description="The proposal that it names.")
    reason: str = Field(description="Why it was not booked.")
    suggestion: str
    row: Mapping[str, str] = Field(description="What it says, by column.")

    @classmethod
    def of(cls, held: HeldResult, received_at: datetime) -> HeldView:
        """Show a waiting result."""
        row = {cell.column: _shown_cell(cell) for cell in held.cells if _shown_cell(cell)}
        return cls(
            id=held.id,
            received_at=received_at,
            source=held.source,
            proposal=held.proposal,
            reason=held.reason,
            suggestion=held.suggestion,
            row=row,
        )


class RefusedView(Frozen):
    """A file that could not be taken in."""

    file: str
    reason: str


class InboxView(Frozen):
    """What waits in the inbox."""

    held: tuple[HeldView, ...] = Field(description="Results that wait for a person.")
    refused: tuple[RefusedView, ...] = Field(description="Files put aside until somebody mends them.")
    lying: tuple[str, ...] = Field(description="Files that the next turn looks at.")


class WrittenView(Frozen):
    """A file that was written."""

    campaign: str
    what: str
    file: str


class FindingView(Frozen):
    """One thing that was looked at."""

    area: str
    verdict: Literal["fine", "look", "broken"] = Field(
        description="`look`: a person should look at it; `broken`: it does not work, or will not for long."
    )
    found: str
    wanted: str = Field(description="What would be right; empty where it is.")


class DoctorView(Frozen):
    """What a look at a workspace found."""

    verdict: Literal["fine", "look", "broken"] = Field(description="The worst of all.")
    findings: tuple[FindingView, ...]


class BackupView(Frozen):
    """A backup, as it was checked."""

    file: str
    size: int = Field(description="Bytes of the file.")
    meguri: str = Field(description="Version of meguri that made it.")
    schema_version: int = Field(description="Version of the database's tables in it.")
    database: str = Field(description="Kind of the database that it was taken of.")
    taken_at: datetime = Field(description="Moment as of which the database stands in it.")
    campaigns: Mapping[str, int] = Field(description="Number of the last journal entry by campaign.")
    n_rows: Mapping[str, int] = Field(description="Rows by table.")
    n_files: int
    changed_while_read: tuple[str, ...] = Field(description="Files that were written to while they were read.")
    left_out: Mapping[str, str] = Field(description="Why, by file, for those that could not be read.")
    password_left_out: bool = Field(description="Whether the settings held a password, which is not in it.")


class RestoreView(Frozen):
    """A workspace that was restored."""

    workspace: str
    database: str
    backup: BackupView
    notes: tuple[str, ...] = Field(description="What a person should know.")


def _shown_cell(cell: HeldCell) -> str:
    """Write a cell for people: its value or limit, else its own text."""
    if cell.value is not None:
        return f"{cell.value:g}" if isinstance(cell.value, float) else cell.value
    return cell.text if cell.limit is None else f"{'<' if cell.state is State.BELOW_DETECTION else '>'}{cell.limit:g}"
