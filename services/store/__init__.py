"""The store: what a workspace remembers, in SQLite or PostgreSQL. Decides nothing."""

from services.store.condition import DatabaseCondition, JournalLength, condition
from services.store.database import open_database, reach_database
from services.store.errors import (
    DatabaseAccessError,
    DatabaseUrlError,
    NetworkDriveError,
    NewerSchemaError,
    OccupiedDatabaseError,
    RowError,
    SchemaError,
    StoreError,
    UnknownHeldResultError,
    UnreadableEntryError,
)
from services.store.guard import LeaseGuard
from services.store.held import HeldRecord, Settlement, SqlHeldResults
from services.store.journal import SqlJournal
from services.store.leases import LeaseRecord, SqlLeases
from services.store.outbox import OrderRecord, SqlOutbox
from services.store.schema import known_version, schema_version, upgrade

__all__ = [
    "DatabaseAccessError",
    "DatabaseCondition",
    "DatabaseUrlError",
    "HeldRecord",
    "JournalLength",
    "LeaseGuard",
    "LeaseRecord",
    "NetworkDriveError",
    "NewerSchemaError",
    "OccupiedDatabaseError",
    "OrderRecord",
    "RowError",
    "SchemaError",
    "Settlement",
    "SqlHeldResults",
    "SqlJournal",
    "SqlLeases",
    "SqlOutbox",
    "StoreError",
    "UnknownHeldResultError",
    "UnreadableEntryError",
    "condition",
    "known_version",
    "open_database",
    "reach_database",
    "schema_version",
    "upgrade",
]
