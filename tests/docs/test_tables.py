"""The reference of the sheets names the columns that sheets have."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import DOCS
from tests.services.campaign.tiny import BLEND, begun, measured

PARAMETERS = ["PP", "talc", "oil", "speed"]


def documented(heading: str) -> list[str]:
    """The words in code of the first column of the table under a heading."""
    text = (DOCS / "reference" / "tables.md").read_text(encoding="utf-8")
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


@pytest.fixture
def service(journal):
    """A campaign with one specimen measured and another awaited."""
    service = begun(journal, BLEND)
    first, *_ = service.propose("BLEND")
    service.approve("BLEND")
    service.record(first.proposal.id, {"modulus": measured(1.5)})
    return service


def test_the_result_sheet_has_the_columns_described(service):
    """Ids and order first, then parameters, then each measured target with its spread and count, then remarks."""
    proposal, replicate, block, order, sd, n, remarks = documented("The result sheet")
    expected = [proposal, replicate, block, order, *PARAMETERS, "modulus", f"modulus{sd}", f"modulus{n}", remarks]
    assert list(service.result_sheet("BLEND").names) == expected


def test_the_recipe_sheet_has_the_columns_described(service):
    """In the order described."""
    assert [word for word in documented("The recipe sheet") if word not in ("note", "g")] == list(
        service.recipe_sheet("BLEND").names
    )


def test_the_specimen_table_has_the_columns_described(service):
    """Ids first, then parameters, then targets; a computed one without spread and count."""
    *ids, sd, n = documented("The specimen table")
    expected = [*ids, *PARAMETERS, "modulus", f"modulus{sd}", f"modulus{n}", "cost"]
    assert list(service.specimen_table("BLEND").names) == expected
