"""Small campaigns to test with, and a hand that writes events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from loop.definition import Definition, read_definition
from loop.events import DefinitionAdopted, Event, ProposalsMade
from loop.ids import CampaignId, proposal_id
from loop.journal import extend
from loop.observations import TargetValue
from loop.proposal import Origin, Prediction, Proposal
from loop.state import CampaignState

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
T1 = CampaignId("T1")

SIMPLE: dict[str, Any] = {
    "schema": 1,
    "campaign": "T1",
    "parameters": {
        "temperature": {"kind": "continuous", "unit": "°C", "low": 180, "high": 240, "step": 5},
        "catalyst": {"kind": "categorical", "levels": ["A", "B"]},
    },
    "targets": {"yield": {"unit": "%", "goal": "maximise", "repeatability_sd": 1.0}},
    "policy": {"batch": 2, "initial": {"count": 4}},
}


def definition(**changes: Any) -> Definition:
    """The simple definition with some sections changed."""
    return read_definition({**SIMPLE, **changes})


def adopted(of: Definition, version: int = 1) -> DefinitionAdopted:
    """The event by which a definition becomes the campaign's."""
    return DefinitionAdopted(version=version, text="", core=of.model_dump(mode="json", by_alias=True))


def begun(of: Definition | None = None) -> CampaignState:
    """A campaign that has just begun."""
    return then(None, [adopted(of or definition())])


def then(state: CampaignState | None, events: Sequence[Event]) -> CampaignState:
    """The state after some events."""
    return extend(T1, state, events, actor="tester", at=NOW)


def proposals(
    cycle: int = 1,
    formulations: Sequence[Mapping[str, Any]] = (
        {"temperature": 200.0, "catalyst": "A"},
        {"temperature": 220.0, "catalyst": "B"},
    ),
    *,
    replicates: int = 1,
    seen_seq: int = 1,
) -> ProposalsMade:
    """A batch proposed by hand."""
    return ProposalsMade(
        cycle=cycle,
        count=len(formulations),
        proposals=tuple(
            Proposal(
                id=proposal_id(T1, cycle, number),
                cycle=cycle,
                number=number,
                formulation=formulation,
                origin=Origin.MODEL,
                reason="by hand",
                predicted={"yield": Prediction(mean=50.0, sd=5.0)},
                run_order=number,
                replicates=replicates,
            )
            for number, formulation in enumerate(formulations, start=1)
        ),
        seed=1,
        seen_seq=seen_seq,
        space_version=1,
        data_hash="0" * 64,
        surrogate="gp",
    )


def value(mean: float, n: int = 1, sd: float | None = None) -> TargetValue:
    """A measured value."""
    return TargetValue(mean=mean, n=n, sd=sd)
