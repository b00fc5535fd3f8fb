"""Readers of instruments' files: one format a module, all behind the protocol of `base`."""

from services.ingest.readers.base import Reader, Source
from services.ingest.readers.registry import reader_of, readers

__all__ = ["Reader", "Source", "reader_of", "readers"]
