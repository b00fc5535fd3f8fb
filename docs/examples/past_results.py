"""Write ``past_results.xlsx``, the table that the tutorial begins from, and stand in for the laboratory that made it.

Run it with a path to write the workbook anew: ``python docs/examples/past_results.py docs/examples/past_results.xlsx``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from campaigns.compound.laboratory import impact_strength, tensile_modulus
from loop.seeds import derive_seed
from loop.space.parameters import Ingredient

__all__ = ["GEL_LIMIT", "RECIPES", "RESULTS", "as_typed", "measure", "write_workbook"]

INGREDIENTS = {
    "PP": Ingredient(high=100, density=0.905),
    "recycled PP": Ingredient(high=100, density=0.915),
    "elastomer": Ingredient(high=100, density=0.87),
    "talc": Ingredient(high=100, density=2.75),
    "antioxidant": Ingredient(high=100, density=1.15),
}
EXTRUDER = ("melt temperature", "screw speed")
RESULTS = ("modulus", "impact", "gel spots")
GEL_LIMIT = 0.1
"""Fewer gel spots than this (1/cm²) cannot be told from none."""

_SCATTER = {"modulus": 0.008, "impact": 0.03, "gel spots": 0.05}
_DECIMALS = {"modulus": 0, "impact": 2, "gel spots": 2}

# PP, recycled PP, elastomer, talc, antioxidant (%), melt temperature (°C), screw speed (1/min)
RECIPES = (
    (69.9, 30, 0, 0, 0.1, 210, 250),
    (49.9, 50, 0, 0, 0.1, 210, 250),
    (59.9, 30, 0, 10, 0.1, 210, 250),
    (49.9, 40, 10, 0, 0.1, 210, 250),
    (39.9, 40, 10, 10, 0.1, 210, 250),
    (29.8, 60, 0, 10, 0.2, 220, 300),
    (34.9, 40, 5, 20, 0.1, 200, 200),
    (29.9, 50, 15, 5, 0.1, 220, 300),
    (24.9, 60, 10, 5, 0.1, 230, 300),
    (39.7, 30, 20, 10, 0.3, 200, 250),
    (44.9, 40, 15, 0, 0.1, 190, 200),
    (19.8, 70, 5, 5, 0.2, 210, 350),
    (49.8, 30, 5, 15, 0.2, 230, 350),
    (29.9, 45, 15, 10, 0.1, 200, 300),
)


def measure(formulation: Mapping[str, float], specimen: str) -> dict[str, float]:
    """Return what the tests of one compound would show: the same specimen shows the same values.

    Stiffness and toughness come from the demo's laboratory. Gel spots (1/cm²) come out of the recyclate and are
    dispersed by heat and shear.
    """
    heat, shear = formulation["melt temperature"] - 190, formulation["screw speed"] - 150
    truth = {
        "modulus": tensile_modulus(INGREDIENTS, formulation),
        "impact": impact_strength(INGREDIENTS, formulation),
        "gel spots": 0.06 * formulation["recycled PP"] * math.exp(-heat / 25 - shear / 120),
    }
    rng = np.random.default_rng(derive_seed(1, specimen))
    return {
        name: round(value * math.exp(_SCATTER[name] * rng.standard_normal()), _DECIMALS[name])
        for name, value in truth.items()
    }


def as_typed(name: str, value: float) -> float | int | str:
    """Return a result as a person types it into a sheet."""
    if name == "gel spots" and value < GEL_LIMIT:
        return f"<{GEL_LIMIT}"
    return value if _DECIMALS[name] else int(value)


def write_workbook(path: Path) -> Path:
    """Write the table as people keep one: a title, merged headers, a row of units, blanks for what was left out."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "compounds"
    sheet.append(["Compounds of last year, twin-screw extruder 2"])
    sheet.append([])
    sheet.append(["no.", *INGREDIENTS, "extruder", None, "modulus", "シャルピー衝撃強さ", "gel spots", "remarks"])
    sheet.append([None, *(None for _ in INGREDIENTS), *EXTRUDER])
    sheet.append([None, *("%" for _ in INGREDIENTS), "°C", "1/min", "MPa", "kJ/m²", "1/cm²"])
    for number, recipe in enumerate(RECIPES, start=1):
        formulation = dict(zip((*INGREDIENTS, *EXTRUDER), map(float, recipe), strict=True))
        found = measure(formulation, f"B{number}")
        sheet.append(
            [
                f"B{number}",
                *(share or None for share in recipe[: len(INGREDIENTS)]),
                *recipe[len(INGREDIENTS) :],
                *(as_typed(name, found[name]) for name in RESULTS),
                "strands broke twice" if number == 12 else None,
            ]
        )
    for row in sheet.iter_rows(min_row=1, max_row=5):
        for cell in row:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(horizontal="center", vertical="center")
    sheet.merge_cells("G3:H3")
    for letter in "ABCDEFIJKL":
        sheet.merge_cells(f"{letter}3:{letter}4")
        sheet.column_dimensions[letter].width = 14
    book.save(path)
    return path


if __name__ == "__main__":
    write_workbook(Path(sys.argv[1]))
