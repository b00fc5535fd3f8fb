"""Everything that can go wrong between the house and its database, as small named types under one root."""

from __future__ import annotations

from collections.abc import Sequence

from loop.errors import JournalError

__all__ = [
    "DatabaseAccessError",
    "DatabaseUrlError",
    "NetworkDriveError",
    "NewerSchemaError",
    "OccupiedDatabaseError",
    "RowError",
    "SchemaError",
    "StoreError",
    "UnknownHeldResultError",
    "UnknownMeasurementError",
    "UnreadableEntryError",
]


class StoreError(Exception):
    """Root of every error that the store raises on purpose."""


class DatabaseUrlError(StoreError):
    """A database URL cannot be read, or names a kind of database that is not supported."""


class NetworkDriveError(StoreError):
    """An SQLite file lies on a network drive, where its locks do not hold."""


class DatabaseAccessError(StoreError):
    """The database cannot be reached, stayed locked, or refused; the message repeats its own words."""


class SchemaError(StoreError):
    """The tables found are not a version of this store's schema."""


class NewerSchemaError(SchemaError):
    """The database was written by a newer version of meguri than the one that opens it."""

    def __init__(self, found: int, known: int, address: str) -> None:
        self.found = found
        self.known = known
        super().__init__(
            f"{address}: the schema has version {found}, this meguri knows versions up to {known}; "
            "install the meguri that wrote it, or a later one"
        )


class OccupiedDatabaseError(StoreError):
    """Rows are to be put into a database that holds some already, or tables of another version."""


class RowError(StoreError):
    """A row that is to be put into a table does not fit it; the message names both."""


class UnknownHeldResultError(StoreError):
    """No result of that id waits for a person: there is none, or it is settled."""

    def __init__(self, held: str, waiting: Sequence[str]) -> None:
        listed = ", ".join(waiting) or "none"
        super().__init__(f"no result {held!r} waits; waiting are {listed}")


class UnknownMeasurementError(StoreError):
    """There is no measurement of that id."""

    def __init__(self, measurement: str) -> None:
        super().__init__(f"there is no measurement {measurement!r}; meguri measurements lists those there are")


class UnreadableEntryError(StoreError, JournalError):
    """A journal entry holds no event of a kind known here."""

    def __init__(self, campaign: str, seq: int, kind: str, why: str) -> None:
        self.campaign = campaign
        self.seq = seq
        self.kind = kind
        super().__init__(f"{campaign}: entry {seq} of kind {kind!r} cannot be read: {why}")
