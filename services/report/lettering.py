"""How wide a text is written, in columns: letters of East Asian scripts take two."""

from __future__ import annotations

import unicodedata

__all__ = ["cut", "n_columns"]


def n_columns(text: str) -> int:
    """Count the columns that a text takes."""
    return sum(_width(letter) for letter in text)


def cut(text: str, columns: int) -> str:
    """Cut a text to so many columns, an ellipsis in place of what is left out."""
    if n_columns(text) <= columns:
        return text
    taken, width = "", 1
    for letter in text:
        width += _width(letter)
        if width > columns:
            break
        taken += letter
    return f"{taken.rstrip()}…"


def _width(letter: str) -> int:
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
