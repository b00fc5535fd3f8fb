"""Lines that are expected are fitted where they are expected: what is known before counts as much as it is sure."""

from __future__ import annotations

import numpy as np
import pytest

from services.preprocessing.peakfit.expecting import Expected, fitted_expecting
from services.preprocessing.peakfit.pattern import Component, Pattern
from services.preprocessing.peakfit.sequential import fit_peaks
from services.preprocessing.peakfit.settings import PeakSettings
from services.preprocessing.peakfit.solve import FitError
from services.records.peaks import Estimate

X = np.linspace(600.0, 900.0, 901)
LINES = ((700.0, 12.0, 1.0), (712.0, 10.0, 0.15), (820.0, 9.0, 0.6))
NOISE = 0.03


def found(seed, lines=LINES):
    rows = [Component(kind="pseudo-Voigt", height=h, place=p, ln_width=np.log(w)) for p, w, h in lines]
    clean = Pattern(components=tuple(rows), baseline=(0.2, 0.05), first=X[0], last=X[-1]).value(X)
    y = clean + NOISE * np.random.default_rng(seed).standard_normal(len(X))
    return fit_peaks(X, y, PeakSettings(baseline_degree=1))


def expected(place, width, *, sd=1.0, sign=1):
    return Expected(position=Estimate(place, sd), fwhm=Estimate(width, 0.1 * width), sign=sign)


def test_a_shoulder_that_hardly_shows_keeps_its_place():
    """Known to one wavenumber, the weak line beside a strong one comes out in its place, its area within errors."""
    areas = []
    for seed in range(8):
        _, (_, shoulder, _) = fitted_expecting(found(seed), [expected(p, w) for p, w, _ in LINES])
        assert abs(shoulder.position.value - 712.0) < 3.0
        areas.append((shoulder.area.value - 0.15 * 10 * (np.pi / 4 + 0.5323)) / shoulder.area.stderr)
    assert np.abs(areas).max() < 4
    assert np.sqrt(np.mean(np.square(areas))) < 2


def test_each_line_comes_back_in_the_order_it_was_asked_for():
    """By place the fit, by wish the second answer."""
    fit, lines = fitted_expecting(found(1), [expected(820.0, 9.0), expected(700.0, 12.0)])
    assert [round(line.position.value / 10) for line in lines] == [82, 70]
    assert [peak.position.value for peak in fit.lines] == sorted(peak.position.value for peak in fit.lines)


def test_where_there_is_nothing_the_area_is_nothing():
    """A line of another material, expected: within three errors of none, its place as known before and no better."""
    _, (_, _, absent) = fitted_expecting(
        found(2), [expected(700.0, 12.0), expected(820.0, 9.0), expected(760.0, 10.0, sd=0.5)]
    )
    assert absent.area.value < 3 * absent.area.stderr + 0.15
    assert abs(absent.position.value - 760.0) < 1.5


@pytest.mark.parametrize(("sd", "low", "high"), [(0.001, 0.0, 0.05), (100.0, 3.5, 4.5)])
def test_what_is_sure_stays_and_what_is_not_gives_way(sd, low, high):
    """Expected four wavenumbers beside the truth: held by a sure prior, drawn to the data by an unsure one."""
    _, (line,) = fitted_expecting(found(3, ((700.0, 12.0, 1.0),)), [expected(704.0, 12.0, sd=sd)])
    assert low <= abs(line.position.value - 704.0) <= high


def test_what_cannot_be_expected_is_said():
    """Outside the curve; not known at all; none."""
    one = found(0)
    with pytest.raises(FitError, match="expected at 1200, but the curve runs from 600 to 900"):
        fitted_expecting(one, [expected(1200.0, 10.0)])
    with pytest.raises(FitError, match="expected at 700: its width and both standard deviations"):
        fitted_expecting(one, [expected(700.0, 10.0, sd=0.0)])
    with pytest.raises(FitError, match="no line is expected"):
        fitted_expecting(one, [])
