"""PerkinElmer ASCII is known by its six lines, and its count is held against its lines."""

from __future__ import annotations

import pytest

from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import broken, only, read_as, reader_that_knows

LINES = ["5", "4000.5", "3992.5", "1", "2", "4", "0.1", "0.2", "0.15", "0.3", "0.25"]


def file_of(lines: list[str]) -> bytes:
    return ("\r\n".join(lines) + "\r\n").encode()


def test_ordinates_run_from_the_first_end_to_the_last():
    """Ends as said, the ordinate's quantity left open."""
    assert reader_that_knows(file_of(LINES), "a.asp") == "perkinelmer_ascii"
    reading = only("perkinelmer_ascii", file_of(LINES))
    assert list(reading.curves[0].axis.values) == [3992.5, 3994.5, 3996.5, 3998.5, 4000.5]
    assert list(reading.curves[0].channel("intensity").values) == [0.25, 0.3, 0.15, 0.2, 0.1]
    assert "does not say" in reading.notes[0]


def test_lost_and_doubled_lines_are_told():
    """By the number of points."""
    assert broken("perkinelmer_ascii", file_of(LINES[:-1])) == {"points"}
    assert broken("perkinelmer_ascii", file_of([*LINES, "0.4"])) == {"points"}


@pytest.mark.parametrize("line", ["abc", "nan", "1e999", "0,5", ""])
def test_what_is_no_number_is_refused_with_its_line(line):
    """Neither words nor infinities nor decimal commas."""
    with pytest.raises(UnreadableFile, match="line 9"):
        read_as("perkinelmer_ascii", file_of([*LINES[:8], line, *LINES[9:]]))
