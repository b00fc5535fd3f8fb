"""Throw mutated files at the readers: `python benchmarks/ingest/fuzz.py --n 10000 --reader all --seed 1`.

Every file goes through the sandbox, as in a laboratory, with two processes. Half are read by the reader of their
format, half by whichever knows them. *Uncaught* is whatever comes out that is not `UnreadableFile`; a *hang* takes
longer than five seconds from asking to answer, and is asked again where a process had to be started for it; *timed
out*, *died* and *surprised* were refused only because the sandbox is there: ended by the clock, the process gone, or an
exception that the reader did not mean. *MB* is the largest resident memory of any process that read.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.bombs import BOMBS
from benchmarks.ingest.files import FILES, REAL, nexus, spc, spc_old, tiff, wdf
from benchmarks.ingest.mutations import mutated
from services.ingest.errors import UnreadableFile
from services.ingest.sandbox import Sandbox
from tests.services.ingest.profiles.exports import exports

HANG_S = 5.0
TARGETS = tuple(BOMBS)
"""Readers by name; `workbooks` are those of the reader `profiles` that come as Excel."""
_SUFFIXES = {
    "opus": ".0",
    "jcamp": ".jdx",
    "spc": ".spc",
    "perkinelmer_ascii": ".asp",
    "xrdml": ".xrdml",
    "ras": ".ras",
    "hdf5": ".nxs",
    "image": ".tif",
    "wdf": ".wdf",
    "profiles": ".csv",
    "workbooks": ".xlsx",
}
_WORKERS = 2
_SURPRISE = re.compile(r"it is damaged \((\w+):")
_LARGEST_SEED = 300_000
_KEPT = 20
_MOST_STARTS = 3


@dataclass
class Found:
    """What became of the files thrown at one reader."""

    outcomes: Counter[str] = field(default_factory=Counter)
    surprises: Counter[str] = field(default_factory=Counter)
    uncaught: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    seconds: float = 0.0
    largest_mb: float = 0.0


def seeds(target: str) -> list[bytes]:
    """Return the sound files that are mutated, real ones among them where they are at hand."""
    if target == "profiles":
        real = ("PMMA_DBI_Lund_TGA_N2_20K_2.csv", "PMMA_FSRI_DSC_N2_10K_1.csv", "raman_hdpe.csv", "tg.csv")
        texts = [export.data for export in exports() if not export.data.startswith(b"PK")]
        aem = REAL / "AEM_210311.txt"
        return [
            *texts,
            *((REAL / name).read_bytes() for name in real if (REAL / name).exists()),
            *([aem.read_bytes()[:60_000]] if aem.exists() else []),
        ]
    if target == "workbooks":
        return [*(export.data for export in exports() if export.data.startswith(b"PK")), *_workbooks()]
    found = []
    for make in FILES[target].values():
        try:
            found.append(make())
        except FileNotFoundError:
            continue
    more = {
        "spc": [spc(kind=0x4C), spc(is_float=True, n=100), spc_old()],
        "wdf": [wdf(n_spectra=4)],
        "hdf5": [nexus(fletcher32=False)],
        "image": [tiff(compression="zlib"), tiff(rowsperstrip=16)],
    }
    return [data for data in (*found, *more.get(target, [])) if len(data) <= _LARGEST_SEED]


def _workbooks() -> Iterator[bytes]:
    """Write workbooks of curves and of amounts."""
    import openpyxl

    time_s = np.arange(60) * 30.0
    for header, rows in (
        (("Time (s)", "Temperature (°C)", "Mass (mg)"), zip(time_s, 30 + time_s / 6, 10 - time_s / 900, strict=True)),
        (("Specimen", "Density (g/cm3)"), ((f"PP01-X{i:04d}", 0.9 + i / 1000) for i in range(20))),
    ):
        book = openpyxl.Workbook()
        sheet = book.create_sheet("Data", 0)
        sheet.append(header)
        for row in rows:
            sheet.append(tuple(float(v) if not isinstance(v, str) else v for v in row))
        buffer = io.BytesIO()
        book.save(buffer)
        yield buffer.getvalue()


def files(target: str, n: int, seed: int) -> Iterator[bytes]:
    """Make n files: first those that are made to do harm, then mutations of sound ones."""
    rng = np.random.default_rng([seed, TARGETS.index(target)])
    own = seeds(target)
    foreign = [FILES[name][list(FILES[name])[-1]]() for name in ("jcamp", "spc", "image", "xrdml", "ras")]
    made = 0
    for data in BOMBS[target]() if own else ():
        if made < n:
            made += 1
            yield data
    for _ in range(n - made if own else 0):
        yield mutated(own[int(rng.integers(len(own)))], [*own, *foreign], rng)


def fuzz(target: str, n: int, seed: int, *, keep: Path | None = None) -> Found:
    """Throw n files at one reader, through the sandbox."""
    found, began = Found(), time.monotonic()
    reader = "profiles" if target == "workbooks" else target
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(_WORKERS) as sandbox,
        ThreadPoolExecutor(_WORKERS) as threads,
    ):
        waiting: dict[Future[tuple[float, str]], Path] = {}

        def settle() -> None:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                path = waiting.pop(future)
                seconds, outcome = future.result()
                _note(found, path, seconds, outcome, keep)
                path.unlink()

        for i, data in enumerate(files(target, n, seed)):
            path = Path(folder) / f"file {i}{_SUFFIXES[target]}"
            path.write_bytes(data)
            waiting[threads.submit(_read, sandbox, path, reader if i % 2 else "")] = path
            while len(waiting) >= _WORKERS:
                settle()
        while waiting:
            settle()
    found.seconds = time.monotonic() - began
    found.largest_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (
        1024 if sys.platform == "linux" else 2**20
    )
    return found


def _read(sandbox: Sandbox, path: Path, reader: str) -> tuple[float, str]:
    """Read a file; where a process was started meanwhile, a time that a hang would take is taken again."""
    seconds, outcome = 0.0, ""
    for _ in range(_MOST_STARTS):
        began, before = time.monotonic(), _processes()
        try:
            sandbox.read(path, reader=reader)
            outcome = "read"
        except UnreadableFile as error:
            outcome = error.reason
        except BaseException as error:  # what must not be
            outcome = f"uncaught {type(error).__name__}: {error}"
        seconds = time.monotonic() - began
        if seconds <= HANG_S or _processes() <= before:
            break
    return seconds, outcome


def _processes() -> set[int | None]:
    """Return the processes that read."""
    return {process.pid for process in multiprocessing.active_children()}


def _note(found: Found, path: Path, seconds: float, outcome: str, keep: Path | None) -> None:
    found.slowest_s = max(found.slowest_s, seconds)
    is_remarkable = True
    if outcome.startswith("uncaught "):
        kind = "uncaught"
        found.uncaught.append(f"{path.name}: {outcome}")
    elif "not read in time" in outcome:
        kind = "timed out"
    elif "broke its reader" in outcome:
        kind = "died"
    elif _SURPRISE.match(outcome):
        kind = "surprised"
        found.surprises[outcome.removeprefix("it is damaged ")[:110]] += 1
    else:
        kind, is_remarkable = ("read" if outcome == "read" else "refused"), False
    found.outcomes[kind] += 1
    if seconds > HANG_S:
        found.hangs.append(f"{path.name}: {seconds:.1f} s, {outcome}")
    if keep is not None and (is_remarkable or seconds > HANG_S) and found.outcomes[kind] <= _KEPT:
        (keep / f"{kind} {path.name}").write_bytes(path.read_bytes())


def main() -> int:
    """Print a row for each reader; fail where anything was uncaught or hung."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--reader", choices=(*TARGETS, "all"), default="all")
    parser.add_argument("--n", type=int, default=10_000, help="files for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder to keep remarkable files in")
    parser.add_argument("--show", action="store_true", help="name what the readers did not mean")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each reader")
    asked = parser.parse_args()
    if not asked.json:
        print(_HEADER)
    return max(_in_its_own_process(target, asked) for target in (TARGETS if asked.reader == "all" else (asked.reader,)))


