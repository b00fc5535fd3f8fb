"""What a question means: brackets, De Morgan, what is missing; and where a fault is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.campaign.finding.errors import QueryError
from services.campaign.finding.find import find
from services.campaign.finding.language import read_query
from services.campaign.finding.sources import Sources
from services.records.measurement import Content, Measurement

NAMES = ("ash", "density", "mfr")
Truth = bool | None


@dataclass(frozen=True)
class Asked:
    """A question as text, and by another way what it answers for given numbers."""

    text: str
    answer: Callable[[Mapping[str, float]], Truth]


def compared(name: str, sign: str, wanted: float) -> Asked:
    signs: dict[str, Callable[[float], bool]] = {
        "<": lambda x: x < wanted, "<=": lambda x: x <= wanted, ">": lambda x: x > wanted,
        ">=": lambda x: x >= wanted, "=": lambda x: x == wanted, "!=": lambda x: x != wanted,
    }  # fmt: skip
    return Asked(f"{name} {sign} {wanted:g}", lambda known: signs[sign](known[name]) if name in known else None)


def negated(one: Asked) -> Asked:
    def answer(known: Mapping[str, float]) -> Truth:
        inner = one.answer(known)
        return None if inner is None else not inner

    return Asked(f"not ({one.text})", answer)


def joined(word: str, one: Asked, other: Asked) -> Asked:
    """By Kleene's tables: the decisive truth wins, else nothing is told while one is not."""
    decisive = word == "or"

    def answer(known: Mapping[str, float]) -> Truth:
        pair = (one.answer(known), other.answer(known))
        return decisive if decisive in pair else (None if None in pair else not decisive)

    return Asked(f"({one.text}) {word} ({other.text})", answer)


numbers = st.integers(-3, 3).map(float)
comparisons = st.builds(compared, st.sampled_from(NAMES), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), numbers)
questions = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        inner.map(negated), st.builds(joined, st.sampled_from(["and", "or", "AND", "Or"]).map(str.lower), inner, inner)
    ),
    max_leaves=8,
)
known_numbers = st.dictionaries(st.sampled_from(NAMES), numbers)
EVERY_NAME = Measurement(id="M-0-99", file="0", number=99, content=Content(amounts=dict.fromkeys(NAMES, "99")))
"""So that each name is known, whatever the others lack."""


def asked(text: str, known: Mapping[str, float]) -> Truth:
    one = Measurement(
        id="M-0-01", file="0", number=1, content=Content(amounts={name: f"{n:g}" for name, n in known.items()})
    )
    sources = Sources([one, EVERY_NAME], {}, {})

    def is_found(question: str) -> bool:
        return any(found.id == one.id for found in find(question, sources).found)

    return True if is_found(text) else False if is_found(f"not ({text})") else None


@given(questions, known_numbers)
@settings(max_examples=150)
def test_a_question_answers_what_its_parts_answer(question, known):
    """Comparison, not, and, or: with everything known, and where something is missing."""
    assert asked(question.text, known) is question.answer(known)


@given(questions, known_numbers)
@settings(max_examples=60)
def test_brackets_around_a_whole_change_nothing(question, known):
    assert asked(f"( ({question.text} ))", known) is asked(question.text, known)


@given(questions, questions, known_numbers)
@settings(max_examples=60)
def test_de_morgan_holds_also_where_something_is_missing(one, other, known):
    """not (a and b) is (not a) or (not b), and the other way round."""
    for word, contrary in (("and", "or"), ("or", "and")):
        left = f"not (({one.text}) {word} ({other.text}))"
        right = f"not ({one.text}) {contrary} not ({other.text})"
        assert asked(left, known) is asked(right, known)


def test_and_binds_closer_than_or_and_not_closer_still():
    assert asked("ash = 1 or ash = 2 and density = 9", {"ash": 1, "density": 0, "mfr": 0}) is True
    assert asked("(ash = 1 or ash = 2) and density = 9", {"ash": 1, "density": 0, "mfr": 0}) is False
    assert asked("not ash = 1 and density = 0", {"ash": 2, "density": 0, "mfr": 0}) is True


def test_what_is_missing_is_found_by_asking_for_it_alone():
    """Neither a comparison nor its negation is true of it."""
    known = {"density": 1.0}
    assert asked("ash > 0", known) is None
    assert asked("not ash > 0", known) is None
    assert asked("ash != 0", known) is None
    assert asked("ash is missing", known) is True
    assert asked("ash is not missing", known) is False
    assert asked("ash > 0 or density = 1", known) is True
    assert asked("ash > 0 and density = 2", known) is False


@given(st.text(alphabet="aAnd orinot()=<>~!,'\"5.-é ＞≥ismg", max_size=60))
@settings(max_examples=300)
def test_any_text_is_a_question_or_a_fault_with_its_place(text):
    error = fault_of(text)
    assert error is None or 0 <= error.at <= len(text)
    assert error is None or str(error).startswith(f"letter {error.at + 1}: ")


def fault_of(text: str) -> QueryError | None:
    try:
        read_query(text)
    except QueryError as error:
        return error
    return None


FAULTS = [
    ("", 0, "the question is empty"),
    ("ash >", 5, "a value is wanted here"),
    ("ash", 3, "is not compared with anything"),
    ("> 5", 0, "a name is wanted here, not '>'"),
    ("ash > 5 and", 11, "a name is wanted here"),
    ("(ash > 5", 8, "a bracket is not closed"),
    ("ash > 5)", 7, "')' is not expected here"),
    ("ash in FTIR", 7, "a list stands in brackets"),
    ("ash in (1, 2", 12, "the list is not closed"),
    ("ash = 'x", 6, "the quotes ' are not closed"),
    ("ash is odd", 7, "behind is stands missing"),
    ("1 < ash < 3", 8, "one comparison at a time"),
    ("ash = 1 density = 2", 16, "is not expected here"),
    ("ash ! 3", 4, "'!' means nothing here"),
    ("modality = PP 3", 14, "is not expected here"),
    ("(" * 60 + "ash = 1" + ")" * 60, 50, "deep at most"),
]


@pytest.mark.parametrize(("text", "at", "said"), FAULTS)
def test_a_fault_says_where_it_is(text, at, said):
    with pytest.raises(QueryError) as caught:
        read_query(text)
    assert said in str(caught.value)
    assert caught.value.at == at


def test_a_fault_is_marked_below_the_question_also_beside_wide_letters():
    with pytest.raises(QueryError) as caught:
        read_query("'試料 名' = a )")
    *_, text, mark = str(caught.value).splitlines()
    assert text == "  '試料 名' = a )"
    assert mark == " " * 16 + "^"


def test_a_question_of_a_megabyte_is_refused_at_once():
    with pytest.raises(QueryError, match="10000 letters at most"):
        read_query("a = 1 and " * 100_000)
