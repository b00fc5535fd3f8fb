"""A laboratory is found by its name; people get a sheet that comes back as it went out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from loop.orders import work_order
from services.campaign.errors import CampaignError
from services.campaign.labs import LabPlaces, ManualLab, lab_names, open_lab, order_sheet
from services.campaign.written import read_table
from tests.services.campaign.tiny import BLEND, TINY, begun
from tests.services.campaign.workers import read

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def order(journal_of):
    """A work order over two blends with two specimens each."""
    service = journal_of(BLEND)
    service.propose("BLEND")
    state = service.dispatch([r.proposal.id for r in service.approve("BLEND").open_proposals])
    return work_order(state, state.last_order, [r.proposal.id for r in state.open_proposals])


@pytest.fixture
def journal_of():
    """Begin a campaign in memory."""
    from loop.memory import MemoryJournal

    return lambda text: begun(MemoryJournal(), text)


def test_people_get_a_sheet_with_a_row_for_each_specimen(order):
    """Where it belongs, how to make it, and blanks for what is measured; nothing is asked for that is computed."""
    sheet = order_sheet(order)
    knobs = [asked.name for asked in order.parameters]
    assert list(sheet.names) == [
        "order", "proposal", "replicate", "attempt", "block", "run order", *knobs,
        "modulus", "modulus sd", "modulus n", "remarks",
    ]  # fmt: skip
    assert sheet.column("modulus").unit == "GPa"
    assert sheet.n_rows == 4
    rows = [sheet.row(index) for index in range(4)]
    assert [(row["proposal"].value, row["replicate"].value) for row in rows] == [
        (line.proposal_id, float(n)) for line in order.lines for n in (1, 2)
    ]
    assert all(row["talc"].value == line.formulation["talc"] for row, line in zip(rows[::2], order.lines, strict=True))
    assert all(row["modulus"].value is None for row in rows)


def test_the_sheet_is_put_into_the_outbox_once_however_often_it_is_handed_over(order, tmp_path):
    """The same bytes under the order's name, and nothing beside it."""
    lab = ManualLab(tmp_path)
    lab.accept(order, NOW)
    first = (tmp_path / f"{order.id}.csv").read_bytes()
    lab.accept(order, NOW)
    assert [path.name for path in tmp_path.iterdir()] == [f"{order.id}.csv"]
    assert (tmp_path / f"{order.id}.csv").read_bytes() == first
    assert lab.reports(NOW) == []
    lab.acknowledge([])


def test_a_sheet_that_went_out_comes_back_by_its_ids(journal_of, tmp_path):
    """Filled in or not, every row is understood: blanks say nothing, values are booked as planned."""
    service = journal_of(TINY)
    service.propose("PP01")
    state = service.dispatch([r.proposal.id for r in service.approve("PP01").open_proposals])
    sent = work_order(state, state.last_order, [r.proposal.id for r in state.open_proposals])
    ManualLab(tmp_path).accept(sent, NOW)
    path = tmp_path / f"{sent.id}.csv"
    assert service.import_results("PP01", read_table(path)).specimens == {}
    head, first, *others = path.read_text(encoding="utf-8-sig").splitlines()
    place = head.split(",").index("strength [MPa]")
    cells = first.split(",")
    cells[place] = "30.5"
    path.write_text("\n".join([head, ",".join(cells), *others]) + "\n", encoding="utf-8")
    back = service.import_results("PP01", read_table(path, numbers={"strength"}))
    (record,) = back.specimens.values()
    assert record.observation.targets["strength"].mean == 30.5
    assert record.observation.as_made == dict(back.proposal(sent.lines[0].proposal_id).planned)


def test_a_laboratory_is_found_by_its_name(tmp_path):
    """People where nothing is said; the one that an entry point brings; else those that there are are named."""
    plain = read(TINY).core
    assert isinstance(open_lab(plain, LabPlaces(outbox=tmp_path, inbox=tmp_path, folder=tmp_path)), ManualLab)
    assert {"manual", "compound"} <= set(lab_names())
    unknown = read(TINY + "lab: {name: compund}\n").core
    with pytest.raises(
        CampaignError, match=r"no laboratory 'compund'; there are manual, compound.*did you mean compound"
    ):
        open_lab(unknown, LabPlaces(outbox=tmp_path, inbox=tmp_path, folder=tmp_path))
    wrong = read(TINY + "lab: {name: compound}\n").core
    with pytest.raises(CampaignError, match="missing are PP"):
        open_lab(wrong, LabPlaces(outbox=tmp_path, inbox=tmp_path, folder=tmp_path))
