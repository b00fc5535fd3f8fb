"""Raw files and measurements in a database: the same bytes are one file, and what was decided stays readable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, Text, cast, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from services.records.measurement import Decision, KeptFile, Measurement
from services.store.engine import reading, writing
from services.store.errors import UnknownMeasurementError
from services.store.guard import Guard
from services.store.tables import MeasurementDecisionRow, MeasurementRow, RawFileRow

__all__ = ["SqlMeasurements"]


class SqlMeasurements:
    """The raw files and measurements of a workspace, on SQLite or PostgreSQL.

    Parameters
    ----------
    engine
        As `services.store.open_database` returned it.
    under
        The lease of the worker that writes; people write without one.
    """

    def __init__(self, engine: Engine, under: Guard | None = None) -> None:
        self._engine, self._under = engine, under

    def take_in(self, file: KeptFile, measurements: Sequence[Measurement]) -> bool:
        """Write a file and what it holds, all or nothing; say whether it is new.

        A file that is known already, under whatever name, is left as it is; one that was refused and can be read by now
        becomes what it is read as.

        Raises
        ------
        LeaseLostError
            If somebody else holds the worker's lease by now.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        with writing(self._engine, "measurement") as connection:
            if self._under is not None:
                self._under.hold(connection)
            if not self._is_taken(connection, file):
                return False
            for measurement in measurements:
                connection.execute(insert(MeasurementRow).values(**_row(measurement)))
        return True

    def files(self) -> list[KeptFile]:
        """List every file in the order in which they came."""
        row = RawFileRow
        wanted = select(*RawFileRow.__table__.columns).order_by(col(row.received_at), col(row.hash))  # type: ignore[attr-defined]
        with reading(self._engine) as connection:
            return [KeptFile.model_validate(dict(found)) for found in connection.execute(wanted).mappings()]

    def file(self, hash_: str) -> KeptFile | None:
        """Return the file of a hash; None where there is none."""
        wanted = select(*RawFileRow.__table__.columns).where(col(RawFileRow.hash) == hash_)  # type: ignore[attr-defined]
        with reading(self._engine) as connection:
            found = connection.execute(wanted).mappings().one_or_none()
        return None if found is None else KeptFile.model_validate(dict(found))

    def measurements(
        self,
        *,
        campaign: str | None = None,
        proposal: str | None = None,
        specimen: str | None = None,
        file: str | None = None,
        fingerprint: str | None = None,
    ) -> list[Measurement]:
        """List measurements by id, of all or of those that agree with what is given; empty text: of those that wait."""
        row = MeasurementRow
        wanted = select(cast(col(row.payload), Text)).order_by(col(row.id))
        given = {
            row.campaign: campaign,
            row.proposal: proposal,
            row.specimen: specimen,
            row.file: file,
            row.fingerprint: fingerprint,
        }
        for column, value in given.items():
            if value is not None:
                wanted = wanted.where(col(column) == value)
        with reading(self._engine) as connection:
            return [Measurement.model_validate(json.loads(payload)) for payload in connection.execute(wanted).scalars()]

    def measurement(self, id_: str) -> Measurement:
        """Return one measurement.

        Raises
        ------
        UnknownMeasurementError
            If there is none of that id.
        """
        with reading(self._engine) as connection:
            return _one(connection, id_)

    def decide(self, id_: str, changed: Measurement, *, what: str, actor: str, at: datetime, reason: str) -> Decision:
        """Write what was decided on a measurement, and how it stands from now on.

        Raises
        ------
        UnknownMeasurementError
            If there is none of that id.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        with writing(self._engine, "decision") as connection:
            if self._under is not None:
                self._under.hold(connection)
            locked = select(col(MeasurementRow.id)).where(col(MeasurementRow.id) == id_).with_for_update()
            if connection.execute(locked).scalar_one_or_none() is None:
                raise UnknownMeasurementError(id_)
            decision = _decide(connection, changed, what=what, actor=actor, at=at, reason=reason)
            connection.execute(update(MeasurementRow).where(col(MeasurementRow.id) == id_).values(**_row(changed)))
        return decision

    def read_anew(
        self, file: KeptFile, measurements: Sequence[Measurement], *, actor: str, at: datetime, reason: str
    ) -> None:
        """Write what a known file holds as another reader reads it, all or nothing, and a decision on each measurement.

        Measurements that it does not hold any more are excluded; they stay readable.

        Raises
        ------
        LeaseLostError
            If somebody else holds the worker's lease by now.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        row = MeasurementRow
        with writing(self._engine, "measurement") as connection:
            if self._under is not None:
                self._under.hold(connection)
            told = {"reader": file.reader, "refusal": "", "hint": ""}
            connection.execute(update(RawFileRow).where(col(RawFileRow.hash) == file.hash).values(**told))
            of_it = select(cast(col(row.payload), Text)).where(col(row.file) == file.hash)
            found = [Measurement.model_validate(json.loads(text)) for text in connection.execute(of_it).scalars()]
            known = {m.id: m for m in found}
            for measurement in measurements:
                values = _row(measurement)
                if measurement.id in known:
                    connection.execute(update(row).where(col(row.id) == measurement.id).values(**values))
                else:
                    connection.execute(insert(row).values(**values))
                _decide(connection, measurement, what="read anew", actor=actor, at=at, reason=reason)
            for gone in sorted(set(known) - {m.id for m in measurements}):
                excluded = known[gone].model_copy(update={"judgement": "excluded"})
                connection.execute(update(row).where(col(row.id) == gone).values(**_row(excluded)))
                _decide(connection, excluded, what="excluded", actor=actor, at=at, reason=reason)

    def note(self, changed: Measurement) -> None:
        """Write how a measurement stands where nothing was decided.

        Raises
        ------
        LeaseLostError
            If somebody else holds the worker's lease by now.
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        with writing(self._engine, "note") as connection:
            if self._under is not None:
                self._under.hold(connection)
            connection.execute(
                update(MeasurementRow).where(col(MeasurementRow.id) == changed.id).values(**_row(changed))
            )

    def decisions(self, id_: str) -> list[Decision]:
        """List what was decided on a measurement, in order."""
        row = MeasurementDecisionRow
        columns = row.__table__.columns  # type: ignore[attr-defined]
        wanted = select(*columns).where(col(row.measurement) == id_).order_by(col(row.number))
        with reading(self._engine) as connection:
            return [Decision.model_validate(dict(found)) for found in connection.execute(wanted).mappings()]

    def _is_taken(self, connection: Connection, file: KeptFile) -> bool:
        """Write a file's row where there is none, or one of a refusal that is overcome; say whether it was written."""
        values, row = file.model_dump(), RawFileRow
        dialect = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        new = dialect(row).values(**values).on_conflict_do_nothing().returning(col(row.hash))
        if connection.execute(new).scalar_one_or_none() is not None:
            return True
        if not file.reader:
            return False
        overcome = update(row).where(col(row.hash) == file.hash, col(row.reader) == "")
        told = {"reader": file.reader, "refusal": "", "hint": ""}
        return connection.execute(overcome.values(**told).returning(col(row.hash))).scalar_one_or_none() is not None


