"""The program finds what lies nearest by closed form, and says when there is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from loop.errors import SpaceError
from loop.space.program import InfeasibleError, Program


def test_the_nearest_point_of_a_small_program_is_the_known_one() -> None:
    """x + y = 10 in whole numbers, wanted (2.2, 3.9) with y costing double: x takes what is missing."""
    program = Program()
    x, y = program.variable(0, 10, integer=True), program.variable(0, 10, integer=True)
    program.row({x: 1.0, y: 1.0}, at_least=10, at_most=10)
    solved = program.nearest([({x: 1.0}, 2.2, 1.0), ({y: 1.0}, 3.9, 2.0)])
    np.testing.assert_array_equal(solved, [6, 4])


def test_held_variables_stay() -> None:
    """A variable held at a value keeps it, and the next call is free of it."""
    program = Program()
    x, y = program.variable(0, 10, integer=True), program.variable(0, 10, integer=True)
    program.row({x: 1.0, y: 1.0}, at_least=10, at_most=10)
    assert program.nearest([({x: 1.0}, 2.0, 1.0)], held={x: 7.0})[y] == 3
    assert program.nearest([({x: 1.0}, 2.0, 1.0)])[x] == 2


def test_an_impossible_program_says_so() -> None:
    """Rows that exclude each other are an error with a type of its own."""
    program = Program()
    x = program.binary()
    program.row({x: 2.0}, at_least=1, at_most=1)
    with pytest.raises(InfeasibleError):
        program.nearest([])
    assert issubclass(InfeasibleError, SpaceError)


def test_small_and_large_units_do_not_change_the_answer() -> None:
    """The same program in units a million times smaller or larger has the same solution, in its units."""
    for unit in (1e-6, 1.0, 1e6):
        program = Program()
        x, y = program.variable(0, 400, integer=True), program.variable(0, 400, integer=True)
        program.row({x: 0.5 * unit, y: 0.25 * unit}, at_least=100 * unit, at_most=100 * unit)
        program.row({x: unit, y: -unit}, at_least=10 * unit)
        solved = program.nearest([({x: 0.5 * unit}, 20 * unit, 1 / unit)])
        np.testing.assert_array_equal(solved, [137, 126])
        assert program.reach({x: unit}, unit) == (unit, 401 * unit)
