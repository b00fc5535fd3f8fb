"""The files of a laboratory: clean ones with the blemishes that instruments and people give them. Seeded; none is real.

Every file is named by its specimen and what was done, ``PP01-C001-02-S1 ftir.jdx``, as a laboratory is asked to.
`faults.py` spoils them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from benchmarks.ingest.files import png, ras, tiff
from campaigns.polypropylene.laboratory.writing.jcamp import jcamp_of

__all__ = ["KINDS", "LabFile", "clean_files", "waxs_files", "write_clean"]

_N_WAXS = 9500
_FORMS = ("AFFN", "SQZ", "DIF", "DUP")


@dataclass(frozen=True, kw_only=True)
class LabFile:
    """One file: whose it is, of which kind, and its bytes."""

    specimen: str
    kind: str
    suffix: str
    data: bytes

    @property
    def name(self) -> str:
        """As the laboratory calls it."""
        return f"{self.specimen} {self.kind}{self.suffix}"


def specimen_id(number: int) -> str:
    """Name the specimen of a number: four proposals a cycle."""
    return f"PP01-C{number // 4 + 1:03d}-{number % 4 + 1:02d}-S1"


def write_clean(folder: Path, n: int = 450, seed: int = 1) -> list[Path]:
    """Write n clean files into a folder, every kind in turn."""
    return [_written(folder, file) for file in clean_files(n, seed)]


def clean_files(n: int, seed: int) -> list[LabFile]:
    """Make n clean files, every kind in turn."""
    kinds = list(KINDS)
    return [
        KINDS[kinds[i % len(kinds)]](np.random.default_rng([seed, i]), specimen_id(i // len(kinds))) for i in range(n)
    ]


def waxs_files(folder: Path, n: int = 450, seed: int = 1) -> list[Path]:
    """Write n diffractograms of 9500 points each, in three formats in turn."""
    kinds = ("waxs xrdml", "waxs ras", "waxs xy")
    return [_written(folder, KINDS[kinds[i % 3]](np.random.default_rng([seed, i]), specimen_id(i))) for i in range(n)]


def _written(folder: Path, file: LabFile) -> Path:
    path = folder / file.name
    path.write_bytes(file.data)
    return path


def truth(specimen: str, kind: str) -> np.random.Generator:
    """Draw what a specimen is from its name: repeats of one measurement differ by noise and mounting only."""
    return np.random.default_rng(crc32(f"{specimen} {kind}".encode()))


def diffractogram(rng: np.random.Generator, n: int = _N_WAXS, specimen: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Two theta in degrees, 5 to 100, and whole counts: polypropylene with some talc; no counts at all behind 90."""
    x = np.round(5 + 0.01 * np.arange(n), 4)
    what = truth(specimen, "waxs") if specimen else rng
    height, width = what.uniform(200, 4000) * rng.uniform(0.97, 1.03), what.uniform(0.12, 0.3)
    lines = ((14.1, 1.0), (16.9, 0.7), (18.5, 0.5), (21.3, 0.6), (21.9, 0.65), (9.45, 0.15), (28.6, 0.2))
    mean = sum(height * share * np.exp(-(((x - at) / width) ** 2)) for at, share in lines)
    mean = mean + height * 0.3 * np.exp(-(((x - 18) / 6) ** 2)) + what.uniform(0.2, 60)
    if what.random() < 0.3:
        mean = np.where(x > 90, 0.0, mean)
    return x, rng.poisson(mean).astype(float)


def spectrum(rng: np.random.Generator, x: np.ndarray, noise: float = 4e-4) -> np.ndarray:
    """Absorbance over wavenumbers: lines of polypropylene on a drifting baseline."""
    lines = ((2950, 14, 0.9), (2917, 12, 1.0), (2838, 11, 0.6), (1456, 10, 0.5), (1376, 8, 0.6), (1167, 9, 0.2))
    lines += ((998, 6, 0.17), (973, 6, 0.19), (841, 7, 0.14), (1017, 30, float(rng.uniform(0, 0.4))))
    y = sum(h / (1 + ((x - c) / w) ** 2) for c, w, h in lines) * rng.uniform(0.2, 0.8)
    return np.asarray(y + 0.02 + rng.uniform(-4e-6, 8e-6) * (x - 400) + rng.normal(0, noise, len(x)))


