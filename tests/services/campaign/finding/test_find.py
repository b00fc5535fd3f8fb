"""Questions to a store with a campaign beside it, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime

import pytest

from loop.observations import State, TargetValue
from services.campaign.finding.errors import QueryError
from services.campaign.finding.find import find
from services.campaign.finding.sources import Sources
from services.records.measurement import KeptFile
from services.records.piece import Piece
from services.records.reading import Amount, Facts, Reading
from services.store import SqlJournal
from services.store.measurements import SqlMeasurements
from tests.services.campaign.measured import NOON, amounts, measurement_of, program, spectrum
from tests.services.campaign.tiny import TINY, begun, run_cycle


@pytest.fixture
def sources(database):
    """Three films of PP01, of which one lies above the range; five measurements, one of nobody."""
    service = begun(SqlJournal(database), TINY.replace("count: 3", "count: 9"))
    first, second, third = run_cycle(service) + run_cycle(service)[:1]
    above = TargetValue(state=State.ABOVE_RANGE, limit=50.0, n=1)
    service.correct("PP01", f"{third}-S1", "strength", above, reason="it did not break")
    store = SqlMeasurements(database)
    readings = [
        (spectrum(), first, "run 1.spc", {"judgement": "doubted", "doubts": (("flat", "it is flat"),)}),
        (program("DSC", "heat_flow", "mW"), first, "run 2.csv", {}),
        (spectrum(modality="Raman"), second, "run 3.wdf", {"specimen": ""}),
        (amounts("XRF", ash=Amount(12.5, "%"), tin=Amount(0.1, "%", "<")), third, "run 4.csv", {}),
        (amounts("XRF", ash=Amount(9.0, "wt%")), "", "run 5.csv", {"waits_because": "no name"}),
    ]
    for number, (reading, proposal, name, told) in enumerate(readings, start=1):
        hash_ = str(number) * 64
        whose = {"campaign": "PP01", "proposal": proposal, "specimen": f"{proposal}-S1"} if proposal else {}
        piece = Piece(bar=str(number), moulded_on=datetime(2026, 2, 20).date())
        made = {"measured_at": f"2026-03-0{number}T06:00:00", "piece": piece, **whose, **told}
        file = KeptFile(hash=hash_, size=1, name=name, received_at=NOON, reader="spc")
        assert store.take_in(file, [measurement_of(reading, hash_, **made)])
    return Sources(store.measurements(), {file.hash: file for file in store.files()}, {"PP01": service.state("PP01")})


def found(text: str, sources: Sources) -> list[str]:
    """Which of the five, by the first digit of their hashes."""
    return [one.id[2] for one in find(text, sources).found]


QUESTIONS = {
    "modality = FTIR": "1",
    "modality = FT-IR": "1",
    "modality = 'ft ir'": "1",
    "modality = ftir or modality == 'RAMAN'": "13",
    "modality in (FTIR, Raman)": "13",
    "modality not in (FTIR, Raman)": "245",
    "MODALITY != xrf": "123",
    "file ~ 'RUN 4'": "4",
    "file !~ csv": "13",
    "judgement = doubted": "1",
    "doubt ~ flat": "1",
    "doubt is missing": "2345",
    "not doubt ~ flat": "",
    "specimen is missing": "35",
    "bar = 3": "3",
    "age >= 10 days": "2345",
    "age < 9.5": "1",
    "measured = 2026-03-02": "2",
    "measured > 2026-03-02": "345",
    "measured >= 2026-03-02": "2345",
    "measured <= 2026-03-02": "12",
    "measured < 2026-03": "",
    "measured = 2026": "12345",
    "received < 2026-01-01": "",
    "mass = 5.1 and heating_rate >= 10 K/min": "2",
    "Heating-Rate > 5": "2",
    "cycle = 1": "123",
    "cycle = 2": "4",
    "strength >= 50": "4",
    "target.strength < 50": "123",
    "strength < 60 and file ~ 4": "",
    "strength is missing": "5",
    "temperature > 0 °C": "1234",
    "made.screw in (slow, fast)": "1234",
    "screw = quick": "",
    "ash > 10 %": "4",
    "ash > 1 wt%": "45",
    "tin < 1": "4",
    "tin < 0.01": "",
    "tin > 0.1": "",
}


def test_questions_find_what_they_ask_for(sources):
    """Fields, amounts, conditions, targets and parameters of the specimen, dates, limits."""
    assert {text: "".join(found(text, sources)) for text in QUESTIONS} == QUESTIONS


def test_an_answer_holds_what_was_asked_for(sources):
    """Each named value, null where it is missing; how many nobody can tell; limits in words."""
    view = find("strength > 1 and mass > 1 or tin < 1", sources)
    assert [(name.key, name.unit) for name in view.names] == [
        ("target.strength", "MPa"),
        ("condition.mass", "mg"),
        ("amount.tin", "%"),
    ]
    dsc, xrf = view.found
    assert dsc.values["condition.mass"] == 5.1
    assert dsc.values["amount.tin"] is None
    assert xrf.values["amount.tin"] == "<0.1 %"
    assert xrf.values["target.strength"] == ">50 MPa"
    assert (view.n_looked_at, view.n_unknown) == (5, 3)
    assert (dsc.file, dsc.specimen) == ("run 2.csv", f"{dsc.proposal}-S1")


def test_a_word_that_stands_nowhere_is_pointed_out(sources):
    """A slip of the pen finds nothing, and says so."""
    assert find("modality = FITR", sources).notes == ("no measurement has modality 'FITR'; did you mean FTIR?",)
    assert find("modality = FTIR", sources).notes == ()
    assert find("modality = x", Sources([], {}, {})).notes == ("no measurement was taken in yet",)


WRONG = [
    ("modalty = FTIR", 0, "nothing is called 'modalty' (did you mean modality?)"),
    ("modality = FTIR and strenght > 3", 20, "did you mean strength?"),
    ("target.strenght > 3", 0, "did you mean target.strength?"),
    ("strength > high", 11, "strength is a number, and 'high' is none"),
    ("strength > 3 GPa", 13, "strength stands in MPa, not in 'GPa'"),
    ("strength ~ 3", 11, "~ looks into words"),
    ("modality > FTIR", 11, "modality is a word: it is neither larger nor smaller"),
    ("modality = 3 mm", 13, "modality is no number, so 'mm' is no unit of it"),
    ("measured > yesterday", 11, "'yesterday' is no day"),
    ("cycle > 3 mm", 10, "cycle has no unit"),
]


def test_a_wrong_question_says_where_and_what_would_be_right(sources):
    for text, at, said in WRONG:
        with pytest.raises(QueryError) as caught:
            find(text, sources)
        assert said in str(caught.value)
        assert caught.value.at == at, text


def test_a_name_of_two_things_is_asked_for_whole(sources):
    """A condition of the measurement that is called as a parameter of the specimen."""
    reading = Reading(
        modality="FTIR", amounts={"ash": Amount(1, "%")}, facts=Facts(conditions={"temperature": Amount(23, "°C")})
    )
    own = [*sources.measurements, measurement_of(reading, "6" * 64)]
    both = Sources(own, {}, sources._states)
    with pytest.raises(QueryError, match=r"write made\.temperature or condition\.temperature"):
        find("temperature > 3", both)
    assert found("condition.temperature = 23", both) == ["6"]
    assert found("made.temperature > 23", both) == ["1", "2", "3", "4"]


def test_numbers_in_two_units_are_asked_for_with_one():
    """Nothing is converted, and nothing compared across units."""
    ours = [
        measurement_of(amounts("TG", mass=Amount(5, unit)), digit * 64) for digit, unit in (("1", "mg"), ("2", "g"))
    ]
    sources = Sources(ours, {}, {})
    with pytest.raises(QueryError, match=r"mass stands in mg and g \(say which: 1 mg\)"):
        find("mass > 1", sources)
    assert found("mass > 1 g", sources) == ["2"]
    assert find("mass = 5 mg", sources).found[0].values == {"amount.mass": "5 mg"}
