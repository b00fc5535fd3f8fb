"""Faults of files on demand: any file of the laboratory in, a spoilt one out, and what a person should be told of it.

A fault is planted only where a file can show it; the same generator plants the same. Some show in one file by itself,
some only beside others or beside the specimens that a campaign knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from campaigns.polypropylene.laboratory import spoiling, spoilt_files
from campaigns.polypropylene.laboratory.piece import LabFile

__all__ = ["FAULTS", "Fault", "Spoilt", "faults_of", "spoilt", "spoilt_somehow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way in which a file goes wrong.

    Attributes
    ----------
    told
        What a person should be told, in plain words.
    words
        Of which one has to stand in the reason why the file is held.
    spoil
        Returns the spoilt file, or None where this file cannot show it.
    needs_campaign
        True where reading the file by itself cannot tell.
    """

    told: str
    words: tuple[str, ...]
    spoil: spoilt_files.FileSpoiler
    needs_campaign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoilt:
    """A spoilt file, by which fault, and what a person should be told."""

    file: LabFile
    kind: str
    told: str
    words: tuple[str, ...]
    needs_campaign: bool


def faults_of(file: LabFile) -> tuple[str, ...]:
    """Return the kinds of fault that a file can show."""
    return tuple(kind for kind, fault in FAULTS.items() if fault.spoil(file, np.random.default_rng(0)) is not None)


def spoilt(file: LabFile, kind: str, rng: np.random.Generator) -> Spoilt:
    """Plant a fault.

    Raises
    ------
    ValueError
        If there is no such fault, or this file cannot show it.
    """
    if kind not in FAULTS:
        raise ValueError(f"there is no fault {kind!r}; there are {', '.join(FAULTS)}")
    fault = FAULTS[kind]
    found = fault.spoil(file, rng)
    if found is None:
        raise ValueError(f"{file.name} cannot show the fault {kind!r}; it can show {', '.join(faults_of(file))}")
    return _of(fault, kind, found)


def spoilt_somehow(file: LabFile, rng: np.random.Generator) -> Spoilt:
    """Plant one of the faults that a file can show, each as likely as the others."""
    kinds = list(FAULTS)
    order = (kinds[at] for at in rng.permutation(len(kinds)))
    tried = ((kind, FAULTS[kind].spoil(file, rng)) for kind in order)
    kind, found = next((kind, found) for kind, found in tried if found is not None)  # every file can be empty
    return _of(FAULTS[kind], kind, found)


def _of(fault: Fault, kind: str, file: LabFile) -> Spoilt:
    return Spoilt(file=file, kind=kind, told=fault.told, words=fault.words, needs_campaign=fault.needs_campaign)


_NOT_AS_SAID = (
    *("does not hold what it says", "turns back", "falls after", "repeats", "jumps", "break in the curve"),
    *("damaged", "is no ", "even steps", "points", "tears", "goes up and down"),
)
FAULTS: Mapping[str, Fault] = {
    "truncated": Fault(
        told="the file breaks off: copy it again",
        words=(
            *("does not hold what it says", "no sound XML", "breaks off", "cells", "cut", "lie at byte", "END"),
            *("is no ", "points", "decoded", "values", "has no", "byte", "no reader knows"),
        ),
        spoil=spoilt_files.truncated,
    ),
    "lines lost": Fault(told="lines are missing", words=_NOT_AS_SAID, spoil=spoilt_files.with_lines(spoiling.lost)),
    "lines doubled": Fault(
        told="lines stand there twice", words=_NOT_AS_SAID, spoil=spoilt_files.with_lines(spoiling.doubled)
    ),
    "lines exchanged": Fault(
        told="lines stand in another order", words=_NOT_AS_SAID, spoil=spoilt_files.with_lines(spoiling.exchanged)
    ),
    "columns exchanged": Fault(
        told="columns stand under each other's names",
        words=("out of range", "unit suspected", "turns back", "is no axis"),
        spoil=spoilt_files.columns_exchanged,
    ),
    "wrong unit": Fault(
        told="numbers stand in another unit than is written",
        words=("out of range", "unit suspected"),
        spoil=spoilt_files.in_another_unit,
    ),
    "flat": Fault(
        told="nothing was measured",
        words=("flat",),
        spoil=spoilt_files.with_signal(spoilt_files.flat, ("WAXS", "Raman")),
    ),
    "saturated": Fault(
        told="the detector was at its end: measure with less",
        words=("saturated",),
        spoil=spoilt_files.with_signal(spoilt_files.saturated, ("WAXS", "Raman")),
    ),
    "spike storm": Fault(
        told="spikes all over: the detector or the line is disturbed",
        words=("jumps", "spike", "break in the curve", "goes up and down"),
        spoil=spoilt_files.with_signal(spoilt_files.spike_storm, spoilt_files.SPECTRA),
    ),
    "empty": Fault(
        told="the file is empty: export it again",
        words=("empty", "no table", "no reader knows", "no profile knows"),
        spoil=spoilt_files.empty,
    ),
    "wrong extension": Fault(
        told="the file is not what its name says",
        words=("its name", "Word document", "no reader knows"),
        spoil=spoilt_files.of_other_content,
    ),
    "workbook locked": Fault(told="the workbook asks for a password", words=("password",), spoil=spoilt_files.locked),
    "header lies": Fault(
        told="the file holds another number of points than it says",
        words=("points",),
        spoil=spoilt_files.with_lying_header,
    ),
    "duplicate renamed": Fault(
        told="another specimen has the same data", words=("duplicate",), spoil=spoilt_files.renamed, needs_campaign=True
    ),
    "same numbers": Fault(
        told="another specimen has the same numbers",
        words=("duplicate",),
        spoil=spoilt_files.relabelled,
        needs_campaign=True,
    ),
    "contradicting ids": Fault(
        told="name and header speak of different specimens",
        words=("says",),
        spoil=spoilt_files.contradicting,
        needs_campaign=True,
    ),
    "unknown specimen": Fault(
        told="nobody made a specimen of that name",
        words=("has no",),
        spoil=spoilt_files.of_unknown_specimen,
        needs_campaign=True,
    ),
}
"""Faults by kind."""
