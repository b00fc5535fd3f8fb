"""The virtual chromatograph: molar masses come back, filler does not show, and its files are read."""

from __future__ import annotations

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.instruments.gpc import (
    chromatogram,
    distribution_of,
    gpc,
    mass_distribution,
)
from tests.campaigns.polypropylene.analysed import compound, of_all_habits, piece, reading_of, with_chains

LOG_MASS = np.arange(1.5, 8.5, 0.01)


@pytest.mark.parametrize(("mw", "dispersity"), [(120.0, 2.6), (300.0, 4.5), (340.0, 5.0)])
def test_moments_of_the_written_distribution_are_those_of_the_chains(mw, dispersity):
    """Mw within 5 %, Mn within 5 %."""
    structure = with_chains(compound(), mw=mw, dispersity=dispersity)
    curve = reading_of(gpc(piece(structure, "GPC"))[1]).curves[0]
    mass, share = 10.0**curve.axis.values, curve.channel("weight_fraction").values
    assert float((share * mass).sum() / share.sum()) == pytest.approx(1000 * mw, rel=0.05)
    assert float(share.sum() / (share / mass).sum()) == pytest.approx(1000 * mw / dispersity, rel=0.05)


def test_filler_is_filtered_off():
    """The same distribution with a fifth of talc; the trace is lower by what did not dissolve."""
    assert mass_distribution(compound(talc=0.2), LOG_MASS) == pytest.approx(mass_distribution(compound(), LOG_MASS))
    heights = [
        reading_of(gpc(piece(compound(talc=talc), "GPC"))[0]).curves[0].channel("detector_signal").values[:950].max()
        for talc in (0.0, 0.2)
    ]
    assert heights[1] / heights[0] == pytest.approx(0.8, rel=0.01)


def test_a_distribution_is_whole():
    """Of a blend too: polypropylene, polyethylene and rubber make one."""
    share = mass_distribution(compound(pe=0.15, rubber=0.2), LOG_MASS)
    assert float(share.sum() * 0.01) == pytest.approx(1, abs=1e-3)


def test_polyethylene_seems_heavier_among_polypropylene():
    """Its coils are larger: by 1.7 at the same molar mass."""
    pe = mass_distribution(compound(pe=0.98), LOG_MASS)
    weight = pe / pe.sum()
    assert float((weight * 10**LOG_MASS).sum()) / 140_000 == pytest.approx(1.7, abs=0.15)


def test_shorter_chains_leave_the_columns_later():
    """And their averages fall in order."""
    places, averages = [], []
    for mw in (400.0, 250.0, 120.0):
        volume, signal = chromatogram(with_chains(compound(), mw=mw))
        polymer = volume < 28
        places.append(float(volume[polymer][int(np.argmax(signal[polymer]))]))
        averages.append(distribution_of(volume, signal).averages.mw)
    assert places == sorted(places)
    assert averages == sorted(averages, reverse=True)


def test_faster_flow_makes_everything_seem_heavier():
    """A thousandth of flow is 20 µl, and more than one per cent of molar mass."""
    right, fast = (distribution_of(*chromatogram(compound(), flow=flow)).averages.mw for flow in (1.0, 1.001))
    assert 1.01 < fast / right < 1.03


@pytest.mark.parametrize("instrument", of_all_habits("GPC"))
def test_meguri_reads_trace_distribution_and_averages(instrument):
    """Whatever the habits of the export; the averages are those of the distribution."""
    trace, distribution, averages = map(reading_of, gpc(piece(compound(pe=0.05), instrument, drifts=True)))
    assert {trace.modality, distribution.modality, averages.modality} == {"GPC"}
    assert trace.curves[0].axis.quantity == "retention_volume"
    assert trace.curves[0].channel("detector_signal").unit == "mV"
    assert distribution.curves[0].quantities == ("log_molar_mass", "weight_fraction", "cumulative_fraction")
    mass = 10.0 ** distribution.curves[0].axis.values
    share = distribution.curves[0].channel("weight_fraction").values
    found = {name: amount.value for name, amount in averages.amounts.items()}
    assert found["mw"] == pytest.approx(float((share * mass).sum() / share.sum()), rel=0.001)
    assert found["mn"] < found["mp"] < found["mw"] < found["mz"]
    assert found["dispersity"] == pytest.approx(found["mw"] / found["mn"], abs=0.01)
    assert {r.facts.session for r in (trace, distribution, averages)} == {f"{instrument}-2026-W31"}
    assert "polystyrene" in trace.facts.texts["Standards"]
    assert any(name.startswith("Mark-Houwink") for name in trace.facts.texts)
