"""A file as lines with their numbers, and a line as cells: text of any encoding, and sheets of a workbook alike."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from services.ingest.encodings import decode
from services.ingest.errors import UnreadableFile
from services.ingest.sheet import Sheet
from services.ingest.workbook import WorkbookError, open_workbook

__all__ = ["BLANKS", "DELIMITERS", "Encoding", "Lines", "lines_of", "split"]

Encoding = Literal["auto", "utf-8", "utf-16", "latin-1", "shift-jis"]

BLANKS = " "
DELIMITERS = ("\t", ";", "|", ",", BLANKS)
"""In the order of preference: the first that splits as many lines as any other wins."""

_CODECS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "latin-1": "cp1252", "shift-jis": "cp932"}
_ENDS = re.compile(r"\r\r\n|\r\n|\n\r(?!\n)|\n|\r")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OPEN_QUOTE = re.compile(r'(?:^|[\t;,|])"[^"]*$')
_MOST_JOINED = 3
_LONGEST_LINE = 1_000_000
"""Letters of a line; a spectrum of sixteen thousand points in one row has a third of that."""
_DECLARED = re.compile(r"sep=(.)$", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Lines:
    """Texts of lines with the numbers under which a person finds them.

    `word` is what a person calls them, line or row; `sheet` is the name of a workbook's sheet. `is_ended` says whether
    the last line is closed as the others are: a file cut off in its middle is not. `delimiter` and `mark` are given
    where the file itself leaves no choice.
    """

    texts: Sequence[str]
    numbers: Sequence[int]
    read_as: str = ""
    word: str = "line"
    sheet: str = ""
    is_ended: bool = True
    delimiter: str = ""
    mark: Literal["", ".", ","] = ""

    def place(self, index: int) -> str:
        """Say where a line stands: ``line 12``."""
        number = self.numbers[index] if index < len(self.numbers) else (self.numbers[-1] + 1 if self.numbers else 1)
        return f"{self.sheet}!{self.word} {number}" if self.sheet else f"{self.word} {number}"


def lines_of(name: str, data: bytes, encoding: Encoding = "auto") -> tuple[Lines, ...]:
    """Return the lines of a text, or those of each visible sheet of a workbook that holds anything.

    Raises
    ------
    UnreadableFile
        If the bytes are no text in that encoding and no workbook.
    """
    if not data.strip():
        raise UnreadableFile(name, "the file is empty", "export it again")
    if data.startswith(_OLE):
        raise UnreadableFile(
            name, "an old .xls workbook, or one with a password", "save it as .xlsx without a password"
        )
    if data.startswith(_ZIP) and b"xl/" not in data:
        what = "a Word document" if b"word/" in data else "a zip"
        raise UnreadableFile(name, f"it is {what}, no workbook and no text", "export the table itself")
    if data.startswith(_ZIP):
        try:
            book = open_workbook(data)
            return tuple(_sheet_lines(sheet) for n in book.names if (sheet := book.sheet(n)).rows)
        except WorkbookError as error:
            raise UnreadableFile(name, f"not a readable workbook: {error}", "save it again as .xlsx") from error
    try:
        if encoding == "auto":
            text, read_as = decode(data)
        else:
            text, read_as = data.decode(_CODECS[encoding]), encoding
    except UnicodeError as error:
        raise UnreadableFile(
            name, f"its text cannot be decoded: {error}", "it is damaged, or in another encoding"
        ) from error
    return (_text_lines(name, text, read_as),)


def _text_lines(name: str, text: str, read_as: str) -> Lines:
    texts = _ENDS.split(text) if "\r" in text else text.split("\n")
    longest = max(texts, key=len)
    if len(longest) > _LONGEST_LINE:
        reason = f"line {texts.index(longest) + 1} has {len(longest)} letters; {_LONGEST_LINE} are read at most"
        raise UnreadableFile(name, reason, "is it a text of measurements?")
    is_ended = not texts[-1].strip()
    numbers: Sequence[int] = range(1, len(texts) + 1)
    declared = _DECLARED.match(texts[0])
    if declared:
        texts, numbers = texts[1:], numbers[1:]
    if '"' in text:
        texts, numbers = _joined(texts, numbers)
    while texts and not texts[-1].strip():
        texts.pop()
    return Lines(
        texts, numbers[: len(texts)], read_as, is_ended=is_ended, delimiter=declared.group(1) if declared else ""
    )


def _joined(texts: list[str], numbers: Sequence[int]) -> tuple[list[str], list[int]]:
    """Put a quoted cell that runs over a few lines onto one."""
    found: list[str] = []
    places: list[int] = []
    i = 0
    while i < len(texts):
        line, start = texts[i], i
        if line.count('"') % 2 and _OPEN_QUOTE.search(line):
            for j in range(i + 1, min(i + 1 + _MOST_JOINED, len(texts))):
                if texts[j].count('"') % 2:
                    line, i = " ".join(texts[i : j + 1]), j
                    break
        found.append(line)
        places.append(numbers[start])
        i += 1
    return found, places


def _sheet_lines(sheet: Sheet) -> Lines:
    """Write a sheet as lines with tabs; the numbers that it types have a decimal point."""
    shift = sheet.first_column - 1
    texts = ["\t" * shift + "\t".join(" ".join(cell.split()) if cell else cell for cell in row) for row in sheet.rows]
    return Lines(texts, sheet.row_numbers, "Excel", "row", sheet.name, delimiter="\t", mark="." if sheet.typed else "")


def split(line: str, delimiter: str) -> list[str]:
    """Split a line into cells without blanks around them; quoted cells lose their quotes."""
    if '"' in line:
        try:
            cells = next(csv.reader([line.strip(" ")], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:  # a quoted cell of more letters than the module takes is none
            return line.split() if delimiter == BLANKS else [cell.strip() for cell in line.split(delimiter)]
        return [cell for cell in cells if cell] if delimiter == BLANKS else [cell.strip() for cell in cells]
    if delimiter == BLANKS:
        return line.split()
    return [cell.strip() for cell in line.split(delimiter)]
