"""Faults of files on demand: any file of the laboratory in, a spoilt one out, and what a person should be told of it.

A fault is planted only where a file can show it; the same generator plants the same. Some show in one file by itself,
some only beside others or beside the specimens that a campaign knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from campaigns.polypropylene.laboratory import spoiling
from campaigns.polypropylene.laboratory.number_cells import number_cells
from campaigns.polypropylene.laboratory.piece import LabFile

__all__ = ["FAULTS", "Fault", "Spoilt", "faults_of", "spoilt", "spoilt_somehow"]

_SPECTRA = ("WAXS", "FT-IR", "Raman")
_TABLES = ("XRF", "density", "MFR")
_UNITS: Mapping[str, tuple[str, float]] = {
    "tensile": (r"stress", 1e6),  # Pa under MPa
    "density": (r"density", 1e3),  # kg/m³ under g/cm³
    "MFR": (r"mfr", 1e3),  # mg under g
    "XRF": (r"o\d? \(%", 1e4),  # ppm under %
    "TG": (r"^mass|weight", 1e3),  # µg under mg
}
"""By modality: the columns that someone exported in another unit, under the same name, and the factor."""
_SPIKES = 0.03  # share of points that a storm of spikes hits


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
    spoil: Callable[[LabFile, np.random.Generator], LabFile | None]
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


def _suffix(file: LabFile) -> str:
    return PurePath(file.name).suffix


def _truncated(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    if file.modality in _TABLES or file.modality == "charpy":
        return None  # of a table of few rows the rest is a table still
    if _suffix(file) == ".xy" or file.modality == "Raman":
        return replace(file, data=_in_the_axis(file.data, rng))
    is_plain = _suffix(file) in (".csv", ".txt")
    spoil = spoiling.cut_in_a_number if is_plain else spoiling.cut
    return replace(file, data=spoil(file.data, rng))


_in_the_axis = spoiling.by_lines(lambda lines, at: [*lines[:at], lines[at][: len(lines[at].rstrip()) // 3]])
"""Break off within the first number of a row: two columns cut behind a whole number are a shorter curve."""


def _lines(change: Callable[[list[str], int], list[str]]) -> Callable[[LabFile, np.random.Generator], LabFile | None]:
    def spoil(file: LabFile, rng: np.random.Generator) -> LabFile | None:
        if _suffix(file) not in (".ras", ".jdx", ".xy") and file.modality != "Raman":
            return None
        return replace(file, data=spoiling.by_lines(change)(file.data, rng))

    return spoil


def _columns(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Exchange the axis with the last column, under the same names."""
    cells = number_cells(file.data) if _suffix(file) == ".xy" else None
    if cells is None or not cells.names:
        return None
    return replace(file, data=cells.exchanged(0, len(cells.names) - 1))


def _unit(file: LabFile, _: np.random.Generator) -> LabFile | None:
    pattern, factor = _UNITS.get(file.modality, ("", 1.0))
    data, is_changed = file.data, False
    cells = number_cells(data) if pattern else None
    for at, name in enumerate(cells.names if cells else ()):
        again = number_cells(data)
        if again is not None and re.search(pattern, name, re.I):
            data, is_changed = again.with_column(at, again.column(at) * factor), True
    return replace(file, data=data) if is_changed else None


def _signal(
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray | None], modalities: tuple[str, ...]
) -> Callable[[LabFile, np.random.Generator], LabFile | None]:
    """Change the numbers that were measured, of a file of one curve."""

    def spoil(file: LabFile, rng: np.random.Generator) -> LabFile | None:
        cells = number_cells(file.data) if file.modality in modalities and _suffix(file) != ".jdx" else None
        if cells is None:
            return None
        at = min(1, len(cells.rows[0]) - 1)
        changed = change(cells.column(at), rng)
        return None if changed is None else replace(file, data=cells.with_column(at, changed))

    return spoil


def _flat(values: np.ndarray, _: np.random.Generator) -> np.ndarray:
    return np.full(values.shape, float(np.round(np.median(values))))


def _saturated(values: np.ndarray, _: np.random.Generator) -> np.ndarray | None:
    """Cut peaks off; where they stand on much light besides, nobody can tell."""
    low, middle, high = (float(np.quantile(values, share)) for share in (0, 0.5, 0.995))  # a spike is no peak
    top = np.floor(middle + 0.5 * (high - middle))
    return np.minimum(values, top) if middle - low < 0.4 * (top - low) else None


