"""Virtual X-ray fluorescence: stoichiometry, limits of detection, tables that meguri reads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.xrf import OXIDES, oxides, xrf, xrf_table
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from tests.campaigns.polypropylene.analysed import compound, of_all_habits, piece, reading_of


def test_oxides_are_those_of_the_minerals():
    """Talc 31.9 % MgO and 63.4 % SiO2, calcite 56.0 % CaO; within what minerals of the trade lack."""
    talc, calcite, titania = (oxides(compound(**{name: 0.2})) for name in ("talc", "calcite", "titania"))
    assert talc["MgO"] == pytest.approx(20 * 0.3188, rel=0.02)
    assert talc["SiO2"] == pytest.approx(20 * 0.6337, rel=0.02)
    assert talc["SiO2"] / talc["MgO"] == pytest.approx(4 * 60.084 / (3 * 40.304), rel=0.005)
    assert calcite["CaO"] == pytest.approx(20 * 0.5603, rel=0.01)
    assert titania["TiO2"] == pytest.approx(20, rel=0.05)


def test_polymer_and_carbon_do_not_show():
    """But for the sulphur of carbon black; a polymer without additives holds nothing."""
    assert not any(oxides(compound(pe=0.1, rubber=0.1)).values())
    assert {name for name, value in oxides(compound(carbon_black=0.01)).items() if value} == {"SO3"}


def test_more_mineral_shows_more():
    """Each by its own oxide, in proportion."""
    for mineral, oxide in (("talc", "MgO"), ("calcite", "CaO"), ("titania", "TiO2"), ("nucleating_agent", "P2O5")):
        one, two = (oxides(compound(**{mineral: share}))[oxide] for share in (0.001, 0.002))
        assert two == pytest.approx(2 * one)


def test_what_lies_below_detection_is_a_limit_not_a_zero():
    """Of pure polypropylene everything; the row is read all the same."""
    reading = reading_of(xrf(piece(compound(), "XRF")))
    assert set(reading.amounts) == {oxide.lower() for oxide in OXIDES}
    limits = [amount for amount in reading.amounts.values() if amount.limit == "<"]
    assert len(limits) >= len(OXIDES) - 1
    assert all(amount.value > 0 for amount in limits)


def test_heavy_elements_come_out_right_and_light_ones_a_little_low():
    """Skin and grains take up to 8 % of magnesium; calcium is within 2 %."""
    structure = compound(talc=0.2, calcite=0.1)
    rows = [reading_of(xrf(piece(structure, "XRF", seed=seed))).amounts for seed in range(8)]
    true = oxides(structure)
    assert np.mean([row["cao"].value for row in rows]) == pytest.approx(true["CaO"], rel=0.02)
    assert 0.92 < np.mean([row["mgo"].value for row in rows]) / true["MgO"] < 1


@pytest.mark.parametrize("instrument", of_all_habits("XRF"))
def test_meguri_reads_a_row(instrument):
    """Whatever the habits of the export, with session, operator and time."""
    reading = reading_of(xrf(piece(compound(talc=0.2), instrument, drifts=True)))
    assert reading.modality == "XRF"
    assert reading.amounts["sio2"].value == pytest.approx(12.5, rel=0.1)
    assert reading.amounts["sio2"].unit == "%"
    assert reading.amounts["zno"].limit == "<"
    assert (reading.facts.instrument, reading.facts.session) == (instrument, f"{instrument}-2026-W31")
    assert reading.facts.measured_at is not None


def test_a_day_of_specimens_is_one_table():
    """A row each, named by its specimen."""
    first = piece(compound(talc=0.1), "XRF")
    pieces = [replace(first, label=f"PP01-C001-0{n}-S1") for n in (1, 2, 3)]
    file = xrf_table(pieces)
    assert file.labels == tuple(one.label for one in pieces)
    readings = read_source(Source(file.name, file.data, None)).readings
    assert [reading.facts.specimen for reading in readings] == list(file.labels)
    with pytest.raises(ValueError, match="at least one piece"):
        xrf_table([])
