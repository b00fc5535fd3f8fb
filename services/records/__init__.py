"""The values that services exchange: what was read and measured, without knowing any file format or store."""

from __future__ import annotations

from services.records.table import Cell, Column, Note, Table, TableError, cell_address

__all__ = ["Cell", "Column", "Note", "Table", "TableError", "cell_address"]
