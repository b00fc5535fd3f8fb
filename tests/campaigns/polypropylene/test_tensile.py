"""Virtual tensile tests: what `meguri bars` finds in a file is what the bars truly had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.behaviour import SCATTER, Properties
from campaigns.polypropylene.laboratory.instruments.tensile import N_BARS, Bar, bar_of, bars_of, record_of, tensile
from campaigns.polypropylene.laboratory.piece import LabFile
from services.ingest.doubts import doubts_of
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.tensile import TensileBar, TensileMethod, evaluate_bar
from services.records.reading import Reading
from tests.campaigns.polypropylene.analysed import SPECIMEN, compound, of_all_habits, piece

METHOD = TensileMethod(
    edition="ISO 527-1:2012",
    speed_mm_per_min=50,
    modulus_speed_mm_per_min=1,
    gauge_length_mm=50,
    grip_distance_mm=115,
    travel_limit_mm=400,
)
KINDS = {
    "plain": (1600.0, 33.0, 0.085, 0.7, 250.0, 20.0),
    "filled": (2900.0, 27.0, 0.040, 0.1, 60.0, 8.0),
    "tough": (900.0, 19.0, 0.120, 0.95, 380.0, 30.0),
}


def shows(kind: str) -> Properties:
    """A compound of a kind."""
    modulus, strength, strain, necks, far, near = KINDS[kind]
    return Properties(
        modulus=modulus,
        yield_strength=strength,
        yield_strain=strain,
        necking_probability=necks,
        elongation_necked=far,
        elongation_brittle=near,
        impact_23=6.0,
        impact_cold=2.0,
        melt_flow=12.0,
        density=0.95,
    )


def file_of(kind: str, *, seed: int = 1, instrument: str = "tensile") -> LabFile:
    """A file of five bars of it."""
    one = piece(compound(), instrument, seed=seed)
    return tensile(one, shows(kind), moulded_on=date(2026, 7, 20), age_h=200.5)


def read(file: LabFile) -> tuple[Reading, ...]:
    """Bars of a file as meguri reads them."""
    return read_source(Source(file.name, file.data, None)).readings


def bars(kind: str, n: int) -> Iterator[tuple[Bar, TensileBar]]:
    """Bars as they truly are, and as they are evaluated out of n files."""
    for seed in range(n):
        drawn = bars_of(shows(kind), np.random.default_rng(seed))
        for bar, reading in zip(drawn, read(file_of(kind, seed=seed)), strict=True):
            yield bar, evaluate_bar(reading, METHOD)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_evaluated_is_what_the_bar_had(kind):
    """Modulus within 2 % and yield within 1 % of each bar; necks, slips and the machine's end told rightly."""
    for bar, found in bars(kind, 5):
        kinds = {flag.kind for flag in found.flags}
        values = found.determinations
        assert values["modulus"].value == pytest.approx(bar.modulus, rel=0.02)
        assert values["yield_stress"].value == pytest.approx(bar.yield_stress, rel=0.01)
        assert found.necked == bar.necks
        assert ("slip" in kinds) == bar.slips
        is_unbroken = bar.elongation > 400 / 115
        if abs(115 * bar.elongation - 400) < 4:
            continue  # so near to the machine's end nobody can tell
        assert values["elongation_at_break"].state.is_censored == is_unbroken
        assert ("break not seen" in kinds) == is_unbroken
        if not is_unbroken:
            assert values["elongation_at_break"].value == pytest.approx(100 * bar.elongation, rel=0.02, abs=0.6)
        assert kinds <= {"slip", "break not seen"}


def test_a_slip_is_told():
    """In a bar that slips, once; its modulus and yield stress stand."""
    rng = np.random.default_rng(4)
    slipping = Bar(modulus=1600.0, yield_stress=33.0, yield_strain=0.085, elongation=1.5, necks=True, slips=True)
    plain = record_of(slipping, rng)
    assert (np.diff(plain.stress[plain.strain < 8]) < -1).any()
    assert (np.diff(plain.travel) >= 0).all()
    assert (np.diff(plain.time) > 0).all()


def test_bars_scatter_as_declared():
    """Modulus by 1.5 %, yield stress by 0.8 %, and as many neck as should."""
    rng = np.random.default_rng(2)
    drawn = [bar_of(shows("plain"), rng) for _ in range(2000)]
    for name, quantity in (("modulus", "modulus"), ("yield_strength", "yield_stress")):
        values = np.log([getattr(bar, quantity) for bar in drawn])
        assert np.std(values) == pytest.approx(SCATTER[name][0], rel=0.1)
        assert np.exp(values.mean()) == pytest.approx(getattr(shows("plain"), name), rel=0.002)
    assert np.mean([bar.necks for bar in drawn]) == pytest.approx(0.7, abs=0.04)
    necked = np.log([bar.elongation for bar in drawn if bar.necks])
    assert np.exp(np.median(necked)) == pytest.approx(2.5, rel=0.05)


@pytest.mark.parametrize("instrument", of_all_habits("tensile"))
def test_meguri_reads_five_bars(instrument):
    """Whatever the habits of the export: channels, dimensions, speeds, who and when; nothing is doubted."""
    readings = read(file_of("plain", instrument=instrument))
    assert len(readings) == N_BARS
    for reading in readings:
        assert reading.modality == "tensile"
        assert set(reading.curves[0].quantities) == {
            "time",
            "force",
            "crosshead",
            "strain",
            "nominal_strain",
            "stress",
        }
        said = reading.facts
        assert (said.specimen, said.instrument) == (SPECIMEN, instrument)
        assert {name: amount.value for name, amount in said.conditions.items()} == {
            "speed": 50.0,
            "gauge_length": 50.0,
            "grip_distance": 115.0,
            "width": 10.0,
            "thickness": 4.0,
        }
        assert doubts_of(reading) == ()
        assert not reading.broken_claims


def test_force_over_the_cross_section_is_stress():
    """Within what a bar's own width and thickness differ from 10 by 4 mm."""
    for reading in read(file_of("plain")):
        (curve,) = reading.curves
        force, stress = curve.channel("force").values, curve.channel("stress").values
        loaded = stress > 5
        assert np.median(force[loaded] / stress[loaded]) == pytest.approx(40.0, rel=0.03)
