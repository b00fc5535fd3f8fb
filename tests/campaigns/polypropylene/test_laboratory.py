"""The laboratory: orders in, files and sheets out, the same again after a crash; what it truly knows stays its own."""

from __future__ import annotations

import ast
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.laboratory import PolypropyleneLaboratory
from campaigns.polypropylene.past import PAST, past_specimens, past_table
from campaigns.polypropylene.population import campaign_definition
from campaigns.polypropylene.specimens import write_specimens
from loop.memory import MemoryJournal
from loop.orders import WorkOrder, work_order
from services.campaign.labs import LabPlaces
from services.campaign.service import CampaignService
from services.campaign.written import read_table
from tests.house.modules import ROOT
from tests.services.campaign.tiny import Ticking

NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
KINDS = {
    "waxs",
    "ftir",
    "raman",
    "tg",
    "dsc",
    "oit",
    "gpc",
    "xrf",
    "SEM",
    "tensile",
    "charpy",
    "mfr",
    "density",
    "results",
}
"""What is done with every specimen, as its files are called."""


@pytest.fixture(scope="module")
def order() -> WorkOrder:
    """The first work order of the campaign: four compounds."""
    service = CampaignService(journal=MemoryJournal(), clock=Ticking(), actor="suzuki")
    service.adopt(campaign_definition())
    service.propose("PP01")
    state = service.dispatch([record.proposal.id for record in service.approve("PP01").open_proposals])
    return work_order(state, state.last_order, [record.proposal.id for record in state.open_proposals])


def laboratory(folder, *, past: int = 0, **changes) -> PolypropyleneLaboratory:
    core = campaign_definition().core
    lab = core.lab.model_copy(update={"delay": "1 min", "failures": 0.0, "settings": {"past": past}, **changes})
    places = LabPlaces(outbox=folder / "outbox", inbox=folder / "inbox", folder=folder / "laboratory")
    return PolypropyleneLaboratory(core.model_copy(update={"lab": lab}), places)


def files(folder) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def delivered(order, tmp_path_factory):
    """A laboratory's folders once everything of an order has come back."""
    folder = tmp_path_factory.mktemp("delivered")
    lab = laboratory(folder)
    lab.accept(order, NOON)
    assert lab.reports(NOON + timedelta(minutes=2)) == []
    return folder


def test_an_order_lies_in_the_outbox_and_comes_back_as_files_and_sheets(delivered, order):
    """Every kind of analysis and test for each specimen, and a control of each analysis for the week."""
    assert [path.name for path in (delivered / "outbox").iterdir()] == [f"{order.id}.csv"]
    for line in order.lines:
        specimen = f"{line.proposal_id}-S1"
        names = {
            path.name.removeprefix(f"{specimen} ").split(".")[0].split()[0]
            for path in (delivered / "inbox" / specimen).iterdir()
        }
        assert names >= KINDS
        sheet = read_table(delivered / "inbox" / specimen / f"{specimen} results.csv")
        assert sheet.column("proposal").cells[0].value == line.proposal_id
        assert sheet.column("impact").unit == "kJ/m²"
    assert (delivered / "inbox" / "CONTROL-1 week 1").is_dir()


def test_nothing_comes_before_its_time(order, tmp_path):
    """Within half of the longest delay no specimen is finished."""
    lab = laboratory(tmp_path)
    lab.accept(order, NOON)
    lab.reports(NOON + timedelta(seconds=29))
    assert not (tmp_path / "inbox").exists()


def test_begun_again_or_asked_twice_it_hands_over_the_same_bytes_once(delivered, order, tmp_path):
    """Another laboratory of the same seed, opened anew for each question; what was handed over is not again."""
    laboratory(tmp_path).accept(order, NOON)
    laboratory(tmp_path).accept(order, NOON + timedelta(hours=1))
    laboratory(tmp_path).reports(NOON + timedelta(minutes=2))
    assert files(tmp_path) == files(delivered)
    for path in (tmp_path / "inbox").rglob("*"):
        if path.is_file():
            path.unlink()
    assert laboratory(tmp_path).reports(NOON + timedelta(minutes=3)) == []
    assert files(tmp_path / "inbox") == {}


def test_what_fails_is_reported_until_it_is_acknowledged_and_leaves_no_file(order, tmp_path):
    """Four failures, said again to who asks again."""
    lab = laboratory(tmp_path, failures=0.99)
    lab.accept(order, NOON)
    reports = lab.reports(NOON + timedelta(minutes=2))
    assert {report.outcome for report in reports} == {"failed"}
    assert lab.reports(NOON + timedelta(minutes=2)) == reports
    assert not (tmp_path / "inbox").exists()
    lab.acknowledge(reports)
    assert lab.reports(NOON + timedelta(minutes=3)) == []


def test_files_of_what_was_made_before_come_in_once(tmp_path):
    """A folder for each of them but the control, at the first question."""
    laboratory(tmp_path, past=1).reports(NOON)
    came = {path.name for path in (tmp_path / "inbox").iterdir()}
    assert came == {past.name for past in past_specimens()[1:]}
    shutil.rmtree(tmp_path / "inbox")
    laboratory(tmp_path, past=1).reports(NOON)
    assert not (tmp_path / "inbox").exists()


def test_faults_on_demand_come_beside_the_file_as_it_should_be(order, tmp_path):
    """Half of the files went wrong at the first try; all of them are there as well as they should be."""
    lab = laboratory(tmp_path, settings={"past": 0, "faults": 0.5})
    lab.accept(order, NOON)
    lab.reports(NOON + timedelta(minutes=2))
    specimen = f"{order.lines[0].proposal_id}-S1"
    whole = list((tmp_path / "inbox" / specimen).iterdir())
    spoilt = list((tmp_path / "inbox" / f"{specimen} first try").iterdir())
    assert len(whole) == 17
    assert 3 <= len(spoilt) <= 14


def test_the_shipped_past_results_are_what_the_laboratory_measures():
    """The table is made again letter by letter."""
    assert PAST.read_text(encoding="utf-8") == past_table(LaboratoryChoice())


def test_specimens_are_written_one_after_the_other_with_their_truth_beside(tmp_path):
    """Five specimens: a table of results that meguri reads, a folder of files each, and truths of their own."""
    n_files = write_specimens(tmp_path, 5, LaboratoryChoice(seed=3))
    assert n_files == sum(1 for path in (tmp_path / "files").rglob("*") if path.is_file())
    assert read_table(tmp_path / "results.csv").n_rows == 6
    assert len(list((tmp_path / "truth").iterdir())) == 5
    assert not any("truth" in path.name for path in (tmp_path / "files").rglob("*"))


def test_nothing_that_decides_or_serves_knows_of_the_truth():
    """No module of `loop` or `services` imports campaigns or writes the name of the truth's folder."""
    for path in [*(ROOT / "loop").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("campaigns"), path
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value.strip("/") != "truth", path
