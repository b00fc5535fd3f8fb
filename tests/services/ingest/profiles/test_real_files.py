"""Real files are read with the answers that stand in their README; tables of property as matrices, as Excel too."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from services.ingest.profiles.guess import guess
from services.ingest.profiles.profile import read_profile
from services.ingest.profiles.reading import apply_profile
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from tests.services.ingest.files import SHARED

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real files in shared/data beside the checkout"),
]

NIR = """
schema: 1
profile: nist_nir
title: NIST polyolefins, near infrared
modality: NIR
shape: rows are specimens
matrix:
  header: '^nir_(?P<x>[0-9]+)$'
  axis: wavenumber
  axis_unit: cm-1
  value: reflectance
  value_unit: '%'
"""


def source(name: str) -> Source:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs shared/data/{name}")
    return Source(path.name, path.read_bytes())


def ends(curve, *quantities):
    return [value for quantity in quantities for value in curve.channel(quantity).values[[0, -1]]]


def test_dsc_in_utf16_with_decimal_commas():
    """14620 points; no mass, so no J/g; the day as the file's own name has it."""
    read = read_source(source("raw/AEM_210311.txt"))
    (reading,) = read.readings
    (curve,) = reading.curves
    assert (read.reader, reading.modality, len(curve)) == ("profiles", "DSC", 14620)
    assert [(c.quantity, c.unit) for c in (curve.axis, *curve.channels)] == [
        ("time", "s"),
        ("temperature", "°C"),
        ("heat_flow", "mW"),
    ]
    assert ends(curve, "time", "temperature", "heat_flow") == [0, 30699.9, 17.08868, 35.04688, 0.3363205, 4.124843]
    assert reading.facts.conditions["mass"].value == 0
    assert reading.facts.measured_at.isoformat() == "2021-03-11T15:29:38"
    assert reading.facts.operator == "admin"
    assert [claim.kind for claim in reading.claims] == ["order"]


@pytest.mark.parametrize(
    ("name", "modality", "last", "n", "first"),
    [
        ("PMMA_DBI_Lund_TGA_N2_20K_1.csv", "TG", ("mass", "mg"), 1055, [0, 2108, 299.357, 1000.32624, 5.8, 0.00866984]),
        (
            "PMMA_DBI_Lund_TGA_N2_20K_2.csv",
            "TG",
            ("mass", "mg"),
            1055,
            [0, 2107.9998, 298.736, 1000.31151, 4.9, -0.05784009],
        ),
        (
            "PMMA_DBI_Lund_DSC_N2_20K_1.csv",
            "DSC",
            ("heat_flow", "W/g"),
            1387,
            [0, 2773.9998, 299.357, 1222.36252, -0.0187, -0.55779],
        ),
        ("PMMA_FSRI_DSC_N2_10K_1.csv", "DSC", ("heat_flow", "mW/mg"), 999, [28.4, 2999.4, 323, 822, 0.00687, 0.11372]),
    ],
)
def test_thermal_files_with_a_unit_row(name, modality, last, n, first):
    """Time, temperature, signal, each in the unit that stands under its name."""
    (reading,) = read_source(source(f"raw/{name}")).readings
    (curve,) = reading.curves
    assert (reading.modality, len(curve)) == (modality, n)
    assert [(c.quantity, c.unit) for c in (curve.axis, *curve.channels)] == [("time", "s"), ("temperature", "K"), last]
    assert ends(curve, "time", "temperature", last[0]) == first


def test_raman_of_hdpe():
    """964 points over wavenumbers; that it is Raman stands in its name."""
    (reading,) = read_source(source("raw/raman_hdpe.csv")).readings
    (curve,) = reading.curves
    assert (reading.modality, len(curve), curve.axis.unit) == ("Raman", 964, "cm-1")
    assert ends(curve, "wavenumber", "intensity") == [301.04, 3198.12, 26, 67]


def test_a_file_of_bare_numbers_is_read_as_such():
    """Nobody says what they are: two columns without a unit, of no modality."""
    (reading,) = read_source(source("raw/IR.CSV")).readings
    (curve,) = reading.curves
    assert (reading.modality, len(curve), curve.axis.unit) == ("", 3736, "")
    assert ends(curve, "x") == [399.1926, 4000.605]


@pytest.mark.parametrize(
    ("name", "profile", "axis", "n", "first"),
    [
        ("raw/tg.csv", "tg_plain", ("time", "min"), 3247, [-16.13, 30.66650174]),
        ("raw/IR.CSV", "ftir_plain", ("wavenumber", "cm-1"), 3736, [399.1926, 4000.605]),
    ],
)
def test_a_person_says_what_bare_numbers_are(name, profile, axis, n, first):
    """By the profile's name: quantity and unit then come from it; lone carriage returns end lines too."""
    read = read_source(source(name), f"profile:{profile}")
    (curve,) = read.readings[0].curves
    assert read.reader == f"profile:{profile}"
    assert ((curve.axis.quantity, curve.axis.unit), len(curve)) == (axis, n)
    assert ends(curve, axis[0]) == first


