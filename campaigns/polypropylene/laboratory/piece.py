"""A piece of a specimen as it lies before an instrument, and the file that leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from campaigns.polypropylene.laboratory.sessions import Session
from campaigns.polypropylene.laboratory.structure import Structure

__all__ = ["LabFile", "Piece"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What an instrument is given.

    Attributes
    ----------
    label
        What stands on the piece: its specimen's id, or the control's name.
    structure
        What it is, inside.
    session
        How the instrument stands.
    at
        When it is measured (UTC).
    rng
        Mounting and noise: the same piece measured again by another generator differs by these only.
    """

    label: str
    structure: Structure
    session: Session
    at: datetime
    rng: np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFile:
    """One file: named bytes.

    Attributes
    ----------
    name
        As the laboratory calls it: the label and what was done, ``PP01-C003-02-S1 waxs.xrdml``.
    modality
        As in the campaign's definition: WAXS, FT-IR, Raman, TG, DSC, GPC, XRF, microscopy, tensile.
    labels
        Whose it is; a table holds several.
    data
        Its bytes.
    """

    name: str
    modality: str
    labels: tuple[str, ...]
    data: bytes
