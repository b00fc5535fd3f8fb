"""From formulation to structure to properties: shares add up, causes have their effects, the dial does what it says."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from campaigns.polypropylene.laboratory.behaviour import REFERENCE, properties_of, structural_properties
from campaigns.polypropylene.laboratory.choice import LaboratoryChoice, read_choice
from campaigns.polypropylene.laboratory.making import CONTROL_FORMULATION, make
from campaigns.polypropylene.laboratory.relations import density, tensile_modulus, volume_shares
from campaigns.polypropylene.laboratory.structure import Composition, Hidden
from campaigns.polypropylene.population import campaign_definition, population
from loop.schedule import LabChoice
from services.campaign.errors import CampaignError
from tests.campaigns.polypropylene.analysed import compound

DAY = date(2026, 8, 4)
CHOICE = LaboratoryChoice()


def made(**changes):
    """A compound of half recyclate with some things otherwise; what is added is taken off the virgin polymer."""
    plain = dict(CONTROL_FORMULATION) | {"homo-PP": 49.8, "recycled PP": 50.0, "recyclate lot": "R-2026-10"}
    changed = plain | changes
    added = sum(
        changed[name] - plain[name] for name in plain if name in changes and name in ("talc", "CaCO3", "elastomer")
    )
    return make("PP01-C001-01-S1", changed | {"homo-PP": plain["homo-PP"] - added}, moulded_on=DAY, choice=CHOICE)


@pytest.fixture(scope="module")
def many():
    return [member.structure for member in population(400, seed=5)]


def test_shares_of_mass_sum_to_one_and_everything_lies_where_it_can(many):
    """Over all that the definition allows."""
    for structure in many:
        shares = [getattr(structure.composition, f.name) for f in fields(Composition) if f.name != "rubber_ethylene"]
        assert sum(shares) == pytest.approx(1, abs=1e-9)
        assert all(0 <= share <= 1 for share in shares)
        assert 40 < structure.chains.mw < 345
        assert 2 < structure.chains.dispersity < 6
        for layer in (structure.skin, structure.core):
            assert 0.3 < layer.pp < 0.62
            assert 0 <= layer.beta + layer.gamma < 0.6
            assert layer.size_110 > 5
        assert 0 < structure.skin_share <= 0.6


def test_the_same_name_makes_the_same_specimen_and_another_name_another():
    """Everything follows from seed, name and day."""
    one, again = made(), made()
    other = make("PP01-C001-01-S2", one.formulation, moulded_on=DAY, choice=CHOICE)
    assert one == again
    assert other.structure != one.structure


@pytest.mark.parametrize(
    ("change", "what", "sign"),
    [
        ({"antioxidant": 0.02}, lambda s: s.chains.mw, -1),
        ({"melt temperature": 250.0}, lambda s: s.chains.mw, -1),
        ({"passes": 3.0}, lambda s: s.chains.carbonyl, 1),
        ({"passes": 3.0}, lambda s: s.domains.agglomerated, -1),
        ({"nucleating agent": 0.2}, lambda s: s.core.pp, 1),
        ({"nucleating agent": 0.2}, lambda s: s.skin.beta, -1),
        ({"mould temperature": 80.0}, lambda s: s.core.size_110, 1),
        ({"mould temperature": 80.0}, lambda s: s.skin_share, -1),
        ({"talc": 20.0}, lambda s: s.skin.orientation, 1),
        ({"recyclate lot": "R-2026-07"}, lambda s: s.composition.pe, -1),
        ({"elastomer": 15.0}, lambda s: s.composition.rubber, 1),
    ],
)
def test_causes_have_their_effects(change, what, sign):
    """The same specimen with one thing otherwise."""
    assert sign * (what(made(**change).structure) - what(made().structure)) > 0


def test_twenty_per_cent_of_talc_is_8_per_cent_of_the_volume():
    """7.6 in amorphous polypropylene of 0.905 g/cm³."""
    assert volume_shares(compound(talc=0.2)).talc == pytest.approx(0.076, abs=0.003)
    assert density(compound()) == pytest.approx(0.902, abs=0.006)


def test_talc_takes_the_modulus_from_1_2_to_2_5_gpa():
    """Unfilled 1.2 to 1.9 GPa, with 20 % of talc above 2.2."""
    assert 1200 < tensile_modulus(compound()) < 1900
    assert 2200 < tensile_modulus(compound(talc=0.2)) < 3300


def test_the_reference_spread_is_that_of_what_the_definition_allows(many):
    """The dial refers to it."""
    shown = [structural_properties(structure) for structure in many]
    for name, spread in REFERENCE.items():
        values = np.array([getattr(properties, name) for properties in shown])
        scaled = np.log(values) if spread.scale == "log" else np.log(values / (1 - values))
        assert scaled.mean() == pytest.approx(spread.mean, abs=0.2 * spread.sd)
        assert scaled.std() == pytest.approx(spread.sd, rel=0.15)


@pytest.mark.parametrize("dial", [0.0, 0.5, 1.0])
def test_the_dial_is_the_share_of_variance_that_structure_carries(many, dial):
    """By redrawing what nobody sees for each of many structures."""
    rng = np.random.default_rng(2)
    for name in ("modulus", "impact_23"):
        drawn = np.log(
            [
                [
                    getattr(properties_of(replace(s, hidden=Hidden(weld_line=w, gels=g)), dial=dial), name)
                    for w, g in pairs
                ]
                for s, pairs in ((s, rng.standard_normal((12, 2))) for s in many)
            ]
        )
        carried = 1 - drawn.var(axis=1, ddof=1).mean() / drawn.var()
        assert carried == pytest.approx(dial, abs=0.1)


def test_neither_end_of_stiffness_times_toughness_lies_at_the_bounds_of_processing(many):
    """The best tenth, by modulus × impact, does not crowd at a bound of any process condition."""
    members = list(population(1500, seed=8))
    worth = [p.modulus * p.impact_23 for p in (structural_properties(m.structure) for m in members)]
    best = [members[i].formulation for i in np.argsort(worth)[-75:]]
    for name in ("mould temperature", "screw speed", "talc", "elastomer", "antioxidant", "nucleating agent"):
        knob = campaign_definition().core.knobs[name]
        middle = np.mean([float(f[name]) for f in best])
        assert knob.low + 0.1 * (knob.high - knob.low) < middle < knob.high - 0.1 * (knob.high - knob.low), name


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"dail": 50}, "dial"),
        ({"dial": 120}, "0 to 100"),
        ({"faults": "many"}, "0 to 1"),
        ({"begins": "soon"}, "2026-08-03"),
    ],
)
def test_what_the_laboratory_does_not_understand_is_said(settings, told):
    """With the place and what would be right."""
    with pytest.raises(CampaignError, match=told):
        read_choice(LabChoice(name="polypropylene", settings=settings), where="PP01")
