"""A waiting result is booked, taken in as a specimen, or dropped by a person: once, and nothing of it is lost."""

from __future__ import annotations

import pytest

from services.campaign.errors import CampaignError, SheetError
from services.campaign.settling import Settling
from services.campaign.written import read_table
from services.store import SqlHeldResults, UnknownHeldResultError
from tests.services.campaign.tiny import TINY, read
from tests.services.campaign.workers import SetClock, begin

FIRST, SECOND = "PP01-C001-01", "PP01-C001-02"


class Desk:
    """A campaign with results that wait, and a person who settles them."""

    def __init__(self, database, folder) -> None:
        self.database, self.folder, self.clock = database, folder, SetClock()
        self.service = begin(database, TINY, self.clock)
        self.service.propose("PP01")
        self.service.approve("PP01")
        self.held = SqlHeldResults(database)
        self.settling = Settling(database, clock=self.clock, actor="suzuki")

    def hold(self, rows: str, header: str = "proposal,temperature,screw,strength,strength n,remarks") -> list[str]:
        """Let the rows of a sheet wait; return their ids."""
        path = self.folder / "day.csv"
        path.write_text(f"{header}\n{rows}", encoding="utf-8")
        before = {record.result.id for record in self.held.records()}
        self.service.import_results("PP01", read_table(path, numbers={"strength", "strength n", "temperature"}))
        return [record.result.id for record in self.held.records() if record.result.id not in before]

    def settlement(self, held: str) -> str:
        (record,) = [record for record in self.held.records() if record.result.id == held]
        return record.settlement if record.settled_at is not None else "waits"


@pytest.fixture
def desk(database, tmp_path):
    return Desk(database, tmp_path)


def test_a_result_is_booked_on_the_proposal_that_was_meant(desk):
    """With everything that its row said, and its place in the file that it came in."""
    planned = desk.service.state("PP01").proposal(FIRST).planned
    cells = f"{planned['temperature']},{planned['screw']}"
    (held,) = desk.hold(f"PP01-C009-01,{cells},30.5,3,smelled\n")
    state = desk.settling.book(held, FIRST)
    record = state.specimens[f"{FIRST}-S1"]
    assert (record.observation.targets["strength"].mean, record.observation.targets["strength"].n) == (30.5, 3)
    assert record.source == "day.csv, line 2"
    assert [remark.text for remark in state.proposal(FIRST).remarks] == ["smelled"]
    assert desk.settlement(held) == f"booked on {FIRST}"


def test_what_fits_no_better_goes_on_waiting(desk):
    """Another wrong proposal, another formulation's: refused with the place, and nothing is settled."""
    planned = desk.service.state("PP01").proposal(FIRST).planned
    (held,) = desk.hold(f"PP01-C009-01,{planned['temperature']},{planned['screw']},30.5,,\n")
    with pytest.raises(SheetError, match=r"day\.csv: nothing was taken in(.|\n)*line 2, column 'proposal'"):
        desk.settling.book(held, "PP01-C007-01")
    with pytest.raises(SheetError, match=f"stands beside the formulation of {FIRST}"):
        desk.settling.book(held, SECOND)
    assert desk.settlement(held) == "waits"
    assert desk.service.state("PP01").specimens == {}


def test_settled_is_settled(desk):
    """It cannot be booked twice, nor dropped afterwards; the same row in another file does not wait again."""
    (held,) = desk.hold("PP01-C009-01,,,30.5,,\n")
    desk.settling.book(held, FIRST)
    for again in (lambda: desk.settling.book(held, SECOND), lambda: desk.settling.drop(held, "why not")):
        with pytest.raises(UnknownHeldResultError, match=held):
            again()
    assert desk.hold("PP01-C009-01,,,30.5,,\n") == []
    assert set(desk.service.state("PP01").specimens) == {f"{FIRST}-S1"}


