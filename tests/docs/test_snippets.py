"""The examples of the how-tos are definitions that work, and the rules in them rule something out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from loop.definition import Definition
from loop.errors import DefinitionError
from loop.recipe import recipe_for
from loop.space.sampling import sample
from services.campaign.definition import read_campaign_definition
from services.ingest.profiles.profile import read_profile
from tests.docs.pages import DOCS, blocks

COOKBOOK = DOCS / "howto" / "constraints.md"
N_DRAWN = 400


def data_of(page: Path) -> list[dict[str, Any]]:
    return [yaml.safe_load(block.text) for block in blocks(page, "yaml")]


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one definition over another; what is no mapping replaces."""
    found = dict(base)
    for key, value in change.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = merged(found[key], value) if both else value
    return found


BASE = data_of(COOKBOOK)[0]
MORE = {"parameters": {"die": {"kind": "categorical", "levels": ["flat", "round"]}}}
PAGES = {page.name: data_of(page) for page in sorted((DOCS / "howto").glob("*.md")) if page != COOKBOOK}
SNIPPETS = {name: kept for name, data in PAGES.items() if (kept := [one for one in data if "profile" not in one])}
PROFILES = [one for data in PAGES.values() for one in data if "profile" in one]
RULES = data_of(COOKBOOK)[1:]


def read(data: Mapping[str, Any]) -> Definition:
    text = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False)
    return read_campaign_definition(text, file_name="snippet.yaml", read_table=lambda _: []).core


def space_of(definition: Definition):
    """The space with full shelves, as the first proposal of a campaign sees it."""
    components = definition.ingredients.components if definition.ingredients else {}
    shelves = {name: i.stock_kg for name, i in components.items() if i.stock_kg is not None}
    return definition.space(available_kg=shelves)


@pytest.mark.parametrize("snippet", RULES, ids=lambda s: yaml.safe_dump(s, default_flow_style=True)[:60])
def test_a_rule_of_the_cookbook_leaves_some_and_forbids_some(snippet):
    """Laid over the page's own definition it is valid; some of what was allowed is not, and some still is."""
    before, after = space_of(read(BASE)), space_of(read(merged(BASE, snippet)))
    drawn = sample(before, N_DRAWN, np.random.default_rng(1))
    assert before.feasible(drawn).all()
    is_broken = np.array([bool(after.violations(before.to_formulation(row))) for row in drawn])
    assert is_broken.any()
    assert not after.violations(after.to_formulation(sample(after, 1, np.random.default_rng(1))[0]))


def test_the_cookbook_shows_every_kind_of_rule():
    """Linear both ways, ratio, count, forbidden combinations, safety, minimum dose, stock, computed limit, table."""
    rules = [rule for snippet in RULES for rule in snippet.get("constraints", [])]
    assert {rule["kind"] for rule in rules} == {"linear", "ratio", "count", "forbid"}
    assert any("equals" in rule for rule in rules)
    assert any("at_most" in rule for rule in rules)
    assert any(rule.get("safety") for rule in rules)
    words = yaml.safe_dump(RULES)
    assert all(word in words for word in ("minimum_if_used", "stock_kg", "expression", "candidates"))


@pytest.mark.parametrize("page", SNIPPETS)
def test_the_examples_of_a_how_to_are_valid(page):
    """Each, laid over the page's first and the cookbook's definition."""
    first, *others = SNIPPETS[page]
    base = merged(BASE, MORE)
    read(merged(base, first))
    for snippet in others:
        read(merged(merged(base, first), snippet))


def test_rules_that_leave_nothing_are_refused():
    """As the page says: a definition without any formulation names the rules that clash."""
    clash = {
        "constraints": [
            {"kind": "linear", "name": "much talc", "coefficients": {"talc": 1}, "at_least": 20},
            {"kind": "linear", "name": "little talc", "coefficients": {"talc": 1}, "at_most": 10},
        ]
    }
    with pytest.raises(DefinitionError, match="talc"):
        read(merged(BASE, clash))


def test_the_masterbatch_is_weighed_as_the_page_says():
    """60 % PP and 0.2 % antioxidant in 5 kg: 50 g of masterbatch and 2960 g of PP."""
    first, second, *_ = SNIPPETS["mixtures.md"]
    definition = read(merged(merged({**BASE, "ingredients": {}}, first), second))
    formulation = {"PP": 60, "recycled PP": 39.8, "elastomer": 0, "talc": 0, "antioxidant": 0.2}
    settings = {"melt temperature": 210, "screw speed": 250, "talc grade": "fine"}
    text = (DOCS / "howto" / "mixtures.md").read_text(encoding="utf-8")
    grams = {
        line.feeder: line.grams
        for line in recipe_for(definition, {**formulation, **settings}, today=date(2026, 1, 1)).lines
    }
    assert (grams["antioxidant"], grams["PP"]) == (50, 2960)
    assert "as 50 g of masterbatch and 2960 g of PP" in text
    assert sum(grams.values()) == 5000


@pytest.mark.parametrize("profile", PROFILES, ids=lambda one: one["profile"])
def test_a_profile_of_a_how_to_is_one(profile):
    text = yaml.safe_dump(profile, allow_unicode=True, sort_keys=False)
    assert read_profile(text, file_name="page").profile == profile["profile"]
