"""What is right and what is not about a database, its journals, leases and work orders. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from loop.counting import counted, some_of
from services.campaign.operations.findings import Finding, fine_unless
from services.store import DatabaseCondition, LeaseRecord, OrderRecord
from services.store.leases import LONGEST

__all__ = ["ago", "judge_database", "judge_journals", "judge_leases", "judge_orders"]

CLOCKS_APART_S = 5.0
"""Leases of several machines end by their clocks: a larger difference makes them end too early or too late."""
LARGE_LOG_BYTES = 64_000_000
"""SQLite folds its log back at 4 MB unless a reader that never ends keeps it from it."""
NOT_DELIVERED = timedelta(minutes=10)
"""A running worker hands a work order over at once."""


def judge_database(found: DatabaseCondition) -> list[Finding]:
    """Judge a database by itself."""
    return [
        Finding(
            area="database",
            verdict="fine",
            found=f"{found.kind} {found.software} at {found.address}, {found.size_bytes / 1e6:.1f} MB",
        ),
        *_schema(found),
        *_wholeness(found),
        *_clocks(found),
    ]


def judge_journals(found: DatabaseCondition, unreadable: Mapping[str, str]) -> list[Finding]:
    """Judge the journals: every entry that was counted is there and can be read.

    Parameters
    ----------
    unreadable
        Why a campaign's entries come to no state, for those that do not.
    """
    faults = []
    for campaign, length in found.journals.items():
        reason = unreadable.get(campaign, "")
        if not length.is_whole:
            reason = (
                f"{counted(length.n_entries, 'entry', 'entries')} from {length.first} to {length.last}, "
                f"{length.last_seq} were counted. {reason}"
            ).strip()
        if reason:
            wanted = "keep the database as it is and restore the last backup into a new workspace"
            faults.append(Finding(area="journal", verdict="broken", found=f"{campaign}: {reason}", wanted=wanted))
    n = sum(length.n_entries for length in found.journals.values())
    summary = f"{counted(len(found.journals), 'campaign')}, {counted(n, 'entry', 'entries')}, all readable, no gap"
    return fine_unless("journal", faults, summary)


def judge_leases(records: Sequence[LeaseRecord], now: datetime, dead: Callable[[str], bool]) -> list[Finding]:
    """Judge who holds what.

    Parameters
    ----------
    dead
        Says of a holder whether it is gone for certain.
    """
    found = [finding for record in records for finding in _lease(record, now, dead)]
    held = [f"{record.name} by {record.holder}" for record in records if record.holder]
    return fine_unless("leases", found, f"held: {', '.join(held)}" if held else "nobody works on anything now")


def judge_orders(records: Sequence[OrderRecord], now: datetime, *, is_paused: bool) -> list[Finding]:
    """Judge the work orders of a campaign; one that is paused sends nothing, and that is right."""
    waiting = [r for r in records if r.delivered_at is None and now - r.made_at > NOT_DELIVERED]
    if not waiting or is_paused:
        return []
    since = min(record.made_at for record in waiting)
    return [
        Finding(
            area="work orders",
            verdict="look",
            found=f"not handed over: {some_of([r.order.id for r in waiting])}, the first for {ago(since, now)}",
            wanted="a worker that runs: meguri run, or one turn with meguri tick; its log says what is in the way",
        )
    ]


def ago(since: datetime, now: datetime) -> str:
    """Write for how long something is so, in one unit."""
    seconds = (now - since).total_seconds()
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _schema(found: DatabaseCondition) -> Iterator[Finding]:
    version, known = found.schema_version, found.known_version
    if version > known:
        wanted = "the meguri that wrote it, or a later one"
        yield Finding(area="schema", verdict="broken", found=f"version {version}, known up to {known}", wanted=wanted)
    elif version < known:
        wanted = "a backup; the next command upgrades it"
        yield Finding(area="schema", verdict="look", found=f"version {version}, known is {known}", wanted=wanted)
    else:
        yield Finding(area="schema", verdict="fine", found=f"version {version}, the known one")
    if found.origin is not None:
        yield Finding(
            area="schema",
            verdict="look",
            found="its rows were restored from a backup, and that was not brought to its end",
            wanted="the same meguri restore once more",
        )


def _wholeness(found: DatabaseCondition) -> Iterator[Finding]:
    restore = "copy the file away and restore the last backup into a new workspace"
    if found.faults:
        told = "; ".join(found.faults)
        yield Finding(area="integrity", verdict="broken", found=f"the file is damaged: {told}", wanted=restore)
    if found.n_dangling:
        told = counted(found.n_dangling, "row refers", "rows refer")
        yield Finding(area="integrity", verdict="broken", found=f"{told} to a row that is not there", wanted=restore)
    if found.kind == "SQLite" and not found.faults and not found.n_dangling:
        yield Finding(area="integrity", verdict="fine", found="SQLite's own check finds no fault")
    if found.wal_bytes is not None and found.wal_bytes > LARGE_LOG_BYTES:
        yield Finding(
            area="integrity",
            verdict="look",
            found=f"its write-ahead log has {found.wal_bytes / 1e6:.0f} MB",
            wanted="none above 64 MB: end programs that keep the file open for long",
        )


def _clocks(found: DatabaseCondition) -> Iterator[Finding]:
    if found.clock_ahead_s is None:
        return
    apart = abs(found.clock_ahead_s)
    told = f"the server's clock is {apart:.1f} s {'ahead' if found.clock_ahead_s > 0 else 'behind'}"
    if apart > CLOCKS_APART_S:
        wanted = f"at most {CLOCKS_APART_S:g} s: let every machine take its time from the network (NTP)"
        yield Finding(area="clock", verdict="look", found=told, wanted=wanted)
    else:
        yield Finding(area="clock", verdict="fine", found=told)


def _lease(record: LeaseRecord, now: datetime, dead: Callable[[str], bool]) -> Iterator[Finding]:
    name, holder = record.name, record.holder
    if holder and record.expires_at > now + LONGEST:
        found = f"{name} is held by {holder} until {record.expires_at:%Y-%m-%d %H:%M} UTC, longer than any lease lasts"
        yield Finding(area="leases", verdict="look", found=found, wanted=_CLOCK)
    elif holder and dead(holder):
        found = f"{name} is held by {holder}, which is gone"
        yield Finding(area="leases", verdict="look", found=found, wanted="meguri run: the next worker takes it over")
    elif holder and record.expires_at <= now:
        found = f"{name} was held by {holder}; that is over since {ago(record.expires_at, now)}, nobody took it"
        yield Finding(area="leases", verdict="look", found=found, wanted="a worker that runs: meguri run")
    if record.done_until is not None and record.done_until > now + timedelta(seconds=CLOCKS_APART_S):
        found = f"{name} counts as done until {record.done_until:%Y-%m-%d %H:%M} UTC, which is not yet"
        yield Finding(area="leases", verdict="look", found=found, wanted=_CLOCK)


_CLOCK = "the right time on every machine: a clock was set back, or is wrong on one of them. No work is lost by it"
