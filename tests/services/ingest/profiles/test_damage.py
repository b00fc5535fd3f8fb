"""A damaged line is refused with its number and what would be right; nothing is skipped in silence."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.errors import UnreadableFile
from services.ingest.profiles.guess import guess
from services.ingest.readers.base import Source
from services.ingest.reading import read_source
from services.records.curve import CurveError
from services.records.reading import ReadingError

HEAD = "Sample: PP-1\n\nTime (s),Temperature (°C),Mass (mg)\n"
FIRST = 4
"""Line of the first row of numbers."""
ROWS = [f"{0.5 * k:.1f},{25 + 0.25 * k:.2f},{10 - 0.01 * k:.3f}" for k in range(200)]
INDEXED = [f"{k + 1};{1.25 * k:.2f};{5 + np.sin(k / 9):.4f}" for k in range(200)]


def read(rows, head=HEAD, end="\n"):
    return read_source(Source("a.csv", (head + "\n".join(rows) + end).encode())).readings


def changed(rows, index, text):
    return [*rows[:index], text, *rows[index + 1 :]]


@pytest.mark.parametrize("index", [0, 1, 2, 3, 57, 198, 199])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("12.5,3l.25,9.1", "'3l.25' is no number"),
        ("12.5,31.25,9.1x", "'9.1x' is no number"),
        ("1O.5,31.25,9.1", "'1O.5' is no number"),
        ("12.5,31.2.5,9.1", "'31.2.5' is no number"),
        ("12.5,31.25", "2 cells"),
        ("12.5,31.25,9.1,7.7", "4 cells"),
    ],
)
def test_a_slip_in_a_row_is_refused_with_its_line(index, text, said):
    """Wherever it stands, the first row and the last among them."""
    with pytest.raises(UnreadableFile, match=f"line {FIRST + index}\\b") as refused:
        read(changed(ROWS, index, text))
    assert said in refused.value.reason
    assert "export it again" in refused.value.hint


@pytest.mark.parametrize("index", [1, 57, 199])
def test_a_doubled_line_is_refused_with_its_line(index):
    with pytest.raises(UnreadableFile, match=f"line {FIRST + index}: *repeats|line {FIRST + index} repeats"):
        read([*ROWS[:index], ROWS[index - 1], *ROWS[index:]])


def test_a_clock_that_rounds_is_no_doubled_line():
    """Times that repeat all along with other values beside them are as the instrument wrote them."""
    rows = [f"{k // 2},{25 + 0.1 * k:.2f},{10 - 0.01 * k:.3f}" for k in range(200)]
    assert len(read(rows)[0].curves[0]) == 200


@pytest.mark.parametrize(("i", "j"), [(10, 11), (5, 150), (0, 199)])
def test_exchanged_lines_are_refused(i, j):
    rows = list(ROWS)
    rows[i], rows[j] = rows[j], rows[i]
    with pytest.raises(UnreadableFile, match="turns back"):
        read(rows)


def test_a_line_without_its_time_is_refused():
    with pytest.raises(UnreadableFile, match=f"line {FIRST + 20} has no time"):
        read(changed(ROWS, 20, ",30.00,9.8"))


def test_a_missing_value_is_none_but_its_row_stays():
    """An empty cell beside the axis is missing, no number and no fault."""
    (reading,) = read(changed(ROWS, 20, "10.0,30.00,"))
    assert np.isnan(reading.curves[0].channel("mass").values[20])
    assert len(reading.curves[0]) == 200


@pytest.mark.parametrize("n_cut", [1, 2, 3])
def test_a_last_number_that_is_cut_is_refused(n_cut):
    """8.012 cut to 8.0 is a number too, but not one of that form, and its line is not closed."""
    with pytest.raises(UnreadableFile, match=f"line {FIRST + 199} breaks off"):
        read(changed(ROWS, 199, ROWS[199][:-n_cut]), end="")


def test_a_last_line_that_is_only_not_closed_is_read():
    assert len(read(ROWS, end="")[0].curves[0]) == 200


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 198), st.sampled_from(["lost", "doubled", "swapped"]))
def test_a_numbered_file_tells_every_lost_doubled_or_exchanged_line(index, damage):
    """A column that counts is redundancy: whatever happens to a line, it is found."""
    rows = list(INDEXED)
    if damage == "lost":
        del rows[index]
    elif damage == "doubled":
        rows.insert(index, rows[index])
    else:
        rows[index], rows[index + 1] = rows[index + 1], rows[index]
    with pytest.raises(UnreadableFile):
        read(rows, head=HEADED)


HEADED = "Index;Temperature (°C);Heat flow (mW)\n"


def test_a_spectrum_of_even_steps_tells_a_lost_or_changed_line():
    """A wavenumber axis is computed: a leap in it is a lost line, or a digit that changed."""
    rows = [f"{400 + 2 * k},{0.1 + 0.01 * np.sin(k):.4f}" for k in range(300)]
    head = "Wavenumber (cm-1),Absorbance\n"
    assert len(read(rows, head=head)[0].curves[0]) == 300
    with pytest.raises(UnreadableFile, match=r"even steps of 2.*a step of 4 at line 102"):
        read([*rows[:100], *rows[101:]], head=head)
    with pytest.raises(UnreadableFile, match=r"a step of 3.9 at line 102"):
        read(changed(rows, 100, "601.9,0.1"), head=head)


@pytest.mark.parametrize(("said", "is_kept"), [("200", True), ("201", False), ("20", False)])
def test_the_number_of_points_that_a_header_says_is_held_against_the_file(said, is_kept):
    head = HEAD.replace("Sample: PP-1", f"Number of points: {said}")
    if is_kept:
        assert [claim.kind for claim in read(ROWS, head=head)[0].claims] == ["points"]
    else:
        with pytest.raises(UnreadableFile, match=f"the file says {said}, it holds 200"):
            read(ROWS, head=head)


def test_words_behind_the_numbers_are_refused_until_a_profile_declares_them():
    """A footer may be one, or what is left of a damaged file."""
    rows = [*ROWS, "", "Results", "Residue,8.0"]
    with pytest.raises(UnreadableFile, match="'Results' stands among or behind the numbers"):
        read(rows)
    drafted = guess((HEAD + "\n".join(rows)).encode(), "a.csv")
    assert not drafted.fault
    assert "end: '^\\W*Results'" in drafted.text
    assert len(drafted.readings[0].curves[0]) == 200


def test_a_damaged_file_is_not_made_a_profile_of():
    """A draft would declare the damage."""
    with pytest.raises(UnreadableFile, match="line 24, Temperature"):
        guess((HEAD + "\n".join(changed(ROWS, 20, "10.0,3o.00,9.8"))).encode(), "a.csv")


@pytest.mark.parametrize(
    "data", [b"", b"  \n ", b"\x00\x01\x02" * 50, b"no table here\njust words\n", b"PK\x03\x04broken"]
)
def test_what_is_no_table_is_refused(data):
    with pytest.raises(UnreadableFile):
        guess(data, "a.csv")
    with pytest.raises(UnreadableFile):
        read_source(Source("a.csv", data))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_happens_to_the_bytes_nothing_but_a_refusal_comes(data):
    """Cut, overwritten or with bytes put in: read, or refused."""
    content = bytearray((HEAD + "\n".join(ROWS) + "\n").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["cut", "write", "put"])):
            case "cut":
                del content[place : place + data.draw(st.integers(1, 400))]
            case "write":
                content[place] = data.draw(st.integers(0, 255))
            case "put":
                content[place:place] = data.draw(st.binary(max_size=8))
        if not content:
            return
    for work in (lambda: read_source(Source("a.csv", bytes(content))), lambda: guess(bytes(content), "a.csv")):
        with suppress(UnreadableFile, CurveError, ReadingError):  # what the process around it turns into a refusal
            work()
