"""How the tests of readers read: real files where they are at hand, and bytes made by a test."""

from __future__ import annotations

import pytest

from services.ingest.readers import Source, reader_of, readers
from services.records.reading import Reading
from tests.services.ingest.files import SHARED

RAW = SHARED / "raw"
needs_raw = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not RAW.is_dir(), reason="needs the real files in shared/data/raw beside the checkout"),
]


def real_bytes(name: str) -> bytes:
    """A real file, or the test skips."""
    path = RAW / name
    if not path.exists():
        pytest.skip(f"needs shared/data/raw/{name}")
    return path.read_bytes()


def read_as(reader: str, data: bytes, name: str = "file") -> tuple[Reading, ...]:
    """Read bytes with the reader named."""
    return {r.name: r for r in readers()}[reader].read(Source(name, data))


def only(reader: str, data: bytes, name: str = "file") -> Reading:
    """The one reading of bytes, which keep their word."""
    (reading,) = read_as(reader, data, name)
    assert reading.claims or reader == "image"
    assert not reading.broken_claims, [str(claim) for claim in reading.broken_claims]
    return reading


def reader_that_knows(data: bytes, name: str = "file") -> str:
    """The reader that would be asked for bytes."""
    return reader_of(Source(name, data)).name


def broken(reader: str, data: bytes) -> set[str]:
    """Kinds of claims that bytes break."""
    return {claim.kind for reading in read_as(reader, data) for claim in reading.broken_claims}
