"""Look at measurements beside each other once they are booked: replicates, controls, sessions; and judge by the policy.

What was looked at is noted on each measurement, so that a look which never came, because somebody pulled the plug, is
made up for by the next start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loop.ports import Clock
from loop.values import fingerprint
from services.campaign.intake.booking import owner
from services.campaign.intake.rules import Rules
from services.curation.quality.control import ControlChart
from services.curation.quality.drift import session_drift
from services.curation.quality.policy import judged
from services.curation.quality.replicates import replicate_doubts
from services.ingest.errors import UnreadableFile
from services.ingest.sandbox import Sandbox
from services.records.doubt import Doubt
from services.records.measurement import Measurement
from services.records.reading import Reading
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

__all__ = ["POLICY", "Review"]

POLICY = "meguri (policy)"
"""Who decides where the policy of a definition does."""

_BESIDE_OTHERS = frozenset({"outlier", "control out of its chart", "session drift"})
"""Doubts that come of others measured beside: they go and come with those."""
_CONDITIONS = ("heating_rate", "speed", "wavelength", "temperature")
"""Conditions under which measurements of one kind are no repeats of each other."""

_Key = tuple[str, ...]


class Review:
    """The second look at measurements.

    Parameters
    ----------
    blobs, sandbox
        Where the bytes of their files lie, and where they are read again.
    measurements
        Where they are booked.
    rules
        What the definitions say.
    clock
        Tells when something was decided.
    """

    def __init__(
        self, *, blobs: Blobs, sandbox: Sandbox, measurements: SqlMeasurements, rules: Rules, clock: Clock
    ) -> None:
        self._blobs, self._sandbox, self._measurements = blobs, sandbox, measurements
        self._rules, self._clock = rules, clock
        self._read: dict[str, tuple[Reading, ...]] = {}

    def due(self, known: Sequence[Measurement]) -> Iterator[str]:
        """Look at every group in which something is new since it was looked at; tell what looks wrong by now.

        Parameters
        ----------
        known
            All measurements that there are.

        Raises
        ------
        LeaseLostError, StoreError
            If what was found cannot be written.
        """
        controls = self._controls(known)
        drifts: dict[_Key, dict[str, tuple[Doubt, ...]]] = {}
        for group in _groups(known):
            first = group[0]
            beside = controls.get((first.campaign, first.modality), [])
            if len(group) == 1 and not (beside or first.doubts):
                continue
            digest = fingerprint([[m.id for m in group], [m.id for m in beside]])
            if all(m.reviewed == digest for m in group):
                continue
            found = self._charted(group) if first in beside else self._beside_replicates(group)
            for measurement in group:
                key = (measurement.campaign, measurement.modality, measurement.instrument)
                if key not in drifts:
                    drifts[key] = self._drifts([m for m in beside if m.instrument == measurement.instrument])
                doubts = (*found.get(measurement.id, ()), *drifts[key].get(measurement.session, ()))
                changed, told = self._judged(measurement, doubts)
                self._write(measurement, changed.model_copy(update={"reviewed": digest}), told)
                if told:
                    yield f"{measurement.id} ({measurement.modality} of {owner(measurement)}): {told}"
        self._read.clear()

    def _controls(self, known: Sequence[Measurement]) -> dict[_Key, list[Measurement]]:
        """Return the measurements of the control specimen by campaign and modality, in order of time."""
        found: dict[_Key, list[Measurement]] = {}
        for measurement in sorted(known, key=lambda m: (m.measured_at or "~", m.id)):
            control = self._rules.control(measurement.campaign, measurement.modality)
            is_it = control and control in (measurement.specimen, measurement.proposal)
            if is_it and measurement.judgement != "excluded":
                found.setdefault((measurement.campaign, measurement.modality), []).append(measurement)
        return found

    def _beside_replicates(self, group: Sequence[Measurement]) -> dict[str, tuple[Doubt, ...]]:
        readings = self._readings(group) if len(group) > 1 else {}
        return dict(replicate_doubts(readings)) if len(readings) > 1 else {}

    def _charted(self, controls: Sequence[Measurement]) -> dict[str, tuple[Doubt, ...]]:
        """Hold each measurement of a control against those before it on its instrument."""
        readings, chart = self._readings(controls), ControlChart()
        found: dict[str, tuple[Doubt, ...]] = {}
        history: dict[str, list[Reading]] = {}
        for measurement in sorted(controls, key=lambda m: (m.measured_at or "~", m.id)):
            if measurement.id in readings:
                before = history.setdefault(measurement.instrument, [])
                found[measurement.id] = chart.judge(before, readings[measurement.id]).doubts
                before.append(readings[measurement.id])
        return found

    def _drifts(self, controls: Sequence[Measurement]) -> dict[str, tuple[Doubt, ...]]:
        """Return what is doubted of each session of an instrument by its control."""
        readings = self._readings(controls) if controls else {}
        sessions: dict[str, list[Reading]] = {}
        for measurement in controls:
            if measurement.session and measurement.id in readings:
                sessions.setdefault(measurement.session, []).append(readings[measurement.id])
        return dict(session_drift(sessions)) if sessions else {}

    def _judged(self, measurement: Measurement, beside: Sequence[Doubt]) -> tuple[Measurement, str]:
        """Return how a measurement stands with what is doubted of it now, and what is new of that in words."""
        own = [pair for pair in measurement.doubts if pair[0] not in _BESIDE_OTHERS]
        told_before = {pair[0] for pair in measurement.doubts}
        new = [(doubt.kind, doubt.message) for doubt in beside if (doubt.kind, doubt.message) not in own]
        changed = measurement.model_copy(update={"doubts": (*own, *new)})
        is_news = {kind for kind, _ in new} - told_before or (own and not measurement.reviewed)
        if not is_news:
            return changed, ""
        verdict = judged(
            [*(Doubt(kind, "", message) for kind, message in own), *beside],  # type: ignore[arg-type]  # as it was written
            self._rules.policy(measurement.campaign),
        )
        told = "; ".join(f"{kind}: {message}" for kind, message in new) or verdict.reason
        if self._was_decided(measurement) and not new:
            return changed, ""
        return changed.model_copy(update={"judgement": verdict.judgement}), told

    def _was_decided(self, measurement: Measurement) -> bool:
        return any(
            decision.what in ("kept", "excluded") and decision.actor != POLICY
            for decision in self._measurements.decisions(measurement.id)
        )

    def _write(self, before: Measurement, changed: Measurement, told: str) -> None:
        if told:
            what = changed.judgement
            self._measurements.decide(changed.id, changed, what=what, actor=POLICY, at=self._clock.now(), reason=told)
        elif changed != before:
            self._measurements.note(changed)

    def _readings(self, group: Sequence[Measurement]) -> dict[str, Reading]:
        """Read the files of some measurements again, each once; one that cannot be read any more is left out."""
        files = {file.hash: file for file in self._measurements.files() if file.hash in {m.file for m in group}}
        begun = {
            hash_: self._sandbox.begin(self._blobs.path(hash_), name=file.name, reader=file.reader)
            for hash_, file in files.items()
            if hash_ not in self._read
        }
        for hash_, read in begun.items():
            try:
                self._read[hash_] = read().readings
            except UnreadableFile:
                self._read[hash_] = ()
        return {m.id: self._read[m.file][m.number - 1] for m in group if m.number <= len(self._read.get(m.file, ()))}


def _groups(known: Sequence[Measurement]) -> list[list[Measurement]]:
    """Put measurements together that repeat each other: of one specimen, kind, content and conditions."""
    found: dict[_Key, list[Measurement]] = {}
    for measurement in known:
        if measurement.is_linked and measurement.modality and measurement.judgement != "excluded":
            found.setdefault(_key(measurement), []).append(measurement)
    return list(found.values())


def _key(measurement: Measurement) -> _Key:
    conditions = measurement.facts.get("conditions", {})
    curves = (f"{name} [{unit}]" for curve in measurement.content.curves for name, unit, *_ in curve)
    return (
        measurement.campaign,
        measurement.proposal or measurement.specimen,
        measurement.modality,
        "; ".join([*curves, *sorted(measurement.content.amounts)]),
        "; ".join(f"{name} {conditions[name]}" for name in _CONDITIONS if name in conditions),
    )
