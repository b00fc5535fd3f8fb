"""A backup that is damaged, cut, mended by hand or made to do harm is refused, and the part is named."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from services.campaign.errors import BackupError
from services.campaign.operations.backup import verify
from services.campaign.operations.restore import restore

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Parts = dict[str, bytes]


def parts_of(path: Path) -> Parts:
    with ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def repacked(path: Path, parts: Parts, *, honest: bool = True, method: int = ZIP_DEFLATED) -> Path:
    """Write a backup anew; where honest, its manifest lists what is in it by now."""
    if honest:
        manifest = json.loads(parts["manifest.json"])
        members = {name: content for name, content in parts.items() if name != "manifest.json"}
        manifest["members"] = {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in members.items()
        }
        parts = {**members, "manifest.json": json.dumps(manifest).encode()}
    with ZipFile(path, "w", method) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


def told(manifest: bytes, **changed: Any) -> bytes:
    return json.dumps({**json.loads(manifest), **changed}).encode()


def refused(path: Path, tmp_path: Path) -> BackupError:
    """The error of a backup that is refused by checking it, and by restoring it, which leaves nothing."""
    with pytest.raises(BackupError) as checked:
        verify(path)
    with pytest.raises(BackupError) as restored:
        restore(path, tmp_path / "there")
    assert str(checked.value) == str(restored.value)
    assert [found.name for found in tmp_path.iterdir() if "there" in found.name] == []
    return checked.value


def test_what_is_put_in_again_the_same_is_a_backup(backup, tmp_path):
    """The ways of spoiling one below spoil it, not the packing."""
    assert verify(repacked(tmp_path / "same.zip", parts_of(backup), honest=False)) == verify(backup)
    assert verify(repacked(tmp_path / "honest.zip", parts_of(backup))) == verify(backup)


def test_a_backup_cut_short_is_refused(backup, tmp_path):
    """At any length."""
    whole = backup.read_bytes()
    for length in (0, 1, 10, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        assert "cut.zip" in str(refused(tmp_path / "cut.zip", tmp_path))
    with pytest.raises(BackupError, match="no such file"):
        verify(tmp_path / "none.zip")
    with pytest.raises(BackupError, match="damaged, or no backup"):
        verify(tmp_path)


def test_a_flipped_byte_is_found_or_does_not_matter(backup, tmp_path):
    """Nowhere in the file does one lead to other content, or to an error that nobody foresaw."""
    whole, wanted = backup.read_bytes(), parts_of(backup)
    n_found = 0
    for place in range(0, len(whole), max(len(whole) // 150, 1)):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0x55
        (tmp_path / "spoilt.zip").write_bytes(spoilt)
        try:
            verify(tmp_path / "spoilt.zip")
        except BackupError:
            n_found += 1
        else:
            assert parts_of(tmp_path / "spoilt.zip") == wanted
    assert n_found > 100


def lose(name: str) -> Callable[[Parts], Any]:
    return lambda parts: parts.pop(name)


def put(name: str, content: bytes) -> Callable[[Parts], Any]:
    return lambda parts: parts.update({name: content})


def tell(**changed: Any) -> Callable[[Parts], Any]:
    return lambda parts: parts.update({"manifest.json": told(parts["manifest.json"], **changed)})


ROWS = "database/journal_entry.jsonl"
AS_LISTED: dict[str, tuple[Callable[[Parts], Any], str, str]] = {
    "a part is missing": (lose("files/inbox/waits.csv"), "files/inbox/waits.csv", "missing"),
    "the rows are missing": (lose(ROWS), ROWS, "missing"),
    "the manifest is missing": (lose("manifest.json"), "manifest.json", "missing"),
    "a part changed": (put("files/inbox/waits.csv", b"proposal,Strength\n"), "files/inbox/waits.csv", "hash differs"),
    "a part grew": (put("files/inbox/waits.csv", b"proposal,strength\n1"), "files/inbox/waits.csv", "expected 18"),
    "a part too many": (put("files/inbox/more.csv", b"x"), "files/inbox/more.csv", "does not list it"),
    "no JSON": (put("manifest.json", b"{"), "manifest.json", "cannot be read"),
    "another JSON": (put("manifest.json", b"[1]"), "manifest.json", "cannot be read"),
    "a newer schema": (tell(schema_version=99), "manifest.json", "schema version 99, this meguri knows"),
    "a newer layout": (tell(format=2, rockets=True), "manifest.json", "layout 2, this meguri knows up to 1"),
    "an unknown key": (tell(rockets=True), "manifest.json", "rockets"),
    "a table not listed": (tell(n_rows={"mood": 1}), "database/mood.jsonl", "does not list it"),
}


@pytest.mark.parametrize("spoilt", AS_LISTED)
def test_parts_that_are_not_as_listed_are_refused(backup, tmp_path, spoilt):
    """Each with the name of the part."""
    change, member, reason = AS_LISTED[spoilt]
    parts = parts_of(backup)
    change(parts)
    error = refused(repacked(tmp_path / "spoilt.zip", parts, honest=False), tmp_path)
    assert error.member == member
    assert reason in error.reason
    assert member in str(error)


OUTSIDE = ["../evil", "/etc/evil", "files/../../evil", "files//evil", "files/./evil", "evil", "files/", "database/x"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_part_outside_its_place_is_refused(backup, tmp_path, name):
    """However honestly it is listed: nothing is written beside the workspace."""
    error = refused(repacked(tmp_path / "evil.zip", {**parts_of(backup), name: b"x"}), tmp_path)
    assert error.member == name
    assert not list(tmp_path.rglob("evil"))


def first_row(change: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    def changed(rows: bytes) -> bytes:
        first, rest = rows.split(b"\n", 1)
        row = json.loads(first)
        change(row)
        return json.dumps(row).encode() + b"\n" + rest

    return changed


DISHONEST: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a row too few": (lambda rows: rows.split(b"\n", 1)[1], "rows, expected"),
    "no end": (lambda rows: rows[:-1], "the last line has no end"),
    "no JSON": (lambda rows: b"{" + rows, "no JSON"),
    "deep": (lambda rows: b"[" * 100_000 + b"\n" + rows, "no JSON"),
    "no row": (lambda rows: b"7\n" + rows, "no row"),
    "no campaign": (first_row(lambda row: row.pop("campaign")), "None"),
    "another campaign": (first_row(lambda row: row.update(campaign="AA")), "AA, which is not listed"),
    "no event": (first_row(lambda row: row.update(payload=7)), "cannot be read"),
    "no moment": (first_row(lambda row: row.update(at="soon")), "cannot be read"),
    "another kind": (first_row(lambda row: row.update(kind="guessed")), "'guessed'"),
    "a gap": (lambda rows: swapped(rows), "entry 2 is missing; the next one found is 3"),
}


def swapped(rows: bytes) -> bytes:
    *before, one, two, rest = rows.split(b"\n", 5)
    return b"\n".join((*before, two, one, rest))


@pytest.mark.parametrize("spoilt", DISHONEST)
def test_rows_that_are_no_journal_are_refused(backup, tmp_path, spoilt):
    """Though the hashes are right: somebody changed them and the manifest with them."""
    change, reason = DISHONEST[spoilt]
    parts = parts_of(backup)
    parts[ROWS] = change(parts[ROWS])
    error = refused(repacked(tmp_path / "spoilt.zip", parts), tmp_path)
    assert error.member == ROWS
    assert reason in error.reason


def test_a_part_that_stands_there_twice_is_refused(backup, tmp_path):
    """Which one would be meant?"""
    with warnings.catch_warnings(), ZipFile(backup, "a") as packed:
        warnings.simplefilter("ignore")
        packed.writestr("files/inbox/waits.csv", b"proposal,strength\n")
    assert refused(backup, tmp_path).reason == "it stands there twice"


def test_a_part_packed_in_another_way_is_refused(backup, tmp_path):
    """Only what we pack with is unpacked."""
    packed = repacked(tmp_path / "bz.zip", parts_of(backup), honest=False, method=ZIP_BZIP2)
    assert "packed in an unknown way" in refused(packed, tmp_path).reason


def test_a_part_that_is_locked_is_refused(backup, tmp_path):
    """Nobody can give its password here."""
    whole = bytearray(backup.read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(start) + flags] |= 1
    (tmp_path / "locked.zip").write_bytes(whole)
    assert "encrypted" in refused(tmp_path / "locked.zip", tmp_path).reason


def test_a_bomb_does_not_go_off(backup, tmp_path):
    """A part that claims more than can be packed into it, or unpacks to more than it claims, is refused unread."""
    parts = parts_of(backup)
    repacked(tmp_path / "claims.zip", {**parts, "files/reports/zeros.html": bytes(3_000_000)})
    assert verify(tmp_path / "claims.zip")
    whole, size = bytearray((tmp_path / "claims.zip").read_bytes()), (3_000_000).to_bytes(4, "little")
    for claim in (4_000_000_000, 10):
        spoilt = whole.replace(size, claim.to_bytes(4, "little"))
        manifest = json.loads(parts_of(tmp_path / "claims.zip")["manifest.json"])
        assert spoilt != whole
        (tmp_path / "bomb.zip").write_bytes(spoilt)
        error = refused(tmp_path / "bomb.zip", tmp_path)
        assert error.member == "files/reports/zeros.html"
        assert manifest["members"]["files/reports/zeros.html"]["size"] == 3_000_000


def test_a_manifest_that_is_a_bomb_is_refused(backup, tmp_path):
    """It is the first part that is read, so its size is looked at before."""
    parts = parts_of(backup)
    parts["manifest.json"] = b" " * ((1 << 28) + 1)
    error = refused(repacked(tmp_path / "bomb.zip", parts, honest=False), tmp_path)
    assert error.member == "manifest.json"
    assert "more than a list of parts needs" in error.reason


def test_a_folder_within_is_no_part(backup, tmp_path):
    """As some programs add them when they pack again."""
    with ZipFile(backup, "a") as packed:
        packed.writestr(ZipInfo("files/inbox/"), b"")
    assert refused(backup, tmp_path).member == "files/inbox/"


def test_another_zip_is_no_backup(tmp_path, backup):
    """Said in words of this house."""
    out = io.BytesIO()
    with ZipFile(out, "w") as packed:
        packed.writestr("xl/workbook.xml", "<x/>")
    (tmp_path / "book.xlsx").write_bytes(out.getvalue())
    assert "this is no backup" in str(refused(tmp_path / "book.xlsx", tmp_path))
