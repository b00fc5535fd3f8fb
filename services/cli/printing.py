"""Where words go: results to stdout, talk to stderr. JSON is printed as it is, never wrapped or coloured."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["WIDTH", "emit", "next_step", "quoted", "say", "show", "waiting", "width"]

WIDTH = 100
"""Columns where the terminal does not say: a pipe, a file."""


def show(what: RenderableType = "") -> None:
    """Print a result to stdout."""
    _console(sys.stdout.isatty()).print(what)


def say(text: str, *, style: str = "", wrap: bool = False) -> None:
    """Say something beside the result, to stderr; without style for scripts that read it.

    `wrap` breaks what is long between words, for what a person reads and nobody pastes.
    """
    console = _console(sys.stderr.isatty(), stderr=True)
    if wrap:
        for line in _wrapped(text, console.width):
            console.print(Text(line, style=style), soft_wrap=True)
    else:
        console.print(Text(text, style=style), soft_wrap=True)


def _wrapped(text: str, columns: int) -> list[str]:
    """Break a text between words; every line but the first is indented."""
    from textwrap import wrap

    return wrap(text, width=columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def next_step(commands: str | Sequence[str]) -> None:
    """Say what to do next: a command that can be pasted, and other ways below it."""
    listed = [commands] if isinstance(commands, str) else list(commands)
    for word, command in zip(["next:", *["  or:"] * len(listed)], listed, strict=False):
        say(f"{word} {command}", style="dim")


def quoted(word: object) -> str:
    """Write a name or a path as a shell takes it for one word."""
    text = str(word)
    is_plain = bool(text) and all(letter.isalnum() or letter in "_-.,/%:+" for letter in text)
    return text if is_plain else "'" + text.replace("'", "'\\''") + "'"


def emit(view: BaseModel) -> None:
    """Print a view as JSON to stdout."""
    sys.stdout.write(view.model_dump_json(indent=2) + "\n")


def width() -> int:
    """Return the columns that a table may take."""
    return _console(sys.stdout.isatty()).width


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Show that something takes its time: a spinner on a terminal, one line anywhere else."""
    is_terminal = sys.stderr.isatty()  # not the console's word for it: colours may be forced where nobody watches
    console = _console(is_terminal, stderr=True)
    if not is_terminal or console.is_dumb_terminal:
        console.print(Text(f"{text} …"), soft_wrap=True)
        yield
        return
    with console.status(Text(f"{text} …")):
        yield


def _console(is_terminal: bool, *, stderr: bool = False) -> Console:
    """Make a console on the streams of the moment; names in brackets are no markup."""
    asked = os.environ.get("COLUMNS", "")
    fixed = None if is_terminal else (int(asked) if asked.isdigit() and int(asked) > 20 else WIDTH)
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=fixed)