def text(rng: np.random.Generator, lines: Sequence[str], columns: Sequence[np.ndarray], forms: Sequence[str]) -> bytes:
    """Write a preamble, a row of names (the last line) and rows of numbers, with ordinary blemishes.

    Names are parted by bars in `lines`; every mark of the text is chosen by chance: what parts its cells, its decimal
    mark, its encoding, its line ends, blanks around numbers, empty lines at the end, a missing cell beside the axis.
    """
    by, mark = ((";", ","), (";", "."), ("\t", "."), ("\t", ","), (",", "."))[int(rng.integers(5))]
    encoding = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-8", "shift-jis")[int(rng.integers(6))]
    end = ("\n", "\r\n", "\r\n", "\r")[int(rng.integers(4))]
    pad = rng.random() < 0.2
    hole = int(rng.integers(5, len(columns[0]) - 5)) if rng.random() < 0.2 and len(columns) > 2 else -1
    rows = []
    for i, row in enumerate(zip(*columns, strict=True)):
        cells = [(form % value).replace(".", mark) for form, value in zip(forms, row, strict=True)]
        if i == hole:
            cells[-1] = ""
        rows.append(by.join(f"{cell:>12}" if pad and cell else cell for cell in cells))
    head = [*lines[:-1], lines[-1].replace("|", by)]
    if encoding == "shift-jis":
        head = [*(["測定者: 田中"] if rng.random() < 0.5 else []), *(line.replace("°C", "℃") for line in head)]
    body = end.join([*head, *rows]) + end * int(rng.integers(1, 4))
    return body.encode(encoding, "strict")


def _waxs_xrdml(rng: np.random.Generator, specimen: str) -> LabFile:
    x, y = diffractogram(rng, specimen=specimen)
    counts = " ".join(f"{value:.0f}" for value in y)
    data = f"""<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.6" status="Completed">
<sample type="To be analyzed">
<id>{specimen}</id>
</sample>
<xrdMeasurement measurementType="Scan" status="Completed">
<usedWavelength intended="K-Alpha 1">
<kAlpha1 unit="Angstrom">1.5405980</kAlpha1>
</usedWavelength>
<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
<dataPoints>
<positions axis="2Theta" unit="deg">
<startPosition>{x[0]:.5f}</startPosition>
<endPosition>{x[-1]:.5f}</endPosition>
</positions>
<positions axis="Omega" unit="deg">
<startPosition>{x[0] / 2:.5f}</startPosition>
<endPosition>{x[-1] / 2:.5f}</endPosition>
</positions>
<commonCountingTime unit="seconds">20.000</commonCountingTime>
<intensities unit="counts">{counts}</intensities>
</dataPoints>
</scan>
</xrdMeasurement>
</xrdMeasurements>
"""
    return LabFile(specimen=specimen, kind="waxs", suffix=".xrdml", data=data.encode())


def _waxs_ras(rng: np.random.Generator, specimen: str) -> LabFile:
    data = ras(points=diffractogram(rng, specimen=specimen), FILE_SAMPLE=specimen)
    return LabFile(specimen=specimen, kind="waxs", suffix=".ras", data=data)


def _waxs_xy(rng: np.random.Generator, specimen: str) -> LabFile:
    x, y = diffractogram(rng, specimen=specimen)
    lines = [f"Sample: {specimen}", "2theta (°)|Intensity (counts)"]
    return LabFile(specimen=specimen, kind="waxs", suffix=".xy", data=text(rng, lines, (x, y), ("%.2f", "%.0f")))


def _ftir(rng: np.random.Generator, specimen: str) -> LabFile:
    x = np.linspace(4000.0, 400.0, 1801)
    y = spectrum(rng, x)
    data = jcamp_of(
        x, np.round(y / 2.5e-6).astype(int), title=specimen, form=_FORMS[int(rng.integers(4))], factor=2.5e-6
    )
    return LabFile(specimen=specimen, kind="ftir", suffix=".jdx", data=data)


