"""Formulations on their way to becoming proposals: from the initial design, or chosen by the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from loop.counting import counted
from loop.proposal import Origin, Prediction
from loop.proposers.initial import DesignPoint, initial_design
from loop.situation import Situation
from loop.values import Formulation

if TYPE_CHECKING:  # with it comes torch
    from loop.proposers.bayesian import Choice

__all__ = ["Draft", "from_choices", "from_design"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A formulation on its way to becoming a proposal."""

    formulation: Formulation
    origin: Origin
    reason: str
    predicted: Mapping[str, Prediction]
    acquisition: float | None = None


def from_design(here: Situation, count: int, seed: int) -> list[Draft]:
    """Take the next `count` formulations of the initial design that nobody made or asked for; fewer where it ends."""
    if count < 1:
        return []
    definition = here.definition
    size = definition.n_initial()
    reason = f"initial design: fills the space before a model is asked ({counted(size, 'formulation')})"
    fresh: list[DesignPoint] = []
    for wanted in (size, size + len(here.taken) + count):  # the second where skipped or known points leave too few
        rng = np.random.default_rng(seed)
        points: Sequence[DesignPoint] = initial_design(here.space, wanted, rng, kind=definition.policy.initial.kind)
        keys = {tuple(sorted(p.formulation.items())): p for p in points if not p.is_control}
        fresh = [point for key, point in keys.items() if key not in here.taken]
        if len(fresh) >= count:
            break
    return [
        Draft(formulation=point.formulation, origin=Origin.INITIAL, reason=reason, predicted={})
        for point in fresh[:count]
    ]


def from_choices(here: Situation, choices: Sequence[Choice]) -> list[Draft]:
    """Take what a model chose, and say why in words."""
    from loop.proposers.explain import because

    return [
        Draft(
            formulation=choice.formulation,
            origin=Origin.MODEL,
            reason=because(here.definition, here.encoding, choice.formulation, choice.predicted, here.evidence),
            predicted=choice.predicted,
            acquisition=choice.acquisition,
        )
        for choice in choices
    ]
