"""YAML becomes plain data with a line for everything, and what is wrong with the YAML itself is said in plain words."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from services.records import yaml_source
from services.records.yaml_source import LARGEST_BYTES, read_yaml

PARSERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]


@pytest.fixture(params=PARSERS, ids=lambda parser: parser.__name__)
def each_parser(request, monkeypatch):
    """Both parsers of PyYAML: the one in C is not on every machine."""
    monkeypatch.setattr(yaml_source, "_PARSER", request.param)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-12", -12),
        ("012", 12),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e-3", 0.001),
        ("2.5E+4", 25000.0),
        ("12,5", "12,5"),
        ("12:30", "12:30"),
        ("2027-03-31", "2027-03-31"),
        ("1_000", "1_000"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("°C", "°C"),
        ("再生PP", "再生PP"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(each_parser, written, meant):
    """`yes` and dates stay text, `1e-3` is a number, quotes make text."""
    value = read_yaml(f"key: {written}\n").data["key"]
    assert value == meant
    assert type(value) is type(meant)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_back(number):
    """A number written as Python writes it is the same number, to the last bit."""
    assert read_yaml(f"key: {number!r}").data["key"] == number


@given(st.integers(min_value=-(10**30), max_value=10**30))
def test_whole_numbers_of_any_length_are_numbers(number):
    """A long integer is a number as well."""
    value = read_yaml(f"key: {number}").data["key"]
    assert math.isclose(value, number, rel_tol=1e-15)


def test_keys_stay_text_as_written(each_parser):
    """A key is a name: a lot number, `yes` and Japanese are names like any other; blanks inside belong to it."""
    source = read_yaml("0815: {stock: 1}\nyes: 2\n再生 PP: 3\nrecycled PP: 4\n")
    assert list(source.data) == ["0815", "yes", "再生 PP", "recycled PP"]
    assert source.line_of("再生 PP") == 3


def test_one_name_typed_on_two_keyboards_is_one_name():
    """Composed and decomposed Unicode give the same key."""
    source = read_yaml("\u30ac\u30e9\u30b9: 1\n\u30ab\u3099\u30e9\u30b9: 2\n")
    assert list(source.data) == ["\u30ac\u30e9\u30b9"]
    assert source.faults[0].message == "stands twice"


def test_everything_has_a_line(each_parser):
    """Keys, list entries, flow mappings and multi-line text are found on the line where they begin."""
    text = "a: 1\nb:\n  - x: 1\n    y: {p: 1, q: [1,\n      2]}\n  - |\n    text\n    more\n\nc:\n  d: 1\n"
    source = read_yaml(text)
    assert dict(source.lines) == {
        "a": 1,
        "b": 2,
        "b.0": 3,
        "b.0.x": 3,
        "b.0.y": 4,
        "b.0.y.p": 4,
        "b.0.y.q": 4,
        "b.0.y.q.0": 4,
        "b.0.y.q.1": 5,
        "b.1": 6,
        "c": 10,
        "c.d": 11,
    }


def test_a_missing_path_has_the_line_of_what_is_above():
    """The line of something that is not there is that of its nearest ancestor, the first line at the end."""
    source = read_yaml("a: 1\nb:\n  c.d:\n    e: 1\n")
    assert source.line_of("b.c.d.x.y") == 3
    assert source.line_of("b.x") == 2
    assert source.line_of("z.y") == 1


def test_an_alias_repeats_a_value(each_parser):
    """An alias is the value it names, and stands on its own line."""
    source = read_yaml("a: &one {x: 1}\nb: *one\n")
    assert source.data == {"a": {"x": 1}, "b": {"x": 1}}
    assert source.line_of("b.x") == 2
    assert not source.faults


WRONG = {
    "duplicate key": ("a: 1\nb: 2\na: 3\n", 3, "a", "stands twice", "line 1"),
    "duplicate inside": ("b:\n  c: 1\n  c: 2\n", 3, "b.c", "stands twice", "line 2"),
    "tab": ("a:\n\tb: 1\n", 2, "a", "tab", "spaces"),
    "tab behind a space": ("a:\n  b: 1\n \tc: 2\n", 3, "a.b", "tab", "spaces"),
    "full-width space": ("a:\n\u3000b: 1\n", 2, "\u3000b", "full-width space", "spaces"),
    "merge key": ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "c.<<", "merge", "write the keys out"),
    "unknown tag": ("a: !mass 3\n", 1, "a", "unknown tag !mass", "no tag"),
    "python tag": ("a: !!python/object/apply:os.system [ls]\n", 1, "a", "unknown tag !!python", "no tag"),
    "wrong core tag": ("a: !!set {b}\n", 1, "a", "unknown tag !!set", "no tag"),
    "unknown alias": ("a: 1\nb: *c\n", 2, "b", "nothing above is called &c", "&c"),
    "self": ("a: &x [*x]\n", 1, "a.0", "nothing above is called &x", "&x"),
    "list as key": ("? [a]\n: 1\n", 1, "(file)", "plain text", "talc"),
    "empty key": ('a:\n  "": 1\n', 2, "a", "key is empty", "name"),
    "top-level list": ("- a\n", 1, "(file)", "needs keys with values", "colon"),
    "top-level text": ("campaign PP01\n", 1, "(file)", "needs keys with values", "colon"),
    "empty": ("# nothing\n", 1, "(file)", "holds nothing", "schema: 1"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, "(file)", "second document", "keep one"),
    "unclosed quote": ("a: 'x\nb: 1\n", 1, "a", "never closed", "close it"),
    "unclosed bracket": ("a: [1, 2\nb: 1\n", 1, "a.1", "not closed", "close it"),
    "bracket closed twice": ("a: ]\n", 1, "a", "never opened", "drop it"),
    "percent": ("a:\n  unit: %\n", 2, "a.unit", "cannot begin with %", "quotes"),
    "backtick": ("a: `recycled PP` * 2\n", 1, "a", "cannot begin with `", "quotes"),
    "star": ("a: *\n", 1, "a", "cannot begin with", "quotes"),
    "lone minus": ("a:\n  modulus: -\n", 2, "a.modulus", "no list can begin", '"-"'),
    "no space behind colon": ("a:\n  low:0\n  high: 3\n", 2, "a", "colon needs a space", "low: 0"),
    "full-width colon": ("a:\n  low：0\n  high: 3\n", 2, "a", "colon needs a space", "plain colon"),
    "colon in text": ("a: b: c\n", 1, "a", "colon stands where none can be", "quotes"),
    "no colon": ("a: 1\nb\n", 2, "a", "no colon", "low: 0"),
    "ragged indentation": ("a:\n  b: 1\n c: 2\n", 3, "a.b", "indentation", "same column"),
    "list and keys mixed": ("a:\n  - b\n  c: 1\n", 3, "a.0", "list and keys", "'- '"),
    "control character": ("a: 1\nb: \x07\n", 2, "(file)", "(U+0007)", "delete"),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_with_its_line(each_parser, case):
    """Whatever is wrong with the YAML: one fault with file, line, field, and what would be right."""
    text, line, field, message, hint = WRONG[case]
    source = read_yaml(text, file_name="campaign.yaml")
    (fault,) = source.faults
    assert (fault.file, fault.line, fault.field) == ("campaign.yaml", line, field)
    assert message in fault.message
    assert hint in fault.hint


def test_mistakes_that_leave_the_rest_readable_do_not_hide_each_other():
    """Duplicates, tags and merge keys are all found in one reading, and the rest is read."""
    source = read_yaml("a: 1\na: 2\nb: !x 3\nc: {<<: 1, d: 4}\n")
    assert [fault.line for fault in source.faults] == [2, 3, 4]
    assert source.is_whole
    assert source.data == {"a": 1, "b": "3", "c": {"d": 4}}


def test_a_tab_inside_text_is_text():
    """In a text of several lines, a tab behind the indentation belongs to the text."""
    source = read_yaml("a: |\n  x\n  \ty\nb: 1\n")
    assert source.data == {"a": "x\n\ty\n", "b": 1}
    assert not source.faults


def test_an_alias_bomb_is_refused():
    """Nine lines that stand for a billion values are refused at once."""
    rows = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 10)]
    source = read_yaml("\n".join(rows))
    assert not source.is_whole
    assert "aliases repeat more than" in source.faults[0].message
    assert source.faults[0].line == 5


@pytest.mark.parametrize("bracket", ["[", "{a: "])
def test_deep_nesting_is_refused(each_parser, bracket):
    """A hundred thousand brackets neither hang nor end the process."""
    source = read_yaml("a: " + bracket * 100_000)
    assert not source.is_whole
    assert source.faults[0].line == 1


def test_a_file_that_is_too_large_is_refused():
    """More than 5 MB are not read."""
    source = read_yaml("a: " + "x" * LARGEST_BYTES)
    assert "at most 5000000" in source.faults[0].message
    assert source.data == {}


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    """Any text gives data or faults, never an exception, and every fault has a line inside the text."""
    source = read_yaml(text)
    assert source.data or source.faults
    assert all(
        1 <= (fault.line or 0) <= text.count("\n") + text.count("\r") + text.count("\x85") + 3
        for fault in source.faults
    )


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`, \n\t?", max_size=60))
def test_no_mixture_of_signs_breaks_the_reader(text):
    """The signs that mean something to YAML, in any order, give data or faults."""
    source = read_yaml(text)
    assert source.data or source.faults