def test_booked_and_then_killed_it_is_booked_once(desk):
    """The result is there, but was not noted as settled: booking it again only notes it."""
    (held,) = desk.hold("PP01-C009-01,,,30.5,,\n")
    table = desk.held.records()[0].result.table(proposal_column="proposal", proposal=FIRST)
    desk.service.import_results("PP01", table)
    seq = desk.service.state("PP01").seq
    assert desk.settling.book(held, FIRST).seq == seq
    assert desk.settlement(held) == f"booked on {FIRST}"


@pytest.mark.parametrize("other", ["book", "specimen", "drop"])
def test_two_people_cannot_use_one_result(desk, monkeypatch, other):
    """Somebody settles it between one's look and one's booking: the second is told, and nothing is written twice."""
    planned = desk.service.state("PP01").proposal(FIRST).planned
    (held,) = desk.hold(f"film 7,{planned['temperature']},{planned['screw']},30.5,,\n")
    colleague = Settling(desk.database, clock=desk.clock, actor="tanaka")
    look = Settling._waiting

    def interrupted(self, which):
        found = look(self, which)
        if self is desk.settling:
            match other:
                case "book":
                    colleague.book(held, FIRST)
                case "specimen":
                    colleague.take_as_specimen(held, None)
                case "drop":
                    colleague.drop(held, "a trial")
        return found

    monkeypatch.setattr(Settling, "_waiting", interrupted)
    with pytest.raises(UnknownHeldResultError, match=held):
        desk.settling.book(held, FIRST) if other != "book" else desk.settling.take_as_specimen(held, None)
    (record,) = [record for record in desk.held.records() if record.result.id == held]
    assert record.settled_by == "tanaka"
    assert len(desk.service.state("PP01").specimens) == (other != "drop")


def test_a_result_of_nobodys_formulation_becomes_a_specimen(desk):
    """Its row names every parameter; the id is new, and the model learns from it."""
    (held,) = desk.hold("film 7,215,fast,31.5,,\n")
    state, specimen = desk.settling.take_as_specimen(held, None)
    assert specimen == "PP01-X0001"
    record = state.specimens[specimen]
    assert record.observation.as_made == {"temperature": 215, "screw": "fast"}
    assert (record.observation.proposal_id, record.source) == (None, "day.csv, line 2")
    assert desk.settlement(held) == "taken in as a specimen of PP01"


def test_a_row_without_its_formulation_is_no_specimen(desk):
    (held,) = desk.hold("film 7,,fast,31.5,,\n")
    with pytest.raises(SheetError, match="temperature"):
        desk.settling.take_as_specimen(held, None)
    assert desk.settlement(held) == "waits"


def test_the_campaign_is_asked_for_where_it_could_be_several(desk):
    """The row names none that there is."""
    desk.service.adopt(read(TINY.replace("PP01", "PP02")))
    (held,) = desk.hold("film 7,215,fast,31.5,,\n")
    result = desk.held.records()[0].result
    assert result.campaign == "PP01"
    nobodys = result.model_copy(update={"campaign": "", "id": "H-0000000F"})
    desk.held.hold([nobodys], at=desk.clock.now())
    with pytest.raises(CampaignError, match="one of PP01, PP02"):
        desk.settling.take_as_specimen(nobodys.id, None)
    assert desk.settling.take_as_specimen(nobodys.id, "PP02")[1] == "PP02-X0001"
    assert desk.settlement(held) == "waits"


def test_dropping_takes_a_reason_and_keeps_the_row(desk):
    (held,) = desk.hold("PP01-C009-01,,,30.5,,\n")
    with pytest.raises(CampaignError, match="needs a reason"):
        desk.settling.drop(held, " ")
    desk.settling.drop(held, "a test")
    assert desk.settlement(held) == "dropped: a test"
    assert desk.held.records(waiting_only=True) == []
    assert {cell.column: cell.value for cell in desk.held.records()[0].result.cells}["strength"] == 30.5
