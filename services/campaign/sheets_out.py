"""Tables out of a campaign: the sheet to fill in, recipes to weigh by, every specimen with its results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from loop.ids import specimen_id
from loop.observations import Observation, State, TargetValue
from loop.older_plans import definition_to_make
from loop.recipe import recipe_for
from loop.remarks import BETWEEN_REMARKS, known_remarks
from loop.space.parameters import Categorical
from loop.state import CampaignState, ProposalRecord
from loop.values import Formulation
from loop.versions import Versions
from services.campaign.sheet_columns import AWAITING, N_SUFFIX, PROPOSAL, REMARKS, REPLICATE, SD_SUFFIX
from services.records.table import Cell, Column, Table

__all__ = ["recipe_sheet", "result_sheet", "specimen_table"]


def result_sheet(state: CampaignState) -> Table:
    """Lay out the sheet that the laboratory fills in: one row a specimen whose results are still to come.

    The formulation is filled in as planned, to be changed where something else was made. Each target has three
    columns: the value, the standard deviation between single tests, and their number. What is known already is there.
    """
    definition = state.definition
    awaiting = [
        (record, replicate)
        for record in state.proposals.values()
        if record.state in AWAITING
        for replicate in range(1, record.proposal.replicates + 1)
    ]
    columns = [
        _text(PROPOSAL, [record.proposal.id for record, _ in awaiting]),
        _numbers(REPLICATE, [float(replicate) for _, replicate in awaiting]),
        _text("block", [record.proposal.block for record, _ in awaiting]),
        _numbers("run order", [float(record.proposal.run_order) for record, _ in awaiting]),
        *_planned_columns(state, [record.planned for record, _ in awaiting]),
    ]
    for name in definition.measured_targets:
        unit = definition.targets[name].unit
        have = [_already(state, record, replicate, name) for record, replicate in awaiting]
        columns.append(Column(name=name, unit=unit, cells=tuple(_cell_of(value) for value in have)))
        columns.append(_blank(name + SD_SUFFIX, unit, len(awaiting)))
        columns.append(_blank(name + N_SUFFIX, "", len(awaiting)))
    columns.append(_text(REMARKS, [_noticed(state, specimen_id(r.proposal.id, k)) for r, k in awaiting]))
    return Table(source=f"results of {state.campaign}", columns=_placed(columns))


def recipe_sheet(state: CampaignState, *, today: date) -> Table:
    """List what to weigh and set for every approved proposal: one row a feeder and a setting, in run order."""
    entries: list[tuple[str, str, str, float, str, float, str]] = []
    for record in sorted(state.open_proposals, key=lambda r: (r.proposal.cycle, r.proposal.run_order)):
        if record.state not in AWAITING:
            continue
        definition = definition_to_make(state, record)
        recipe = recipe_for(definition, record.planned, today=today)
        which, block, order = record.proposal.id, record.proposal.block, float(record.proposal.run_order)
        for line in recipe.lines:
            said = "; ".join(text for text in (line.note, ", ".join(line.lots)) if text)
            entries.append((which, block, line.feeder, line.grams, "g", order, said))
        for name, value in recipe.settings.items():
            unit = getattr(definition.parameters[name], "unit", "")
            amount, said = (float("nan"), str(value)) if isinstance(value, str) else (float(value), "")
            entries.append((which, block, name, amount, unit, order, said))
        entries += [(which, block, "note", float("nan"), "", order, said) for said in recipe.notes]
    return Table(
        source=f"recipes of {state.campaign}",
        columns=_placed(
            [
                _text("proposal", [e[0] for e in entries]),
                _text("block", [e[1] for e in entries]),
                _numbers("run order", [e[5] for e in entries]),
                _text("feeder or setting", [e[2] for e in entries]),
                Column(
                    name="amount", cells=tuple(Cell.missing() if e[3] != e[3] else Cell(value=e[3]) for e in entries)
                ),
                _text("unit", [e[4] for e in entries]),
                _text("remark", [e[6] for e in entries]),
            ]
        ),
    )


def specimen_table(state: CampaignState) -> Table:
    """Lay out every specimen: ids, as made, every target with its spread, count and state."""
    definition = state.definition
    records = list(state.specimens.values())
    seen = [record.observation for record in records]
    columns = [
        _text("specimen", [o.specimen_id for o in seen]),
        _text("proposal", [o.proposal_id or "" for o in seen]),
        _text("source", [record.source for record in records]),
        _text("block", [o.block for o in seen]),
        _text(
            "excluded",
            [record.excluded_because if o.is_excluded else "" for record, o in zip(records, seen, strict=True)],
        ),
        _text(REMARKS, [_noticed(state, o.specimen_id) for o in seen]),
        *_planned_columns(state, [o.as_made for o in seen]),
    ]
    for name, target in definition.targets.items():
        if target.expression is not None:
            cells = [_computed(state.versions, name, o) for o in seen]
            columns.append(Column(name=name, unit=target.unit, cells=tuple(cells)))
            continue
        values = [o.targets.get(name) for o in seen]
        columns.append(Column(name=name, unit=target.unit, cells=tuple(_cell_of(value) for value in values)))
        columns.append(
            Column(
                name=name + SD_SUFFIX,
                unit=target.unit,
                cells=tuple(Cell.missing() if v is None or v.sd is None else Cell(value=v.sd) for v in values),
            )
        )
        columns.append(
            Column(
                name=name + N_SUFFIX,
                cells=tuple(Cell.missing() if v is None or v.mean is None else Cell(value=float(v.n)) for v in values),
            )
        )
    return Table(source=f"specimens of {state.campaign}", columns=_placed(columns))


def _cell_of(value: TargetValue | None) -> Cell:
    if value is None:
        return Cell.missing()
    if value.mean is not None:
        return Cell(value=value.mean)
    if value.limit is not None:
        return Cell.below(value.limit) if value.state is State.BELOW_DETECTION else Cell.above(value.limit)
    return Cell.missing(value.reason, value.state)


def _already(state: CampaignState, record: ProposalRecord, replicate: int, name: str) -> TargetValue | None:
    for which in record.specimens:
        if which.endswith(f"-S{replicate}"):
            return state.specimens[which].observation.targets.get(name)
    return None


def _noticed(state: CampaignState, specimen: str) -> str:
    return BETWEEN_REMARKS.join(known_remarks(state, specimen))


def _computed(versions: Versions, name: str, seen: Observation) -> Cell:
    value = versions.computed(name, versions.read(seen.as_made))
    return Cell.missing() if value is None else Cell(value=value)


def _planned_columns(state: CampaignState, formulations: Sequence[Formulation]) -> list[Column]:
    """Return a column for each parameter in force, then for each of an older version that a formulation names."""
    columns = []
    for name, parameter in state.knobs_of(formulations).items():
        values = [formulation.get(name) for formulation in formulations]
        is_choice = isinstance(parameter, Categorical)
        unit = state.versions.unit_of(name)
        cells = tuple(
            Cell.missing() if v is None else Cell(value=str(v) if is_choice else float(v), text=str(v)) for v in values
        )
        columns.append(Column(name=name, unit=unit, kind="text" if is_choice else "number", cells=cells))
    return columns


def _text(name: str, values: Sequence[str]) -> Column:
    return Column(name=name, kind="text", cells=tuple(Cell(value=v, text=v) if v else Cell.missing() for v in values))


def _numbers(name: str, values: Sequence[float]) -> Column:
    return Column(name=name, cells=tuple(Cell(value=v) for v in values))


def _blank(name: str, unit: str, n: int) -> Column:
    return Column(name=name, unit=unit, cells=(Cell.missing(),) * n)


def _placed(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Number columns from left to right."""
    return tuple(replace(column, position=k) for k, column in enumerate(columns, start=1))
