"""Every worker counts the same moments; each is due once, and what was missed is made up for by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.schedule import Schedule
from services.campaign.rhythm import last_due, trigger_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday
MORNINGS = Schedule(cron="0 8 * * mon-fri", timezone="Asia/Tokyo")


def test_an_interval_has_the_same_moments_for_everybody():
    """Whenever a worker began: they are counted from a fixed day."""
    every = Schedule(every="10 min")
    assert last_due(every, NOON + timedelta(minutes=9, seconds=59), since=None) == NOON
    assert last_due(every, NOON + timedelta(minutes=10), since=NOON) == NOON + timedelta(minutes=10)


def test_what_is_done_is_not_due_again():
    """Until the next moment has come."""
    every = Schedule(every="10 min")
    assert last_due(every, NOON + timedelta(minutes=9), since=NOON) is None
    assert last_due(every, NOON + timedelta(hours=5), since=NOON) == NOON + timedelta(hours=5)


def test_cron_counts_in_its_own_time_zone():
    """Eight in the morning in Tokyo is eleven at night before in UTC; at the weekend there is none."""
    assert last_due(MORNINGS, NOON, since=None) == datetime(2026, 3, 1, 23, tzinfo=UTC)
    sunday = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert last_due(MORNINGS, sunday, since=None) == datetime(2026, 2, 26, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "last"),
    [
        ("30 11 * * *", datetime(2026, 3, 2, 11, 30, tzinfo=UTC)),
        ("0 0 1 * *", datetime(2026, 3, 1, tzinfo=UTC)),
        ("0 0 1 1 *", datetime(2026, 1, 1, tzinfo=UTC)),
        ("0 0 29 2 *", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_the_last_moment_is_found_however_rare_it_is(cron, last):
    """Every day, month, year, leap year."""
    assert last_due(Schedule(cron=cron), NOON, since=None) == last


def test_a_moment_that_never_comes_is_never_due():
    """The thirtieth of February."""
    assert last_due(Schedule(cron="0 0 30 2 *"), NOON, since=None) is None


def test_a_clock_that_was_set_back_keeps_nothing_from_being_done():
    """What was noted as done later than now counts for nothing."""
    every = Schedule(every="10 min")
    assert last_due(every, NOON, since=NOON + timedelta(hours=1)) == NOON


@given(st.integers(1, 10**6), st.integers(0, 10**8), st.integers(0, 10**8))
def test_no_moment_is_skipped_or_done_twice(every_s, first, then):
    """Whoever looks at two times: what the first look did is due for the second only where a moment lies between."""
    schedule = Schedule(every=f"{every_s} s")
    earlier, later = sorted((NOON + timedelta(seconds=first), NOON + timedelta(seconds=then)))
    done = last_due(schedule, earlier, since=None)
    assert done is not None
    assert earlier - timedelta(seconds=every_s) < done <= earlier
    again = last_due(schedule, later, since=done)
    assert (again is not None) == (later >= done + timedelta(seconds=every_s))


@pytest.mark.parametrize("schedule", [Schedule(every="7 s"), MORNINGS])
def test_the_clock_and_the_database_agree_when_a_turn_is_due(schedule):
    """The trigger fires at just the moments that are noted as done."""
    trigger, moment = trigger_of(schedule), NOON
    for _ in range(5):
        fires = trigger.get_next_fire_time(None, moment).astimezone(UTC)
        assert last_due(schedule, fires, since=fires - timedelta(seconds=1)) == fires
        moment = fires + timedelta(seconds=1)
