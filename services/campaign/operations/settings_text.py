"""The text of ``meguri.toml`` when a workspace travels: which database it names, and no password."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from services.campaign.errors import WorkspaceError
from services.store.address import without_password

__all__ = ["counted_from", "named_database", "travelling", "with_database"]

_SQLITE = "sqlite:///"
_SECTION = re.compile(r"^[ \t]*\[[ \t]*database[ \t]*\][^\n]*\n(?P<body>.*?)(?=^[ \t]*\[|\Z)", re.MULTILINE | re.DOTALL)
_URL = re.compile(r"^[ \t]*url[ \t]*=[^\n]*$", re.MULTILINE)
_PASSWORD = re.compile(r"(?P<user>\w+://[^\s:/@\"']*):(?!password@)[^@\s\"']+@")
"""Of any URL in a text, as of one that was commented out; not the word that the settings begin with as an example."""


def named_database(text: str) -> str | None:
    """Return the URL that settings name, None where they name none."""
    found = tomllib.loads(text).get("database", {}).get("url")
    return None if found is None else str(found)


def travelling(text: str, url: str, folder: Path) -> tuple[str, bool]:
    """Make settings fit to travel: no password, and a database file within the workspace counted from its folder.

    Parameters
    ----------
    url
        Of the workspace's database.
    folder
        Of the workspace.

    Returns
    -------
    The text, and whether a password was left out.
    """
    named = named_database(text)
    shared = _PASSWORD.sub(r"\g<user>@", text)
    if named is None:
        return shared, shared != text
    clean = counted_from(without_password(named), folder)
    if clean != named:
        shared = with_database(shared, clean)
    return shared, without_password(url) != url or _PASSWORD.search(text) is not None


def with_database(text: str, url: str) -> str:
    """Let settings name a database.

    Raises
    ------
    WorkspaceError
        If they are written in a way in which the place cannot be found.
    """
    line = f"url = {json.dumps(url, ensure_ascii=False)}"
    section = _SECTION.search(text)
    if section is None:
        changed = f"{text.rstrip()}\n\n[database]\n{line}\n"
    else:
        body = section["body"]
        body = _URL.sub(lambda _: line, body, count=1) if _URL.search(body) else f"{line}\n{body}"
        changed = text[: section.start("body")] + body + text[section.end("body") :]
    try:
        is_done = named_database(changed) == url
    except tomllib.TOMLDecodeError:
        is_done = False
    if not is_done:
        raise WorkspaceError('meguri.toml: the database is not named in a plain line url = "…" below [database]')
    return changed


def counted_from(url: str, folder: Path) -> str:
    """Let the URL of a database file within a folder count from there."""
    path = Path(url.removeprefix(_SQLITE))
    is_within = url.startswith(_SQLITE) and path.is_absolute() and path.is_relative_to(folder)
    return f"{_SQLITE}{path.relative_to(folder)}" if is_within else url
