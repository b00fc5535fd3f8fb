"""What people and policies may do to a campaign: each wish is checked against the state and becomes events. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loop.definition import Definition
from loop.errors import FormulationError, ObservationError, ProposalError
from loop.events import (
    CycleClosed,
    DefinitionAdopted,
    Event,
    HypothesisJudged,
    HypothesisNoted,
    ProposalAbandoned,
    ProposalApproved,
    ProposalClosed,
    ProposalDispatched,
    ProposalEdited,
    ProposalFailed,
    ProposalInfeasible,
    ProposalSkipped,
    ProposalStaled,
    ProposalStarted,
    ResultCorrected,
    ResultRecorded,
    SpecimenExcluded,
    SpecimenImported,
    SpecimenKept,
)
from loop.ids import external_specimen_id, specimen_id
from loop.observations import Observation, TargetValue
from loop.proposal import Prediction, ProposalState, next_state
from loop.state import CampaignState, ProposalRecord
from loop.values import Formulation, Setting, canonical_json

__all__ = [
    "abandon",
    "adopt",
    "approve",
    "consequences",
    "correct",
    "dispatch",
    "edit",
    "exclude",
    "fail",
    "import_specimens",
    "judge",
    "keep",
    "mark_infeasible",
    "note",
    "record",
    "skip",
]

_OVER_OR_MEASURED = frozenset(
    {
        ProposalState.SKIPPED,
        ProposalState.STALE,
        ProposalState.MEASURED,
        ProposalState.CLOSED,
        ProposalState.INFEASIBLE,
        ProposalState.ABANDONED,
    }
)


def adopt(
    state: CampaignState | None,
    definition: Definition,
    *,
    text: str,
    core: Mapping[str, object],
    extras: Mapping[str, object],
    reason: str,
) -> list[Event]:
    """Make a definition the campaign's: its first, or a new version that old data stay valid under.

    Raises
    ------
    ProposalError
        If the definition is of another campaign, or is the one in force already.
    """
    if state is not None:
        if state.campaign != definition.campaign:
            raise ProposalError(f"this definition is of {definition.campaign}, not of {state.campaign}")
        if state.definition.fingerprint == definition.fingerprint and dict(state.definitions[-1].extras) == dict(
            extras
        ):
            raise ProposalError(f"{state.campaign}: version {state.version} says the same; nothing to adopt")
    version = 1 if state is None else state.version + 1
    return [DefinitionAdopted(version=version, text=text, core=core, extras=extras, reason=reason)]


def approve(state: CampaignState, proposals: Sequence[str], *, reason: str = "") -> list[Event]:
    """Let proposals be made as planned."""
    return [ProposalApproved(proposal_id=_may(state, p, "approved").proposal.id, reason=reason) for p in proposals]


def edit(
    state: CampaignState,
    proposal: str,
    planned: Formulation,
    *,
    predicted: Mapping[str, Prediction],
    reason: str,
    allow_violations: bool = False,
) -> list[Event]:
    """Change a plan by hand, and thereby approve it.

    Raises
    ------
    FormulationError
        If the plan breaks the space: always where a safety rule is broken, else unless `allow_violations`.
    """
    record_ = _may(state, proposal, "edited")
    _need(reason, "an edit")
    broken = state.definition.space().violations(planned)
    unsafe = [violation for violation in broken if violation.is_safety]
    if unsafe or (broken and not allow_violations):
        listed = "; ".join(str(violation) for violation in (unsafe or broken))
        way_out = "a safety rule holds for edits too" if unsafe else "change it, or say that you know (--anyway)"
        raise FormulationError(f"{proposal}: {listed}: {way_out}")
    values = state.definition.space().read(planned)
    return [ProposalEdited(proposal_id=record_.proposal.id, planned=values, predicted=predicted, reason=reason)]


def skip(state: CampaignState, proposal: str, *, reason: str, is_lesson: bool = False) -> list[Event]:
    """Turn a proposal down, with or without a lesson for the model."""
    _need(reason, "skipping")
    return [
        ProposalSkipped(proposal_id=_may(state, proposal, "skipped").proposal.id, is_lesson=is_lesson, reason=reason)
    ]


def dispatch(state: CampaignState, proposal: str, *, reason: str = "") -> list[Event]:
    """Send a proposal's work order to the laboratory."""
    return [ProposalDispatched(proposal_id=_may(state, proposal, "dispatched").proposal.id, reason=reason)]


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
        What was really made, where it differs from the plan; parameters left out are as planned.

    Raises
    ------
    ObservationError
        If a target is unknown or computed, the replicate does not exist, or a recorded value would change (use
        `correct`).
    """
    known = state.proposal(proposal)
    if known.state is ProposalState.PROPOSED:
        raise ProposalError(f"{proposal} is not approved; approve it first, or its results have no plan to belong to")
    if not 1 <= replicate <= known.proposal.replicates:
        raise ObservationError(f"{proposal} has {known.proposal.replicates} replicates; there is no number {replicate}")
    _need_measured_targets(state, proposal, targets)
    which = specimen_id(known.proposal.id, replicate)
    made = state.definition.space().read({**known.planned, **(as_made or {})})
    before = state.specimens.get(which)
    if before is not None:
        old = before.observation
        changed = [n for n, v in targets.items() if n in old.targets and old.targets[n] != v]
        if changed or (as_made and dict(old.as_made) != made):
            what = ", ".join(changed) or "the formulation as made"
            raise ObservationError(
                f"{which}: {what} is recorded already with another value; use correct, with a reason"
            )
        if all(name in old.targets for name in targets):
            return []
    on_the_way = _up_to_running(known)
    next_state(known.proposal.id, ProposalState.RUNNING if on_the_way else known.state, "measured")
    have = {**(before.observation.targets if before else {}), **targets}
    return [
        *on_the_way,
        ResultRecorded(
            proposal_id=known.proposal.id,
            specimen_id=which,
            as_made=made,
            targets=dict(targets),
            is_complete=all(name in have for name in state.definition.measured_targets),
            source=source,
        ),
    ]


def correct(state: CampaignState, specimen: str, target: str, new: TargetValue, *, reason: str) -> list[Event]:
    """Replace a typed result; the old value, the reason and the person stay readable."""
    _need(reason, "a correction")
    seen = state.specimen(specimen).observation
    _need_measured_targets(state, specimen, [target])
    old = seen.targets.get(target)
    if old == new:
        raise ObservationError(f"{specimen}: {target} has that value already")
    return [
        ResultCorrected(specimen_id=seen.specimen_id, target=target, old=old, new=new, reason=reason),
    ]


def import_specimens(
    state: CampaignState,
    rows: Sequence[tuple[Formulation, Mapping[str, TargetValue], str]],
    *,
    block: str = "",
) -> list[Event]:
    """Take in specimens that nobody proposed: triples of formulation, results and where they stood.

    A formulation may lie outside the space's bounds; it must name every parameter. A row that is there already,
    from the same place with the same content, is left out.
    """
    space = state.definition.space()
    there = {
        (s.source, tuple(sorted(s.observation.as_made.items())), _content(s.observation.targets))
        for s in state.specimens.values()
    }
    events: list[Event] = []
    number = sum(s.observation.proposal_id is None for s in state.specimens.values())
    for formulation, targets, source in rows:
        _need_measured_targets(state, source, targets)
        made = space.read(formulation)
        if (source, tuple(sorted(made.items())), _content(targets)) in there:
            continue
        number += 1
        observation = Observation(
            specimen_id=external_specimen_id(state.campaign, number), as_made=made, targets=dict(targets), block=block
        )
        events.append(SpecimenImported(observation=observation, source=source))
    return events


def exclude(state: CampaignState, specimen: str, *, reason: str) -> list[Event]:
    """Keep a specimen from training the model; it stays readable."""
    _need(reason, "an exclusion")
    seen = state.specimen(specimen).observation
    return [] if seen.is_excluded else [SpecimenExcluded(specimen_id=seen.specimen_id, reason=reason)]


def keep(state: CampaignState, specimen: str, *, reason: str) -> list[Event]:
    """Let an excluded specimen train the model again."""
    seen = state.specimen(specimen).observation
    return [SpecimenKept(specimen_id=seen.specimen_id, reason=reason)] if seen.is_excluded else []


def fail(state: CampaignState, proposal: str, *, reason: str) -> list[Event]:
    """Write down that making or testing failed; it may be tried again."""
    _need(reason, "a failure")
    known = state.proposal(proposal)
    return [*_up_to_running(known), ProposalFailed(proposal_id=known.proposal.id, reason=reason)]


def mark_infeasible(state: CampaignState, proposal: str, *, reason: str) -> list[Event]:
    """Write down that a formulation cannot be made; the model keeps away from its like."""
    _need(reason, "a formulation that cannot be made")
    known = state.proposal(proposal)
    before = [] if known.state is ProposalState.FAILED else _up_to_running(known)
    return [*before, ProposalInfeasible(proposal_id=known.proposal.id, reason=reason)]


def abandon(state: CampaignState, proposal: str, *, reason: str) -> list[Event]:
    """Give a proposal up for good, without a lesson."""
    _need(reason, "giving up")
    known = state.proposal(proposal)
    before = [] if known.state is ProposalState.FAILED else _up_to_running(known)
    return [*before, ProposalAbandoned(proposal_id=known.proposal.id, reason=reason)]


def note(state: CampaignState, text: str) -> list[Event]:
    """Write down an expectation before the results are in."""
    _need(text, "a hypothesis", what="a text")
    return [HypothesisNoted(hypothesis_id=f"H{len(state.hypotheses) + 1}", cycle=state.cycle, text=text)]


def judge(state: CampaignState, hypothesis: str, held: str, *, reason: str) -> list[Event]:
    """Write down whether an expectation held: yes, no, or open again."""
    if hypothesis not in state.hypotheses:
        known = ", ".join(state.hypotheses) or "none"
        raise ProposalError(f"{state.campaign} has no hypothesis {hypothesis!r}; there are {known}")
    if held not in ("yes", "no", "open"):
        raise ProposalError(f"a hypothesis held: yes, no or open; got {held!r}")
    _need(reason, "a judgement")
    return [HypothesisJudged.model_validate({"hypothesis_id": hypothesis, "held": held, "reason": reason})]


def consequences(before: CampaignState | None, after: CampaignState) -> list[Event]:
    """Work out what follows by itself from a change.

    New data or a new space make unapproved proposals stale; a cycle whose proposals are all over or measured closes.
    """
    events: list[Event] = []
    stale: set[str] = set()
    if before is not None:
        is_new_space = after.version != before.version
        has_news = [o.model_dump() for o in before.observations] != [o.model_dump() for o in after.observations]
        if is_new_space or has_news:
            why = f"the space became version {after.version}" if is_new_space else "new data came in"
            for known in after.proposals.values():
                if known.state is ProposalState.PROPOSED:
                    stale.add(known.proposal.id)
                    events.append(ProposalStaled(proposal_id=known.proposal.id, reason=why))
    for cycle in after.cycles.values():
        members = [after.proposals[p] for p in cycle.proposals]
        if cycle.closed_at is not None or not all(
            m.state in _OVER_OR_MEASURED or m.proposal.id in stale for m in members
        ):
            continue
        events += [
            ProposalClosed(proposal_id=m.proposal.id, reason="all results of the cycle are in")
            for m in members
            if m.state is ProposalState.MEASURED
        ]
        events.append(CycleClosed(cycle=cycle.cycle, reason="every proposal is measured or over"))
    return events


def _may(state: CampaignState, proposal: str, step: str) -> ProposalRecord:
    known = state.proposal(proposal)
    next_state(known.proposal.id, known.state, step)
    return known


def _up_to_running(known: ProposalRecord) -> list[Event]:
    which, implied = known.proposal.id, "implied by its result"
    match known.state:
        case ProposalState.APPROVED:
            return [
                ProposalDispatched(proposal_id=which, reason=implied),
                ProposalStarted(proposal_id=which, reason=implied),
            ]
        case ProposalState.DISPATCHED | ProposalState.FAILED:
            return [ProposalStarted(proposal_id=which, reason=implied)]
    return []


def _need(text: str, what_for: str, *, what: str = "a reason") -> None:
    if not text.strip():
        raise ProposalError(f"{what_for} needs {what}: the log has to make sense later")


def _need_measured_targets(state: CampaignState, where: str, names: Mapping[str, object] | Sequence[str]) -> None:
    measured = state.definition.measured_targets
    for name in names:
        if name not in state.definition.targets:
            raise ObservationError(f"{where}: there is no target {name!r}; targets are {', '.join(measured)}")
        if name not in measured:
            raise ObservationError(f"{where}: {name} is computed from the formulation; it cannot be recorded")


def _content(targets: Mapping[str, TargetValue]) -> str:
    return canonical_json({name: value.model_dump(mode="json") for name, value in targets.items()})
