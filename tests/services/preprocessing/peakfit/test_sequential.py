"""The sequential fit finds what was planted, no more, with errors that hold, whatever the units and the sampling."""

from __future__ import annotations

import numpy as np
import pytest

from services.preprocessing.peakfit.pattern import Component, Pattern
from services.preprocessing.peakfit.sequential import PeakFitError, fit_peaks
from services.preprocessing.peakfit.settings import PeakSettings

X = np.linspace(10.0, 30.0, 1601)
LINES = ((14.1, 0.45, 900.0), (16.9, 0.5, 650.0), (18.6, 0.55, 400.0), (21.2, 0.6, 500.0), (21.9, 0.6, 550.0))
DIFFRACTOGRAM = PeakSettings(profile="doublet", noise="counts", broad=2.0, halos=1)


def curve(kind, lines, *, extra=(), baseline=(60.0, -20.0), x=X):
    rows = [Component(kind=kind, height=h, place=p, ln_width=np.log(w)) for p, w, h in lines]
    return Pattern(components=(*rows, *extra), baseline=baseline, first=x[0], last=x[-1]).value(x)


def halo():
    return Component(kind="pseudo-Voigt", height=300.0, place=18.0, ln_width=np.log(7.0), shape=-2.0)


@pytest.mark.parametrize("seed", range(4))
def test_lines_on_a_halo_are_found_and_no_others(seed):
    """A diffractogram of polypropylene: five lines, one halo; positions within four standard errors."""
    y = np.random.default_rng(seed).poisson(curve("doublet", LINES, extra=(halo(),))).astype(float)
    found = fit_peaks(X, y, DIFFRACTOGRAM)
    assert len(found.lines) == len(LINES)
    assert len(found.halos) == 1
    for line, (place, width, _) in zip(found.lines, LINES, strict=True):
        assert abs(line.position.value - place) < 4 * line.position.stderr + 1e-3
        assert line.fwhm.value == pytest.approx(width, rel=0.15)
    total = sum(line.area.value for line in found.lines)
    true = sum(1.5 * h * w * (0.5 * np.pi / 2 + 0.5 * np.sqrt(np.pi / np.log(2)) / 2) for _, w, h in LINES)
    assert total == pytest.approx(true, rel=0.05)


def test_the_same_curve_gives_the_same_bits():
    """There is no chance in it."""
    y = np.random.default_rng(1).poisson(curve("doublet", LINES, extra=(halo(),))).astype(float)
    one, other = (fit_peaks(X, y, DIFFRACTOGRAM) for _ in range(2))
    assert [p.numbers for p in one.peaks] == [p.numbers for p in other.peaks]
    assert np.array_equal(one.model, other.model)


@pytest.mark.parametrize(("of_y", "of_x"), [(1e-3, 1.0), (1e4, 1.0), (1.0, 25.0)])
def test_other_units_give_the_same_peaks(of_y, of_x):
    """Counts or counts a second, degrees or wavenumbers: places and widths follow the axis, heights the values."""
    rng = np.random.default_rng(2)
    y = curve("pseudo-Voigt", LINES) + 6.0 * rng.standard_normal(len(X))
    one = fit_peaks(X, y, PeakSettings())
    other = fit_peaks(of_x * X, of_y * y, PeakSettings())
    assert len(one.lines) == len(other.lines) == len(LINES)
    for a, b in zip(one.lines, other.lines, strict=True):
        assert b.position.value == pytest.approx(of_x * a.position.value, rel=1e-3)
        assert b.height.value == pytest.approx(of_y * a.height.value, rel=0.03)


def test_noise_alone_has_no_peaks():
    """Of twenty curves of nothing but noise on a slope, nineteen and more have none."""
    n_false = 0
    for seed in range(20):
        y = 5 + 0.1 * X + 0.3 * np.random.default_rng(seed).standard_normal(len(X))
        n_false += len(fit_peaks(X, y, PeakSettings()).lines)
    assert n_false <= 1


THERMAL = PeakSettings(profile="Fraser-Suzuki", signs="both", steps=True)
TEMPERATURE = np.linspace(30.0, 250.0, 1400)


