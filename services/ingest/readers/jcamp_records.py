"""A JCAMP-DX file as labelled data records, in its blocks. Knows nothing of what a label means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["Block", "Record", "blocks_of", "plain_label"]

_LABEL = re.compile(r"\s*##(?P<label>[^=]*)=(?P<text>.*)", re.DOTALL)
_REMARK = re.compile(r"\$\$.*")


@dataclass(slots=True)
class Record:
    """One labelled record: its text on the line of the label, and the lines under it with their numbers."""

    label: str
    text: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """The records from a title to its end; `outer` is the one that it stands in."""

    records: list[Record] = field(default_factory=list)
    is_ended: bool = False

    def first(self, label: str) -> Record | None:
        """Return the first record of a label."""
        return next((record for record in self.records if plain_label(record.label) == label), None)

    def text(self, label: str) -> str:
        """Return the text of a label, empty where there is none."""
        record = self.first(label)
        return record.text if record else ""

    def twice(self, labels: frozenset[str]) -> list[Record]:
        """Return the records that repeat one of the labels."""
        seen: set[str] = set()
        again = []
        for record in self.records:
            label = plain_label(record.label)
            if label in labels and label in seen:
                again.append(record)
            seen.add(label)
        return again


def plain_label(label: str) -> str:
    """Return a label as the standard compares it: capitals, without blanks, dashes, slashes and underlines."""
    return re.sub(r"[\s\-/_]", "", label).upper()


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a file in the order of their titles: one, or those of a compound file after its outer one.

    Raises
    ------
    ValueError
        If something stands before the first title, or an end without a beginning; says in which line.
    """
    found: list[Block] = []
    within: list[Block] = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LABEL.match(_REMARK.sub("", line))
        if match is None:
            bare = _REMARK.sub("", line)
            if not bare.strip():
                continue
            if not within or not within[-1].records:
                raise ValueError(f"line {number}: {bare.strip()[:40]!r} stands outside of every block")
            within[-1].records[-1].lines.append((number, bare))
            continue
        label = plain_label(match["label"])
        if label == "END":
            if not within:
                raise ValueError(f"line {number}: an ##END= without its ##TITLE=")
            within.pop().is_ended = True
            continue
        if label == "TITLE":
            found.append(Block())
            within.append(found[-1])
        if not within:
            raise ValueError(f"line {number}: ##{match['label']}= stands before the ##TITLE= of its block")
        if label:
            within[-1].records.append(Record(match["label"].strip(), match["text"].strip(), number))
    return found
