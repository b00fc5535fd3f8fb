"""What holds of every step: it is a function, it keeps what it does not speak of, and it refuses by name."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.preprocessing.cleaning.errors import ChannelError, CleaningError
from services.preprocessing.cleaning.steps import CleaningStep, cleaned
from tests.services.preprocessing.cleaning.curves import SEGMENTS, bell, signal

WRITTEN = (
    {"step": "spikes"},
    {"step": "range", "from": 700, "to": 1700},
    {"step": "grid", "by": 3},
    {"step": "grid", "points": 900},
    {"step": "convert", "to": "absorbance"},
    {"step": "convert", "to": "g"},
    {"step": "baseline", "method": "arpls", "parameters": {"lam": 1e5}},
    {"step": "smooth", "window": 20},
    {"step": "smooth", "method": "Whittaker", "stiffness": 50},
    {"step": "normalise", "method": "area"},
    {"step": "normalise", "method": "SNV"},
    {"step": "derivative", "window": 20},
    {"step": "derivative", "window": 20, "order": 2},
    {"step": "atmosphere", "carbon_dioxide": [1500, 1600]},
    {"step": "program"},
)
STEPS = [TypeAdapter(CleaningStep).validate_python(one) for one in WRITTEN]
NAMES = ["-".join(str(value) for value in one.values() if not isinstance(value, dict)) for one in WRITTEN]
X = np.linspace(600, 1796, 300)


def any_signal(y, *, of=("mass", "mg")):
    return signal(
        X, y, of=of, others=(("temperature", "°C", X / 10), ("gas_flow", "ml/min", np.cos(X))), segments=SEGMENTS
    )


def tried(step, before):
    """What a step makes of a curve: another, or an error of the family."""
    try:
        return step.apply(before)
    except CleaningError as error:
        return error


@pytest.mark.parametrize("step", STEPS, ids=NAMES)
@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 99),
    gaps=st.lists(st.tuples(st.integers(0, 290), st.integers(1, 40)), max_size=3),
    scale=st.sampled_from([1e-6, 1.0, 1e6]),
)
def test_a_step_is_a_function_that_ends_in_a_curve_or_in_an_error_by_name(step, seed, gaps, scale):
    """Twice the same; never a value where there was none, but on purpose; the source is not touched."""
    y = scale * (2 + bell(X, 1100, 60) + np.random.default_rng(seed).normal(0, 0.02, len(X)))
    for start, n in gaps:
        y[start : start + n] = np.nan
    before = any_signal(y)
    after, again = tried(step, before), tried(step, before)
    if isinstance(after, CleaningError):
        assert f"{step.step}: FTIR (mass):" in str(after)
        assert str(after) == str(again)
        return
    assert after.curve == again.curve
    assert after.notes == again.notes
    assert after.curve.channel("gas_flow").unit == "ml/min"
    assert after.of in after.curve.quantities
    assert [segment.name for segment in after.curve.segments] == ["heat 1", "cool"] or step.step == "program"
    assert np.array_equal(before.y, y, equal_nan=True)
    if len(after.x) == len(X) and np.array_equal(after.x, X):
        assert not np.isfinite(after.y[np.isnan(y)]).any()


@pytest.mark.parametrize("step", STEPS, ids=NAMES)
@pytest.mark.parametrize("n", [2, 3, 7])
@pytest.mark.parametrize("value", [0.0, 5.0, np.nan])
def test_the_shortest_and_the_emptiest_curves_do_no_harm(step, n, value):
    """A result, or an error of the family; never another."""
    before = signal(np.linspace(600, 1800, n), np.full(n, value))
    after = tried(step, before)
    if isinstance(after, CleaningError):
        assert "FTIR (absorbance)" in str(after)
    else:
        assert len(after.x) >= 2


@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_places_that_stand_twice_do_no_harm(step):
    """A file that repeats a line; a machine that stood still."""
    x = np.repeat(X[:150], 2)
    before = signal(x, bell(x, 900, 40) + 1, of=("mass", "mg"))
    try:
        after = step.apply(before)
    except CleaningError:
        return
    assert np.isfinite(after.y).sum() > 100


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(list(itertools.permutations(range(len(STEPS) - 1), 2))))
def test_steps_follow_each_other_in_any_order(pair):
    """What comes out of one goes into the next; notes of both are kept."""
    before = any_signal(2 + bell(X, 1100, 60) + 0.01 * np.sin(X))
    try:
        after = cleaned(before, tuple(STEPS[k] for k in pair))
    except CleaningError:
        return
    assert len(after.x) >= 2
    assert np.isfinite(after.y).any()


def test_a_step_with_a_channel_of_its_own_works_on_that():
    """The chain goes on with its own; a curve without that channel passes as it is."""
    before = any_signal(X)
    one = TypeAdapter(CleaningStep).validate_python({"step": "normalise", "of": "gas_flow", "method": "maximum"})
    after = one.apply(before)
    assert after.of == "mass"
    assert np.array_equal(after.y, X)
    assert after.curve.channel("gas_flow").values.max() == pytest.approx(1)
    absent = TypeAdapter(CleaningStep).validate_python({"step": "normalise", "of": "detector_signal"})
    assert absent.apply(before) is before
    along = TypeAdapter(CleaningStep).validate_python({"step": "normalise", "of": "wavenumber"})
    with pytest.raises(ChannelError, match="wavenumber is the axis; a step works on a channel"):
        along.apply(before)


@pytest.mark.parametrize(
    "wrong", [{"step": "sharpen"}, {"step": "spikes", "heigth": 8}, {"height": 8}, {"step": "spikes", "height": 1}]
)
def test_a_step_that_is_none_is_refused_at_birth(wrong):
    """Unknown steps and unknown settings are errors."""
    with pytest.raises(ValidationError):
        TypeAdapter(CleaningStep).validate_python(wrong)


@pytest.mark.parametrize("step", STEPS, ids=NAMES)
def test_every_setting_is_described(step):
    """As a form or a page of reference shows it."""
    fields = type(step).model_fields
    assert all(field.description for name, field in fields.items() if name != "step")
