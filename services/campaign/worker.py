"""One worker: takes the lease of a campaign, does all that is due, gives it back. Any number may run at once."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine as Database

from loop.ids import CampaignId
from loop.lease import Lease
from loop.orders import LabReport
from loop.ports import Clock, Lab
from loop.proposal import AT_THE_LABORATORY
from loop.state import CampaignState
from loop.tick import Wait, due
from services.campaign.heartbeat import Heartbeat
from services.campaign.labs import MANUAL
from services.campaign.ledger import Ledger
from services.campaign.ports import Proposer, Refitter
from services.campaign.post import Post
from services.campaign.steps import Steps
from services.store import LeaseGuard, SqlHeldResults, SqlJournal, SqlLeases, SqlOutbox

__all__ = ["INBOX", "Turn", "Worker", "worker_name"]

log = logging.getLogger(__name__)

INBOX = "inbox"
"""Name of the lease under which results are taken out of the inbox; campaigns have capitals."""

_MOST_STEPS = 50
"""More than this in one turn is a loop that does not come to rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one turn came to: the steps done, in words, and what is waited for. Empty `steps`: nothing was due."""

    campaign: str
    steps: tuple[str, ...] = ()
    waits_for: str = ""
    is_taken: bool = True


class Worker:
    """Works on campaigns of one workspace, each under a lease of its own.

    Parameters
    ----------
    database
        Of the workspace.
    clock
        Tells the time.
    actor
        Written beside every fact.
    lab_of
        Opens the laboratory of a campaign.
    post
        Takes results out of the inbox, under a lease that it is given.
    proposer, refitter
        Work out proposals and fits.
    name
        Tells workers apart.
    length
        How long a lease lasts without a heartbeat.
    file_results
        Results that instruments' files have come to and that are not written down yet.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        actor: str,
        lab_of: Callable[[CampaignState], Lab],
        post: Callable[[LeaseGuard], Post],
        proposer: Proposer,
        refitter: Refitter,
        name: str,
        length: timedelta = timedelta(seconds=60),
        file_results: Callable[[CampaignState], list[LabReport]] = lambda _: [],
    ) -> None:
        self._file_results = file_results
        self._database, self._clock, self._actor = database, clock, actor
        self._lab_of, self._post, self._proposer, self._refitter = lab_of, post, proposer, refitter
        self._name, self._length = name, length
        self._leases = SqlLeases(database)
        self._known: dict[CampaignId, CampaignState] = {}
        self._kept: set[str] = set()  # leases that are over, but could not be given back

    def campaigns(self) -> list[CampaignId]:
        """List the campaigns that there are."""
        return SqlJournal(self._database).campaigns()

    def state(self, campaign: str) -> CampaignState:
        """Read a campaign; CampaignError where there is none of that name."""
        return self._ledger(None).state(campaign)

    def is_at_rest(self, campaign: str) -> bool:
        """Say whether nothing is due, to be handed over, or at a laboratory that reports by itself."""
        state = self.state(campaign)
        if not isinstance(due(state, self._clock.now()), Wait):
            return False
        is_out = any(record.state in AT_THE_LABORATORY for record in state.open_proposals)
        if is_out and state.course != "paused" and state.definition.lab.name != MANUAL:
            return False
        return not SqlOutbox(self._database).undelivered(state.campaign)

    def turn(
        self, campaign: str, *, due_at: datetime | None = None, tell: Callable[[str], None] = lambda _: None
    ) -> Turn:
        """Do all that is due for a campaign now.

        Parameters
        ----------
        due_at
            The moment of the schedule that this turn is for: it is done once, whoever does it. Left out, the turn is
            for nobody's schedule.
        tell
            Told of each step as it is done.

        Returns
        -------
        What was done. Where somebody else works on the campaign, or did this turn already, nothing.

        Raises
        ------
        CampaignError
            If there is no such campaign, or its laboratory is not known.
        LeaseLostError
            If the lease was lost on the way; what was written before stays.
        LoopError, StoreError, DiskError
            If a step cannot be done; the next turn tries again.
        """
        self.state(campaign)
        lease = self._take(campaign, due_at)
        if lease is None:
            return Turn(campaign=campaign, waits_for="another worker", is_taken=False)
        done_until: datetime | None = None
        try:
            with Heartbeat(self._leases, lease, clock=self._clock, length=self._length) as beat:
                turn = self._worked(campaign, LeaseGuard(lease, self._clock), beat, tell)
            done_until = due_at
        finally:
            self._give_back(lease, done_until)
        return turn

    def empty_inbox(self) -> list[str]:
        """Take in what lies in the inbox, unless somebody else does; say what was done with each file."""
        lease = self._take(INBOX, None)
        if lease is None:
            return []
        try:
            with Heartbeat(self._leases, lease, clock=self._clock, length=self._length):
                return self._post(LeaseGuard(lease, self._clock)).collect()
        finally:
            self._give_back(lease, None)

    def _worked(self, campaign: str, guard: LeaseGuard, beat: Heartbeat, tell: Callable[[str], None]) -> Turn:
        ledger, outbox = self._ledger(guard), SqlOutbox(self._database, guard)
        steps = Steps(
            ledger,
            proposer=self._proposer,
            refitter=self._refitter,
            held=SqlHeldResults(self._database, guard),
        )
        done: list[str] = []

        def note(step: str) -> None:
            done.append(step)
            log.info("step done", extra={"campaign": campaign, "step": step})
            tell(step)

        state = ledger.state(campaign)
        lab = self._lab_of(state)
        self._deliver(state, outbox, lab, note)
        if state.course != "paused":
            reports = lab.reports(self._clock.now())
            if reports:
                note(steps.take_in(campaign, reports))
                lab.acknowledge(reports)
            from_files = self._file_results(ledger.state(campaign))
            if from_files:
                note(steps.take_in(campaign, from_files))
        for _ in range(_MOST_STEPS):
            beat.check()
            work = due(ledger.state(campaign), self._clock.now())
            if isinstance(work, Wait):
                return Turn(campaign=campaign, steps=tuple(done), waits_for=work.why)
            note(steps.carry_out(campaign, work))
            self._deliver(ledger.state(campaign), outbox, lab, note)
        raise RuntimeError(f"{campaign} did not come to rest within {_MOST_STEPS} steps; the last was {done[-1]}")

    def _deliver(self, state: CampaignState, outbox: SqlOutbox, lab: Lab, note: Callable[[str], None]) -> None:
        """Hand over every work order that has not left yet."""
        for order in outbox.undelivered(state.campaign):
            at = self._clock.now()
            if outbox.deliver(order, partial(lab.accept, at=at), at=at):
                note(f"work order {order.id} left")

    def _ledger(self, guard: LeaseGuard | None) -> Ledger:
        journal = SqlJournal(self._database, guard)
        return Ledger(journal=journal, clock=self._clock, actor=self._actor, known=self._known)

    def _take(self, name: str, due_at: datetime | None) -> Lease | None:
        now = self._clock.now()
        return self._leases.take(
            name,
            holder=self._name,
            now=now,
            until=now + self._length,
            due=due_at,
            dead=lambda holder: is_dead(holder) or (holder == self._name and name in self._kept),
        )

    def _give_back(self, lease: Lease, done_until: datetime | None) -> None:
        """Give the lease back; where that cannot be written, it is kept in mind and taken over by the next turn."""
        self._kept.add(lease.name)
        self._leases.release(lease, now=self._clock.now(), done_until=done_until)
        self._kept.discard(lease.name)


def worker_name() -> str:
    """Name this process so that others on the same machine can tell whether it lives."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(holder: str) -> bool:
    """Say whether a worker of this machine is gone for certain; of another machine nobody can tell."""
    host, _, process = holder.rpartition(":")
    if host != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
