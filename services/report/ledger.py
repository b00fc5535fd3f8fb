"""What people wrote down and changed: hypotheses, corrections, exclusions, versions of the definition."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loop.counting import counted
from loop.events import Entry, SpecimenExcluded, SpecimenKept
from loop.observations import TargetValue
from loop.sentences import said
from loop.state import CampaignState
from loop.teaching import silent, silent_by_reason
from loop.values import Setting
from services.report.numbers import Numbers
from services.report.tables import Head, Table, identity, moment, number, words

__all__ = ["Changes", "changes", "hypothesis_table", "silent_table", "teaching_sentence"]


def hypothesis_table(state: CampaignState) -> Table | None:
    """List what somebody expected, by cycle, and whether it held."""
    if not state.hypotheses:
        return None
    heads = (
        Head(""),
        Head("noted in cycle", look="number"),
        Head("expected"),
        Head("by"),
        Head("held"),
        Head("because"),
    )
    looks = {"yes": "good", "no": "bad", "open": "quiet"}
    rows = [
        [
            identity(one.id),
            number(str(one.cycle)),
            words(one.text),
            words(f"{one.actor}, {moment(one.at)}", "quiet nowrap"),
            words("not judged yet" if one.held == "open" else one.held, looks[one.held]),
            words(one.reason),
        ]
        for one in sorted(state.hypotheses.values(), key=lambda one: (one.cycle, one.at))
    ]
    return Table.of(heads, rows)


def teaching_sentence(state: CampaignState) -> str:
    """Say how many specimens the model learns from."""
    n_silent, n = len(silent(state)), len(state.specimens)
    if not n:
        return "No specimen is known yet."
    if not n_silent:
        return "The only specimen teaches the model." if n == 1 else f"All {n} specimens teach the model."
    verb = "teaches" if n - n_silent == 1 else "teach"
    return f"{n - n_silent} of {counted(n, 'specimen')} {verb} the model. The others stay readable; why they do not:"


def silent_table(state: CampaignState) -> Table | None:
    """List the specimens that teach nothing, by reason."""
    reasons = silent_by_reason(state)
    if not reasons:
        return None
    rows = [[number(str(len(names))), words(", ".join(names)), words(why)] for why, names in reasons.items()]
    return Table.of([Head("", look="number"), Head("specimens"), Head("because")], rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What was changed after the fact: results, who trains the model, the definition."""

    corrections: Table | None
    exclusions: Table | None
    definitions: Table


def _shown(numbers: Numbers, name: str, value: TargetValue | Setting | None) -> str:
    """Write a result with the digits of its target, and a parameter as it was typed."""
    return numbers.seen(name, value) if value is None or isinstance(value, TargetValue) else said(value)


def changes(state: CampaignState, entries: Iterable[Entry]) -> Changes:
    """List corrections, exclusions (undone ones too) and versions of the definition."""
    numbers = Numbers(state)
    corrections = [
        [
            identity(specimen),
            words(one.target),
            number(_shown(numbers, one.target, one.old)),
            number(_shown(numbers, one.target, one.new)),
            words(one.reason),
            words(f"{one.actor}, {moment(one.at)}", "quiet nowrap"),
        ]
        for specimen, record in state.specimens.items()
        for one in record.corrections
    ]
    exclusions = [
        [
            identity(entry.event.specimen_id),
            words("excluded" if isinstance(entry.event, SpecimenExcluded) else "kept again"),
            words(entry.event.reason),
            words(f"{entry.actor}, {moment(entry.at)}", "quiet nowrap"),
        ]
        for entry in entries
        if isinstance(entry.event, SpecimenExcluded | SpecimenKept)
    ]
    definitions = [
        [
            number(str(one.version)),
            words(one.reason),
            words(f"{one.actor}, {moment(one.at)}", "quiet nowrap"),
            identity(one.definition.fingerprint[:12], "quiet"),
        ]
        for one in state.definitions
    ]
    old_and_new = (Head("was", look="number"), Head("is", look="number"))
    return Changes(
        corrections=Table.of([Head("specimen"), Head("what"), *old_and_new, Head("because"), Head("by")], corrections)
        if corrections
        else None,
        exclusions=Table.of([Head("specimen"), Head("what"), Head("because"), Head("by")], exclusions)
        if exclusions
        else None,
        definitions=Table.of(
            [Head("version", look="number"), Head("because"), Head("by"), Head("fingerprint")], definitions
        ),
    )
