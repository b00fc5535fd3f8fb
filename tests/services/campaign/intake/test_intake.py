"""A file is taken in once, whatever it is called and however often it comes; whose it is stands in it, or it waits."""

from __future__ import annotations

import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from services.campaign.errors import SheetError
from services.campaign.intake.arrivals import arrivals_in
from services.campaign.posting import open_intake
from services.campaign.service import CampaignService
from services.campaign.written import read_table
from services.store import SqlJournal
from services.store.blobs import Blob, Blobs
from services.store.measurements import SqlMeasurements
from tests.services.campaign.intake.files import ftir, waxs
from tests.services.campaign.tiny import TINY
from tests.services.campaign.workers import SetClock, begin, here

FIRST, SECOND = "PP01-C001-01", "PP01-C001-02"


class Lab:
    """A workspace with two proposals, and somebody who takes files in."""

    def __init__(self, database, folder: Path) -> None:
        self.database, self.folder = database, folder / "data"
        self.folder.mkdir()
        service = begin(database, TINY, SetClock())
        service.propose("PP01")
        service.approve("PP01")
        self.blobs, self.store = Blobs(folder / "blobs"), SqlMeasurements(database)

    def put(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def intake(self):
        return open_intake(self.database, blobs=self.blobs, sandbox=here(), clock=SetClock(), actor="suzuki")

    def take(self, *paths: Path):
        return list(self.intake().take(arrivals_in(paths or [self.folder], read_table)))


@pytest.fixture
def lab(database, tmp_path):
    return Lab(database, tmp_path)


def test_a_file_named_after_its_specimen_becomes_its_measurement(lab):
    """Linked, summarised, kept as it came; the original stays where it was."""
    path = lab.put(f"{FIRST}-S1 ftir.csv", ftir())
    [outcome] = lab.take()
    assert (outcome.fate, outcome.waiting, outcome.doubted) == ("new", (), ())
    [kept] = lab.store.measurements()
    assert (kept.campaign, kept.proposal, kept.specimen) == ("PP01", FIRST, f"{FIRST}-S1")
    assert (kept.modality, kept.judgement) == ("FTIR", "kept")
    assert lab.blobs.path(kept.file).read_bytes() == path.read_bytes() == ftir()
    assert lab.store.file(kept.file).name == f"{FIRST}-S1 ftir.csv"


@pytest.mark.parametrize("name", ["pp01 c001 01 s1.csv", "PP01_C001_01_S1.csv", f"{FIRST}/ftir.csv"])
def test_ids_are_found_as_people_write_them_also_in_folders(lab, name):
    lab.put(name, ftir())
    [outcome] = lab.take()
    assert outcome.measurements[0].proposal == FIRST


def test_the_same_bytes_under_any_name_are_one_measurement(lab):
    """Copies, and the same file again on another day."""
    for name in (f"{FIRST} a.csv", f"{FIRST} b.csv", f"x/{FIRST} c.csv"):
        lab.put(name, ftir())
    assert sorted(outcome.fate for outcome in lab.take()) == ["known", "known", "new"]
    assert [outcome.fate for outcome in lab.take()] == ["known"] * 3
    assert len(lab.store.measurements()) == len(list(lab.blobs.check())) == 1


def test_eight_threads_with_the_same_bytes_make_one_measurement(lab):
    """Each is told what became of it; none fails."""
    paths = [lab.put(f"{n}/{FIRST}.csv", ftir()) for n in range(8)]
    fates: list[str] = []
    barrier = threading.Barrier(8)

    def take(path: Path) -> None:
        barrier.wait()
        fates.extend(outcome.fate for outcome in lab.take(path))

    threads = [threading.Thread(target=take, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fates) == ["known"] * 7 + ["new"]
    assert len(lab.store.measurements()) == 1
    assert [type(found) for found in lab.blobs.check()] == [Blob]


def test_what_nobody_names_waits_with_a_reason_and_a_suggestion(lab):
    lab.put("friday.csv", ftir())
    lab.put("PP01-C001-07.csv", ftir(2))
    unnamed, unknown = sorted((outcome.measurements[0] for outcome in lab.take()), key=lambda m: len(m.waits_because))[
        ::-1
    ]
    assert "nothing names its specimen" in unnamed.waits_because
    assert "PP01 has no PP01-C001-07" in unknown.waits_because
    assert FIRST in unknown.suggestion
    assert [m.id for m in lab.store.measurements(campaign="")] == sorted([unnamed.id, unknown.id])


def test_a_name_that_contradicts_the_header_waits(lab):
    """Nobody guesses which of the two is right."""
    lab.put(f"{FIRST}.csv", ftir(sample=SECOND))
    [outcome] = lab.take()
    assert outcome.measurements[0].waits_because == f"its header says {SECOND}, its name says {FIRST}"


def test_a_file_that_waits_is_linked_when_its_bytes_come_under_a_telling_name(lab):
    """The person renamed it and put it in again."""
    lab.put("friday.csv", ftir())
    lab.take()
    (lab.folder / "friday.csv").rename(lab.folder / f"{SECOND}.csv")
    [outcome] = lab.take()
    assert outcome.fate == "known"
    [kept] = lab.store.measurements()
    assert (kept.proposal, kept.waits_because) == (SECOND, "")
    assert [d.what for d in lab.store.decisions(kept.id)] == ["linked"]


def test_a_copy_under_another_specimens_name_is_doubted_not_swallowed(lab):
    """One of the two names is wrong; the measurement trains nothing until a person says which."""
    lab.put(f"a/{FIRST}.csv", ftir())
    lab.put(f"b/{SECOND}.csv", ftir())
    first, second = lab.take()
    assert first.doubted == ()
    assert FIRST in second.notes[0]
    assert SECOND in second.notes[0]
    [kept] = lab.store.measurements()
    assert (kept.judgement, kept.proposal) == ("doubted", FIRST)
    lab.take()
    assert len(lab.store.decisions(kept.id)) == 1


def test_the_same_numbers_in_other_bytes_are_doubted(lab):
    """Exported again under another name: no instrument measures the same noise twice."""
    lab.put(f"a/{FIRST}.csv", ftir())
    lab.put(f"b/{SECOND}.csv", ftir() + b"\n")
    first, second = lab.take()
    [doubt] = second.doubted[0].doubts
    assert doubt[0] == "duplicate"
    assert FIRST in doubt[1]
    [other] = lab.store.measurements(file=first.hash)
    assert (other.judgement, len(other.doubts)) == ("doubted", 1)


def test_a_measurement_exported_twice_counts_once(lab):
    """Both are of one specimen: the first counts."""
    lab.put(f"a/{FIRST}.csv", ftir())
    lab.put(f"b/{FIRST}.csv", ftir() + b"\n")
    lab.take()
    assert sorted(m.judgement for m in lab.store.measurements()) == ["doubted", "kept"]


@pytest.mark.parametrize("which_first", ["nobody's", "somebody's"])
def test_a_copy_that_is_nobodys_holds_up_nobody(lab, which_first):
    """A copy under the name of a specimen that is not known is doubted; the one that is known trains."""
    copies = {"nobody's": "PP01-C902-02.csv", "somebody's": f"{FIRST}.csv"}
    ordered = [which_first, *(which for which in copies if which != which_first)]
    for k, which in enumerate(ordered):
        lab.put(f"{k}/{copies[which]}", ftir() + b"\n" * k)
    lab.take()
    stands = {m.proposal: m.judgement for m in lab.store.measurements()}
    assert stands == {FIRST: "kept", "": "doubted"}


def test_few_numbers_may_be_the_same_by_chance(lab):
    """Two densities of three digits."""
    for which in (FIRST, SECOND):
        lab.put(f"{which} density.csv", f"Specimen;Density (g/cm³)\n{which} 1;0.905\n".encode())
    assert [outcome.doubted for outcome in lab.take()] == [(), ()]


def test_a_manifest_says_whose_a_file_is_and_what_is_known_of_its_bar(lab):
    """Names that say nothing; a day of moulding, from which the age at test follows."""
    lab.put("run1/0001.csv", ftir())
    lab.put("run1/0002.csv", ftir(2))
    head = "file,specimen,bar,moulded on,operator"
    rows = f"0001.csv,{FIRST}-S1,3,2026-02-20,Mori\n0002.csv,{SECOND},,,"
    lab.put("run1/manifest.csv", f"{head}\n{rows}\n".encode())
    assert [outcome.fate for outcome in lab.take()] == ["new", "new"]
    [first], [second] = (lab.store.measurements(proposal=which) for which in (FIRST, SECOND))
    assert (first.specimen, first.piece.bar, str(first.piece.moulded_on), first.operator) == (
        f"{FIRST}-S1", "3", "2026-02-20", "Mori",
    )  # fmt: skip
    assert second.piece.moulded_on is None


def test_a_manifest_that_contradicts_the_name_makes_it_wait(lab):
    lab.put(f"{FIRST}.csv", ftir())
    lab.put("manifest.csv", f"file,specimen\n{FIRST}.csv,{SECOND}\n".encode())
    [outcome] = lab.take()
    assert outcome.waiting
    assert "the manifest (manifest.csv, line 2" in outcome.measurements[0].waits_because


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,specimen\na.csv,X\n", "a manifest has a column 'file'"),
        ("file,specimen\na.csv,X\na.csv,Y\n", "a.csv stands there twice"),
        ("file,moulded on\na.csv,20.2.26\n", "'20.2.26' is no day"),
    ],
)
def test_a_manifest_that_cannot_be_read_lets_nothing_in_on_a_guess(lab, text, why):
    lab.put("a.csv", ftir())
    lab.put("manifest.csv", text.encode())
    with pytest.raises(SheetError, match=why):
        lab.take()
    assert lab.store.files() == []


