"""Names of modalities as people and files write them: ``FT-IR``, ``FTIR`` and ``ft ir`` are one."""

from __future__ import annotations

import unicodedata

__all__ = ["modality_key", "usual_key"]

_USUAL = {
    "ir": "ftir",
    "atrftir": "ftir",
    "xrd": "waxs",
    "tga": "tg",
    "dta": "dsc",
    "dscoit": "oit",
    "sec": "gpc",
    "sem": "microscopy",
}
"""Other names that kinds of analysis go by."""


def modality_key(name: str) -> str:
    """Return a name as it is compared: letters and digits only, in small letters."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


def usual_key(name: str) -> str:
    """Return the key of the usual name of a kind of analysis: ``SEC`` is ``gpc``, ``ATR-FTIR`` is ``ftir``."""
    key = modality_key(name)
    return _USUAL.get(key, key)
