"""Files are kept under their hashes: wholly or not at all, once, and what changes afterwards is found."""

from __future__ import annotations

import hashlib
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.disk import DiskError, watched
from services.store.blobs import Blob, BlobFault, Blobs


@settings(deadline=None)
@given(st.lists(st.binary(max_size=2000), max_size=6))
def test_the_same_bytes_are_kept_once_under_any_name(tmp_path_factory, contents):
    folder = tmp_path_factory.mktemp("blobs")
    blobs = Blobs(folder / "blobs")
    for number, content in enumerate(contents):
        path = folder / f"file {number}.dat"
        path.write_bytes(content)
        blob = blobs.keep(path)
        assert blob == Blob(hashlib.sha256(content).hexdigest(), len(content))
        assert blobs.path(blob.hash).read_bytes() == content
    wanted = sorted({hashlib.sha256(content).hexdigest() for content in contents})
    assert list(blobs.hashes()) == wanted
    assert [found.hash for found in blobs.check() if isinstance(found, Blob)] == wanted


def test_eight_threads_keep_one_file(tmp_path):
    """At once, from eight names."""
    blobs, found, errors = Blobs(tmp_path / "blobs"), [], []
    content = np.random.default_rng(1).bytes(300_000)
    for number in range(8):
        (tmp_path / f"{number}.dat").write_bytes(content)
    start = threading.Barrier(8)

    def keep(number):
        try:
            start.wait()
            found.append(blobs.keep(tmp_path / f"{number}.dat"))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(found)) == len(list(blobs.hashes())) == 1
    assert list(blobs.check()) == [found[0]]


def test_every_flipped_bit_is_found(tmp_path):
    """500 files, one bit in each: 500 faults, each named."""
    rng, blobs = np.random.default_rng(2), Blobs(tmp_path / "blobs")
    for number in range(500):
        path = tmp_path / "in.dat"
        path.write_bytes(rng.bytes(int(rng.integers(1, 400))) + number.to_bytes(2, "big"))
        blobs.keep(path)
    hashes = list(blobs.hashes())
    assert len(hashes) == 500
    assert all(isinstance(found, Blob) for found in blobs.check())
    for hash_ in hashes:
        path = blobs.path(hash_)
        content = bytearray(path.read_bytes())
        content[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
        path.write_bytes(content)
    faults = list(blobs.check())
    assert all(isinstance(found, BlobFault) and "have changed" in found.reason for found in faults)
    assert [found.path.name for found in faults] == hashes


def test_a_file_that_changes_while_it_is_kept_is_not_kept(tmp_path):
    """Its hash would name other bytes."""
    path, blobs = tmp_path / "growing.dat", Blobs(tmp_path / "blobs")
    path.write_bytes(b"first")

    def grow(point):
        if point == "before fsync blob":
            part = next((tmp_path / "blobs").rglob("*.part"))
            part.write_bytes(b"first and more")

    with watched(grow), pytest.raises(DiskError, match="changed while it was read"):
        blobs.keep(path)
    assert list(blobs.hashes()) == []
    assert list((tmp_path / "blobs").rglob("*.part")) == []


def test_what_does_not_belong_there_is_told_and_what_cannot_be_read_is_said(tmp_path):
    blobs = Blobs(tmp_path / "blobs")
    (tmp_path / "a.dat").write_bytes(b"a")
    kept = blobs.keep(tmp_path / "a.dat")
    (tmp_path / "blobs" / "notes.txt").write_text("mine")
    misplaced = tmp_path / "blobs" / "00" / kept.hash
    misplaced.parent.mkdir()
    misplaced.write_bytes(b"a")
    found = list(blobs.check())
    assert [fault.path.name for fault in found if isinstance(fault, BlobFault)] == [kept.hash, "notes.txt"]
    assert [blob for blob in found if isinstance(blob, Blob)] == [kept]
    assert list(blobs.hashes()) == [kept.hash]
    with pytest.raises(DiskError, match="cannot be read"):
        blobs.keep(tmp_path / "none.dat")
    with pytest.raises(ValueError, match="64 small hexadecimal digits"):
        blobs.path("../../etc/passwd")
