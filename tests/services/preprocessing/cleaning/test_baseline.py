"""Baselines go by the names and parameters that pybaselines has, and are the ones it makes."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from services.preprocessing.cleaning.baseline import Baseline, baseline_methods
from services.preprocessing.cleaning.errors import AxisError, CleaningError, EmptyCurveError
from tests.services.preprocessing.cleaning.curves import SEGMENTS, bell, signal

X = np.linspace(0, 300, 301)
LINES = bell(X, 80, 8) + bell(X, 150, 6, 2.0) + bell(X, 240, 10)
UNDER = 3 + 0.01 * X + np.sin(X / 100)


def baseline(**settings):
    return Baseline.model_validate({"step": "baseline", **settings})


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("asls", {"lam": 1e5, "p": 0.01}),
        ("arpls", {"lam": 1e5}),
        ("airpls", {"lam": 1e4}),
        ("iasls", {"lam": 1e5, "p": 0.1}),
        ("snip", {"max_half_window": 10, "decreasing": True, "smooth_half_window": 3}),
        ("modpoly", {"poly_order": 4}),
        ("imodpoly", {"poly_order": 4}),
        ("rolling_ball", {"half_window": 20}),
    ],
)
def test_what_lies_under_lines_is_taken_away(method, parameters):
    """By each of the usual methods, with noise, within a few per cent of the lines."""
    y = UNDER + LINES + np.random.default_rng(1).normal(0, 0.01, len(X))
    after = baseline(method=method, parameters=parameters).apply(signal(X, y))
    assert np.sqrt(np.mean((after.y - LINES) ** 2)) < 0.08
    assert method in after.notes[0]


def test_a_wrong_name_and_a_wrong_parameter_say_what_would_be_right():
    """When the chain is declared, not when a curve comes."""
    with pytest.raises(ValidationError, match="there is no baseline 'asl'; did you mean asls"):
        baseline(method="asl")
    with pytest.raises(ValidationError, match=r"baseline asls has no lambda; it has lam \(1000000.0\), p \(0.01\)"):
        baseline(method="asls", parameters={"lambda": 5})
    with pytest.raises(ValidationError, match="windows of pure baseline go with the method poly, not with asls"):
        baseline(method="asls", windows=[[1, 2]])
    assert "weights" not in baseline_methods()["asls"]
    assert "collab_pls" not in baseline_methods()


def test_a_value_that_the_method_refuses_is_an_error_of_the_step():
    """With the curve and the step named."""
    with pytest.raises(CleaningError, match=r"baseline: FTIR \(absorbance\): asls refuses"):
        baseline(method="asls", parameters={"lam": -1.0}).apply(signal(X, UNDER + LINES))


def test_a_line_through_declared_windows_is_exact():
    """Where lines stand in between, of whatever height and sign."""
    y = 2 - 0.02 * X - 5 * LINES
    after = baseline(method="poly", parameters={"poly_order": 1}, windows=[[0, 40], [280, 300]]).apply(signal(X, y))
    assert np.allclose(after.y, -5 * LINES, atol=1e-4)
    with pytest.raises(AxisError, match="0 points lie in the windows 400 to 500; wavenumber goes from 0 to 300 cm-1"):
        baseline(method="poly", windows=[[400, 500]]).apply(signal(X, y))


def test_a_gap_is_bridged_and_stays_a_gap():
    """The baseline beside it is not drawn down."""
    y = UNDER + LINES
    y[100:130] = np.nan
    after = baseline(method="arpls", parameters={"lam": 1e5}).apply(signal(X, y))
    assert np.array_equal(np.isnan(after.y), np.isnan(y))
    assert np.nanmax(np.abs(after.y - LINES)) < 0.2
    y[5:] = np.nan
    with pytest.raises(EmptyCurveError, match="5 of 301 values are numbers; 10 are wanted"):
        baseline().apply(signal(X, y))


def test_segments_have_baselines_of_their_own():
    """A step between two stretches of a program is no feature of either."""
    y = np.where(np.arange(301) < 120, 1.0, 9.0)
    after = baseline(method="poly", parameters={"poly_order": 0}).apply(signal(X[:300], y[:300], segments=SEGMENTS))
    assert np.allclose(after.y, 0.0)


def test_what_does_not_settle_is_told():
    """As a note, with how far it came."""
    after = baseline(method="arpls", parameters={"max_iter": 1}).apply(signal(X, UNDER + LINES))
    assert any("did not settle" in note for note in after.notes)
