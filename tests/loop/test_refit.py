"""The model says how far it is off on formulations that it has not seen, in the target's own unit."""

from __future__ import annotations

import pytest

from loop import commands
from loop.refit import refit, unfitted
from tests.loop.campaigns import begun, definition, then, value

STARTS = [
    (180.0, "A"),
    (190.0, "B"),
    (200.0, "A"),
    (210.0, "B"),
    (220.0, "A"),
    (230.0, "B"),
    (240.0, "A"),
    (185.0, "B"),
]


def line(temperature):
    """What is easily learned: a straight line from 20 to 80."""
    return 20 + temperature - 180


def known(n, scale=1.0, of=line, **changes):
    rows = [
        ({"temperature": t, "catalyst": c}, {"yield": value(scale * of(t))}, f"row {i}")
        for i, (t, c) in enumerate(STARTS[:n])
    ]
    state = begun(definition(**changes))
    return then(state, commands.import_specimens(state, rows))


def test_what_is_easily_learned_is_known_well():
    """The error on what was left out is less than half of how much results differ."""
    fit = refit(known(8)).fits["yield"]
    assert fit.n == 8
    assert fit.rmse is not None
    assert fit.spread is not None
    assert fit.rmse < fit.spread / 2


def test_the_errors_are_in_the_unit_of_the_target():
    """A thousand times the values: a thousand times the error."""
    target = {"yield": {"unit": "g", "goal": "maximise", "repeatability_sd": 1000.0}}
    small, large = refit(known(8)).fits["yield"], refit(known(8, 1000.0, targets=target)).fits["yield"]
    assert large.spread == pytest.approx(1000 * (small.spread or 0))
    assert large.rmse == pytest.approx(1000 * (small.rmse or 0), rel=0.2)


def test_the_same_knowledge_gives_the_same_fit_bit_for_bit():
    assert refit(known(6)) == refit(known(6))


def test_with_few_results_no_error_is_claimed():
    """Three formulations are too few to leave some out; none at all have no spread either."""
    few = refit(known(3)).fits["yield"]
    assert (few.n, few.rmse) == (3, None)
    none = refit(begun()).fits["yield"]
    assert (none.n, none.rmse, none.spread) == (0, None, None)


def test_a_model_that_could_not_learn_is_written_down():
    """Every measured target, nothing known."""
    event = unfitted(known(6))
    assert event.rung == "none"
    assert [(fit.n, fit.rmse) for fit in event.fits.values()] == [(0, None)]
