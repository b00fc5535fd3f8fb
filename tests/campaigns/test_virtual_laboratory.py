"""What happens to a specimen follows from seed, specimen and attempt alone, whoever asks, whenever, after any crash."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.virtual_laboratory import VirtualLaboratory
from loop.observations import TargetValue
from loop.orders import AskedColumn, LabReport, OrderLine, WorkOrder
from loop.schedule import LabChoice

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def order(number: int = 1, n_lines: int = 2, replicates: int = 1, attempt: int = 1) -> WorkOrder:
    lines = tuple(
        OrderLine(
            proposal_id=f"PP01-C{number:03d}-{n:02d}",
            formulation={"temperature": 180.0 + n},
            replicates=replicates,
            run_order=n,
            attempt=attempt,
        )
        for n in range(1, n_lines + 1)
    )
    asked = (AskedColumn(name="temperature", unit="°C"),)
    strength = (AskedColumn(name="strength", unit="MPa"),)
    return WorkOrder(id=f"PP01-W{number:04d}", campaign="PP01", parameters=asked, targets=strength, lines=lines)


def measure(formulation, specimen) -> dict[str, TargetValue]:
    return {"strength": TargetValue(mean=float(formulation["temperature"]) / 10)}


def laboratory(folder, **choice) -> VirtualLaboratory:
    return VirtualLaboratory(folder, LabChoice(name="films", **choice), measure)


def fates(folder, n_lines=400, attempt=1, **choice) -> dict[str, str]:
    """Outcome by proposal of many specimens; nothing where the result was lost."""
    lab = laboratory(folder, **choice)
    lab.accept(order(n_lines=n_lines, attempt=attempt), NOON)
    return {report.proposal_id: report.outcome for report in lab.reports(LATER)}


def test_it_makes_and_measures_what_it_is_asked_for(tmp_path):
    """A report for each specimen, in the order asked, with what its formulation shows."""
    lab = laboratory(tmp_path)
    lab.accept(order(replicates=2), NOON)
    reports = lab.reports(NOON)
    assert [(r.proposal_id, r.replicate) for r in reports] == [
        (f"PP01-C001-0{n}", replicate) for n in (1, 2) for replicate in (1, 2)
    ]
    assert [r.targets["strength"].mean for r in reports] == [18.1, 18.1, 18.2, 18.2]
    assert len({r.id for r in reports}) == 4


def test_an_order_taken_twice_is_one_order(tmp_path):
    """The first time counts for how long it takes."""
    lab = laboratory(tmp_path, delay="10 min")
    lab.accept(order(), NOON)
    before = lab.reports(LATER)
    lab.accept(order(), LATER)
    assert lab.reports(LATER) == before


def test_it_takes_its_time(tmp_path):
    """Half the longest delay at least, all of it at most; each specimen its own."""
    lab = laboratory(tmp_path, delay="10 min")
    lab.accept(order(n_lines=50), NOON)
    assert lab.reports(NOON + timedelta(minutes=5)) == []
    halfway = lab.reports(NOON + timedelta(minutes=7))
    assert 0 < len(halfway) < 50
    assert len(lab.reports(NOON + timedelta(minutes=10))) == 50


def test_what_is_received_is_not_reported_again(tmp_path):
    """Acknowledged one by one; what is not is said again just as it was."""
    lab = laboratory(tmp_path)
    lab.accept(order(n_lines=3), NOON)
    first, *others = lab.reports(NOON)
    lab.acknowledge([first])
    assert lab.reports(LATER) == others
    lab.acknowledge([first, *others])
    assert lab.reports(LATER) == []


def test_started_again_it_knows_what_it_knew(tmp_path):
    """Orders, times and what was received are in its folder."""
    lab = laboratory(tmp_path, delay="10 min", failures=0.3, losses=0.2)
    lab.accept(order(n_lines=20), NOON)
    lab.acknowledge(lab.reports(NOON + timedelta(minutes=7)))
    lab.accept(order(2), LATER)
    again = laboratory(tmp_path, delay="10 min", failures=0.3, losses=0.2)
    later = LATER + timedelta(hours=1)
    assert again.reports(later) == lab.reports(later) != []


def test_failures_and_losses_come_in_the_shares_that_were_told(tmp_path):
    """Of four hundred within four standard deviations; the failed ones say why."""
    outcomes = fates(tmp_path, failures=0.25, losses=0.1)
    counts = Counter(outcomes.values())
    assert abs(counts["failed"] - 100) < 35
    assert abs(400 - len(outcomes) - 40) < 24
    lab = laboratory(tmp_path, failures=0.25, losses=0.1)
    failed = next(report for report in lab.reports(LATER) if report.outcome == "failed")
    assert failed.targets == {}
    assert "broke before the test (attempt 1)" in failed.reason


def test_another_attempt_has_another_fate_and_another_report(tmp_path):
    """What broke may hold the next time; the same attempt never changes its mind."""
    first = fates(tmp_path / "a", failures=0.5)
    assert first == fates(tmp_path / "b", failures=0.5)
    assert first != fates(tmp_path / "c", failures=0.5, seed=2)
    assert first != fates(tmp_path / "d", failures=0.5, attempt=2)


@pytest.mark.parametrize("torn", ["PP01-C001-0", "PP01-C001-01-S1-A", "\x00\x00", "PP01-C001-01-S1-A1PP01-C0"])
def test_a_torn_acknowledgement_acknowledges_nothing_else(tmp_path, torn):
    """A line that a crash cut short hides no report: what was not received for certain is said again."""
    lab = laboratory(tmp_path)
    lab.accept(order(n_lines=3), NOON)
    first, second, third = lab.reports(NOON)
    lab.acknowledge([first])
    with (tmp_path / "acknowledged.txt").open("a", encoding="utf-8") as file:
        file.write(torn)
    assert lab.reports(LATER) == [second, third]
    lab.acknowledge([second])
    left = laboratory(tmp_path).reports(LATER)
    assert third in left
    lab.acknowledge([second, third])
    assert laboratory(tmp_path).reports(LATER) == []


def test_reports_are_values(tmp_path):
    """Written down and read back they are the same."""
    lab = laboratory(tmp_path, failures=0.5)
    lab.accept(order(n_lines=6), NOON)
    for report in lab.reports(NOON):
        assert LabReport.model_validate_json(report.model_dump_json()) == report
