"""What a validation error means to a person: the field as it stands in the data, and what would be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError, model_validator

from loop.faults import WHOLE, faults_of, locate
from loop.hints import did_you_mean
from loop.values import Frozen, Setting


class Circle(Frozen):
    """One choice of a union."""

    kind: Literal["circle"] = "circle"
    radius: float = Field(gt=0, description="Half the width, mm.")


class Plate(Frozen):
    """The other choice."""

    kind: Literal["plate"] = "plate"
    width: float
    height: float

    @model_validator(mode="after")
    def _is_upright(self) -> Plate:
        if self.width > self.height:
            raise ValueError(f"width {self.width:g} is above the other")
        return self


class Part(Frozen):
    """What the tests read."""

    version: Literal[1] = Field(alias="schema", description="Version of the form.")
    shapes: Mapping[str, Annotated[Circle | Plate, Field(discriminator="kind")]] = {}
    order: tuple[str, ...] = ()
    settings: Mapping[str, Setting] = {}
    reference: Mapping[str, float] | Literal["inferred"] = "inferred"
    is_done: bool = False
    count: int | None = Field(default=None, ge=1, description="How many.")

    @model_validator(mode="after")
    def _knows_its_shapes(self) -> Part:
        for name in self.order:
            if name not in self.shapes:
                raise ValueError(f"there is no shape {name!r}; there are {', '.join(self.shapes)}")
        return self


def faults(**data: Any) -> dict[str, tuple[str, str]]:
    """Return message and hint by field."""
    whole = {"schema": 1, **data}
    with pytest.raises(ValidationError) as caught:
        Part.model_validate(whole)
    return {fault.field: (fault.message, fault.hint) for fault in faults_of(caught.value, Part, whole)}


@pytest.mark.parametrize(
    ("data", "field", "message", "hint"),
    [
        ({"schema": 2}, "schema", "unknown value 2", "write 1"),
        ({"shaps": {}}, "shaps", "unknown key", "did you mean shapes?"),
        ({"zzz": 1}, "zzz", "unknown key", "known here: schema, shapes, order, settings, reference, is_done, count"),
        ({"shapes": []}, "shapes", "needs keys with values, got []", "without the dash"),
        ({"shapes": "a: 1"}, "shapes", "needs keys with values", "a colon needs a space"),
        ({"shapes": {"a": {"radius": 1}}}, "shapes.a.kind", "is required", "kind: circle fits"),
        ({"shapes": {"a": {"kind": "cirlce"}}}, "shapes.a.kind", "unknown kind 'cirlce'", "did you mean circle?"),
        ({"shapes": {"a": {"kind": "circle"}}}, "shapes.a.radius", "is required", "Half the width, mm."),
        ({"shapes": {"a": {"kind": "circle", "radius": 0}}}, "shapes.a.radius", "must be > 0, got 0", "Half the width"),
        ({"shapes": {"circle": {"kind": "circle", "radius": "1,5"}}}, "shapes.circle.radius", "needs a number", "1.5"),
        ({"shapes": {"a": {"kind": "plate", "width": 2, "height": 1}}}, "shapes.a.width", "width 2 is above", ""),
        ({"order": "a"}, "order", "needs a list, got 'a'", "[a]"),
        ({"order": {"a": 1}}, "order", "needs a list", "'- '"),
        ({"order": ["a"], "shapes": {"aa": {"kind": "circle", "radius": 1}}}, "order.0", "no shape 'a'", ""),
        ({"settings": {"x": [1]}}, "settings.x", "needs a number or text, got [1]", ""),
        ({"reference": {"x": "y"}}, "reference.x", "needs a number, got 'y'", ""),
        ({"reference": "infered"}, "reference", "needs keys with values or 'inferred'", "did you mean inferred?"),
        ({"is_done": "ja"}, "is_done", "needs true or false, got 'ja'", ""),
        ({"count": "３"}, "count", "needs a whole number", "plain digits: 3"),
        ({"count": 1.5}, "count", "needs a whole number, got 1.5", "How many."),
        ({"count": 0}, "count", "must be ≥ 1, got 0", "How many."),
        ({"order": [1]}, "order.0", "needs text, got 1", '"1"'),
        ({"order": None}, "order", "needs a list, got None", "give a value, or delete the line"),
    ],
)
def test_each_mistake_gives_one_fault_at_its_field(data, field, message, hint):
    """Field, message and hint, in a person's words, whatever the type."""
    found = faults(**data)
    assert list(found) == [field]
    assert message in found[field][0]
    assert hint in found[field][1]


def test_a_key_that_is_only_misnamed_is_not_missed_as_well():
    """Where an unknown key stands for a required one, one fault says so."""
    found = faults(shapes={"a": {"kind": "circle", "radus": 1}})
    assert found == {"shapes.a.radus": ("unknown key", "did you mean radius?")}


def test_all_mistakes_are_found_at_once():
    """Faults in different fields do not hide each other."""
    found = faults(schema=3, shapes={"a": {"kind": "circle", "radius": "x"}}, order=[1], count=0)
    assert list(found) == ["schema", "shapes.a.radius", "order.0", "count"]


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("the carrier 'x' is none", ("mix", "carrier")),
        ("the filler 'y' is none", ()),
        ("high 3 must be above low 2", ("high",)),
        ("a reference point is needed", ("reference_point",)),
        ("target recycled content: its limit is crooked", ("goals", "recycled content")),
        ("nothing fits; low and high do not matter", ()),
    ],
)
def test_a_message_is_followed_only_as_far_as_is_certain(message, place):
    """To a value quoted in one place, to a key of its first clause, else nowhere."""
    value = {
        "low": 2,
        "high": 3,
        "reference_point": {},
        "mix": {"carrier": "x", "other": "y"},
        "more": ["y"],
        "goals": {"recycled content": {}},
    }
    assert locate(("at",), value, message) == ("at", *place)


def test_a_fault_of_everything_has_a_name():
    """Where no field is more to blame than another, the whole is."""
    with pytest.raises(ValidationError) as caught:
        Part.model_validate(3)
    assert faults_of(caught.value, Part, {})[0].field == WHOLE


@given(st.text(min_size=1), st.lists(st.text(min_size=1), max_size=5))
def test_a_word_is_never_said_to_stand_for_itself(word, known):
    """What is suggested is another of the known words."""
    hint = did_you_mean(word, known)
    assert hint == "" or (hint[13:-1] in known and hint[13:-1] != word)
