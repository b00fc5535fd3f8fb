"""What was planted in a tensile curve is found again; what cannot be known is not given."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.observations import State
from services.preprocessing.errors import NoStressError, PreprocessingError, UnitError
from services.preprocessing.tensile import QUANTITIES, TensileMethod, evaluate_bar
from services.records.curve import Channel, Curve
from services.records.reading import Amount, Facts, Reading
from tests.services.preprocessing.tensile.planted import AREA, COMPLIANCE, FULL, GRIPS, Bar, Export, exported

METHOD = TensileMethod()
BY_EXTENSOMETER = TensileMethod(strain_source="extensometer")


def kinds(bar):
    return {flag.kind for flag in bar.flags}


@settings(max_examples=25, deadline=None)
@given(
    modulus=st.floats(700, 9000),
    strength=st.floats(25, 60),
    noise=st.sampled_from([0.0, 0.01, 0.03]),
    by=st.sampled_from(["regression", "chord"]),
    seed=st.integers(0, 999),
)
def test_the_modulus_comes_back_within_one_per_cent(modulus, strength, noise, by, seed):
    """Or within four and a half of its own standard errors, where noise leaves no more; those are small."""
    bar = Bar(modulus=modulus, yield_stress=max(strength, 1.5 * modulus * 0.004), noise=noise, seed=seed)
    found = evaluate_bar(exported(bar, FULL), TensileMethod(modulus_by=by))["modulus"]
    assert abs(found.value - modulus) < max(0.01 * modulus, 4.5 * found.stderr)
    assert found.stderr < (10 if by == "regression" else 40)
    assert found.basis == by


def test_the_standard_error_of_the_modulus_is_honest():
    """Over 200 noises, the found moduli scatter as their standard errors say."""
    found = [evaluate_bar(exported(Bar(noise=0.05, seed=k), FULL), METHOD)["modulus"] for k in range(200)]
    scatter = np.std([d.value for d in found])
    assert 0.8 < scatter / np.mean([d.stderr for d in found]) < 1.25


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.1])
def test_yield_strength_and_break_come_back(noise):
    """Yield stress within 0.5 %, elongation by method B, energy by the closed sum, a drawn neck."""
    planted = Bar(noise=noise)
    bar = evaluate_bar(exported(planted, FULL), METHOD)
    assert bar["yield_stress"].value == pytest.approx(32, rel=0.005)
    assert bar["strength"].value == bar["yield_stress"].value
    assert bar["strength"].basis == "first maximum"
    top = planted.stress(np.array([bar["yield_strain"].value / 100]))  # a flat top: where is as good as the noise
    assert top == pytest.approx(32, abs=max(noise, 1e-3))
    assert bar["yield_strain"].value == pytest.approx(9, abs=1.5 if noise else 0.1)
    assert bar["stress_at_break"].value == pytest.approx(0.7 * 32, abs=4 * noise + 0.01)
    _, strain, stress = Bar().rows()
    travel = strain * GRIPS + COMPLIANCE * stress * AREA
    top = int(np.argmax(stress))
    by_b = strain[top] + (travel[-3] - travel[top]) / GRIPS
    assert bar["elongation_at_break"].value == pytest.approx(100 * by_b, rel=0.005)
    assert bar["elongation_at_break"].basis == "nominal strain, method B"
    joules = float(np.trapezoid(stress[:-2] * AREA, travel[:-2])) / 1000
    assert bar["energy_to_break"].value == pytest.approx(joules, rel=0.002)
    assert bar["energy_per_volume"].value == pytest.approx(float(np.trapezoid(stress[:-2], strain[:-2])), rel=0.02)
    assert bar.necked is True
    assert bar.flags == ()


def test_an_edition_decides_what_strength_is():
    """A bar that hardens above its yield: first maximum since 2012, greatest stress before."""
    _, strain, stress = Bar().rows()
    hardening = stress + 20 * np.clip(strain - 0.5, 0, None)
    hardening[-2:] = 0
    reading = Reading(
        curves=(Curve(axis=Channel("strain", "%", 100 * strain), channels=(Channel("stress", "MPa", hardening),)),)
    )
    for edition, strength in (("ISO 527-1:1993", hardening.max()), ("ISO 527-1:2012", 32), ("ISO 527-1:2019", 32)):
        bar = evaluate_bar(reading, TensileMethod(edition=edition))
        assert bar["strength"].value == pytest.approx(strength, rel=1e-6)
        assert bar["yield_stress"].value == pytest.approx(32, rel=1e-6)
        assert bar.edition == edition


@pytest.mark.parametrize(
    "channels",
    [
        (("strain", "%"), ("stress", "MPa"), ("crosshead", "mm")),
        (("strain", ""), ("stress", "MPa"), ("crosshead", "mm")),
        (("strain", "mm/mm"), ("stress", "kPa"), ("crosshead", "cm")),
        (("strain", "%"), ("force", "N"), ("crosshead", "mm")),
        (("strain", "%"), ("force", "kN"), ("crosshead", "cm")),
        (("strain", ""), ("force", "kN"), ("nominal_strain", "%")),
        (("strain", ""), ("force", "N"), ("nominal_strain", "")),
        (("extension", "mm"), ("force", "N"), ("crosshead", "mm")),
        (("strain", "%"), ("stress", "MPa"), ("force", "N"), ("crosshead", "mm")),
    ],
)
def test_units_change_nothing(channels):
    """The same test in other channels and units gives the same results."""
    planted = Bar(noise=0.02)
    method = TensileMethod(gauge_length_mm=50)
    usual = evaluate_bar(exported(planted, FULL), method)
    other = evaluate_bar(exported(planted, Export(channels=channels)), method)
    for name in QUANTITIES:
        assert other[name].value == pytest.approx(usual[name].value, rel=1e-9)
        assert (other[name].unit, other[name].state) == (usual[name].unit, usual[name].state)
    assert other.flags == usual.flags == ()


@pytest.mark.parametrize(
    ("channels", "method"),
    [
        ((("crosshead", "mm"), ("force", "N")), METHOD),
        ((("crosshead", "mm"), ("force", "N")), BY_EXTENSOMETER),
        ((("nominal_strain", "%"), ("force", "N")), BY_EXTENSOMETER),
        ((("extension", "mm"), ("force", "N")), METHOD),
        ((("strain", "%"), ("force", "N")), TensileMethod(strain_source="crosshead")),
        ((("extension", "mm"), ("force", "N")), TensileMethod(strain_source="crosshead")),
    ],
)
def test_there_is_never_a_modulus_from_crosshead_travel(channels, method):
    """The value is absent with its reason; strength and nominal elongation stand."""
    bar = evaluate_bar(exported(Bar(), Export(channels=channels), gauge=GRIPS), method)
    assert bar["modulus"].value is None
    assert bar["modulus"].state is State.ABSENT
    assert bar["modulus"].reason
    assert "modulus refused" in kinds(bar)
    assert bar["strength"].value == pytest.approx(32, rel=0.001)
    assert bar["elongation_at_break"].basis == "nominal strain, method A"
    assert bar["elongation_at_break"].value > 299


def test_extension_by_an_extensometer_needs_its_gauge_length():
    """With it the modulus is there; without it it is refused; a distance of grips filed as gauge length is none."""
    channels = (("extension", "mm"), ("force", "N"))
    base = Export(channels=channels).conditions
    with_gauge = Export(channels=channels, conditions={**base, "gauge_length": Amount(5, "cm")})
    assert evaluate_bar(exported(Bar(), with_gauge), BY_EXTENSOMETER)["modulus"].value == pytest.approx(1500, rel=1e-6)
    assert "gauge length" in evaluate_bar(exported(Bar(), Export(channels=channels)), BY_EXTENSOMETER)["modulus"].reason
    reading = exported(Bar(), with_gauge)
    of_grips = Facts(conditions=reading.facts.conditions, texts={"Einspannlänge": "50 mm"})
    doubtful = Reading(modality="tensile", curves=reading.curves, facts=of_grips)
    assert evaluate_bar(doubtful, BY_EXTENSOMETER)["modulus"].value is None


@pytest.mark.parametrize("field", ["Einspannlänge", "Grip separation", "つかみ具間距離"])
@pytest.mark.parametrize("text", ["115 mm", "11,5 cm", "115,0 mm"])
def test_a_distance_of_grips_in_the_header_gives_nominal_strain(field, text):
    """Left among the texts, or filed under gauge length: elongation by method B; a pressure of the grips is none."""
    whole = exported(Bar(), FULL)
    bare = {name: amount for name, amount in FULL.conditions.items() if name != "grip_distance"}
    filed = {**bare, "gauge_length": Amount(115, "mm")}
    usual = evaluate_bar(whole, METHOD)["elongation_at_break"]
    for conditions in (bare, filed):
        facts = Facts(conditions=conditions, texts={"Grip pressure": "6 mm", field: text, "Gauge length": "50 mm"})
        found = evaluate_bar(Reading(facts=facts, curves=whole.curves), METHOD)["elongation_at_break"]
        assert (found.value, found.basis) == (pytest.approx(usual.value), usual.basis)


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize("toe", [0.002, 0.006])
def test_toe_compensation_finds_the_planted_zero(toe, noise):
    """Without it modulus and strains are off; by ASTM D638 Annex A1 they come back."""
    reading = exported(Bar(toe=toe, noise=noise), Export())
    without = evaluate_bar(reading, METHOD)
    bar = evaluate_bar(reading, TensileMethod(toe="ASTM D638 Annex A1"))
    assert abs(without["modulus"].value - 1500) > 150
    assert bar["modulus"].value == pytest.approx(1500, rel=0.01)
    assert bar.toe_offset == pytest.approx(toe, abs=1e-4)
    assert without.toe_offset == 0
    shift = without["yield_strain"].value - bar["yield_strain"].value
    assert shift == pytest.approx(100 * bar.toe_offset, rel=1e-6)


def test_toe_compensation_leaves_a_curve_without_a_toe_alone():
    """The offset of a straight start is nothing."""
    assert abs(evaluate_bar(exported(Bar(), Export()), TensileMethod(toe="ASTM D638 Annex A1")).toe_offset) < 1e-5


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("slip_at", [0.006, 0.02, 0.04])
def test_a_slip_is_flagged_and_is_not_taken_for_yield(slip_at, noise):
    """Load falls by a quarter and comes back; the maximum behind it is the yield."""
    bar = evaluate_bar(exported(Bar(slip_at=slip_at, noise=noise), FULL), METHOD)
    assert kinds(bar) == {"slip"}
    assert bar["yield_stress"].value == pytest.approx(32, rel=0.005)


def curve_of(strain, stress):
    facts = Facts(conditions=FULL.conditions)
    travel = Channel("crosshead", "mm", strain * GRIPS)
    channels = (Channel("strain", "", strain), Channel("stress", "MPa", stress), travel)
    time = Channel("time", "s", np.arange(len(strain)) * 0.1)
    return Reading(facts=facts, curves=(Curve(axis=time, channels=channels),))


def test_a_second_yield_is_no_recovery_from_a_slip():
    """As of polyethylene: 4 % down behind 9 % strain, softly up again to more: the first maximum is the yield."""
    strain = np.concatenate([np.linspace(0, 0.09, 600, endpoint=False), np.linspace(0.09, 0.5, 800)])
    past = np.clip(strain - 0.09, 0, None)
    stress = np.where(strain <= 0.09, Bar().stress(strain), 32 - 1.3 * np.sin(np.pi * past / 0.03) * (past < 0.03))
    stress = stress + np.clip(past - 0.03, 0, None) * 10
    bar = evaluate_bar(curve_of(np.append(strain, 0.5), np.append(stress, 0.0)), METHOD)
    assert bar["yield_strain"].value == pytest.approx(9, abs=0.2)
    assert bar["strength"].value == pytest.approx(32, rel=0.002)
    assert bar.flags == ()


def test_a_plateau_without_a_fall_is_a_yield():
    """Strain goes on, stress does not: ISO 527-1 asks for no fall."""
    strain = np.concatenate([np.linspace(0, 0.02, 400, endpoint=False), np.linspace(0.02, 0.6, 600)])
    stress = np.minimum(1500 * strain, 30.0)
    bar = evaluate_bar(curve_of(np.append(strain, 0.6), np.append(stress, 0.0)), METHOD)
    assert bar["yield_stress"].value == pytest.approx(30, rel=0.005)
    assert bar["yield_strain"].value == pytest.approx(2, abs=0.05)
    assert bar["elongation_at_break"].value == pytest.approx(60, rel=0.01)
    assert bar.flags == ()


def test_a_standstill_of_load_is_a_slip_too():
    """Travel goes on, load stands still, then rises as before."""
    _, strain, stress = Bar().rows()
    travel = strain * GRIPS
    k = int(np.argmax(stress > 15))
    travel[k:] += 1.5
    travel = np.insert(travel, k, np.linspace(travel[k - 1], travel[k], 60)[1:-1])
    stress = np.insert(stress, k, np.full(58, stress[k - 1]))
    reading = Reading(
        facts=Facts(conditions=FULL.conditions),
        curves=(
            Curve(
                axis=Channel("time", "s", np.arange(len(stress)) * 0.1),
                channels=(Channel("crosshead", "mm", travel), Channel("stress", "MPa", stress)),
            ),
        ),
    )
    assert "slip" in kinds(evaluate_bar(reading, METHOD))


@settings(max_examples=40, deadline=None)
@given(
    modulus=st.floats(600, 8000),
    noise=st.floats(0, 0.05),
    draw=st.floats(0.5, 0.75),
    ends=st.sampled_from([0.6, 1.15, 5.0, 30.0]),
    seed=st.integers(0, 99),
)
def test_a_good_bar_has_no_flag(modulus, noise, draw, ends, seed):
    """Stiff or soft, noisy or not, broken before or after yield, with a neck or before one is drawn."""
    top = max(30, 0.01 * modulus)
    at = 0.004 + 4 * (top - 0.004 * modulus) / modulus
    planted = Bar(
        modulus=modulus,
        yield_stress=top,
        yield_strain=at,
        noise=noise,
        draw=draw,
        breaks_at=ends * at,
        seed=seed,
    )
    bar = evaluate_bar(exported(planted, FULL), METHOD)
    assert bar.flags == ()
    assert bar.has_yielded == (ends > 1)
    assert bar.necked == (ends > 2)


def test_an_unbroken_bar_gives_a_limit_not_a_value():
    """At the machine's end, or at the end of a record after yield: above range, with the limit."""
    reading = exported(Bar(breaks=False), FULL)
    travel = reading.curves[0].channel("crosshead").values[-1]
    for method in (TensileMethod(travel_limit_mm=travel), TensileMethod()):
        bar = evaluate_bar(reading, method)
        for name in ("elongation_at_break", "energy_to_break", "energy_per_volume"):
            assert bar[name].state is State.ABOVE_RANGE
            assert bar[name].reason
        assert bar["elongation_at_break"].value == pytest.approx(300, rel=0.01)
        assert bar["stress_at_break"].state is State.ABSENT
        assert "break not seen" in kinds(bar)
        assert bar.necked is True


