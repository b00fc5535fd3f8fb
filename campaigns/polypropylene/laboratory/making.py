"""Make a specimen: its formulation in, structure, circumstances and properties out. The same name makes the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.polypropylene.laboratory.behaviour import Properties, properties_of
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice
from campaigns.polypropylene.laboratory.circumstances import Circumstances, circumstances_of
from campaigns.polypropylene.laboratory.compounding import FEEDERS, compound
from campaigns.polypropylene.laboratory.sessions import CONTROL
from campaigns.polypropylene.laboratory.structure import Structure
from loop.ids import cycle_of
from loop.values import Formulation

__all__ = ["CONTROL_FORMULATION", "Made", "control", "make", "moulding_day"]

CONTROL_FORMULATION: Formulation = {
    **dict.fromkeys(FEEDERS, 0.0),
    "homo-PP": 99.8,
    "antioxidant": 0.2,
    "recyclate lot": "R-2026-07",
    "melt temperature": 210.0,
    "mould temperature": 40.0,
    "screw speed": 300.0,
    "passes": 1.0,
}
"""The control specimen: virgin polypropylene, moulded once in a large batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One specimen, as the laboratory truly knows it."""

    specimen: str
    formulation: Formulation
    circumstances: Circumstances
    structure: Structure
    properties: Properties


def make(specimen: str, formulation: Formulation, *, moulded_on: date, choice: LaboratoryChoice) -> Made:
    """Make a specimen of a formulation on a day."""
    made = circumstances_of(specimen, seed=choice.seed, moulded_on=moulded_on, n_feeders=len(FEEDERS))
    structure = compound(formulation, made)
    return Made(
        specimen=specimen,
        formulation=formulation,
        circumstances=made,
        structure=structure,
        properties=properties_of(structure, dial=choice.dial),
    )


def control(choice: LaboratoryChoice) -> Made:
    """Return the control specimen, moulded ten weeks before the campaign began."""
    return make(CONTROL, CONTROL_FORMULATION, moulded_on=choice.begins - timedelta(weeks=10), choice=choice)


def moulding_day(proposal: str, choice: LaboratoryChoice) -> date:
    """Return the day on which a proposal is moulded: the Tuesday of its cycle's week."""
    return choice.begins + timedelta(weeks=cycle_of(proposal) - 1, days=1)
