"""Read a question: comparisons, ``and``, ``or``, ``not``, brackets. Nothing in it is ever run.

::

    either     = both ("or" both)*
    both       = single ("and" single)*
    single     = "not" single | "(" either ")" | name test
    test       = ("=" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "!~") value
               | ["not"] "in" "(" value ("," value)* ")"
               | "is" ["not"] "missing"
    value      = word | quoted | number [unit]

A name with blanks stands in quotes. Words of the language may be written in capitals. A parser of our own, because what
matters here is where a fault is and what would be right, and general parsers say that badly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from services.campaign.finding.errors import QueryError
from services.campaign.finding.syntax import Both, Comparison, Either, Missing, Negation, Operator, Query, Word, Written

__all__ = ["number_in", "read_query"]

_LONGEST, _DEEPEST = 10_000, 50
_TOKEN = re.compile(
    r"""\s*(?:
    (?P<quoted>"[^"]*"|'[^']*')
    | (?P<sign>==|!=|<>|<=|>=|!~|[=<>~(),≤≥≠])
    | (?P<word>[^\s"'=!<>~(),≤≥≠]+)
    | (?P<stray>\S)
    )""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "is"})
_PLAIN: dict[str, Operator] = {
    "=": "=", "==": "=", "<": "<", "<=": "<=", "≤": "<=", ">": ">", ">=": ">=", "≥": ">=", "~": "~",
}  # fmt: skip
_NEGATED: dict[str, Operator] = {"!=": "=", "<>": "=", "≠": "=", "!~": "~"}
_SAY_TESTS = "behind a name stands =, !=, <, <=, >, >=, ~ (contains), in (…) or is missing"


class _Token(NamedTuple):
    kind: Literal["word", "quoted", "sign", "keyword", "end"]
    text: str
    at: int
    width: int


def read_query(text: str) -> Query:
    """Read a question.

    Raises
    ------
    QueryError
        If it cannot be understood; says at which letter, and what would be right.
    """
    if len(text) > _LONGEST:
        raise QueryError(text[:60], 0, f"a question has {_LONGEST} letters at most, got {len(text)}")
    return _Parser(text).whole()


def number_in(word: str) -> float | None:
    """Read a word as a number; None where it is none."""
    return float(word) if re.fullmatch(r"[-+−]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", word.replace("−", "-")) else None


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while match := _TOKEN.match(text, place):
        kind, place = str(match.lastgroup), match.end()
        found, at = match[kind], match.start(kind)
        if kind == "stray":
            is_quote = found in "\"'"
            reason = f"the quotes {found} are not closed" if is_quote else f"{found!r} means nothing here"
            raise QueryError(text, at, reason, "" if is_quote else "not, != and !~ negate")
        if kind == "quoted":
            yield _Token("quoted", found[1:-1], at, len(found))
        elif kind == "sign":
            yield _Token("sign", found, at, len(found))
        else:
            is_keyword = found.lower() in _KEYWORDS
            yield _Token("keyword" if is_keyword else "word", found.lower() if is_keyword else found, at, len(found))
    yield _Token("end", "", len(text.rstrip()), 1)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._next, self._depth = text, tuple(_tokens(text)), 0, 0

    def whole(self) -> Query:
        if self._seen().kind == "end":
            raise self._fault("the question is empty", "ask for instance: modality = FTIR")
        query = self._either()
        if self._seen().kind != "end":
            hint = "a closing bracket too many" if self._seen().text == ")" else "join comparisons with and, or"
            behind = self._tokens[self._next - 1].kind
            if self._seen().kind == "word" and behind == "word":
                hint += "; a value with blanks stands in quotes"
            raise self._fault(f"{self._seen().text!r} is not expected here", hint)
        return query

    def _seen(self) -> _Token:
        return self._tokens[self._next]

    def _fault(self, reason: str, hint: str = "") -> QueryError:
        token = self._seen()
        return QueryError(self._text, token.at, reason, hint, token.width)

    def _takes(self, kind: str, text: str) -> bool:
        is_there = (self._seen().kind, self._seen().text) == (kind, text)
        self._next += is_there
        return is_there

    def _either(self) -> Query:
        parts = [self._both()]
        while self._takes("keyword", "or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Query:
        parts = [self._single()]
        while self._takes("keyword", "and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _single(self) -> Query:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._fault(f"brackets and not stand in each other {_DEEPEST} deep at most")
        try:
            if self._takes("keyword", "not"):
                return Negation(self._single())
            if self._takes("sign", "("):
                inner = self._either()
                if not self._takes("sign", ")"):
                    raise self._fault("a bracket is not closed", "')' is wanted here")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> Query:
        if self._seen().kind not in ("word", "quoted"):
            seen = f", not {self._seen().text!r}" if self._seen().text else ""
            raise self._fault(f"a name is wanted here{seen}", "as in modulus > 1800")
        name = self._word()
        token = self._seen()
        if token.kind == "sign" and (token.text in _PLAIN or token.text in _NEGATED):
            self._next += 1
            values = (self._value(),)
            if token.text in _PLAIN:
                return Comparison(name, _PLAIN[token.text], values)
            return Negation(Comparison(name, _NEGATED[token.text], values))
        if self._takes("keyword", "is"):
            is_negated = self._takes("keyword", "not")
            if self._seen().kind != "word" or self._seen().text.lower() != "missing":
                raise self._fault("behind is stands missing or not missing", "to compare, write =")
            self._next += 1
            return Negation(Missing(name)) if is_negated else Missing(name)
        is_negated = self._takes("keyword", "not")
        if self._takes("keyword", "in"):
            listed = Comparison(name, "=", self._list())
            return Negation(listed) if is_negated else listed
        raise self._fault(f"{name.text} is not compared with anything", _SAY_TESTS)

    def _list(self) -> tuple[Written, ...]:
        if not self._takes("sign", "("):
            raise self._fault("a list stands in brackets", "as in modality in (FTIR, Raman)")
        values = [self._value()]
        while self._takes("sign", ","):
            values.append(self._value())
        if not self._takes("sign", ")"):
            raise self._fault("the list is not closed", "')' or ',' is wanted here")
        return tuple(values)

    def _value(self) -> Written:
        if self._seen().kind not in ("word", "quoted"):
            seen = f", not {self._seen().text!r}" if self._seen().text else ""
            hint = "put a word of the language in quotes" if self._seen().kind == "keyword" else ""
            raise self._fault(f"a value is wanted here{seen}", hint)
        word = self._word()
        is_number = not word.is_quoted and number_in(word.text) is not None
        if is_number and self._seen().kind in ("word", "quoted"):
            return Written(word, self._word())
        if self._seen().kind == "sign" and self._seen().text in {**_PLAIN, **_NEGATED}:
            raise self._fault(
                "one comparison at a time", "join them with and: 1700 < x < 1900 is x > 1700 and x < 1900"
            )
        return Written(word)

    def _word(self) -> Word:
        token = self._seen()
        self._next += 1
        return Word(token.text, token.at, token.width, token.kind == "quoted")
