"""Put a runner together: worker, laboratories, inbox and compute engine of an open workspace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine as Database

from loop.durations import read_duration
from loop.ids import CampaignId
from loop.ports import Lab
from loop.state import CampaignState
from services.campaign.clock import SystemClock
from services.campaign.file_results import FileResults
from services.campaign.inbox_folder import InboxMemory
from services.campaign.labs import LabPlaces, open_lab
from services.campaign.plan import plan_in_force
from services.campaign.post import Post
from services.campaign.posting import open_post
from services.campaign.proposing import EngineProposer, EngineRefitter
from services.campaign.runner import Runner
from services.campaign.worker import Turn, Worker, worker_name
from services.campaign.workspace import EngineKind, Workspace
from services.compute import open_engine
from services.ingest.sandbox import Sandbox
from services.records.table import Table
from services.store import LeaseGuard, SqlLeases
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

__all__ = ["running"]

_MOST_READERS = 2
"""Processes that read files of the inbox, beside those that fit models."""


@contextmanager
def running(
    workspace: Workspace,
    database: Database,
    *,
    actor: str,
    read_table: Callable[[Path, set[str]], Table],
    engine: EngineKind | None = None,
    tell: Callable[[Turn], None] = lambda _: None,
) -> Iterator[Runner]:
    """Open what keeps the campaigns of a workspace going; its compute engine is closed at the end.

    Parameters
    ----------
    read_table
        Reads a file of the inbox; columns named in its second argument hold numbers.
    engine
        Where models are fitted: serial, processes or dask; as the settings say where left out.
    tell
        Told of each step as it is done, and of what a campaign waits for.

    Raises
    ------
    ComputeError
        If the engine cannot be opened.
    """
    clock, compute = SystemClock(), workspace.settings.compute
    labs = _Labs(LabPlaces(outbox=workspace.outbox, inbox=workspace.inbox, folder=workspace.folder / "laboratory"))
    memory = InboxMemory()

    def post(guard: LeaseGuard) -> Post:
        return open_post(
            workspace.inbox,
            database,
            guard=guard,
            blobs=Blobs(workspace.blobs),
            sandbox=sandbox,
            clock=clock,
            actor=actor,
            read_table=read_table,
            memory=memory,
        )

    with (
        open_engine(engine or compute.engine, n_workers=compute.workers, address=compute.address) as where,
        Sandbox(min(os.cpu_count() or 1, _MOST_READERS), profiles=workspace.profiles) as sandbox,
    ):
        longest_s = read_duration(compute.longest).total_seconds()
        found = FileResults(SqlMeasurements(database), blob=Blobs(workspace.blobs).path, sandbox=sandbox)
        worker = Worker(
            database,
            clock=clock,
            actor=actor,
            lab_of=labs.of,
            post=post,
            proposer=EngineProposer(where, longest_s=longest_s),
            refitter=EngineRefitter(where, longest_s=longest_s),
            name=worker_name(),
            length=read_duration(workspace.settings.run.lease),
            file_results=lambda state: found.reports(state, plan_in_force(state)),
        )
        yield Runner(
            worker,
            SqlLeases(database),
            clock=clock,
            look=read_duration(workspace.settings.run.look),
            n_threads=compute.workers + 1,
            tell=tell,
        )


class _Labs:
    """The laboratories of the campaigns, each opened once for each version of its definition."""

    def __init__(self, places: LabPlaces) -> None:
        self._places = places
        self._open: dict[tuple[CampaignId, int], Lab] = {}

    def of(self, state: CampaignState) -> Lab:
        """Return the laboratory that the definition in force names."""
        key = (state.campaign, state.version)
        if key not in self._open:
            own = replace(self._places, folder=self._places.folder / state.campaign)
            self._open[key] = open_lab(state.definition, own)
        return self._open[key]