def thermogram(lines, *extra):
    y = curve("Fraser-Suzuki", lines, extra=extra, baseline=(0.5, 0.1), x=TEMPERATURE)
    return y + 0.01 * np.random.default_rng(3).standard_normal(len(y))


def test_a_dip_beside_a_peak_keeps_its_sign():
    """Thermal: one down, one up, another up."""
    found = fit_peaks(TEMPERATURE, thermogram(((90.0, 14.0, -1.0), (120.0, 10.0, 1.5), (170.0, 12.0, 2.0))), THERMAL)
    assert [round(line.position.value) for line in found.lines] == [90, 120, 170]
    assert [line.height.value > 0 for line in found.lines] == [False, True, True]


def test_a_step_belongs_to_the_background():
    """A glass transition is no peak: the background rises, and there is one line."""
    step = Component(kind="step", height=0.4, place=70.0, ln_width=np.log(6.0))
    found = fit_peaks(TEMPERATURE, thermogram(((170.0, 12.0, 2.0),), step), THERMAL)
    assert [round(line.position.value) for line in found.lines] == [170]
    assert found.background[-1] - found.background[0] == pytest.approx(0.6, abs=0.05)


def test_positions_are_within_their_intervals_as_often_as_promised():
    """Of 40 curves, 95 % intervals hold 88 to 100 % of true positions."""
    held = []
    for seed in range(40):
        y = np.random.default_rng(seed).poisson(curve("doublet", LINES, extra=(halo(),))).astype(float)
        for line in fit_peaks(X, y, DIFFRACTOGRAM).lines:
            nearest = min((place for place, *_ in LINES), key=lambda place: abs(place - line.position.value))
            held.append(abs(line.position.value - nearest) < 1.96 * line.position.stderr)
    assert 0.88 <= np.mean(held) <= 1.0


def test_what_cannot_be_fitted_is_said():
    """Too few points in the region; a line that is flat."""
    with pytest.raises(PeakFitError, match="3 points lie in the region"):
        fit_peaks(X, X, PeakSettings.model_validate({"from": 10.0, "to": 10.03}))
    with pytest.raises(PeakFitError, match="there is no peak"):
        fit_peaks(X, np.full(len(X), 3.0), PeakSettings())
    with pytest.raises(ValueError, match="no stretch of the axis"):
        PeakSettings.model_validate({"from": 30.0, "to": 10.0})


def test_a_step_under_overlapping_lines_is_a_step():
    """Two lines that overlap, and a step beside them: not a third line and a bent baseline."""
    step = Component(kind="step", height=0.5, place=150.0, ln_width=np.log(8.0))
    found = fit_peaks(TEMPERATURE, thermogram(((160.0, 14.0, 1.2), (178.0, 12.0, 0.8)), step), THERMAL)
    assert [round(line.position.value) for line in found.lines] == [160, 178]
    assert found.background[-1] - found.background[0] == pytest.approx(0.7, abs=0.06)


def test_a_curve_upside_down_has_the_same_peaks():
    """Exothermic up or down: the same places, heights of the other sign."""
    y = thermogram(((90.0, 14.0, -1.0), (120.0, 10.0, 1.5), (170.0, 12.0, 2.0)))
    one, other = fit_peaks(TEMPERATURE, y, THERMAL), fit_peaks(TEMPERATURE, -y, THERMAL)
    for a, b in zip(one.lines, other.lines, strict=True):
        assert a.position.value == pytest.approx(b.position.value, abs=0.05)
        assert a.height.value == pytest.approx(-b.height.value, rel=0.02)


def test_noise_shared_by_neighbours_makes_no_lines():
    """Apodised spectra: neighbouring points share noise, and bins of many points hold more of it than white noise."""
    white = np.random.default_rng(5).standard_normal(9501)
    x = np.linspace(600.0, 1800.0, 9500)
    y = curve("pseudo-Voigt", ((900.0, 14.0, 0.8), (1460.0, 20.0, 0.5)), baseline=(0.1, 0.02), x=x)
    found = fit_peaks(x, y + 0.0005 * (white[1:] + white[:-1]) / np.sqrt(2), PeakSettings())
    assert [round(line.position.value, -1) for line in found.lines] == [900, 1460]
