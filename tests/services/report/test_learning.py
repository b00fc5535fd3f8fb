"""The report shows how well the model knows each target, cycle by cycle, and claims no more than was found."""

from __future__ import annotations

import pytest

from loop.events import FitOfTarget, ModelRefitted
from services.report.learning import learning_sentences, learning_table
from services.report.page import build_report
from services.report.pictures.learning import learning_picture
from tests.loop.campaigns import NOW, begun, then


def learned(*rmses, spread=20.0):
    """A campaign whose model was off by so much after each cycle."""
    state = begun()
    for cycle, rmse in enumerate(rmses, start=1):
        fit = FitOfTarget(n=4 * cycle, rmse=rmse, spread=spread)
        event = ModelRefitted(
            cycle=cycle, seen_seq=state.seq, data_hash="0" * 64, surrogate="gp", rung="model", fits={"yield": fit}
        )
        state = then(state, [event])
    return state


def page(state) -> str:
    return build_report(state, None, now=NOW, recipes={}, title="Films")


def test_the_table_has_the_error_of_each_cycle_in_the_unit_of_the_target():
    table = learning_table(learned(15.0, 10.0, 5.0))
    assert table is not None
    assert [head.text for head in table.heads][1:4] == ["cycle 1", "cycle 2", "cycle 3"]
    assert [cell.text for cell in table.rows[0]] == ["yield (%)", "15.0", "10.0", "5.0", "20.0", "12"]


def test_the_picture_shows_the_share_of_the_spread():
    """Going down is learning; at 100 % the model says no more than the mean."""
    (trace,) = learning_picture(learned(20.0, 10.0, 5.0)).data
    assert list(trace.x) == [1, 2, 3]
    assert list(trace.y) == pytest.approx([100, 50, 25])


def test_a_model_that_knows_nothing_is_said_to():
    assert any("Of yield the model does not know more" in text for text in learning_sentences(learned(10.0, 25.0)))
    assert len(learning_sentences(learned(25.0, 10.0))) == 1


def test_nothing_is_shown_where_nothing_was_found():
    """No refit, or none with enough formulations: no heading, no empty picture; one alone is a table."""
    for state in (begun(), learned(None, None)):
        assert learning_table(state) is None
        assert "How well the model knows" not in page(state)
    one = page(learned(10.0))
    assert "How well the model knows" in one
    assert 'id="learning"' not in one
    assert 'id="learning"' in page(learned(10.0, 5.0))


def test_a_cycle_in_which_too_little_was_known_is_left_out():
    table = learning_table(learned(10.0, None, 5.0))
    assert table is not None
    assert [head.text for head in table.heads][1:3] == ["cycle 1", "cycle 3"]
