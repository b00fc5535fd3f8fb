"""Specimens of the virtual laboratory, measured again: files in, features out, as `meguri process` takes them.

Of each specimen and modality the first measurements are made in one session of the instrument, the last one six weeks
later, when it has drifted. Every one has its own mounting, portion, field of view and noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from campaigns.polypropylene.laboratory.analysing import ANALYSES, piece_of
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.making import Made
from campaigns.polypropylene.laboratory.piece import LabFile, Piece
from campaigns.polypropylene.laboratory.structure import Structure
from campaigns.polypropylene.specimens import specimens
from loop.seeds import derive_seed
from services.campaign.processing.deriving import derived_of_reading
from services.campaign.processing.handling import handling_of
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.records.derived import Derived

__all__ = ["LATER_WEEKS", "Measured", "Task", "files_of", "measured", "tasks"]

LATER_WEEKS = 6
"""Between the session of the first measurements and that of the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One specimen of a seed, to be measured some times by some instruments."""

    number: int
    n_specimens: int
    n_times: int
    seed: int
    instruments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one measurement gave.

    Attributes
    ----------
    instrument
        Which analysis it was, by its name in the laboratory.
    time
        Which measurement of its specimen, from 0.
    """

    specimen: str
    instrument: str
    time: int
    structure: Structure
    derived: Derived


def tasks(n_specimens: int, n_times: int, seed: int, instruments: Sequence[str] = tuple(ANALYSES)) -> list[Task]:
    """List the specimens of a seed."""
    return [
        Task(number=k, n_specimens=n_specimens, n_times=n_times, seed=seed, instruments=tuple(instruments))
        for k in range(n_specimens)
    ]


def files_of(made: Made, instrument: str, time: int, n_times: int, choice: LaboratoryChoice) -> tuple[LabFile, ...]:
    """Measure a specimen for the n-th time."""
    is_last = time == n_times - 1 and n_times > 1
    piece: Piece = piece_of(made, instrument, choice, week=LATER_WEEKS if is_last else 0)
    again = np.random.default_rng(derive_seed(choice.seed, made.specimen, instrument, "again", time))
    files = ANALYSES[instrument](replace(piece, rng=again))
    return (files,) if isinstance(files, LabFile) else files


def measured(task: Task) -> list[Measured]:
    """Measure one specimen by all instruments, and take every file through the recipe of its modality."""
    choice = LaboratoryChoice(seed=task.seed)
    made = list(specimens(task.n_specimens, choice))[task.number]
    return [
        Measured(specimen=made.specimen, instrument=instrument, time=time, structure=made.structure, derived=derived)
        for instrument in task.instruments
        for time in range(task.n_times)
        for derived in _derived(files_of(made, instrument, time, task.n_times, choice), made.specimen)
    ]


def _derived(files: Sequence[LabFile], specimen: str) -> Iterator[Derived]:
    """Read files and take their readings through the shipped recipes."""
    for file in files:
        for reading in read_source(Source(file.name, file.data, None)).readings:
            modality = reading.modality or file.modality
            handling = handling_of(modality, {})
            if handling is None:
                raise ValueError(f"{file.name} of {specimen}: there is no recipe for {modality}")
            yield derived_of_reading(reading, file.name, modality, handling)
