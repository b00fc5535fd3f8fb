"""Bring text typed on a Japanese keyboard into one form, without touching what carries meaning.

Full-width letters, digits and signs, half-width katakana, square units (``㎫``) and ``℃`` become their plain forms.
Superscripts and subscripts stay: ``m²`` and ``TiO₂`` are not ``m2`` and ``TiO2`` to their owner.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["as_numeral", "fold", "normalise"]

_PLAIN_FORMS = ("<wide>", "<narrow>", "<square>", "<noBreak>")
_SPACES = re.compile(r"\s+")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_MINUS = re.compile(r"[−‐‑‒–—―ー](?=\s?[\d.,])")


@lru_cache(maxsize=1024)
def _plain(letter: str) -> str:
    if letter in "℃℉" or unicodedata.decomposition(letter).startswith(_PLAIN_FORMS):
        return unicodedata.normalize("NFKC", letter)
    return letter


def normalise(text: str) -> str:
    """Return the plain form of a text, with single spaces and none at the ends."""
    if text.isascii():
        return _SPACES.sub(" ", text).strip() if any(c.isspace() for c in text) else text
    plain = unicodedata.normalize("NFC", "".join(map(_plain, text)))
    return _SPACES.sub(" ", plain).strip()


def as_numeral(text: str) -> str:
    """Return the form in which numbers are looked for: plain, minus signs as ``-``, raised powers as ``^n``."""
    plain = normalise(text)
    if plain.isascii():
        return plain
    raised = _RAISED.sub(lambda m: "^" + m.group().translate(_SUPERSCRIPTS), plain)
    return _MINUS.sub("-", raised)


def fold(text: str) -> str:
    """Return the form in which words are compared: plain, lower case, no space or closing colon."""
    return normalise(text).casefold().replace(" ", "").rstrip(":.")
