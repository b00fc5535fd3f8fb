"""A state under construction: the one mutable thing of this floor, seen by nobody but the fold."""

from __future__ import annotations

from datetime import datetime

from loop.errors import JournalError
from loop.events import Course
from loop.ids import CampaignId, ProposalId, SpecimenId
from loop.state import (
    Asked,
    CampaignState,
    CycleRecord,
    DefinitionRecord,
    Hypothesis,
    ProposalRecord,
    Refit,
    SpecimenRecord,
)

__all__ = ["Building"]


class Building:
    """A campaign as far as it is read.

    Parameters
    ----------
    campaign
        Whose journal is read.
    start
        What was read before, None before the first entry; it is not changed.
    """

    def __init__(self, campaign: CampaignId, start: CampaignState | None = None) -> None:
        self.campaign = campaign
        self.seq = start.seq if start else 0
        self.at: datetime | None = start.at if start else None
        self.definitions: list[DefinitionRecord] = [*start.definitions] if start else []
        self.proposals: dict[ProposalId, ProposalRecord] = {**start.proposals} if start else {}
        self.specimens: dict[SpecimenId, SpecimenRecord] = {**start.specimens} if start else {}
        self.cycles: dict[int, CycleRecord] = {**start.cycles} if start else {}
        self.hypotheses: dict[str, Hypothesis] = {**start.hypotheses} if start else {}
        self.course: Course = start.course if start else "running"
        self.course_reason = start.course_reason if start else ""
        self.last_order = start.last_order if start else ""
        self.asked: dict[str, Asked] = {**start.asked} if start else {}
        self.refits: list[Refit] = [*start.refits] if start else []

    def state(self) -> CampaignState:
        """Return what was read as a value; JournalError where nothing was."""
        if not self.definitions or self.at is None:
            raise JournalError(f"{self.campaign}: no such campaign; its journal is empty")
        return CampaignState(
            campaign=self.campaign,
            seq=self.seq,
            at=self.at,
            definitions=tuple(self.definitions),
            proposals=self.proposals,
            specimens=self.specimens,
            cycles=self.cycles,
            hypotheses=self.hypotheses,
            course=self.course,
            course_reason=self.course_reason,
            last_order=self.last_order,
            asked=self.asked,
            refits=tuple(self.refits),
        )
