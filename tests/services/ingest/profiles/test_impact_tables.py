"""Tables of impact tests: a bar a row, with its type of break; a bar that did not break is no row to be dropped."""

from __future__ import annotations

import pytest

from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.preprocessing.charpy import CharpyMethod, evaluate_charpy, summarise_charpy

PLAIN = """\
Specimen,Impact strength (kJ/m²),Type of break
PP-1 1,6.21,C
PP-1 2,6.42,C
PP-1 3,,N
PP-1 4,12.90,P
"""

GERMAN = """\
Probe;Kerbschlagzähigkeit in kJ/m²;Brucharten;Temperatur in °C
PP-1 1;6,21;C;23
PP-1 2;6,42;C;23
PP-1 3;;N;23
PP-1 4;12,90;P;23
"""

JAPANESE = """\
試料,シャルピー衝撃強さ (kJ/m²),破壊形態
PP-1 1,6.21,C
PP-1 2,6.42,C
PP-1 3,,N
PP-1 4,12.90,P
"""


FAILURES = PLAIN.replace("Type of break", "Failure type")
VERSAGEN = GERMAN.replace("Brucharten", "Versagensart")
PIECES = JAPANESE.replace("試料", "試験片")


@pytest.mark.parametrize("text", [PLAIN, GERMAN, JAPANESE, FAILURES, VERSAGEN, PIECES])
def test_every_bar_is_read_with_its_type_of_break_and_none_is_averaged_over_types(text):
    """Two complete breaks, one partial, one bar that did not break and has no value."""
    readings = read_source(Source("impact.csv", text.encode(), None)).readings
    assert {reading.modality for reading in readings} == {"charpy"}
    [summary] = summarise_charpy([evaluate_charpy(r, CharpyMethod()) for r in readings], CharpyMethod())
    assert summary.n == 4
    assert {kind: (one.n, one.mean) for kind, one in summary.by_type.items()} == {
        "C": (2, pytest.approx(6.315)),
        "N": (1, None),
        "P": (1, pytest.approx(12.9)),
    }


def test_a_row_that_says_nothing_is_still_no_bar():
    """Neither a number nor a type of break."""
    readings = read_source(Source("impact.csv", (PLAIN + "PP-1 5,,\n").encode(), None)).readings
    assert len(readings) == 4
    assert any("line 6: no number, not read" in note for reading in readings for note in reading.notes)
