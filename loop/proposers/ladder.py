"""Go down the ladder until a rung answers, and write down what became of each: a campaign is never without a proposal.

A rung is left on a declared numeric error (`loop.proposers.failures`), a prediction or score that is no finite number
among them. Nothing open in the space is no numeric error: the last rung looks once more, and then there is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loop.errors import SpaceError
from loop.proposal import Origin, Prediction
from loop.proposers.drafts import Draft, from_choices
from loop.proposers.spacing import far_apart
from loop.rungs import LADDER, Rung, RungName
from loop.situation import Situation
from loop.values import Formulation

__all__ = ["LAST_RUNG", "descend", "expected"]

LAST_RUNG: RungName = LADDER[-1]

_PLAIN: dict[RungName, str] = {
    "model": "",
    "jitter": "by the model with repeats pooled, more noise, and usual hyper-parameters where no fit succeeds",
    "simpler": "by a random forest, at its most hopeful",
    "space_filling": "space-filling: as far as can be from all that is made and pending",
}
"""How a rung proposes, in words for people."""


def descend(
    here: Situation,
    count: int,
    seed: int,
    drafted: Sequence[Draft],
    *,
    ladder_from: RungName = "model",
    because: str = "",
) -> tuple[list[Draft], tuple[Rung, ...]]:
    """Draft `count` formulations by the first rung that can.

    Parameters
    ----------
    drafted
        Formulations of the same batch that are drafted already.
    ladder_from
        The first rung to try; those above it are skipped.
    because
        Why they are skipped.

    Returns
    -------
    Drafts, fewer than `count` where the space holds fewer that are open and none where it holds none; and the rungs,
    the last of which answered.
    """
    tried = [Rung(name=name, outcome="skipped", reason=because) for name in LADDER[: LADDER.index(ladder_from)]]
    for name in LADDER[len(tried) : -1]:
        drafts, failure, is_numeric = _by_model(here, name, count, seed, drafted)
        if drafts:
            note = here.remark if name == "model" else _PLAIN[name]
            rungs = (*tried, Rung(name=name, outcome="answered", reason=note))
            return _explained(drafts, rungs), rungs
        tried.append(Rung(name=name, outcome="failed", reason=failure))
        if not is_numeric:
            break
    drafts = _by_space(here, count, seed, drafted)
    rungs = (*tried, Rung(name=LAST_RUNG, outcome="answered", reason=_PLAIN[LAST_RUNG]))
    return _explained(drafts, rungs), rungs


def expected(here: Situation, formulation: Formulation, seed: int) -> tuple[dict[str, Prediction], RungName | None]:
    """Say what the first rung that can expects of a formulation, and which that is; nothing and None where none can."""
    if here.obstacle:
        return {}, None
    from loop.proposers.bayesian import forecast_of
    from loop.proposers.failures import NUMERIC_ERRORS
    from loop.proposers.simple import SIMPLE_SURROGATE

    asked = (here.definition, here.encoding, here.evidence, [formulation])
    for name in LADDER[:-1]:
        named = SIMPLE_SURROGATE if name == "simpler" else here.definition.policy.surrogate
        try:
            return forecast_of(*asked, seed=seed, name=named, is_steady=name == "jitter")[0], name
        except NUMERIC_ERRORS:
            continue
    return {}, None


def _by_model(
    here: Situation, name: RungName, count: int, seed: int, drafted: Sequence[Draft]
) -> tuple[list[Draft], str, bool]:
    """Let one rung that learns draft; else say why it cannot, and whether the next one may."""
    if here.obstacle:
        return [], here.obstacle, True
    from loop.proposers.bayesian import choose
    from loop.proposers.failures import NUMERIC_ERRORS, told
    from loop.proposers.simple import choose_simply
    from loop.surrogates import surrogate

    surrogate(here.definition.policy.surrogate)  # an unknown name is a fault of the definition, not of the data
    pending = [*here.pending, *(draft.formulation for draft in drafted)]
    asked = (here.definition, here.space, here.encoding, here.evidence)
    try:
        if name == "simpler":
            closed = here.space.to_rows([*here.closed, *pending])
            choices = choose_simply(*asked, count=count, seed=seed, closed=closed)
        else:
            choices = choose(
                *asked,
                count=count,
                seed=seed,
                pending=pending,
                unmakeable=here.unmakeable,
                is_steady=name == "jitter",
            )
        return from_choices(here, choices), "nothing open was found", False
    except NUMERIC_ERRORS as error:
        return [], told(error), True
    except SpaceError as error:
        return [], str(error), False


def _by_space(here: Situation, count: int, seed: int, drafted: Sequence[Draft]) -> list[Draft]:
    waiting = [*here.pending, *(draft.formulation for draft in drafted)]
    found = far_apart(
        here.space,
        count,
        np.random.default_rng(seed),
        closed=[*here.closed, *waiting],
        beside=[dict(key) for key in sorted(here.taken, key=repr)],
    )
    return [
        Draft(formulation=formulation, origin=Origin.SPACE_FILLING, reason="", predicted={}) for formulation in found
    ]


def _explained(drafts: Sequence[Draft], rungs: Sequence[Rung]) -> list[Draft]:
    """Say in each reason how the rung that answered proposes, and why not the model."""
    if rungs[-1].name == "model":
        return list(drafts)
    how = f"{_PLAIN[rungs[-1].name]} (the model was not asked: {rungs[0].reason})"
    if rungs[0].outcome == "failed":
        how = f"{_PLAIN[rungs[-1].name]} (the model could not be used: {rungs[0].reason})"
    return [replace(draft, reason=f"{how}; {draft.reason}" if draft.reason else how) for draft in drafts]
