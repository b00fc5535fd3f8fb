"""Features in a database: once each, whole or not at all, the last recipe first, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from loop.observations import State
from services.records.derived import Derived, DerivedValue
from services.records.feature import Feature
from services.records.measurement import KeptFile, Measurement, measurement_id
from services.store import StoreError
from services.store.features import SqlFeatures
from services.store.measurements import SqlMeasurements

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FILE = "c" * 64
ONE, OTHER = measurement_id(FILE, 1), measurement_id(FILE, 2)
OLD, NEW = "1" * 64, "2" * 64


@pytest.fixture
def features(database):
    """A workspace that two measurements were taken into."""
    kept = KeptFile(hash=FILE, size=9, name="a.csv", received_at=NOW, reader="profile:xy")
    numbered = [Measurement(id=measurement_id(FILE, n), file=FILE, number=n, modality="TG") for n in (1, 2)]
    SqlMeasurements(database).take_in(kept, numbered)
    return SqlFeatures(database)


def made(measurement=ONE, recipe=OLD, value=22.5, **more):
    return Derived(
        measurement=measurement,
        recipe=recipe,
        modality="TG",
        features=(
            Feature(name="residue", unit="%", value=value, stderr=0.125, recipe="at 600 °C"),
            Feature(name="ash", unit="%", state=State.BELOW_DETECTION, limit=0.1),
            Feature(name="onset", unit="°C", state=State.NOT_MEASURED, reason="no mass is stated"),
        ),
        peaks=({"fit": "rate", "number": 1, "position": 451.25},),
        notes=("the gas is not stated",),
        **more,
    )


def test_what_is_put_comes_back(features):
    """Values, errors, states, limits, reasons, peaks and notes; numbers to the last bit."""
    assert features.put(made(value=0.1 + 0.2), at=NOW)
    (found,) = features.derived([ONE])
    by_name = {feature.name: feature for feature in found.features}
    assert by_name == {feature.name: feature for feature in made(value=0.1 + 0.2).features}
    assert (found.peaks, found.notes, found.fault) == (made().peaks, made().notes, "")


def test_the_same_recipe_is_written_once(features):
    """Whoever comes second writes nothing."""
    assert features.put(made(), at=NOW)
    assert not features.put(made(value=99.0), at=NOW)
    (found,) = features.derived()
    assert found.features[-1].value == 22.5


def test_the_last_recipe_stands_and_the_one_before_can_be_compared(features):
    """And who goes back to the first has the first again, once."""
    features.put(made(), at=NOW)
    features.put(made(recipe=NEW, value=23.0), at=NOW)
    assert features.recipes() == {ONE: NEW}
    assert {f.name: f.value for f in features.before(ONE, NEW)}["residue"] == 22.5
    assert features.before(ONE, OLD) == []
    features.put(made(), at=NOW)
    assert features.recipes() == {ONE: OLD}
    assert {f.name: f.value for f in features.before(ONE, OLD)}["residue"] == 23.0


def test_measurements_are_told_apart(features):
    """Asked for one, one comes; asked for all, all in the order of their ids."""
    features.put(made(OTHER, value=1.0), at=NOW)
    features.put(made(ONE), at=NOW)
    assert [one.measurement for one in features.derived()] == [ONE, OTHER]
    assert [one.features[-1].value for one in features.derived([OTHER])] == [1.0]
    assert features.derived([]) == []


def test_a_fault_is_kept_with_its_reason(features):
    """Nothing was made of it: that is known, and it is not tried again."""
    features.put(Derived(measurement=ONE, recipe=OLD, modality="TG", fault="no curve of mass"), at=NOW)
    (found,) = features.derived()
    assert (found.fault, found.features) == ("no curve of mass", ())
    assert features.recipes() == {ONE: OLD}


def test_features_of_what_is_not_there_are_refused_whole(features):
    """A measurement that nobody took in has none."""
    with pytest.raises((StoreError, IntegrityError)):
        features.put(made("M-000000000000-01"), at=NOW)
    assert features.recipes() == {}


def test_values_of_all_measurements_come_in_one_table(features, database):
    """By their last recipe, with whose they are; of one campaign where it is asked; what is excluded is left out."""
    measurements = SqlMeasurements(database)
    whose = measurements.measurement(ONE).model_copy(update={"campaign": "PP01", "specimen": "PP01-X0001"})
    measurements.decide(ONE, whose, what="linked", actor="a", at=NOW, reason="")
    features.put(made(), at=NOW)
    features.put(made(recipe=NEW, value=23.0), at=NOW)
    features.put(made(OTHER, value=1.0), at=NOW)
    cells = {(one.measurement, one.name): one for one in features.values()}
    assert len(cells) == 6
    assert cells[ONE, "residue"] == DerivedValue("PP01-X0001", ONE, "TG", "residue", "%", 23.0, 0.125)
    assert cells[OTHER, "residue"].specimen == ""
    assert cells[ONE, "ash"].value is None
    assert {one.measurement for one in features.values("PP01")} == {ONE}
    excluded = whose.model_copy(update={"judgement": "excluded"})
    measurements.decide(ONE, excluded, what="excluded", actor="a", at=NOW, reason="the pan was open")
    assert {one.measurement for one in features.values()} == {OTHER}
