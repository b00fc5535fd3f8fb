"""Damage files and count what is found out: `python benchmarks/ingest/damage.py --reader jcamp --n 500 --seed 1`.

Damage is a truncation, a lost, doubled or swapped line (block of bytes in a binary format), or a changed number of the
header. A damaged file is *refused* where its reader cannot read it, *told* where it breaks what it says of itself,
*doubted* where it is read but held for a person because a curve looks wrong that did not before, *the same* where it
holds the same data all the same, and *missed* where other data would go on as if nothing were wrong.
"""

from __future__ import annotations

import argparse
import re
import struct
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ingest.files import FILES
from services.ingest.doubts import doubts_of
from services.ingest.errors import UnreadableFile
from services.ingest.readers import Source, readers
from services.ingest.sandbox import Sandbox
from services.records.curve import Curve
from services.records.reading import Image, Reading

CAUGHT = ("refused", "told", "doubted")
KINDS = ("truncated", "lost", "doubled", "swapped", "number")
TEXTS = ("jcamp", "perkinelmer_ascii", "xrdml", "ras")
_NUMBER = re.compile(rb"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_HEADER_NUMBERS: dict[str, tuple[tuple[int, str], ...]] = {
    "spc": ((4, "<I"), (8, "<d"), (16, "<d"), (24, "<I")),
    "wdf": ((60, "<I"), (64, "<Q"), (72, "<Q"), (84, "<I"), (88, "<I")),
}
"""Where the header of a binary format keeps numbers that speak of its data, where no directory says so."""


@dataclass
class Tally:
    """What became of damaged files, by kind of damage."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, kind: str, outcome: str) -> None:
        """Count one."""
        self.counts.setdefault(kind, Counter())[outcome] += 1

    def total(self, outcome: str) -> int:
        """How many came to this in all."""
        return sum(counts[outcome] for counts in self.counts.values())

    @property
    def caught(self) -> float:
        """Share of files refused, told or doubted among those that were so or missed."""
        seen, missed = sum(map(self.total, CAUGHT)), self.total("missed")
        return seen / (seen + missed) if seen + missed else 1.0


def damaged_lines(data: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """Damage a text by lines."""
    lines = data.splitlines(keepends=True)
    i = int(rng.integers(len(lines)))
    match kind:
        case "truncated":
            return data[: int(rng.integers(1, len(data)))]
        case "lost":
            return b"".join(lines[:i] + lines[i + 1 :])
        case "doubled":
            return b"".join(lines[: i + 1] + lines[i:])
        case "swapped":
            j = int(rng.integers(len(lines)))
            lines[i], lines[j] = lines[j], lines[i]
            return b"".join(lines)
    return data


def damaged_blocks(data: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """Damage bytes by blocks of 512, or of a 64th of a short file."""
    size = max(16, min(512, len(data) // 64))
    i, j = (int(rng.integers(0, len(data) // size)) * size for _ in range(2))
    match kind:
        case "truncated":
            return data[: int(rng.integers(1, len(data)))]
        case "lost":
            return data[:i] + data[i + size :]
        case "doubled":
            return data[: i + size] + data[i:]
        case "swapped":
            i, j = min(i, j), max(i, j)
            if j - i < size:
                return data
            return data[:i] + data[j : j + size] + data[i + size : j] + data[i : i + size] + data[j + size :]
    return data


def damaged_number(reader: str, data: bytes, rng: np.random.Generator) -> bytes:
    """Change one number of the header that speaks of the data."""
    if reader in TEXTS:
        spans = _said_numbers(reader, data)
        start, stop = spans[int(rng.integers(len(spans)))]
        old = data[start:stop]
        at = int(rng.integers(len(old)))
        while not old[at : at + 1].isdigit():
            at = int(rng.integers(len(old)))
        digit = str((int(old[at : at + 1]) + int(rng.integers(1, 10))) % 10).encode()
        return data[: start + at] + digit + data[start + at + 1 :]
    places = _HEADER_NUMBERS.get(reader) or _places(reader, data)
    at, form = places[int(rng.integers(len(places)))]
    (old_value,) = struct.unpack_from(form, data, at)
    factor = float(rng.choice([0.5, 0.9, 0.999, 1.001, 1.1, 2.0]))
    most = 2 ** (8 * struct.calcsize(form) - 1) - 1
    new = old_value * factor
    if form[-1] not in "fd":
        new = min(most, max(0, int(new) + int(rng.integers(-1, 2))))
    packed = struct.pack(form, new)
    return data[:at] + packed + data[at + len(packed) :]


def _said_numbers(reader: str, data: bytes) -> list[tuple[int, int]]:
    """Where a text's header says numbers of its data."""
    fields = {
        "jcamp": rb"##(?:[XY]FACTOR|FIRST[XY]|LASTX|DELTAX|MAX[XY]|MIN[XY]|NPOINTS) *=([^\r\n]*)",
        "ras": rb"\*MEAS_(?:DATA_COUNT|SCAN_START|SCAN_STOP|SCAN_STEP) \"([^\"]*)\"",
        "xrdml": rb"<(?:start|end)Position>([^<]*)<",
        "perkinelmer_ascii": rb"\A([^\r\n]*)\r?\n([^\r\n]*)\r?\n([^\r\n]*)",
    }
    found = []
    for match in re.finditer(fields[reader], data):
        found += [match.span(i) for i in range(1, len(match.groups()) + 1)]
    return [span for span in found if _NUMBER.search(data[slice(*span)])]


