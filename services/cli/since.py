"""Choose the entries of a log from a day, a moment or a number on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import typer

from loop.events import Entry

__all__ = ["starting"]


def starting(entries: Sequence[Entry], since: str | None) -> list[Entry]:
    """Return the entries from `since` on: an entry's number, or a day or moment in the machine's time zone.

    Raises
    ------
    typer.BadParameter
        If it is neither.
    """
    if since is None:
        return list(entries)
    if since.isdecimal():
        return [entry for entry in entries if entry.seq >= int(since)]
    try:
        moment = datetime.fromisoformat(since).astimezone()
    except ValueError:
        raise typer.BadParameter(
            f"{since!r} is no day, moment or number; write 2025-04-01, 2025-04-01T15:30 or 12"
        ) from None
    return [entry for entry in entries if entry.at >= moment]
