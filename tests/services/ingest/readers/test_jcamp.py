"""JCAMP-DX in every form gives the same numbers, and every check that a line carries is used."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ingest.files import jcamp
from services.ingest.errors import UnreadableFile
from tests.services.ingest.readers.harness import broken, only, read_as, reader_that_knows

FORMS = ["AFFN", "PAC", "SQZ", "DIF", "DUP", "PAIRS"]


def planted(n: int = 600) -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(4000.0, 4000.0 - 2 * (n - 1), n)
    return x, np.round(20000 + 9000 * np.sin(x / 97) + np.where(x % 500 < 60, 0, 3000 * np.cos(x / 11))) * 2.5e-5


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_numbers_that_were_written(form):
    """Plain, packed, squeezed, as differences, with repetitions, and as pairs."""
    data = jcamp(form=form)
    assert reader_that_knows(data) == "jcamp"
    curve = only("jcamp", data).curves[0]
    x, y = planted()
    if form == "DUP":
        y[100:400] = y[100]
    assert curve.axis.values == pytest.approx(x[::-1])
    assert curve.channel("absorbance").values == pytest.approx(y[::-1], abs=1e-12)


def test_the_forms_of_the_standards_own_example_are_one():
    """A row as the standard shows it, in five forms."""
    rows = {
        "FIX": "1 2 3 3 2 1 0 -1 -2 -3",
        "PAC": "1+2+3+3+2+1+0-1-2-3",
        "SQZ": "1BCCBA@abc",
        "DIF": "1JJ%jjjjjj",
        "DIFDUP": "1JT%jX",
    }
    for row in rows.values():
        line = f"1 A{row[1:]}"
        head = "##TITLE=a\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n"
        text = f"{head}##FIRSTX=1\n##LASTX=10\n##NPOINTS=10\n##XYDATA=(X++(Y..Y))\n{line}\n##END=\n"
        curve = only("jcamp", text.encode()).curves[0]
        assert list(curve.channels[0].values) == [1, 2, 3, 3, 2, 1, 0, -1, -2, -3]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"##NPOINTS=600", b"##NPOINTS=601", "points"),
        (b"##FIRSTX=4000.0", b"##FIRSTX=4010.0", "order"),
        (b"##LASTX=2802.0", b"##LASTX=2902.0", "step"),
        (b"##DELTAX=-2.0", b"##DELTAX=-1.9", "step"),
        (b"##YFACTOR=2.5e-05", b"##YFACTOR=2.5e-06", "largest"),
        (b"##MAXX=4000.0", b"##MAXX=3000.0", "largest"),
        (b"##MINX=2802.0", b"##MINX=2803.0", "smallest"),
        (b"##FIRSTY=0.", b"##FIRSTY=1.", "first"),
        (b"##XFACTOR=1.0", b"##XFACTOR=10.0", "order"),
    ],
)
def test_a_changed_number_of_the_header_is_told(old, new, kind):
    """By the claim that speaks of it."""
    data = jcamp(form="DIF")
    assert old in data
    assert kind in broken("jcamp", data.replace(old, new))


def test_two_swapped_lines_break_the_order_and_the_repeated_ordinates():
    """Each line of differences says where it begins, and repeats the ordinate before it."""
    lines = jcamp(form="DIF").split(b"\r\n")
    at = next(i for i, line in enumerate(lines) if line.startswith(b"##XYDATA")) + 3
    lines[at], lines[at + 2] = lines[at + 2], lines[at]
    assert {"order", "checksum"} <= broken("jcamp", b"\r\n".join(lines))


def test_a_compound_file_gives_a_reading_for_each_block():
    """By the title of each."""
    one = jcamp(form="AFFN").replace(b"PP01-C003-02-S1", b"first")
    two = jcamp(form="DIF").replace(b"PP01-C003-02-S1", b"second")
    data = b"##TITLE=both\r\n##JCAMP-DX=4.24\r\n##DATA TYPE=LINK\r\n##BLOCKS=2\r\n" + one + two + b"##END=\r\n"
    assert [reading.label for reading in read_as("jcamp", data)] == ["first", "second"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("##XYDATA=(X++(Y..Y))\n4000 S9\n", "repeats nothing"),
        ("##XYDATA=(X++(Y..Y))\n4000 AS" + "9" * 30 + "\n", "more than the file can hold"),
        ("##XYDATA=(X++(Y..Y))\n4000 1 2 §\n", "no form of an ordinate"),
        ("##XYDATA=(R++(A..A))\n4000 1 2\n", "is not read"),
        ("##NTUPLES=NMR\n", "NTUPLES"),
        ("", "no table"),
        ("##XYDATA=(X++(Y..Y))\n4000 1 2 3\n##NPOINTS=3\n##NPOINTS=3\n", "said twice"),
    ],
)
def test_hostile_and_broken_tables_are_refused_with_their_reason(text, reason):
    """No repetition makes more than the file can hold."""
    head = "##TITLE=a\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n"
    with pytest.raises(UnreadableFile, match=reason):
        read_as("jcamp", f"{head}##FIRSTX=4000\n##LASTX=3996\n{text}##END=\n".encode())


def test_units_that_the_file_does_not_say_are_not_guessed():
    """A file without one of the two is refused; arbitrary units have none."""
    data = jcamp(form="AFFN")
    with pytest.raises(UnreadableFile, match="XUNITS"):
        read_as("jcamp", data.replace(b"##XUNITS=1/CM\r\n", b""))
    raman = data.replace(b"INFRARED", b"RAMAN").replace(b"=ABSORBANCE", b"=ARBITRARY UNITS")
    curve = only("jcamp", raman).curves[0]
    assert [(c.quantity, c.unit) for c in (curve.axis, *curve.channels)] == [("raman_shift", "cm-1"), ("intensity", "")]


@pytest.mark.parametrize(
    ("word", "value"), [("E2999", 52999.0), ("E999", 5999.0), ("E2", 52.0), ("e7", -57.0), ("E", 5.0)]
)
def test_one_ordinate_that_begins_with_e_is_no_exponent(word, value):
    """A last line may hold an abscissa and one squeezed ordinate, as ``8E999``."""
    head = "##TITLE=t\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n"
    text = f"{head}##FIRSTX=4\n##LASTX=8\n##NPOINTS=3\n##XYDATA=(X++(Y..Y))\n4A2B3\n8{word}\n##END=\n"
    (reading,) = read_as("jcamp", text.encode())
    assert list(reading.curves[0].channels[0].values) == [12.0, 23.0, value]
    assert not reading.broken_claims
