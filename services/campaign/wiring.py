"""Put the parts together: the only place that names concrete classes. Heavy parts are imported when they are used."""

from __future__ import annotations

import getpass
import logging
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from loop.errors import FormulationError
from loop.ids import ProposalId
from loop.recipe import Recipe
from loop.state import CampaignState
from services.campaign.clock import SystemClock
from services.campaign.definition import CampaignDefinition
from services.campaign.errors import CampaignError
from services.campaign.service import CampaignService
from services.campaign.viewing import stop_advice
from services.campaign.workspace import EngineKind, Workspace, find_workspace, make_workspace
from services.campaign.written import read_definition, read_table
from services.disk import write_whole
from services.records.table import Table
from services.store import SqlHeldResults, SqlJournal, open_database

if TYPE_CHECKING:
    from services.campaign.intake.intake import Intake
    from services.campaign.intake.names import Names
    from services.campaign.measuring import Measuring
    from services.campaign.runner import Runner
    from services.campaign.settling import Settling
    from services.campaign.worker import Turn

__all__ = ["ACTOR_VARIABLE", "Opened", "actor_name", "begin_workspace", "open_service"]

log = logging.getLogger(__name__)

ACTOR_VARIABLE = "MEGURI_ACTOR"
"""Environment variable that names who acts, where the system's user does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A workspace with its service, ready for use, and the doors through which files come and go."""

    service: CampaignService
    workspace: Workspace
    database: Engine
    actor: str

    @property
    def held(self) -> SqlHeldResults:
        """Results that wait for a person."""
        return SqlHeldResults(self.database)

    @property
    def settling(self) -> Settling:
        """What a person may do with them."""
        from services.campaign.settling import Settling

        return Settling(self.database, clock=SystemClock(), actor=self.actor)

    @property
    def measuring(self) -> Measuring:
        """What a person may do with measurements."""
        from services.campaign.measuring import Measuring
        from services.store.measurements import SqlMeasurements

        return Measuring(SqlMeasurements(self.database), names=self.names, clock=SystemClock(), actor=self.actor)

    def names(self) -> Names:
        """Tell every name under which a measurement may be somebody's."""
        from services.campaign.intake.names import names_of

        return names_of(self.service.campaigns(), self.service.state)

    @contextmanager
    def intake(self) -> Iterator[Intake]:
        """Open the way in for instruments' files; the processes that read them are ended at the end."""
        from services.campaign.posting import open_intake
        from services.ingest.sandbox import Sandbox
        from services.store.blobs import Blobs

        workspace = self.workspace
        with Sandbox(os.cpu_count() or 1, profiles=workspace.profiles) as sandbox:
            yield open_intake(
                self.database,
                blobs=Blobs(workspace.blobs),
                sandbox=sandbox,
                clock=SystemClock(),
                actor=self.actor,
            )

    @contextmanager
    def running(
        self, *, engine: EngineKind | None = None, tell: Callable[[Turn], None] = lambda _: None
    ) -> Iterator[Runner]:
        """Open what keeps campaigns going, with its compute engine; both are closed at the end.

        Parameters
        ----------
        engine
            Where models are fitted; as the settings say where left out.
        tell
            Told of every turn in which something was done.
        """
        from services.campaign.running import running

        with running(
            self.workspace,
            self.database,
            actor=self.actor,
            read_table=lambda path, numbers: read_table(path, numbers=numbers),
            engine=engine,
            tell=tell,
        ) as runner:
            yield runner

    def read_definition(self, path: Path) -> CampaignDefinition:
        """Read a definition file; see `read_definition`."""
        return read_definition(path)

    def read_table(
        self,
        path: Path,
        *,
        sheet: str | None = None,
        detection_limits: Mapping[str, float] | None = None,
        decimal: str | None = None,
        numbers: Collection[str] = (),
    ) -> Table:
        """Read a table; see `read_table`."""
        return read_table(path, sheet=sheet, detection_limits=detection_limits, decimal=decimal, numbers=numbers)

    def write_table(self, table: Table, path: Path) -> Path:
        """Write a table as CSV, Excel or Parquet, by the suffix of the path."""
        from services.ingest.write_tables import write_table

        return write_table(table, path)

    def write_report(self, campaign: str, *, folder: Path | None = None) -> Path:
        """Write a campaign's report, one HTML file that needs no network, and return where it is.

        Parameters
        ----------
        folder
            Where it goes, with its main pictures as PNG and SVG beside it; the workspace's ``reports`` without them
            where left out.
        """
        from services.report.page import build_report
        from services.report.pictures.files import save_pictures

        state = self.service.state(campaign)
        page = build_report(
            state,
            self.service.plan(campaign),
            now=datetime.now(UTC),
            recipes=_recipes(self.service, state),
            title=state.definition.title or campaign,
            entries=self.service.log(campaign),
            advice=stop_advice(state),
        )
        if folder is not None:
            save_pictures(state, folder)
        return write_whole((folder or self.workspace.reports) / f"{campaign}.html", page.encode(), "report")


@contextmanager
def open_service(
    start: Path, *, actor: str | None = None, environment: Mapping[str, str] = os.environ
) -> Iterator[Opened]:
    """Open the workspace at or above a folder, and close its database at the end.

    Parameters
    ----------
    start
        Where the search begins; ``MEGURI_HOME`` goes before it.
    actor
        Who acts: written beside every fact. The system's user where left out.

    Raises
    ------
    WorkspaceError
        If there is no workspace, or its settings cannot be read.
    StoreError
        If the database cannot be opened.
    """
    workspace = find_workspace(start, environment)
    who = actor_name(actor, environment)
    engine = open_database(workspace.database_url)
    try:
        held = SqlHeldResults(engine)
        service = CampaignService(journal=SqlJournal(engine), clock=SystemClock(), actor=who, held=held)
        yield Opened(service=service, workspace=workspace, database=engine, actor=who)
    finally:
        engine.dispose()


def begin_workspace(folder: Path, *, database_url: str | None = None) -> Workspace:
    """Make a folder a workspace and its database ready; what stands there already is kept.

    Raises
    ------
    WorkspaceError
        If the folder is a workspace with another database, or cannot be written.
    StoreError
        If the database cannot be opened.
    """
    workspace = make_workspace(folder, database_url=database_url)
    open_database(workspace.database_url).dispose()
    return workspace


def actor_name(given: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Say who acts: as given, else ``MEGURI_ACTOR``, else the system's user, else the user's number.

    Raises
    ------
    CampaignError
        If a name is given that is blank or cannot be printed.
    """
    named = given if given is not None else environment.get(ACTOR_VARIABLE)
    if named is not None:
        if not named.strip() or not named.isprintable():
            raise CampaignError(f"who acts must have a name, got {named!r}")
        return named.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        return f"uid {os.getuid()}"


def _recipes(service: CampaignService, state: CampaignState) -> dict[ProposalId, Recipe]:
    """Work out the recipe sheets that can be weighed; an edit that broke the rules may have none."""
    found = {}
    for record in state.open_proposals:
        try:
            found[record.proposal.id] = service.recipe(record.proposal.id)
        except FormulationError as error:
            log.warning("no recipe sheet", extra={"proposal_id": record.proposal.id, "reason": str(error)})
    return found
