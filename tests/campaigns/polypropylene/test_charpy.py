"""Virtual Charpy tests: strength by type of break, and tables that meguri reads bar by bar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.behaviour import SCATTER, Properties
from campaigns.polypropylene.laboratory.instruments.impact import N_BARS, charpy, impact_bars
from services.ingest.doubts import doubts_of
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.charpy import CharpyMethod, evaluate_charpy, summarise_charpy
from tests.campaigns.polypropylene.analysed import SPECIMEN, compound, of_all_habits, piece

PLAIN = Properties(
    modulus=1600.0,
    yield_strength=33.0,
    yield_strain=0.085,
    necking_probability=0.7,
    elongation_necked=250.0,
    elongation_brittle=20.0,
    impact_23=6.0,
    impact_cold=2.0,
    melt_flow=12.0,
    density=0.95,
)


def as_tough_as(strength: float) -> Properties:
    """A compound of an impact strength, kJ/m²."""
    return replace(PLAIN, impact_23=strength)


@pytest.mark.parametrize("instrument", of_all_habits("charpy"))
def test_meguri_reads_ten_bars(instrument):
    """Whatever the habits: strength, dimensions, type of break, notch, temperature, who and when."""
    one = piece(compound(), instrument)
    file = charpy(one, PLAIN)
    readings = read_source(Source(file.name, file.data, None)).readings
    assert len(readings) == N_BARS
    for number, (reading, bar) in enumerate(
        zip(readings, impact_bars(PLAIN, np.random.default_rng(1)), strict=True), start=1
    ):
        assert reading.label == f"{SPECIMEN} {number}"
        assert (reading.modality, reading.facts.instrument) == ("charpy", instrument)
        assert (reading.facts.session, reading.facts.operator) == (one.session.id, one.session.operator)
        assert doubts_of(reading) == ()
        found = evaluate_charpy(reading, CharpyMethod())
        assert (found.break_type, found.notch, found.temperature_celsius) == (bar.kind, "A", 23.0)
        assert found.strength.value == pytest.approx(bar.strength, abs=0.006)
        assert found.strength.unit == "kJ/m2"
        assert reading.amounts["remaining_width"].value == pytest.approx(8.0, abs=0.15)


def test_the_mean_of_ten_bars_is_near_what_the_compound_shows():
    """Within three standard errors of 7 % over ten."""
    file = charpy(piece(compound(), "charpy"), PLAIN)
    bars = [
        evaluate_charpy(reading, CharpyMethod()) for reading in read_source(Source(file.name, file.data, None)).readings
    ]
    (summary,) = summarise_charpy(bars, CharpyMethod())
    assert summary.by_type["C"].n == N_BARS
    assert summary.by_type["C"].mean == pytest.approx(6.0, rel=3 * SCATTER["impact_23"][0] / np.sqrt(N_BARS))
    assert summary.notes == ()


@pytest.mark.parametrize(("strength", "kinds"), [(4, "C"), (12, "CH"), (18, "H"), (33, "P"), (45, "PN"), (90, "N")])
def test_tougher_bars_break_less(strength, kinds):
    """Completely, then with a hinge, then partially, then not at all."""
    rng = np.random.default_rng(5)
    seen = [bar for _ in range(6) for bar in impact_bars(as_tough_as(strength), rng)]
    most = {kind for kind in "CHPN" if sum(bar.kind == kind for bar in seen) > 0.1 * len(seen)}
    assert most == set(kinds)
    assert all((bar.strength is None) == (bar.kind == "N") for bar in seen)


def test_a_bar_that_does_not_break_has_no_value():
    """Its cell is empty, and the evaluation says why."""
    file = charpy(piece(compound(), "charpy"), as_tough_as(90))
    readings = read_source(Source(file.name, file.data, None)).readings
    assert len(readings) == N_BARS
    for reading in readings:
        found = evaluate_charpy(reading, CharpyMethod())
        assert (found.break_type, found.strength.value) == ("N", None)
        assert "did not break" in found.strength.reason
