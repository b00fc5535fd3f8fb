"""Tables of results, a specimen a row, as programs of GPC and XRF export them; limits of detection as ``<0.01``."""

from __future__ import annotations

from collections.abc import Sequence

from campaigns.polypropylene.laboratory.writing.text import Habits, delimited_text

__all__ = ["amount", "write_amounts"]


def amount(value: float, form: str, *, limit: float = 0.0) -> str:
    """Write a number, or that it lies below a limit."""
    return f"<{form % limit}" if value < limit else form % value


def write_amounts(names: Sequence[str], rows: Sequence[Sequence[str]], habits: Habits) -> bytes:
    """Write a table.

    Parameters
    ----------
    names
        Of the columns, with their units.
    rows
        Texts: words first, then amounts as `amount` gives them, with a point as decimal mark.
    habits
        Of the instrument.
    """
    n_words = sum(not _is_amount(cell) for cell in rows[0])
    columns = [
        [row[k] if k < n_words else row[k].replace(".", habits.decimal) for row in rows] for k in range(len(names))
    ]
    return delimited_text((), (names,), columns, ("%s",) * len(names), habits)


def _is_amount(cell: str) -> bool:
    return cell.lstrip("<").replace(".", "", 1).isdigit()
