"""Analyse and test a specimen: every instrument gets its piece, in its session of that week, and writes its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

import numpy as np

from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.instruments.dsc import dsc
from campaigns.polypropylene.laboratory.instruments.ftir import ftir
from campaigns.polypropylene.laboratory.instruments.gpc import gpc
from campaigns.polypropylene.laboratory.instruments.microscopy import microscopy
from campaigns.polypropylene.laboratory.instruments.oit import oit
from campaigns.polypropylene.laboratory.instruments.raman import raman
from campaigns.polypropylene.laboratory.instruments.tg import tg
from campaigns.polypropylene.laboratory.instruments.waxs import waxs
from campaigns.polypropylene.laboratory.instruments.xrf import xrf
from campaigns.polypropylene.laboratory.making import Made
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.sessions import session_of
from loop.seeds import derive_seed

__all__ = ["ANALYSES", "analysis_files", "piece_of"]

Analysis = Callable[[Piece], LabFile | tuple[LabFile, ...]]

ANALYSES: Mapping[str, Analysis] = {
    "WAXS": waxs,
    "FT-IR": ftir,
    "Raman": raman,
    "TG": tg,
    "DSC": dsc,
    "OIT": oit,
    "GPC": gpc,
    "XRF": xrf,
    "microscopy": microscopy,
}
"""What is done with every specimen, by the name of the instrument that does it."""

_DAYS_TO_ANALYSIS = 2


def analysis_files(made: Made, choice: LaboratoryChoice, *, label: str = "", week: int = 0) -> Iterator[LabFile]:
    """Analyse a specimen by every modality, two days after it was moulded.

    Parameters
    ----------
    label
        What stands on the pieces; the specimen's id where left out.
    week
        How many weeks later: a control specimen is analysed again and again.
    """
    for instrument, analyse in ANALYSES.items():
        files = analyse(piece_of(made, instrument, choice, label=label, week=week))
        yield from (files,) if isinstance(files, LabFile) else files


def piece_of(made: Made, instrument: str, choice: LaboratoryChoice, *, label: str = "", week: int = 0) -> Piece:
    """Cut a piece for an instrument; its mounting and noise follow from specimen, instrument and week."""
    day = made.circumstances.moulded_on + timedelta(days=_DAYS_TO_ANALYSIS, weeks=week)
    seed = derive_seed(choice.seed, made.specimen, instrument, week)
    rng = np.random.default_rng(seed)
    at = datetime.combine(day, time(8), UTC) + timedelta(minutes=int(rng.integers(0, 600)))
    return Piece(
        label=label or made.specimen,
        structure=made.structure,
        session=session_of(instrument, day, seed=choice.seed),
        at=at,
        rng=rng,
    )
