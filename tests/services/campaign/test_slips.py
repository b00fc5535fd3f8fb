"""A cell that is a number mistyped stops a table, wherever it comes in; a word for its absence does not."""

from __future__ import annotations

import pytest

from loop.observations import State
from services.campaign.errors import SheetError
from services.campaign.slips import is_slip
from services.campaign.written import read_table
from tests.services.campaign.tiny import begun

SLIPS = [
    "1850 MPaa", "18.5.0", "12o", "l850", "O.5", "ca. 12?", "~12 or so", "<0.1 %%", "１８５０ＭＰａａ", "2025-03-01",
    "−3 (?)", "約12?",
]  # fmt: skip
REASONS = ["broke in the mould", "n.d.", "-", "", "lost: dropped", "X12 was used up", "see notebook 7", "未測定", "OK"]


@pytest.mark.parametrize("text", SLIPS)
def test_what_begins_as_a_number_is_a_slip(text):
    """A person who typed it had a number in mind."""
    assert is_slip(text)


@pytest.mark.parametrize("text", REASONS)
def test_what_begins_as_a_word_is_a_reason(text):
    """Words, dashes and marks say why there is no number."""
    assert not is_slip(text)


def past(strengths, *, extra="", beside=None):
    head = "film,temperature (°C),screw,strength (MPa)" + extra
    beside = beside or [""] * len(strengths)
    rows = [f"F{i},{190 + i},slow,{s}{b}" for i, (s, b) in enumerate(zip(strengths, beside, strict=True), start=1)]
    return "\n".join([head, *rows]) + "\n"


@pytest.mark.parametrize("text", ["1850 MPaa", "12 GPa", "l2", "3.1.25"])
def test_a_mistyped_past_result_is_refused_with_its_cell(journal, tmp_path, text):
    """File, line, column, what stands there and what would be right; nothing of the table is booked."""
    service, path = begun(journal), tmp_path / "past.csv"
    path.write_text(past(["31.5", "30", text, "29"]), encoding="utf-8")
    with pytest.raises(SheetError) as caught:
        service.import_specimens("PP01", read_table(path))
    [fault] = caught.value.faults
    assert fault.startswith("line 4, column 'strength': ")
    for needed in (repr(text), "<0.1", "n.d.", "empty", "MPa"):
        assert needed in fault
    assert "past.csv" in str(caught.value)
    assert service.state("PP01").specimens == {}


def test_marks_for_not_measured_come_in_as_what_they_are(journal, tmp_path):
    """Empty, a dash, n.d. and words with a reason are results that are not there; a limit is a limit."""
    service, path = begun(journal), tmp_path / "past.csv"
    texts = ["31.5", "30", "<0.1", "n.d.", "-", "lost: dropped", "broke in the mould", "28", "27", "26", "25"]
    path.write_text(past(texts), encoding="utf-8")
    state, n_new = service.import_specimens("PP01", read_table(path))
    assert n_new == len(texts)
    found = [record.observation.targets["strength"].state for record in state.specimens.values()]
    expected = [State.MEASURED] * 2 + [State.BELOW_DETECTION] + [State.NOT_MEASURED] * 2 + [State.LOST]
    assert found == [*expected, State.NOT_MEASURED] + [State.MEASURED] * 4


@pytest.mark.parametrize(
    ("sd", "n", "wrong"), [("0.5x", "3", "strength sd"), ("-1", "3", "strength sd"), ("0.5", "0", "strength n"),
                           ("0.5", "2.5", "strength n"), ("<0.1", "3", "strength sd")]
)  # fmt: skip
def test_a_spread_or_count_that_is_none_is_refused(journal, tmp_path, sd, n, wrong):
    """A mistyped spread would make a result look sharper, or blunter, than it is."""
    service, path = begun(journal), tmp_path / "past.csv"
    beside = [f",{sd},{n}", ",0.4,3", ",0.6,3", ",,"]
    path.write_text(past(["31", "30", "29", "28"], extra=",strength sd,strength n", beside=beside), encoding="utf-8")
    with pytest.raises(SheetError, match=f"line 2, column '{wrong}'"):
        service.import_specimens("PP01", read_table(path))


def test_one_number_among_reasons_is_a_number(journal, tmp_path):
    """On a sheet of two specimens, one of which broke, the other's result is still a number."""
    service = begun(journal)
    ids = [r.proposal.id for r in service.propose("PP01")]
    service.approve("PP01")
    path = tmp_path / "results.csv"
    path.write_text(f"proposal,strength\n{ids[0]},broke in the mould\n{ids[1]},31.5\n")
    state = service.import_results("PP01", read_table(path, numbers=["strength"]))
    found = [state.specimen(f"{name}-S1").observation.targets["strength"] for name in ids]
    assert (found[0].state, found[0].reason) == (State.NOT_MEASURED, "broke in the mould")
    assert found[1].mean == 31.5
