"""A formulation the loop asked for, and its life as one transition table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from loop.errors import TransitionError
from loop.ids import ProposalId
from loop.values import Frozen, Setting

__all__ = ["AT_THE_LABORATORY", "OPEN_STATES", "Origin", "Prediction", "Proposal", "ProposalState", "next_state"]


class Origin(StrEnum):
    """Where a formulation came from."""

    INITIAL = "initial"
    MODEL = "model"
    SPACE_FILLING = "space_filling"
    CONTROL = "control"
    EXTERNAL = "external"


class ProposalState(StrEnum):
    """Where a proposal stands between being asked for and being learned from."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SKIPPED = "skipped"
    STALE = "stale"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    PARTLY_MEASURED = "partly_measured"
    MEASURED = "measured"
    CLOSED = "closed"
    FAILED = "failed"
    INFEASIBLE = "infeasible"
    ABANDONED = "abandoned"


class Prediction(Frozen):
    """Mean and standard deviation expected of one target, in its unit; of a single new specimen's true value."""

    mean: float
    sd: float = Field(ge=0)


class Proposal(Frozen):
    """One formulation asked for, with everything needed to say why and to make it again bit for bit."""

    id: ProposalId
    cycle: int = Field(ge=0)
    number: int = Field(ge=1)
    formulation: Mapping[str, Setting]
    origin: Origin
    reason: str
    predicted: Mapping[str, Prediction] = Field(default_factory=dict)
    acquisition: float | None = None
    block: str = ""
    run_order: int = Field(ge=1)
    replicates: int = Field(default=1, ge=1)


S = ProposalState
_TRANSITIONS: Mapping[tuple[ProposalState, str], ProposalState] = {
    (S.PROPOSED, "approved"): S.APPROVED,
    (S.PROPOSED, "edited"): S.APPROVED,
    (S.PROPOSED, "skipped"): S.SKIPPED,
    (S.PROPOSED, "staled"): S.STALE,
    (S.APPROVED, "edited"): S.APPROVED,
    (S.APPROVED, "skipped"): S.SKIPPED,
    (S.APPROVED, "dispatched"): S.DISPATCHED,
    (S.DISPATCHED, "started"): S.RUNNING,
    (S.RUNNING, "measured_in_part"): S.PARTLY_MEASURED,
    (S.RUNNING, "measured"): S.MEASURED,
    (S.PARTLY_MEASURED, "measured_in_part"): S.PARTLY_MEASURED,
    (S.PARTLY_MEASURED, "measured"): S.MEASURED,
    (S.MEASURED, "measured"): S.MEASURED,
    (S.MEASURED, "closed"): S.CLOSED,
    (S.PARTLY_MEASURED, "closed"): S.CLOSED,
    (S.RUNNING, "failed"): S.FAILED,
    (S.FAILED, "started"): S.RUNNING,
    (S.FAILED, "dispatched"): S.DISPATCHED,
    (S.RUNNING, "infeasible"): S.INFEASIBLE,
    (S.FAILED, "infeasible"): S.INFEASIBLE,
    (S.RUNNING, "abandoned"): S.ABANDONED,
    (S.FAILED, "abandoned"): S.ABANDONED,
}

OPEN_STATES = frozenset({S.PROPOSED, S.APPROVED, S.DISPATCHED, S.RUNNING, S.PARTLY_MEASURED, S.FAILED})
"""Asked for and not yet over: what `propose` counts when it tops up."""

AT_THE_LABORATORY = frozenset({S.DISPATCHED, S.RUNNING, S.PARTLY_MEASURED})
"""Sent or begun, with results still to come."""


def next_state(proposal: ProposalId, state: ProposalState, step: str) -> ProposalState:
    """Look up where a step leads; the only way a proposal's state changes.

    Raises
    ------
    TransitionError
        If the step does not fit the state; the message lists the steps that do.
    """
    try:
        return _TRANSITIONS[state, step]
    except KeyError:
        possible = sorted(s for (at, s) in _TRANSITIONS if at is state)
        fits = ", ".join(possible) if possible else "nothing: this is the end of its life"
        raise TransitionError(f"{proposal} is {state.value}: it cannot be {step}; what fits is {fits}") from None
