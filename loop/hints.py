"""Say what would be right where a person wrote something else: the near name, the plain number, a list."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

__all__ = ["did_you_mean", "fitting_kind", "key_hint", "name_hint", "names_in", "value_hint"]

_OTHER_WORDS: Mapping[str, str] = {
    "bounds": "limits",
    "categories": "levels",
    "direction": "goal",
    "lower": "low",
    "max": "high",
    "maximum": "high",
    "min": "low",
    "minimum": "low",
    "mode": "goal",
    "options": "levels",
    "type": "kind",
    "units": "unit",
    "upper": "high",
}
"""What other tools call a key, and what it is called here."""


def did_you_mean(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return ``did you mean …?`` for the known word nearest to one, empty where none is near."""
    plain = {_folded(name): name for name in known if name != word}
    close = difflib.get_close_matches(_folded(word), plain, n=1, cutoff=cutoff)
    return f"did you mean {plain[close[0]]}?" if close else ""


def names_in(data: Any) -> Iterator[str]:
    """Yield every key that stands anywhere in the data."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield str(name)
            yield from names_in(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from names_in(value)


def key_hint(key: str, known: Sequence[str]) -> str:
    """Say which known key an unknown one stands for, else which there are."""
    if _OTHER_WORDS.get(_folded(key)) in known:
        return f"did you mean {_OTHER_WORDS[_folded(key)]}?"
    return did_you_mean(key, known, cutoff=0.5) or (f"known here: {', '.join(known)}" if known else "")


def name_hint(message: str, data: Mapping[str, Any]) -> str:
    """Look among all names of the definition for one near to a name that a message quotes."""
    hints = (did_you_mean(quoted, names_in(data), cutoff=0.7) for quoted in re.findall(r"'([^']+)'", message))
    return next((hint for hint in hints if hint), "")


def value_hint(needed: str, given: Any) -> str:
    """Say how to write a value of the type needed, going by what stands there; empty where that is not plain."""
    if given is None:
        return "nothing stands behind the key: give a value, or delete the line"
    if needed in ("a number", "a whole number") and isinstance(given, str):
        plain = unicodedata.normalize("NFKC", given).replace("−", "-").strip()
        if re.fullmatch(r"[-+]?\d+,\d+", plain):
            return f"decimals take a point: {plain.replace(',', '.')}"
        number = re.match(r"[-+]?\d+(\.\d+)?", plain)
        if number and number.end() == len(plain):
            return f"write plain digits: {plain}"
        return f"the number alone: {number[0]}; the unit has a key of its own" if number else ""
    if needed == "text" and isinstance(given, (int, float)):
        return f'put it between quotes: "{given}"'
    if needed == "keys with values" and isinstance(given, (list, tuple)):
        return "a list stands here: write 'name:' without the dash in front"
    if needed == "keys with values" and isinstance(given, str) and re.search("[:：]", given):
        return "a colon needs a space behind it, as in 'low: 0'"
    if needed == "a list" and isinstance(given, str):
        return f"write a list: [{given}]"
    if needed == "a list" and isinstance(given, Mapping):
        return "write a list: '- ' before each entry"
    return ""


def fitting_kind(value: Any, models: Mapping[str, type[BaseModel]]) -> str:
    """Guess the kind whose keys are there."""
    keys = set(value) if isinstance(value, Mapping) else set()
    score = {kind: len(keys & set(model.model_fields)) for kind, model in models.items()}
    best = [kind for kind, count in score.items() if count and count == max(score.values())]
    return f"kind: {best[0]} fits what stands here" if len(best) == 1 else ""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
