"""What a campaign may still spend. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from loop.proposal import Origin, ProposalState
from loop.state import CampaignState, ProposalRecord

__all__ = ["BudgetUse", "budget_use", "is_spent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetUse:
    """What was spent and what is asked for, controls apart. A formulation is begun once it went to the laboratory."""

    n_begun: int
    n_waiting: int
    n_cycles: int
    formulations_allowed: int | None
    cycles_allowed: int | None

    @property
    def formulations_left(self) -> int | None:
        """Formulations that may still be begun, those waiting included; None without a budget."""
        return None if self.formulations_allowed is None else max(self.formulations_allowed - self.n_begun, 0)

    @property
    def formulations_to_ask_for(self) -> int | None:
        """Formulations that may still be proposed; None without a budget."""
        return None if self.formulations_left is None else max(self.formulations_left - self.n_waiting, 0)

    @property
    def cycles_left(self) -> int | None:
        """Cycles that may still be opened; None without a budget."""
        return None if self.cycles_allowed is None else max(self.cycles_allowed - self.n_cycles, 0)


def budget_use(state: CampaignState) -> BudgetUse:
    """Count what was spent: all that went to the laboratory or was begun there, whatever came of it."""
    asked = [record for record in state.proposals.values() if record.proposal.origin is not Origin.CONTROL]
    budget = state.definition.budget
    return BudgetUse(
        n_begun=sum(_is_begun(record) for record in asked),
        n_waiting=sum(record.is_open and not _is_begun(record) for record in asked),
        n_cycles=len(state.cycles),
        formulations_allowed=budget.specimens,
        cycles_allowed=budget.cycles,
    )


def is_spent(state: CampaignState) -> bool:
    """Say whether nothing may be proposed any more."""
    use = budget_use(state)
    return use.formulations_to_ask_for == 0 or use.cycles_left == 0


def _is_begun(record: ProposalRecord) -> bool:
    return record.n_sent > 0 or any(step.state is ProposalState.RUNNING for step in record.history)
