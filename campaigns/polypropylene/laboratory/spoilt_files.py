"""Files of the laboratory spoilt in one way each: a file and a generator in, the spoilt file out.

None where a file cannot show it: a picture has no columns, a table of one row no spikes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath

import numpy as np

from campaigns.polypropylene.laboratory import spoiling
from campaigns.polypropylene.laboratory.number_cells import number_cells
from campaigns.polypropylene.laboratory.piece import LabFile

__all__ = [
    "SPECTRA",
    "FileSpoiler",
    "columns_exchanged",
    "contradicting",
    "empty",
    "flat",
    "in_another_unit",
    "locked",
    "of_other_content",
    "of_unknown_specimen",
    "relabelled",
    "renamed",
    "saturated",
    "spike_storm",
    "truncated",
    "with_lines",
    "with_lying_header",
    "with_signal",
]

FileSpoiler = Callable[[LabFile, np.random.Generator], LabFile | None]

SPECTRA = ("WAXS", "FT-IR", "Raman")
_TABLES = ("XRF", "density", "MFR")
_UNITS: Mapping[str, tuple[str, float]] = {
    "tensile": (r"stress", 1e6),  # Pa under MPa
    "density": (r"density", 1e3),  # kg/m³ under g/cm³
    "XRF": (r"o\d? \(%", 1e4),  # ppm under %
    "TG": (r"^mass|weight", 1e3),  # µg under mg
}
"""By modality: the columns that someone exported in another unit, under the same name, and the factor."""
_LEAST_TOLD = 0.02
_SPIKES = 0.03  # share of points that a storm of spikes hits


def _suffix(file: LabFile) -> str:
    return PurePath(file.name).suffix


def truncated(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    """Break a file off where it shows; the first rows of a table of results are a table still."""
    if file.modality in _TABLES or file.modality == "charpy":
        return None
    if _suffix(file) == ".xy" or file.modality == "Raman":
        return replace(file, data=_in_the_axis(file.data, rng))
    is_plain = _suffix(file) in (".csv", ".txt")
    spoil = spoiling.cut_in_a_number if is_plain else spoiling.cut
    return replace(file, data=spoil(file.data, rng))


_in_the_axis = spoiling.by_lines(lambda lines, at: [*lines[:at], lines[at][: len(lines[at].rstrip()) // 3]])
"""Break off within the first number of a row: two columns cut behind a whole number are a shorter curve."""


def with_lines(change: Callable[[list[str], int], list[str]]) -> FileSpoiler:
    """Return what changes lines of a curve over even steps."""

    def spoil(file: LabFile, rng: np.random.Generator) -> LabFile | None:
        if _suffix(file) not in (".ras", ".jdx", ".xy") and file.modality != "Raman":
            return None
        return replace(file, data=spoiling.by_lines(change)(file.data, rng))

    return spoil


def columns_exchanged(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Exchange the axis with the last column, under the same names."""
    cells = number_cells(file.data) if _suffix(file) == ".xy" else None
    if cells is None or not cells.names:
        return None
    return replace(file, data=cells.exchanged(0, len(cells.names) - 1))


def in_another_unit(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Write the numbers of some columns in another unit under the same names; shares too small to tell stay out."""
    pattern, factor = _UNITS.get(file.modality, ("", 1.0))
    data, is_changed = file.data, False
    cells = number_cells(data) if pattern else None
    for at, name in enumerate(cells.names if cells else ()):
        again = number_cells(data) if re.search(pattern, name, re.I) else None
        if again is not None:
            values = again.column(at)
            data, is_changed = again.with_column(at, values * factor), is_changed or bool((values > _LEAST_TOLD).any())
    return replace(file, data=data) if is_changed else None


def with_signal(
    change: Callable[[np.ndarray, np.random.Generator], np.ndarray | None], modalities: tuple[str, ...]
) -> FileSpoiler:
    """Change the numbers that were measured, of a file of one curve."""

    def spoil(file: LabFile, rng: np.random.Generator) -> LabFile | None:
        cells = number_cells(file.data) if file.modality in modalities and _suffix(file) != ".jdx" else None
        if cells is None:
            return None
        at = min(1, len(cells.rows[0]) - 1)
        changed = change(cells.column(at), rng)
        return None if changed is None else replace(file, data=cells.with_column(at, changed))

    return spoil


def flat(values: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Return one number throughout: the shutter was closed."""
    return np.full(values.shape, float(np.round(np.median(values))))


def saturated(values: np.ndarray, _: np.random.Generator) -> np.ndarray | None:
    """Cut peaks off; where they stand on much light besides, nobody can tell."""
    low, middle, high = (float(np.quantile(values, share)) for share in (0, 0.5, 0.995))  # a spike is no peak
    top = np.floor(middle + 0.5 * (high - middle))
    return np.minimum(values, top) if middle - low < 0.4 * (top - low) else None


def spike_storm(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hit one point in thirty."""
    hit = rng.random(len(values)) < _SPIKES
    return np.asarray(values + hit * np.ptp(values) * rng.uniform(0.5, 3, len(values)))


def empty(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    """Leave nothing, or blank lines."""
    return replace(file, data=(b"", b"\r\n\r\n")[int(rng.integers(2))])


def of_other_content(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    """Put a text document or a program under the name of a table."""
    if _suffix(file) not in (".csv", ".txt"):
        return None
    return replace(file, data=(spoiling.word_document(), spoiling.program(rng))[int(rng.integers(2))])


def locked(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    """Put a workbook behind a password in the place of a table."""
    if _suffix(file) != ".csv":
        return None
    name = str(PurePath(file.name).with_suffix(".xlsx"))
    return replace(file, name=name, data=spoiling.locked_workbook(rng))


def with_lying_header(file: LabFile, rng: np.random.Generator) -> LabFile | None:
    """Change the number of points that a header states."""
    for pattern in (rb'(MEAS_DATA_COUNT ")(\d+)', rb"(##NPOINTS=)(\d+)"):
        if re.search(pattern, file.data):
            return replace(file, data=spoiling.lying(pattern)(file.data, rng))
    return None


def renamed(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Give a copy another specimen's name, outside only: the same bytes."""
    return _of_other(file, _neighbour(file.labels[0]), outside=True, inside=False)


def relabelled(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Give a copy another specimen's name, outside and inside: other bytes, the same numbers."""
    return _of_other(file, _neighbour(file.labels[0]), outside=True, inside=True)


def contradicting(file: LabFile, _: np.random.Generator) -> LabFile | None:
    """Write another specimen's name inside: someone measured with the name of the one before still in the form."""
    return _of_other(file, _neighbour(file.labels[0]), outside=False, inside=True)


def of_unknown_specimen(file: LabFile, _: np.random.Generator) -> LabFile | None:
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
