"""What is weighed sums exactly to the batch, and is what was planned as near as the balances allow."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.definition import read_definition
from loop.errors import FormulationError
from loop.recipe import recipe_for, volume_shares

TODAY = date(2026, 5, 4)


def compound(batch_kg=2.0, balances=(1.0, 0.1, 0.001), **base):
    """PP with talc and an antioxidant dosed as a 20 % masterbatch in PP."""
    return read_definition(
        {
            "schema": 1,
            "campaign": "R1",
            "ingredients": {
                "batch_kg": batch_kg,
                "components": {
                    "PP": {"low": 50, "high": 100, "balance_g": balances[0], "density": 0.905, **base},
                    "talc": {"low": 0, "high": 40, "balance_g": balances[1], "density": 2.75},
                    "AO": {
                        "low": 0,
                        "high": 0.5,
                        "balance_g": balances[2],
                        "masterbatch": {"active": 20, "carrier": "PP"},
                    },
                },
            },
            "targets": {"modulus": {"goal": "maximise"}},
        }
    )


@settings(max_examples=60, deadline=None)
@given(
    talc=st.integers(0, 4000),
    antioxidant=st.integers(0, 50),
    batch_kg=st.sampled_from([0.05, 0.5, 2.0, 12.5]),
    balances=st.sampled_from([(0.1, 0.1, 0.1), (0.01, 0.01, 0.01), (0.1, 0.01, 0.001), (0.001, 0.1, 0.01)]),
)
def test_grams_sum_exactly_to_the_batch(talc, antioxidant, batch_kg, balances):
    """In decimals, not nearly: whatever the shares, the batch and the balances."""
    shares = {"talc": talc / 100, "AO": antioxidant / 100}
    shares["PP"] = round(100 - sum(shares.values()), 2)
    recipe = recipe_for(compound(batch_kg, balances), shares, today=TODAY)
    assert sum(Decimal(repr(line.grams)) for line in recipe.lines) == Decimal(repr(batch_kg)) * 1000
    assert sum(recipe.as_weighed.values()) == pytest.approx(100, abs=1e-9)
    by_name = dict(zip(("PP", "talc", "AO"), balances, strict=True))
    for line in recipe.lines:
        assert Decimal(repr(line.grams)) % Decimal(repr(by_name[line.feeder])) == 0


def test_a_masterbatch_is_weighed_as_such_and_its_carrier_comes_off_the_base():
    recipe = recipe_for(compound(2.0, (0.1, 0.1, 0.1)), {"PP": 79.9, "talc": 20, "AO": 0.1}, today=TODAY)
    grams = {line.feeder: line.grams for line in recipe.lines}
    assert grams == {"PP": 1590.0, "talc": 400.0, "AO": 10.0}
    assert recipe.as_weighed["AO"] == pytest.approx(0.1)
    assert recipe.as_weighed["PP"] == pytest.approx(79.9)


def test_a_balance_too_coarse_for_a_dose_is_said():
    recipe = recipe_for(compound(0.05, (0.1, 0.1, 0.1)), {"PP": 79.97, "talc": 20, "AO": 0.03}, today=TODAY)
    assert any("AO" in note and "finer balance" in note for note in recipe.notes)


def test_a_masterbatch_cannot_bring_more_carrier_than_there_is():
    starved = compound(2.0, (0.1, 0.1, 0.1), low=0)
    with pytest.raises(FormulationError, match="masterbatches bring"):
        recipe_for(starved, {"PP": 0.1, "talc": 99.4, "AO": 0.5}, today=TODAY)


def test_lots_are_used_by_expiry_and_expired_ones_left_alone():
    lots = {
        "old": {"stock_kg": 9, "expires": "2026-05-03"},
        "soon": {"stock_kg": 0.5, "expires": "2026-06-01"},
        "later": {"stock_kg": 9},
    }
    recipe = recipe_for(compound(2.0, (1, 1, 1), lots=lots), {"PP": 80, "talc": 20, "AO": 0}, today=TODAY)
    assert recipe.lines[0].lots == ("soon 500 g", "later 1100 g")
    short = compound(2.0, (1, 1, 1), lots={"soon": lots["soon"]})
    assert "1.1 kg more is needed" in " ".join(recipe_for(short, {"PP": 80, "talc": 20, "AO": 0}, today=TODAY).notes)


def test_twenty_percent_talc_by_mass_is_eight_by_volume():
    """20 wt % talc (2.75 g/cm³) in PP (0.905 g/cm³): 7.6 vol %, by the rule of mixtures."""
    components = compound().ingredients.components
    shares = volume_shares({k: components[k] for k in ("PP", "talc")}, {"PP": 80, "talc": 20})
    assert shares["talc"] == pytest.approx(7.6, abs=0.05)
    assert volume_shares(components, {"PP": 80, "talc": 19.9, "AO": 0.1}) is None
