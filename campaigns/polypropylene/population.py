"""The compounds that the definition allows, drawn at random: what "usual" and "how much of the variance" refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from campaigns.polypropylene.laboratory.circumstances import circumstances_of
from campaigns.polypropylene.laboratory.compounding import FEEDERS, compound
from campaigns.polypropylene.laboratory.structure import Structure
from loop.space.sampling import sample
from loop.space.space import SearchSpace
from loop.values import Formulation, Setting
from services.campaign.definition import CampaignDefinition, read_campaign_definition

__all__ = ["DEFINITION", "Member", "campaign_definition", "population", "read_text"]

DEFINITION = Path(__file__).with_name("definition.yaml")
_SOME_DAY = date(2026, 8, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One compound: as planned, as encoded for a model (a row of the search space), and inside."""

    formulation: Formulation
    row: np.ndarray
    structure: Structure


@cache
def campaign_definition() -> CampaignDefinition:
    """Read the definition of the campaign as it is shipped."""
    return read_text(DEFINITION.read_text(encoding="utf-8"))


def read_text(text: str) -> CampaignDefinition:
    """Read a definition that names no table."""
    return read_campaign_definition(text, file_name=DEFINITION.name, read_table=_no_table)


def population(n: int, *, seed: int) -> Iterator[Member]:
    """Draw compounds spread over the search space, each made on some day by somebody."""
    space: SearchSpace = campaign_definition().core.space()
    rows = sample(space, n, np.random.default_rng(seed))
    for number, row in enumerate(rows):
        formulation = space.to_formulation(row)
        specimen = f"POPULATION-{seed}-{number}"
        made = circumstances_of(specimen, seed=seed, moulded_on=_SOME_DAY, n_feeders=len(FEEDERS))
        yield Member(formulation=formulation, row=row, structure=compound(formulation, made))


def _no_table(file: str) -> list[dict[str, Setting]]:
    raise OSError(f"{file}: this campaign names no table")
