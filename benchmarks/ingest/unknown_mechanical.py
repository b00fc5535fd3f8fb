"""Tensile tests and dynamic ones as testing machines export them, from numbers that are known."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.unknown_numbers import rounded, spelled, written
from benchmarks.ingest.unknown_truth import Export, Piece

__all__ = ["bars", "more_mechanical"]

N = 120
M = 90


def _bar(k: int, n: int = N) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return strain in %, force in N and travel in mm."""
    strain = 0.11 * np.arange(n)
    return rounded(strain, 4), rounded(40 * (30 + k) * (1 - np.exp(-strain / 1.9)), 3), rounded(1.15 * strain, 4)


def bars() -> Iterator[Export]:
    """Tensile tests."""
    lengths = (N, N - 7, N - 31)
    three = [_bar(k, n) for k, n in enumerate(lengths)]
    cells = []
    for i in range(N):
        row = []
        for strain, force, travel in three:
            row += (
                [spelled(force[i], 3, ","), spelled(travel[i], 4, ","), spelled(strain[i], 4, ",")]
                if i < len(strain)
                else [""] * 3
            )
        cells.append("\t".join(row))
    text = (
        (
            "Prüfnorm:\tISO 527-2\r\nMaterial:\tPP-C14\r\n"
            "Prüfgeschwindigkeit:\t50\tmm/min\r\n\r\n"
            "Probe 1\t\t\tProbe 2\t\t\tProbe 3\t\t\r\n"
        )
        + "\t".join(["Standardkraft", "Standardweg", "Dehnung"] * 3)
        + "\r\n"
        + "\t".join(["N", "mm", "%"] * 3)
        + "\r\n"
        + "\r\n".join(cells)
        + "\r\n"
    )
    yield Export(
        name="zugversuch.txt",
        imitates="tensile, UTF-16 LE, German, bars of unequal length beside each other, row of units",
        data=b"\xff\xfe" + text.encode("utf-16-le"),
        modality="tensile",
        pieces=[
            Piece(
                label=f"Probe {k}",
                channels={("force", "N"): f, ("crosshead", "mm"): w, ("strain", "%"): e},
                conditions={"speed": (50, "mm/min")},
            )
            for k, (e, f, w) in enumerate(three, start=1)
        ],
    )
    blocks = ""
    for k, (strain, force, travel) in enumerate(three, start=1):
        blocks += (
            f'"Specimen {k}"\r\n"Specimen label","PP-C14-{k}"\r\n"Width","10.0{k}","mm"\r\n'
            '"Thickness","4.02","mm"\r\n\r\n"Time","Extension","Load","Tensile strain"\r\n'
            '"(s)","(mm)","(N)","(%)"\r\n'
        )
        blocks += "".join(
            f'"{0.1 * i:.2f}","{w:.4f}","{f:,.3f}","{e:.4f}"\r\n'
            for i, (w, f, e) in enumerate(zip(travel, force, strain, strict=True))
        )
        blocks += "\r\n"
    yield Export(
        name="bluehill_raw.csv",
        imitates="tensile, quoted numbers with thousands grouped, a block a specimen",
        data=blocks.encode(),
        modality="tensile",
        pieces=[
            Piece(
                specimen=f"PP-C14-{k}",
                channels={
                    ("time", "s"): rounded(0.1 * np.arange(len(e)), 2),
                    ("extension", "mm"): w,
                    ("force", "N"): f,
                    ("strain", "%"): e,
                },
                conditions={"width": (10 + 0.01 * k, "mm"), "thickness": (4.02, "mm")},
            )
            for k, (e, f, w) in enumerate(three, start=1)
        ],
    )
    rows = []
    for i in range(N):
        row = []
        for strain, force, travel in three:
            row += [f"{0.05 * i:.2f}", f"{force[i]:.3f}", f"{travel[i]:.4f}"] if i < len(strain) else ["", "", ""]
        rows.append(",".join(row))
    text = (
        "試験日,2025/06/12\r\n試験速度,50mm/min\r\n試験片名,PP-C14\r\n\r\nC14-1,,,C14-2,,,C14-3,,\r\n"
        + ",".join(["時間", "試験力", "ストローク"] * 3)
        + "\r\n"
        + ",".join(["sec", "N", "mm"] * 3)
        + "\r\n"
        + "\r\n".join(rows)
        + "\r\n"
    )
    yield Export(
        name="trapezium.csv",
        imitates="tensile, Shift-JIS, names of bars over column triples",
        data=text.encode("cp932"),
        modality="tensile",
        pieces=[
            Piece(
                label=f"C14-{k}",
                channels={
                    ("time", "s"): rounded(0.05 * np.arange(len(e)), 2),
                    ("force", "N"): f,
                    ("crosshead", "mm"): w,
                },
            )
            for k, (e, f, w) in enumerate(three, start=1)
        ],
    )
    e, f, w = three[0]
    yield Export(
        name="testxpert.csv",
        imitates="tensile, byte-order mark, semicolons, decimal comma",
        data=b"\xef\xbb\xbf"
        + (
            (
                "Probenbezeichnung;PP-C15\r\nProbenbreite;10,02;mm\r\nProbendicke;4,01;mm\r\n"
                "Versuchsart;Zug\r\n\r\nDehnung in %;Spannung in MPa\r\n"
            )
            + written([e, rounded(f / 40.18, 4)], [4, 4], ";", ",", "\r\n")
            + "\r\n"
        ).encode(),
        modality="tensile",
        pieces=[
            Piece(
                specimen="PP-C15",
                channels={("strain", "%"): e, ("stress", "MPa"): rounded(f / 40.18, 4)},
                conditions={"width": (10.02, "mm"), "thickness": (4.01, "mm")},
            )
        ],
    )
    big = rounded(1000 + f * 3, 2)
    grouped = "".join(
        f"{spelled(a, 3, ',')};{b:,.2f}\n".replace(",", "\0").replace(".", "\0\0")
        if False
        else f"{spelled(a, 3, ',')};" + f"{b:,.2f}".translate(str.maketrans(",.", ".,")) + "\n"
        for a, b in zip(rounded(w, 3), big, strict=True)
    )
    yield Export(
        name="tausender.csv",
        imitates="tensile, thousands grouped with points: 1.234,56",
        data=("Probe;PP-C16\nWeg [mm];Kraft [N]\n" + grouped).encode("cp1252"),
        modality="tensile",
        pieces=[Piece(specimen="PP-C16", channels={("crosshead", "mm"): rounded(w, 3), ("force", "N"): big})],
    )


