"""Expressions are arithmetic, and nothing but arithmetic."""

import gc
import sys
import threading
from time import sleep

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import ExpressionError
from loop.expressions import Expression


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("1 + 2 * x", {"x": 3}, 7.0),
        ("-x ** 2", {"x": 3}, -9.0),
        ("(a + `b c`) / 2", {"a": 1, "b c": 2}, 1.5),
        ("max(x, 2) - min(x, 2)", {"x": 5}, 3.0),
        ("sqrt(x) + log10(100)", {"x": 9}, 5.0),
        ("`再生 PP` * 0.5", {"再生 PP": 40}, 20.0),
        ("再生PP * 0.5", {"再生PP": 40}, 20.0),
    ],
)
def test_arithmetic_gives_what_a_person_would_work_out(text, values, expected):
    assert Expression(text)(values) == pytest.approx(expected)


def test_arrays_are_worked_out_element_by_element():
    np.testing.assert_allclose(Expression("2*x + y")({"x": np.array([1.0, 2.0]), "y": 1.0}), [3.0, 5.0])


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "x.real",
        "x[0]",
        "lambda: 1",
        "x if x else 1",
        "'text'",
        "f(x)",
        "x == 1",
        "max(x)",
        "1 +",
        "",
    ],
)
def test_what_is_no_arithmetic_is_refused_before_it_runs(text):
    with pytest.raises(ExpressionError):
        Expression(text)


@pytest.mark.parametrize(("text", "values"), [("1/x", {"x": 0}), ("log(x)", {"x": -1}), ("x**y", {"x": 9.0, "y": 999})])
def test_what_gives_no_finite_number_is_an_error(text, values):
    with pytest.raises(ExpressionError):
        Expression(text)(values)


def test_an_unknown_name_is_named_beside_the_known_ones():
    with pytest.raises(ExpressionError, match=r"needs talk; known are talc"):
        Expression("talk * 2")({"talc": 1.0})


@given(a=st.floats(-1e3, 1e3), b=st.floats(-1e3, 1e3), x=st.floats(-1e3, 1e3), y=st.floats(-1e3, 1e3))
def test_the_linear_form_is_the_formula(a, b, x, y):
    """Where a formula is linear, its weights and constant give the same number."""
    formula = Expression(f"{a!r} * x - (y * {b!r} + 3) / 4 + 2")
    form = formula.linear_form()
    assert form is not None
    weights, constant = form
    by_form = weights.get("x", 0) * x + weights.get("y", 0) * y + constant
    assert by_form == pytest.approx(float(formula({"x": x, "y": y})), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("text", ["x * y", "x / y", "x ** 2", "sqrt(x)", "max(x, 1)"])
def test_what_bends_has_no_linear_form(text):
    assert Expression(text).linear_form() is None


def test_many_threads_may_read_expressions_at_once():
    """Each worker of `meguri run` does; Python's own parser breaks where another thread gets its turn in the middle."""
    faults: list[str] = []

    def read(first: int) -> None:
        for number in range(first, first + 150):
            text = " + ".join(f"{number}.5 * x{number}_{k}" for k in range(60))
            try:
                assert len(Expression(text).names) == 60
            except BaseException as error:
                faults.append(repr(error))

    def yield_turn(*_: object) -> None:
        sleep(1e-5)

    before, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(yield_turn)
    gc.set_threshold(5)
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=read, args=(1000 * number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.callbacks.remove(yield_turn)
        gc.set_threshold(*before)
        sys.setswitchinterval(interval)
    assert faults == []
