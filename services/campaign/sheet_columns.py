"""What both directions of a sheet agree on: the names of its columns, and which proposals stand on it."""

from __future__ import annotations

from loop.proposal import ProposalState

__all__ = ["AWAITING", "N_SUFFIX", "PROPOSAL", "REPLICATE", "SD_SUFFIX"]

SD_SUFFIX, N_SUFFIX = " sd", " n"
"""What stands behind a target's name in the headers of its spread and of its count of tests."""

PROPOSAL, REPLICATE = "proposal", "replicate"
"""Headers of the columns that say which specimen a row is."""

AWAITING = frozenset(
    {ProposalState.APPROVED, ProposalState.DISPATCHED, ProposalState.RUNNING, ProposalState.PARTLY_MEASURED}
)
"""States in which results may come in: what result and recipe sheets list."""
