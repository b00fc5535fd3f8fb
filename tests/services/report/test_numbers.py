"""Numbers are written to the repeatability of the test, texts to the columns they take."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.observations import State, TargetValue
from loop.space.parameters import Categorical, Continuous, Discrete, Ingredient
from services.report.lettering import cut, n_columns
from services.report.numbers import Numbers, decimals_of, rounded, setting_text, short_id, significant
from tests.loop.written import WrittenCampaign
from tests.services.report.stories import POLYPROPYLENE, polypropylene


@given(spread=st.floats(1e-6, 1e6), value=st.floats(-1e6, 1e6))
def test_rounding_hides_no_difference_that_a_test_could_see(spread, value):
    """What is written differs from the value by at most an eighth of the repeatability."""
    text = rounded(value, decimals_of(spread)).replace("−", "-")
    assert abs(float(text) - value) <= spread / 8 * (1 + 1e-9) + 1e-9 * abs(value)


@pytest.mark.parametrize(
    ("value", "spread", "text"),
    [(1843.27, 35, "1843"), (1843.27, 48, "1840"), (5.127, 0.35, "5.13"), (-0.004, 0.4, "0.0"), (-2.5, 1.2, "−2.5")],
)
def test_values_are_written_to_the_repeatability(value, spread, text):
    """Worked by hand: one unit in the last place is at most a quarter of the spread."""
    assert rounded(value, decimals_of(spread)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1.15, "1.15"), (1234567.0, "1235000"), (0.000123456, "0.0001235"), (-12.5, "−12.5"), (100.0, "100")],
)
def test_significant_digits_come_without_an_exponent(value, text):
    """Four digits that count, no trailing zeros."""
    assert significant(value) == text


@given(st.floats(min_value=1e-8, max_value=1e12))
def test_significant_digits_keep_the_value(value):
    """Law: four digits lose at most half a unit of the fourth."""
    assert math.isclose(float(significant(value)), value, rel_tol=5.1e-4)


def test_settings_are_written_with_the_decimals_of_their_step():
    """As the balance or the controller shows them; off the grid, as they are."""
    talc = Ingredient(high=20, step=0.05)
    assert setting_text(talc, 0.5) == "0.50"
    assert setting_text(talc, 0.503) == "0.503"
    assert setting_text(Continuous(low=0.5, high=10, step=1), 2.5) == "2.5"
    assert setting_text(Continuous(low=0, high=10), 3.0) == "3"
    assert setting_text(Discrete(values=(1, 5)), 5.0) == "5"
    assert setting_text(Categorical(levels=["IPDA", "DETA"]), "IPDA") == "IPDA"
    assert setting_text(None, None) == "–"


def test_targets_are_written_with_what_their_test_repeats_within():
    """Declared for a modulus, none for a computed cost, with the reason where there is no number."""
    numbers = Numbers(polypropylene(1).state)
    assert numbers.with_unit("modulus", 1612.34) == "1612 MPa"
    assert numbers.value("cost", 1.14567) == "1.146"
    assert numbers.value("impact", None) == "–"
    assert numbers.spread("modulus", 0.8) == "0.8"
    assert numbers.seen("impact", TargetValue(state=State.BELOW_DETECTION, limit=2.0)) == "< 2.00"
    assert numbers.seen("impact", TargetValue(state=State.LOST)) == "lost"
    assert numbers.labelled("impact") == "impact (kJ/m²)"
    assert numbers.unit("no target any more") == ""


def test_ingredients_have_the_unit_of_the_mixture():
    """Shares are in % unless the mixture says otherwise."""
    definition = WrittenCampaign(POLYPROPYLENE).state.definition
    assert definition.unit_of("talc") == "%"
    assert definition.unit_of("screw speed") == "1/min"
    assert definition.unit_of("gone") == ""


def test_ids_are_shortened_by_the_campaign_only():
    """What tells one specimen from another stays."""
    assert short_id("PP01-C003-02-S1", "PP01") == "C003-02-S1"
    assert short_id("PP011-C003-02-S1", "PP01") == "PP011-C003-02-S1"


@given(st.text(), st.integers(1, 30))
def test_a_cut_text_fits_its_columns(text, columns):
    """Law: never wider than asked, and untouched where it fits."""
    assert n_columns(cut(text, columns)) <= max(columns, 1)
    assert cut(text, max(n_columns(text), 1)) == text


def test_east_asian_letters_take_two_columns():
    """As a terminal and a page both set them."""
    assert n_columns("PP酸化") == 6
    assert cut("酸化防止剤", 7) == "酸化防…"
