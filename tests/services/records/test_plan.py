"""The plan of the task: what contradicts the definition is a fault, what is left open a warning, the rest a graph."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from loop.goals import Target
from services.records.plan import TaskPlan

TARGETS = {
    "modulus": Target.model_validate(
        {"unit": "MPa", "goal": "maximise", "source": {"test": "tensile", "quantity": "modulus"}}
    ),
    "impact": Target.model_validate({"unit": "kJ/m2", "goal": "maximise", "source": {"test": "Charpy"}}),
    "cost": Target.model_validate({"goal": "minimise", "source": {"expression": "talc"}}),
}
PARAMETERS = ["PP", "talc"]


def plan(**changes) -> TaskPlan:
    """A plan with nothing wrong and nothing left open."""
    sections = {
        "factors": {
            "crystal fraction": {"acts_on": {"modulus": "+", "impact": "-"}, "moved_by": ["talc"]},
            "filler volume": {"acts_on": {"modulus": "+"}, "origin": "computed"},
        },
        "modalities": {
            "DSC": {
                "probe": "heat",
                "cost": 30,
                "hours": 1,
                "mass_g": 0.01,
                "is_destructive": True,
                "sees": {"crystal fraction": "direct"},
            },
            "WAXS": {"probe": "x-ray", "cost": 40, "hours": 0.5, "mass_g": 2, "sees": {"crystal fraction": "direct"}},
        },
        "tests": {
            "tensile": {
                "quantities": {"modulus": "MPa", "strength": "MPa"},
                "cost": 60,
                "hours": 2,
                "mass_g": 55,
                "is_destructive": True,
            },
            "Charpy": {"quantities": {"impact strength": "kJ/m²"}, "cost": 50, "hours": 1, "mass_g": 45},
        },
    }
    return TaskPlan.model_validate({**sections, **changes})


def changed(section: str, name: str, **fields) -> TaskPlan:
    """The plan with one entry changed."""
    known = plan().model_dump()[section]
    return plan(**{section: {**known, name: {**known.get(name, {}), **fields}}})


def test_a_whole_plan_has_no_faults_and_no_warnings():
    """Every factor is seen, every measured target acted on, probes differ, tests and units fit."""
    assert plan().faults(TARGETS, PARAMETERS) == []
    assert plan().warnings(TARGETS, batch_g=1000) == []


@pytest.mark.parametrize(
    ("wrong", "field", "hint"),
    [
        (
            changed("factors", "filler volume", acts_on={"modulas": "+"}),
            "factors.filler volume.acts_on.modulas",
            "modulus",
        ),
        (changed("factors", "filler volume", moved_by=["tlac"]), "factors.filler volume.moved_by.0", "talc"),
        (changed("modalities", "DSC", sees={"crystal": "direct"}), "modalities.DSC.sees.crystal", "crystal fraction"),
        (plan(tests={"tensil": plan().tests["tensile"]}), "targets.modulus.source.test", "tensil"),
        (changed("tests", "tensile", quantities={"E": "MPa", "s": "MPa"}), "targets.modulus.source.quantity", "E, s"),
        (changed("tests", "Charpy", quantities={"a": "J", "b": "J"}), "targets.impact.source.quantity", "a, b"),
        (changed("tests", "tensile", quantities={"modulus": "GPa"}), "targets.modulus.unit", "nothing is converted"),
        (changed("tests", "WAXS", quantities={"a": "b"}), "tests.WAXS", "named once"),
    ],
)
def test_what_contradicts_the_definition_is_a_fault(wrong, field, hint):
    """Names that are nothing, a quantity left open, and units that differ are faults at their field."""
    faults = {fault.field: fault for fault in wrong.faults(TARGETS, PARAMETERS)}
    assert hint in faults[field].hint


@pytest.mark.parametrize(
    ("target", "test", "is_same"),
    [
        ("kJ/m²", "kJ/m2", True),
        ("kJ/m²", "kJ / m^2", True),
        ("°C", "degC", True),
        ("℃", "°C", True),
        ("µm", "μm", True),
        ("kJ/m²", "J/m²", False),
        ("MPa", "mPa", False),
        ("MPa", "", False),
        ("", "MPa", False),
    ],
)
def test_units_are_compared_as_a_person_would(target, test, is_same):
    """Two ways to write one unit are one unit; a prefix, a capital or a missing unit makes a difference."""
    measured = {**TARGETS, "impact": TARGETS["impact"].model_copy(update={"unit": target})}
    faults = changed("tests", "Charpy", quantities={"impact strength": test}).faults(measured, PARAMETERS)
    assert [fault.field for fault in faults] == ([] if is_same else ["targets.impact.unit"])


@pytest.mark.parametrize(
    ("open_plan", "field", "message"),
    [
        (changed("factors", "oxidation", acts_on={"impact": "-"}), "factors.oxidation", "no modality sees it"),
        (changed("factors", "crystal fraction", acts_on={"modulus": "+"}), "targets.impact", "no factor acts on it"),
        (changed("factors", "crystal fraction", acts_on={}), "factors.crystal fraction", "it acts on no target"),
        (changed("modalities", "WAXS", probe="heat"), "modalities", "every modality probes with heat"),
        (changed("modalities", "WAXS", sees={}), "modalities.WAXS", "it sees no factor"),
        (changed("tests", "tensile", mass_g=960), "modalities", "take 1005.01 g of a specimen, but a batch is 1000 g"),
        (TaskPlan(), "factors", "no factor and no modality"),
    ],
)
def test_what_the_plan_leaves_open_is_a_warning(open_plan, field, message):
    """A warning names its field, what is open and what to do."""
    warnings = {fault.field: fault for fault in open_plan.warnings(TARGETS, batch_g=1000)}
    assert message in warnings[field].message
    assert warnings[field].hint


def test_a_computed_factor_needs_no_modality_and_a_computed_target_no_factor():
    """What follows from the formulation is known without measuring."""
    open_fields = {fault.field for fault in plan().warnings(TARGETS)}
    assert "factors.filler volume" not in open_fields
    assert "targets.cost" not in open_fields


def test_effort_adds_up_and_counts_lasting_mass_once():
    """Costs and hours add; mass that is used up adds, mass that stays serves the next measurement."""
    effort = plan().effort()
    assert (effort.cost, effort.hours) == (180, 4.5)
    assert effort.mass_g == pytest.approx(0.01 + 55 + 45)


def test_a_test_of_one_quantity_needs_no_more():
    """The only quantity is meant; of several, one has to be named; computed targets have none."""
    whole = plan()
    assert whole.quantity_of(TARGETS["impact"]) == ("Charpy", "impact strength")
    assert whole.quantity_of(TARGETS["modulus"]) == ("tensile", "modulus")
    assert whole.quantity_of(TARGETS["cost"]) is None
    assert whole.quantity_of(Target.model_validate({"goal": "maximise", "source": {"test": "tensile"}})) is None


def test_the_graph_joins_parameters_factors_modalities_tests_and_targets():
    """Every edge joins two nodes that are there and carries its sign, its sight or its quantity."""
    graph = plan().graph(TARGETS)
    ids = [node.id for node in graph.nodes]
    assert len(set(ids)) == len(ids) == 1 + 2 + 3 + 2 + 2
    assert {edge.start for edge in graph.edges} | {edge.end for edge in graph.edges} <= set(ids)
    edges = {(edge.start, edge.end): (edge.kind, edge.mark) for edge in graph.edges}
    assert edges["parameter:talc", "factor:crystal fraction"] == ("moves", "")
    assert edges["factor:crystal fraction", "target:impact"] == ("acts_on", "-")
    assert edges["modality:DSC", "factor:crystal fraction"] == ("sees", "direct")
    assert edges["test:Charpy", "target:impact"] == ("gives", "impact strength")
    assert len(edges) == 1 + 3 + 2 + 2


def test_a_plan_is_closed_and_round_trips():
    """Unknown keys, signs and probes are refused; the JSON value rebuilds the same plan in the same order."""
    for wrong in ({"acts_on": {"modulus": "up"}}, {"act_on": {}}, {"origin": "guessed"}):
        with pytest.raises(ValidationError):
            changed("factors", "filler volume", **wrong)
    with pytest.raises(ValidationError):
        changed("modalities", "DSC", probe="warmth")
    again = TaskPlan.model_validate(plan().model_dump(mode="json"))
    assert again == plan()
    assert list(again.factors) == list(plan().factors)
