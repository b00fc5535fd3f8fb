"""Read every kept file again, and compare it with its hash and with what the database knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from services.records.measurement import KeptFile
from services.store.blobs import Blob, Blobs
from services.store.measurements import SqlMeasurements

__all__ = ["FileFault", "FilesChecked", "check_files"]

FaultKind = Literal["changed", "missing", "misplaced", "extra"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """One kept file that is not as it should be.

    `changed`: its bytes are others; `missing`: the database knows it, the disk does not; `misplaced`: a file that is
    none of the kept ones; `extra`: kept, but not booked, as when meguri was stopped in between: taken in again, it is.
    """

    kind: FaultKind
    where: str
    name: str
    reason: str
    wanted: str


@dataclass(slots=True)
class FilesChecked:
    """What was read and found."""

    n_files: int = 0
    n_bytes: int = 0
    faults: list[FileFault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing that the database knows is changed or missing."""
        return not any(fault.kind in ("changed", "missing") for fault in self.faults)


def check_files(
    blobs: Blobs, measurements: SqlMeasurements, tell: Callable[[int, int], None] = lambda *_: None
) -> FilesChecked:
    """Re-hash every kept file.

    Parameters
    ----------
    tell
        Told how many of how many files are read.
    """
    booked = {file.hash: file for file in measurements.files()}
    found, checked = set[str](), FilesChecked()
    for blob in blobs.check():
        checked.n_files += 1
        tell(checked.n_files, len(booked))
        if isinstance(blob, Blob):
            found.add(blob.hash)
            checked.n_bytes += blob.size
            if blob.hash not in booked:
                checked.faults.append(_extra(blob.hash))
            continue
        known = booked.get(blob.path.name)
        found.add(blob.path.name)
        checked.faults.append(
            FileFault(
                kind="changed" if known is not None else "misplaced",
                where=blob.path.parent.name + "/" + blob.path.name,
                name=known.name if known is not None else "",
                reason=blob.reason,
                wanted=_mend(known) if known is not None else "move it out of blobs/",
            )
        )
    for hash_, file in booked.items():
        if hash_ not in found:
            told = "the database knows it, and it is not there"
            checked.faults.append(
                FileFault(kind="missing", where=f"{hash_[:2]}/{hash_}", name=file.name, reason=told, wanted=_mend(file))
            )
    return checked


def _extra(hash_: str) -> FileFault:
    return FileFault(
        kind="extra",
        where=f"{hash_[:2]}/{hash_}",
        name="",
        reason="it is kept and not booked, as when meguri was stopped in between",
        wanted="nothing: the file that it came from is taken in by the next meguri run or ingest",
    )


def _mend(file: KeptFile) -> str:
    return f"meguri ingest of {file.name} once more, or the file of this hash out of a backup"