def test_a_fall_of_load_at_the_machine_s_end_is_no_break():
    """The machine stops and lets go; the bar was whole."""
    reading = exported(Bar(), FULL)
    travel = reading.curves[0].channel("crosshead").values.max()
    bar = evaluate_bar(reading, TensileMethod(travel_limit_mm=travel))
    assert bar["elongation_at_break"].state is State.ABOVE_RANGE


@pytest.mark.parametrize("how", ["missing", "zero", "standing"])
@pytest.mark.parametrize("off_at", [0.03, 0.15])
def test_an_extensometer_that_is_taken_off_ends_the_strain_only(how, off_at):
    """Before or after yield: from there on travel speaks; the modulus stands, no break is made of it."""
    whole = exported(Bar(noise=0.01), FULL)
    curve = whole.curves[0]
    strain = curve.channel("strain").values.copy()
    k = int(np.argmax(strain > 100 * off_at))
    strain[k:] = {"missing": np.nan, "zero": 0.0, "standing": strain[k - 1]}[how]
    channels = (Channel("strain", "%", strain), curve.channel("force"), curve.channel("crosshead"))
    reading = Reading(facts=whole.facts, curves=(Curve(axis=curve.axis, channels=channels),))
    bar, usual = evaluate_bar(reading, METHOD), evaluate_bar(whole, METHOD)
    for name in ("modulus", "strength", "stress_at_break", "energy_to_break"):
        assert bar[name].value == pytest.approx(usual[name].value, rel=1e-4)
    assert bar["elongation_at_break"].value == pytest.approx(usual["elongation_at_break"].value, rel=0.01)
    assert bar["yield_strain"].value == pytest.approx(usual["yield_strain"].value, abs=0.6)
    assert bar["elongation_at_break"].basis.startswith(
        "strain to 2.99 %" if off_at < 0.09 else "nominal strain, method B"
    )
    assert bar.flags == ()
    alone = Reading(facts=whole.facts, curves=(Curve(axis=curve.axis, channels=channels[:2]),))
    if how != "missing":
        assert evaluate_bar(alone, METHOD)["elongation_at_break"].value is None


