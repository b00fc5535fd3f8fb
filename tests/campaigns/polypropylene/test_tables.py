"""Virtual melt flow and density: rows of tables that meguri reads; they repeat as well as the methods do."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.behaviour import SCATTER, structural_properties
from campaigns.polypropylene.laboratory.instruments.tables import density, melt_flow
from services.ingest.doubts import doubts_of
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from tests.campaigns.polypropylene.analysed import SPECIMEN, compound, of_all_habits, piece, with_chains
from tests.campaigns.polypropylene.test_charpy import PLAIN


def values(file, quantity: str) -> list[float]:
    """What meguri reads of a table."""
    readings = read_source(Source(file.name, file.data, None)).readings
    assert [doubts_of(reading) for reading in readings] == [()] * len(readings)
    return [reading.amounts[quantity].value for reading in readings]


@pytest.mark.parametrize("instrument", of_all_habits("tables"))
@pytest.mark.parametrize(
    ("measure", "quantity", "units"),
    [(melt_flow, "mfr", {"g/10 min"}), (density, "density", {"g/cm³", "g/cm3"})],
)
def test_meguri_reads_three_determinations(measure, quantity, units, instrument):
    """Whatever the habits: each with its specimen, unit, instrument, operator and day."""
    one = piece(compound(), instrument)
    file = measure(one, PLAIN)
    readings = read_source(Source(file.name, file.data, None)).readings
    assert [reading.label for reading in readings] == [f"{SPECIMEN} {number}" for number in (1, 2, 3)]
    for reading in readings:
        assert reading.modality == file.modality
        assert reading.amounts[quantity].unit in units
        assert (reading.facts.instrument, reading.facts.operator) == (instrument, one.session.operator)
        assert reading.facts.measured_at is not None
        assert reading.facts.measured_at.date() == one.at.date()
        assert doubts_of(reading) == ()


def test_repeats_scatter_as_the_methods_do():
    """Melt flow by 3 %, density by 0.0006 g/cm³, around what the compound shows."""
    flow, dense = (
        np.array([values(measure(piece(compound(), "tables", seed=seed), PLAIN), quantity) for seed in range(30)])
        for measure, quantity in ((melt_flow, "mfr"), (density, "density"))
    )
    assert flow.mean() == pytest.approx(12.0, rel=0.01)
    assert np.std(np.log(flow)) == pytest.approx(SCATTER["melt_flow"][0], rel=0.3)
    assert dense.mean() == pytest.approx(0.95, abs=0.0003)
    assert np.std(dense) == pytest.approx(0.0006, rel=0.3)


def test_melt_flow_drifts_with_its_session_and_density_does_not():
    """One per cent for a gain of 1."""
    one = piece(compound(), "tables")
    gained = replace(one, session=replace(one.session, gain=1.0), rng=np.random.default_rng(1))
    for measure, quantity, ratio in ((melt_flow, "mfr", 1.01), (density, "density", 1.0)):
        plain = values(measure(replace(one, rng=np.random.default_rng(1)), PLAIN), quantity)
        moved = values(measure(replace(gained, rng=np.random.default_rng(1)), PLAIN), quantity)
        np.testing.assert_allclose(moved, np.array(plain) * ratio, rtol=1e-3)


def test_shorter_chains_flow_and_minerals_weigh():
    """Half the molar mass flows nine times as fast; a fifth of talc adds 0.14 g/cm³ to 0.90."""
    long, short = (structural_properties(with_chains(compound(), mw=mw)).melt_flow for mw in (300.0, 150.0))
    assert short / long == pytest.approx(2**3.2, rel=0.01)
    plain, filled = (structural_properties(compound(talc=talc)).density for talc in (0.0, 0.2))
    assert plain == pytest.approx(0.90, abs=0.01)
    assert filled - plain == pytest.approx(0.14, abs=0.01)


def test_a_workbook_knows_no_clock_but_the_measurement():
    """Written again on another day it is the same, byte for byte: its parts say when it was measured, nothing else."""
    one = piece(compound(), "tables")
    with zipfile.ZipFile(io.BytesIO(density(one, PLAIN).data)) as book:
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        told = re.findall(r"<dcterms:\w+[^>]*>([^<]*)<", book.read("docProps/core.xml").decode())
    assert told == ["2026-07-28T10:00:00Z"] * 2
