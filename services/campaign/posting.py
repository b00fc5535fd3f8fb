"""Put the doors together through which files come in: the inbox, and the intake of instruments' files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine as Database

from loop.ports import Clock
from services.campaign.inbox_folder import InboxMemory
from services.campaign.intake.intake import Intake
from services.campaign.intake.names import names_of
from services.campaign.intake.rules import Rules
from services.campaign.post import Post
from services.campaign.service import CampaignService
from services.campaign.sheet_post import SheetPost
from services.ingest.sandbox import Sandbox
from services.records.table import Table
from services.store import LeaseGuard, SqlHeldResults, SqlJournal
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

__all__ = ["open_intake", "open_post"]


def open_intake(
    database: Database, *, blobs: Blobs, sandbox: Sandbox, clock: Clock, actor: str, guard: LeaseGuard | None = None
) -> Intake:
    """Open the way in for instruments' files.

    Parameters
    ----------
    blobs, sandbox
        Where bytes are kept, and where files are read.
    guard
        The lease of the worker that takes in; people take in without one.
    """
    service = CampaignService(journal=SqlJournal(database), clock=clock, actor=actor)

    def rules() -> Rules:
        campaigns = service.campaigns()
        return Rules.of(names_of(campaigns, service.state), campaigns, service.plan)

    measurements = SqlMeasurements(database, guard)
    return Intake(blobs=blobs, measurements=measurements, sandbox=sandbox, rules=rules, clock=clock, actor=actor)


def open_post(
    inbox: Path,
    database: Database,
    *,
    guard: LeaseGuard | None,
    blobs: Blobs,
    sandbox: Sandbox,
    clock: Clock,
    actor: str,
    read_table: Callable[[Path, set[str]], Table],
    memory: InboxMemory,
) -> Post:
    """Open an inbox for somebody who empties it under a lease.

    Parameters
    ----------
    read_table
        Reads a file as a table; columns named in its second argument hold numbers.
    memory
        What whoever empties it remembers from look to look; kept up to date.
    """
    held = SqlHeldResults(database, guard)
    service = CampaignService(journal=SqlJournal(database, guard), clock=clock, actor=actor, held=held)
    return Post(
        inbox,
        sheets=SheetPost(service=service, held=held, clock=clock, read_table=read_table),
        intake=open_intake(database, blobs=blobs, sandbox=sandbox, clock=clock, actor=actor, guard=guard),
        read_table=lambda path: read_table(path, set()),
        memory=memory,
    )