def test_a_record_that_stops_short_of_the_limit_ends_with_the_break():
    """The machine could have gone on, so the bar broke between two points; that is said."""
    bar = evaluate_bar(exported(Bar(breaks=False), FULL), TensileMethod(travel_limit_mm=600))
    assert bar["elongation_at_break"].is_measured
    assert kinds(bar) == {"break not seen"}


def test_a_bar_that_breaks_while_elastic_is_flagged():
    """At 0.3 % strain: no yield, an early break, the modulus stands."""
    bar = evaluate_bar(exported(Bar(breaks_at=0.003), FULL), METHOD)
    assert kinds(bar) == {"early break"}
    assert bar["modulus"].value == pytest.approx(1500, rel=1e-3)
    assert bar["yield_stress"].value is None
    assert bar["elongation_at_break"].value == pytest.approx(0.3)
    assert bar["elongation_at_break"].basis == "strain"
    assert bar.necked is False


def test_a_bar_that_breaks_before_the_window_has_no_modulus():
    """At 0.15 % strain: too short a line."""
    bar = evaluate_bar(exported(Bar(breaks_at=0.0015), FULL), METHOD)
    assert bar["modulus"].value is None
    assert kinds(bar) == {"modulus refused", "early break"}


def test_too_few_points_in_the_window_give_no_modulus():
    """Three points between 0.05 and 0.25 % are told, not fitted."""
    bar = evaluate_bar(exported(Bar(n_elastic=8), FULL), METHOD)
    assert bar["modulus"].value is None
    assert "few points" in kinds(bar)


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize(("prestress", "touched"), [(0.2, set()), (0.5, {"strength"}), (0.9, {"strength", "modulus"})])
def test_prestress_is_held_against_both_limits(prestress, touched, noise):
    """0.05 % of strain, that is 0.75 MPa, for the modulus; 1 %, that is 0.32 MPa, for strength."""
    time, strain, stress = Bar(noise=noise).rows()
    k = int(np.argmax(stress >= prestress))
    reading = Reading(
        curves=(
            Curve(
                axis=Channel("time", "s", time[k:]),
                channels=(Channel("strain", "", strain[k:] - strain[k]), Channel("stress", "MPa", stress[k:])),
            ),
        )
    )
    bar = evaluate_bar(reading, METHOD)
    found = {name for flag in bar.flags if flag.kind == "prestress" for name in flag.touches}
    assert found - {"yield_stress"} == touched


