"""Open proposals as a laboratory needs them: what, why, what it promises, how to weigh it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loop.ids import ProposalId
from loop.reasons import reason_now
from loop.recipe import Recipe
from loop.state import CampaignState, ProposalRecord
from services.report.numbers import NO_VALUE, Numbers, setting_text, with_unit
from services.report.tables import Head, Table, moment, number, words

__all__ = ["OpenProposal", "open_proposals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProposal:
    """One proposal that waits: what it is, why, what it promises, how to weigh and set it."""

    id: str
    state: str
    reason: str
    facts: tuple[str, ...]
    promised: Table | None
    sheet: Table
    notes: tuple[str, ...]


def open_proposals(state: CampaignState, recipes: Mapping[ProposalId, Recipe]) -> list[OpenProposal]:
    """Return every open proposal in the order in which it was made."""
    return [_open(state, record, recipes.get(record.proposal.id)) for record in state.open_proposals]


def _open(state: CampaignState, record: ProposalRecord, recipe: Recipe | None) -> OpenProposal:
    proposal, last = record.proposal, record.history[-1]
    facts = [f"cycle {proposal.cycle}", f"run {proposal.run_order}"]
    facts += [f"block {proposal.block}"] if proposal.block else []
    facts += [f"{proposal.replicates} specimens"] if proposal.replicates > 1 else []
    facts.append(f"{last.step.replace('_', ' ')} by {last.actor}, {moment(last.at)}")
    if len(record.history) > 1 and last.reason:
        facts.append(last.reason)
    facts += [f"{one.specimen_id}: {one.text} ({one.actor}, {moment(one.at)})" for one in record.remarks]
    return OpenProposal(
        id=proposal.id,
        state=record.state.value.replace("_", " "),
        reason=reason_now(state, record),
        facts=tuple(facts),
        promised=_promised(state, record),
        sheet=_sheet(state, record, recipe),
        notes=() if recipe is None else recipe.notes,
    )


def _promised(state: CampaignState, record: ProposalRecord) -> Table | None:
    """List predicted targets, and beside them what is measured already."""
    predicted, numbers = record.predicted, Numbers(state)
    seen = [state.specimens[specimen].observation for specimen in record.specimens]
    names = [n for n in state.definition.targets if n in predicted or any(n in o.targets for o in seen)]
    if not names:
        return None
    rows = []
    for name in names:
        one = predicted.get(name)
        row = [
            words(numbers.labelled(name)),
            number(NO_VALUE if one is None else numbers.value(name, one.mean)),
            number("" if one is None else f"± {numbers.spread(name, one.sd)}"),
        ]
        row += [number(", ".join(numbers.seen(name, o.targets.get(name)) for o in seen))] if seen else []
        rows.append(row)
    heads = [Head(""), Head("predicted", look="number"), Head("sd", look="number")]
    return Table.of([*heads, *([Head("measured", look="number")] if seen else [])], rows)


def _sheet(state: CampaignState, record: ProposalRecord, recipe: Recipe | None) -> Table:
    """List the formulation as planned, with the grams of each feeder where something is weighed."""
    knobs, versions = state.knobs_of([record.planned]), state.versions
    lines = {} if recipe is None else {line.feeder: line for line in recipe.lines}
    rows, n_weighed = [], 0
    for name, value in record.planned.items():
        parameter = knobs.get(name)
        is_ingredient = parameter is not None and parameter.kind == "ingredient"
        if value == 0 and is_ingredient and name not in lines:
            continue
        n_weighed += is_ingredient
        before, line = record.proposal.formulation.get(name), lines.get(name)
        notes = [f"proposed {setting_text(parameter, before)}"] if before != value else []
        notes += [] if line is None else [*line.lots, *filter(None, [line.note])]
        row = [words(with_unit(name, versions.unit_of(name))), number(setting_text(parameter, value))]
        row += [number("" if line is None else _grams(line.grams))] if lines else []
        rows.append([*row, words(", ".join(notes), "quiet")])
    if recipe is not None and lines:
        batch = [words("batch", "strong"), number(""), number(_grams(recipe.batch_g), "strong"), words("")]
        rows.insert(n_weighed, batch)
    heads = [Head("formulation"), Head("planned", look="number"), *([Head("weigh", "g", "number")] if lines else [])]
    return Table.of([*heads, Head("")], rows, ruled=[n_weighed] if lines else [])


def _grams(mass: float) -> str:
    return f"{mass:.4f}".rstrip("0").rstrip(".")
