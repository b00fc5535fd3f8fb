"""The pages that people read, taken apart: blocks of code, commands, links, headings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_SKIPPED = ("_build", "generated")
_FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<kind>[^\n`]*)\n(?P<text>.*?)^(?P=ticks)\s*$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`(meguri [^`]+)`(?!`)")
_LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)|\{download\}`[^`<]*<(?P<file>[^>]+)>`")
_SHELLS = ("bash", "{code-cell}")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what it says it is, and its text."""

    kind: str
    text: str


def pages() -> list[Path]:
    """The README and every page of the documentation that is written by hand."""
    found = [path for path in DOCS.rglob("*.md") if not any(part in _SKIPPED for part in path.relative_to(DOCS).parts)]
    return [ROOT / "README.md", *sorted(found)]


def blocks(page: Path, kind: str | None = None) -> list[Block]:
    """The fenced blocks of a page, those of one kind where it is given."""
    found = [Block(m["kind"].strip(), m["text"]) for m in _FENCE.finditer(page.read_text(encoding="utf-8"))]
    return found if kind is None else [block for block in found if block.kind == kind]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def commands(page: Path, program: str) -> Iterator[list[str]]:
    """The commands of a program on a page, split into words: lines of shell blocks, and code within a sentence."""
    for block in blocks(page):
        if block.kind in _SHELLS:
            for line in block.text.splitlines():
                words = shlex.split(line, comments=True) if line.strip().startswith(f"{program} ") else []
                if words:
                    yield words
    if program == "meguri":
        for inline in _INLINE.findall(prose(page)):
            yield shlex.split(inline)


def links(page: Path) -> list[str]:
    """Where a page links to."""
    return [m["target"] or m["file"] for m in _LINK.finditer(prose(page))]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
