"""The log for people: what happened, in order; the same step of several proposals of a cycle on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import RenderableType

from loop.sentences import ids_in_short
from services.campaign.views import EntryView, LogView
from services.cli.layouts import plain_table
from services.cli.pages import local_time

__all__ = ["log_page"]

_ABOUT = re.compile(r"(?P<stem>[A-Z0-9-]+-C\d{3,})-\d{2,}(?= )")


def log_page(view: LogView) -> RenderableType:
    """List what happened, in order."""
    rows = [
        [_numbers(together), local_time(together[0].at), together[0].actor, _text(together)]
        for together in _together(view.entries)
    ]
    return plain_table(["", "time", "who", "what"], rows, right=(0,))


def _together(entries: tuple[EntryView, ...]) -> Iterator[list[EntryView]]:
    """Put entries that follow each other together where they tell the same of several proposals of one cycle."""
    found: list[EntryView] = []
    for entry in entries:
        if found and (_same(entry) is None or _same(entry) != _same(found[-1])):
            yield found
            found = []
        found.append(entry)
    if found:
        yield found


def _same(entry: EntryView) -> tuple[str, ...] | None:
    """Return what entries told together have in common; None where an entry is told alone."""
    about = _ABOUT.match(entry.text)
    return about and (local_time(entry.at), entry.actor, about["stem"], entry.text[about.end() :])


def _numbers(together: list[EntryView]) -> str:
    first, last = together[0].seq, together[-1].seq
    return str(first) if first == last else f"{first}–{last}"


def _text(together: list[EntryView]) -> str:
    if len(together) == 1:
        return together[0].text
    ids = [entry.text.partition(" ")[0] for entry in together]
    return f"{ids_in_short(ids)} {together[0].text.partition(' ')[2]}"
