"""Look at files, measurements and specimens of a real workspace; nothing of it changes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from benchmarks.ingest.files import png, ras
from services.campaign.looking.gather import LookError
from services.campaign.looking.look import look as look_at
from services.campaign.wiring import begin_workspace, open_service
from services.campaign.written import read_table
from services.ingest.errors import UnreadableFile
from services.ingest.sandbox import Sandbox
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements
from tests.services.campaign.measured import NOON, take_in
from tests.services.campaign.tiny import read
from tests.services.ingest.files import SHARED

TENSILE = "\n".join(
    ["Specimen 1;;Specimen 2;", "Strain;Stress;Strain;Stress", "%;MPa;%;MPa"]
    + [f"{k / 10:.1f};{k / 2:.2f};{k / 10:.1f};{k / 3:.2f}" for k in range(60)]
)


@pytest.fixture
def opened(tmp_path):
    """A workspace with a diffractogram of one specimen, and two bars of which one is doubted."""
    begin_workspace(tmp_path / "lab")
    with open_service(tmp_path / "lab", actor="mika") as here:
        store, blobs = SqlMeasurements(here.database), Blobs(here.workspace.folder / "blobs")
        whose = {"campaign": "PP01", "proposal": "PP01-C001-01", "specimen": "PP01-C001-01-S1"}
        for name, content, told in (
            ("scan.ras", ras(400), whose),
            ("pull.csv", TENSILE.encode(), whose | {"doubts": (("outlier", "far from its replicates"),)}),
        ):
            path = tmp_path / name
            path.write_bytes(content)
            take_in(path, blobs, store, **told)
        yield here


@pytest.fixture(scope="module")
def sandbox():
    """One process that reads for all tests."""
    with Sandbox() as own:
        yield own


@pytest.fixture
def look(sandbox):
    return partial(look_at, sandbox=sandbox)


def texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_specimen_is_shown_with_all_its_measurements(look, opened, tmp_path):
    """One page and one picture in reports/, each curve beside what is known of it; the file is read from its blob."""
    (tmp_path / "scan.ras").unlink()
    view = look("pp01-c001-01-s1", opened=opened)
    assert sorted(one.modality for one in view.measurements) == ["WAXS", "tensile", "tensile"]
    assert {Path(view.page).parent, Path(view.picture).parent} == {opened.workspace.reports}
    page = Path(view.page).read_text(encoding="utf-8")
    for said in ("scan.ras", "pull.csv", "Specimen 2", "far from its replicates", "PP01-C001-01-S1", "2θ"):
        assert said in page, said
    assert Path(view.picture).read_bytes().startswith(b"\x89PNG")


def test_a_measurement_is_shown_with_what_was_decided_and_nothing_is_changed(look, opened):
    """Doubt, judgement, decision with its reason; the store stands as it stood."""
    store = SqlMeasurements(opened.database)
    bar = next(one for one in store.measurements() if one.label == "Specimen 2")
    excluded = bar.model_copy(update={"judgement": "excluded"})
    store.decide(bar.id, excluded, what="excluded", actor="mika", at=NOON, reason="it slipped")
    before = store.measurements()
    view = look(bar.id.lower(), opened=opened)
    (one,) = view.measurements
    assert (one.id, one.label, one.number, one.judgement) == (bar.id, "Specimen 2", 2, "excluded")
    assert [(made.actor, made.what, made.reason) for made in one.decisions] == [("mika", "excluded", "it slipped")]
    assert "2026-03-01 12:00 mika: excluded; it slipped" in Path(view.page).read_text(encoding="utf-8")
    assert [(c.quantity, c.unit, c.n_points) for c in one.curves[0].channels] == [
        ("strain", "%", 60),
        ("stress", "MPa", 60),
    ]
    assert store.measurements() == before


def test_a_file_is_read_where_it_lies_and_is_not_taken_in(look, opened, tmp_path):
    """Without a workspace its pictures go beside it, under names that replace nothing."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    path = folder / "micro.png"
    path.write_bytes(png())
    view = look(str(path), opened=None, folder=folder)
    (one,) = view.measurements
    assert (one.id, one.judgement, one.modality) == ("", None, "microscopy")
    assert path.read_bytes() == png()
    assert set(texts(folder)) == {"micro.png", "micro.png.shown.html", "micro.png.shown.png"}
    assert look(str(path), opened=opened).measurements[0].judgement is None
    assert SqlMeasurements(opened.database).measurements(file=one.hash) == []


