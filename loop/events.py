"""Events: facts in the past tense, the only truth about a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field, TypeAdapter

from loop.course_events import (
    Course,
    CourseChanged,
    CycleClosed,
    DefinitionAdopted,
    FitOfTarget,
    HypothesisJudged,
    HypothesisNoted,
    ModelRefitted,
    PersonAsked,
)
from loop.proposal_events import (
    ProposalAbandoned,
    ProposalApproved,
    ProposalClosed,
    ProposalDispatched,
    ProposalEdited,
    ProposalFailed,
    ProposalInfeasible,
    ProposalSkipped,
    ProposalsMade,
    ProposalStaled,
    ProposalStarted,
)
from loop.specimen_events import (
    MadeCorrected,
    ResultCorrected,
    ResultRecorded,
    SpecimenExcluded,
    SpecimenImported,
    SpecimenKept,
    SpecimenRemarked,
)
from loop.values import Frozen

__all__ = [
    "Course",
    "CourseChanged",
    "CycleClosed",
    "DefinitionAdopted",
    "Entry",
    "Event",
    "FitOfTarget",
    "HypothesisJudged",
    "HypothesisNoted",
    "MadeCorrected",
    "ModelRefitted",
    "PersonAsked",
    "ProposalAbandoned",
    "ProposalApproved",
    "ProposalClosed",
    "ProposalDispatched",
    "ProposalEdited",
    "ProposalFailed",
    "ProposalInfeasible",
    "ProposalSkipped",
    "ProposalStaled",
    "ProposalStarted",
    "ProposalsMade",
    "ResultCorrected",
    "ResultRecorded",
    "SpecimenExcluded",
    "SpecimenImported",
    "SpecimenKept",
    "SpecimenRemarked",
    "read_event",
]

Event = Annotated[
    DefinitionAdopted
    | SpecimenImported
    | ProposalsMade
    | ProposalApproved
    | ProposalEdited
    | ProposalSkipped
    | ProposalStaled
    | ProposalDispatched
    | ProposalStarted
    | ResultRecorded
    | ResultCorrected
    | MadeCorrected
    | SpecimenExcluded
    | SpecimenKept
    | SpecimenRemarked
    | ProposalFailed
    | ProposalInfeasible
    | ProposalAbandoned
    | ProposalClosed
    | CycleClosed
    | ModelRefitted
    | CourseChanged
    | PersonAsked
    | HypothesisNoted
    | HypothesisJudged,
    Field(discriminator="kind"),
]
"""Any event; `kind` says which."""

_ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


def read_event(payload: Mapping[str, object]) -> Event:
    """Rebuild an event from what `event.model_dump(mode="json")` wrote.

    Raises
    ------
    pydantic.ValidationError
        If the payload is no event of a kind known here.
    """
    return _ADAPTER.validate_python(payload)


class Entry(Frozen):
    """One line of a journal: an event, its place, when and by whom. `seq` counts 1, 2, 3 … per campaign."""

    seq: int = Field(ge=1)
    at: datetime
    actor: str = Field(min_length=1)
    event: Event
