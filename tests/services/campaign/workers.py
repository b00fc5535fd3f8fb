"""A worker on a database of its own, with a laboratory that measures films and a clock that is told the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from campaigns.virtual_laboratory import VirtualLaboratory
from loop.agent import propose_batch
from loop.orders import LabReport
from loop.refit import refit
from loop.state import CampaignState
from services.campaign.inbox_folder import InboxMemory
from services.campaign.labs import ManualLab
from services.campaign.post import Post
from services.campaign.posting import open_post
from services.campaign.service import CampaignService
from services.campaign.worker import Worker
from services.campaign.written import read_table
from services.compute.serial import SerialEngine
from services.ingest.sandbox import Sandbox
from services.store import LeaseGuard, SqlHeldResults, SqlJournal
from services.store.blobs import Blobs
from tests.services.campaign.tiny import TINY, measured, read, strength

BY_ITSELF = TINY + "schedule: {every: 10 s, approval: automatic, attempts: 2, give_up: abandon, overdue: 5 min}\n"
"""The films, going on by themselves."""

VIRTUAL = BY_ITSELF + "lab: {name: films, delay: 0 s}\n"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SetClock:
    """Tells the time that it was set to."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def films(state: CampaignState, folder: Path) -> VirtualLaboratory:
    """The laboratory that measures films."""
    choice = state.definition.lab
    return VirtualLaboratory(folder / state.campaign, choice, lambda made, _: {"strength": measured(strength(made))})


def begin(database: Engine, text: str = VIRTUAL, clock: SetClock | None = None) -> CampaignService:
    """Begin a campaign."""
    service = people(database, clock)
    service.adopt(read(text))
    return service


def people(database: Engine, clock: SetClock | None = None) -> CampaignService:
    """What people do by hand, with a place for results to wait."""
    held = SqlHeldResults(database)
    return CampaignService(journal=SqlJournal(database), clock=clock or SetClock(), actor="suzuki", held=held)


def here() -> Sandbox:
    """Read files in this process: they are our own."""
    return Sandbox(engine=SerialEngine(n_attempts=1))


def worker(
    database: Engine,
    folder: Path,
    clock: SetClock,
    *,
    name: str = "here:0",
    length: timedelta = timedelta(seconds=60),
    file_results: Callable[[CampaignState], list[LabReport]] = lambda _: [],
) -> Worker:
    """A worker with everything it needs, in this process."""
    memory = InboxMemory()

    def lab_of(state: CampaignState) -> VirtualLaboratory | ManualLab:
        is_manual = state.definition.lab.name == "manual"
        return ManualLab(folder / "outbox") if is_manual else films(state, folder / "laboratory")

    def post(guard: LeaseGuard) -> Post:
        return open_post(
            folder / "inbox",
            database,
            guard=guard,
            blobs=Blobs(folder / "blobs"),
            sandbox=here(),
            clock=clock,
            actor="meguri",
            read_table=lambda path, numbers: read_table(path, numbers=numbers),
            memory=memory,
        )

    return Worker(
        database,
        clock=clock,
        actor="meguri",
        lab_of=lab_of,
        post=post,
        proposer=propose_batch,
        refitter=refit,
        name=name,
        length=length,
        file_results=file_results,
    )
