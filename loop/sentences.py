"""Say in words what each event of a journal was: what it is about, what happened, and why. Pure.

The one place that does: log, report and whoever else tells of events take their words from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loop.counting import counted
from loop.events import (
    CourseChanged,
    CycleClosed,
    DefinitionAdopted,
    Event,
    HypothesisJudged,
    HypothesisNoted,
    MadeCorrected,
    ModelRefitted,
    PersonAsked,
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
    ResultCorrected,
    ResultRecorded,
    SpecimenExcluded,
    SpecimenImported,
    SpecimenKept,
    SpecimenRemarked,
)
from loop.numerals import numeral
from loop.observations import State, TargetValue
from loop.rungs import answered_by, said_of
from loop.values import Setting

__all__ = ["Told", "ids_in_short", "said", "sentence", "tell"]

_HELD = {"yes": "held", "no": "did not hold", "open": "is open again"}
_COURSES = {
    "running": "goes on by itself again",
    "draining": "draining, nothing new is asked for",
    "paused": "paused, nothing happens by itself",
}
_TYPED_DIGITS = 10
"""What a person typed is shown as it was typed; more digits are a computer's."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words: the id or ids that it is about, what happened, and the reason given, empty where none was.

    `what` goes on from `subject`, with a space between them or, where it is a statement of its own, a colon.
    """

    subject: str
    what: str
    because: str = ""
    is_statement: bool = False

    def __str__(self) -> str:
        between = ": " if self.is_statement else " "
        because = f": {self.because}" if self.because else ""
        return " ".join(f"{self.subject}{between if self.subject else ''}{self.what}{because}".split())


def sentence(event: Event) -> str:
    """Return an event as a person would tell it, on one line."""
    return str(tell(event))


def said(value: TargetValue | Setting | None) -> str:
    """Write a target's value or a parameter's: ``41.2``, ``41.2 ± 0.5 (n = 3)``, ``< 0.1``, ``lost: dropped``."""
    if value is None:
        return "nothing"
    if not isinstance(value, TargetValue):
        return value if isinstance(value, str) else numeral(value, _TYPED_DIGITS)
    if value.mean is not None:
        sd = "" if value.sd is None else f" ± {numeral(value.sd, _TYPED_DIGITS)}"
        return f"{numeral(value.mean, _TYPED_DIGITS)}{sd}" + (f" (n = {value.n})" if value.n != 1 else "")
    if value.limit is not None:
        return f"{'<' if value.state is State.BELOW_DETECTION else '>'} {numeral(value.limit, _TYPED_DIGITS)}"
    return value.state.value.replace("_", " ") + (f": {value.reason}" if value.reason else "")


def ids_in_short(ids: Sequence[str]) -> str:
    """Write ids of one cycle in short: ``PP01-C003-01 to 04``, or ``PP01-C003-01, 03`` where some are left out."""
    stems = {one.rpartition("-")[0] for one in ids}
    ends = [one.rpartition("-")[2] for one in ids]
    if len(ids) < 2 or len(stems) > 1:
        return ", ".join(ids)
    numbers = [int(end) if end.isdecimal() else None for end in ends]
    is_row = None not in numbers and numbers == list(range(numbers[0] or 0, (numbers[0] or 0) + len(ids)))
    return f"{ids[0]} to {ends[-1]}" if is_row else ", ".join((ids[0], *ends[1:]))


def tell(event: Event) -> Told:
    """Put an event into words."""
    match event:
        case DefinitionAdopted(version=1):
            return Told("", "campaign begun with definition version 1", event.reason)
        case DefinitionAdopted():
            return Told("", f"definition became version {event.version}", event.reason)
        case SpecimenImported(observation=seen):
            named = f" as {event.name}" if event.name else ""
            return Told(seen.specimen_id, f"taken in{named}{_from(event.source)}: {_values(seen.targets)}")
        case ProposalsMade():
            return _told_of_proposals(event)
        case ProposalApproved():
            return Told(event.proposal_id, "approved", event.reason)
        case ProposalEdited():
            return Told(event.proposal_id, "edited, and thereby approved", event.reason)
        case ProposalSkipped():
            lesson = ", as a lesson for the model" if event.is_lesson else ""
            return Told(event.proposal_id, f"skipped{lesson}", event.reason)
        case ProposalStaled():
            return Told(event.proposal_id, "became stale", event.reason)
        case ProposalDispatched():
            order = f" with order {event.order}" if event.order else ""
            return Told(event.proposal_id, f"sent to the laboratory{order}", event.reason)
        case ProposalStarted():
            return Told(event.proposal_id, "begun", event.reason)
        case ResultRecorded():
            more = "" if event.is_complete else ", more to come"
            otherwise = _otherwise(event)
            return Told(
                event.specimen_id, f"measured: {_values(event.targets)}{otherwise}{more}{_beside(event.source)}"
            )
        case ResultCorrected():
            change = f"{event.target} corrected from {said(event.old)} to {said(event.new)}"
            return Told(event.specimen_id, change, event.reason, is_statement=True)
        case MadeCorrected():
            made = ", ".join(f"{n} from {said(event.old.get(n))} to {said(v)}" for n, v in event.new.items())
            return Told(event.specimen_id, f"as made corrected, {made}", event.reason, is_statement=True)
        case SpecimenExcluded():
            return Told(event.specimen_id, "excluded from training", event.reason)
        case SpecimenKept():
            return Told(event.specimen_id, "kept for training again", event.reason)
        case SpecimenRemarked():
            return Told(event.specimen_id, f"“{event.text}”{_beside(event.source)}", is_statement=True)
        case ProposalFailed():
            return Told(event.proposal_id, "failed", event.reason)
        case ProposalInfeasible():
            return Told(event.proposal_id, "cannot be made", event.reason)
        case ProposalAbandoned():
            return Told(event.proposal_id, "given up", event.reason)
        case ProposalClosed():
            return Told(event.proposal_id, "closed", event.reason)
        case CycleClosed():
            return Told("", f"cycle {event.cycle} closed", event.reason)
        case ModelRefitted():
            return Told("", f"model refitted after cycle {event.cycle}: {_fits(event)}")
        case CourseChanged():
            return Told("", _COURSES[event.course], event.reason)
        case PersonAsked():
            return Told("", f"asked: {event.question} ({event.suggestion})")
        case HypothesisNoted():
            return Told(event.hypothesis_id, f"expected: {event.text}")
        case HypothesisJudged():
            return Told(event.hypothesis_id, _HELD[event.held], event.reason)


def _told_of_proposals(event: ProposalsMade) -> Told:
    ids = [proposal.id for proposal in event.proposals]
    which = ids_in_short(ids)
    how = "" if event.surrogate == "none" else f" by {event.surrogate}"
    because = ""
    if (rung := answered_by(event.rungs)) is not None and rung != "model":
        how, because = f" by {said_of(rung)}", event.rungs[0].reason
    from_what = f"from entries up to {event.seen_seq}, seed {event.seed}"
    what = f"proposed as cycle {event.cycle}{how} ({counted(len(ids), 'formulation')}, {from_what})"
    return Told(which, what, because)


def _fits(event: ModelRefitted) -> str:
    """Say of each target how far predictions of results left out were off."""
    told = [
        f"{name} known to ± {numeral(fit.rmse, 3)} from {counted(fit.n, 'formulation')}"
        for name, fit in event.fits.items()
        if fit.rmse is not None
    ]
    return ", ".join(told) or "too little is known to say how well"


def _values(targets: Mapping[str, TargetValue]) -> str:
    return ", ".join(f"{name} {said(value)}" for name, value in targets.items()) or "no values"


def _from(source: str) -> str:
    return f" from {source}" if source else ""


def _otherwise(event: ResultRecorded) -> str:
    told = [f"{n} {said(event.as_made.get(n))} instead of {said(v)}" for n, v in event.instead_of.items()]
    return f", made with {', '.join(told)}" if told else ""


def _beside(source: str) -> str:
    return f" ({source})" if source else ""
