"""Charpy bars: energy over the ligament, no value without a break, no mean over types."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.observations import State
from services.ingest.profiles.profile import read_profile
from services.ingest.profiles.reading import apply_profile
from services.preprocessing.charpy import CharpyError, CharpyMethod, evaluate_charpy, summarise_charpy
from services.records.reading import Amount, Facts, Reading

METHOD = CharpyMethod()
TABLE = """Sample;Bar;Energy (mJ);Width (mm);Thickness (mm);Remaining width (mm);Notch;Temperature (°C);Break type
PP-1;1;210;10.02;4.00;8.00;A;23;C
PP-1;2;250;10.02;4.00;8.00;A;23;C
PP-1;3;900;10.02;4.00;8.00;A;23;P
PP-1;4;;10.02;4.00;8.00;A;23;N
PP-1;5;160;10.02;4.00;8.00;A;-30;C
"""
PROFILE = """schema: 1
profile: charpy
title: Charpy bars
modality: Charpy
shape: amounts
columns: [{quantity: energy, unit: mJ}]
"""


def bar(broke="C", *, notch="A", texts=None, **amounts):
    held = {"temperature": Amount(23, "°C"), **{name: Amount(*a) for name, a in amounts.items()}}
    words = {"Break type": broke, "Notch": notch} if texts is None else texts
    return Reading(modality="Charpy", amounts=held, facts=Facts(specimen="PP-1", texts=words), label="PP-1")


def test_a_table_of_bars_gives_a_result_by_temperature_and_type():
    """As read from a file: 0.21 J over 4 x 8 mm are 6.5625 kJ/m2; N counts and has no value; -30 °C stands apart."""
    bars = [evaluate_charpy(r, METHOD) for r in apply_profile(read_profile(PROFILE), "a.csv", TABLE.encode())]
    cold, warm = summarise_charpy(bars, METHOD)
    assert (cold.temperature_celsius, warm.temperature_celsius, cold.n, warm.n) == (-30, 23, 1, 4)
    assert list(warm.by_type) == ["C", "N", "P"]
    assert warm.by_type["C"].mean == pytest.approx(1000 * 0.23 / 32)
    assert warm.by_type["C"].sd == pytest.approx(1000 * 0.04 / 2**0.5 / 32)
    assert (warm.by_type["C"].n, warm.by_type["C"].share) == (2, 0.5)
    assert (warm.by_type["P"].mean, warm.by_type["P"].sd) == (pytest.approx(900 / 32), None)
    assert (warm.by_type["N"].n, warm.by_type["N"].n_with_value, warm.by_type["N"].mean) == (1, 0, None)
    assert any("no mean is made" in note for note in warm.notes)
    assert any("10 are wanted" in note for note in warm.notes)


def test_a_bar_that_did_not_break_has_no_value_even_with_an_energy():
    """The hammer's loss is not an energy of fracture."""
    found = evaluate_charpy(bar("NB", energy=(4.9, "J"), thickness=(4, "mm"), remaining_width=(8, "mm")), METHOD)
    assert found.break_type == "N"
    assert found.strength.state is State.ABSENT
    assert found.strength.value is None


@given(st.floats(0.01, 50), st.floats(1, 20), st.floats(1, 20))
def test_energy_over_the_ligament(energy, thickness, width):
    """Joules over square millimetres, in kJ/m2; units change nothing; unnotched bars use their whole width."""
    expected = 1000 * energy / (thickness * width)
    notched = bar(energy=(energy, "J"), thickness=(thickness, "mm"), remaining_width=(width, "mm"), width=(25, "mm"))
    other = bar(energy=(1000 * energy, "mJ"), thickness=(thickness / 10, "cm"), remaining_width=(width / 10, "cm"))
    whole = bar(notch="unnotched", energy=(energy, "J"), thickness=(thickness, "mm"), width=(width, "mm"))
    for reading in (notched, other, whole):
        assert evaluate_charpy(reading, METHOD).strength.value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("lacking", "held"),
    [
        ("remaining width", {"thickness": (4, "mm"), "width": (10, "mm")}),
        ("thickness", {"remaining_width": (8, "mm")}),
    ],
)
def test_an_energy_without_its_cross_section_gives_nothing(lacking, held):
    """The width of a notched bar is not its ligament; a declared one serves."""
    found = evaluate_charpy(bar(energy=(0.2, "J"), **held), METHOD)
    assert found.strength.value is None
    assert lacking in found.strength.reason


