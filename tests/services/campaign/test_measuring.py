"""A person says whose a measurement is and whether it counts; it can be taken back, and stands in the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.campaign.errors import CampaignError
from services.campaign.intake.arrivals import arrivals_in
from services.campaign.intake.names import names_of
from services.campaign.measuring import Measuring
from services.campaign.posting import open_intake
from services.campaign.written import read_table
from services.store.blobs import Blobs
from services.store.measurements import SqlMeasurements
from tests.services.campaign.intake.files import ftir
from tests.services.campaign.tiny import TINY
from tests.services.campaign.workers import SetClock, begin, here

FIRST, SECOND = "PP01-C001-01", "PP01-C001-02"


@pytest.fixture
def store(database, tmp_path: Path):
    service = begin(database, TINY, SetClock())
    service.propose("PP01")
    service.approve("PP01")
    (tmp_path / "friday.csv").write_bytes(ftir())
    (tmp_path / f"{FIRST}.csv").write_bytes(ftir(2))
    intake = open_intake(database, blobs=Blobs(tmp_path / "blobs"), sandbox=here(), clock=SetClock(), actor="x")
    for _ in intake.take(arrivals_in([tmp_path / "friday.csv", tmp_path / f"{FIRST}.csv"], read_table)):
        pass
    return SqlMeasurements(database), service


@pytest.fixture
def measuring(store):
    store, service = store
    return Measuring(
        store, names=lambda: names_of(service.campaigns(), service.state), clock=SetClock(), actor="suzuki"
    )


def test_a_measurement_that_waits_is_linked_by_its_id_its_files_or_its_name(measuring, store):
    """Three ways to name it; the last word stands, the first stays readable."""
    [waiting] = measuring.waiting()
    for word, to in ((waiting.id, FIRST), (waiting.id.rpartition("-")[0], f"{SECOND}-S1"), ("friday.csv", FIRST)):
        [linked] = measuring.give([word], to, reason="seen in the book")
        assert (linked.specimen or linked.proposal) == to
    assert measuring.waiting() == []
    assert [(d.what, d.to, d.actor) for d in store[0].decisions(waiting.id)] == [
        ("linked", FIRST, "suzuki"), ("linked", f"{SECOND}-S1", "suzuki"), ("linked", FIRST, "suzuki"),
    ]  # fmt: skip


def test_linking_twice_is_linking_once(measuring, store):
    [waiting] = measuring.waiting()
    for _ in range(2):
        measuring.give([waiting.id], FIRST)
    assert len(store[0].decisions(waiting.id)) == 1


@pytest.mark.parametrize(
    ("to", "why"), [("PP01-C001-09", "has no PP01-C001-09"), ("TALC", "'TALC' is no id of a specimen")]
)
def test_nothing_is_linked_to_what_is_not_there(measuring, to, why):
    [waiting] = measuring.waiting()
    with pytest.raises(CampaignError, match=why):
        measuring.give([waiting.id], to)
    assert measuring.waiting() == [waiting]


def test_an_unknown_measurement_is_named_with_those_that_are_near(measuring):
    [waiting] = measuring.waiting()
    with pytest.raises(CampaignError, match=waiting.id):
        measuring.give([waiting.id[:-1] + "9"], FIRST)


def test_what_is_left_out_counts_again_when_somebody_says_so(measuring, store):
    """Each with a reason, both in the log."""
    [known] = measuring.named(f"{FIRST}.csv")
    [excluded] = measuring.exclude([known.id], reason="bubble in the pellet")
    assert excluded.judgement == "excluded"
    [kept] = measuring.keep([known.id], reason="it was another one")
    assert kept == known
    assert [(d.what, d.reason) for d in store[0].decisions(known.id)] == [
        ("excluded", "bubble in the pellet"), ("kept", "it was another one"),
    ]  # fmt: skip
    with pytest.raises(CampaignError, match="needs a reason"):
        measuring.exclude([known.id], reason=" ")
