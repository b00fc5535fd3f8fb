"""The store: what a workspace remembers, in SQLite or PostgreSQL. Decides nothing."""

from services.store.database import open_database
from services.store.errors import (
    DatabaseAccessError,
    DatabaseUrlError,
    NetworkDriveError,
    NewerSchemaError,
    SchemaError,
    StoreError,
    UnreadableEntryError,
)
from services.store.journal import SqlJournal
from services.store.schema import known_version, schema_version, upgrade

__all__ = [
    "DatabaseAccessError",
    "DatabaseUrlError",
    "NetworkDriveError",
    "NewerSchemaError",
    "SchemaError",
    "SqlJournal",
    "StoreError",
    "UnreadableEntryError",
    "known_version",
    "open_database",
    "schema_version",
    "upgrade",
]
