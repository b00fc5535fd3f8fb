"""What a reader wants to know first: the goal, the best so far, what is better than what, what was spent."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from loop.budget import budget_use
from loop.counting import counted
from loop.front import PointOrigin, hypervolume_by_cycle, reference_point
from loop.judgement import SpecimenRow, is_better, score_sd, specimen_rows, ties_with_best
from loop.progress import (
    best_by_cycle,
    best_by_specimen,
    cycles_without_improvement,
    limits_progress,
    nearest_to_limits,
)
from loop.reliability import comparisons, coverage
from loop.state import CampaignState
from services.report.numbers import NO_VALUE, Numbers, setting_text, significant, with_unit
from services.report.tables import Cell, Head, Table, number, words
from services.report.wishes import wish

__all__ = [
    "KeyFigure",
    "best_rows",
    "best_table",
    "goal_sentences",
    "key_figures",
    "listed",
    "reference_sentence",
    "what_is_better",
]

_MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """One number worth its own box."""

    label: str
    value: str
    note: str = ""
    look: str = ""


def goal_sentences(state: CampaignState) -> list[str]:
    """Say what is wanted: each target that is more than limits, then the limits, then how they combine."""
    definition = state.definition
    wanted = [f"{name}: {wish(definition.targets[name])}" for name in definition.goals]
    rest = [f"{name}: {wish(target)}" for name, target in definition.targets.items() if name not in definition.goals]
    combined = {
        "single": "",
        "pareto": "The goals trade off against each other: wanted is a front, not one winner.",
        "desirability": "The goals are folded into one desirability between 0 and 1.",
    }[definition.objective.kind]
    return [*wanted, *rest, *([combined] if combined else [])]


def best_rows(state: CampaignState) -> list[SpecimenRow]:
    """Return the best specimen, or the front in the order of its first goal; empty before any meets all limits."""
    steps = best_by_specimen(state)
    best = set(steps[-1].best) if steps else set()
    rows = [row for row in specimen_rows(state) if row.specimen_id in best]
    return sorted(rows, key=lambda row: -(row.gains or (0.0,))[0])


def key_figures(state: CampaignState) -> list[KeyFigure]:
    """Return the boxes under the title."""
    return [
        _best_figure(state),
        *_limit_figure(state),
        _budget_figure(state),
        *_reliability_figure(state),
        *_patience_figure(state),
    ]


def _best_figure(state: CampaignState) -> KeyFigure:
    best = best_rows(state)
    label = "front" if state.definition.objective.kind == "pareto" else "best so far"
    if not best:
        is_measured = any(row.is_measured for row in specimen_rows(state))
        note = "no specimen meets all limits yet" if is_measured else "nothing measured yet"
        return KeyFigure(label=label, value=NO_VALUE, note=note)
    if state.definition.objective.kind == "pareto":
        volume = hypervolume_by_cycle(state)[-1].hypervolume
        note = f"hypervolume {significant(volume, 3)}"
        return KeyFigure(label=label, value=counted(len(best), "specimen"), note=note)
    (row,) = best
    if state.definition.objective.kind == "desirability":
        return KeyFigure(label=label, value=f"{row.score or 0.0:.3f}", note=f"desirability of {row.specimen_id}")
    name = state.definition.goals[0]
    value = Numbers(state).with_unit(name, row.values[name])
    return KeyFigure(label=label, value=value, note=f"{name} of {row.specimen_id}")


def _limit_figure(state: CampaignState) -> list[KeyFigure]:
    limits = limits_progress(state)
    if limits is None:
        return []
    rows = [row for row in specimen_rows(state) if not row.is_excluded]
    n_met = sum(row.meets_limits is True for row in rows)
    if limits.first is None:
        note = f"none in {limits.n_made} made" if limits.n_made else "nothing made yet"
    elif limits.n_until_met == 0:
        note = "met before the first was made"
    else:
        note = f"first met by the {_ordinal(limits.n_until_met or 0)} made"
    return [KeyFigure(label="meet all limits", value=f"{n_met} of {len(rows)}" if rows else NO_VALUE, note=note)]


def _budget_figure(state: CampaignState) -> KeyFigure:
    use = budget_use(state)
    of_all = f" of {use.formulations_allowed}" if use.formulations_allowed is not None else ""
    allowed = use.cycles_allowed
    cycles = counted(use.n_cycles, "cycle") if allowed is None else f"{use.n_cycles} of {counted(allowed, 'cycle')}"
    waiting = f", {use.n_waiting} more asked for" if use.n_waiting else ""
    return KeyFigure(label="formulations begun", value=f"{use.n_begun}{of_all}", note=f"{cycles}{waiting}")


def _reliability_figure(state: CampaignState) -> list[KeyFigure]:
    found = coverage(comparisons(state))
    if not found.n:
        return []
    look = "bad" if found.verdict == "too few inside" else ""
    value = f"{found.n_inside} of {found.n}"
    return [KeyFigure(label="inside 90 % intervals", value=value, note=found.verdict, look=look)]


def _patience_figure(state: CampaignState) -> list[KeyFigure]:
    closed = [cycle for cycle in best_by_cycle(state) if cycle.cycle > 0 and cycle.is_closed]
    if not closed:
        return []
    without = cycles_without_improvement(state)
    patience = state.definition.policy.stop.patience
    better = [cycle.cycle for cycle in best_by_cycle(state) if cycle.is_better]
    last = f"last one in cycle {better[-1]}; " if better else ""
    return [
        KeyFigure(
            label="no better specimen for",
            value=counted(without, "cycle"),
            note=f"{last}patience is {patience}",
            look="bad" if without >= patience else "",
        )
    ]


def best_table(state: CampaignState) -> Table | None:
    """Lay the best specimens, or the nearest to the limits, side by side: what they show and what they are made of."""
    definition, numbers = state.definition, Numbers(state)
    best = best_rows(state)
    if not best:
        nearest = nearest_to_limits(state)
        best = [] if nearest is None else [nearest]
    elif definition.objective.kind != "pareto":
        best += ties_with_best(definition, specimen_rows(state), best[0])
    if not best:
        return None
    shown = _spread_out(best, _MOST_COLUMNS)
    rows: list[list[Cell]] = []
    if definition.objective.kind == "desirability":
        rows.append(
            [words("desirability"), words("0 to 1", "quiet"), *(number(f"{row.score or 0.0:.3f}") for row in shown)]
        )
    for name, target in definition.targets.items():
        label = words(numbers.labelled(name), "strong" if name in definition.goals else "")
        values = [
            number(numbers.value(name, row.values[name]), "bad" if row.limits_met.get(name) is False else "")
            for row in shown
        ]
        rows.append([label, words(wish(target), "quiet"), *values])
    ruled = len(rows)
    for name, parameter in state.knobs_of([row.as_made for row in shown]).items():
        if all(row.as_made.get(name) in (None, 0) for row in shown):
            continue
        label = words(with_unit(name, state.versions.unit_of(name)))
        rows.append([label, words(""), *(number(setting_text(parameter, row.as_made.get(name))) for row in shown)])
    heads = [Head(""), Head("wanted"), *(Head(row.specimen_id, f"cycle {row.cycle}", "id number") for row in shown)]
    return Table.of(heads, rows, ruled=[ruled], look="side-by-side")


def _spread_out(rows: Sequence[SpecimenRow], most: int) -> list[SpecimenRow]:
    """Choose at most so many rows, evenly over all of them, the first and the last included."""
    if len(rows) <= most:
        return list(rows)
    return [rows[round(i * (len(rows) - 1) / (most - 1))] for i in range(most)]


def what_is_better(state: CampaignState) -> list[str]:
    """Say which differences are larger than what the tests repeat within."""
    definition = state.definition
    best = best_rows(state)
    said = []
    unknown = [name for name in definition.goals if definition.targets[name].repeatability_sd is None]
    tested = [name for name in unknown if definition.targets[name].expression is None]
    if best and definition.objective.kind == "pareto":
        same = [
            f"{a.specimen_id} and {b.specimen_id}"
            for a, b in itertools.combinations(best, 2)
            if not is_better(definition, a, b) and not is_better(definition, b, a)
        ]
        said.append(_front_in_words(best, same))
        if len(best) > _MOST_COLUMNS:
            said.append(f"The table shows {_MOST_COLUMNS} of them, spread along {definition.goals[0]}.")
    elif best:
        rows = specimen_rows(state)
        ties = ties_with_best(definition, rows, best[0])
        n_others = sum(row.can_be_best for row in rows) - 1
        by = _spread_in_words(state, best[0])
        if ties:
            names = listed([row.specimen_id for row in ties])
            said.append(f"{best[0].specimen_id} cannot be told apart from {names}: the difference is within {by}.")
            n_beaten = n_others - len(ties)
            if n_beaten:
                said.append(
                    f"It beats the other {f'{n_beaten} that meet' if n_beaten > 1 else 'one that meets'} all limits."
                )
        elif n_others:
            said.append(f"{best[0].specimen_id} beats all {n_others} others that meet the limits by more than {by}.")
        same = [row.specimen_id for row in rows if row != best[0] and dict(row.as_made) == dict(best[0].as_made)]
        if same:
            said.append(f"The same formulation was also made as {listed(same)}.")
    elif nearest := nearest_to_limits(state):
        missed = [name for name, met in nearest.limits_met.items() if met is False]
        said.append(f"{nearest.specimen_id} comes nearest to the limits; it misses {listed(missed)}.")
    if best and tested:
        said.append(f"No repeatability is declared for {listed(tested)}: any difference there counts as better.")
    return said


def _front_in_words(best: Sequence[SpecimenRow], same: Sequence[str]) -> str:
    if len(best) == 1:
        return f"{best[0].specimen_id} is the whole front: nothing that meets the limits beats it in any goal."
    if same:
        return f"Cannot be told apart by the tests: {'; '.join(same)}. Else the front differs in at least one goal."
    return f"The {len(best)} specimens on the front differ by more than repeatability in at least one goal."


def reference_sentence(state: CampaignState) -> str:
    """Say where the reference point of the hypervolume lies and where it comes from."""
    point = reference_point(state)
    definition, numbers = state.definition, Numbers(state)
    if point is None:
        return "The reference point of the hypervolume follows from the first front; no specimen meets all limits yet."
    by_origin: dict[PointOrigin, list[str]] = {}
    for name, gain, origin in zip(definition.goals, point.gains, point.origins, strict=True):
        value = {"maximise": gain, "minimise": -gain}.get(definition.targets[name].goal)
        place = numbers.with_unit(name, value) if value is not None else f"{numbers.with_unit(name, -gain)} off"
        by_origin.setdefault(origin, []).append(f"{name} {place}")
    sources: dict[PointOrigin, str] = {
        "declared": "as declared",
        "limit": "by limits",
        "front": f"inferred from the front of cycle {point.cycle}",
    }
    told = listed([f"{listed(places)} ({sources[origin]})" for origin, places in by_origin.items()])
    return f"Hypervolume counts what lies in front of {told}; that point stays where it is from cycle to cycle."


def listed(parts: Sequence[str]) -> str:
    """Write parts as a person would: a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else "none"


def _spread_in_words(state: CampaignState, best: SpecimenRow) -> str:
    if state.definition.objective.kind == "desirability":
        spread = score_sd(state.definition, best)
        return f"the {spread:.3f} by which repeatability alone moves its desirability"
    name, numbers = state.definition.goals[0], Numbers(state)
    spread = state.definition.targets[name].repeatability_sd or 0.0
    return f"the repeatability of {numbers.spread(name, spread)} {numbers.unit(name)}".rstrip()


def _ordinal(count: int) -> str:
    ending = "th" if 10 <= count % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"
