"""One hostile set: a definition, the events of a campaign that came to its results, and which rung has to answer.

The oracle counts in the raw results; it shares no code with the loop.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import numpy as np
from results import KINDS, Kind, Told
from spaces import SHAPES, draw_definition

from loop import commands
from loop.definition import Definition, read_definition
from loop.errors import SpaceError
from loop.events import DefinitionAdopted, Event, ProposalsMade
from loop.ids import CampaignId
from loop.journal import extend
from loop.observations import TargetValue
from loop.space.sampling import enumerate_rows, sample
from loop.space.space import SearchSpace
from loop.state import CampaignState
from loop.values import Formulation

__all__ = ["HostileSet", "draw_set", "faults_of"]

MOMENT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
CAMPAIGN = CampaignId("HOSTILE")
OBJECTIVES = ("single", "single", "pareto", "desirability")
_SHAPES_OF = {
    "all_but_one": ("grid", "narrow mixture", "table"),
    "line": ("box", "choices"),
    "cluster": ("box", "choices"),
}
"""Shapes in which formulations can be placed like that; all of them where nothing is said."""

_FEW = 3
"""Formulations, beside one for each parameter, that are repeated where few are made."""

_SHARE_BEGUN = 0.9
"""Share of the sets that get beyond their initial design, where their kind can."""

_SHARE_OF_THE_UNIT = 0.8
"""Share of the sets whose limits and wanted values are of the size of the results."""

_LEFT = 8
"""Formulations of a small space that stay open."""

_MOST_LISTED = 400
_MOST_ASKED_BEFORE = 3


@dataclass(frozen=True, kw_only=True)
class HostileSet:
    """A campaign ready to be asked. `answers` are those that are right: ``initial`` or the name of a rung."""

    kind: str
    shape: str
    definition: Definition
    state: CampaignState
    n_distinct: int
    answers: frozenset[str]
    closed: frozenset[tuple[Any, ...]]


def draw_set(number: int, seed: int, kind: str | None = None, *, most: int | None = None) -> HostileSet:
    """Draw one set; the same for the same number and seed. Kinds take turns where none is named.

    `most` bounds the number of specimens, where it is given, but for those that it takes to be asked a model.
    """
    rng = np.random.default_rng([seed, number])
    kind = list(KINDS)[number % len(KINDS)] if kind is None else kind
    how = KINDS[kind]
    shape = str(rng.choice(_SHAPES_OF.get(how.places, tuple(SHAPES))))
    objective = str(rng.choice(["pareto", "desirability"] if how.needs_targets else OBJECTIVES))
    raw = draw_definition(rng, shape, objective, how.unit if rng.random() < _SHARE_OF_THE_UNIT else 1.0)
    if how.is_log:
        for target in raw["targets"].values():
            target["scale"] = "log"
    definition = read_definition(raw)
    space = definition.space()
    n = int(rng.integers(how.n[0], how.n[1] + 1))
    n = n if most is None else min(n, most)
    if how.n[1] > _FEW and rng.random() < _SHARE_BEGUN:
        n = max(n, len(space.names) + 2)
    made = _places(rng, space, how, n)
    told = how.make(rng, _truth(rng, space, made), definition.measured_targets)
    state, closed = _lived(rng, definition, space, how, made, told)
    n_distinct, n_known = _counts(definition, made, told)
    return HostileSet(
        kind=kind,
        shape=shape,
        definition=definition,
        state=state,
        n_distinct=n_distinct,
        answers=_answers(definition, n_distinct, n_known, made, told),
        closed=closed,
    )


def faults_of(of: HostileSet, made: ProposalsMade) -> list[str]:
    """Say what is wrong with an answer; empty where nothing is."""
    found = []
    asked = [proposal for proposal in made.proposals if proposal.origin.value != "control"]
    if not asked:
        found.append("no proposal")
    rung = made.rungs[-1].name if made.rungs else "initial"
    if rung not in of.answers:
        found.append(f"answered by {rung}, right were {', '.join(sorted(of.answers))}")
    if json.loads(made.model_dump_json())["rungs"] != [r.model_dump(mode="json") for r in made.rungs]:
        found.append("it does not read back")
    space = of.definition.space()
    for proposal in asked:
        found += [f"breaks {violation}" for violation in space.violations(proposal.formulation)]
        if of.definition.ingredients is not None:
            shares = (Fraction(repr(proposal.formulation[n])) for n in of.definition.ingredients.components)
            if sum(shares) != 100:
                found.append("its shares do not sum to 100")
        if _key(space, proposal.formulation) in of.closed:
            found.append("it was made, is pending, or cannot be made")
        if rung not in ("initial", "space_filling") and set(proposal.predicted) != set(of.definition.targets):
            found.append("it says not what is expected of each target")
    return found


# ---------------------------------------------------------------------- private
def _key(space: SearchSpace, formulation: Formulation) -> tuple[Any, ...]:
    return tuple(formulation[name] for name in space.names)


def _places(rng: np.random.Generator, space: SearchSpace, how: Kind, n: int) -> list[dict[str, Any]]:
    everything = enumerate_rows(space, _MOST_LISTED)
    rows = sample(space, n, rng)
    if everything is not None:
        left = 1 if how.places == "all_but_one" else _LEFT
        some = rng.permutation(everything)[: max(1, len(everything) - left)]
        rows = some if how.places == "all_but_one" else some[rng.integers(0, len(some), n)]
    if how.places in ("few", "one"):
        rows = rows[rng.integers(0, 1 if how.places == "one" else _FEW + len(space.names), n) % n]
    if how.places in ("line", "cluster"):
        column = int(rng.choice(np.flatnonzero(~space.is_choice)))
        moved = np.repeat(rows[:1], n, axis=0)
        if how.places == "line":
            moved[:, column] = rows[:, column]
        else:
            moved[:, ~space.is_choice] += 1e-9 * rng.standard_normal((n, int((~space.is_choice).sum())))
        rows = moved
    if how.places == "outside":
        numbers = np.flatnonzero(~space.is_choice)
        far = float(rng.choice([2.0, 1e3, 1e12]))
        rows[:, numbers] += far * space.spans[numbers] * rng.random((n, len(numbers)))
    return [space.to_formulation(row) for row in rows]


def _truth(rng: np.random.Generator, space: SearchSpace, made: Sequence[Formulation]) -> np.ndarray:
    rows = space.to_rows(made)
    unit = np.clip((rows - space.ends[0]) / np.maximum(space.spans, 1e-12), 0, 1)
    wave = np.sin(3 * unit @ rng.standard_normal(unit.shape[1]) + rng.uniform(0, 6))
    return np.asarray(0.5 + 0.5 * wave)


def _lived(
    rng: np.random.Generator,
    definition: Definition,
    space: SearchSpace,
    how: Kind,
    made: Sequence[Formulation],
    told: Told,
) -> tuple[CampaignState, frozenset[tuple[Any, ...]]]:
    """Live through the campaign; return where it came to, and the formulations that may not be asked for again."""
    core = definition.model_dump(mode="json", by_alias=True)
    state = _then(None, [DefinitionAdopted(version=1, text="", core=core)])
    block = "day 1" if definition.policy.block_size else ""
    rows = [
        (formulation, {name: told.values[name][i] for name in told.values}, f"row {i}")
        for i, formulation in enumerate(made)
    ]
    state = _then(state, commands.import_specimens(state, rows, block=block))
    for i in told.excluded:
        specimen = list(state.specimens)[i]
        state = _then(state, commands.exclude(state, specimen, reason="hostile"))
    closed = {
        _key(space, formulation)
        for i, formulation in enumerate(made)
        if i not in set(told.excluded) and any(_is_told(told.values[name][i]) for name in told.values)
    }
    if how.happens:
        state, closed = _asked_before(rng, state, space, how, closed)
    return state, frozenset(closed)


def _asked_before(
    rng: np.random.Generator, state: CampaignState, space: SearchSpace, how: Kind, closed: set[tuple[Any, ...]]
) -> tuple[CampaignState, set[tuple[Any, ...]]]:
    """Ask for a few cycles that nobody measures: they are still pending, or could not be made.

    One is left to ask for.
    """
    from loop.agent import propose_batch

    listed, found = enumerate_rows(space, _MOST_LISTED), set(closed)
    for _ in range(2):
        if listed is not None and len(listed) - len(found) <= _MOST_ASKED_BEFORE:
            break
        try:
            made = propose_batch(state, count=int(rng.integers(1, _MOST_ASKED_BEFORE + 1)), at=MOMENT)
        except SpaceError:
            break
        state = _then(state, [made])
        ids = [proposal.id for proposal in made.proposals]
        found |= {_key(space, proposal.formulation) for proposal in made.proposals}
        if "infeasible" in how.happens:
            state = _then(state, commands.approve(state, ids))
            for which in ids:
                state = _then(state, commands.mark_infeasible(state, which, reason="it would not mix"))
    return state, found


def _counts(definition: Definition, made: Sequence[Formulation], told: Told) -> tuple[int, int]:
    """Count formulations that know every target by a finite value, and those that know any."""
    jointly, any_of = set(), set()
    for i, formulation in enumerate(made):
        if i in set(told.excluded):
            continue
        means = [told.values[name][i].mean for name in definition.measured_targets]
        key = tuple(sorted(formulation.items()))
        if all(mean is not None for mean in means):
            jointly.add(key)
        if any(mean is not None for mean in means):
            any_of.add(key)
    return len(jointly), len(any_of)


def _answers(
    definition: Definition, n_distinct: int, n_known: int, made: Sequence[Formulation], told: Told
) -> frozenset[str]:
    """Name who may answer: the model where d + 2 are known, the design where fewer are, else whoever can."""
    wanted = len(definition.knobs) + 2
    if n_distinct >= wanted:
        return frozenset({"model"})
    known = {
        name: {
            tuple(sorted(f.items()))
            for i, (f, value) in enumerate(zip(made, told.values[name], strict=True))
            if _is_told(value) and i not in set(told.excluded)
        }
        for name in definition.measured_targets
    }
    if n_known < wanted:
        return frozenset({"initial", "space_filling", "model"})
    if not all(known.values()):
        return frozenset({"space_filling"})
    return frozenset({"model", "jitter", "simpler", "space_filling"})


def _is_told(value: TargetValue) -> bool:
    return value.mean is not None or value.limit is not None


def _then(state: CampaignState | None, events: Sequence[Event]) -> CampaignState:
    return extend(CAMPAIGN, state, events, actor="benchmark", at=MOMENT)
