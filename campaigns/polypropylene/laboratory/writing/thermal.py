"""Runs of thermal analysis as text: a preamble, and the stretches of the program below each other, each under its line.

As programs of thermal analysis export them; the habits of the instrument decide delimiter, decimal mark and encoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from campaigns.polypropylene.laboratory.writing.text import Habits, delimited_text

__all__ = ["Stretch", "write_run"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """One stretch of a program: what it is called, and its columns of one length."""

    name: str
    columns: tuple[np.ndarray, ...]


def write_run(
    preamble: Sequence[str], names: Sequence[str], stretches: Sequence[Stretch], forms: Sequence[str], habits: Habits
) -> bytes:
    """Write a run.

    Parameters
    ----------
    preamble
        Lines as they stand.
    names
        Of the columns, with their units.
    stretches
        In order.
    forms
        How the numbers of each column are written, as ``%.4f``.
    habits
        Of the instrument.
    """
    form = habits.delimiter.join(form.replace("%", "%12") if habits.padded else form for form in forms)
    header = habits.delimiter.join(names)
    lines = [*preamble, ""]
    for number, stretch in enumerate(stretches, start=1):
        rows = [form % tuple(row) for row in np.column_stack(stretch.columns).tolist()]
        if habits.decimal != ".":
            rows = [row.replace(".", habits.decimal) for row in rows]
        lines += [f"Segment {number}: {stretch.name}", header, *rows, ""]
    return delimited_text(lines[:-1], (), (), (), habits)