def _storm(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    hit = rng.random(len(values)) < _SPIKES
    return np.asarray(values + hit * np.ptp(values) * rng.uniform(0.5, 3, len(values)))


def _empty(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    return replace(file, data=(b"", b"\r\n\r\n")[int(rng.integers(2))])


def _other_content(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    if _suffix(file) not in (".csv", ".txt"):
        return None
    return replace(file, data=(spoiling.word_document(), spoiling.program(rng))[int(rng.integers(2))])


def _locked(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    if _suffix(file) != ".csv":
        return None
    name = str(PurePath(file.name).with_suffix(".xlsx"))
    return replace(file, name=name, data=spoiling.locked_workbook(rng))


def _header_lies(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    for pattern in (rb'(MEAS_DATA_COUNT ")(\d+)', rb"(##NPOINTS=)(\d+)"):
        if re.search(pattern, file.data):
            return replace(file, data=spoiling.lying(pattern)(file.data, rng))
    return None


def _renamed(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Give a copy another specimen's name, outside only: the same bytes."""
    return _of_other(file, _neighbour(file.labels[0]), outside=True, inside=False)


def _relabelled(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Give a copy another specimen's name, outside and inside: other bytes, the same numbers."""
    return _of_other(file, _neighbour(file.labels[0]), outside=True, inside=True)


def _contradicting(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Write another specimen's name inside: someone measured with the name of the one before still in the form."""
    return _of_other(file, _neighbour(file.labels[0]), outside=False, inside=True)


def _unknown(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Name a specimen that nobody made, outside and inside."""
    return _of_other(file, re.sub(r"-C\d", "-C9", file.labels[0]), outside=True, inside=True)


def _of_other(file: LabFile, label: str, *, outside: bool, inside: bool) -> LabFile | None:
    own = file.labels[0]
    if label == own or len(label) != len(own) or len(file.labels) > 1:
        return None
    encoding = "utf-16-le" if file.data.startswith(b"\xff\xfe") else "latin-1"
    data = file.data.replace(own.encode(encoding), label.encode(encoding)) if inside else file.data
    if inside and (data == file.data or (_suffix(file) == ".tif" and not outside)):
        return None  # nothing inside says whose it is, or no reader asks it
    name = file.name.replace(own, label) if outside else file.name
    return replace(file, name=name, labels=(label,) if outside else file.labels, data=data)


def _neighbour(label: str) -> str:
    """Return the specimen of the next proposal: ``PP01-C003-02-S1`` for ``PP01-C003-01-S1``."""
    found = re.search(r"-C\d{3}-0(\d)", label)
    if not found:
        return label
    return label[: found.start(1)] + str(int(found[1]) % 4 + 1) + label[found.end(1) :]


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
        spoil=_truncated,
    ),
    "lines lost": Fault(told="lines are missing", words=_NOT_AS_SAID, spoil=_lines(spoiling.lost)),
    "lines doubled": Fault(told="lines stand there twice", words=_NOT_AS_SAID, spoil=_lines(spoiling.doubled)),
    "lines exchanged": Fault(told="lines stand in another order", words=_NOT_AS_SAID, spoil=_lines(spoiling.exchanged)),
    "columns exchanged": Fault(
        told="columns stand under each other's names",
        words=("out of range", "unit suspected", "turns back", "is no axis"),
        spoil=_columns,
    ),
    "wrong unit": Fault(
        told="numbers stand in another unit than is written", words=("out of range", "unit suspected"), spoil=_unit
    ),
    "flat": Fault(told="nothing was measured", words=("flat",), spoil=_signal(_flat, ("WAXS", "Raman"))),
    "saturated": Fault(
        told="the detector was at its end: measure with less",
        words=("saturated",),
        spoil=_signal(_saturated, ("WAXS", "Raman")),
    ),
    "spike storm": Fault(
        told="spikes all over: the detector or the line is disturbed",
        words=("jumps", "spike", "break in the curve", "goes up and down"),
        spoil=_signal(_storm, _SPECTRA),
    ),
    "empty": Fault(
        told="the file is empty: export it again",
        words=("empty", "no table", "no reader knows", "no profile knows"),
        spoil=_empty,
    ),
    "wrong extension": Fault(
        told="the file is not what its name says",
        words=("its name", "Word document", "no reader knows"),
        spoil=_other_content,
    ),
    "workbook locked": Fault(told="the workbook asks for a password", words=("password",), spoil=_locked),
    "header lies": Fault(
        told="the file holds another number of points than it says", words=("points",), spoil=_header_lies
    ),
    "duplicate renamed": Fault(
        told="another specimen has the same data", words=("duplicate",), spoil=_renamed, needs_campaign=True
    ),
    "same numbers": Fault(
        told="another specimen has the same numbers", words=("duplicate",), spoil=_relabelled, needs_campaign=True
    ),
    "contradicting ids": Fault(
        told="name and header speak of different specimens", words=("says",), spoil=_contradicting, needs_campaign=True
    ),
    "unknown specimen": Fault(
        told="nobody made a specimen of that name", words=("has no",), spoil=_unknown, needs_campaign=True
    ),
}
"""Faults by kind."""
