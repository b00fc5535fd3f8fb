"""Find what somebody wants to look at, and read it as its file holds it. Nothing is taken in or changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loop.hints import did_you_mean
from services.campaign.errors import CampaignError
from services.ingest.doubts import doubts_of
from services.ingest.errors import UnreadableFile
from services.ingest.reading import ReadFile
from services.ingest.sandbox import Sandbox
from services.records.measurement import Decision, Measurement
from services.records.reading import Reading
from services.store.errors import UnknownMeasurementError
from services.store.measurements import SqlMeasurements

__all__ = ["LookError", "Seen", "measured_of", "seen_in_file", "seen_kept", "seen_of"]

_MEASUREMENT = re.compile(r"M-[0-9A-F]+-\d+", re.IGNORECASE)


class LookError(CampaignError):
    """There is nothing of that name to look at; says what is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One measurement to look at: what its file holds, and what is known of it.

    `reading` is None where the kept file cannot be read any more; `fault` says why. `measurement` is None where the
    file was not taken in.
    """

    file: str
    hash: str
    reader: str
    number: int
    reading: Reading | None
    measurement: Measurement | None = None
    decisions: tuple[Decision, ...] = ()
    fault: str = ""

    @property
    def modality(self) -> str:
        """What a person or a manifest said that it is, else the file."""
        said = self.measurement.modality if self.measurement is not None else ""
        return said or (self.reading.modality if self.reading is not None else "")

    @property
    def label(self) -> str:
        """Which of several of its file it is; empty where it is alone."""
        return self.reading.label if self.reading is not None else self.measurement.label if self.measurement else ""

    @property
    def doubts(self) -> tuple[str, ...]:
        """What looks wrong: as it was written down, else as the reading shows by itself."""
        if self.measurement is not None:
            return tuple(message for _, message in self.measurement.doubts)
        return tuple(doubt.message for doubt in doubts_of(self.reading)) if self.reading is not None else ()


def seen_in_file(path: Path, sandbox: Sandbox, taken: SqlMeasurements | None, *, reader: str = "") -> tuple[Seen, ...]:
    """Read a file as it lies there; where its bytes were taken in, with what is known of its measurements.

    Raises
    ------
    UnreadableFile
        If it cannot be read; says why, and what would help.
    """
    read = sandbox.read(path, reader=reader)
    with path.open("rb") as file:
        hash_ = hashlib.file_digest(file, "sha256").hexdigest()
    known = {} if taken is None else {one.number: one for one in taken.measurements(file=hash_)}
    return tuple(
        Seen(
            file=path.name,
            hash=hash_,
            reader=read.reader,
            number=number,
            reading=reading,
            measurement=known.get(number),
            decisions=_decisions(taken, known.get(number)),
        )
        for number, reading in enumerate(read.readings, start=1)
    )


def seen_of(what: str, sandbox: Sandbox, taken: SqlMeasurements, blob: Callable[[str], Path]) -> tuple[Seen, ...]:
    """Look up a measurement by its id, or all of a specimen or a proposal, and read their files.

    Parameters
    ----------
    blob
        Where the kept bytes of a hash lie.

    Raises
    ------
    LookError
        If nothing has that name.
    """
    return tuple(seen_kept(measured_of(what, taken), sandbox, taken, blob))


def measured_of(what: str, taken: SqlMeasurements) -> list[Measurement]:
    """Look up a measurement by its id, or all of a specimen or a proposal.

    Raises
    ------
    LookError
        If nothing has that name.
    """
    wanted = what.upper()
    try:
        is_measurement = _MEASUREMENT.fullmatch(what) is not None
        found = [taken.measurement(wanted)] if is_measurement else taken.measurements(specimen=wanted)
    except UnknownMeasurementError:
        found = []
    found = found or taken.measurements(proposal=wanted)
    if not found:
        raise LookError(_nothing(what, taken))
    return found


def seen_kept(
    measurements: Sequence[Measurement], sandbox: Sandbox, taken: SqlMeasurements, blob: Callable[[str], Path]
) -> Iterator[Seen]:
    """Read the kept files of measurements, each once, whatever it holds of what is wanted."""
    read: dict[str, ReadFile | str] = {}
    for one in measurements:
        file = taken.file(one.file)
        name, reader = (file.name, file.reader) if file is not None else (one.file, "")
        if one.file not in read:
            try:
                read[one.file] = sandbox.read(blob(one.file), name=name, reader=reader)
            except UnreadableFile as error:
                read[one.file] = f"{error.reason}; meguri fsck looks at every kept file"
        held = read[one.file]
        readings = held.readings if isinstance(held, ReadFile) else ()
        reading = readings[one.number - 1] if one.number <= len(readings) else None
        fault = (
            held if isinstance(held, str) else "" if reading is not None else "its file holds fewer measurements now"
        )
        yield Seen(
            file=name,
            hash=one.file,
            reader=reader,
            number=one.number,
            reading=reading,
            measurement=one,
            decisions=_decisions(taken, one),
            fault=fault,
        )


def _decisions(taken: SqlMeasurements | None, measurement: Measurement | None) -> tuple[Decision, ...]:
    return () if taken is None or measurement is None else tuple(taken.decisions(measurement.id))


def _nothing(what: str, taken: SqlMeasurements) -> str:
    """Say that nothing has a name, and which is near."""
    known = taken.measurements()
    names = dict.fromkeys(name for one in known for name in (one.id, one.specimen, one.proposal) if name)
    if not known:
        return f"there is no file {what} here, and no measurement was taken in yet: meguri ingest FILE"
    near = did_you_mean(what, names) or "meguri measurements lists them"
    return (
        f"there is no file {what} here, and no measurement, specimen or proposal with measurements has that id ({near})"
    )
