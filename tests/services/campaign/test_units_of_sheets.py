"""A table in another unit than the definition's is refused: nothing is converted, and nothing is off by a thousand."""

from __future__ import annotations

import pytest

from services.campaign.errors import SheetError
from services.campaign.written import read_table
from tests.services.campaign.tiny import begun


def past(temperature, strength):
    return f"film,temperature{temperature},screw,strength{strength}\nF1,190,slow,31\nF2,200,fast,30\n"


@pytest.mark.parametrize(
    ("heads", "said"),
    [
        ((" (°C)", " (GPa)"), "column 'strength' is in GPa, but strength is in MPa"),
        ((" (K)", " (MPa)"), "column 'temperature' is in K, but temperature is in °C"),
    ],
)
def test_past_results_in_another_unit_are_refused(journal, tmp_path, heads, said):
    """A target or a parameter: the column, its unit and the one that is wanted; nothing is booked."""
    service, path = begun(journal), tmp_path / "past.csv"
    path.write_text(past(*heads), encoding="utf-8")
    with pytest.raises(SheetError, match=said):
        service.import_specimens("PP01", read_table(path))
    assert service.state("PP01").specimens == {}


@pytest.mark.parametrize("heads", [(" (℃)", " [MPa]"), (" [degC]", ", MPa"), ("", "")])
def test_another_spelling_or_none_is_the_same_unit(journal, tmp_path, heads):
    """What cannot be told to be another unit comes in."""
    service, path = begun(journal), tmp_path / "past.csv"
    path.write_text(past(*heads), encoding="utf-8")
    assert service.import_specimens("PP01", read_table(path))[1] == 2


def test_a_result_sheet_whose_unit_was_changed_is_refused(journal, tmp_path):
    """Somebody typed GPa over the column and gigapascals below it."""
    service = begun(journal)
    first = service.propose("PP01")[0].proposal.id
    service.approve("PP01")
    path = tmp_path / "results.csv"
    path.write_text(f"proposal,strength [GPa]\n{first},0.031\n", encoding="utf-8")
    with pytest.raises(SheetError, match="in GPa, but strength is in MPa"):
        service.import_results("PP01", read_table(path))
