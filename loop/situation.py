"""All that the next decision follows from, in the words of the definition in force. Pure; knows no model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from loop.definition import Definition
from loop.proposal import Origin, ProposalState
from loop.space.encoding import Encoding
from loop.space.space import SearchSpace
from loop.state import CampaignState
from loop.teaching import Taught, taught
from loop.training import Evidence, evidence_of
from loop.values import Formulation, Setting

__all__ = ["Situation", "situation"]

_FEWEST_RESULTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a campaign when something is decided.

    `pending` are formulations whose results are still to come, `unmakeable` those that could not be made or were turned
    down as a lesson, `taken` every one that was made or asked for, `closed` those that are not asked for again because
    a model knows them or they cannot be made; each as far as the definition in force can say it.
    """

    definition: Definition
    space: SearchSpace
    encoding: Encoding
    evidence: Evidence
    pending: tuple[Formulation, ...]
    unmakeable: tuple[Formulation, ...]
    taken: frozenset[tuple[tuple[str, Setting], ...]]
    closed: tuple[Formulation, ...]
    n_missing_from_design: int

    @property
    def obstacle(self) -> str:
        """Why no model can be asked: a measured target with fewer than two results; empty where one can."""
        few = {name: int(told.known.sum()) for name, told in self.evidence.data.targets.items()}
        lacking = [
            f"{name} has {'no result' if n == 0 else 'one result'} yet"
            for name, n in few.items()
            if n < _FEWEST_RESULTS
        ]
        return f"{', '.join(lacking)}; a model needs two" if lacking else ""

    @property
    def remark(self) -> str:
        """What to know of a model that is asked: targets that are not learned on the logarithm that was asked for."""
        told = self.evidence.data.targets
        plain = [name for name in told if self.definition.targets[name].scale == "log" and not told[name].is_log]
        return f"{', '.join(plain)} learned as it is, not its logarithm: a result is not above zero" if plain else ""

    @property
    def is_begun(self) -> bool:
        """Whether any formulation is known by a result."""
        return len(self.evidence.rows) > 0


def situation(state: CampaignState, space: SearchSpace) -> Situation:
    """Gather what a campaign knows, whatever version of the definition it was made under."""
    definition, versions = state.definition, state.versions
    known = taught(definition, versions, state.observations)
    open_ones = state.open_proposals
    pending = [versions.read(r.planned) for r in open_ones if r.state is not ProposalState.PARTLY_MEASURED]
    unmakeable = [
        reading
        for r in state.proposals.values()
        if (r.is_lesson or r.state is ProposalState.INFEASIBLE) and not (reading := versions.read(r.planned)).obstacle
    ]
    asked = [versions.read(record.proposal.formulation) for record in state.proposals.values()]
    made = [versions.read(seen.as_made) for seen in state.observations]
    parameters = versions.parameters_for([*(one.reading for one in known), *unmakeable])
    encoding = Encoding(space, _blocks(state), parameters)
    evidence = evidence_of(definition, encoding, versions, known)
    return Situation(
        definition=definition,
        space=space,
        encoding=encoding,
        evidence=evidence,
        pending=tuple(reading.settings for reading in pending if reading.is_of_space),
        unmakeable=tuple({**reading.settings, **reading.former} for reading in unmakeable),
        taken=frozenset(_key(reading.settings) for reading in (*asked, *made) if reading.is_of_space),
        closed=tuple(
            reading.settings for reading in (*(one.reading for one in known), *unmakeable) if reading.is_of_space
        ),
        n_missing_from_design=max(0, definition.n_initial() - _n_known(known) - _n_on_their_way(state)),
    )


def _blocks(state: CampaignState) -> list[str]:
    """List the blocks to keep apart: those of results, where runs are blocked at all."""
    policy = state.definition.policy
    if policy.control is None and policy.block_size is None:
        return []
    return sorted({o.block for o in state.observations if o.block and not o.is_excluded})


def _n_known(known: Iterable[Taught]) -> int:
    """Count the formulations that teach by a measured value."""
    return len(
        {
            _key(one.settings)
            for one in known
            if any(value.mean is not None for value in one.observation.targets.values())
        }
    )


def _n_on_their_way(state: CampaignState) -> int:
    """Count open proposals without a specimen yet; those that only repeat a control do not count."""
    return len([r for r in state.open_proposals if not r.specimens and r.proposal.origin is not Origin.CONTROL])


def _key(formulation: Formulation) -> tuple[tuple[str, Setting], ...]:
    return tuple(sorted(formulation.items()))
