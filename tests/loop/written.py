"""Campaigns written by hand, event by event, so that a test knows what each number should come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from loop import commands
from loop.definition import read_definition
from loop.events import Entry, Event, ProposalsMade
from loop.ids import CampaignId, proposal_id
from loop.journal import fold
from loop.memory import MemoryJournal
from loop.observations import State, TargetValue
from loop.proposal import Origin, Prediction, Proposal
from loop.state import CampaignState
from loop.values import Setting

START = datetime(2025, 4, 1, 8, 0, tzinfo=UTC)


class WrittenCampaign:
    """A campaign in a journal of its own; every event is an hour later than the one before."""

    def __init__(self, definition: Mapping[str, Any], *, actor: str = "suzuki") -> None:
        read = read_definition(definition)
        self.campaign: CampaignId = read.campaign_id
        self.actor = actor
        self.journal = MemoryJournal()
        self._folded: CampaignState | None = None
        self.write(commands.adopt(None, read, text="", core=definition, extras={}, reason="first version"))

    @property
    def entries(self) -> list[Entry]:
        return self.journal.read(self.campaign)

    @property
    def state(self) -> CampaignState:
        entries = self.entries
        if self._folded is None or self._folded.seq != len(entries):
            self._folded = fold(self.campaign, entries)
        return self._folded

    def write(self, events: Sequence[Event], *, actor: str | None = None) -> None:
        for event in events:
            seq = len(self.entries)
            at = START + timedelta(hours=seq)
            self.journal.append(self.campaign, [event], actor=actor or self.actor, at=at, expected_seq=seq)

    def known(self, formulation: Mapping[str, Setting], **values: float | TargetValue) -> str:
        """Import a specimen that nobody proposed; return its id."""
        self.write(
            commands.import_specimens(self.state, [(formulation, as_values(values), f"row {len(self.entries)}")])
        )
        return str(list(self.state.specimens)[-1])

    def propose(
        self,
        formulations: Sequence[Mapping[str, Setting]],
        predicted: Sequence[Mapping[str, tuple[float, float]]] = (),
        *,
        replicates: int = 1,
        reasons: Sequence[str] = (),
        origin: Origin | None = None,
    ) -> list[str]:
        """Open the next cycle with these formulations; return the proposals' ids."""
        state = self.state
        cycle = state.cycle + 1
        told = list(predicted) or [{} for _ in formulations]
        proposals = [
            Proposal(
                id=proposal_id(self.campaign, cycle, number),
                cycle=cycle,
                number=number,
                formulation=dict(formulation),
                origin=origin or (Origin.MODEL if means else Origin.INITIAL),
                reason=reasons[number - 1] if reasons else "planted",
                predicted={name: Prediction(mean=mean, sd=sd) for name, (mean, sd) in means.items()},
                acquisition=-1.5 if means else None,
                block=f"C{cycle:03d}-B1",
                run_order=number,
                replicates=replicates,
            )
            for number, (formulation, means) in enumerate(zip(formulations, told, strict=True), 1)
        ]
        made = ProposalsMade(
            cycle=cycle,
            count=len(proposals),
            proposals=tuple(proposals),
            seed=7,
            seen_seq=state.seq,
            space_version=state.version,
            data_hash=state.data_hash(),
            surrogate="gp",
        )
        self.write([made], actor="meguri")
        return [str(proposal.id) for proposal in proposals]

    def measure(self, proposal: str, *, replicate: int = 1, **values: float | TargetValue) -> str:
        """Approve where needed and record results; return the specimen's id."""
        if self.state.proposal(proposal).state.value == "proposed":
            self.write(commands.approve(self.state, [proposal]))
        self.write(commands.record(self.state, proposal, as_values(values), replicate=replicate, source="typed in"))
        return f"{proposal}-S{replicate}"

    def close(self) -> None:
        """Let everything happen that follows by itself, as closing a cycle whose results are in."""
        self.write(commands.consequences(None, self.state), actor="meguri")

    def cycle(
        self,
        formulations: Sequence[Mapping[str, Setting]],
        results: Sequence[Mapping[str, float | TargetValue]],
        predicted: Sequence[Mapping[str, tuple[float, float]]] = (),
    ) -> list[str]:
        """Propose, measure and close one whole cycle; return the specimens' ids."""
        proposals = self.propose(formulations, predicted)
        self.write(commands.approve(self.state, proposals))
        made = [self.measure(proposal, **values) for proposal, values in zip(proposals, results, strict=True)]
        self.close()
        return made


def as_values(values: Mapping[str, float | TargetValue]) -> dict[str, TargetValue]:
    return {name: v if isinstance(v, TargetValue) else TargetValue(mean=v) for name, v in values.items()}


def below(limit: float) -> TargetValue:
    return TargetValue(state=State.BELOW_DETECTION, limit=limit)


def above(limit: float) -> TargetValue:
    return TargetValue(state=State.ABOVE_RANGE, limit=limit)
