"""Keep the campaigns of a workspace going: a clock that says when to look, a worker that does what is due.

The clock remembers nothing. What is done stands in the database: whoever looks next, after a crash, on another machine,
does what was missed, once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from loop.errors import LeaseLostError, LoopError
from loop.ids import CampaignId
from loop.ports import Clock
from loop.schedule import Schedule
from services.campaign.errors import CampaignError
from services.campaign.rhythm import last_due, trigger_of
from services.campaign.worker import Turn, Worker
from services.compute import ComputeError
from services.disk import DiskError
from services.store import SqlLeases, StoreError

__all__ = ["Runner"]

log = logging.getLogger(__name__)

_SHORTEST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)
_EXPECTED = (LoopError, CampaignError, StoreError, DiskError, ComputeError)
_LOOK = "look"
_T = TypeVar("_T")


@dataclass(slots=True)
class _Trouble:
    """A campaign whose turn failed: until when it is left alone, and how long the next time."""

    until: datetime
    pause: timedelta = field(default=_SHORTEST_PAUSE)


class Runner:
    """Looks at every campaign at the moments of its schedule, and at all of them now and then.

    Parameters
    ----------
    worker
        Does what is due.
    leases
        Says until when a campaign's turns are done.
    clock
        Tells the time.
    look
        How often the inbox is emptied, new campaigns are found, and turns that somebody missed are made up for.
    n_threads
        How many campaigns may be worked on at once.
    tell
        Told of each step as it is done, and at a turn's end where the campaign waits for something else than before.
    """

    def __init__(
        self,
        worker: Worker,
        leases: SqlLeases,
        *,
        clock: Clock,
        look: timedelta = timedelta(seconds=2),
        n_threads: int = 2,
        tell: Callable[[Turn], None] = lambda _: None,
    ) -> None:
        self._worker, self._leases, self._clock, self._tell = worker, leases, clock, tell
        self._look_every, self._n_threads = look, n_threads
        self._troubles: dict[str, _Trouble] = {}
        self._scheduled: dict[CampaignId, Schedule] = {}
        self._waits: dict[str, str] = {}
        self._is_cut_short = False
        self._busy: set[str] = set()  # saves a look; that no two work on one campaign is the lease's promise

    def run(self, stop: threading.Event) -> None:
        """Keep going until told to stop; turns that have begun are finished first."""
        scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(self._n_threads), _LOOK: ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        every = IntervalTrigger(seconds=self._look_every.total_seconds(), timezone="UTC")
        scheduler.add_job(self._look, every, args=[scheduler], id=_LOOK, executor=_LOOK)
        scheduler.start()
        try:
            self._look(scheduler)
            stop.wait()
        finally:
            log.info("ending after the turns that have begun")
            self._drain(scheduler)

    def look(self) -> list[Turn]:
        """Empty the inbox and do every turn that is due now, one after the other; return the turns taken."""
        self._guarded("inbox", self._worker.empty_inbox)
        taken = [self.tick(campaign) for campaign in self._campaigns()]
        return [turn for turn in taken if turn is not None and turn.is_taken]

    def turn(self, campaign: str) -> Turn:
        """Take in what lies in the inbox and do all that is due for a campaign, whatever its schedule says.

        Raises
        ------
        Exception
            As `Worker.turn` says: who asks for a turn is told what went wrong.
        """
        told = self._worker.empty_inbox()
        turn = self._worker.turn(campaign)
        return replace(turn, steps=(*told, *turn.steps))

    def tick(self, campaign: str) -> Turn | None:
        """Take a campaign's turn if one is due; None where none is, it is being taken here, or it failed."""
        if campaign in self._busy:
            return None
        self._busy.add(campaign)
        try:
            return self._guarded(campaign, lambda: self._turn(campaign))
        finally:
            self._busy.discard(campaign)

    def is_at_rest(self) -> bool:
        """Say whether every campaign waits for people, or is at its end; one that cannot be read is not at rest."""
        try:
            return not self._busy and all(self._worker.is_at_rest(name) for name in self._worker.campaigns())
        except _EXPECTED:
            return False

    def due_at(self, campaign: str) -> datetime | None:
        """Return the moment of the schedule that is to be done now, None where there is none."""
        record = self._leases.record(campaign)
        state = self._worker.state(campaign)
        done_until = record.done_until if record is not None else None
        return last_due(state.definition.schedule, self._clock.now(), since=done_until)

    def _turn(self, campaign: str) -> Turn | None:
        due_at = self.due_at(campaign)
        if due_at is None:
            return None
        turn = self._worker.turn(
            campaign, due_at=due_at, tell=lambda step: self._tell(Turn(campaign=campaign, steps=(step,)))
        )
        if turn.is_taken:
            if turn.waits_for != self._waits.get(campaign):
                self._tell(Turn(campaign=campaign, waits_for=turn.waits_for))
            self._waits[campaign] = turn.waits_for
        return turn

    def _drain(self, scheduler: BackgroundScheduler) -> None:
        """Let the turns that have begun end; what fails in them once nobody waits any more is nobody's trouble."""
        try:
            scheduler.shutdown(wait=True)
        except BaseException:
            self._is_cut_short = True
            raise

    def _look(self, scheduler: BackgroundScheduler) -> None:
        """Empty the inbox, follow new and changed schedules, and have missed turns done."""
        told = self._guarded("inbox", self._worker.empty_inbox) or []
        if told:
            self._tell(Turn(campaign="inbox", steps=tuple(told)))
        for campaign in self._campaigns():
            self._guarded(campaign, lambda name=campaign: self._follow(scheduler, name))  # type: ignore[misc]

    def _follow(self, scheduler: BackgroundScheduler, campaign: CampaignId) -> None:
        schedule = self._worker.state(campaign).definition.schedule
        if self._scheduled.get(campaign) != schedule:
            scheduler.add_job(
                self.tick, trigger_of(schedule), args=[campaign], id=campaign, replace_existing=True, name=campaign
            )
            self._scheduled[campaign] = schedule
        is_free = campaign not in self._busy and not self._is_in_trouble(campaign)
        if is_free and self.due_at(campaign) is not None:
            scheduler.add_job(self.tick, args=[campaign], id=f"{campaign} missed", replace_existing=True)

    def _campaigns(self) -> list[CampaignId]:
        return self._guarded("database", self._worker.campaigns) or []

    def _is_in_trouble(self, name: str) -> bool:
        trouble = self._troubles.get(name)
        return trouble is not None and self._clock.now() < trouble.until <= self._clock.now() + _LONGEST_PAUSE

    def _guarded(self, name: str, work: Callable[[], _T]) -> _T | None:
        """Run work at the edge: whatever goes wrong is written down, and tried again later, less and less often."""
        if self._is_in_trouble(name):
            return None
        try:
            result = work()
        except LeaseLostError as error:
            log.warning("turn ended early", extra={"campaign": name, "reason": str(error)})
            return None
        except Exception as error:  # the work runner's edge: one campaign must not stop the others
            if self._is_cut_short:
                return None
            before = self._troubles.get(name)
            pause = min(before.pause * 2, _LONGEST_PAUSE) if before else _SHORTEST_PAUSE
            self._troubles[name] = _Trouble(self._clock.now() + pause, pause)
            log.error(
                "turn failed",
                extra={"campaign": name, "error": type(error).__name__, "reason": str(error), "again_in": str(pause)},
                exc_info=None if isinstance(error, _EXPECTED) else error,
            )
            return None
        self._troubles.pop(name, None)
        return result
