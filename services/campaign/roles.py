"""What each column of a table is for, in view of what a person wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.ingest.guess import ColumnGuess, guess_columns
from services.records.table import Table

__all__ = ["guess_roles"]


def guess_roles(table: Table, *, targets: Sequence[str] = ()) -> list[ColumnGuess]:
    """Guess what each column is for, given the names of the columns that are wanted, if any.

    What looks like a result but is not among those wanted is set aside: taken for a setting, it would be a knob that
    nobody can turn.
    """
    guesses = guess_columns(table, targets=targets)
    results = {guess.name for guess in guess_columns(table) if guess.role == "target"}
    wanted = {guess.name for guess in guesses if guess.role == "target"}
    if wanted >= results or (len(results) == 1 and not wanted & results):
        return guesses
    because = "looks like a result, and is not among the targets named: left out; make it a target, or a parameter"
    return [
        replace(guess, role="note", because=because) if guess.role == "input" and guess.name in results else guess
        for guess in guesses
    ]
