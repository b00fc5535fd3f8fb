"""Every kept file that is not what it was is found, whatever a disk did to it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from services.campaign.operations.fsck import check_files
from services.records.measurement import KeptFile
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def kept(database, tmp_path):
    """Twenty files of up to some thousand bytes."""
    blobs, store, rng = Blobs(tmp_path / "blobs"), SqlMeasurements(database), np.random.default_rng(5)
    for n in range(20):
        path = tmp_path / f"{n}.csv"
        path.write_bytes(rng.bytes(int(rng.integers(1, 5000))))
        blob = blobs.keep(path)
        file = KeptFile(hash=blob.hash, size=blob.size, name=path.name, received_at=NOON, refusal="no format")
        store.take_in(file, ())
    return blobs, store


def test_five_hundred_flipped_bits_are_found_each(kept):
    """One at a time, anywhere; nothing else is accused."""
    blobs, store = kept
    rng, hashes = np.random.default_rng(7), list(blobs.hashes())
    for _ in range(500):
        path = blobs.path(hashes[rng.integers(len(hashes))])
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[rng.integers(len(flipped))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(flipped))
        [found] = [f for f in blobs.check() if not hasattr(f, "hash")]
        assert found.path == path
        path.write_bytes(whole)
    assert check_files(blobs, store).faults == []


def test_what_is_changed_missing_extra_or_misplaced_is_told_with_what_mends_it(kept, tmp_path):
    blobs, store = kept
    first, second, *_ = blobs.hashes()
    blobs.path(first).write_bytes(b"rot")
    blobs.path(second).unlink()
    (tmp_path / "new.csv").write_bytes(b"stopped before it was booked")
    extra = blobs.keep(tmp_path / "new.csv")
    (blobs.path(first).parent / "notes.txt").write_bytes(b"mine")
    checked = check_files(blobs, store)
    assert not checked.is_whole
    assert {(fault.kind, fault.where.rpartition("/")[2]) for fault in checked.faults} == {
        ("changed", first), ("missing", second), ("extra", extra.hash), ("misplaced", "notes.txt"),
    }  # fmt: skip
    changed = next(fault for fault in checked.faults if fault.kind == "changed")
    assert changed.name == store.file(first).name
    assert "meguri ingest" in changed.wanted


def test_taken_in_again_a_damaged_file_is_mended(kept, tmp_path):
    blobs, store = kept
    file = store.files()[0]
    path = blobs.path(file.hash)
    path.write_bytes(bytes(reversed(path.read_bytes())))
    blobs.keep(tmp_path / file.name)
    assert check_files(blobs, store).is_whole
