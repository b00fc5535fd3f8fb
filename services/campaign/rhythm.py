"""When a campaign is due: the moments of its schedule, the same for every worker. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from loop.schedule import Schedule

__all__ = ["last_due", "trigger_of"]

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""Intervals are counted from here, so that every worker counts the same moments."""
_WINDOWS = tuple(timedelta(days=days) for days in (1 / 24, 1, 32, 366, 366 * 8 + 2))
"""How far to look back for the last moment of a cron schedule; the longest reaches over any 29 February."""
_INSTANT = timedelta(microseconds=1)


def trigger_of(schedule: Schedule) -> BaseTrigger:
    """Return the trigger of a schedule."""
    if schedule.cron is not None:
        return CronTrigger.from_crontab(schedule.cron, timezone=schedule.timezone)
    return IntervalTrigger(seconds=schedule.interval.total_seconds(), start_date=_EPOCH, timezone=UTC)


def last_due(schedule: Schedule, now: datetime, *, since: datetime | None) -> datetime | None:
    """Return the last moment of a schedule up to now; None where there is none after `since`.

    Several moments that were missed become one: the last.

    Parameters
    ----------
    since
        Until when everything is done, None where nothing ever was. A moment after now was noted before a clock was set
        back, and counts for nothing.
    """
    found = _last(schedule, now)
    is_done = found is not None and since is not None and found <= since <= now
    return None if is_done else found


def _last(schedule: Schedule, now: datetime) -> datetime | None:
    if schedule.cron is None:
        return _EPOCH + (now - _EPOCH) // schedule.interval * schedule.interval
    trigger = trigger_of(schedule)
    for window in _WINDOWS:
        moment, last = trigger.get_next_fire_time(None, now - window), None
        while moment is not None and moment <= now:
            last = moment
            moment = trigger.get_next_fire_time(moment, moment + _INSTANT)
        if last is not None:
            found: datetime = last.astimezone(UTC)
            return found
    return None
