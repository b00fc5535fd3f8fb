"""Averages of a known distribution come out of slices and of a chromatogram with its calibration."""

from __future__ import annotations

import numpy as np
import pytest

from services.features.molar_mass import MolarMass
from services.records.reading import Amount
from tests.services.features.making import by_name, spectrum, table

MW, DISPERSITY = 300e3, 4.0
SPREAD = np.sqrt(np.log(DISPERSITY))
MIDDLE = np.log(MW) - 0.5 * SPREAD**2
CALIBRATION = {"polynomial": [5.3, -0.3], "centre": 20.0}


def wesslau(log_mass):
    """Return dw/dlogM of a log-normal distribution."""
    away = (np.log(10) * log_mass - MIDDLE) / SPREAD
    return np.log(10) / (SPREAD * np.sqrt(2 * np.pi)) * np.exp(-0.5 * away**2)


def distribution(noise=0.0, seed=0):
    """Return a processed distribution."""
    log = np.arange(1.5, 8.6, 0.02)
    y = wesslau(log) + noise * np.random.default_rng(seed).standard_normal(len(log))
    return spectrum(log, y, axis=("log_molar_mass", ""), of=("weight_fraction", ""))


def test_a_log_normal_distribution_has_its_closed_form():
    """Mn = Mw / D, Mz = Mw D (Wesslau)."""
    found = by_name(MolarMass().features(distribution()))
    assert found["Mw"].value == pytest.approx(MW, rel=1e-3)
    assert found["Mn"].value == pytest.approx(MW / DISPERSITY, rel=1e-3)
    assert found["Mz"].value == pytest.approx(MW * DISPERSITY, rel=5e-3)
    assert found["dispersity"].value == pytest.approx(DISPERSITY, rel=2e-3)


def test_the_error_of_mw_is_of_the_size_of_its_scatter():
    """Repeats with noise scatter by no more than twice the standard error, and no less than half."""
    extraction = MolarMass.model_validate({"from": 3.0, "to": 7.0})
    found = [by_name(extraction.features(distribution(0.003, seed)))["Mw"] for seed in range(60)]
    scatter = np.std([feature.value for feature in found])
    assert 0.5 < scatter / np.median([feature.stderr for feature in found]) < 2.0


def test_a_chromatogram_with_its_calibration_gives_the_same():
    """Signal over volume on a sloping baseline, turned by the slope of the calibration."""
    volume = np.arange(11.0, 30.0, 0.02)
    log = 5.3 - 0.3 * (volume - 20)
    y = 8 * 0.3 * wesslau(log) + 0.1 + 0.02 * volume
    settings = {"calibration": CALIBRATION, "anchors": [[11, 12], [29, 30]]}
    trace = spectrum(volume, y, axis=("retention_volume", "mL"), of=("detector_signal", "mV"))
    found = by_name(MolarMass.model_validate(settings).features(trace))
    assert found["Mw"].value == pytest.approx(MW, rel=0.01)
    assert found["Mn"].value == pytest.approx(MW / DISPERSITY, rel=0.01)


def test_universal_calibration_carries_standards_to_the_polymer():
    """K and a of both give one hydrodynamic volume: K1 M1^(1 + a1) = K2 M2^(1 + a2)."""
    calibration = {**CALIBRATION, "standard": [1.75e-4, 0.67], "polymer": [2.288e-4, 0.705]}
    made = MolarMass.model_validate({"calibration": calibration}).calibration
    mass = 10 ** float(made.log_mass(np.array([20.0]))[0])
    assert 2.288e-4 * mass**1.705 == pytest.approx(1.75e-4 * (10**5.3) ** 1.67)


def test_a_chromatogram_without_calibration_is_refused():
    """Retention alone gives no molar mass."""
    volume = np.arange(11.0, 30.0, 0.02)
    trace = spectrum(volume, np.ones(len(volume)), axis=("retention_volume", "mL"), of=("detector_signal", "mV"))
    for feature in MolarMass().features(trace):
        assert feature.value is None
        assert "no calibration" in feature.reason


def test_averages_of_a_table_stand_beside_under_names_of_their_own():
    """What the instrument's program gave is a feature as it stands."""
    found = by_name(MolarMass().features(table(mw=Amount(221540.0, "g/mol"), mfr=Amount(3.0, "g/10 min"))))
    assert list(found) == ["Mw of the table"]
    assert (found["Mw of the table"].value, found["Mw of the table"].unit) == (221540.0, "g/mol")
