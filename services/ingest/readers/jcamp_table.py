"""The table of one JCAMP-DX block as a curve, held against what the block says of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.ingest.readers.jcamp_ordinates import Ordinates, decode_lines
from services.ingest.readers.jcamp_records import Block, Record
from services.ingest.readers.said import claim_count, claim_number, half_a_digit, number_in
from services.records.reading import Claim

__all__ = ["Table", "table_of"]

_MOST_POINTS = 20_000_000
_POINTS_A_BYTE = 400
"""A repetition makes many points of few bytes; a flat line of a million points is no measurement."""


@dataclass(frozen=True, slots=True)
class Table:
    """Abscissae and ordinates in the file's units and order, and what the block says of them."""

    x: np.ndarray
    y: np.ndarray
    claims: tuple[Claim, ...]


def table_of(block: Block) -> Table:
    """Return the table of a block.

    Raises
    ------
    ValueError
        If there is none, or it is in a form that is not read; says which, and in which line.
    """
    for label in ("XYDATA", "XYPOINTS", "PEAKTABLE"):
        record = block.first(label)
        if record is not None:
            form = "".join(record.text.split()).upper()
            if form.startswith("(X++(Y..Y))"):
                return _even(block, record)
            if form.startswith("(XY..XY)"):
                return _pairs(block, record)
            raise ValueError(f"line {record.line}: a table of the form {record.text[:30]!r} is not read")
    raise ValueError("it has no table: neither ##XYDATA= nor ##XYPOINTS=")


def _even(block: Block, record: Record) -> Table:
    n_bytes = sum(len(line) for _, line in record.lines)
    found = decode_lines(record.lines, min(_MOST_POINTS, _POINTS_A_BYTE * n_bytes))
    n = len(found.values)
    if n < 2:
        raise ValueError(f"line {record.line}: the table holds {n} points")
    first, last = _wanted(block, "FIRSTX"), _wanted(block, "LASTX")
    x_factor, y_factor = _factor(block, "XFACTOR"), _factor(block, "YFACTOR")
    x = np.linspace(first, last, n)
    raw = np.array(found.values)
    y = raw * y_factor
    return Table(x, y, (*_said_of_lines(found, x, x_factor), *_said(block, x, y, raw[0], y_factor)))


def _pairs(block: Block, record: Record) -> Table:
    numbers: list[float] = []
    for line_number, line in record.lines:
        for pair in line.replace(";", " ").split():
            for word in pair.split(","):
                if word:
                    value = number_in(word)
                    if value is None:
                        raise ValueError(f"line {line_number}: {word[:20]!r} is no number")
                    numbers.append(value)
    if len(numbers) % 2 or len(numbers) < 4:
        raise ValueError(f"line {record.line}: {len(numbers)} numbers are no pairs of a curve")
    y_factor = _factor(block, "YFACTOR")
    x, raw = np.array(numbers[0::2]) * _factor(block, "XFACTOR"), np.array(numbers[1::2])
    y = raw * y_factor
    return Table(x, y, tuple(_said(block, x, y, raw[0], y_factor, is_even=False)))


def _wanted(block: Block, label: str) -> float:
    text = block.text(label)
    value = number_in(text)
    if value is None:
        raise ValueError(f"##{label}= is {text!r}; a number is wanted" if text else f"it says no ##{label}=")
    return value


def _factor(block: Block, label: str) -> float:
    return _wanted(block, label) if block.first(label) else 1.0


def _said_of_lines(found: Ordinates, x: np.ndarray, x_factor: float) -> list[Claim]:
    """Hold the abscissa of each line, and the ordinate that a line of differences repeats, against the points."""
    n, step = len(x), abs(x[1] - x[0])
    n_right, wrong = 0, None
    for check in found.abscissae:
        said = number_in(check.text)
        near = max(0.5 * step, half_a_digit(check.text) * abs(x_factor) * 1.001)
        if said is not None and check.index < n and abs(said * x_factor - x[check.index]) <= near:
            n_right += 1
        elif wrong is None:
            wrong = check
    place = f" (first off in line {wrong.line})" if wrong else ""
    claims = [Claim(kind="order", about=f"abscissae of lines{place}", said=len(found.abscissae), found=n_right)]
    if found.n_checks:
        place = f" (first off in line {found.first_lost})" if found.first_lost else ""
        claims.append(
            Claim(kind="checksum", about=f"repeated ordinates{place}", said=found.n_checks, found=found.n_kept)
        )
    return claims


def _said(
    block: Block, x: np.ndarray, y: np.ndarray, first_raw: float, y_factor: float, *, is_even: bool = True
) -> list[Claim]:
    """Hold every number of the header that speaks of the table against it."""
    claims = []
    x_digits = max(half_a_digit(block.text("FIRSTX")), half_a_digit(block.text("LASTX")))
    y_digits = abs(y_factor) + half_a_digit(block.text("YFACTOR")) / (abs(y_factor) or 1.0) * float(
        np.nanmax(np.abs(y), initial=0.0)
    )
    if block.first("NPOINTS"):
        claims.append(claim_count("points", "the table", block.text("NPOINTS"), len(x)))
    if is_even and block.first("DELTAX"):
        text, found = block.text("DELTAX"), float((x[-1] - x[0]) / (len(x) - 1))
        claims.append(claim_number("step", "DELTAX", text.lstrip("+-"), abs(found), slack=2 * x_digits / (len(x) - 1)))
    ends = (("first", "FIRSTX", x[0]), ("last", "LASTX", x[-1]))
    extremes = (("largest", "MAXX", x.max()), ("smallest", "MINX", x.min()))
    for kind, label, value in (*extremes,) if is_even else (*ends, *extremes):
        if block.first(label):
            claims.append(claim_number(kind, label, block.text(label), float(value), slack=x_digits))  # type: ignore[arg-type]
    for kind, label, value in (("largest", "MAXY", np.nanmax(y)), ("smallest", "MINY", np.nanmin(y))):
        if block.first(label):
            claims.append(claim_number(kind, label, block.text(label), float(value), slack=y_digits))  # type: ignore[arg-type]
    if block.first("FIRSTY"):
        said = claim_number("first", "FIRSTY", block.text("FIRSTY"), float(y[0]), slack=y_digits)
        unscaled = claim_number("first", "FIRSTY", block.text("FIRSTY"), float(first_raw))
        claims.append(unscaled if unscaled.holds else said)  # some programs write it before the factor
    return claims
