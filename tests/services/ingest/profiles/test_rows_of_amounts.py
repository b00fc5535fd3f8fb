"""A table of amounts says more than numbers: limits, and who measured when, where and in which session."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.ingest.readers.base import Source
from services.ingest.reading import read_source

HEADER = "Sample;Instrument;Session;Operator;Date;SiO2 (%);CaO (%);MgO (%)\n"
WHO = "PP-1;XRF 2;XRF-2026-W31;Sato;2026-07-28 10:00:00;"


def read(text: str):
    return read_source(Source("a.csv", text.encode(), None)).readings


@pytest.mark.parametrize("cells", ["<0.01;<0.001;<0.05", "<0,01;<0,001;<0,05", "< 0.01;< 0.001;< 0.05"])
def test_a_row_of_nothing_but_limits_is_a_row(cells):
    """A polymer without minerals: nothing above detection, which is a result."""
    (reading,) = read(f"{HEADER}{WHO}{cells}\n")
    assert {name: str(amount) for name, amount in reading.amounts.items()} == {
        "sio2": "<0.01 %",
        "cao": "<0.001 %",
        "mgo": "<0.05 %",
    }


def test_columns_of_words_tell_who_measured_when():
    """So that controls of a session are followed, where a table says its session."""
    (reading,) = read(f"{HEADER}{WHO}12.1;0.04;6.1\n")
    facts = reading.facts
    assert (facts.specimen, facts.instrument, facts.session, facts.operator) == (
        "PP-1",
        "XRF 2",
        "XRF-2026-W31",
        "Sato",
    )
    assert facts.measured_at == datetime(2026, 7, 28, 10, 0)
