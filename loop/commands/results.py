"""What may be done with results: record, import, correct, exclude, keep. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loop.commands.steps import need_text, up_to_running
from loop.counting import counted
from loop.errors import FormulationError, ObservationError, ProposalError
from loop.events import (
    Event,
    MadeCorrected,
    ResultCorrected,
    ResultRecorded,
    SpecimenExcluded,
    SpecimenImported,
    SpecimenKept,
)
from loop.ids import external_specimen_id, specimen_id
from loop.mixture import Mixture
from loop.observations import Observation, TargetValue
from loop.older_plans import mixture_made, read_as_made, settable
from loop.proposal import ProposalState, next_state
from loop.sentences import said
from loop.state import CampaignState
from loop.values import Formulation, Setting, canonical_json

__all__ = ["correct", "correct_made", "exclude", "import_specimens", "keep", "record"]


def record(
    state: CampaignState,
    proposal: str,
    targets: Mapping[str, TargetValue],
    *,
    replicate: int = 1,
    as_made: Mapping[str, Setting] | None = None,
    source: str = "",
) -> list[Event]:
    """Write down results of one specimen of an approved proposal.

    Steps on the way that nobody booked (sent out, started) are booked with it and say so. What is given twice with
    the same values is written once: the result is empty then.

    Parameters
    ----------
    targets
        Values by target; those left out keep what they have.
    replicate
        Which specimen of the proposal, 1 to its number of replicates.
    as_made
        What was really made, where it differs from the plan; parameters left out are as planned, or as was written
        down before. Parameters may be of the version that it was planned under, or of the one in force.

    Raises
    ------
    ObservationError
        If a target is unknown or computed, the replicate does not exist, or a recorded value would change (use
        `correct`).
    """
    known = state.proposal(proposal)
    if known.state is ProposalState.PROPOSED:
        raise ProposalError(f"{proposal} is not approved; approve it first, or its results have no plan to belong to")
    place = f"{source}: " if source else ""
    if not 1 <= replicate <= known.proposal.replicates:
        there = counted(known.proposal.replicates, "specimen")
        raise ObservationError(f"{place}{proposal} has {there}; there is no number {replicate}")
    _need_measured_targets(state, proposal, targets)
    which = specimen_id(known.proposal.id, replicate)
    before = state.specimens.get(which)
    told = dict(as_made or {})
    made = read_as_made(state, known, {**(before.observation.as_made if before else {}), **told})
    _need_whole(mixture_made(state, known, made), made, f"{place}{which}")
    if before is not None:
        old = before.observation
        changed = [*_changed(old.targets, targets), *_changed(old.as_made, {name: made[name] for name in told})]
        if changed:
            raise ObservationError(
                f"{place}{which}: {'; '.join(changed)}; use correct, with a reason, if that was wrong"
            )
        if all(name in old.targets for name in targets):
            return []
    on_the_way = up_to_running(known)
    next_state(known.proposal.id, ProposalState.RUNNING if on_the_way else known.state, "measured")
    have = {**(before.observation.targets if before else {}), **targets}
    return [
        *on_the_way,
        ResultRecorded(
            proposal_id=known.proposal.id,
            specimen_id=which,
            as_made=made,
            instead_of={name: planned for name, planned in known.planned.items() if made.get(name) != planned},
            targets=dict(targets),
            is_complete=all(name in have for name in state.definition.measured_targets),
            source=source,
        ),
    ]


def correct(state: CampaignState, specimen: str, target: str, new: TargetValue, *, reason: str) -> list[Event]:
    """Replace a typed result; the old value, the reason and the person stay readable."""
    need_text(reason, "a correction")
    seen = state.specimen(specimen).observation
    _need_measured_targets(state, specimen, [target])
    old = seen.targets.get(target)
    if old == new:
        raise ObservationError(f"{specimen}: {target} has that value already")
    return [
        ResultCorrected(specimen_id=seen.specimen_id, target=target, old=old, new=new, reason=reason),
    ]


def correct_made(state: CampaignState, specimen: str, new: Mapping[str, Setting], *, reason: str) -> list[Event]:
    """Replace what a specimen was written down as made of; results stay.

    Raises
    ------
    ObservationError
        If nothing changes, or the ingredients do not fill the whole any more: correct all that were wrong at once.
    FormulationError
        If a parameter is unknown, or a value cannot be read.
    """
    need_text(reason, "a correction")
    seen = state.specimen(specimen).observation
    if seen.proposal_id is None:
        mixture, knobs = state.definition.ingredients, dict(state.definition.knobs)
    else:
        record = state.proposal(seen.proposal_id)
        mixture, knobs = mixture_made(state, record, {**seen.as_made, **new}), settable(state, record)
    unknown = [name for name in new if name not in knobs]
    if unknown:
        raise FormulationError(f"unknown {', '.join(unknown)}; the parameters are {', '.join(knobs)}")
    read = {name: knobs[name].read(value) for name, value in new.items()}
    changes = {name: value for name, value in read.items() if seen.as_made.get(name) != value}
    if not changes:
        raise ObservationError(f"{specimen}: it is written down as made like that already")
    _need_whole(mixture, {**seen.as_made, **changes}, specimen)
    old = {name: seen.as_made[name] for name in changes if name in seen.as_made}
    return [MadeCorrected(specimen_id=seen.specimen_id, old=old, new=changes, reason=reason)]


def import_specimens(
    state: CampaignState,
    rows: Sequence[tuple[Formulation, Mapping[str, TargetValue], str]],
    *,
    block: str = "",
    names: Sequence[str] = (),
) -> list[Event]:
    """Take in specimens that nobody proposed: triples of formulation, results and where they stood.

    `names` are what their owners call them, one a row, empty for those without; left out, none has one.
    A formulation may lie outside the space's bounds; it must name every parameter, and its ingredients fill the whole.
    A row that is there already, from the same place with the same content, is left out.
    """
    space = state.definition.space()
    there = {
        (s.source, tuple(sorted(s.observation.as_made.items())), _content(s.observation.targets))
        for s in state.specimens.values()
    }
    events: list[Event] = []
    number = sum(s.observation.proposal_id is None for s in state.specimens.values())
    for (formulation, targets, source), name in zip(rows, names or [""] * len(rows), strict=True):
        _need_measured_targets(state, source, targets)
        made = space.read(formulation)
        _need_whole(state.definition.ingredients, made, source)
        if (source, tuple(sorted(made.items())), _content(targets)) in there:
            continue
        number += 1
        observation = Observation(
            specimen_id=external_specimen_id(state.campaign, number), as_made=made, targets=dict(targets), block=block
        )
        events.append(SpecimenImported(observation=observation, source=source, name=name))
    return events


def exclude(state: CampaignState, specimen: str, *, reason: str) -> list[Event]:
    """Keep a specimen from training the model; it stays readable."""
    need_text(reason, "an exclusion")
    seen = state.specimen(specimen).observation
    return [] if seen.is_excluded else [SpecimenExcluded(specimen_id=seen.specimen_id, reason=reason)]


def keep(state: CampaignState, specimen: str, *, reason: str) -> list[Event]:
    """Let an excluded specimen train the model again."""
    seen = state.specimen(specimen).observation
    return [SpecimenKept(specimen_id=seen.specimen_id, reason=reason)] if seen.is_excluded else []


def _need_measured_targets(state: CampaignState, where: str, names: Mapping[str, object] | Sequence[str]) -> None:
    measured = state.definition.measured_targets
    for name in names:
        if name not in state.definition.targets:
            raise ObservationError(f"{where}: there is no target {name!r}; targets are {', '.join(measured)}")
        if name not in measured:
            raise ObservationError(f"{where}: {name} is computed from the formulation; it cannot be recorded")


def _need_whole(mixture: Mixture | None, made: Formulation, where: str) -> None:
    fault = mixture.fault_of(made) if mixture is not None else ""
    if fault:
        raise ObservationError(f"{where}: {fault}; give the amounts as made in the same unit as the definition")


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Tell what was recorded otherwise before."""
    return [f"{n} is recorded as {_shown(old[n])}, not {_shown(v)}" for n, v in new.items() if n in old and old[n] != v]


def _shown(value: TargetValue | Setting) -> str:
    return said(value)


def _content(targets: Mapping[str, TargetValue]) -> str:
    return canonical_json({name: value.model_dump(mode="json") for name, value in targets.items()})