def test_every_raw_text_is_drafted_at_the_first_try():
    """The draft reads as many points as the README says."""
    points = {"IR.CSV": 3736, "raman_hdpe.csv": 964, "tg.csv": 3247, "AEM_210311.txt": 14620}
    for name, n in points.items():
        drafted = guess(source(f"raw/{name}").data, name)
        assert not drafted.fault
        assert len(drafted.readings[0].curves[0]) == n


def test_a_library_of_spectra_in_rows():
    """One reading a row; what is missing at the ends stays missing."""
    data = source("curves/openspecy_plastics_spectra.csv")
    readings = read_source(data).readings
    rows = list(csv.DictReader(io.StringIO(data.data.decode())))
    assert len(readings) == len(rows) == 57
    for reading, row in zip(readings, rows, strict=True):
        (curve,) = reading.curves
        assert (reading.facts.specimen, len(curve)) == (row["sample"], 779)
        assert reading.facts.texts["SpectrumType"] == row["SpectrumType"]
        for k in (0, 100, 778):
            cell = row[f"wn_{curve.axis.values[k]:g}"]
            assert np.isnan(curve.channels[0].values[k]) if not cell else curve.channels[0].values[k] == float(cell)


def test_a_falling_axis_in_the_header_is_turned_around():
    """4000 to 400 in the file, rising in the curve."""
    (first, *_) = read_source(source("curves/dow_polymers_ftir.csv")).readings
    (curve,) = first.curves
    assert curve.was_reversed
    assert (curve.axis.values[0], curve.axis.values[-1]) == (399.2, 3999.7)
    assert curve.channels[0].values[-1] == 0.007241342


@pytest.mark.parametrize(("name", "n"), [("nist_polyolefin_nir", 39), ("nist_polyolefin_nir_replicates", 234)])
def test_a_wide_matrix_by_a_profile_of_ones_own(name, n):
    """Spectra with replicates told apart, and the properties beside them as amounts."""
    data = source(f"property/{name}.csv")
    readings = apply_profile(read_profile(NIR), data.name, data.data)
    rows = list(csv.DictReader(io.StringIO(data.data.decode())))
    assert len(readings) == len({reading.label for reading in readings}) == len(rows) == n
    for reading, row in list(zip(readings, rows, strict=True))[::7]:
        (curve,) = reading.curves
        assert reading.facts.specimen == row["sample"]
        assert (len(curve), curve.axis.unit, curve.channels[0].unit) == (518, "cm-1", "%")
        assert curve.channels[0].values[0] == float(row["nir_4006"])
        assert reading.amounts["density"].value == float(row["density"])


def test_a_workbook_of_the_matrix_gives_what_the_text_gives():
    """Excel and CSV of one table: the same readings."""
    data = source("property/nist_polyolefin_nir.csv")
    book = Workbook()
    for row in csv.reader(io.StringIO(data.data.decode())):
        book.active.append([_cell(text) for text in row])
    made = io.BytesIO()
    book.save(made)
    profile = read_profile(NIR)
    texts, sheets = (apply_profile(profile, "a", content) for content in (data.data, made.getvalue()))
    assert [r.curves for r in sheets] == [r.curves for r in texts]
    assert [dict(r.amounts) for r in sheets] == [dict(r.amounts) for r in texts]


def test_a_workbook_of_a_thermal_file_is_read_by_the_shipped_profile():
    """Header, unit row, numbers typed as numbers; another sheet with words is passed over."""
    data = source("raw/PMMA_DBI_Lund_TGA_N2_20K_1.csv")
    book = Workbook()
    for row in csv.reader(io.StringIO(data.data.decode())):
        book.active.append([_cell(text) for text in row])
    book.create_sheet("remarks").append(["measured in Lund"])
    made = io.BytesIO()
    book.save(made)
    (reading,) = read_source(Source("a.xlsx", made.getvalue())).readings
    (plain,) = read_source(data).readings
    assert reading.curves == plain.curves


def test_tables_that_are_no_curves_become_amounts():
    """Recipes and results: every row, every number."""
    for name in ("steel_strength", "concrete_slump", "chem_process", "concrete"):
        data = source(f"property/{name}.csv")
        rows = list(csv.reader(io.StringIO(data.data.decode())))[1:]
        drafted = guess(data.data, data.name)
        assert not drafted.fault
        assert len(drafted.readings) == len(rows)
        numbers = [float(cell) for cell in rows[3] if _is_float(cell)]
        found = [amount.value for amount in drafted.readings[3].amounts.values()]
        assert set(found) <= set(numbers)
        assert len(found) >= len(numbers) - 1  # the column that names the row is no amount


def _is_float(text: str) -> bool:
    return isinstance(_cell(text), float)


def _cell(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text or None


def test_nothing_of_the_real_data_lies_in_the_checkout():
    """It is read from beside it."""
    assert Path(__file__).resolve().parents[4] not in SHARED.parents
