"""Extractions are declared, checked, and compose to features with names of their own."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from loop.observations import State
from services.features.amounts import Amounts
from services.features.defaults import default_extraction_names, default_extractions
from services.features.errors import ExtractionError
from services.features.extract import AnyExtraction, features_of, peak_rows_of
from services.records.reading import Amount
from tests.services.features.making import by_name, table

DECLARED = TypeAdapter(tuple[AnyExtraction, ...])


def test_limits_of_a_table_stay_limits():
    """``<0.01`` is below detection and ``>50`` above range, with the limit; the rest are numbers."""
    oxides = table(cao=(11.1, "%"), zno=Amount(0.0001, "%", "<"), sio2=Amount(50.0, "%", ">"))
    found = by_name(Amounts(names={"cao": "CaO"}).features(oxides))
    assert (found["CaO"].value, found["CaO"].unit) == (11.1, "%")
    assert (found["zno"].state, found["zno"].limit) == (State.BELOW_DETECTION, 0.0001)
    assert (found["sio2"].state, found["sio2"].limit) == (State.ABOVE_RANGE, 50.0)
    assert list(by_name(Amounts(only=("cao", "mgo")).features(oxides))) == ["cao"]


def test_two_features_of_one_name_are_refused():
    """A name means one thing in a measurement; the error says which and by what."""
    with pytest.raises(ExtractionError, match=r"'cao'.*amounts"):
        features_of(table(cao=(11.1, "%")), (Amounts(), Amounts(only=("cao",))))


def test_when_and_unless_choose_measurements_by_their_header():
    """An extraction that a measurement is not meant for gives nothing, not even a missing value."""
    reading = table(a=(1.0, ""))
    assert features_of(reading, (Amounts(unless="x"),)) != ()
    assert features_of(reading, (Amounts(when="preparation: cut"),)) == ()


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"kind": "guess"}, "kind"),
        ({"kind": "amounts", "colour": 1}, "colour"),
        ({"kind": "amounts", "when": "("}, "regular expression"),
        ({"kind": "heat"}, "transitions"),
        ({"kind": "mass loss", "steps": [{"name": "a", "from": [2, 1], "to": 3}]}, "no stretch"),
        ({"kind": "image", "particles": [{"name": "a", "grey": "bright"}] * 2}, "another name"),
        ({"kind": "lines", "lines": [{"name": "a", "at": 1, "within": 1}] * 2}, "another name"),
    ],
)
def test_what_is_declared_wrongly_is_refused(declared, says):
    """Unknown kinds and keys, and settings that contradict themselves."""
    with pytest.raises(ValidationError, match=says):
        DECLARED.validate_python([declared])


def test_every_modality_has_defaults_that_stand():
    """Shipped extractions validate and survive being written and read; other spellings find them."""
    for name in default_extraction_names():
        extractions = default_extractions(name)
        assert extractions, name
        written = DECLARED.dump_python(extractions, mode="json", by_alias=True)
        assert DECLARED.validate_python(written) == extractions
    assert default_extractions("FTIR") is default_extractions("FT-IR")
    assert default_extractions("XRD") is default_extractions("WAXS")
    assert default_extractions("tasting") == ()


def test_measurements_without_curves_fits_or_images_break_nothing():
    """Every default gives reasons for an empty table, and each feature is whole."""
    for name in default_extraction_names():
        for feature in features_of(table(a=(1.0, "")), default_extractions(name)):
            assert feature.value is not None or feature.reason
        assert peak_rows_of(table(a=(1.0, "")), default_extractions(name)) == ()


def test_every_setting_is_described():
    """A person who declares an extraction reads what each setting means."""
    schema = DECLARED.json_schema()
    for model in schema["$defs"].values():
        for name, setting in model.get("properties", {}).items():
            assert name == "kind" or setting.get("description"), (model["title"], name)
