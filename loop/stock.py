"""What is left on the shelf: declared stock less all that proposals have drawn on, or may yet."""

from __future__ import annotations

from datetime import date

from loop.proposal import ProposalState
from loop.state import CampaignState

__all__ = ["available_kg"]

_NOT_DRAWN = frozenset({ProposalState.PROPOSED, ProposalState.SKIPPED, ProposalState.STALE})


def available_kg(state: CampaignState, *, count: int, today: date) -> dict[str, float]:
    """Return how many kg of each counted ingredient one of `count` further formulations may use.

    Stock is as declared when the definition in force was adopted; proposals approved since then have drawn on it,
    expired lots do not count. What is left is divided evenly, so that the whole batch can be made whatever it holds.
    """
    mixture = state.definition.ingredients
    if mixture is None:
        return {}
    replicates = state.definition.policy.replicates
    adopted = state.definitions[-1].seq
    drawn = [
        record
        for record in state.proposals.values()
        if record.state not in _NOT_DRAWN and record.history[-1].seq > adopted
    ]
    found = {}
    for name, ingredient in mixture.components.items():
        if ingredient.lots:
            stock = sum(
                lot.stock_kg
                for lot in ingredient.lots.values()
                if lot.expires is None or date.fromisoformat(lot.expires) >= today
            )
        elif ingredient.stock_kg is not None:
            stock = ingredient.stock_kg
        else:
            continue
        active = 1.0 if ingredient.masterbatch is None else ingredient.masterbatch.active / 100
        used = sum(
            float(record.planned.get(name, 0.0))
            / mixture.total
            / active
            * mixture.batch_kg
            * record.proposal.replicates
            for record in drawn
        )
        found[name] = max(0.0, stock - used) / (count * replicates)
    return found
