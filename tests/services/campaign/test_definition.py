"""A definition is read whole, or refused with every mistake on its line and what would be right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from loop.definition import Definition
from loop.errors import DefinitionError, Fault
from loop.events import DefinitionAdopted, read_event
from services.campaign.definition import (
    CampaignDefinition,
    from_event_payload,
    json_schema,
    known_sections,
    read_campaign_definition,
)
from services.campaign.plan import CampaignPlan
from services.records.yaml_source import read_yaml

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "campaign.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")

SMALL = """\
schema: 1
campaign: T1
parameters:
  配合: {kind: continuous, low: 0, high: 10, step: 0.5}
  grade: {kind: categorical, levels: [a, b]}
targets:
  strength: {goal: maximise, unit: MPa, repeatability_sd: 1, source: {test: tensile}}
factors:
  x: {acts_on: {strength: "+"}}
modalities:
  DSC: {probe: heat, sees: {x: direct}}
  IR: {probe: light, sees: {x: indirect}}
tests:
  tensile: {quantities: {strength: MPa}}
"""


def no_table(path: str) -> list[dict[str, float | str]]:
    """A reader for definitions that name no table."""
    raise AssertionError(f"nothing should ask for {path}")


def read(text: str, read_table=no_table) -> CampaignDefinition:
    """Read a text as the file campaign.yaml."""
    return read_campaign_definition(text, file_name="campaign.yaml", read_table=read_table)


def faults_in(text: str, read_table=no_table) -> tuple[Fault, ...]:
    """Return the faults of a text that has some."""
    with pytest.raises(DefinitionError) as caught:
        read(text, read_table)
    return caught.value.faults


def planted(old: str, new: str) -> tuple[str, int]:
    """Put a mistake into the example; return the text and the line where the change begins."""
    assert old in TEXT, old
    at = TEXT.index(old)
    return TEXT[:at] + new + TEXT[at + len(old) :], TEXT.count("\n", 0, at) + 1


class Mistake(NamedTuple):
    """One thing a person gets wrong: what it replaces, and what the fault has to say."""

    old: str
    new: str
    field: str
    says: str
    """Words of the message or the hint that lead to what is right."""
    line: int = 0
    """Lines below the change at which the fault stands."""


COMPONENT = "ingredients.components"
MISTAKES = {
    "typing error in a key": Mistake(
        "      stock_kg: 800\n", "      stok_kg: 800\n", f"{COMPONENT}.homo-PP.stok_kg", "did you mean stock_kg?"
    ),
    "typing error in a section": Mistake("constraints:\n", "constrains:\n", "constrains", "did you mean constraints?"),
    "section of the plan misspelt": Mistake("modalities:\n", "modalites:\n", "modalites", "did you mean modalities?"),
    "a key that other tools use": Mistake(
        "    low: 190\n", "    min: 190\n", "parameters.melt temperature.min", "mean low?"
    ),
    "American spelling": Mistake(
        "    goal: maximise\n", "    goal: maximize\n", "targets.modulus.goal", "did you mean maximise?"
    ),
    "required key missing": Mistake("    goal: minimise\n", "", "targets.cost.goal", "maximise, minimise", -2),
    "schema missing": Mistake("schema: 1  ", "#", "schema", "write 1", -6),
    "schema of the future": Mistake("schema: 1  ", "schema: 9  ", "schema", "write 1"),
    "kind missing": Mistake(
        "    kind: continuous\n", "", "parameters.melt temperature.kind", "kind: continuous fits", -1
    ),
    "kind misspelt": Mistake(
        "    kind: continuous\n",
        "    kind: continous\n",
        "parameters.melt temperature.kind",
        "did you mean continuous?",
    ),
    "kind of a constraint missing": Mistake(
        "  - kind: ratio\n    name: stab", "  - name: stab", "constraints.2.kind", "kind: ratio fits"
    ),
    "step does not divide": Mistake(
        "      high: 25\n", "      high: 25.3\n", f"{COMPONENT}.talc.high", "next to it lies 25.5"
    ),
    "low above high": Mistake(
        "    low: 190\n    high: 230\n",
        "    low: 230\n    high: 190\n",
        "parameters.melt temperature.low",
        "low must be below high",
    ),
    "limits swapped": Mistake(
        "limits: {at_least: 8, at_most: 25}",
        "limits: {at_least: 25, at_most: 8}",
        "targets.melt flow rate.limits.at_least",
        "must be below at_most 8",
    ),
    "decimal comma": Mistake("    low: 190\n", "    low: 190,5\n", "parameters.melt temperature.low", "190.5"),
    "unit beside the number": Mistake(
        "    low: 190\n", "    low: 190 °C\n", "parameters.melt temperature.low", "the number alone: 190"
    ),
    "full-width digits": Mistake(
        "    low: 190\n", "    low: １９０\n", "parameters.melt temperature.low", "plain digits: 190"
    ),
    "number as text": Mistake("  batch: 4  ", "  batch: four  ", "policy.batch", "needs a whole number"),
    "half a formulation": Mistake("  batch: 4  ", "  batch: 4.5  ", "policy.batch", "needs a whole number"),
    "nothing to make": Mistake("  batch: 4  ", "  batch: 0  ", "policy.batch", "must be > 0"),
    "text as number": Mistake("    unit: MPa\n", "    unit: 7\n", "targets.modulus.unit", 'between quotes: "7"'),
    "yes in another language": Mistake(
        "    hard_to_change: true ",
        "    hard_to_change: ja ",
        "parameters.melt temperature.hard_to_change",
        "true or false",
    ),
    "nothing behind a key": Mistake(
        "budget: {specimens: 48, cycles: 10}", "budget:", "budget", "give a value, or delete the line"
    ),
    "list instead of keys": Mistake(
        "budget: {specimens: 48, cycles: 10}",
        "budget:\n  - specimens: 48\n  - cycles: 10",
        "budget",
        "without the dash",
    ),
    "one name instead of a list": Mistake(
        "of: [elastomer, talc, CaCO3, PP-g-MA, nucleating agent]", "of: elastomer", "constraints.4.of", "[elastomer]"
    ),
    "wrong unit": Mistake(
        "    unit: kJ/m²\n", "    unit: J/m²\n", "targets.impact.unit", "gives impact strength in kJ/m²"
    ),
    "unknown parameter in a sum": Mistake(
        "coefficients: {talc: 1, CaCO3: 1}",
        "coefficients: {tlac: 1, CaCO3: 1}",
        "constraints.0.coefficients.tlac",
        "did you mean talc?",
    ),
    "unknown parameter in a ratio": Mistake(
        "    numerator: antioxidant\n", "    numerator: anti-oxidant\n", "constraints.2.numerator", "antioxidant?"
    ),
    "unknown level": Mistake(
        "talc grade: fine, talc", "talc grade: fin, talc", "constraints.6.when.talc grade", "did you mean fine?"
    ),
    "bounds on a choice": Mistake(
        "talc grade: fine, talc", "talc grade: 3, talc", "constraints.6.when.talc grade", "name levels"
    ),
    "counting what is no ingredient": Mistake(
        "of: [elastomer,", "of: [screw speed,", "constraints.4.of.0", "is not an ingredient"
    ),
    "constraint without a bound": Mistake(
        "    at_least: 60\n", "", "constraints.1", "needs at_least, at_most or equals", -3
    ),
    "carrier that is no ingredient": Mistake(
        "masterbatch: {active: 20, carrier: homo-PP}",
        "masterbatch: {active: 20, carrier: homoPP}",
        f"{COMPONENT}.antioxidant.masterbatch.carrier",
        "did you mean homo-PP?",
    ),
    "no such day": Mistake(
        "expires: 2027-09-30", "expires: 2027-09-31", f"{COMPONENT}.recycled PP.lots.R-2609.expires", "YYYY-MM-DD"
    ),
    "date of another country": Mistake(
        "expires: 2027-09-30", "expires: 30.09.2027", f"{COMPONENT}.recycled PP.lots.R-2609.expires", "YYYY-MM-DD"
    ),
    "unknown test": Mistake("test: tensile", "test: tensil", "targets.modulus.source.test", "did you mean tensile?"),
    "unknown quantity": Mistake(
        "quantity: modulus", "quantity: modulos", "targets.modulus.source.quantity", "did you mean modulus?"
    ),
    "quantity left open": Mistake(
        "{test: tensile, quantity: modulus}", "{test: tensile}", "targets.modulus.source.quantity", "tensile strength"
    ),
    "name without backticks": Mistake(
        '"`recycled PP`"', '"recycled PP"', "targets.recycled content.source.expression", "between backticks"
    ),
    "expression that begins with a backtick": Mistake(
        '"`recycled PP`"', "`recycled PP`", "targets.recycled content.source.expression", "double quotes"
    ),
    "typing error in an expression": Mistake(
        "2.40 * elastomer", "2.40 * elastomere", "targets.cost.source.expression", "did you mean elastomer?", -1
    ),
    "choice in an expression": Mistake(
        '"`recycled PP`"', '"`talc grade`"', "targets.recycled content.source.expression", "has no number"
    ),
    "objective about nothing": Mistake(
        "targets: [modulus, impact, cost]", "targets: [modulus, impakt, cost]", "objective.targets.1", "mean impact?"
    ),
    "one goal too many": Mistake("  kind: pareto\n", "  kind: single\n", "objective", "pareto or desirability", -1),
    "reference point incomplete": Mistake(
        "reference_point: {modulus: 1200, impact: 3, cost: 1.50}",
        "reference_point: {modulus: 1200, impact: 3}",
        "objective.reference_point",
        "one value for each of modulus, impact, cost",
    ),
    "reference point misspelt": Mistake(
        "reference_point: {modulus: 1200, impact: 3, cost: 1.50}",
        "reference_point: infered",
        "objective.reference_point",
        "did you mean inferred?",
    ),
    "id with small letters": Mistake("campaign: PP01", "campaign: pp01", "campaign", "use capitals"),
    "control incomplete": Mistake("    PP-g-MA: 1\n", "", "policy.control", "no value for PP-g-MA", -6),
    "control misspelt": Mistake("    PP-g-MA: 1\n", "    PPgMA: 1\n", "policy.control.PPgMA", "did you mean PP-g-MA?"),
    "control does not sum": Mistake(
        "    homo-PP: 43.8\n", "    homo-PP: 44\n", "policy.control", "sum of ingredients = 100", -1
    ),
    "control of an unknown level": Mistake(
        "    talc grade: standard\n",
        "    talc grade: standrad\n",
        "policy.control.talc grade",
        "did you mean standard?",
    ),
    "factor moved by nothing": Mistake(
        "moved_by: [talc, CaCO3]", "moved_by: [talc, CaC03]", "factors.filler volume.moved_by.1", "did you mean CaCO3?"
    ),
    "factor acts on nothing": Mistake(
        '{modulus: "+", impact: "±"', '{modulus: "+", impakt: "±"', "factors.filler volume.acts_on.impakt", "impact?"
    ),
    "sign in words": Mistake(
        '{modulus: "+", impact: "±"',
        '{modulus: up, impact: "±"',
        "factors.filler volume.acts_on.modulus",
        "one of +, -, ±",
    ),
    "modality sees nothing": Mistake(
        "{molar mass: direct,", "{molar mas: direct,", "modalities.GPC.sees.molar mas", "did you mean molar mass?"
    ),
    "unknown probe": Mistake("    probe: x-ray\n", "    probe: xray\n", "modalities.WAXS.probe", "did you mean x-ray?"),
    "key twice": Mistake(
        "      price: 2.40\n",
        "      price: 2.40\n      price: 2.5\n",
        f"{COMPONENT}.elastomer.price",
        "drop or rename",
        1,
    ),
    "tab": Mistake("      low: 30\n", "\t  low: 30\n", f"{COMPONENT}.recycled PP.description", "plain spaces"),
    "wrong indentation making a list": Mistake(
        "    kind: discrete\n    unit: 1/min\n",
        "    - kind: discrete\n    unit: 1/min\n",
        "parameters.screw speed.0.kind",
        "'- ' before every entry",
        1,
    ),
    "colon without a space": Mistake(
        "    low: 190\n", "    low:190\n", "parameters.melt temperature.unit", "a space behind"
    ),
    "percent without quotes": Mistake('  unit: "%"  ', "  unit: %  ", "ingredients.unit", "double quotes"),
    "unclosed bracket": Mistake(
        "{specimens: 48, cycles: 10}", "{specimens: 48, cycles: 10", "budget.cycles", "close it"
    ),
    "merge key": Mistake(
        "budget: {specimens: 48,", "budget: {<<: 1, specimens: 48,", "budget.<<", "write the keys out"
    ),
    "rules that contradict each other": Mistake(
        "    at_least: 60\n",
        "    at_most: 50\n",
        "constraints.1",
        "side feeder; polypropylene stays the matrix",
        -3,
    ),
    "limit that no formulation keeps": Mistake(
        "limits: {at_least: 35}", "limits: {at_least: 75}", "targets.recycled content.limits", "recycled PP 30 to 70"
    ),
    "limit on a crooked expression": Mistake(
        '"`recycled PP`"', '"`recycled PP` * talc"', "targets.recycled content", "needs a linear expression", -4
    ),
    "negative density": Mistake("density: 0.87\n", "density: -0.87\n", f"{COMPONENT}.elastomer.density", "must be > 0"),
    "levels described unevenly": Mistake(
        "{d50_um: 3.9, surface_m2_per_g: 6.0}", "{d50_um: 3.9}", "parameters.talc grade", "same descriptors", -5
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_each_mistake_is_named_with_file_line_field_and_what_would_be_right(case):
    """One planted mistake gives one fault, on its line, at its field, with words that lead to the right form."""
    mistake = MISTAKES[case]
    text, line = planted(mistake.old, mistake.new)
    (fault,) = faults_in(text)
    assert (fault.file, fault.line, fault.field) == ("campaign.yaml", line + mistake.line, mistake.field)
    assert mistake.says in str(fault)


def test_mistakes_in_several_sections_are_found_in_one_reading():
    """Keys, numbers, names in constraints, expressions, the plan and duplicates: none hides another."""
    text = TEXT
    wrong = [
        "      stock_kg: 800\n",
        "coefficients: {talc: 1, CaCO3: 1}",
        "    goal: minimise\n",
        "2.40 * elastomer",
        "  batch: 4  ",
        "test: tensile,",
        "moved_by: [talc, CaCO3]",
        "\nbudget: {",
    ]
    right = [
        "      stok_kg: 800\n",
        "coefficients: {tlac: 1, CaCO3: 1}",
        "    goal: minimize\n",
        "2.40 * elastomere",
        "  batch: 4,5",
        "test: tensil,",
        "moved_by: [talc, CaC03]",
        "\nbugdet: {",
    ]
    for old, new in zip(wrong, right, strict=True):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    faults = faults_in(text)
    assert [fault.field for fault in faults] == [
        "ingredients.components.homo-PP.stok_kg",
        "constraints.0.coefficients.tlac",
        "targets.modulus.source.test",
        "targets.cost.goal",
        "targets.cost.source.expression",
        "bugdet",
        "policy.batch",
        "factors.filler volume.moved_by.1",
    ]
    assert [fault.line for fault in faults] == sorted(fault.line or 0 for fault in faults)


def test_the_example_holds_and_leaves_nothing_open():
    """The example of the documentation reads without a fault and without a warning, and uses every kind there is."""
    definition = read(TEXT)
    assert definition.warnings == []
    assert {constraint.kind for constraint in definition.core.constraints} == {"linear", "ratio", "count", "forbid"}
    assert any(constraint.safety for constraint in definition.core.constraints)
    assert {p.kind for p in definition.core.parameters.values()} == {"continuous", "discrete", "categorical"}
    assert len(definition.plan.modalities) == 8
    assert len({modality.probe for modality in definition.plan.modalities.values()}) >= 4
    assert set(known_sections()) - set(read_yaml(TEXT).data) == {"candidates", "chains", "quality"}


def test_every_field_says_what_it_is():
    """Each field of each model in a definition has a description, for the schema and the reference."""
    silent = [
        f"{m.__name__}.{name}" for m in models() for name, field in m.model_fields.items() if not field.description
    ]
    assert silent == []


def models() -> list[type[BaseModel]]:
    """Every model that a definition is made of."""
    found: list[type[BaseModel]] = []

    def walk(kind: object) -> None:
        for inner in getattr(kind, "__args__", ()):
            walk(inner)
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in found:
            found.append(kind)
            for field in kind.model_fields.values():
                walk(field.annotation)

    walk(Definition)
    walk(CampaignPlan)
    return found


def test_the_journal_keeps_the_whole_definition():
    """Through the event and JSON, core, plan, text and the order of the parameters come back the same."""
    definition = read(TEXT)
    event = DefinitionAdopted(version=1, **definition.to_event_payload())
    kept = read_event(json.loads(json.dumps(event.model_dump(mode="json"))))
    assert isinstance(kept, DefinitionAdopted)
    again = from_event_payload(kept.text, kept.core, kept.extras)
    assert (again.core, again.plan, again.text) == (definition.core, definition.plan, definition.text)
    assert list(again.core.knobs) == list(definition.core.knobs)
    assert again.core.fingerprint == definition.core.fingerprint
    assert again.warnings == []


def test_names_in_any_language():
    """Japanese names are names like any other, in faults as well."""
    assert list(read(SMALL).core.knobs) == ["配合", "grade"]
    (fault,) = faults_in(SMALL.replace("high: 10", "high: 十"))
    assert (fault.field, fault.line) == ("parameters.配合.high", 4)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("1" * 3000, "at most 2000"),
        ("(" * 900 + "配合" + ")" * 900, "is not an expression"),
        ("-" * 1900 + "配合", ""),
        ("配合 * 1" + "0" * 400, ""),
        ("5", "names no parameter"),
        ("配合 + * 2", "is not an expression"),
        ("__import__('os')", "is not allowed"),
    ],
)
def test_an_expression_beyond_use_is_a_fault_and_no_accident(expression, says):
    """Too long, too deep, too large, constant or no arithmetic: a fault at the expression."""
    target = f"  price: {{goal: limits, limits: {{at_most: 1}}, source: {{expression: {json.dumps(expression)}}}}}\n"
    (fault,) = faults_in(SMALL.replace("factors:\n", target + "factors:\n"))
    assert (fault.field, fault.line) == ("targets.price.source.expression", 8)
    assert says in fault.message


CANDIDATES = SMALL + "candidates: {file: 表.csv}\n"
ROWS = [{"配合": 0.5, "grade": "a"}, {"配合": 1.0, "grade": "b"}]


def test_a_candidate_table_becomes_part_of_the_definition():
    """The rows are read once and inlined, so that the definition is whole without the file; other columns are noted."""
    asked = []

    def read_table(path):
        asked.append(path)
        return [{**row, "note": "x"} for row in ROWS]

    definition = read(CANDIDATES, read_table)
    assert asked == ["表.csv"]
    assert definition.core.candidates is not None
    assert [dict(row) for row in definition.core.candidates.rows] == ROWS
    (warning,) = definition.warnings
    assert (warning.line, warning.field) == (15, "candidates.file")
    assert "'note'" in warning.message
    assert json.dumps(definition.core_json)


@pytest.mark.parametrize(
    ("rows", "field", "says"),
    [
        (FileNotFoundError("no such file"), "candidates.file", "cannot be read: no such file"),
        (ValueError("row 3: broken"), "candidates.file", "row 3: broken"),
        ([], "candidates.file", "holds no row"),
        ([{"配 合": 1.0, "grade": "a"}], "candidates.file", "did you mean 配 合?"),
        ([ROWS[0], {"配合": 1.0, "grade": "c"}], "candidates.file", "row 2: grade: 'c' is no level of it"),
        ([ROWS[0], {"配合": None, "grade": "a"}], "candidates.file", "row 2, 配合: needs a number or text"),
        ([{"配合": 11.0, "grade": "a"}], "candidates", "none of the 1 candidates meets the constraints"),
    ],
)
def test_a_wrong_candidate_table_is_a_fault_where_it_is_named(rows, field, says):
    """A file that is not there, columns and cells that do not fit: the fault stands on the line that names the file."""

    def read_table(path):
        if isinstance(rows, Exception):
            raise rows
        return rows

    (fault,) = faults_in(CANDIDATES, read_table)
    assert (fault.field, fault.line) == (field, 15)
    assert says in str(fault)


def test_rows_in_the_definition_have_their_own_lines():
    """Candidates written into the YAML are at fault on their own line."""
    rows = "candidates:\n  rows:\n    - {配合: 1, grade: a}\n    - {配合: 2, grade: c}\n"
    (fault,) = faults_in(SMALL + rows)
    assert (fault.field, fault.line) == ("candidates.rows.1", 18)


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("high: 10,", "high: 10.2,", "parameters.配合.high", "not on the grid"),
        (", repeatability_sd: 1", "", "targets.strength", "repeatability_sd"),
        ("probe: light", "probe: heat", "modalities", "every modality probes with heat"),
        ("sees: {x: indirect}", "sees: {}", "modalities.IR", "sees no factor"),
        ("factors:\n", "budget: {specimens: 3}\nfactors:\n", "budget.specimens", "the initial design takes 4"),
    ],
)
def test_what_would_run_but_should_be_looked_at_is_a_warning(old, new, field, message):
    """A warning has file, line, field, and what to do."""
    assert read(SMALL).warnings == []
    definition = read_campaign_definition(SMALL.replace(old, new), file_name="t1.yaml", read_table=no_table)
    (warning,) = definition.warnings
    assert (warning.file, warning.field) == ("t1.yaml", field)
    assert message in warning.message
    assert warning.hint
    assert warning.line == read_yaml(definition.text).line_of(field)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("      balance_g: 0.1           # what", "      balance_g: 1             # what", "homo-PP.step"),
        ("      density: 0.87\n", "", "elastomer"),
    ],
)
def test_a_mixture_that_cannot_be_weighed_or_has_gaps_is_a_warning(old, new, field):
    """Steps finer than the balance, and densities for some ingredients only."""
    text, _ = planted(old, new)
    assert [warning.field for warning in read(text).warnings] == [f"ingredients.components.{field}"]


LINES = TEXT.split("\n")
DAMAGE = [
    "",
    "-",
    ": ",
    "[",
    "}",
    "'",
    "\t",
    "-1",
    "1e999",
    ".inf",
    "null",
    "{}",
    "[1, 2]",
    "talc",
    "`",
    "*a",
    "!x ",
    "x: y",
]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, len(LINES) - 1),
    st.integers(0, 60),
    st.sampled_from(DAMAGE),
    st.sampled_from(["replace", "value", "drop", "twice", "indent"]),
)
def test_no_damage_to_a_line_breaks_the_reading(number, column, bit, how):
    """Whatever happens to one line: the definition reads, or its faults name a line and a field of the file."""
    line = LINES[number]
    changed = {
        "replace": [line[:column] + bit + line[column + 1 :]],
        "value": [line.partition(":")[0] + ": " + bit],
        "drop": [],
        "twice": [line, line],
        "indent": ["  " + line],
    }[how]
    text = "\n".join([*LINES[:number], *changed, *LINES[number + 1 :]])
    faults: tuple[Fault, ...] = ()
    try:
        read(text)
    except DefinitionError as error:
        faults = error.faults
    assert all(f.field and f.message and 1 <= (f.line or 0) <= len(LINES) + 1 for f in faults)


# ---------------------------------------------------------------------- the published schema
SCHEMA = json_schema()


def schema_errors(text: str) -> list[str]:
    """Check the data of a YAML text against the published schema."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [error.message for error in validator.iter_errors(read_yaml(text).data)]