def test_a_file_that_was_taken_in_is_shown_with_what_is_known_of_it(look, opened, tmp_path):
    """Found by its bytes, whatever it is called."""
    other = tmp_path / "other name.ras"
    other.write_bytes(ras(400))
    (one,) = look(str(other), opened=opened).measurements
    assert (one.specimen, one.judgement, one.file) == ("PP01-C001-01-S1", "kept", "other name.ras")


def test_a_blob_that_is_gone_is_said_and_the_others_are_shown(look, opened):
    """What was written down of it is shown."""
    store = SqlMeasurements(opened.database)
    (scan,) = [one for one in store.measurements() if one.modality == "WAXS"]
    Blobs(opened.workspace.folder / "blobs").path(scan.file).unlink()
    by_modality = {one.modality: one for one in look("PP01-C001-01", opened=opened).measurements}
    assert "cannot be opened" in by_modality["WAXS"].unreadable
    assert "meguri fsck" in by_modality["WAXS"].unreadable
    assert by_modality["tensile"].unreadable == ""
    (alone,) = look(scan.id, opened=opened).measurements
    assert alone.unreadable
    assert alone.curves == ()


def test_what_is_not_there_is_said_with_what_is_near(look, opened, tmp_path):
    with pytest.raises(LookError, match=r"did you mean PP01-C001-01-S1\?"):
        look("PP01-C001-01-S2", opened=opened)
    with pytest.raises(LookError, match="no workspace"):
        look("nowhere.csv", opened=None, folder=tmp_path)
    broken = tmp_path / "broken.ras"
    broken.write_bytes(ras(400)[:3000])
    with pytest.raises(UnreadableFile):
        look(str(broken), opened=opened)
    assert texts(opened.workspace.reports) == {}


def test_a_real_file_is_shown(look, tmp_path):
    """Several curves of one file, of which two are long."""
    path = SHARED / "raw" / "ftir_ps.0"
    if not path.is_file():
        pytest.skip("no ftir_ps.0: the shared data are not here")
    view = look(str(path), opened=None, folder=tmp_path)
    assert "Sample Interferogram" in Path(view.page).read_text(encoding="utf-8")
    assert Path(view.picture).stat().st_size > 20_000


def test_a_specimen_is_found_by_the_name_that_its_laboratory_gave_it(look, opened, tmp_path):
    """Names out of a table of past results are names here too; one that two campaigns gave is nobody's."""
    opened.service.adopt(read())
    table = tmp_path / "past.csv"
    table.write_text("sample,temperature (°C),screw,strength (MPa)\nB3,190,slow,21\nB4,200,fast,24\n", encoding="utf-8")
    opened.service.import_specimens("PP01", read_table(table))
    scan = tmp_path / "old.ras"
    scan.write_bytes(ras(500))
    store, blobs = SqlMeasurements(opened.database), Blobs(opened.workspace.folder / "blobs")
    take_in(scan, blobs, store, campaign="PP01", specimen="PP01-X0001")
    assert [one.modality for one in look("b3", opened=opened).measurements] == ["WAXS"]
    with pytest.raises(LookError, match="there is no file B4"):
        look("B4", opened=opened)


def test_a_thermal_analysis_is_shown_as_its_program(tmp_path, look):
    """Stretches with rate and gas, which way exo points; without a mass it says that nothing is per gram."""
    minutes = [k / 10 for k in range(200)]
    celsius = [30 + 10 * t if t < 10 else 130 - 10 * (t - 10) for t in minutes]
    rows = [f"{t:.1f},{c:.2f},{0.1 * k:.3f}" for k, (t, c) in enumerate(zip(minutes, celsius, strict=True))]
    path = tmp_path / "run.csv"
    path.write_text("\n".join(["Gas: N2", "", "Time (min),Temperature (°C),Heat flow (mW) exo up", *rows]) + "\n")
    [view] = look(str(path), opened=None, folder=tmp_path).measurements
    assert view.program[0].startswith("heat 1: 30 to ")
    assert "10 K/min, N2" in view.program[0]
    assert view.program[1].startswith("cool: ")
    assert "no mass is stated: no J/g" in view.program
