"""The inbox: result sheets are booked where they belong, instruments' files are taken in, and each is put aside.

A file is taken when it rests: what still grows waits. Booked first, moved afterwards: killed in between, it is read
again, and what is known is not booked twice. What cannot be read is put aside with its reason; nothing is thrown away.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath

from loop.counting import counted, some_of
from loop.errors import JournalError, LoopError
from services.campaign.errors import CampaignError, SheetError
from services.campaign.inbox_folder import REFUSED, TAKEN, InboxFolder, InboxMemory
from services.campaign.intake.arrival import Arrival, Outcome
from services.campaign.intake.arrivals import arrivals_of
from services.campaign.intake.intake import Intake
from services.campaign.intake.manifest import ManifestRow, is_manifest, read_manifest
from services.campaign.sheet_columns import PROPOSAL
from services.campaign.sheet_post import SHEET_SUFFIXES, SheetPost
from services.ingest.errors import UnreadableFile, UnreadableTable
from services.ingest.zipped import opened_zip
from services.records.table import Table

__all__ = ["Post"]

log = logging.getLogger(__name__)

_MOST_TOLD = 3

_Manifests = Mapping[Path, Mapping[str, ManifestRow] | None]
"""What the manifest of each folder says; None where it cannot be read, so that what lies beside it waits."""


class Post:
    """Empties the inbox.

    Parameters
    ----------
    inbox
        The folder.
    sheets
        Books result sheets.
    intake
        Takes instruments' files in.
    read_table
        Reads a manifest.
    memory
        What whoever empties it remembers from look to look; kept up to date.
    """

    def __init__(
        self,
        inbox: Path,
        *,
        sheets: SheetPost,
        intake: Intake,
        read_table: Callable[[Path], Table],
        memory: InboxMemory,
    ) -> None:
        self._inbox = InboxFolder(inbox, memory)
        self._sheets, self._intake, self._read_table = sheets, intake, read_table
        self._memory = memory

    def collect(self) -> list[str]:
        """Take in every file that rests; say what was done with each.

        Raises
        ------
        LeaseLostError
            If somebody else empties the inbox by now.
        StoreError, DiskError
            If something cannot be written; the file stays and is read again.
        """
        done: list[str] = []
        for told in self._collected():
            done.append(told)
            log.info("inbox file looked at", extra={"what": told})
        return done

    def _collected(self) -> Iterator[str]:
        resting = self._inbox.resting()
        manifests, faults = self._manifests([path for path in resting if is_manifest(path)])
        yield from faults
        files: list[Arrival] = []
        no_sheets: dict[Path, str] = {}
        for path in resting:
            said = self._said(path, manifests)
            if is_manifest(path) or said is None:
                continue
            try:
                table = self._sheets.table(path)
            except UnreadableTable as error:
                no_sheets[path] = error.reason + (f" ({error.hint})" if error.hint else "")
                table = None
            if table is not None:
                yield self._taken_sheet(path, table)
                continue
            if path.suffix.lower() in SHEET_SUFFIXES:
                no_sheets.setdefault(path, f"it has no column {PROPOSAL!r}")
            try:
                files += arrivals_of(path, self._inbox.name(path), said, self._read_table)
            except (SheetError, UnreadableTable) as error:
                yield self._refused(path, str(error))
        for path, outcomes in groupby(self._intake.take(files), lambda outcome: outcome.arrival.path):
            yield from self._put_aside(path, list(outcomes), no_sheets.get(path, ""))
        if files or not self._memory.has_reviewed:
            yield from self._intake.review()
            self._memory.has_reviewed = True
        for path in resting:
            if is_manifest(path) and self._is_done(path, manifests.get(path.parent)):
                self._inbox.take(path)

    def _taken_sheet(self, path: Path, table: Table) -> str:
        """Book a result sheet and put it aside."""
        told = list[str]()
        try:
            self._sheets.book(table, told)
        except JournalError:
            raise
        except (UnreadableTable, SheetError, CampaignError, LoopError) as error:
            booked = f"\n\nOf its other rows was taken in: {', '.join(told)}." if told else ""
            return self._refused(path, f"{error}{booked}")
        self._inbox.take(path)
        return f"{self._inbox.name(path)}: {', '.join(told) or 'no row is filled in'}"

    def _put_aside(self, path: Path, outcomes: Sequence[Outcome], no_sheet: str) -> Iterator[str]:
        """Move a file of instruments once all that it holds is booked; a zip that holds anything is taken."""
        name = self._inbox.name(path)
        later = [outcome for outcome in outcomes if outcome.fate == "later"]
        if later:
            if self._inbox.has_news(path, later[0].reason):
                yield f"{name} waits: {later[0].reason}"
            return
        if all(outcome.fate == "refused" for outcome in outcomes):
            reason = "; ".join(dict.fromkeys(_reason(outcome) for outcome in outcomes[:_MOST_TOLD]))
            yield self._refused(path, f"{reason}\n(nor is it a result sheet: {no_sheet})" if no_sheet else reason)
            return
        self._inbox.take(path)
        yield f"{name}: {_told(outcomes)}"

    def _refused(self, path: Path, reason: str) -> str:
        name = self._inbox.name(path)
        self._inbox.refuse(path, reason)
        log.warning("inbox file refused", extra={"file": name, "reason": reason})
        return f"{name} was refused: {reason.removeprefix(f'{path.name}: ')}"

    def _manifests(self, paths: Sequence[Path]) -> tuple[_Manifests, list[str]]:
        """Read the manifests of the inbox; one that cannot be read keeps what lies beside it waiting, and is told."""
        found: dict[Path, Mapping[str, ManifestRow] | None] = {}
        told: list[str] = []
        for path in paths:
            try:
                rows = read_manifest(path, self._read_table)
                others = found.get(path.parent, {})
                found[path.parent] = None if others is None else {**others, **rows}
            except (SheetError, UnreadableTable) as error:
                found[path.parent] = None
                if self._inbox.has_news(path, str(error)):
                    told.append(f"{self._inbox.name(path)}: {error}; what lies beside it waits")
        return found, told

    def _said(self, path: Path, manifests: _Manifests) -> Mapping[str, ManifestRow] | None:
        """Say what the manifests of a file's folder, and of those above, say; None where one cannot be read yet."""
        said: dict[str, ManifestRow] = {}
        for folder in path.parents:
            rows = manifests.get(folder, {})
            if rows is None or (folder not in manifests and _has_manifest(folder)):
                return None
            below = PurePosixPath(path.relative_to(folder).as_posix()).parent.as_posix()
            prefix = "" if below == "." else f"{below}/"
            said = {key.removeprefix(prefix): row for key, row in rows.items() if key.startswith(prefix)} | said
            if folder == self._inbox.folder:
                break
        return said

    def _is_done(self, manifest: Path, rows: Mapping[str, ManifestRow] | None) -> bool:
        """Say whether every file that a manifest names was taken in, or put aside."""
        if rows is None:
            return False
        inner = manifest.parent.relative_to(self._inbox.folder)
        aside = [self._inbox.folder / where / inner for where in (TAKEN, REFUSED)]
        missing = [
            file
            for file in rows
            if (manifest.parent / file).exists() or not any((folder / file).exists() for folder in aside)
        ]
        return not missing or set(missing) <= {name for folder in aside for name in _packed_in(folder)}


