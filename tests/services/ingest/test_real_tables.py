"""Promises on real tables: every cell is read as the file has it, and columns are guessed as their owners meant."""

from __future__ import annotations

import csv
import json

import pytest

from services.ingest.guess import guess_columns
from services.ingest.tables import read_table
from services.ingest.write_tables import write_table
from tests.services.ingest.files import SHARED

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real tables in shared/data beside the checkout"),
]

DESCRIBED = "autoam crossed_barrel lnp3 photo_pce10 suzuki_i"
CAMPAIGN = "autoam concrete concrete_slump crossed_barrel lnp3 photo_pce10 suzuki_i"
PROPERTY = "chem_process concrete_slump nist_polyolefin_nir nist_polyolefin_nir_replicates steel_strength tecator"
TABLES = [f"campaign/{name}.csv" for name in CAMPAIGN.split()] + [f"property/{name}.csv" for name in PROPERTY.split()]


def _path(name: str):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs shared/data/{name}")
    return path


@pytest.mark.parametrize("name", TABLES)
def test_every_value_is_read_and_none_is_lost(name):
    """Row for row and cell for cell what the file says; no note, since nothing was skipped."""
    path = _path(name)
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    table = read_table(path)
    assert [column.header for column in table.columns] == header
    assert table.n_rows == len(rows)
    assert table.notes == ()
    for place, column in enumerate(table.columns):
        for row, cell in zip(rows, column.cells, strict=True):
            if column.kind == "number" and row[place]:
                assert cell.value == float(row[place])
            else:
                assert (cell.value or "") == row[place].strip()


@pytest.mark.parametrize("name", TABLES[:7])
def test_real_tables_survive_excel(tmp_path, name):
    """Written to a workbook and read back, every cell says the same."""
    table = read_table(_path(name))
    back = read_table(write_table(table, tmp_path / "back.xlsx"))
    assert [(c.name, c.unit, c.kind) for c in back.columns] == [(c.name, c.unit, c.kind) for c in table.columns]
    for column, other in zip(table.columns, back.columns, strict=True):
        assert all(b.same_as(a) for a, b in zip(column.cells, other.cells, strict=True))


@pytest.mark.parametrize("name", DESCRIBED.split())
def test_campaign_tables_are_guessed_as_their_owners_meant(name):
    """Every objective is among the targets, every input an input; the mixture is found with its total, and no other."""
    about = json.loads(_path("campaign/datasets.json").read_text("utf-8"))[name]
    table = read_table(_path(f"campaign/{name}.csv"))
    guesses = {guess.name: guess for guess in guess_columns(table)}
    for objective in about["objectives"]:
        assert guesses[table.column(objective).name].role == "target", objective
    for known in about["inputs"]:
        guess = guesses[table.column(known["name"]).name]
        assert guess.role == "input", known["name"]
        assert (guess.kind == "categorical") == (known["kind"] == "categorical")
        assert guess.mixture_total == known.get("mixture_total")
        if "low" in known:
            assert (guess.low, guess.high) == (known["low"], known["high"])