@pytest.mark.parametrize(("unit", "factor"), [("%", 1.0), ("", 100.0)])
@pytest.mark.parametrize("with_travel", [True, False])
def test_a_strain_in_another_unit_than_written_is_suspected(unit, factor, with_travel):
    """A share written as per cent, or the other way: no number of strain is given, strength stands."""
    time, strain, stress = Bar().rows()
    travel = [Channel("crosshead", "mm", strain * GRIPS)] if with_travel else []
    reading = Reading(
        facts=Facts(conditions=FULL.conditions),
        curves=(
            Curve(
                axis=Channel("time", "s", time),
                channels=(Channel("strain", unit, strain * factor), Channel("stress", "MPa", stress), *travel),
            ),
        ),
    )
    bar = evaluate_bar(reading, METHOD)
    assert kinds(bar) <= {"unit suspected", "strain after yield"}
    assert "unit suspected" in kinds(bar)
    assert bar["modulus"].value is None
    assert bar["elongation_at_break"].value is None
    assert bar["strength"].value == pytest.approx(32, rel=1e-3)


def test_travel_finds_the_unit_of_a_soft_bar_out():
    """300 MPa read as 30 GPa could be a material; the grips tell that strain is 100 times as large."""
    _, strain, stress = Bar(modulus=300, yield_stress=12, yield_strain=0.15).rows()
    time, travel = Channel("time", "s", np.arange(len(strain)) * 0.1), Channel("crosshead", "mm", strain * GRIPS)
    channels = (Channel("strain", "%", strain), Channel("stress", "MPa", stress), travel)
    reading = Reading(facts=Facts(conditions=FULL.conditions), curves=(Curve(axis=time, channels=channels),))
    bar = evaluate_bar(reading, METHOD)
    assert kinds(bar) == {"unit suspected"}
    assert bar["modulus"].value is None


