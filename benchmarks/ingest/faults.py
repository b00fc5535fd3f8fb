"""Spoil the files of a laboratory: each fault planted in a clean file, with the words by which it has to be held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.ingest.files import png, ras
from benchmarks.ingest.laboratory import KINDS as CLEAN
from benchmarks.ingest.laboratory import LabFile, diffractogram, specimen_id, spectrum
from campaigns.polypropylene.laboratory.spoiling import (
    by_lines,
    cut,
    cut_in_a_number,
    damaged_inside,
    doubled,
    exchanged,
    locked_workbook,
    lost,
    lying,
    program,
    word_document,
)
from campaigns.polypropylene.laboratory.writing.jcamp import jcamp_of

__all__ = ["CAMPAIGN", "FAULTS", "Planted", "write_faults"]

CAMPAIGN = ("duplicate renamed", "same numbers", "contradicting ids", "unknown specimen")
"""Faults that only a campaign can tell: reading one file by itself cannot."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A spoilt file: what was planted, and the words of which one has to stand in the reason."""

    path: Path
    kind: str
    reasons: tuple[str, ...]

    @property
    def needs_campaign(self) -> bool:
        """True where other files or the campaign's specimens are needed to tell."""
        return self.kind in CAMPAIGN


Spoiler = Callable[[np.random.Generator, str], LabFile]


