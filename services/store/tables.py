"""The tables, as SQLModel classes. Rows, not values: they check nothing and never leave this package."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

__all__ = [
    "CampaignRow",
    "DerivationRow",
    "FeatureRow",
    "HeldResultRow",
    "JournalEntryRow",
    "LeaseRow",
    "MeasurementDecisionRow",
    "MeasurementRow",
    "RawFileRow",
    "StoreTable",
    "UtcDateTime",
    "WorkOrderRow",
]

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}
"""Names of constraints, the same on every database, so that migrations can speak of them."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, stored as UTC without a zone, so that no server's time zone has a say."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Bring an aware moment to UTC.

        Raises
        ------
        ValueError
            If the moment has no time zone.
        """
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"a moment needs a time zone, got {value.isoformat()}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Say that what was stored is UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class StoreTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Base of every table of the store; `StoreTable.metadata` is the schema."""


class CampaignRow(StoreTable, table=True):
    """One campaign: the row that is locked while anything of the campaign is written."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("id <> ''", name="id_is_not_empty"),
        CheckConstraint("last_seq >= 0", name="last_seq_counts_from_zero"),
    )

    id: str = Field(sa_type=Text, primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seq: int = Field(sa_type=BigInteger)


class JournalEntryRow(StoreTable, table=True):
    """One entry of a journal. Triggers keep it append-only and without gaps (migration 1)."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_counts_from_one"),
        CheckConstraint("actor <> ''", name="actor_is_not_empty"),
        CheckConstraint("kind <> ''", name="kind_is_not_empty"),
    )

    campaign: str = Field(sa_type=Text, primary_key=True, foreign_key="campaign.id")
    seq: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    payload: dict[str, Any] = Field(sa_type=JSON)


class LeaseRow(StoreTable, table=True):
    """The right to work on something until a time. `token` grows with every holder and never goes back."""

    __tablename__ = "lease"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_is_not_empty"),
        CheckConstraint("token >= 0", name="token_counts_from_zero"),
    )

    name: str = Field(sa_type=Text, primary_key=True)
    token: int = Field(sa_type=BigInteger)
    holder: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    done_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WorkOrderRow(StoreTable, table=True):
    """The outbox: what has to reach the laboratory, written with the events that it follows from."""

    __tablename__ = "work_order"
    __table_args__ = (
        UniqueConstraint("campaign", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
    )

    id: str = Field(sa_type=Text, primary_key=True)
    campaign: str = Field(sa_type=Text, foreign_key="campaign.id")
    number: int = Field(sa_type=BigInteger)
    made_at: datetime = Field(sa_type=UtcDateTime)
    payload: dict[str, Any] = Field(sa_type=JSON)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class HeldResultRow(StoreTable, table=True):
    """A result that fits no proposal as it stands: it waits for a person. The same one waits once."""

    __tablename__ = "held_result"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_is_not_empty"),)

    id: str = Field(sa_type=Text, primary_key=True)
    campaign: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=UtcDateTime)
    source: str = Field(sa_type=Text)
    proposal: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    suggestion: str = Field(sa_type=Text)
    payload: dict[str, Any] = Field(sa_type=JSON)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: str = Field(sa_type=Text)
    settlement: str = Field(sa_type=Text)


class RawFileRow(StoreTable, table=True):
    """A file of an instrument that was taken in, by the hash of its bytes: read, or refused with a reason."""

    __tablename__ = "raw_file"
    __table_args__ = (
        CheckConstraint("length(hash) = 64", name="hash_is_sha256"),
        CheckConstraint("size >= 0", name="size_is_a_number_of_bytes"),
        CheckConstraint("(reader = '') <> (refusal = '')", name="is_read_or_refused"),
    )

    hash: str = Field(sa_type=Text, primary_key=True)
    size: int = Field(sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=UtcDateTime)
    reader: str = Field(sa_type=Text)
    refusal: str = Field(sa_type=Text)
    hint: str = Field(sa_type=Text)


class MeasurementRow(StoreTable, table=True):
    """One reading of a file: whose it is and whether it counts; the rest stands in the payload."""

    __tablename__ = "measurement"
    __table_args__ = (
        UniqueConstraint("file", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint("judgement IN ('kept', 'doubted', 'excluded')", name="judgement_is_known"),
    )

    id: str = Field(sa_type=Text, primary_key=True)
    file: str = Field(sa_type=Text, foreign_key="raw_file.hash")
    number: int = Field(sa_type=BigInteger)
    modality: str = Field(sa_type=Text)
    campaign: str = Field(sa_type=Text)
    proposal: str = Field(sa_type=Text)
    specimen: str = Field(sa_type=Text)
    judgement: str = Field(sa_type=Text)
    fingerprint: str = Field(sa_type=Text)
    payload: dict[str, Any] = Field(sa_type=JSON)


class MeasurementDecisionRow(StoreTable, table=True):
    """What was decided on a measurement, in order."""

    __tablename__ = "measurement_decision"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint("actor <> ''", name="actor_is_not_empty"),
        CheckConstraint("what IN ('linked', 'read anew', 'doubted', 'kept', 'excluded')", name="what_is_known"),
    )

    measurement: str = Field(sa_type=Text, primary_key=True, foreign_key="measurement.id")
    number: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    to: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)


class DerivationRow(StoreTable, table=True):
    """What a recipe made of a measurement; `number` counts the recipes that it went through."""

    __tablename__ = "derivation"
    __table_args__ = (
        UniqueConstraint("measurement", "number"),
        CheckConstraint("length(recipe) = 64", name="recipe_is_sha256"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
    )

    measurement: str = Field(sa_type=Text, primary_key=True, foreign_key="measurement.id")
    recipe: str = Field(sa_type=Text, primary_key=True)
    number: int = Field(sa_type=BigInteger)
    made_at: datetime = Field(sa_type=UtcDateTime)
    modality: str = Field(sa_type=Text)
    fault: str = Field(sa_type=Text)
    payload: dict[str, Any] = Field(sa_type=JSON)


class FeatureRow(StoreTable, table=True):
    """One feature of one measurement by one recipe: the long table that every other table is made of."""

    __tablename__ = "feature"
    __table_args__ = (
        ForeignKeyConstraint(["measurement", "recipe"], ["derivation.measurement", "derivation.recipe"]),
        CheckConstraint("(state = 'measured') = (value IS NOT NULL)", name="is_measured_or_not"),
        CheckConstraint("stderr IS NULL OR stderr >= 0", name="stderr_is_not_negative"),
    )

    measurement: str = Field(sa_type=Text, primary_key=True)
    recipe: str = Field(sa_type=Text, primary_key=True)
    name: str = Field(sa_type=Text, primary_key=True)
    unit: str = Field(sa_type=Text)
    value: float | None = Field(default=None, sa_type=Float)
    stderr: float | None = Field(default=None, sa_type=Float)
    state: str = Field(sa_type=Text)
    limit: float | None = Field(default=None, sa_type=Float)
    reason: str = Field(sa_type=Text)
    how: str = Field(sa_type=Text)