_COLUMNS = ("read", "refused", "surprised", "timed out", "died", "uncaught")
_HEADER = (
    f"{'reader':18} {'files':>6} "
    + " ".join(f"{name:>9}" for name in _COLUMNS)
    + (f" {'hangs':>6} {'slowest':>8} {'MB':>6} {'files/s':>8}")
)


def _in_its_own_process(target: str, asked: argparse.Namespace) -> int:
    """Fuzz one reader in a process of its own, so that the largest memory of children is that reader's."""
    if asked.reader == "all":
        more = [*(["--json"] if asked.json else []), *(["--show"] if asked.show else [])]
        more += ["--keep", str(asked.keep)] if asked.keep else []
        command = [sys.executable, __file__, "--reader", target, "--n", str(asked.n), "--seed", str(asked.seed), *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        print(done.stdout.removeprefix(f"{_HEADER}\n"), end="", flush=True)
        return done.returncode
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    found = fuzz(target, asked.n, asked.seed, keep=asked.keep)
    n = sum(found.outcomes.values())
    if asked.json:
        row = {**{name: found.outcomes[name] for name in _COLUMNS}, "hangs": len(found.hangs), "files": n}
        sizes = {
            "slowest_s": round(found.slowest_s, 2),
            "largest_mb": round(found.largest_mb),
            "seconds": found.seconds,
        }
        print(json.dumps({"reader": target, **row, **sizes}))
    else:
        counts = " ".join(f"{found.outcomes[name]:9}" for name in _COLUMNS)
        sizes_ = f"{found.slowest_s:7.2f}s {found.largest_mb:6.0f} {n / max(found.seconds, 1e-9):8.0f}"
        print(f"{target:18} {n:6} {counts} {len(found.hangs):6} {sizes_}")
    for line in (*found.uncaught, *found.hangs):
        print(f"  {line}", file=sys.stderr)
    if asked.show:
        for text, times in found.surprises.most_common(20):
            print(f"  {times:5} {text}", file=sys.stderr)
    return int(bool(found.uncaught or found.hangs or n < asked.n))


if __name__ == "__main__":
    raise SystemExit(main())
