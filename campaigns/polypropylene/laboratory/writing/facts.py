"""What every export says first: whose it is, which instrument measured it in which session, who, and when."""

from __future__ import annotations

import numpy as np

from campaigns.polypropylene.laboratory.piece import Piece
from campaigns.polypropylene.laboratory.writing.text import Habits, habits_of
from loop.seeds import derive_seed

__all__ = ["decimals", "facts_of", "habits_for"]


def habits_for(instrument: str) -> Habits:
    """Return how an instrument's export writes: the same for all of its files."""
    return habits_of(np.random.default_rng(derive_seed("habits", instrument)))


def facts_of(piece: Piece) -> tuple[str, ...]:
    """Return the first lines of an export."""
    return (
        f"Sample: {piece.label}",
        f"Instrument: {piece.session.instrument}",
        f"Session: {piece.session.id}",
        f"Operator: {piece.session.operator}",
        f"Date: {piece.at:%Y-%m-%d %H:%M:%S}",
    )


def decimals(value: float, form: str, habits: Habits) -> str:
    """Write a number with the decimal mark of an instrument."""
    return (form % value).replace(".", habits.decimal)
