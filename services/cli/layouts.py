"""Lay out formulations and their values so that they can be read at 100 columns, however many parameters there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table

__all__ = ["Line", "plain_table", "side_by_side"]

_GAP = 2
"""Columns between two columns: one of padding, one of the frame that is not drawn."""
_MOST_ACROSS = 8
"""More lines than this are read down, not across."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One quantity of several things: its name and unit, and one text a thing. `section` groups lines."""

    name: str
    values: tuple[str, ...]
    unit: str = ""
    section: str = ""

    @property
    def label(self) -> str:
        """Name and unit."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name


def plain_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), wraps: int = -1
) -> Table:
    """Make a table of texts without frames; long texts wrap in one column, the last where nothing is said."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for number, heading in enumerate(headings):
        is_whole = number != wraps % len(headings)
        table.add_column(heading, justify="right" if number in right else "left", no_wrap=is_whole, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def side_by_side(headings: Sequence[str], lines: Sequence[Line], *, width: int) -> RenderableType:
    """Show several things with the same quantities: a row each where they fit, else a column each.

    Parameters
    ----------
    headings
        What each thing is called, whole: names are never cut.
    lines
        The quantities, each with one text a thing.
    width
        Columns there are.
    """
    if not headings:
        return Group()
    across = [cell_len(max(headings, key=cell_len))]
    across += [max(cell_len(line.label), *map(cell_len, line.values)) for line in lines]
    if len(lines) <= _MOST_ACROSS and sum(across) + _GAP * len(lines) <= width:
        rows = [[heading, *(line.values[i] for line in lines)] for i, heading in enumerate(headings)]
        return plain_table(["", *(line.label for line in lines)], rows, right=range(1, len(lines) + 1))
    return Group(*_down(headings, lines, width))


def _down(headings: Sequence[str], lines: Sequence[Line], width: int) -> Iterator[RenderableType]:
    """Yield tables with a row for each quantity, each with as many things as fit."""
    label = min(max(cell_len(line.label) for line in lines), width // 3)
    start = 0
    while start < len(headings):
        used, stop = label, start
        while stop < len(headings):
            texts = [headings[stop], *(line.values[stop] for line in lines)]
            used += _GAP + max(map(cell_len, texts))
            if used > width and stop > start:
                break
            stop += 1
        yield _columns(headings[start:stop], lines, range(start, stop), label)
        start = stop


def _columns(headings: Sequence[str], lines: Sequence[Line], which: range, label: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", max_width=label, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True, overflow="fold")
    for number, line in enumerate(lines):
        is_end = number + 1 < len(lines) and lines[number + 1].section != line.section
        table.add_row(line.label, *(line.values[i] for i in which), end_section=is_end)
    return table
