"""The door of the house: make sure that the packages about to be used are its own, then start the command line.

`loop` and `services` are plain words: another distribution, or a folder on ``PYTHONPATH``, may bring packages of these
names. Python then takes whichever comes first, and nothing says so until something breaks far away. The check stands
here, above both, because code inside a shadowed package could not say anything; until it is done nothing is imported.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import sys
from importlib import metadata
from pathlib import Path

__all__ = ["DISTRIBUTION", "PACKAGES", "ShadowedPackageError", "check_packages", "run"]

DISTRIBUTION = "meguri"
PACKAGES = ("loop", "services", "campaigns")


class ShadowedPackageError(Exception):
    """Another package of the name of one of ours stands in its way."""


def run() -> None:
    """Start the command line: the entry point of the distribution."""
    try:
        check_packages()
    except ShadowedPackageError as error:
        sys.exit(f"meguri: {error}")
    from services.cli.main import run as start

    start()


def check_packages() -> None:
    """Make sure that every package of this project comes from the place this module comes from.

    That place is the source tree of an editable install, or the folder that the distribution was installed into. There,
    each package's ``__init__.py`` must also be the one that the installation recorded: a second distribution that was
    installed into the same folder overwrites it.

    Raises
    ------
    ShadowedPackageError
        If another package of the same name comes first on ``sys.path``, or has overwritten ours; the message names
        both and what to do.
    """
    home = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        expected, found = home / name / "__init__.py", _origin(name)
        if found is None or found != expected:
            raise ShadowedPackageError(_shadowed(name, expected, found))
    recorded = _recorded(home)
    for name in PACKAGES:
        path = home / name / "__init__.py"
        wanted = recorded.get(path)
        if wanted is not None and wanted != _sha256(path):
            raise ShadowedPackageError(_overwritten(name, path))


def _origin(name: str) -> Path | None:
    """Find the file that ``import name`` runs, or has run already; None where there is none."""
    loaded = sys.modules.get(name)
    spec = importlib.util.find_spec(name) if loaded is None else loaded.__spec__
    if spec is None:
        return None
    if spec.origin is None:  # a folder without __init__.py
        places = list(spec.submodule_search_locations or ())
        return Path(places[0]).resolve() if places else None
    return Path(spec.origin).resolve()


def _recorded(home: Path) -> dict[Path, str]:
    """Return the hash that the installation wrote down for each package's first file; empty for a source tree."""
    try:
        files = metadata.distribution(DISTRIBUTION).files or []
    except metadata.PackageNotFoundError:
        return {}
    first = {f"{name}/__init__.py" for name in PACKAGES}
    found = {}
    for file in files:
        if str(file) in first and file.hash is not None and file.hash.mode == "sha256":
            path = Path(str(file.locate())).resolve()
            if path.is_relative_to(home):
                found[path] = file.hash.value
    return found


def _sha256(path: Path) -> str:
    """Hash a file the way installations write it down."""
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()


def _shadowed(name: str, expected: Path, found: Path | None) -> str:
    if found is None:
        return (
            f"the package {name!r} of {DISTRIBUTION} is missing: {expected} is not there; install {DISTRIBUTION} again"
        )
    return (
        f"the package {name!r} of {DISTRIBUTION} is shadowed by another of that name:\n"
        f"  ours:  {expected}\n"
        f"  found: {found}{_owner_of(found)}\n"
        f"{_way_out(name, found)}"
    )


def _overwritten(name: str, path: Path) -> str:
    others = [other for other in _owners(name) if other != DISTRIBUTION]
    by = f"by {' and '.join(others)}" if others else "since it was installed"
    return (
        f"the package {name!r} of {DISTRIBUTION} was overwritten {by}:\n"
        f"  {path}\n"
        f"install {DISTRIBUTION} into an environment of its own: python -m venv, then pip install {DISTRIBUTION}"
    )


def _owner_of(found: Path) -> str:
    """Name the other distributions that say the package is theirs, where the one found was installed."""
    name = found.parent.name
    others = [
        other
        for other in _owners(name)
        if other != DISTRIBUTION
        and any(Path(str(f.locate())).resolve() == found for f in metadata.distribution(other).files or [])
    ]
    return f" (of the distribution {', '.join(others)})" if others else ""


def _owners(name: str) -> list[str]:
    return sorted(set(metadata.packages_distributions().get(name, [])))


def _way_out(name: str, found: Path) -> str:
    others = _owner_of(found)
    folder = found.parent.parent if found.name == "__init__.py" else found.parent
    if others:
        return f"install {DISTRIBUTION} into an environment of its own, without that distribution"
    return f"take {folder} off PYTHONPATH, or rename its {name!r}"
