"""Write names, numbers and remarks into YAML so that they are read back as they were."""

from __future__ import annotations

import json
import re
from decimal import Decimal

__all__ = ["decimal_of", "number_of", "remark", "text_of"]

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()%-]*[\w)%])?")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def text_of(text: str) -> str:
    """Write a text so that YAML reads it back as that text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def remark(text: str) -> str:
    """Keep a text on one line and free of what YAML forbids even in a comment."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def number_of(value: float) -> str:
    """Write a number with as many digits as it takes to read the same one back."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def decimal_of(value: Decimal) -> str:
    """Write an exact number without an exponent or trailing zeros."""
    return f"{value.normalize():f}"
