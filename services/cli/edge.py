"""The outer edge of the command line: what went wrong becomes one clear message and an exit code.

0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C. Nothing half-done stays behind: what is written is written whole.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

__all__ = ["DEBUG", "STOPPED", "Edge", "end_at_once", "tell_error", "tell_unexpected"]

DEBUG = "--debug"
STOPPED = 130
"""Exit code of what Ctrl-C stopped, as shells have it."""
_STOPPED_WORDS = "stopped; nothing half-done was written"


class Edge(TyperGroup):
    """The group of all verbs. Turns the errors of this house into messages; takes ``--debug`` anywhere."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Let ``--debug`` stand behind the verb too, where people add it."""
        end = args.index("--") if "--" in args else len(args)
        rest = [argument for argument in args[:end] if argument != DEBUG]
        asked = [DEBUG] if len(rest) < end else []
        return super().parse_args(ctx, [*asked, *rest, *args[end:]])

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            tell_error(_STOPPED_WORDS)
            raise typer.Exit(STOPPED) from None
        except Exception as error:
            if not isinstance(error, _expected()):
                raise
            if ctx.params.get("debug"):
                traceback.print_exc()
            tell_error(str(error))
            raise typer.Exit(1) from error


def _expected() -> tuple[type[Exception], ...]:
    """Return the roots of every error that is raised on purpose. Imported here: a failure may take its time."""
    from loop.errors import LoopError
    from services.campaign.errors import CampaignError
    from services.compute.errors import ComputeError
    from services.disk import DiskError
    from services.ingest.errors import IngestError
    from services.records.table import TableError
    from services.store.errors import StoreError

    return LoopError, CampaignError, ComputeError, DiskError, IngestError, TableError, StoreError


def tell_error(message: str) -> None:
    """Write a message about what went wrong to stderr."""
    typer.secho("meguri: ", fg="red", bold=True, nl=False, err=True)
    typer.echo(message, err=True)


def end_at_once() -> NoReturn:
    """End the process without waiting for what other threads are at."""
    tell_error(_STOPPED_WORDS)
    sys.stderr.flush()
    os._exit(STOPPED)


def tell_unexpected(error: Exception) -> None:
    """Write about an error that nobody foresaw: what it was, and how to see where."""
    if DEBUG in sys.argv:
        traceback.print_exception(error)
    logging.getLogger(__name__).debug("unexpected error", exc_info=error)
    tell_error(
        f"this should not happen: {type(error).__name__}: {error}\n"
        f"nothing half-done was written; run it again with {DEBUG} to see where it came from"
    )
