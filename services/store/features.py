"""Features of measurements in a database: a long table, a recipe beside the one before it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, Text, cast, func, insert, select
from sqlmodel import col

from services.records.derived import Derived, DerivedValue
from services.records.feature import Feature
from services.store.engine import reading, writing
from services.store.tables import DerivationRow, FeatureRow, MeasurementRow

__all__ = ["SqlFeatures"]


class SqlFeatures:
    """What recipes made of the measurements of a workspace, on SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recipes(self) -> dict[str, str]:
        """Return the recipe that each measurement went through last, by measurement."""
        table = DerivationRow
        wanted = select(col(table.measurement), col(table.recipe)).order_by(col(table.measurement), col(table.number))
        with reading(self._engine) as connection:
            return {row.measurement: row.recipe for row in connection.execute(wanted)}

    def put(self, derived: Derived, *, at: datetime) -> bool:
        """Write what a recipe made of a measurement, all or nothing; say whether that was not there yet.

        A measurement that goes back to an earlier recipe has it as its last one again.

        Raises
        ------
        DatabaseAccessError
            If the database cannot be reached or refuses.
        """
        row = DerivationRow
        with writing(self._engine, "features") as connection:
            last = select(col(row.recipe), col(row.number)).where(col(row.measurement) == derived.measurement)
            known = {one.recipe: one.number for one in connection.execute(last)}
            newest = max(known.values(), default=0)
            if derived.recipe in known:
                if known[derived.recipe] < newest:
                    _raise(connection, derived, newest + 1)
                return False
            values = {
                "measurement": derived.measurement,
                "recipe": derived.recipe,
                "number": newest + 1,
                "made_at": at,
                "modality": derived.modality,
                "fault": derived.fault,
                "payload": derived.model_dump(mode="json", include={"peaks", "notes"}),
            }
            connection.execute(insert(row).values(**values))
            features = [_values(derived, feature) for feature in derived.features]
            if features:
                connection.execute(insert(FeatureRow), features)
        return True

    def derived(self, measurements: Sequence[str] | None = None) -> list[Derived]:
        """Return what the last recipe made of each measurement, in the order of their ids; of all if none is named."""
        row = DerivationRow
        newest = (
            select(col(row.measurement), func.max(col(row.number)).label("number"))
            .group_by(col(row.measurement))
            .subquery()
        )
        wanted = (
            select(
                col(row.measurement), col(row.recipe), col(row.modality), col(row.fault), cast(col(row.payload), Text)
            )
            .join(newest, (newest.c.measurement == col(row.measurement)) & (newest.c.number == col(row.number)))
            .order_by(col(row.measurement))
        )
        if measurements is not None:
            wanted = wanted.where(col(row.measurement).in_(list(measurements)))
        with reading(self._engine) as connection:
            found = connection.execute(wanted).all()
            features = _features(connection, {(one[0], one[1]) for one in found}, measurements)
        return [
            Derived(
                measurement=measurement,
                recipe=recipe,
                modality=modality,
                features=tuple(features.get((measurement, recipe), ())),
                fault=fault,
                **json.loads(payload),
            )
            for measurement, recipe, modality, fault, payload in found
        ]

    def values(self, campaign: str | None = None) -> list[DerivedValue]:
        """Return every feature by the last recipe of each measurement, of one campaign or of all, in one query.

        What a person excluded is left out. Ordered by measurement and name.
        """
        row, made, whose = FeatureRow, DerivationRow, MeasurementRow
        newest = (
            select(col(made.measurement), func.max(col(made.number)).label("number"))
            .group_by(col(made.measurement))
            .subquery()
        )
        is_its = (col(made.measurement) == col(row.measurement)) & (col(made.recipe) == col(row.recipe))
        wanted = (
            select(
                col(whose.specimen),
                col(row.measurement),
                col(made.modality),
                col(row.name),
                col(row.unit),
                col(row.value),
                col(row.stderr),
            )
            .join(made, is_its)
            .join(newest, (newest.c.measurement == col(made.measurement)) & (newest.c.number == col(made.number)))
            .join(whose, col(whose.id) == col(row.measurement))
            .where(col(whose.judgement) != "excluded")
            .order_by(col(row.measurement), col(row.name))
        )
        if campaign is not None:
            wanted = wanted.where(col(whose.campaign) == campaign)
        with reading(self._engine) as connection:
            return [DerivedValue(*one) for one in connection.execute(wanted)]

    def before(self, measurement: str, recipe: str) -> list[Feature]:
        """Return the features of a measurement by the recipe before one; none where it was the first."""
        row = DerivationRow
        own = select(col(row.number)).where(col(row.measurement) == measurement, col(row.recipe) == recipe)
        with reading(self._engine) as connection:
            number = connection.execute(own).scalar_one_or_none()
            if number is None:
                return []
            wanted = (
                select(col(row.recipe))
                .where(col(row.measurement) == measurement, col(row.number) < number)
                .order_by(col(row.number).desc())
                .limit(1)
            )
            earlier = connection.execute(wanted).scalar_one_or_none()
            if earlier is None:
                return []
            found = _features(connection, {(measurement, earlier)}, [measurement])
        return found.get((measurement, earlier), [])


def _raise(connection: Connection, derived: Derived, number: int) -> None:
    row = DerivationRow
    table = row.__table__  # type: ignore[attr-defined]
    is_it = (col(row.measurement) == derived.measurement) & (col(row.recipe) == derived.recipe)
    connection.execute(table.update().where(is_it).values(number=number))


def _values(derived: Derived, feature: Feature) -> dict[str, object]:
    shown = feature.model_dump(mode="json", exclude={"recipe"})
    return {"measurement": derived.measurement, "recipe": derived.recipe, "how": feature.recipe, **shown}


def _features(
    connection: Connection, wanted: set[tuple[str, str]], measurements: Sequence[str] | None
) -> Mapping[tuple[str, str], list[Feature]]:
    row = FeatureRow
    asked = select(*row.__table__.columns).order_by(col(row.measurement), col(row.name))  # type: ignore[attr-defined]
    if measurements is not None:
        asked = asked.where(col(row.measurement).in_(list(measurements)))
    found: dict[tuple[str, str], list[Feature]] = {}
    for one in connection.execute(asked).mappings():
        key = (one["measurement"], one["recipe"])
        if key in wanted:
            told = {name: one[name] for name in ("name", "unit", "value", "stderr", "state", "limit", "reason")}
            found.setdefault(key, []).append(Feature(recipe=one["how"], **told))
    return found
