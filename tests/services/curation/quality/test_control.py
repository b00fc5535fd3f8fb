"""A control specimen tells when its instrument changed, by how much, and from how many measurements that is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.faults import steady
from benchmarks.quality.planted import Specimen, measure, specimen
from services.curation.quality.control import ControlChart
from services.curation.quality.drift import session_drift
from services.curation.quality.errors import QualityError
from services.records.reading import Amount, Reading


def ash(value: float) -> Reading:
    """Measure the ash of the control."""
    return Reading(modality="ash", amounts={"ash": Amount(value, "%")})


def history(n: int, seed: int = 0) -> list[Reading]:
    """Measure it n times, 20 % with an sd of 0.1 %."""
    return [ash(float(v)) for v in np.random.default_rng(seed).normal(20, 0.1, n)]


def test_too_short_a_history_judges_nothing_and_says_so():
    """Below eight measurements nothing is doubted, however far off."""
    verdict = ControlChart().judge(history(7), ash(90.0))
    assert verdict.doubts == ()
    assert "not judged" in verdict.said
    assert "needs 8" in verdict.said
    assert "7 are there" in verdict.said


def test_a_value_outside_is_told_with_value_limits_and_n():
    """What a person needs to judge the doubt stands in it."""
    (doubt,) = ControlChart().judge(history(8), ash(23.0)).doubts
    assert doubt.kind == "control out of its chart"
    assert doubt.about == "ash"
    assert "23 lies outside" in doubt.message
    assert "limits" in doubt.message
    assert "n = 8" in doubt.message


def test_limits_come_from_the_reference_period_and_never_from_the_judged():
    """Later measurements, and the judged one, move no limit."""
    chart, first = ControlChart(), history(8)

    def told(later: list[Reading], value: float) -> str:
        return chart.judge(first + later, ash(value)).doubts[0].message.split("; ")[1]

    assert told([], 30.0) == told([], 90.0) == told([ash(19.0), ash(21.0)], 30.0)


def test_with_a_long_reference_period_the_limits_are_those_of_shewhart():
    """With 400 measurements and one characteristic the limits are 2.66 mean moving ranges off the centre."""
    chart = ControlChart(n_reference=400, with_run_rules=False)
    values = np.random.default_rng(3).normal(20, 0.1, 400)
    limit = 2.66 * float(np.mean(np.abs(np.diff(values))))
    assert chart.judge_values(values, values.mean() + 0.97 * limit) == ""
    assert chart.judge_values(values, values.mean() + 1.04 * limit) != ""


def test_runs_are_named():
    """Two of three near a limit, nine on one side, and six that rise, each below the limit itself."""
    chart, first = ControlChart(n_reference=30), np.tile([-0.5, 0.5], 15)
    limit = next(v for v in np.arange(1, 9, 0.01) if ControlChart(n_reference=30).judge_values(first, float(v)))
    near = 0.9 * float(limit)
    assert "Nelson 5" in chart.judge_values(np.append(first, [near, 0.0]), near)
    assert "Nelson 2" in chart.judge_values(np.append(first, [0.6 * near] * 8), 0.6 * near)
    rising = near * np.array([-0.85, -0.7, -0.2, 0.2, 0.5])
    assert "Nelson 3" in chart.judge_values(np.append(first, rising), 0.85 * near)
    alone = ControlChart(n_reference=30, with_run_rules=False)
    assert alone.judge_values(np.append(first, [0.6 * near] * 8), 0.6 * near) == ""


@pytest.mark.parametrize("n", [8, 12, 30])
def test_false_alarms_are_as_rare_as_declared(n):
    """Of 4,000 measurements in control, no more are doubted than twice the declared 0.27 %."""
    rng, chart = np.random.default_rng(n), ControlChart(n_reference=n)
    rows = rng.normal(100, 1, (4000, n + 6))
    assert np.mean([chart.judge_values(row[:-1], row[-1]) != "" for row in rows]) <= 2 * 0.0027


def test_a_declared_characteristic_that_is_not_there_is_refused():
    """A slip in a declaration is no silence."""
    with pytest.raises(QualityError, match="no 'asch'"):
        ControlChart(characteristics=("asch",)).judge(history(8), ash(20.0))
    with pytest.raises(QualityError, match="one modality"):
        ControlChart().judge(history(8), Reading(modality="MFR", amounts={"mfr": Amount(1.0)}))


def test_a_curve_is_followed_by_its_peaks_and_area():
    """Where nothing is declared, position and height of the strongest peaks and the area are judged."""
    rng = np.random.default_rng(5)
    thing = specimen("WAXS", rng)
    readings = [measure(thing, steady("WAXS", rng), rng) for _ in range(9)]
    verdict = ControlChart().judge(readings[:8], readings[8])
    for name in ("peak 1 position", "peak 1 height", "peak 2 position", "area"):
        assert name in verdict.said


def sessions(thing: Specimen, offs: list[float]) -> dict[str, list[Reading]]:
    """Measure a control once a session, with the axis off by so much."""
    from dataclasses import replace

    rng = np.random.default_rng(6)
    made = {}
    for i, off in enumerate(offs):
        how = steady(thing.modality, rng)
        made[f"day {i}"] = [measure(thing, replace(how, shift=how.shift + off), rng)]
    return made


def test_a_session_that_drifted_is_told_with_what_would_put_it_right():
    """The one session whose axis is off by 0.4 ° is doubted, and those after it are not held against it."""
    thing = specimen("WAXS", np.random.default_rng(7))
    found = session_drift(sessions(thing, [0, 0, 0, 0, 0.4, 0, 0]))
    assert [name for name, doubts in found.items() if doubts] == ["day 4"]
    (doubt,) = found["day 4"]
    assert doubt.kind == "session drift"
    moved = float(doubt.message.split(" stands ")[1].split()[0])
    assert moved == pytest.approx(0.4, abs=0.06)
    assert "taken from every measurement" in doubt.message


def test_the_first_sessions_are_not_judged():
    """There is nothing to judge the first three by."""
    thing = specimen("WAXS", np.random.default_rng(7))
    assert not any(session_drift(sessions(thing, [0, 0.6, -0.6])).values())


def test_a_session_without_a_control_is_refused():
    """Nothing is said of a session that nothing is known of."""
    with pytest.raises(QualityError, match="'B'"):
        session_drift({"A": [ash(20.0)], "B": []})


def test_amounts_drift_by_a_factor():
    """A control whose ash is half again as high names the factor to divide by."""
    found = session_drift({str(i): [ash(20 + 0.1 * (i % 2))] for i in range(5)} | {"last": [ash(30.0)]})
    (doubt,) = found["last"]
    assert "divided by 1.4" in doubt.message
    assert sum(map(len, found.values())) == 1
