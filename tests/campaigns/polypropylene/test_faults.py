"""Faults of the virtual laboratory's files: each shows in the files it is planted in, and for what it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.analysing import ANALYSES, piece_of
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.faults import FAULTS, faults_of, spoilt, spoilt_somehow
from campaigns.polypropylene.laboratory.instruments.microscopy import microscopy
from campaigns.polypropylene.laboratory.instruments.waxs import waxs
from campaigns.polypropylene.laboratory.making import CONTROL_FORMULATION, make
from campaigns.polypropylene.laboratory.number_cells import number_cells
from campaigns.polypropylene.laboratory.piece import LabFile
from campaigns.polypropylene.laboratory.testing import test_files as files_of_testers
from services.ingest.doubts import doubts_of
from services.ingest.errors import UnreadableFile
from services.ingest.linking import Link, Naming, Unlinked, whose
from services.ingest.readers.base import Source
from services.ingest.reading import read_source

SPECIMENS = ("PP01-C001-01-S1", "PP01-C001-02-S1")


@pytest.fixture(scope="module")
def files() -> list[LabFile]:
    """One file of every kind that the laboratory writes, diffractograms in every format."""
    choice = LaboratoryChoice()
    formulation = {**CONTROL_FORMULATION, "homo-PP": 52.0, "recycled PP": 30.0, "talc": 14.0, "elastomer": 3.8}
    made = make(SPECIMENS[0], formulation, moulded_on=date(2026, 8, 4), choice=choice)
    found: list[LabFile] = []
    for instrument, analyse in {**ANALYSES, "microscopy": microscopy}.items():
        of_one = analyse(piece_of(made, instrument, choice))
        found += (of_one,) if isinstance(of_one, LabFile) else of_one
    found += (waxs(piece_of(made, f"WAXS-{n}", choice)) for n in range(1, 5))
    return [*{file.name: file for file in [*found, *files_of_testers(made, choice)]}.values()]


def why_held(file: LabFile) -> str:
    """Why a file is not taken unseen; empty where it is."""
    try:
        readings = read_source(Source(file.name, file.data, None)).readings
    except UnreadableFile as error:
        return f"{error.reason} ({error.hint})"
    doubts = [f"{d.kind}: {d.message}" for reading in readings for d in doubts_of(reading)]
    return "; ".join(doubts + [str(claim) for reading in readings for claim in reading.broken_claims])


def linked(file: LabFile) -> Link | Unlinked:
    """Whose it is by its name and its header."""
    reading = read_source(Source(file.name, file.data, None)).readings[0]
    namings = [Naming("the file's name", file.name), Naming("the header", reading.facts.specimen)]
    proposals = [name.removesuffix("-S1") for name in SPECIMENS]
    return whose(namings, campaigns=["PP01"], proposals=proposals, specimens=SPECIMENS)


def planted(files: list[LabFile], kind: str) -> list[tuple[LabFile, LabFile]]:
    """Files that can show a fault, and what becomes of each."""
    made = ((file, FAULTS[kind].spoil(file, np.random.default_rng(7))) for file in files)
    return [(file, bad) for file, bad in made if bad is not None]


def test_files_are_sound_until_they_are_spoilt(files):
    """Nothing is doubted in any; the formats that damage is tried on are all there."""
    assert {file.name: why_held(file) for file in files if why_held(file)} == {}
    suffixes = {file.name.rpartition(".")[2] for file in files}
    assert suffixes >= {"xrdml", "jdx", "txt", "csv", "tif"}


@pytest.mark.parametrize("kind", [kind for kind, fault in FAULTS.items() if not fault.needs_campaign])
def test_a_fault_is_held_for_what_it_is(files, kind):
    """In every file that can show it; at least one can."""
    found = {file.name: why_held(bad) for file, bad in planted(files, kind)}
    assert found
    wrong = {name: why for name, why in found.items() if not any(word in why for word in FAULTS[kind].words)}
    assert wrong == {}


def test_a_campaign_tells_whose_a_file_cannot_be(files):
    """A header that names another specimen contradicts the name; a specimen that nobody made is not known."""
    for kind in ("contradicting ids", "unknown specimen"):
        for _, bad in planted(files, kind):
            said = linked(bad)
            assert isinstance(said, Unlinked)
            assert any(word in said.reason for word in FAULTS[kind].words)
    assert len(planted(files, "contradicting ids")) >= 8


def test_copies_under_another_name_are_the_same_bytes_or_the_same_numbers(files):
    """Of the other specimen, by name; relabelled inside the numbers stand as they were."""
    for file, bad in planted(files, "duplicate renamed"):
        assert (bad.data, bad.labels) == (file.data, (SPECIMENS[1],))
        assert bad.name.startswith(SPECIMENS[1])
    for file, bad in planted(files, "same numbers"):
        one, other = (read_source(Source(f.name, f.data, None)).readings for f in (file, bad))
        assert linked(bad) == Link(campaign="PP01", proposal=SPECIMENS[1].removesuffix("-S1"), specimen=SPECIMENS[1])
        assert file.data != bad.data
        for a, b in zip(one, other, strict=True):
            assert [c.axis.values.tolist() for c in a.curves] == [c.axis.values.tolist() for c in b.curves]


def test_the_same_generator_spoils_the_same_way(files):
    """Another one otherwise; what is planted by chance is said."""
    for file in files:
        one, again = (spoilt_somehow(file, np.random.default_rng(3)) for _ in range(2))
        assert one == again
        assert one.file != file
        assert (one.told, one.words) == (FAULTS[one.kind].told, FAULTS[one.kind].words)
    kinds = Counter(spoilt_somehow(files[0], np.random.default_rng(seed)).kind for seed in range(20))
    assert len(kinds) >= 4


def test_what_cannot_be_is_refused_in_words(files):
    """A fault that is none, and one that the file cannot show."""
    picture = next(file for file in files if file.name.endswith(".tif"))
    with pytest.raises(ValueError, match="no fault 'rust'"):
        spoilt(picture, "rust", np.random.default_rng(0))
    with pytest.raises(ValueError, match="cannot show the fault 'wrong unit'"):
        spoilt(picture, "wrong unit", np.random.default_rng(0))


def test_numbers_are_put_back_as_they_stood(files):
    """Byte for byte, whatever delimiter, decimal mark and encoding; one changed column leaves the others."""
    n_tables = 0
    for file in files:
        cells = number_cells(file.data)
        if cells is None:
            continue
        n_tables += 1
        again = number_cells(cells.put_back(cells.rows))
        assert again is not None
        assert again.rows == cells.rows
        last = len(cells.rows[0]) - 1
        changed = number_cells(cells.with_column(last, cells.column(last) + 1))
        assert changed is not None
        assert [row[:last] for row in changed.rows] == [row[:last] for row in cells.rows]
        np.testing.assert_allclose(changed.column(last), cells.column(last) + 1, rtol=1e-6)
    assert n_tables >= 8


def test_a_file_without_numbers_has_no_table():
    """Nor has a table of several specimens another specimen's name."""
    assert number_cells(b"Report of the week\r\nall is well\r\n") is None
    of_two = LabFile(name="day.csv", modality="XRF", labels=SPECIMENS, data=b"Sample;CaO (%)\r\na;1\r\nb;2\r\n")
    assert "duplicate renamed" not in faults_of(of_two)
    assert "duplicate renamed" in faults_of(replace(of_two, labels=SPECIMENS[:1], name=f"{SPECIMENS[0]} xrf.csv"))
