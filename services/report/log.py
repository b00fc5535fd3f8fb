"""Lay out the journal as a table: every entry, the latest first."""

from __future__ import annotations

from collections.abc import Iterable

from loop.events import Entry
from loop.sentences import tell
from services.report.tables import Head, Table, identity, moment, number, words

__all__ = ["log_table"]


def log_table(entries: Iterable[Entry]) -> Table | None:
    """List every entry, the latest first."""
    rows = []
    for entry in sorted(entries, key=lambda one: -one.seq):
        told = tell(entry.event)
        rows.append(
            [
                number(str(entry.seq), "quiet"),
                words(moment(entry.at), "nowrap"),
                words(entry.actor),
                identity(told.subject),
                words(told.what),
                words(told.because),
            ]
        )
    heads = (
        Head("entry", look="number"),
        Head("when", "UTC"),
        Head("who"),
        Head("which"),
        Head("what"),
        Head("because"),
    )
    return Table.of(heads, rows, look="log") if rows else None
