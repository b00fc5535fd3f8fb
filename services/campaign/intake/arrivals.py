"""List what there is to take in, in files, folders and zips, before anything is: each file with what its manifest says.

Links are not followed, hidden files and what systems leave behind are passed over, a zip within a zip is refused.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from services.campaign.intake.arrival import Arrival
from services.campaign.intake.manifest import ManifestRow, is_manifest, read_manifest
from services.disk import borrowed_file
from services.ingest.errors import UnreadableFile
from services.ingest.zipped import ZipArchive, Zipped, is_zip, opened_zip
from services.records.table import Table

__all__ = ["arrivals_in", "arrivals_of"]

_LARGEST_MANIFEST = 2**24
_RUBBISH = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def arrivals_in(paths: Iterable[Path], read_table: Callable[[Path], Table]) -> list[Arrival]:
    """List the files below some paths, in alphabetical order below each.

    Raises
    ------
    SheetError, UnreadableTable
        If a manifest cannot be read: nothing beside it is to be taken in on a guess.
    UnreadableFile
        If a path is not there.
    """
    found: list[Arrival] = []
    for path in paths:
        if path.is_dir():
            found += _below(path, path, {}, read_table)
        elif path.is_file():
            found += arrivals_of(path, path.name, _manifest_beside(path, read_table), read_table)
        else:
            raise UnreadableFile(path, "there is no such file or folder")
    return found


def arrivals_of(
    path: Path, name: str, said: Mapping[str, ManifestRow], read_table: Callable[[Path], Table]
) -> list[Arrival]:
    """List what one file is: itself, or the files that it packs.

    Parameters
    ----------
    name
        What to call it.
    said
        What the manifest of its folder says, by file.

    Raises
    ------
    SheetError, UnreadableTable
        If it packs a manifest that cannot be read.
    """
    own = said.get(path.name)
    if path.is_symlink():
        return [Arrival(path=path, name=name, refusal="it is a link; put the file itself there")]
    try:
        if not is_zip(path):
            return [Arrival(path=path, name=name, said=own)]
        with opened_zip(path) as archive:
            packed = dict(said)
            for file in archive.files:
                if is_manifest(PurePosixPath(file.name)) and file.size <= _LARGEST_MANIFEST:
                    packed |= _manifest_in(archive, file, read_table)
            return [
                _packed(path, name, file.name, packed)
                for file in archive.files
                if not is_manifest(PurePosixPath(file.name))
            ]
    except UnreadableFile as error:
        return [Arrival(path=path, name=name, refusal=error.reason + (f" ({error.hint})" if error.hint else ""))]
    except OSError as error:
        return [Arrival(path=path, name=name, refusal=f"it cannot be opened: {error.strerror or error}")]


def _packed(path: Path, name: str, inside: str, said: Mapping[str, ManifestRow]) -> Arrival:
    refusal = "a zip within a zip is not opened (unpack it)" if inside.lower().endswith(".zip") else ""
    row = said.get(inside)
    return Arrival(path=path, inside=inside, name=f"{name}/{inside}", said=row, refusal=refusal)


def _manifest_in(archive: ZipArchive, file: Zipped, read_table: Callable[[Path], Table]) -> dict[str, ManifestRow]:
    """Read a manifest of an archive; its files are named from its own folder."""
    folder = PurePosixPath(file.name).parent
    with borrowed_file(lambda part: archive.copy(file, part), PurePosixPath(file.name).suffix) as borrowed:
        rows = read_manifest(borrowed, read_table)
    return {
        (folder / name).as_posix(): replace(row, where=f"{file.name}, {row.where.partition(', ')[2]}")
        for name, row in rows.items()
    }


def _below(
    folder: Path, root: Path, above: Mapping[str, ManifestRow], read_table: Callable[[Path], Table]
) -> Iterator[Arrival]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Arrival(path=folder, name=_called(folder, root), refusal=f"it cannot be opened: {error.strerror}")
        return
    paths = [Path(entry.path) for entry in entries if not _is_passed_over(entry.name)]
    said = dict(above)
    for path in paths:
        if is_manifest(path) and not path.is_symlink():
            said |= read_manifest(path, read_table)
    for path in paths:
        name = _called(path, root)
        if path.is_dir() and not path.is_symlink():
            inner = {key.partition("/")[2]: row for key, row in said.items() if key.startswith(f"{path.name}/")}
            yield from _below(path, root, inner, read_table)
        elif (path.is_symlink() or path.is_file()) and not is_manifest(path):
            yield from arrivals_of(path, name, said, read_table)


def _manifest_beside(path: Path, read_table: Callable[[Path], Table]) -> dict[str, ManifestRow]:
    found: dict[str, ManifestRow] = {}
    for beside in sorted(path.parent.glob("[mM][aA][nN][iI][fF][eE][sS][tT].*")):
        if is_manifest(beside):
            found |= read_manifest(beside, read_table)
    return found


def _called(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", "~")) or name.lower() in _RUBBISH
