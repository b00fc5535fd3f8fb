"""Areas, heights and ratios of bands come out as planted, with errors that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from loop.observations import State
from services.features.windows import Windows
from tests.services.features.making import GAUSSIAN, by_name, fit_with, gaussian, peak, spectrum

X = np.arange(1000.0, 1400.0, 2.0)


def windows(**band):
    """Return an extraction of one band over another."""
    return Windows.model_validate(
        {
            "bands": [
                {"name": "one", "from": 1060, "to": 1140, "feature": True, **band},
                {"name": "two", "from": 1260, "to": 1340, "feature": True},
            ],
            "ratios": [{"name": "index", "over": "one", "under": "two", "source": "somebody 1999"}],
        }
    )


def two_bands(noise=0.0, seed=0, slope=0.0):
    """Return two Gaussian bands, 3 and 2 high, 20 wide, on a slope."""
    y = gaussian(X, 1100, 3.0, 20) + gaussian(X, 1300, 2.0, 20) + 0.5 + slope * (X - 1200)
    return y + noise * np.random.default_rng(seed).standard_normal(len(X))


@given(slope=st.floats(-1, 1))
@settings(max_examples=20, deadline=None)
def test_a_straight_background_changes_no_area(slope):
    """A band stands over the line between its ends, whatever that slope."""
    found = by_name(windows().features(spectrum(X, two_bands(slope=slope), noise=0.01)))
    assert found["one"].value == pytest.approx(3 * 20 * GAUSSIAN, rel=2e-3)
    assert found["index"].value == pytest.approx(1.5, rel=2e-3)


def test_errors_are_the_scatter_of_repeats():
    """The standard error of an area, a height and a ratio is what repeats scatter by."""
    extractions = windows(), windows(of="height")
    values = {(k, name): [] for k in (0, 1) for name in ("one", "index")}
    errors = dict.fromkeys(values, 0.0)
    for seed in range(150):
        measured = spectrum(X, two_bands(noise=0.03, seed=seed), noise=0.03)
        for k, extraction in enumerate(extractions):
            found = by_name(extraction.features(measured))
            for name in ("one", "index"):
                values[k, name].append(found[name].value)
                errors[k, name] = found[name].stderr
    for key, each in values.items():
        assert np.std(each) == pytest.approx(errors[key], rel=0.3), key


def test_noise_does_not_lift_a_height():
    """The mean of heights over repeats is the height: no bare maximum."""
    heights = [
        by_name(windows(of="height").features(spectrum(X, two_bands(noise=0.1, seed=seed), noise=0.1)))["one"].value
        for seed in range(80)
    ]
    assert np.mean(heights) == pytest.approx(3.0, abs=0.05)


def test_a_band_that_is_not_there_stands_with_its_error():
    """No band is a number about 0 with an error, not a limit: means over specimens stay right."""
    y = gaussian(X, 1300, 2.0, 20)
    found = by_name(windows().features(spectrum(X, y, noise=0.02)))["index"]
    assert found.state is State.MEASURED
    assert abs(found.value) <= 3 * found.stderr


def test_nothing_below_the_line_gives_no_ratio():
    """A reference that does not rise above its noise is no reference."""
    y = gaussian(X, 1100, 3.0, 20)
    found = by_name(windows().features(spectrum(X, y, noise=0.02)))["index"]
    assert found.value is None
    assert "not above its noise" in found.reason


def test_a_window_outside_the_curve_says_so():
    """A curve that ends before its window gives a reason, not part of an area."""
    found = by_name(windows().features(spectrum(X[:100], two_bands()[:100], noise=0.1)))
    assert found["two"].value is None
    assert "1260 to 1340" in found["two"].reason
    assert found["index"].reason == found["two"].reason


def test_fitted_lines_within_a_window_are_added():
    """Lines that overlap are told apart by their fit; broad ones do not count."""
    lines = [peak(1095, 1.0, 10), peak(1105, 2.0, 10), peak(1100, 9.0, 300, is_broad=True), peak(1200, 5.0, 10)]
    measured = spectrum(X, two_bands(), noise=0.1, fits={"all": fit_with(X, lines)})
    found = by_name(windows(of="fitted area").features(measured))
    assert found["one"].value == pytest.approx(30 * GAUSSIAN)
    assert by_name(windows(of="fitted area", fit="other").features(measured))["one"].reason.startswith("there is no")


def test_the_recipe_names_windows_and_source():
    """One line says how an index was made."""
    found = by_name(windows().features(spectrum(X, two_bands(), noise=0.1)))["index"]
    assert found.recipe == "A(1060–1140)/A(1260–1340), somebody 1999"


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"bands": [{"name": "a", "from": 2, "to": 1}]}, "no window"),
        ({"bands": [{"name": "a", "from": 1, "to": 2}], "ratios": [{"name": "r", "over": "a", "under": "b"}]}, "'b'"),
        ({"bands": [{"name": "a", "from": 1, "to": 2}] * 2}, "another name"),
        ({"bands": [{"name": "a", "from": 1, "to": 2, "colour": 1}]}, "colour"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(part, says):
    """A window rises, a ratio's bands exist, names differ, keys are known."""
    with pytest.raises(ValidationError, match=says):
        Windows.model_validate(part)


def test_steam_in_a_window_is_taken_off_and_costs_certainty():
    """Narrow lines at known places, up or down, change no area; the error grows by what their fit costs."""
    steam = sum(gaussian(X, at, height, 4.0) for at, height in ((1080, 0.4), (1098, -0.5), (1117, 0.6)))
    made = Windows.model_validate({**windows().model_dump(by_alias=True), "strangers": [1080, 1098, 1117]})
    bare = by_name(windows().features(spectrum(X, two_bands() + steam, noise=0.01)))["one"]
    without = by_name(made.features(spectrum(X, two_bands(), noise=0.01)))["one"]
    found = by_name(made.features(spectrum(X, two_bands() + steam, noise=0.01)))["one"]
    assert abs(bare.value - 60 * GAUSSIAN) > 1.5
    assert found.value == pytest.approx(without.value, abs=1e-6)
    assert found.value == pytest.approx(60 * GAUSSIAN, rel=0.02)
    assert found.stderr > bare.stderr
