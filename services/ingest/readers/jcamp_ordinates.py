"""Lines of a JCAMP-DX table `(X++(Y..Y))`: one abscissa and ordinates in any form, AFFN, PAC, SQZ, DIF and DUP.

References
----------
McDonald, Wilks, Appl. Spectrosc. 42 (1988) 151; Davies, Lampen, Appl. Spectrosc. 47 (1993) 1093.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import nan

__all__ = ["Abscissa", "Ordinates", "decode_lines"]

_SQUEEZED = {letter: str(digit) for digit, letter in enumerate("@ABCDEFGHI")}
_SQUEEZED |= {letter: f"-{digit}" for digit, letter in enumerate("abcdefghi", start=1)}
_DIFFERENCE = {letter: str(digit) for digit, letter in enumerate("%JKLMNOPQR")}
_DIFFERENCE |= {letter: f"-{digit}" for digit, letter in enumerate("jklmnopqr", start=1)}
_REPEATED = {letter: str(digit) for digit, letter in enumerate("STUVWXYZs", start=1)}
_TOKEN = re.compile(
    r"(?P<plain>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3}(?=[\s+-]|$))?)"
    r"|(?P<squeezed>[@A-Ia-i]\d*(?:\.\d*)?)|(?P<difference>[%J-Rj-r]\d*)|(?P<repeated>[S-Zs]\d*)|(?P<gap>\?)|[\s,;]+"
)
_ALONE = re.compile(r"(?P<abscissa>[+-]?[\d.]+)(?P<ordinate>[eE]\d+)")
"""``400.0E52`` alone on a line is 400.0 and the squeezed ordinate 552: no line has an abscissa and nothing else."""


@dataclass(frozen=True, slots=True)
class Abscissa:
    """What a line says its first ordinate stands at: the text, its line, and the index of that ordinate."""

    text: str
    line: int
    index: int


@dataclass(slots=True)
class Ordinates:
    """What the lines hold: ordinates as written, abscissae to check by, and how many repeated ordinates agree."""

    values: list[float] = field(default_factory=list)
    abscissae: list[Abscissa] = field(default_factory=list)
    n_checks: int = 0
    n_kept: int = 0
    first_lost: int = 0


def decode_lines(lines: list[tuple[int, str]], most: int) -> Ordinates:
    """Decode the lines of a table.

    Parameters
    ----------
    lines
        Each with its number in the file.
    most
        More ordinates than this are refused: repetitions make many of few bytes.

    Raises
    ------
    ValueError
        If a line holds what is no form of an ordinate, or there are more than `most`; says in which line.
    """
    found = Ordinates()
    ends_in_difference = False
    for number, line in lines:
        tokens = _tokens(number, line)
        if not tokens:
            continue
        kind, text = tokens[0]
        if kind != "plain":
            raise ValueError(f"line {number}: it begins with {text!r}, not with its abscissa")
        at = len(found.values)
        has_check = ends_in_difference and at > 0 and len(tokens) > 1
        found.abscissae.append(Abscissa(text, number, at - 1 if has_check else at))
        values, ends_in_difference = _ordinates(number, tokens[1:], most - at)
        if has_check:
            found.n_checks += 1
            if values and values[0] == found.values[-1]:
                found.n_kept += 1
            else:
                found.first_lost = found.first_lost or number
            values = values[1:]
        found.values += values
        if len(found.values) > most:
            raise ValueError(f"line {number}: more than {most} ordinates")
    return found


def _tokens(number: int, line: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    while at < len(line):
        match = _TOKEN.match(line, at)
        if match is None:
            raise ValueError(f"line {number}: {line[at : at + 12]!r} is no form of an ordinate")
        if match.lastgroup:
            tokens.append((match.lastgroup, match[0]))
        at = match.end()
    if len(tokens) == 1 and (alone := _ALONE.fullmatch(tokens[0][1])):
        return [("plain", alone["abscissa"]), ("squeezed", alone["ordinate"])]
    return tokens


def _ordinates(number: int, tokens: list[tuple[str, str]], most: int) -> tuple[list[float], bool]:
    """Return the ordinates of a line, and whether it ends in a difference, repeated or not."""
    values: list[float] = []
    step: float | None = None
    for kind, text in tokens:
        match kind:
            case "plain":
                values.append(float(text))
                step = None
            case "squeezed":
                values.append(float(_SQUEEZED[text[0]] + text[1:]))
                step = None
            case "gap":
                values.append(nan)
                step = None
            case "difference":
                if not values:
                    raise ValueError(f"line {number}: the difference {text!r} has nothing before it")
                step = float(_DIFFERENCE[text[0]] + text[1:])
                values.append(values[-1] + step)
            case _:
                times = int(_REPEATED[text[0]] + text[1:]) - 1
                if not values or times < 0 or times > most:
                    raise ValueError(f"line {number}: {text!r} repeats nothing, or more than the file can hold")
                last, rise = values[-1], step or 0.0
                values += [last + rise * (i + 1) for i in range(times)]
    return values, step is not None