def _places(reader: str, data: bytes) -> tuple[tuple[int, str], ...]:
    """Where a binary format's own directory says numbers of its data."""
    if reader == "opus":
        names = {
            b"NPT\0\0\0": "<i",
            b"FXV\0\1\0": "<d",
            b"LXV\0\1\0": "<d",
            b"MXY\0\1\0": "<d",
            b"MNY\0\1\0": "<d",
            b"CSF\0\1\0": "<d",
        }
        return tuple((m.start() + 8, form) for name, form in names.items() for m in re.finditer(re.escape(name), data))
    if data.startswith(b"\x89PNG"):
        return ((16, ">I"), (20, ">I"))
    if data[:2] == b"II":
        (at,) = struct.unpack_from("<I", data, 4)
        (n,) = struct.unpack_from("<H", data, at)
        tags = {struct.unpack_from("<H", data, at + 2 + 12 * i)[0]: at + 2 + 12 * i for i in range(n)}
        return tuple((tags[tag] + 8, "<H") for tag in (256, 257, 258, 273, 277, 278, 279) if tag in tags)
    return tuple((at, "<I") for at in range(8, 96, 4))


def is_same(one: tuple[Reading, ...], other: tuple[Reading, ...]) -> bool:
    """Say whether two readings hold the same data: what must not change unseen. A billionth of a span is no change."""
    if len(one) != len(other):
        return False
    return all(
        (a.modality, dict(a.amounts)) == (b.modality, dict(b.amounts))
        and len(a.curves) == len(b.curves)
        and all(map(_is_same_curve, a.curves, b.curves))
        and len(a.images) == len(b.images)
        and all(map(_is_same_image, a.images, b.images))
        for a, b in zip(one, other, strict=True)
    )


def _is_same_curve(one: Curve, other: Curve) -> bool:
    pairs = list(zip((one.axis, *one.channels), (other.axis, *other.channels), strict=False))
    return (
        len(one) == len(other)
        and len(one.channels) == len(other.channels)
        and one.segments == other.segments
        and all((a.quantity, a.unit) == (b.quantity, b.unit) for a, b in pairs)
        and all(np.allclose(a.values, b.values, rtol=0, atol=1e-9 * np.ptp(a.values), equal_nan=True) for a, b in pairs)
    )


def _is_same_image(one: Image, other: Image) -> bool:
    return one.um_per_pixel == other.um_per_pixel and np.array_equal(one.pixels, other.pixels)


def outcome(reader: str, name: str, data: bytes, right: tuple[Reading, ...]) -> str:
    """Read a damaged file with the reader of its format, and judge."""
    chosen = {r.name: r for r in readers()}[reader]
    source = Source(name, data)
    if not chosen.knows(source):
        return "refused"
    try:
        readings = chosen.read(source)
    except Exception:  # outside of here a sandbox catches it
        return "refused"
    if any(reading.broken_claims for reading in readings):
        return "told"
    return _held(readings, right)


