"""Decide what to do next in a campaign, and say why. Pure: the same journal and seed give the same proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata

import numpy as np

from loop.definition import Definition
from loop.errors import ProposalError, SpaceError
from loop.events import ProposalsMade
from loop.ids import proposal_id
from loop.proposal import Origin, Prediction, Proposal
from loop.proposers.drafts import Draft, from_design
from loop.proposers.ladder import descend, expected
from loop.proposers.order import order_runs
from loop.rungs import Rung, RungName, answered_by
from loop.seeds import derive_seed
from loop.situation import Situation, situation
from loop.space.space import SearchSpace
from loop.state import CampaignState
from loop.stock import available_kg
from loop.values import Formulation

__all__ = ["Forecast", "forecast", "propose_batch"]

_STAMPED = ("meguri", "botorch", "gpytorch", "torch", "numpy", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is expected of a formulation that a person thinks of; why it may not be made, where that is so.

    `rung` is who expects it; None where too little is known to expect anything.
    """

    predicted: Mapping[str, Prediction]
    rung: RungName | None
    violations: tuple[str, ...]
    breaks_safety: bool


def propose_batch(
    state: CampaignState,
    *,
    count: int,
    at: datetime,
    ladder_from: RungName = "model",
    because: str = "",
) -> ProposalsMade:
    """Propose `count` formulations as the next cycle; fewer where the space holds fewer that are open.

    Before as many formulations are known as the initial design asks for, the design continues; then the first rung of
    the ladder (`loop.rungs`) that can chooses. Where the definition names a control, one is added in each block.

    Parameters
    ----------
    at
        The moment, aware: only its date counts, for the expiry of lots.
    ladder_from, because
        The first rung to try, and why those above it are not: they hung, or took their process down.

    Raises
    ------
    ProposalError
        If `count` is below one, or the budget is spent.
    SpaceError
        If the space holds no formulation that is neither made nor pending.
    """
    definition = state.definition
    if count < 1:
        raise ProposalError(f"{state.campaign}: asked for {count} proposals; ask for at least one")
    cycle = state.cycle + 1
    seed = derive_seed(definition.policy.seed, state.campaign, "cycle", cycle)
    space = definition.space(available_kg=available_kg(state, count=count, today=at.date()))
    here = situation(state, space)
    design_seed = derive_seed(definition.policy.seed, state.campaign, "initial design")
    drafts = from_design(here, _n_from_design(here, count), design_seed)
    rungs: tuple[Rung, ...] = ()
    if len(drafts) < count:
        more, tried = descend(here, count - len(drafts), seed, drafts, ladder_from=ladder_from, because=because)
        drafts, rungs = [*drafts, *more], tried if more else ()
    if not drafts:
        raise SpaceError(f"{state.campaign}: every formulation of the space is made or on its way")
    proposals = _numbered(state, space, drafts, cycle, seed)
    return ProposalsMade(
        cycle=cycle,
        count=count,
        proposals=tuple(proposals),
        seed=seed,
        seen_seq=state.seq,
        space_version=state.version,
        data_hash=state.data_hash(),
        surrogate=_surrogate(definition, rungs),
        versions={name: _version(name) for name in _STAMPED},
        rungs=rungs,
    )


def forecast(state: CampaignState, formulation: Formulation) -> Forecast:
    """Say what a formulation promises and what rules it breaks, without booking anything.

    Raises
    ------
    FormulationError
        If a parameter is missing, one is too many, or a value cannot be read.
    """
    definition = state.definition
    space = definition.space()
    planned = space.read(formulation)
    broken = space.violations(planned)
    here = situation(state, space)
    seed = derive_seed(definition.policy.seed, state.campaign, "forecast", state.seq)
    predicted, rung = expected(here, planned, seed)
    return Forecast(
        predicted=predicted,
        rung=rung,
        violations=tuple(str(violation) for violation in broken),
        breaks_safety=any(violation.is_safety for violation in broken),
    )


def _n_from_design(here: Situation, count: int) -> int:
    """Return how many of a batch the initial design still gives: all, where there is nothing to learn from yet."""
    if here.obstacle and (here.n_missing_from_design or not here.is_begun):
        return count
    return min(count, here.n_missing_from_design)


def _surrogate(definition: Definition, rungs: tuple[Rung, ...]) -> str:
    """Name the surrogate that chose; none where no model did."""
    match answered_by(rungs):
        case "model" | "jitter":
            return definition.policy.surrogate
        case "simpler":
            return "forest"
    return "none"


def _numbered(
    state: CampaignState, space: SearchSpace, drafts: Sequence[Draft], cycle: int, seed: int
) -> list[Proposal]:
    """Give drafts their run order, blocks, controls and ids."""
    definition = state.definition
    rng = np.random.default_rng(derive_seed(seed, "run order"))
    order = order_runs(space.to_rows([draft.formulation for draft in drafts]), space, rng)
    ordered = [drafts[i] for i in order]
    size = definition.policy.block_size or len(ordered)
    proposals: list[Proposal] = []
    for block, start in enumerate(range(0, len(ordered), size), start=1):
        members = list(ordered[start : start + size])
        if definition.policy.control is not None:
            members.insert(int(rng.integers(len(members) + 1)), _control(definition, space))
        for draft in members:
            number = len(proposals) + 1
            proposals.append(
                Proposal(
                    id=proposal_id(state.campaign, cycle, number),
                    cycle=cycle,
                    number=number,
                    formulation=draft.formulation,
                    origin=draft.origin,
                    reason=draft.reason,
                    predicted=draft.predicted,
                    acquisition=draft.acquisition,
                    block=f"C{cycle:03d}-B{block}",
                    run_order=number,
                    replicates=definition.policy.replicates,
                )
            )
    return proposals


def _control(definition: Definition, space: SearchSpace) -> Draft:
    return Draft(
        formulation=space.read(definition.policy.control or {}),
        origin=Origin.CONTROL,
        reason="control: the same formulation in every block shows drift",
        predicted={},
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed as a distribution"
