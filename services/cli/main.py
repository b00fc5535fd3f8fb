"""The command ``meguri``: one verb for each use case. Imports nothing heavy, so that help comes at once."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Annotated

import typer

from services.cli import (
    backtest,
    bars,
    consult,
    definitions,
    hypotheses,
    inbox,
    ingesting,
    looking,
    operations,
    processing,
    profile,
    proposals,
    results,
    running,
    tables,
)
from services.cli.edge import DEBUG, Edge, tell_unexpected
from services.cli.stdout import keep_for_results

__all__ = ["app", "run"]

_NUMERICAL = ("botorch", "gpytorch", "linear_operator", "scipy", "torch")

app = typer.Typer(
    name="meguri",
    cls=Edge,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (
    definitions,
    proposals,
    running,
    results,
    tables,
    ingesting,
    inbox,
    processing,
    profile,
    hypotheses,
    consult,
    looking,
    bars,
    backtest,
    operations,
):
    app.add_typer(group.commands)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from importlib import metadata

        typer.echo(f"meguri {metadata.version('meguri')}")
        raise typer.Exit


@app.callback(
    epilog="Results go to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C."
)
def start(
    debug: Annotated[bool, typer.Option(DEBUG, help="Show where an error came from, and every event written.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run materials formulation campaigns as a closed loop: propose, make, measure, learn, propose again.

    Begin with a table of past results: meguri init --from TABLE.
    Every verb says what to do next; meguri VERB --help says what it takes.
    """
    del version
    if not debug:  # what the numerical libraries warn of is dealt with where they are called; nobody here can act on it
        for package in _NUMERICAL:
            warnings.filterwarnings("ignore", module=rf"{package}(\.|$)")
    logging.basicConfig(
        level=logging.INFO if debug else logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s"
    )


def run() -> None:
    """Start the command line; `campaigns.door` comes before it."""
    keep_for_results()
    try:
        app()
    except Exception as error:  # the edge: nothing goes past it but a message
        tell_unexpected(error)
        sys.exit(1)


if __name__ == "__main__":
    run()
