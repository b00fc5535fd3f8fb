"""What leaves the laboratory: named bytes, as an instrument or a person writes them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LabFile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFile:
    """One file.

    Attributes
    ----------
    name
        As the laboratory calls it: the specimen and what was done, ``PP01-C003-02-S1 waxs.xrdml``.
    modality
        As in the campaign's definition.
    specimens
        Whose it is; a table holds several.
    data
        Its bytes.
    """

    name: str
    modality: str
    specimens: tuple[str, ...]
    data: bytes
