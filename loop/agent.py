"""Decide what to do next in a campaign, and say why. Pure: the same journal and seed give the same proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata

import numpy as np

from loop.definition import Definition
from loop.errors import FormulationError, ProposalError, SpaceError
from loop.events import ProposalsMade
from loop.ids import proposal_id
from loop.proposal import Origin, Prediction, Proposal, ProposalState
from loop.proposers.initial import DesignPoint, initial_design, order_runs
from loop.seeds import derive_seed
from loop.space.encoding import Encoding
from loop.space.space import SearchSpace
from loop.state import CampaignState
from loop.stock import available_kg
from loop.training import Evidence, evidence_of
from loop.values import Formulation

__all__ = ["Forecast", "forecast", "propose_batch"]

_FEWEST_RESULTS = 2
_STAMPED = ("meguri", "botorch", "gpytorch", "torch", "numpy", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What is expected of a formulation that a person thinks of; why it may not be made, where that is so."""

    predicted: Mapping[str, Prediction]
    violations: tuple[str, ...]
    breaks_safety: bool


def propose_batch(state: CampaignState, *, count: int, at: datetime) -> ProposalsMade:
    """Propose `count` formulations as the next cycle.

    Before as many formulations are known as the initial design asks for, and before every measured target has two
    results, the design continues; then the surrogate chooses. Where the definition names a control, one is added in
    each block.

    Parameters
    ----------
    at
        The moment, aware: only its date counts, for the expiry of lots.

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
    known = evidence_of(definition, _encoding(state, space), state.observations)
    needed = min(count, _missing_from_design(state)) if _can_learn(known) else count
    drafts = _from_design(state, space, needed) if needed else []
    if len(drafts) < count and _can_learn(known):
        drafts += _from_model(state, space, known, count - len(drafts), seed, drafts)
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
        surrogate=definition.policy.surrogate if any(d.origin is Origin.MODEL for d in drafts) else "none",
        versions={name: _version(name) for name in _STAMPED},
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
    encoding = _encoding(state, space)
    known = evidence_of(definition, encoding, state.observations)
    predicted: Mapping[str, Prediction] = {}
    if _can_learn(known):
        from loop.proposers.bayesian import forecast_of

        seed = derive_seed(definition.policy.seed, state.campaign, "forecast", state.seq)
        predicted = forecast_of(definition, encoding, known, [planned], seed=seed)[0]
    return Forecast(
        predicted=predicted,
        violations=tuple(str(violation) for violation in broken),
        breaks_safety=any(violation.is_safety for violation in broken),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A formulation on its way to becoming a proposal."""

    formulation: Formulation
    origin: Origin
    reason: str
    predicted: Mapping[str, Prediction]
    acquisition: float | None = None


def _encoding(state: CampaignState, space: SearchSpace) -> Encoding:
    policy = state.definition.policy
    if policy.control is None and policy.block_size is None:
        return Encoding(space)
    return Encoding(space, sorted({o.block for o in state.observations if o.block and not o.is_excluded}))


def _can_learn(known: Evidence) -> bool:
    """Say whether there is enough for a model: two results of every measured target."""
    return all(int(target.known.sum()) >= _FEWEST_RESULTS for target in known.data.targets.values())


def _missing_from_design(state: CampaignState) -> int:
    """Count the formulations that the initial design still lacks: those made or on their way count."""
    space_names = set(state.definition.knobs)
    known = {
        tuple(sorted((k, v) for k, v in o.as_made.items() if k in space_names))
        for o in state.observations
        if not o.is_excluded and any(value.mean is not None for value in o.targets.values())
    }
    on_their_way = [r for r in state.open_proposals if not r.specimens and r.proposal.origin is not Origin.CONTROL]
    return max(0, state.definition.n_initial() - len(known) - len(on_their_way))


def _from_design(state: CampaignState, space: SearchSpace, count: int) -> list[_Draft]:
    definition = state.definition
    taken = {_key(r.proposal.formulation) for r in state.proposals.values()}
    taken |= {_key(o.as_made) for o in state.observations}
    seed = derive_seed(definition.policy.seed, state.campaign, "initial design")
    size = definition.n_initial()
    reason = f"initial design: fills the space before a model is asked ({size} formulations)"
    fresh: list[DesignPoint] = []
    for wanted in (size, size + len(taken) + count):  # the second where skipped or known points leave too few
        rng = np.random.default_rng(seed)
        points: Sequence[DesignPoint] = initial_design(space, wanted, rng, kind=definition.policy.initial.kind)
        keys = {_key(p.formulation): p for p in points if not p.is_control}
        fresh = [point for key, point in keys.items() if key not in taken]
        if len(fresh) >= count:
            break
    return [
        _Draft(formulation=point.formulation, origin=Origin.INITIAL, reason=reason, predicted={})
        for point in fresh[:count]
    ]


def _from_model(
    state: CampaignState, space: SearchSpace, known: Evidence, count: int, seed: int, drafted: Sequence[_Draft]
) -> list[_Draft]:
    from loop.proposers.bayesian import choose
    from loop.proposers.explain import because

    definition = state.definition
    encoding = _encoding(state, space)
    pending = [*_readable(space, _pending(state)), *(draft.formulation for draft in drafted)]
    choices = choose(
        definition,
        space,
        encoding,
        known,
        count=count,
        seed=seed,
        pending=pending,
        unmakeable=_readable(space, _unmakeable(state)),
    )
    names = _names_of_rows(state, space, known)
    return [
        _Draft(
            formulation=choice.formulation,
            origin=Origin.MODEL,
            reason=because(
                definition,
                space,
                choice.formulation,
                choice.predicted,
                seen_rows=known.rows,
                seen_ids=names,
                values=known.values,
            ),
            predicted=choice.predicted,
            acquisition=choice.acquisition,
        )
        for choice in choices
    ]


def _numbered(
    state: CampaignState, space: SearchSpace, drafts: Sequence[_Draft], cycle: int, seed: int
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


def _control(definition: Definition, space: SearchSpace) -> _Draft:
    return _Draft(
        formulation=space.read(definition.policy.control or {}),
        origin=Origin.CONTROL,
        reason="control: the same formulation in every block shows drift",
        predicted={},
    )


def _pending(state: CampaignState) -> list[Formulation]:
    return [record.planned for record in state.open_proposals if record.state is not ProposalState.PARTLY_MEASURED]


def _unmakeable(state: CampaignState) -> list[Formulation]:
    return [
        record.planned
        for record in state.proposals.values()
        if record.is_lesson or record.state is ProposalState.INFEASIBLE
    ]


def _readable(space: SearchSpace, formulations: Sequence[Formulation]) -> list[Formulation]:
    """Leave out formulations of an older space that the present one cannot read."""
    found: list[Formulation] = []
    for formulation in formulations:
        try:
            found.append(space.read(formulation))
        except FormulationError:
            continue
    return found


def _names_of_rows(state: CampaignState, space: SearchSpace, known: Evidence) -> list[str]:
    names: dict[tuple[float, ...], str] = {}
    for seen in state.observations:
        try:
            names.setdefault(tuple(space.to_rows([seen.as_made])[0]), str(seen.specimen_id))
        except FormulationError:
            continue
    return [names[tuple(row)] for row in known.rows]


def _key(formulation: Formulation) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(formulation.items()))


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed as a distribution"
