"""Take files in: hash, keep, read, link, book. Any step may be the last of this process; nothing is lost or doubled.

Kept before it is booked, booked before it is moved: killed in between, the file is taken in again, and what is known is
not booked twice. The same bytes are one file, whatever they are called and however many take them in at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from loop.ports import Clock
from services.campaign.intake.arrival import Arrival, Outcome
from services.campaign.intake.booking import doubted, linked, measurements_in, namings, owner, printable
from services.campaign.intake.names import Names
from services.campaign.intake.review import Review
from services.campaign.intake.rules import Rules
from services.disk import DiskError
from services.ingest.errors import UnreadableFile
from services.ingest.linking import Link
from services.ingest.reading import ReadFile
from services.ingest.sandbox import Sandbox
from services.ingest.zipped import ZipArchive, opened_zip
from services.records.measurement import KeptFile, Measurement
from services.records.reading import Facts
from services.store.blobs import Blob, Blobs
from services.store.measurements import SqlMeasurements

__all__ = ["Intake"]

_Step = tuple[Arrival, Blob | None, Callable[[], ReadFile] | None]
"""A file on its way: None for the blob of one that is refused unseen, None for the reading of one that is known."""


class Intake:
    """The way in for instruments' files.

    Parameters
    ----------
    blobs
        Where bytes are kept.
    measurements
        Where files and measurements are booked, under the lease of whoever takes in.
    sandbox
        Where files are read.
    rules
        Tells all ids that there are, and what the definitions say.
    clock
        Tells when files came.
    actor
        Who takes in.
    """

    def __init__(
        self,
        *,
        blobs: Blobs,
        measurements: SqlMeasurements,
        sandbox: Sandbox,
        rules: Callable[[], Rules],
        clock: Clock,
        actor: str,
    ) -> None:
        self._blobs, self._measurements, self._sandbox = blobs, measurements, sandbox
        self._rules, self._clock, self._actor = rules, clock, actor

    def take(self, arrivals: Iterable[Arrival]) -> Iterator[Outcome]:
        """Take files in, several at a time, and say in their order what became of each.

        Interrupted, what was said is booked; the rest is taken in the next time.

        Raises
        ------
        LeaseLostError
            If somebody else empties the inbox by now.
        DiskError, StoreError
            If something cannot be kept or booked; the file stays where it was.
        """
        rules, ahead = self._rules(), deque[_Step]()
        with _Zips() as zips:
            for arrival in arrivals:
                ahead.append(self._begun(arrival, zips))
                if len(ahead) == self._sandbox.n_ahead:
                    yield self._ended(*ahead.popleft(), rules)
            while ahead:
                yield self._ended(*ahead.popleft(), rules)

    def review(self) -> Iterator[str]:
        """Look at what is new beside others, as far as nobody did; tell what looks wrong by now.

        Raises
        ------
        LeaseLostError, StoreError
            If what was found cannot be written; the next look finds it again.
        """
        review = Review(
            blobs=self._blobs,
            sandbox=self._sandbox,
            measurements=self._measurements,
            rules=self._rules(),
            clock=self._clock,
        )
        yield from review.due(self._measurements.measurements())

    def _begun(self, arrival: Arrival, zips: _Zips) -> _Step:
        if arrival.refusal:
            return arrival, None, None
        try:
            blob = self._kept(arrival, zips)
        except UnreadableFile as error:
            return replace(arrival, refusal=error.reason + (f" ({error.hint})" if error.hint else "")), None, None
        except DiskError as error:
            if error.path != arrival.path:
                raise
            return replace(arrival, hindrance=error.reason), None, None
        known = self._measurements.file(blob.hash)
        if known is not None and known.reader and not arrival.reader:
            return arrival, blob, None
        name, reader = printable(arrival.name), arrival.reader or (arrival.said.reader if arrival.said else "")
        return arrival, blob, self._sandbox.begin(self._blobs.path(blob.hash), name=name, reader=reader)

    def _kept(self, arrival: Arrival, zips: _Zips) -> Blob:
        """Keep the bytes of a file, unpacked first where it lies in a zip."""
        if not arrival.inside:
            return self._blobs.keep(arrival.path)
        archive = zips.opened(arrival.path)
        [member] = [file for file in archive.files if file.name == arrival.inside]
        return self._blobs.keep_unpacked(lambda part: archive.copy(member, part))

    def _ended(self, arrival: Arrival, blob: Blob | None, read: Callable[[], ReadFile] | None, rules: Rules) -> Outcome:
        if arrival.hindrance:
            return Outcome(arrival=arrival, fate="later", reason=arrival.hindrance)
        if blob is None:
            return Outcome(arrival=arrival, fate="refused", reason=arrival.refusal)
        if read is None:
            return self._known(arrival, blob, rules.names)
        file = KeptFile(
            hash=blob.hash, size=blob.size, name=printable(arrival.name), received_at=self._clock.now(), reader=""
        )
        try:
            found = read()
        except UnreadableFile as error:
            reason, hint = printable(error.reason), printable(error.hint)
            self._measurements.take_in(file.model_copy(update={"refusal": reason, "hint": hint}), ())
            return Outcome(arrival=arrival, fate="refused", hash=blob.hash, reason=reason, hint=hint)
        measurements = tuple(self._unlike_others(m) for m in measurements_in(found, arrival, blob.hash, rules))
        known = self._measurements.file(blob.hash)
        if known is not None and known.reader and known.reader != found.reader:
            return self._read_anew(arrival, file.model_copy(update={"reader": found.reader}), known, measurements)
        if not self._measurements.take_in(file.model_copy(update={"reader": found.reader}), measurements):
            return self._known(arrival, blob, rules.names)
        return Outcome(arrival=arrival, fate="new", hash=blob.hash, measurements=measurements)

    def _read_anew(
        self, arrival: Arrival, file: KeptFile, known: KeptFile, measurements: tuple[Measurement, ...]
    ) -> Outcome:
        """Book what a known file holds as a person wants it read: whose it is stays, where that was known."""
        before = {m.id: m for m in self._measurements.measurements(file=file.hash)}
        whose = [_carried_over(before[m.id], m) if m.id in before else m for m in measurements]
        told = f"read by {file.reader}, before by {known.reader}"
        self._measurements.read_anew(file, whose, actor=self._actor, at=self._clock.now(), reason=told)
        return Outcome(arrival=arrival, fate="new", hash=file.hash, measurements=tuple(whose), notes=(told,))

    def _unlike_others(self, measurement: Measurement) -> Measurement:
        """Doubt a measurement that holds the very numbers of another one: no instrument measures the same twice.

        Where they are of different specimens nobody can tell of which one they are: the other is doubted too. One that
        is nobody's is doubted alone, for it is the odd one: what is known to be somebody's is not held up by it.
        """
        alike = [
            other
            for other in self._measurements.measurements(fingerprint=measurement.fingerprint)
            if other.file != measurement.file and other.judgement != "excluded"
        ]
        if not alike or not measurement.content.is_telling:
            return measurement
        for other in alike:
            told = f"{measurement.id}, of {owner(measurement)}, holds its very numbers in other bytes"
            is_in_question = owner(other) != owner(measurement) and (measurement.is_linked or not other.is_linked)
            if is_in_question and told not in [message for _, message in other.doubts]:
                self._decide(doubted(other, "duplicate", told), "doubted", told)
        if measurement.is_linked:
            alike = [other for other in alike if other.is_linked]
        if not alike:
            return measurement
        told = f"holds the very numbers of {alike[0].id}, of {owner(alike[0])}, in other bytes"
        return doubted(measurement, "duplicate", told)

    def _known(self, arrival: Arrival, blob: Blob, names: Names) -> Outcome:
        """Look at a file whose bytes came before: its new name may tell whose it is, or contradict what is booked."""
        notes: list[str] = []
        measurements: list[Measurement] = []
        for known in self._measurements.measurements(file=blob.hash):
            said = Facts() if known.is_linked else Facts(specimen=str(known.facts.get("specimen", "")))
            whose = names.whose(namings(arrival, said, "" if known.is_linked else known.label))
            changed = known
            if isinstance(whose, Link) and not known.is_linked:
                changed = linked(known, whose)
                self._decide(changed, "linked", f"came again as {printable(arrival.name)}")
                notes.append(f"{known.id} is of {owner(changed)}: its bytes came again under a name that says so")
            elif isinstance(whose, Link) and not _agree(known, whose):
                named = whose.specimen or whose.proposal
                told = f"the same bytes came as {printable(arrival.name)}, of {named}, and are booked of {owner(known)}"
                notes.append(f"{known.id}: {told}")
                if told not in [message for _, message in known.doubts]:
                    changed = doubted(known, "duplicate", told)
                    self._decide(changed, "doubted", told)
            measurements.append(changed)
        return Outcome(
            arrival=arrival, fate="known", hash=blob.hash, measurements=tuple(measurements), notes=tuple(notes)
        )

    def _decide(self, changed: Measurement, what: str, reason: str) -> None:
        at = self._clock.now()
        self._measurements.decide(changed.id, changed, what=what, actor=self._actor, at=at, reason=reason)


class _Zips:
    """The zip that files are being taken out of: opened once for all of them."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._archive: ZipArchive | None = None
        self._stack = ExitStack()

    def opened(self, path: Path) -> ZipArchive:
        """Return an archive that was looked over."""
        if self._archive is None or self._path != path:
            self._stack.close()
            self._path, self._archive = path, self._stack.enter_context(opened_zip(path))
        return self._archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _carried_over(before: Measurement, after: Measurement) -> Measurement:
    """Return a measurement that was read anew: whose it was, and that it was left out, stays."""
    if before.is_linked:
        after = linked(after, Link(campaign=before.campaign, proposal=before.proposal, specimen=before.specimen))
    return after.model_copy(update={"judgement": "excluded"}) if before.judgement == "excluded" else after


def _agree(known: Measurement, whose: Link) -> bool:
    """Whether a link says the same as is booked, or less or more of the same."""
    if known.specimen and whose.specimen:
        return known.specimen == whose.specimen
    return bool(known.proposal) and known.proposal == whose.proposal
