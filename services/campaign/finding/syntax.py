"""The parts of a question, as they were written: names and values are words, each with its place. Values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["Both", "Comparison", "Either", "Missing", "Negation", "Operator", "Query", "Word", "Written", "leaves"]

Operator = Literal["=", "<", "<=", ">", ">=", "~"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word or quoted text, where it begins and how long it is there, quotes included."""

    text: str
    at: int
    width: int
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it was written: one word, and the unit behind a number where there is one."""

    word: Word
    unit: Word | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A name against a value; against several, one of them has to hold (``in``)."""

    name: Word
    operator: Operator
    values: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Whether nothing is known of a name."""

    name: Word


@dataclass(frozen=True, slots=True)
class Negation:
    """The contrary."""

    part: Query


@dataclass(frozen=True, slots=True)
class Both:
    """All parts (``and``)."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part (``or``)."""

    parts: tuple[Query, ...]


Query = Comparison | Missing | Negation | Both | Either


def leaves(query: Query) -> Iterator[Comparison | Missing]:
    """Yield every comparison of a question, from left to right."""
    match query:
        case Comparison() | Missing():
            yield query
        case Negation(part):
            yield from leaves(part)
        case Both(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
