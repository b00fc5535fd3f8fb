"""Whatever a file does to its reader, outside it is one error that says why, soon, and the next file is read."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from services.ingest.errors import UnreadableFile
from services.ingest.readers.registry import readers
from services.ingest.sandbox import MAX_FILE_BYTES, Sandbox

WILD = '''
import os, time
import numpy as np
from services.ingest.errors import UnreadableFile
from services.records.curve import Channel, Curve
from services.records.reading import Amount, Claim, Reading

class Wild:
    """A reader that does what the file says, harmful or not."""
    name, title, proven_on = "wild", "Wild", ()
    def knows(self, source):
        return source.data.startswith(b"wild ")
    def read(self, source):
        what = source.data.split()[1].decode()
        match what:
            case "good": return (Reading(amounts={"answer": Amount(42.0), "pid": Amount(os.getpid())}),)
            case "endless":
                while True: pass
            case "greedy": return (Reading(amounts={"n": Amount(float(len(bytearray(8 * 2**30))))}),)
            case "deadly": os._exit(7)
            case "killed": os.kill(os.getpid(), 9)
            case "exiting": raise SystemExit(0)
            case "broken": raise KeyError("no such block")
            case "deep":
                def down(n): return down(n + 1)
                down(0)
            case "empty": return ()
            case "long":
                y = np.zeros(18_000_000)
                return (Reading(curves=(Curve(axis=Channel("t", "s", y), channels=(Channel("m", "", y),)),)),)
            case "lying": return (Reading(amounts={"n": Amount(3)},
                                          claims=(Claim(kind="points", about="scan", said=4, found=3),)),)
            case "contradictory": Channel("t", "s", np.zeros((2, 2)))
            case "refused": raise UnreadableFile(source.name, "line 7: 'abc' is no number", "export it again")

reader = Wild()
'''


@pytest.fixture
def wild(tmp_path, monkeypatch):
    """A reader of another distribution, found by its entry point also in processes that are started."""
    place = tmp_path / "elsewhere"
    (place / "wild-1.0.dist-info").mkdir(parents=True)
    (place / "wild-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: wild\nVersion: 1.0\n")
    (place / "wild-1.0.dist-info" / "entry_points.txt").write_text("[meguri.readers]\nwild = wild_reader:reader\n")
    (place / "wild_reader.py").write_text(WILD)
    monkeypatch.syspath_prepend(str(place))
    readers.cache_clear()
    yield lambda what: _file(tmp_path, what)
    readers.cache_clear()
    sys.modules.pop("wild_reader", None)


def _file(folder, what):
    path = folder / f"{what}.wild"
    path.write_bytes(f"wild {what}".encode())
    return path


@pytest.fixture
def sandbox():
    with Sandbox(seconds=4) as here:
        yield here


def pid(read) -> float:
    return read.readings[0].amounts["pid"].value


SAID = {
    "endless": "not read in time",
    "greedy": "more memory",
    "deadly": "broke its reader.*exit code 7",
    "killed": "broke its reader.*SIGKILL",
    "exiting": "SystemExit",
    "broken": "KeyError.*no such block",
    "deep": "nested too deeply",
    "empty": "as Wild it holds nothing",
    "long": "bytes.*are allowed",
    "lying": "does not hold what it says: points of scan: the file says 4, it holds 3",
    "contradictory": "contradicts itself",
    "refused": r"line 7: 'abc' is no number \(export it again\)",
}


@pytest.mark.parametrize("what", SAID)
def test_every_fault_is_one_error_with_its_reason_and_the_next_file_is_read(wild, sandbox, what):
    if what == "greedy" and sys.platform == "darwin":
        pytest.skip("macOS keeps no process to its memory")
    sandbox.read(wild("good"))
    begun = time.monotonic()
    with pytest.raises(UnreadableFile, match=SAID[what]) as caught:
        sandbox.read(wild(what))
    assert time.monotonic() - begun < 6
    assert caught.value.path == wild(what)
    assert sandbox.read(wild("good")).readings[0].amounts["answer"].value == 42


def test_a_process_is_kept_for_the_next_file_and_replaced_after_a_fault(wild, sandbox):
    """Starting one costs more than most files; what a fault leaves behind reaches no other file."""
    first, second = (pid(sandbox.read(wild("good"))) for _ in range(2))
    assert first == second
    with pytest.raises(UnreadableFile):
        sandbox.read(wild("endless"))
    assert pid(sandbox.read(wild("good"))) != first


def test_a_fault_holds_up_no_other_file(wild):
    """Many files, several at a time: each has its own answer, in its place."""
    wanted = ["good", "endless", "good", "deadly", "broken", "good"]
    with Sandbox(2, seconds=2.5) as sandbox:
        came = list(sandbox.read_all([wild(what) for what in wanted]))
    assert [path.stem for path, _ in came] == wanted
    assert [isinstance(read, UnreadableFile) for _, read in came] == [what != "good" for what in wanted]


def test_what_is_no_file_or_too_large_is_refused_unread(tmp_path, sandbox):
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        sandbox.read(tmp_path / "none.csv")
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(UnreadableFile, match="256 MB are read at most"):
        sandbox.read(large)


def test_what_no_reader_knows_says_so(tmp_path, sandbox):
    for data, said in [(b"", "the file is empty"), (bytes(np.random.default_rng(0).bytes(300)), "no reader knows")]:
        path = tmp_path / "x.dat"
        path.write_bytes(data)
        with pytest.raises(UnreadableFile, match=said):
            sandbox.read(path)