def test_a_file_that_cannot_be_read_is_kept_with_its_reason_and_read_once_it_can_be(lab, tmp_path):
    """Refused today; with a profile of its own tomorrow."""
    lab.put(f"{FIRST}.csv", b"to do\nbuy talc\n")
    [outcome] = lab.take()
    assert outcome.fate == "refused"
    assert "no reader knows this format" in outcome.reason
    [file] = lab.store.files()
    assert (file.reader, file.refusal) == ("", outcome.reason)
    assert lab.blobs.path(file.hash).read_bytes().startswith(b"to do")


def test_links_are_refused_and_hidden_files_passed_over(lab, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_bytes(ftir())
    (lab.folder / f"{FIRST}.csv").symlink_to(outside)
    lab.put(".DS_Store", b"...")
    lab.put("Thumbs.db", b"...")
    [outcome] = lab.take()
    assert (outcome.fate, outcome.reason) == ("refused", "it is a link; put the file itself there")
    assert list(lab.blobs.hashes()) == []


def test_a_measurement_that_looks_wrong_is_doubted_with_its_reason(lab):
    """A shutter that was closed."""
    lab.put(f"{FIRST}.csv", b"wavenumber [cm-1],absorbance\n" + b"".join(b"%d,0.1\n" % x for x in range(400, 700)))
    [outcome] = lab.take()
    [doubt] = outcome.doubted[0].doubts
    assert doubt[0] == "flat"


def test_everything_of_a_batch_is_told_in_order_and_other_kinds_beside_it(lab):
    for n in range(12):
        lab.put(f"{n:02d} {FIRST}.xy", waxs(n))
    outcomes = lab.take()
    assert [outcome.arrival.name for outcome in outcomes] == [f"{n:02d} {FIRST}.xy" for n in range(12)]
    assert {m.modality for m in lab.store.measurements()} == {"WAXS"}


def test_a_name_that_is_no_text_does_not_stop_the_others(lab):
    """As computers of other tongues write them."""
    name = b"PP01-C001-01 \xfc\xff.csv".decode(errors="surrogateescape")
    (lab.folder / name).write_bytes(ftir())
    lab.put(f"{SECOND}.csv", ftir(2))
    assert [outcome.fate for outcome in lab.take()] == ["new", "new"]


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a_zip_is_taken_in_file_by_file_with_its_manifest(lab):
    """Each file of it by itself: what cannot be read stops no other; a zip within is refused."""
    zipped(
        lab.folder / "friday.zip",
        {
            f"day/{FIRST}.csv": ftir(),
            "day/2.csv": ftir(2),
            "day/manifest.csv": f"file,specimen\n2.csv,{SECOND}\n".encode(),
            "notes.txt": b"buy talc",
            "inner.zip": b"PK",
        },
    )
    assert {outcome.arrival.name: outcome.fate for outcome in lab.take()} == {
        f"friday.zip/day/{FIRST}.csv": "new",
        "friday.zip/day/2.csv": "new",
        "friday.zip/notes.txt": "refused",
        "friday.zip/inner.zip": "refused",
    }
    assert {m.proposal for m in lab.store.measurements()} == {FIRST, SECOND}
    assert not list(lab.blobs.path("0" * 64).parent.parent.glob(".*"))


def test_a_harmful_zip_is_refused_and_the_next_file_read(lab):
    zipped(lab.folder / "a.zip", {"../../x.csv": b"1"})
    lab.put(f"{FIRST}.csv", ftir())
    refused, taken = lab.take()[::-1]
    assert "leads out of its folder" in refused.reason
    assert taken.fate == "new"


def test_what_a_person_says_goes_with_the_file_and_must_not_contradict_it(lab):
    """As meguri ingest --specimen."""
    path = lab.put(f"{FIRST}.csv", ftir())
    other = lab.put("x.csv", ftir(2))
    arrivals = [replace(arrival, specimen=SECOND) for arrival in arrivals_in([path, other], read_table)]
    contradicted, told = lab.intake().take(arrivals)
    assert contradicted.waiting[0].waits_because == f"--specimen says {SECOND}, its name says {FIRST}"
    assert told.measurements[0].proposal == SECOND


def test_historic_specimens_are_known_by_the_names_their_owner_gave_them(lab, tmp_path):
    """Imported from a table with a column of names; their files came before the first cycle."""
    table = tmp_path / "past.csv"
    table.write_text("sample,temperature,screw,strength\nPC26-014,200,fast,30\nPC26-015,210,slow,31\n")
    service = CampaignService(journal=SqlJournal(lab.database), clock=SetClock(), actor="suzuki")
    state, _ = service.import_specimens("PP01", read_table(table))
    assert {id_: record.name for id_, record in state.specimens.items()} == {
        "PP01-X0001": "PC26-014", "PP01-X0002": "PC26-015",
    }  # fmt: skip
    lab.put("PC26-015 ftir.csv", ftir())
    lab.put("1.csv", ftir(2, sample="PC26-014"))
    first, second = lab.take()
    assert (first.measurements[0].specimen, second.measurements[0].specimen) == ("PP01-X0001", "PP01-X0002")


def test_a_file_that_goes_while_others_are_taken_in_stops_nobody(lab):
    """Taken away again, or held by another program: it comes later, or not."""
    gone, there = lab.put(f"a {FIRST}.csv", ftir()), lab.put(f"b {SECOND}.csv", ftir(2))
    arrivals = arrivals_in([gone, there], read_table)
    gone.unlink()
    first, second = lab.intake().take(arrivals)
    assert (first.fate, second.fate) == ("later", "new")
    assert "cannot be read" in first.reason


def test_a_known_file_is_read_anew_by_the_reader_that_a_person_names(lab):
    """Numbers without a header: what they are nobody can tell; then somebody does."""
    rows = "".join(f"{x},{0.1 + x / 1e5:.5f}\n" for x in range(400, 4000, 4))
    path = lab.put(f"{FIRST}.csv", rows.encode())
    [first] = lab.take()
    assert first.measurements[0].modality == ""
    arrivals = [replace(arrival, reader="profile:ftir_plain") for arrival in arrivals_in([path], read_table)]
    [again] = lab.intake().take(arrivals)
    assert again.notes == ("read by profile:ftir_plain, before by profiles",)
    [one] = lab.store.measurements()
    assert (one.id, one.modality, one.proposal) == (first.measurements[0].id, "FTIR", FIRST)
    assert [d.what for d in lab.store.decisions(one.id)] == ["read anew"]
    [known] = lab.intake().take(arrivals)
    assert known.fate == "known"
