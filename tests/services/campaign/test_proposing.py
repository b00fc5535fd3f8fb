"""Proposals worked out elsewhere: the same as here, and made without the model where that hangs or dies."""

from __future__ import annotations

import pytest

from loop.agent import propose_batch
from loop.errors import ProposalError, SpaceError
from loop.memory import MemoryJournal
from loop.refit import refit
from loop.rungs import LADDER
from services.campaign.proposing import EngineProposer, EngineRefitter
from services.compute.processes import ProcessEngine
from services.compute.serial import SerialEngine
from tests.services.campaign.tiny import TINY, begun, measured, run_cycle, strength
from tests.services.campaign.workers import NOON


@pytest.fixture(scope="module")
def service():
    """Films that were made for three cycles: the model is asked next."""
    service = begun(MemoryJournal())
    for _ in range(3):
        run_cycle(service)
    return service


@pytest.fixture(scope="module")
def processes():
    """An engine of one process."""
    with ProcessEngine(1) as engine:
        yield engine


def test_elsewhere_the_same_is_proposed_and_learned(service, processes):
    """Bit for bit, in this process and in another."""
    state = service.state("PP01")
    here = propose_batch(state, count=2, at=NOON)
    for engine in (SerialEngine(), processes):
        assert EngineProposer(engine)(state, count=2, at=NOON) == here
        assert EngineRefitter(engine)(state) == refit(state)


def test_a_model_that_takes_too_long_is_done_without(service):
    """Its process is killed; the space is filled instead, the event says why, and a replay makes the same."""
    state = service.state("PP01")
    with ProcessEngine(1) as engine:
        made = EngineProposer(engine, longest_s=0.05)(state, count=2, at=NOON)
        learned = EngineRefitter(engine, longest_s=0.05)(state)
    assert [(rung.name, rung.outcome) for rung in made.rungs] == [
        *((name, "skipped") for name in LADDER[:-1]),
        (LADDER[-1], "answered"),
    ]
    assert "not done after 0.05 s" in made.rungs[0].reason
    assert len(made.proposals) == 2
    assert all("space-filling" in proposal.reason for proposal in made.proposals)
    assert learned.rung == "none"


def test_what_was_made_without_the_model_is_made_again_the_same():
    """A replay of a cycle whose model hung gives the same proposals, as it follows from the journal alone."""

    service = begun(MemoryJournal())
    for _ in range(3):
        run_cycle(service)
    with ProcessEngine(1) as engine:
        service._proposer = EngineProposer(engine, longest_s=0.05)
        opened = service.propose("PP01")
    service.approve("PP01")
    for record in opened:
        service.record(record.proposal.id, {"strength": measured(strength(record.planned))})
    assert all(replay.is_same for replay in service.replay("PP01"))


def test_an_error_of_ours_comes_back_as_what_it_was(service, processes):
    """Nothing left, or nothing asked for, is an answer: it is not tried again as a fault of the worker."""
    state = service.state("PP01")
    with pytest.raises(ProposalError, match="ask for at least one"):
        EngineProposer(processes)(state, count=0, at=NOON)
    narrow = (
        TINY.replace("high: 240", "high: 185").replace("at_most: 235", "at_most: 185").replace("batch: 2", "batch: 4")
    )
    full = begun(MemoryJournal(), narrow)
    run_cycle(full)
    with pytest.raises(SpaceError, match="PP01"):
        EngineProposer(processes)(full.state("PP01"), count=1, at=NOON)
