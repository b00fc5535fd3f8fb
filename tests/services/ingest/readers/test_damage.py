"""Damaged files are found out: the share that is published is the share that there is."""

from __future__ import annotations

import pytest

from benchmarks.ingest.damage import run
from tests.services.ingest.readers.harness import RAW

LEAST = {
    "jcamp": 0.97,
    "ras": 0.97,
    "xrdml": 0.95,
    "wdf": 0.90,
    "opus": 0.75,
    "spc": 0.55,
    "perkinelmer_ascii": 0.55,
}
NEEDS_REAL = ("opus", "perkinelmer_ascii")


@pytest.mark.parametrize("reader", LEAST)
def test_damage_is_caught(reader):
    """Of 250 damaged files that are refused or hold other data, at least this share is refused or told."""
    if reader in NEEDS_REAL and not RAW.is_dir():
        pytest.skip("needs the real files in shared/data/raw beside the checkout")
    tally = run(reader, 250, seed=11)
    assert tally.total("refused") + tally.total("told") > 100
    assert tally.caught >= LEAST[reader]


def test_every_damage_to_a_png_is_caught():
    """Every chunk has its checksum."""
    tally = run("image", 200, seed=5, files=".png")
    assert tally.total("refused") + tally.total("told") > 150
    assert tally.total("missed") == 0


@pytest.mark.parametrize("reader", ["jcamp", "ras", "xrdml", "opus"])
@pytest.mark.parametrize("kind", ["truncated", "doubled"])
def test_what_is_cut_off_or_doubled_never_passes(reader, kind):
    """Formats with a count, or a frame, miss none."""
    if reader in NEEDS_REAL and not RAW.is_dir():
        pytest.skip("needs the real files in shared/data/raw beside the checkout")
    assert run(reader, 100, seed=3).counts[kind]["missed"] == 0
