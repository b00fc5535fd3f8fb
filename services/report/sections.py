"""How far the campaign came, as sentences and tables; what is drawn stands in `services.report.pictures`."""

from __future__ import annotations

from loop.counting import counted
from loop.front import hypervolume_by_cycle
from loop.judgement import specimen_rows
from loop.progress import best_by_cycle, best_by_specimen, limits_progress
from loop.remarks import BETWEEN_REMARKS, known_remarks
from loop.rungs import answered_by, said_of
from loop.state import CampaignState, CycleRecord
from services.report.headline import listed
from services.report.numbers import NO_VALUE, Numbers, setting_text, significant
from services.report.tables import Head, Table, identity, number, words

__all__ = ["all_specimens", "cycle_table", "limits_sentences", "limits_table"]


def cycle_table(state: CampaignState) -> Table | None:
    """List cycles: what was made, whether it brought a better specimen, what was best then."""
    progress = best_by_cycle(state)
    if not progress:
        return None
    volumes = {step.cycle: step.hypervolume for step in hypervolume_by_cycle(state)}
    kind, numbers = state.definition.objective.kind, Numbers(state)
    by_id = {row.specimen_id: row for row in specimen_rows(state)}
    rows = []
    for done in progress:
        if kind == "pareto":
            value = significant(volumes[done.cycle], 3) if done.cycle in volumes else NO_VALUE
        elif kind == "desirability":
            value = NO_VALUE if done.score is None else f"{done.score:.3f}"
        else:
            goal = state.definition.goals[0]
            value = numbers.value(goal, by_id[done.best[0]].values[goal] if done.best else None)
        best = f"{len(done.best)} on the front" if len(done.best) > 1 else listed(done.best)
        record = state.cycles.get(done.cycle)
        rows.append(
            [
                number("known before" if done.cycle == 0 else str(done.cycle)),
                number(str(done.n_specimens)),
                words("yes" if done.is_better else "no", "good" if done.is_better else "quiet"),
                words(best) if len(done.best) > 1 else identity(best if done.best else "none meets all limits"),
                number(value),
                words("" if record is None else _chooser(record), "quiet"),
                words("open" if not done.is_closed else "", "quiet"),
            ]
        )
    goal = state.definition.goals[0]
    shown = {
        "pareto": Head("hypervolume", look="number"),
        "desirability": Head("desirability", look="number"),
        "single": Head(goal, numbers.unit(goal), "number"),
    }[kind]
    heads = [Head("cycle", look="number"), Head("specimens", look="number"), Head("better"), Head("best then"), shown]
    return Table.of([*heads, Head("chosen by"), Head("")], rows)


def _chooser(record: CycleRecord) -> str:
    rung = answered_by(record.rungs)
    chooser = "initial design" if record.surrogate == "none" else record.surrogate
    if rung is not None and rung != "model":
        chooser = said_of(rung)
    return f"{chooser}, seed {record.seed}"


def limits_sentences(state: CampaignState) -> list[str]:
    """Say how many specimens it took until all limits were met together."""
    limits = limits_progress(state)
    if limits is None:
        return ["No target has limits."]
    if limits.n_until_met == 0:
        return [f"{limits.first}, known before the first was made, meets all limits."]
    if limits.n_until_met == 1:
        return [f"The first specimen made, {limits.first}, met all limits."]
    if limits.n_until_met is not None:
        made = counted(limits.n_until_met, "specimen was", "specimens were")
        return [f"{made} made until {limits.first} met all limits together."]
    if not limits.by_target or not any(one.n_known for one in limits.by_target):
        return ["No value with a limit is known yet."]
    return [f"None of {counted(limits.n_made, 'specimen')} made meets all limits together yet."]


def limits_table(state: CampaignState) -> Table | None:
    """List limits: how many specimens met each, and which was the first."""
    limits = limits_progress(state)
    if limits is None:
        return None
    numbers = Numbers(state)
    rows = []
    for one in limits.by_target:
        bounds = state.definition.targets[one.target].limits
        low = NO_VALUE if bounds is None or bounds.at_least is None else f"{bounds.at_least:g}"
        high = NO_VALUE if bounds is None or bounds.at_most is None else f"{bounds.at_most:g}"
        rows.append(
            [
                words(numbers.labelled(one.target)),
                number(low),
                number(high),
                number(f"{one.n_met} of {one.n_known}", "bad" if one.n_known and not one.n_met else ""),
                identity(one.first or "none"),
            ]
        )
    heads = (
        Head("target"),
        Head("at least", look="number"),
        Head("at most", look="number"),
        Head("met", look="number"),
    )
    return Table.of([*heads, Head("first")], rows)


def all_specimens(state: CampaignState) -> Table | None:
    """List every specimen: what it shows and what it is made of."""
    rows = specimen_rows(state)
    if not rows:
        return None
    definition, numbers = state.definition, Numbers(state)
    steps = best_by_specimen(state)
    best = set(steps[-1].best)
    heads = [Head("specimen"), Head("cycle", look="number"), Head("")]
    heads += [Head(name, target.unit, "number") for name, target in definition.targets.items()]
    knobs = state.knobs_of([row.as_made for row in rows])
    heads += [Head(name, state.versions.unit_of(name), "number") for name in knobs]
    remarks = {row.specimen_id: BETWEEN_REMARKS.join(known_remarks(state, row.specimen_id)) for row in rows}
    heads += [Head("remarks")] if any(remarks.values()) else []
    table = []
    for row in rows:
        seen = state.specimens[row.specimen_id].observation
        marks = ["best"] if row.specimen_id in best else []
        marks += ["excluded"] if row.is_excluded else []
        cells = [identity(row.specimen_id), number(str(row.cycle)), words(", ".join(marks), "quiet")]
        for name in definition.targets:
            value = row.values[name]
            text = numbers.seen(name, seen.targets.get(name)) if value is None else numbers.value(name, value)
            cells.append(number(text, "bad" if row.limits_met.get(name) is False else ""))
        cells += [number(setting_text(p, row.as_made.get(name))) for name, p in knobs.items()]
        cells += [words(remarks[row.specimen_id])] if any(remarks.values()) else []
        table.append(cells)
    return Table.of(heads, table, look="wide")