def _decide(
    connection: Connection, changed: Measurement, *, what: str, actor: str, at: datetime, reason: str
) -> Decision:
    """Add a decision behind those that were taken on a measurement before."""
    row = MeasurementDecisionRow
    last = select(func.coalesce(func.max(col(row.number)), 0)).where(col(row.measurement) == changed.id)
    decision = Decision.model_validate(
        {
            "measurement": changed.id,
            "number": connection.execute(last).scalar_one() + 1,
            "at": at,
            "actor": actor,
            "what": what,
            "to": changed.specimen or changed.proposal if what == "linked" else "",
            "reason": reason,
        }
    )
    connection.execute(insert(row).values(**decision.model_dump()))
    return decision


def _one(connection: Connection, id_: str) -> Measurement:
    wanted = select(cast(col(MeasurementRow.payload), Text)).where(col(MeasurementRow.id) == id_)
    payload = connection.execute(wanted).scalar_one_or_none()
    if payload is None:
        raise UnknownMeasurementError(id_)
    return Measurement.model_validate(json.loads(payload))


def _row(measurement: Measurement) -> dict[str, object]:
    shown = measurement.model_dump(mode="json")
    columns = ("id", "file", "number", "modality", "campaign", "proposal", "specimen", "judgement", "fingerprint")
    return {**{name: shown[name] for name in columns}, "payload": shown}
