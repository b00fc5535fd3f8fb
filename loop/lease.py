"""The right to work on a campaign until a time, with a token by which a latecomer is known. A value; takes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from loop.errors import LeaseLostError

__all__ = ["Lease", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as its holder knows it. `token` is greater than that of every holder before."""

    name: str
    holder: str
    token: int
    expires_at: datetime


def lost(lease: Lease, holder: str | None) -> LeaseLostError:
    """Return the error of somebody whose lease is no longer theirs."""
    now = f"{holder} holds it now" if holder else "nobody holds it"
    return LeaseLostError(
        f"{lease.name}: the lease of {lease.holder} (token {lease.token}) is over, {now}; nothing more was written"
    )
