"""Crystallinity and phases of a diffractogram whose lines and halo are planted."""

from __future__ import annotations

from math import asin, cos, degrees, pi, radians, sin

import numpy as np
import pytest
from pydantic import ValidationError

from loop.observations import State
from services.features.crystallinity import Crystallinity
from services.records.reading import Amount
from tests.services.features.making import GAUSSIAN, by_name, fit_with, gaussian, peak, spectrum

X = np.arange(5.0, 40.0, 0.01)
WIDTH, LORENTZ = 0.45, 0.45
ALPHA = {"α 110": (14.12, 900.0), "α 040": (16.91, 1400.0), "α 130": (18.53, 600.0), "α 131": (21.84, 800.0)}
BETA, GAMMA = ("β 110", 16.06, 300.0), ("γ 117", 20.06, 200.0)
PE = (("PE", 21.64, 360.0), ("PE", 24.03, 120.0))
HALO = 9000.0
AXIS, OF = ("two_theta", "°"), ("intensity", "counts")


def doublet(place, height, width=WIDTH, lorentz=LORENTZ):
    """Return a line of Cu Kα1 with its Kα2."""
    second = 2 * degrees(asin(sin(radians(place / 2)) * 1.544426 / 1.540598))
    total = np.zeros(len(X))
    for at, part in ((place, 1.0), (second, 0.5)):
        lorentzian = 1 / (1 + 4 * ((X - at) / width) ** 2)
        total += part * height * ((1 - lorentz) * gaussian(X, at, 1.0, width) + lorentz * lorentzian)
    return total


def area(height, width=WIDTH, lorentz=LORENTZ):
    """Return the area of both parts of a line."""
    return 1.5 * height * width * ((1 - lorentz) * GAUSSIAN + lorentz * pi / 2)


def measured(*lines, talc=0.0, shift=0.0, seed=0, lorentz=LORENTZ, halo_width=7.0):
    """Return counts of lines and talc 004 on a halo, air and a ground; the fit found strong lines and talc."""
    y = 30 + 20 * np.exp(-(X - 5) / 3) + gaussian(X, 17.5, HALO / (GAUSSIAN * halo_width), halo_width)
    for place, height in [*ALPHA.values(), *((at, height) for _, at, height in lines)]:
        y = y + doublet(place + shift, height, lorentz=lorentz)
    y = y + doublet(18.96 + shift, talc, 0.25)
    counts = np.random.default_rng(seed).poisson(y).astype(float)
    found = [peak(at + shift, height, WIDTH, profile="doublet") for at, height in ALPHA.values()]
    found += [peak(18.96 + shift, talc, 0.25, profile="doublet")] if talc else []
    conditions = {"wavelength": Amount(1.5406, "Å")}
    return spectrum(X, counts, axis=AXIS, of=OF, fits={"pattern": fit_with(X, found)}, conditions=conditions)


def declared(**more):
    """Return what is declared of filled polypropylene."""
    lines = [{"name": name, "at": at} for name, (at, _) in ALPHA.items()]
    lines += [{"name": name, "at": at} for name, at, _ in (BETA, GAMMA)]
    return {
        "lines": lines,
        "align": ["α 040", "α 110"],
        "fillers": [[18.75, 19.15]],
        "others": [{"name": "PE", "lines": [[21.64, 3], [24.03, 1]]}],
        "indices": [
            {"name": "k_beta", "over": "β 110", "others": ["α 110", "α 040", "α 130"]},
            {"name": "gamma index", "over": "γ 117", "others": ["α 130"]},
        ],
        "sizes": [
            {
                "name": "crystallite_size_040",
                "line": {"name": "α 040", "at": 16.91, "within": 0.3},
                "instrument_width": 0.1,
            }
        ],
        **more,
    }


def features(made, **more):
    """Return features by name."""
    return by_name(Crystallinity.model_validate(declared(**more)).features(made))


@pytest.mark.parametrize(("talc", "shift"), [(0.0, 0.0), (900.0, 0.0), (0.0, 0.06)])
def test_crystallinity_is_lines_over_lines_and_halo(talc, shift):
    """Within 3 %, whatever a filler adds beside a line, and however far the pattern is shifted."""
    found = features(measured(BETA, GAMMA, talc=talc, shift=shift))
    lines = sum(area(height) for height in (*(h for _, h in ALPHA.values()), BETA[2], GAMMA[2]))
    assert found["PP crystallinity"].value == pytest.approx(100 * lines / (lines + HALO), abs=3.0)


