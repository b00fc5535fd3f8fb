"""The reference of the sheets names the columns that sheets have."""

from __future__ import annotations

import re

import pytest

from loop.orders import work_order
from services.campaign.labs import order_sheet
from services.campaign.workspace import Settings
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


def test_the_work_order_has_the_columns_described(service):
    """In the order described; what is computed is not asked for."""
    *ids, sd, n, remarks = documented("The work order")
    state = service.state("BLEND")
    sheet = order_sheet(work_order(state, "BLEND-W0001", [r.proposal.id for r in state.open_proposals]))
    assert list(sheet.names) == [*ids, *PARAMETERS, "modulus", f"modulus{sd}", f"modulus{n}", remarks]


def test_every_setting_of_a_workspace_is_described():
    """Each key of each section with what it is where it is left out, and no other."""
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    told = {(row[1], row[2]): row[3] for row in (line.split("|") for line in text.splitlines()) if len(row) == 6}
    described = {(s.strip(" `"), k.strip(" `")): d.strip(" `") for (s, k), d in told.items()}
    for section, settings in Settings().model_dump(mode="json").items():
        for key, value in settings.items():
            assert described[section, key] == ("–" if value is None else str(value))
            del described[section, key]
    assert set(described) == {("section", "key"), ("---", "---")}


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