def write_faults(folder: Path, n: int = 200, seed: int = 2) -> list[Planted]:
    """Write n spoilt files into a folder, every fault in turn."""
    kinds = list(FAULTS)
    found = []
    for i in range(n):
        kind = kinds[i % len(kinds)]
        makers, reasons = FAULTS[kind]
        rng = np.random.default_rng([seed, i])
        file = makers[(i // len(kinds)) % len(makers)](rng, specimen_id(200 + i))
        path = folder / file.name
        path.write_bytes(file.data)
        found.append(Planted(path=path, kind=kind, reasons=reasons))
        if kind in ("duplicate renamed", "same numbers"):
            other = folder / f"{specimen_id(600 + i)} {file.kind}{file.suffix}"
            data = file.data if kind == "duplicate renamed" else file.data.replace(b"\r\n", b"\n") + b"\n"
            other.write_bytes(data)
    return found


def _made(file: LabFile, data: bytes, suffix: str = "") -> LabFile:
    return LabFile(specimen=file.specimen, kind=file.kind, suffix=suffix or file.suffix, data=data)


def _spoilt(kind: str, spoil: Callable[[bytes, np.random.Generator], bytes]) -> Spoiler:
    def make(rng: np.random.Generator, specimen: str) -> LabFile:
        file = CLEAN[kind](rng, specimen)
        return _made(file, spoil(file.data, rng))

    return make


def _columns(kind: str) -> Spoiler:
    """Exchange the columns' numbers under the same names: of a text, the first and the last."""

    def make(rng: np.random.Generator, specimen: str) -> LabFile:
        if kind == "xy":
            x, y = diffractogram(rng)
            rows = "".join(f"{b:.0f},{a:.2f}\n" for a, b in zip(x, y, strict=True))
            data = f"Sample: {specimen}\n2theta (°),Intensity (counts)\n{rows}"
            return LabFile(specimen=specimen, kind="waxs", suffix=".xy", data=data.encode())
        temperature = 30 + 0.5 * np.arange(1300)
        mass = 10 + 90 / (1 + np.exp((temperature - 455) / 9))
        rows = "".join(
            f"{k * 0.025:.4f},{m:.3f},{t:.3f}\n" for k, (t, m) in enumerate(zip(temperature, mass, strict=True))
        )
        data = f"Sample: {specimen}\nTime (min),Temperature (°C),Mass (%)\n{rows}"
        return LabFile(specimen=specimen, kind="tg", suffix=".csv", data=data.encode())

    return make


def _unit(kind: str) -> Spoiler:
    """Write numbers of one unit under another."""

    def make(rng: np.random.Generator, specimen: str) -> LabFile:
        if kind == "transmittance":
            x = np.linspace(400, 4000, 1801)
            y = 100 * 10 ** -spectrum(rng, x)
            rows = "".join(f"{a:.1f},{b:.4f}\n" for a, b in zip(x, y, strict=True))
            data = f"Sample: {specimen}\nWavenumber (cm-1),Transmittance (-)\n{rows}"
        elif kind == "density":
            rows = "".join(f"{specimen} {k};{rng.uniform(890, 1200):.1f}\n" for k in range(1, 6))
            data = f"Specimen;Density (g/cm³)\n{rows}"
        elif kind == "stress":
            strain = np.linspace(0, 20, 240)
            rows = "".join(f"{e:.4f},{3.1e7 * (1 - np.exp(-e / 2.1)):.1f}\n" for e in strain)
            data = f"Sample: {specimen}\nStrain (%),Stress (MPa)\n{rows}"
        else:
            rows = "".join(f"{specimen} {k};{rng.uniform(2e4, 9e4):.0f}\n" for k in range(1, 6))
            data = f"Specimen;CaO (%)\n{rows}"
        return LabFile(specimen=specimen, kind=kind, suffix=".csv", data=data.encode())

    return make


def _flat(kind: str) -> Spoiler:
    def make(rng: np.random.Generator, specimen: str) -> LabFile:
        if kind == "waxs":
            x, _ = diffractogram(rng)
            data = ras(points=(x, np.full(len(x), float(rng.integers(1, 50)))), FILE_SAMPLE=specimen)
            return LabFile(specimen=specimen, kind="waxs", suffix=".ras", data=data)
        x = np.linspace(4000.0, 400.0, 1801)
        return LabFile(
            specimen=specimen, kind="ftir", suffix=".jdx", data=jcamp_of(x, np.full(1801, 400), title=specimen)
        )

    return make


def _saturated(kind: str) -> Spoiler:
    def make(rng: np.random.Generator, specimen: str) -> LabFile:
        if kind == "waxs":
            x, y = diffractogram(rng)
            top = np.floor(0.5 * y.max())
            data = ras(points=(x, np.minimum(y, top)), FILE_SAMPLE=specimen)
            return LabFile(specimen=specimen, kind="waxs", suffix=".ras", data=data)
        x = np.linspace(4000.0, 400.0, 1801)
        y = spectrum(rng, x)
        y = np.round(np.minimum(y, 0.5 * y.max()) / 2.5e-6).astype(int)
        return LabFile(
            specimen=specimen, kind="ftir", suffix=".jdx", data=jcamp_of(x, y, title=specimen, factor=2.5e-6)
        )

    return make


def _bytes(kind: str, suffix: str, data: Callable[[np.random.Generator], bytes]) -> Spoiler:
    return lambda rng, specimen: LabFile(specimen=specimen, kind=kind, suffix=suffix, data=data(rng))


def _named_otherwise(rng: np.random.Generator, specimen: str) -> LabFile:
    file = CLEAN["waxs ras"](rng, specimen_id(7))
    return LabFile(specimen=specimen, kind=file.kind, suffix=file.suffix, data=file.data)


def _unknown(rng: np.random.Generator, specimen: str) -> LabFile:
    return CLEAN["ftir"](rng, specimen.replace("PP01-C0", "PP01-C9"))


_OUT_OF_RANGE = ("out of range", "unit suspected")
_NOT_AS_SAID = (
    "does not hold what it says",
    "turns back",
    "falls after",
    "repeats",
    "jumps",
    "break in the curve",
    "damaged",
    "is no ",
    "even steps",
)
FAULTS: Mapping[str, tuple[tuple[Spoiler, ...], tuple[str, ...]]] = {
    "truncated": (
        (
            _spoilt("waxs xrdml", cut),
            _spoilt("waxs ras", cut),
            _spoilt("ftir", cut),
            _spoilt("tg", cut_in_a_number),
            _spoilt("micrograph png", cut),
            _spoilt("micrograph tiff", cut),
            _spoilt("dsc xlsx", cut),
        ),
        (
            *("does not hold what it says", "no sound XML", "breaks off", "cells", "cut", "workbook", "lie at byte"),
            *("END", "is no ", "points", "chunk", "decoded", "values", "has no", "byte"),
        ),
    ),
    "lines lost": (
        tuple(_spoilt(kind, by_lines(lost)) for kind in ("waxs ras", "ftir", "waxs xy", "raman")),
        _NOT_AS_SAID,
    ),
    "lines doubled": (
        tuple(_spoilt(kind, by_lines(doubled)) for kind in ("waxs ras", "ftir", "waxs xy", "raman", "tg", "dsc")),
        _NOT_AS_SAID,
    ),
    "lines exchanged": (
        tuple(_spoilt(kind, by_lines(exchanged)) for kind in ("waxs ras", "ftir", "waxs xy", "raman", "tg", "dsc")),
        _NOT_AS_SAID,
    ),
    "columns exchanged": ((_columns("xy"), _columns("tg")), (*_OUT_OF_RANGE, "turns back", "is no axis")),
    "wrong unit": (tuple(map(_unit, ("transmittance", "density", "stress", "xrf"))), _OUT_OF_RANGE),
    "flat": ((_flat("waxs"), _flat("ftir")), ("flat",)),
    "saturated": ((_saturated("waxs"), _saturated("ftir")), ("saturated",)),
    "empty": (
        (
            _bytes("tg", ".csv", lambda _: b""),
            _bytes("ftir", ".jdx", lambda _: b"\r\n\r\n"),
            _bytes("dsc", ".csv", lambda _: b"Time (min);Temperature (\xb0C);Heat flow (mW)\r\n"),
        ),
        ("empty", "no table", "no reader knows", "no profile knows"),
    ),
    "wrong extension": (
        (
            _bytes("tg", ".csv", lambda _: png()),
            _bytes("report", ".docx", lambda _: word_document()),
            _bytes("setup", ".exe", program),
            _bytes("dsc", ".csv", lambda _: word_document()),
        ),
        ("its name", "Word document", "no reader knows"),
    ),
    "workbook locked or broken": (
        (_bytes("dsc", ".xlsx", locked_workbook), _spoilt("dsc xlsx", damaged_inside)),
        ("password", "not a readable workbook"),
    ),
    "header lies": (
        (
            _spoilt("waxs ras", lying(rb'(MEAS_DATA_COUNT ")(\d+)')),
            _spoilt("ftir", lying(rb"(##NPOINTS=)(\d+)")),
        ),
        ("points",),
    ),
    "duplicate renamed": ((CLEAN["waxs ras"], CLEAN["ftir"], CLEAN["tg"]), ("duplicate",)),
    "same numbers": ((CLEAN["waxs ras"], CLEAN["ftir"]), ("duplicate",)),
    "contradicting ids": ((_named_otherwise,), ("says",)),
    "unknown specimen": ((_unknown,), ("has no",)),
}
"""Spoilers by fault, and words of which one has to stand in the reason why the file is held."""
