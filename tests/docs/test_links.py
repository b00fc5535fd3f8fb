"""Links lead somewhere, and what a page loads lies in the repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, anchors, blocks, links, pages, prose

PAGES = pages()
GENERATED = {"definition", "command-line", "json"}


def missing(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    found = []
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        is_generated = target.parent == DOCS / "reference" / "generated" and target.stem in GENERATED
        is_there = is_generated or (target.exists() and (not anchor or anchor in anchors(target)))
        if not is_there:
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_resolves(page):
    """Files are there, and headings have the names that are linked."""
    assert not missing(page)


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    """A missing file and a missing heading are named; what is there is not."""
    (tmp_path / "there.md").write_text("# One heading\n")
    page = tmp_path / "page.md"
    page.write_text("[a](there.md) [b](there.md#one-heading) [c](gone.md) [d](there.md#two) [e](https://e.org)\n")
    assert missing(page) == ["gone.md", "there.md#two"]


def test_every_page_is_in_a_contents_list():
    """No page is written and never reached."""
    listed = set()
    for page in PAGES:
        for block in blocks(page):
            if block.kind == "{toctree}":
                names = [line for line in block.text.splitlines() if line.strip() and not line.startswith(":")]
                listed |= {(page.parent / f"{name}.md").resolve() for name in names}
    written = {page for page in PAGES if page.is_relative_to(DOCS)} - {DOCS / "index.md"}
    assert written <= listed
    assert {path.stem for path in listed - written} <= GENERATED


def test_words_that_are_linked_stand_in_the_glossary():
    """Every term of the pages is one of the glossary, and each of these stands once."""
    terms = re.findall(r"^(\w[^\n]*)\n  \S", blocks(DOCS / "glossary.md", "{glossary}")[0].text, re.MULTILINE)
    assert len(set(terms)) == len(terms) > 30
    used = set()
    for page in PAGES:
        for role in re.findall(r"\{term\}`([^`]+)`", prose(page).replace("\n", " ")):
            used.add(re.sub(r".*<(.+)>", r"\1", role))
    assert used
    assert used <= set(terms)


def test_pictures_are_small_enough_to_travel():
    """A page's pictures stay under 150 kB."""
    pictures = list((DOCS / "_static").glob("*.png"))
    assert pictures
    assert all(picture.stat().st_size <= 150_000 for picture in pictures)