def more_mechanical() -> Iterator[Export]:
    """More of them."""
    k = np.arange(M)
    strain, stress = rounded(0.1 * k, 3), rounded(30 * (1 - np.exp(-0.1 * k)), 3)
    modulus, loss = rounded(2100 - 12.5 * k, 2), rounded(90 + 20 * np.exp(-(((k - 40) / 9) ** 2)), 3)
    temp, tan = rounded(-60 + 2.0 * k, 1), rounded((90 + 20 * np.exp(-(((k - 40) / 9) ** 2))) / (2100 - 12.5 * k), 5)
    yield Export(
        name="dma.txt",
        imitates="DMA, a modality that nothing is known of",
        data=(
            "Sample name: PP-C14\nFrequency: 1 Hz\n\nTemp./°C\tE'/MPa\tE''/MPa\ttan d\n"
            + "".join(
                f"{a:.1f}\t{b:.2f}\t{c:.3f}\t{d:.5f}\n" for a, b, c, d in zip(temp, modulus, loss, tan, strict=True)
            )
        ).encode(),
        modality="",
        pieces=[
            Piece(
                specimen="PP-C14",
                channels={
                    ("temperature", "°C"): temp,
                    ("storage_modulus", "MPa"): modulus,
                    ("loss_modulus", "MPa"): loss,
                    ("tan_d", ""): tan,
                },
            )
        ],
    )
    omega, eta = (
        rounded(np.geomspace(0.1, 628, 25), 4),
        np.array([float(f"{v:.4E}") for v in np.geomspace(12000, 310, 25)]),
    )
    paar = (
        "Project:\tPP series\nTest:\tPP-C14 190C\nResult:\tFrequency sweep 1\n"
        "Interval and data points:\t1\t25\n"
        "Interval data:\tPoint No.\tAngular Frequency\tComplex Viscosity\n"
        "\t\t[rad/s]\t[mPa·s]\n"
    )
    paar += "".join(f"\t{i}\t{a:.4f}\t{b:.4E}\n" for i, (a, b) in enumerate(zip(omega, eta, strict=True), start=1))
    yield Export(
        name="rheometer.txt",
        imitates="melt rheology, UTF-16, words before the names, an empty first cell",
        data=paar.encode("utf-16"),
        modality="",
        pieces=[Piece(channels={("angular_frequency", "rad/s"): omega, ("complex_viscosity", "mPa·s"): eta})],
    )
    small = "Dehnung/%;Spannung/MPa\r\n" + "".join(
        f"{a:.3E};{b:.3E}\r\n".replace(".", ",") for a, b in zip(strain, stress, strict=True)
    )
    yield Export(
        name="powers.csv",
        imitates="tensile, 1,234E+01",
        data=small.encode(),
        modality="tensile",
        pieces=[
            Piece(
                channels={
                    ("strain", "%"): np.array([float(f"{v:.3E}") for v in strain]),
                    ("stress", "MPa"): np.array([float(f"{v:.3E}") for v in stress]),
                }
            )
        ],
    )
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet["B2"] = "Tensile test PP-C14"
    for c, (name, unit) in enumerate([("Strain", "%"), ("Stress", "MPa")], start=2):
        sheet.cell(4, c, name)
        sheet.cell(5, c, unit)
    for i, (a, b) in enumerate(zip(strain, stress, strict=True)):
        sheet.cell(6 + i, 2, float(a))
        sheet.cell(6 + i, 3, float(b))
    sheet["E4"] = "checked by Mori"
    held = io.BytesIO()
    book.save(held)
    yield Export(
        name="remark_beside.xlsx",
        imitates="tensile, Excel, table off the corner, a remark beside it",
        data=held.getvalue(),
        modality="tensile",
        pieces=[Piece(channels={("strain", "%"): strain, ("stress", "MPa"): stress})],
    )