def test_a_stress_that_contradicts_its_force_is_flagged():
    """Another cross-section was typed in than the stress was made with."""
    conditions = {**FULL.conditions, "width": Amount(12.7, "mm")}
    export = Export(channels=(("strain", "%"), ("stress", "MPa"), ("force", "N")), conditions=conditions)
    assert "stress contradicts force" in kinds(evaluate_bar(exported(Bar(), export), METHOD))


def test_a_hold_while_the_speed_changes_is_no_slip():
    """Load relaxes at 0.3 % strain, where the machine goes from 1 to 50 mm/min."""
    reading = exported(Bar(slip_at=0.0035), Export())
    slow_then_fast = TensileMethod(speed_mm_per_min=50, modulus_speed_mm_per_min=1)
    assert "slip" in kinds(evaluate_bar(reading, METHOD))
    assert "slip" not in kinds(evaluate_bar(reading, slow_then_fast))


@pytest.mark.parametrize(
    ("speed", "is_flagged"),
    [((50, "mm/min"), False), ((1, "mm/min"), False), ((0.9, "mm/s"), False), ((5, "mm/min"), True)],
)
def test_a_file_of_another_speed_is_flagged(speed, is_flagged):
    """Stiffness and yield of a polymer follow the speed; either of the declared ones is right, within a tenth."""
    reading = exported(Bar(), Export(conditions={**FULL.conditions, "speed": Amount(*speed)}))
    method = TensileMethod(speed_mm_per_min=50, modulus_speed_mm_per_min=1)
    assert ("other speed" in kinds(evaluate_bar(reading, method))) == is_flagged
    assert "other speed" not in kinds(evaluate_bar(reading, METHOD))