def test_a_second_polymer_is_told_though_its_strongest_line_is_hidden():
    """Its lines keep their ratio, so that the lone one tells of the other."""
    found = features(measured(*PE))["PE crystalline share"]
    lines, other = sum(area(h) for _, h in ALPHA.values()), area(360) + area(120)
    assert found.value == pytest.approx(100 * other / (lines + other + HALO), abs=0.5)


def test_what_is_not_there_is_below_detection():
    """Without polyethylene, β and γ there are limits from the noise, above what is there: nothing."""
    found = features(measured())
    for name, largest in (("PE crystalline share", 2.0), ("k_beta", 0.02), ("gamma index", 0.1)):
        assert found[name].state is State.BELOW_DETECTION, name
        assert 0 < found[name].limit < largest


def test_indices_go_by_heights():
    """Turner-Jones' k_beta among α and β; γ over itself and 130."""
    found = features(measured(BETA, GAMMA))
    assert found["k_beta"].value == pytest.approx(300 / (300 + 900 + 1400 + 600), abs=0.01)
    assert found["gamma index"].value == pytest.approx(200 / 800, abs=0.03)


def test_errors_are_what_repeats_scatter_by():
    """Counting again scatters an index by its standard error, within a factor of two; crystallinity by less."""
    repeats = [features(measured(BETA, GAMMA, seed=seed)) for seed in range(10)]
    for name, least in (("PP crystallinity", 0.0), ("k_beta", 0.3)):
        scatter = np.std([found[name].value for found in repeats], ddof=1)
        assert least < scatter / np.median([found[name].stderr for found in repeats]) < 2.0, name


@pytest.mark.parametrize("lorentz", [0.25, 0.4, 0.6])
@pytest.mark.parametrize("halo_width", [6.0, 7.0, 9.0])
def test_errors_hold_what_tails_and_halos_leave_open(lorentz, halo_width):
    """However far the tails of lines reach and however wide the halo is: crystallinity is off by two errors at most."""
    found = features(measured(lorentz=lorentz, halo_width=halo_width))["PP crystallinity"]
    lines = sum(area(height, lorentz=lorentz) for _, height in ALPHA.values())
    inside = gaussian(X, 17.5, HALO / (GAUSSIAN * halo_width), halo_width)[(X >= 10) & (X <= 35)].sum() * 0.01
    off = found.value - 100 * lines / (lines + inside)
    assert abs(off) < 2 * found.stderr
    assert found.stderr < 3.0


def test_size_follows_from_scherrer_without_the_instrument():
    """K λ / (β cos θ), the instrument's width taken off in squares."""
    found = features(measured())["crystallite_size_040"]
    breadth = radians(np.sqrt(WIDTH**2 - 0.1**2))
    assert found.value == pytest.approx(0.9 * 0.15406 / (breadth * cos(radians(16.91 / 2))), rel=1e-3)


def test_what_cannot_be_told_says_why():
    """Without a fit, without the strong lines, or without the whole pattern every name has its reason."""
    whole = measured()
    n = len(features(whole))
    lines = {"pattern": fit_with(X, [peak(20.06, 200.0, 0.4)])}
    for made, says in (
        (spectrum(X, np.ones(len(X)), axis=AXIS, of=OF), "peak fit"),
        (spectrum(X, whole.clean.channels[0].values, axis=AXIS, of=OF, fits=lines), "shifted"),
        (spectrum(X[:1500], X[:1500], axis=AXIS, of=OF, fits=whole.fits), "8 to 33"),
    ):
        found = features(made)
        assert len(found) == n
        assert says in found["PP crystallinity"].reason
        assert says in found["k_beta"].reason


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"align": ["α 999"]}, "α 999"),
        ({"halo": [20, 10]}, "no window"),
        ({"others": [{"name": "β 110", "lines": [[1, 1]]}]}, "another name"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(more, says):
    """Names exist and differ, windows rise."""
    with pytest.raises(ValidationError, match=says):
        Crystallinity.model_validate(declared(**more))