def _packed_in(folder: Path) -> Iterator[str]:
    """Name the files in the zips of a folder."""
    for path in folder.glob("*.zip"):
        try:
            with opened_zip(path) as archive:
                yield from (file.name for file in archive.files)
        except UnreadableFile:
            continue


def _has_manifest(folder: Path) -> bool:
    try:
        return any(is_manifest(path) for path in folder.iterdir())
    except OSError:
        return False


def _told(outcomes: Sequence[Outcome]) -> str:
    """Say what became of a file, or of those that it packs."""
    told: list[str] = []
    new = [m for outcome in outcomes if outcome.fate == "new" for m in outcome.measurements]
    if new:
        kinds = some_of(sorted({m.modality or "unknown kind" for m in new}))
        whose = some_of(sorted({m.specimen or m.proposal for m in new if m.is_linked}))
        told.append(f"{counted(len(new), 'measurement')} ({kinds})" + (f" of {whose}" if whose else ""))
    n_known = sum(outcome.fate == "known" for outcome in outcomes)
    if n_known:
        told.append("known already" if len(outcomes) == 1 else f"{counted(n_known, 'file')} known already")
    refused = [f"{outcome.arrival.name}: {_reason(outcome)}" for outcome in outcomes if outcome.fate == "refused"]
    if refused:
        told.append(f"{counted(len(refused), 'file')} refused ({some_of(refused)})")
    n_waiting = sum(len(outcome.waiting) for outcome in outcomes)
    if n_waiting:
        told.append(f"{counted(n_waiting, 'of them waits', 'of them wait')} for a person to say whose (meguri inbox)")
    n_doubted = sum(len(outcome.doubted) for outcome in outcomes if outcome.fate == "new")
    if n_doubted:
        told.append(f"{counted(n_doubted, 'of them looks', 'of them look')} wrong (meguri inbox)")
    return "; ".join([*told, *(note for outcome in outcomes for note in outcome.notes)])


def _reason(outcome: Outcome) -> str:
    return outcome.reason + (f" ({outcome.hint})" if outcome.hint else "")