def _raman(rng: np.random.Generator, specimen: str) -> LabFile:
    x = np.linspace(200.0, 3200.0, 1501)
    lines = ((809, 1.0), (841, 0.7), (973, 0.4), (1152, 0.5), (1330, 0.5), (1460, 0.8), (2883, 2.0))
    mean = sum(h / (1 + ((x - c) / 6) ** 2) for c, h in lines) * rng.uniform(300, 3000) + rng.uniform(50, 400)
    lines_ = [f"Sample: {specimen}", "Laser: 785 nm", "Raman Shift (cm-1)|Intensity (counts)"]
    data = text(rng, lines_, (x, rng.poisson(mean + 1e-4 * (x - 200)).astype(float)), ("%.1f", "%.0f"))
    return LabFile(specimen=specimen, kind="raman", suffix=".txt", data=data)


def _program(rng: np.random.Generator, top: float, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Time in min and temperature in °C of a heating."""
    time = np.arange(0.0, (top - 30) / rate, 0.05)
    return time, 30 + rate * time + rng.normal(0, 0.005, len(time))


def _tg(rng: np.random.Generator, specimen: str) -> LabFile:
    time, temperature = _program(rng, 700, 20)
    share = rng.uniform(0.03, 0.35)
    mass = 100 * (share + (1 - share) / (1 + np.exp((temperature - 455) / 9))) + rng.normal(0, 0.002, len(time))
    lines = [f"Sample: {specimen}", "Instrument: TGA 2", "Sample mass: 10.21 mg", "Gas: N2", ""]
    lines += ["Time (min)|Temperature (°C)|Mass (%)"]
    data = text(rng, lines, (time, temperature, mass), ("%.4f", "%.3f", "%.4f"))
    return LabFile(specimen=specimen, kind="tg", suffix=".txt", data=data)


def _melting(specimen: str, temperature: np.ndarray) -> np.ndarray:
    what = truth(specimen, "dsc")
    depth, at = what.uniform(2, 4), what.uniform(160, 167)
    return np.asarray(-0.5 - depth * np.exp(-(((temperature - at) / 5) ** 2)) - 0.001 * temperature)


def _dsc(rng: np.random.Generator, specimen: str) -> LabFile:
    time, temperature = _program(rng, 230, 10)
    heat = _melting(specimen, temperature) + rng.normal(0, 0.002, len(time))
    lines = [f"Sample name: {specimen}", "Operator: Sato", "Sample mass: 5.12 mg", "Time (min)|Temperature (°C)|"]
    lines[-1] += "Heat Flow (mW)"
    data = text(rng, lines, (time, temperature, heat), ("%.4f", "%.3f", "%.5f"))
    return LabFile(specimen=specimen, kind="dsc", suffix=".txt", data=data)


def _gpc(rng: np.random.Generator, specimen: str) -> LabFile:
    log_mass = np.linspace(2.8, 6.8, 161)
    share = np.exp(-(((log_mass - rng.uniform(5.1, 5.5)) / 0.6) ** 2))
    lines = [f"Sample: {specimen}", "log M|dW/dlogM"]
    data = text(rng, lines, (log_mass, share), ("%.3f", "%.5f"))
    return LabFile(specimen=specimen, kind="gpc", suffix=".csv", data=data)


def _xrf(rng: np.random.Generator, specimen: str) -> LabFile:
    oxides = ("SiO2", "MgO", "CaO", "TiO2", "Fe2O3")
    what = truth(specimen, "xrf")
    shares, absent = what.uniform(0.02, 12, 5), int(what.integers(5))
    rows = ["Sample;" + ";".join(f"{oxide} (%)" for oxide in oxides)]
    for bar in range(1, 4):
        cells = [f"{value:.3f}" for value in shares * rng.normal(1, 0.02, 5)]
        cells[absent] = "<0.01"
        rows.append(f"{specimen} {bar};" + ";".join(cells))
    return LabFile(specimen=specimen, kind="xrf", suffix=".csv", data=("\r\n".join(rows) + "\r\n").encode("cp1252"))


def _tensile(rng: np.random.Generator, specimen: str) -> LabFile:
    n_bars, n = 5, 240
    names, units, columns, strength = [], [], [], truth(specimen, "tensile").uniform(24, 33)
    for bar in range(1, n_bars + 1):
        strain = np.linspace(0, rng.uniform(8, 40), n)
        stress = strength * rng.normal(1, 0.012) * (1 - np.exp(-strain / 2.1)) + rng.normal(0, 0.02, n)
        names += [f"Strain {bar}", f"Stress {bar}"]
        units += ["%", "MPa"]
        columns += [strain, stress]
    lines = [
        f"Sample: {specimen}",
        "Test speed: 50 mm/min",
        "|".join(f"{a} ({b})" for a, b in zip(names, units, strict=True)),
    ]
    data = text(np.random.default_rng(int(rng.integers(2**31))), lines, columns, ("%.4f",) * len(columns))
    return LabFile(specimen=specimen, kind="tensile", suffix=".csv", data=data)


def _table(
    quantity: str, unit: str, low: float, high: float, spread: float
) -> Callable[[np.random.Generator, str], LabFile]:
    def make(rng: np.random.Generator, specimen: str) -> LabFile:
        comma = rng.random() < 0.4
        by = ";" if comma else (";", "\t")[int(rng.integers(2))]
        rows = [by.join(("Specimen", f"{quantity} ({unit})", "Remark"))]
        what = truth(specimen, quantity).uniform(low, high)
        for bar in range(1, 6):
            number = f"{what * rng.normal(1, spread):.4f}"
            rows.append(
                by.join((f"{specimen} {bar}", number.replace(".", ",") if comma else number, "ok" * (bar == 2)))
            )
        data = (("\n", "\r\n")[int(rng.integers(2))].join(rows) + "\n").encode(("utf-8-sig", "utf-8")[int(comma)])
        return LabFile(specimen=specimen, kind=quantity.split()[0].lower(), suffix=".csv", data=data)

    return make


def _micrograph(suffix: str) -> Callable[[np.random.Generator, str], LabFile]:
    def make(rng: np.random.Generator, specimen: str) -> LabFile:
        grain = rng.normal(0, 20, (120, 160))
        pixels = (130 + 40 * np.sin(np.arange(160) / rng.uniform(5, 20)) + grain).clip(0, 255).astype(np.uint8)
        if suffix == ".png":
            return LabFile(specimen=specimen, kind="micrograph", suffix=suffix, data=png(pixels))
        options = {"resolution": (25_000, 25_000), "resolutionunit": "CENTIMETER"}
        return LabFile(specimen=specimen, kind="micrograph", suffix=suffix, data=tiff(pixels, **options))

    return make


def _workbook(rng: np.random.Generator, specimen: str) -> LabFile:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    time, temperature = _program(rng, 230, 10)
    rows: list[tuple[object, ...]] = [("Sample", specimen), (), ("Time (min)", "Temperature (°C)", "Heat flow (mW)")]
    heat = _melting(specimen, temperature) + rng.normal(0, 0.002, len(time))
    rows += [tuple(float(value) for value in row) for row in zip(time, temperature, heat, strict=True)]
    for row in rows:
        sheet.append(row)
    book.create_sheet("Notes").append(("measured in the morning",))
    buffer = io.BytesIO()
    book.save(buffer)
    return LabFile(specimen=specimen, kind="dsc", suffix=".xlsx", data=buffer.getvalue())


KINDS: dict[str, Callable[[np.random.Generator, str], LabFile]] = {
    "waxs xrdml": _waxs_xrdml,
    "waxs ras": _waxs_ras,
    "waxs xy": _waxs_xy,
    "ftir": _ftir,
    "raman": _raman,
    "tg": _tg,
    "dsc": _dsc,
    "gpc": _gpc,
    "xrf": _xrf,
    "tensile": _tensile,
    "density": _table("Density", "g/cm³", 0.89, 1.2, 0.001),
    "mfr": _table("MFR", "g/10min", 1.0, 40.0, 0.03),
    "ash": _table("Ash", "%", 0.1, 30.0, 0.02),
    "micrograph tiff": _micrograph(".tif"),
    "micrograph png": _micrograph(".png"),
    "dsc xlsx": _workbook,
}
"""Makers of clean files by kind."""