def test_a_force_without_a_cross_section_is_refused():
    """No stress can be made of it; nor of a reading without either; nor in a unit that is none."""
    export = Export(channels=(("strain", "%"), ("force", "N")), conditions={"width": Amount(10, "mm")})
    with pytest.raises(NoStressError, match="no width and thickness"):
        evaluate_bar(exported(Bar(label="7"), export), METHOD)
    with pytest.raises(NoStressError, match=r"7.*time, strain"):
        evaluate_bar(exported(Bar(label="7"), Export(channels=(("strain", "%"),))), METHOD)
    numbers = np.arange(20.0)
    odd = Curve(axis=Channel("strain", "%", numbers), channels=(Channel("stress", "mW", numbers),))
    with pytest.raises(UnitError, match="mW"):
        evaluate_bar(Reading(curves=(odd,)), METHOD)
    short = Curve(axis=Channel("strain", "%", numbers[:5]), channels=(Channel("stress", "MPa", numbers[:5]),))
    with pytest.raises(PreprocessingError, match="5 rows"):
        evaluate_bar(Reading(curves=(short,)), METHOD)


def test_a_method_is_one_value_in_yaml_and_back():
    """What a definition holds is what the evaluation gets; an empty window is refused."""
    method = TensileMethod(edition="ISO 527-1:2012", travel_limit_mm=480)
    assert TensileMethod.model_validate(method.model_dump(mode="json")) == method
    with pytest.raises(ValueError, match="empty"):
        TensileMethod(modulus_from=0.003)
    assert all(field.description for field in TensileMethod.model_fields.values())


def test_rows_without_numbers_are_passed_over():
    """Gaps at the end, where other bars of the file go on, change nothing."""
    reading = exported(Bar(), FULL)
    curve = reading.curves[0]
    time = np.append(curve.axis.values, curve.axis.values[-1] + [1.0, 2.0])
    channels = tuple(Channel(c.quantity, c.unit, np.append(c.values, [np.nan] * 2)) for c in curve.channels)
    longer = Reading(
        label="1", facts=reading.facts, curves=(Curve(axis=Channel("time", "s", time), channels=channels),)
    )
    assert asdict(evaluate_bar(longer, METHOD)) == asdict(evaluate_bar(reading, METHOD))
