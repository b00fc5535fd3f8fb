"""Names of modalities as people and files write them: ``FT-IR``, ``FTIR`` and ``ft ir`` are one."""

from __future__ import annotations

import unicodedata

__all__ = ["modality_key"]


def modality_key(name: str) -> str:
    """Return a name as it is compared: letters and digits only, in small letters."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())