def test_a_declared_ligament_serves():
    """8 mm at the notch's base, said once for all bars."""
    reading = bar(energy=(0.32, "J"), thickness=(4, "mm"), width=(10, "mm"))
    assert evaluate_charpy(reading, CharpyMethod(remaining_width_mm=8)).strength.value == pytest.approx(10)


def test_a_strength_of_the_file_is_taken_as_it_stands():
    """Whatever its column is called; a limit stays a limit and is not averaged."""
    found = evaluate_charpy(bar("H", kerbschlag=(6.2, "kJ/m²")), METHOD)
    assert (found.strength.value, found.break_type) == (6.2, "H")
    limit = evaluate_charpy(bar("P", charpy=(90, "kJ/m2", ">")), METHOD)
    assert limit.strength.state is State.ABOVE_RANGE
    (summary,) = summarise_charpy([limit], METHOD)
    assert (summary.by_type["P"].n, summary.by_type["P"].n_with_value, summary.by_type["P"].mean) == (1, 0, None)


def test_what_is_not_stated_stays_so():
    """No type of break, no notch: a strength stands by itself, an energy is not divided."""
    found = evaluate_charpy(bar(texts={}, charpy=(6.2, "kJ/m2")), METHOD)
    assert (found.break_type, found.notch) == ("not stated", "not stated")
    (summary,) = summarise_charpy([found], METHOD)
    assert {"the notch is not stated", "of some bars the type of break is not stated: they stand by themselves"} <= set(
        summary.notes
    )
    divided = evaluate_charpy(bar(texts={}, energy=(1, "J"), thickness=(4, "mm"), width=(10, "mm")), METHOD)
    assert "notched" in divided.strength.reason


def test_words_that_mean_nothing_are_refused():
    """A type of break Q; a notch Z; two strengths; a temperature in pascal."""
    with pytest.raises(CharpyError, match=r"'Q'.*C, H, P or N"):
        evaluate_charpy(bar("Q", charpy=(6.2, "kJ/m2")), METHOD)
    with pytest.raises(CharpyError, match="'Z'"):
        evaluate_charpy(bar(notch="Z", charpy=(6.2, "kJ/m2")), METHOD)
    with pytest.raises(CharpyError, match="first, second"):
        evaluate_charpy(bar(first=(6.2, "kJ/m2"), second=(7, "kJ/m2")), METHOD)
    with pytest.raises(CharpyError, match="Pa"):
        evaluate_charpy(bar(charpy=(6.2, "kJ/m2"), temperature=(3, "Pa")), METHOD)


def test_a_remark_is_no_type_of_break():
    """A field that speaks of breaking in passing is passed over."""
    texts = {
        "Breaking remarks of the day": "windy",
        "Type of failure": "hinge break",
        "Notch tool": "new",
        "Notch": "1eA",
    }
    found = evaluate_charpy(bar(texts=texts, charpy=(6.2, "kJ/m2")), METHOD)
    assert (found.break_type, found.notch) == ("H", "A")


def test_kelvin_and_celsius_meet_and_order_changes_nothing():
    """296.15 K is 23 °C; notches and temperatures never mix."""
    readings = [bar("C", charpy=(6 + k / 10, "kJ/m2")) for k in range(5)]
    readings += [bar("P", charpy=(9, "kJ/m2"), temperature=(296.15, "K"))]
    readings += [bar("C", notch="none", charpy=(80, "kJ/m2")), bar("C", charpy=(3, "kJ/m2"), temperature=(-30, "°C"))]
    bars = [evaluate_charpy(reading, METHOD) for reading in readings]
    found = summarise_charpy(bars, METHOD)
    assert [(s.notch, s.temperature_celsius, s.n) for s in found] == [("A", -30, 1), ("A", 23, 6), ("none", 23, 1)]
    for seed in range(4):
        shuffled = random.Random(seed).sample(bars, len(bars))
        again = summarise_charpy(shuffled, METHOD)
        assert [(s.notch, s.n, s.by_type) for s in again] == [(s.notch, s.n, s.by_type) for s in found]
