"""What use cases need of each other and of the outside. The wiring fills these."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from loop.events import ModelRefitted, ProposalsMade
from loop.state import CampaignState
from services.records.held import HeldResult

__all__ = ["HeldResults", "Proposer", "Refitter"]


class HeldResults(Protocol):
    """Where results wait that fit no proposal as they stand."""

    def hold(self, results: Sequence[HeldResult], *, at: datetime) -> int:
        """Keep results for a person, each once; return how many are new."""
        ...

    def n_waiting(self, ids: Sequence[str]) -> int:
        """Count those of some results that wait."""
        ...


class Proposer(Protocol):
    """Works out the next proposals of a campaign."""

    def __call__(self, state: CampaignState, *, count: int, at: datetime) -> ProposalsMade:
        """Return the event that proposes `count` formulations."""
        ...


class Refitter(Protocol):
    """Lets the model learn of all that is known."""

    def __call__(self, state: CampaignState) -> ModelRefitted:
        """Return the event that says how well it knows each target."""
        ...