def _held(readings: tuple[Reading, ...], right: tuple[Reading, ...]) -> str:
    """Judge readings that keep their word."""
    if is_same(readings, right):
        return "same"
    was, new = ([doubt for reading in held for doubt in doubts_of(reading)] for held in (right, readings))
    return "doubted" if {(d.kind, d.about) for d in new} - {(d.kind, d.about) for d in was} else "missed"


def outcome_outside(
    sandbox: Sandbox, folder: Path, reader: str, name: str, data: bytes, right: tuple[Reading, ...]
) -> str:
    """The same as `outcome`, out of a process of its own: for libraries that a damaged file makes hang or crash."""
    path = folder / name
    path.write_bytes(data)
    try:
        found = sandbox.read(path, reader=reader)
    except UnreadableFile as error:
        return "told" if "does not hold what it says" in error.reason else "refused"
    return _held(found.readings, right)


def run(
    reader: str,
    n: int,
    seed: int = 1,
    *,
    files: str = "",
    by_blocks: bool = False,
    judge: Callable[..., str] = outcome,
    show: Callable[[str], None] | None = None,
) -> Tally:
    """Damage each file of a reader (those with `files` in their name), n times in all, and count what becomes of it.

    Texts are damaged by lines, or `by_blocks` of bytes as binary formats are.
    """
    tally, rng = Tally(), np.random.default_rng(seed)
    wanted, files_held = {name: make for name, make in FILES[reader].items() if files in name}, {}
    for name, make in wanted.items():
        try:
            files_held[name] = make()
        except FileNotFoundError:
            if show:
                show(f"{name} is not at hand")
    chosen = {r.name: r for r in readers()}[reader]
    rights = {name: chosen.read(Source(name, data)) for name, data in files_held.items()}
    for i in range(n if files_held else 0):
        name = list(files_held)[i % len(files_held)]
        data, kind = files_held[name], KINDS[i // len(files_held) % len(KINDS)]
        if kind == "number":
            changed = damaged_number(reader, data, rng)
        else:
            changed = (damaged_lines if reader in TEXTS and not by_blocks else damaged_blocks)(data, kind, rng)
        if changed != data:
            found = judge(reader, name, changed, rights[name])
            tally.add(kind, found)
            if show and found == "missed":
                show(f"missed: {name}, {kind}, file {i}")
    return tally


def main() -> int:
    """Print a table for one reader, or for each."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("--reader", choices=sorted(FILES), action="append")
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", default="", help="only files with this in their name")
    parser.add_argument("--blocks", action="store_true", help="damage texts by blocks of bytes too, not by lines")
    parser.add_argument("--show", action="store_true", help="name the damaged files that were missed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox:
        _print_table(asked, partial(outcome_outside, sandbox, Path(folder)))
    return 0


def _print_table(asked: argparse.Namespace, judge: Callable[..., str]) -> None:
    show = partial(print, file=sys.stderr) if asked.show else None
    print(
        f"{'reader':18} {'damage':10} {'refused':>8} {'told':>6} {'doubted':>8} {'missed':>7} {'same':>6} {'caught':>8}"
    )
    for reader in asked.reader or sorted(FILES):
        tally = run(reader, asked.n, asked.seed, files=asked.file, by_blocks=asked.blocks, judge=judge, show=show)
        for kind, counts in [*tally.counts.items(), ("all", None)]:
            found = {o: counts[o] if counts else tally.total(o) for o in (*CAUGHT, "missed", "same")}
            seen = sum(found[o] for o in CAUGHT)
            share = f"{100 * seen / (seen + found['missed']):.1f} %" if seen + found["missed"] else "–"
            numbers = (
                f"{found['refused']:8} {found['told']:6} {found['doubted']:8} {found['missed']:7} {found['same']:6}"
            )
            print(f"{reader:18} {kind:10} {numbers} {share:>8}")


if __name__ == "__main__":
    raise SystemExit(main())