def test_the_schema_is_a_schema_and_accepts_what_reads():
    """The published schema is valid JSON schema; the example, short forms and a small definition pass it."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert schema_errors(TEXT) == []
    assert schema_errors(SMALL) == []
    assert schema_errors(CANDIDATES) == []


def test_the_schema_accepts_what_is_written_down_in_the_journal():
    """Core and extras as JSON, all defaults written out, are a definition as well."""
    definition = read(TEXT)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [e.message for e in validator.iter_errors({**definition.core_json, **definition.extras_json})] == []


FORM = [
    "typing error in a key",
    "typing error in a section",
    "section of the plan misspelt",
    "a key that other tools use",
    "American spelling",
    "required key missing",
    "schema missing",
    "schema of the future",
    "kind missing",
    "kind misspelt",
    "kind of a constraint missing",
    "decimal comma",
    "unit beside the number",
    "number as text",
    "half a formulation",
    "nothing to make",
    "text as number",
    "yes in another language",
    "nothing behind a key",
    "list instead of keys",
    "one name instead of a list",
    "date of another country",
    "reference point misspelt",
    "sign in words",
    "unknown probe",
    "negative density",
]
"""Mistakes of form, which need no knowledge of the rest."""


@pytest.mark.parametrize("case", FORM)
def test_the_schema_refuses_mistakes_of_form(case):
    """What is wrong in itself, the schema finds while one types."""
    text, _ = planted(MISTAKES[case].old, MISTAKES[case].new)
    assert schema_errors(text)


def test_the_schema_describes_every_property():
    """Each property of each part carries a description for the editor to show, or leads to a part that does."""
    silent = [
        f"{name}.{key}"
        for name, part in {"": SCHEMA, **SCHEMA["$defs"]}.items()
        for key, value in part.get("properties", {}).items()
        if not value.get("description") and "$ref" not in value
    ]
    assert silent == []
    assert [name for name, part in SCHEMA["$defs"].items() if not part.get("description")] == []
