"""Tell each entry of a journal in a few words: what happened, to what, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loop.events import (
    CycleClosed,
    DefinitionAdopted,
    Entry,
    Event,
    HypothesisJudged,
    HypothesisNoted,
    ProposalEdited,
    ProposalSkipped,
    ProposalsMade,
    ResultCorrected,
    ResultRecorded,
    SpecimenImported,
)
from loop.observations import TargetValue
from services.report.numbers import NO_VALUE, significant
from services.report.tables import Head, Table, identity, moment, number, words

__all__ = ["log_table", "tell"]


def log_table(entries: Iterable[Entry]) -> Table | None:
    """List every entry, the latest first."""
    rows = []
    for entry in sorted(entries, key=lambda one: -one.seq):
        subject, what = tell(entry.event)
        rows.append(
            [
                number(str(entry.seq), "quiet"),
                words(moment(entry.at), "nowrap"),
                words(entry.actor),
                identity(subject),
                words(what),
                words(getattr(entry.event, "reason", "")),
            ]
        )
    heads = (
        Head("entry", look="number"),
        Head("when", "UTC"),
        Head("who"),
        Head("which"),
        Head("what"),
        Head("because"),
    )
    return Table.of(heads, rows, look="log") if rows else None


def tell(event: Event) -> tuple[str, str]:
    """Return what an event is about, as an id, and what happened, in words."""
    match event:
        case DefinitionAdopted():
            return "", f"definition adopted as version {event.version}"
        case SpecimenImported(observation=seen, source=source):
            where = f" from {source}" if source else ""
            return seen.specimen_id, f"imported{where}: {_values(seen.targets)}"
        case ProposalsMade():
            ids = [proposal.id for proposal in event.proposals]
            many = f"{ids[0]} to {ids[-1].rpartition('-')[2]}" if len(ids) > 1 else ids[0] if ids else ""
            seen_up_to = f"by {event.surrogate}, seed {event.seed}, from entries up to {event.seen_seq}"
            return many, f"{len(ids)} proposed as cycle {event.cycle} {seen_up_to}"
        case ProposalEdited():
            return event.proposal_id, "edited, and thereby approved"
        case ProposalSkipped():
            return event.proposal_id, "skipped; the model keeps away from its like" if event.is_lesson else "skipped"
        case ResultRecorded():
            source = f" ({event.source})" if event.source else ""
            whole = "" if event.is_complete else ", more to come"
            return event.specimen_id, f"measured{source}: {_values(event.targets)}{whole}"
        case ResultCorrected():
            return event.specimen_id, f"{event.target} corrected from {_value(event.old)} to {_value(event.new)}"
        case CycleClosed():
            return "", f"cycle {event.cycle} closed"
        case HypothesisNoted():
            return event.hypothesis_id, f"expected: {event.text}"
        case HypothesisJudged():
            held = {"yes": "held", "no": "did not hold", "open": "is open again"}[event.held]
            return event.hypothesis_id, held
    subject = getattr(event, "proposal_id", None) or getattr(event, "specimen_id", "")
    return str(subject), event.kind.partition("_")[2]


def _values(targets: Mapping[str, TargetValue]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in targets.items()) or "no values"


def _value(value: TargetValue | None) -> str:
    if value is None:
        return NO_VALUE
    if value.mean is not None:
        return significant(value.mean)
    if value.limit is not None:
        return f"{'<' if value.state.value == 'below_detection' else '>'} {significant(value.limit)}"
    return value.state.value.replace("_", " ")
