"""Files in and out: what a person or an instrument wrote becomes values, and values become files a person can open."""

from services.ingest.errors import FormatError, IngestError, UnreadableTable, UnwritableTable
from services.ingest.guess import ColumnGuess, guess_columns
from services.ingest.tables import read_table
from services.ingest.write_tables import write_table

__all__ = [
    "ColumnGuess",
    "FormatError",
    "IngestError",
    "UnreadableTable",
    "UnwritableTable",
    "guess_columns",
    "read_table",
    "write_table",
]
