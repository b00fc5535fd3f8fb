"""Workbooks as exported."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.unknown_truth import Export, Piece

__all__ = ["books"]

N = 80


def books() -> Iterator[Export]:
    """Workbooks."""
    from openpyxl import Workbook

    book = Workbook()
    cover = book.active
    cover.title = "Info"
    for row in [["Report"], ["Operator", "Mori"], ["Comment", "second series"]]:
        cover.append(row)
    sheet = book.create_sheet("Data")
    sheet.append(["PP-C14", None, "PP-C15", None])
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")
    sheet.append(["Strain", "Stress", "Strain", "Stress"])
    sheet.append(["%", "MPa", "%", "MPa"])
    strain = np.array([float(f"{0.1 * k:.2f}") for k in range(N)])
    stress = [np.array([float(f"{(30 + j) * (1 - np.exp(-e)):.4f}") for e in strain]) for j in range(2)]
    for e, a, b in zip(strain, *stress, strict=True):
        sheet.append([float(e), float(a), float(e), float(b)])
    held = io.BytesIO()
    book.save(held)
    yield Export(
        name="two_sheets.xlsx",
        imitates="tensile, Excel, a sheet of words, names of bars in merged cells",
        data=held.getvalue(),
        modality="tensile",
        pieces=[
            Piece(label=f"PP-C{14 + j}", channels={("strain", "%"): strain, ("stress", "MPa"): stress[j]})
            for j in range(2)
        ],
    )
    book = Workbook()
    first = book.active
    temperature = np.array([float(f"{30 + 5.0 * k:.1f}") for k in range(N)])
    mass = [np.array([float(f"{100 - (5 + j) * k / 10:.3f}") for k in range(N)]) for j in range(2)]
    for j in range(2):
        sheet = first if j == 0 else book.create_sheet()
        sheet.title = f"PP-C{14 + j}"
        sheet.append(["Temperature", "Weight"])
        sheet.append(["°C", "%"])
        for t, m in zip(temperature, mass[j], strict=True):
            sheet.append([float(t), float(m)])
    held = io.BytesIO()
    book.save(held)
    yield Export(
        name="sheet_each.xlsx",
        imitates="TG, Excel, a sheet a sample",
        data=held.getvalue(),
        modality="TG",
        pieces=[
            Piece(label=f"PP-C{14 + j}", channels={("temperature", "°C"): temperature, ("mass", "%"): mass[j]})
            for j in range(2)
        ],
    )
