"""Where a campaign stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from loop.events import Course, FitOfTarget
from loop.values import Frozen, Setting
from services.campaign.views.proposals import ProposalView

__all__ = [
    "BestView",
    "BudgetView",
    "CampaignView",
    "CampaignsView",
    "HypothesisView",
    "LimitsView",
    "QuestionView",
    "RefitView",
    "SilentView",
    "StatusView",
]


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
    n_measurements_waiting: int = Field(
        default=0, description="Measurements that wait for a person: of nobody yet, or looking wrong."
    )
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
