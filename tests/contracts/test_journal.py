"""What every journal promises, run over each of them: in memory, on SQLite, on PostgreSQL."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.errors import JournalConflictError, JournalError
from loop.events import (
    CycleClosed,
    DefinitionAdopted,
    Event,
    HypothesisJudged,
    HypothesisNoted,
    MadeCorrected,
    ProposalSkipped,
    ResultCorrected,
    ResultRecorded,
)
from loop.ids import CampaignId, ProposalId, SpecimenId
from loop.memory import MemoryJournal
from loop.observations import State, TargetValue
from loop.ports import Journal
from services.store import SqlJournal, open_database

PP01 = CampaignId("PP01")
NOON = datetime(2025, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def journal(request: pytest.FixtureRequest) -> Iterator[Journal]:
    """An empty journal of each kind."""
    if request.param == "memory":
        yield MemoryJournal()
        return
    engine = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield SqlJournal(engine)
    engine.dispose()


def notes(*texts: str) -> list[Event]:
    return [HypothesisNoted(hypothesis_id=f"H{number}", cycle=1, text=text) for number, text in enumerate(texts)]


def append(journal: Journal, events: Sequence[Event], expected_seq: int, campaign: CampaignId = PP01):
    return journal.append(campaign, events, actor="mika", at=NOON, expected_seq=expected_seq)


def test_a_new_journal_holds_nothing(journal):
    """Nothing is there before something is written, and asking for it is no error."""
    assert journal.campaigns() == []
    assert journal.read(PP01) == []


def test_what_was_appended_is_read_back(journal):
    """Entries count 1, 2, 3 … with their events, their actor and their moment; append and read agree."""
    first = append(journal, notes("fibres help", "water harms"), 0)
    second = journal.append(PP01, notes("talc is enough"), actor="jun", at=NOON + timedelta(hours=1), expected_seq=2)
    entries = journal.read(PP01)
    assert entries == first + second
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.event for entry in entries] == notes("fibres help", "water harms") + notes("talc is enough")
    assert [entry.actor for entry in entries] == ["mika", "mika", "jun"]
    assert [entry.at for entry in entries] == [NOON, NOON, NOON + timedelta(hours=1)]


def test_reading_starts_after_an_entry(journal):
    """`after` leaves out what was seen already."""
    append(journal, notes("one", "two", "three"), 0)
    for after, left in [(-1, [1, 2, 3]), (0, [1, 2, 3]), (1, [2, 3]), (3, []), (9, [])]:
        assert [entry.seq for entry in journal.read(PP01, after=after)] == left


def test_campaigns_are_counted_apart_and_listed_in_order(journal):
    """Each campaign counts from 1, whatever others write."""
    for campaign in ("ZZ9", "A-1", "PP01", "A10"):
        append(journal, notes(campaign), 0, CampaignId(campaign))
    append(journal, notes("again"), 1, CampaignId("A-1"))
    assert journal.campaigns() == ["A-1", "A10", "PP01", "ZZ9"]
    assert [entry.seq for entry in journal.read(CampaignId("A-1"))] == [1, 2]
    assert [entry.event for entry in journal.read(CampaignId("ZZ9"))] == notes("ZZ9")


def test_writing_behind_another_entry_than_the_last_is_a_conflict(journal):
    """Somebody who has not seen the last entry writes nothing; the message says where the journal stands."""
    written = append(journal, notes("one", "two"), 0)
    for expected_seq in (0, 1, 3, 100):
        with pytest.raises(JournalConflictError, match=f"PP01.*behind entry {expected_seq}.*last one is 2"):
            append(journal, notes("late"), expected_seq)
        assert journal.read(PP01) == written


def test_a_conflict_on_a_campaign_that_is_not_there_leaves_no_trace(journal):
    """A refused first entry does not begin a campaign."""
    with pytest.raises(JournalConflictError, match="last one is 0"):
        append(journal, notes("late"), 1)
    assert journal.campaigns() == []
    assert len(append(journal, notes("first"), 0)) == 1


def test_appending_nothing_writes_nothing_but_still_sees_a_conflict(journal):
    """No events, no entries, no campaign; whoever is behind is told so all the same."""
    assert append(journal, [], 0) == []
    assert journal.campaigns() == []
    append(journal, notes("one"), 0)
    assert append(journal, [], 1) == []
    with pytest.raises(JournalConflictError):
        append(journal, [], 0)
    assert len(journal.read(PP01)) == 1


def test_one_event_that_cannot_be_read_back_keeps_all_out(journal):
    """All or none: an event built around its checks spoils the whole append, and is named."""
    broken = TargetValue.model_construct(mean=float("nan"), sd=None, n=1, state=State.MEASURED, limit=None, reason="")
    correction = ResultCorrected.model_construct(
        kind="result_corrected",
        specimen_id=SpecimenId("PP01-C001-01-S1"),
        target="strength",
        old=None,
        new=broken,
        reason="typing",
    )
    with pytest.raises(JournalError, match="PP01: entry 2 of kind 'result_corrected'"):
        append(journal, [*notes("fine"), correction], 0)
    assert journal.campaigns() == []


def test_what_json_cannot_carry_is_refused(journal):
    """A part of a definition that has no written form, or comes back as something else, is not written."""
    for value in (float("nan"), float("inf"), "half a \ud83d character", {1, 2}, object()):
        with pytest.raises(JournalError, match="PP01: entry 1 of kind 'definition_adopted'"):
            append(journal, [DefinitionAdopted(version=1, text="", core={"limit": value})], 0)
        assert journal.campaigns() == []


def test_an_entry_says_where_who_and_when(journal):
    """Without a campaign id, an actor, a moment with a zone and a place, nothing is written."""
    for campaign, actor, at, expected_seq, said in [
        ("pp01", "mika", NOON, 0, "'pp01' is not a campaign id"),
        ("", "mika", NOON, 0, "'' is not a campaign id"),
        ("PP01", "  ", NOON, 0, "who acted"),
        ("PP01", "mi\0ka", NOON, 0, "who acted"),
        ("PP01", "mika", NOON.replace(tzinfo=None), 0, "needs a time zone"),
        ("PP01", "mika", NOON, -1, "at least 0, got -1"),
    ]:
        with pytest.raises(JournalError, match=said):
            journal.append(CampaignId(campaign), notes("x"), actor=actor, at=at, expected_seq=expected_seq)
        assert journal.campaigns() == []


def test_people_sign_in_their_own_script(journal):
    """Any printable name may act."""
    (entry,) = journal.append(PP01, notes("x"), actor="佐藤 美香", at=NOON, expected_seq=0)
    assert journal.read(PP01) == [entry]
    assert entry.actor == "佐藤 美香"


def test_moments_come_back_in_utc(journal):
    """Whatever zone a moment is given in, the same moment is read in UTC, to the microsecond."""
    tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    (written,) = journal.append(PP01, notes("x"), actor="mika", at=tokyo, expected_seq=0)
    (entry,) = journal.read(PP01)
    assert entry.at == written.at == NOON
    assert entry.at.utcoffset() == written.at.utcoffset() == timedelta(0)


def test_the_order_of_names_survives(journal):
    """Parameters keep the order they were written in: what follows from it must not depend on the database."""
    names = ["talc", "b", "aa", "PP", "z", "additive"]
    recorded = ResultRecorded(
        proposal_id=ProposalId("PP01-C001-01"),
        specimen_id=SpecimenId("PP01-C001-01-S1"),
        as_made={name: float(place) for place, name in enumerate(names)},
        targets={name: TargetValue(mean=1.0) for name in reversed(names)},
        is_complete=True,
    )
    append(journal, [recorded], 0)
    (entry,) = journal.read(PP01)
    assert list(entry.event.as_made) == names
    assert list(entry.event.targets) == names[::-1]


def test_what_the_caller_does_afterwards_does_not_reach_the_journal(journal):
    """The past stands still though what was handed in, or the list handed out, is changed."""
    core = {"parameters": [{"name": "talc"}]}
    adopted = DefinitionAdopted(version=1, text="schema: 1", core=core)
    append(journal, [adopted], 0).clear()
    core["parameters"][0]["name"] = "changed"
    adopted.core["more"] = "added"
    journal.read(PP01).clear()
    (entry,) = journal.read(PP01)
    assert entry.event.core == {"parameters": [{"name": "talc"}]}


def test_of_threads_that_write_behind_the_same_entry_one_wins(journal):
    """Eight threads, ten rounds: one winner each, a conflict for the others, no gap, nothing doubled."""
    n_threads, n_rounds = 8, 10
    together = threading.Barrier(n_threads, timeout=60)
    won: list[tuple[int, str]] = []

    def contend(name: str) -> None:
        for last_seq in range(n_rounds):
            together.wait()
            try:
                journal.append(PP01, notes(name), actor=name, at=NOON, expected_seq=last_seq)
            except JournalConflictError:
                continue
            won.append((last_seq + 1, name))

    threads = [threading.Thread(target=contend, args=(f"thread {number}",)) for number in range(n_threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [(entry.seq, entry.actor) for entry in journal.read(PP01)]
    assert [seq for seq, _ in sorted(won)] == list(range(1, n_rounds + 1))


TEXTS = st.text(max_size=30)
SETTINGS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53), TEXTS)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
MEASURED = st.builds(TargetValue, mean=FINITE, sd=st.none() | FINITE.map(abs), n=st.integers(1, 10**6), reason=TEXTS)
CENSORED = st.builds(
    TargetValue, state=st.sampled_from([State.BELOW_DETECTION, State.ABOVE_RANGE]), limit=FINITE, reason=TEXTS
)
MISSING = st.builds(TargetValue, state=st.sampled_from([State.LOST, State.NOT_MADE]), n=st.just(0), reason=TEXTS)
TARGETS = st.one_of(MEASURED, CENSORED, MISSING)
SPECIMENS = st.just(SpecimenId("PP01-C001-01-S1"))
PROPOSALS = st.just(ProposalId("PP01-C001-01"))
EVENTS = st.one_of(
    st.builds(
        DefinitionAdopted,
        version=st.integers(1, 2**62),
        text=TEXTS,
        core=st.dictionaries(TEXTS, JSON_VALUES, max_size=3),
        extras=st.dictionaries(TEXTS, JSON_VALUES, max_size=2),
        reason=TEXTS,
    ),
    st.builds(ProposalSkipped, proposal_id=PROPOSALS, is_lesson=st.booleans(), reason=TEXTS),
    st.builds(
        ResultRecorded,
        proposal_id=PROPOSALS,
        specimen_id=SPECIMENS,
        as_made=st.dictionaries(TEXTS, SETTINGS, max_size=4),
        targets=st.dictionaries(TEXTS, TARGETS, max_size=3),
        intermediates=st.just({}),
        is_complete=st.booleans(),
    ),
    st.builds(ResultCorrected, specimen_id=SPECIMENS, target=TEXTS, old=st.none() | TARGETS, new=TARGETS, reason=TEXTS),
    st.builds(
        MadeCorrected,
        specimen_id=SPECIMENS,
        old=st.dictionaries(TEXTS, SETTINGS, max_size=3),
        new=st.dictionaries(TEXTS, SETTINGS, max_size=3),
        reason=TEXTS,
    ),
    st.builds(CycleClosed, cycle=st.integers(1, 2**62), reason=TEXTS),
    st.builds(HypothesisJudged, hypothesis_id=TEXTS, held=st.sampled_from(["yes", "no", "open"]), reason=TEXTS),
)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 3),
    max_value=datetime(2200, 1, 1),
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
_fresh = itertools.count()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.tuples(st.lists(EVENTS, max_size=4), MOMENTS), max_size=4))
def test_any_history_is_read_back_as_it_was_written(journal, batches):
    """Replay: events of any content, in any batches, come back equal and in order, written out the same."""
    campaign = CampaignId(f"L{next(_fresh)}")
    history: list[tuple[Event, datetime]] = []
    for events, at in batches:
        journal.append(campaign, events, actor="law", at=at, expected_seq=len(history))
        history += [(event, at) for event in events]
    entries = journal.read(campaign)
    assert [(entry.event, entry.at) for entry in entries] == history
    assert [entry.event.model_dump_json() for entry in entries] == [event.model_dump_json() for event, _ in history]
    assert [entry.seq for entry in entries] == list(range(1, len(history) + 1))
