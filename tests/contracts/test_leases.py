"""What leases and the outbox promise, on SQLite and PostgreSQL: one holder at a time, a token that only grows."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from loop.errors import JournalConflictError, LeaseLostError
from loop.events import HypothesisNoted
from loop.ids import CampaignId, ProposalId
from loop.lease import Lease
from loop.orders import AskedColumn, OrderLine, WorkOrder
from services.store import LeaseGuard, SqlJournal, SqlLeases, SqlOutbox, open_database
from services.store.leases import LONGEST

PP01 = CampaignId("PP01")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Stopped:
    """A clock that stands still."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def take(leases: SqlLeases, holder: str, at: datetime = NOON, **named: object) -> Lease | None:
    return leases.take("PP01", holder=holder, now=at, until=at + MINUTE, **named)


def note(text: str) -> list[HypothesisNoted]:
    return [HypothesisNoted(hypothesis_id="H1", cycle=0, text=text)]


def order(number: int = 1) -> WorkOrder:
    line = OrderLine(proposal_id=ProposalId("PP01-C001-01"), formulation={"a": 1.0}, replicates=1, run_order=1)
    column = AskedColumn(name="a")
    return WorkOrder(id=f"PP01-W{number:04d}", campaign="PP01", parameters=(column,), targets=(), lines=(line,))


def test_a_lease_has_one_holder_until_it_is_over_or_given_back(database):
    """Whoever comes second waits; tokens grow with every holder."""
    leases = SqlLeases(database)
    first = take(leases, "a")
    assert first is not None
    assert take(leases, "b") is None
    assert take(leases, "a") is None, "not even to its holder: who asks twice may be two"
    second = take(leases, "b", NOON + MINUTE)
    assert second is not None
    assert second.token == first.token + 1
    leases.release(second, now=NOON + MINUTE)
    third = take(leases, "c", NOON + MINUTE)
    assert third is not None
    assert third.token == second.token + 1


def test_many_ask_and_one_gets_it(database):
    """Ten threads at once, fifty times: never two."""
    leases, n_rounds, n_threads = SqlLeases(database), 20, 8
    together = threading.Barrier(n_threads)

    def ask(name: int) -> list[bool]:
        won = []
        for k in range(n_rounds):
            together.wait()
            won.append(take(leases, f"w{name}", NOON + k * 2 * MINUTE) is not None)
        return won

    with ThreadPoolExecutor(n_threads) as pool:
        results = list(pool.map(ask, range(n_threads)))
    assert [sum(column) for column in zip(*results, strict=True)] == [1] * n_rounds


def test_a_lease_that_was_lost_cannot_be_renewed_and_giving_it_back_does_nothing(database):
    """The new holder keeps it."""
    leases = SqlLeases(database)
    first = take(leases, "a")
    second = take(leases, "b", NOON + MINUTE)
    with pytest.raises(LeaseLostError, match=r"PP01.*of a.*token 1.*b holds it now"):
        leases.renew(first, now=NOON + MINUTE, until=NOON + 2 * MINUTE)
    leases.release(first, now=NOON + MINUTE)
    renewed = leases.renew(second, now=NOON + MINUTE, until=NOON + 3 * MINUTE)
    assert take(leases, "c", NOON + 2 * MINUTE) is None
    assert leases.record("PP01").expires_at == renewed.expires_at == NOON + 3 * MINUTE


def test_a_lease_that_is_over_cannot_be_renewed_though_nobody_took_it(database):
    """Who wakes too late asks for a new one."""
    leases = SqlLeases(database)
    lease = take(leases, "a")
    with pytest.raises(LeaseLostError, match="nobody holds it"):
        leases.renew(lease, now=NOON + MINUTE, until=NOON + 2 * MINUTE)


def test_a_turn_that_is_done_is_not_given_again(database):
    """Not to another, not after a restart; the next moment is."""
    leases = SqlLeases(database)
    lease = take(leases, "a", due=NOON)
    leases.release(lease, now=NOON, done_until=NOON)
    assert take(leases, "b", due=NOON) is None
    assert take(leases, "b", due=NOON - MINUTE) is None
    again = take(leases, "b", due=NOON + MINUTE, at=NOON + MINUTE)
    assert again is not None
    leases.release(again, now=NOON + MINUTE)
    assert take(leases, "c", due=NOON + MINUTE, at=NOON + MINUTE) is not None, "given back undone, it is open"


def test_a_clock_that_was_set_back_keeps_nobody_out(database):
    """Leases that end too far ahead, and turns that are done in the future, were written by another clock."""
    leases, later = SqlLeases(database), NOON + timedelta(hours=1)
    lease = take(leases, "a", at=later, due=later)
    assert take(leases, "b", due=NOON) is not None
    leases.release(lease, now=later, done_until=later)
    fresh = leases.take("PP02", holder="a", now=later, until=later + MINUTE, due=later)
    leases.release(fresh, now=later, done_until=later)
    assert leases.take("PP02", holder="b", now=NOON, until=NOON + MINUTE, due=NOON) is not None


def test_nobody_waits_for_the_dead(database):
    """A holder that is gone for certain is passed over; one that lives is not."""
    leases = SqlLeases(database)
    lease = take(leases, "a")
    assert take(leases, "b", dead=lambda holder: holder == "z") is None
    heir = take(leases, "b", dead=lambda holder: holder == "a")
    assert heir is not None
    assert heir.token == lease.token + 1


def test_a_lease_lasts_a_while_and_not_for_ever(database):
    """What ends before it begins, or holds everybody up for hours, is refused."""
    leases = SqlLeases(database)
    for length in (timedelta(0), -MINUTE, LONGEST + MINUTE):
        with pytest.raises(ValueError, match="lasts for up to"):
            leases.take("PP01", holder="a", now=NOON, until=NOON + length)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-90, 90), st.sampled_from(["take", "renew", "drop"]))))
def test_whatever_clocks_say_two_never_write(sqlite_url, steps):
    """With clocks that jump both ways, at most the last who took the lease can write under it."""
    database, name = open_database(sqlite_url), CampaignId("FUZZ")
    leases, held, at, last = SqlLeases(database), dict[str, Lease](), NOON, None
    for who, seconds, what in steps:
        at += timedelta(seconds=seconds)
        if what == "take":
            lease = leases.take(name, holder=who, now=at, until=at + MINUTE)
            if lease is not None:
                assert last is None or lease.token > last.token
                held[who], last = lease, lease
        elif what == "drop" and who in held:
            leases.release(held[who], now=at)
        seq = len(SqlJournal(database).read(name))
        for writer, lease in held.items():
            journal = SqlJournal(database, LeaseGuard(lease, Stopped(at)))
            try:
                journal.append(name, note(writer), actor=writer, at=at, expected_seq=seq)
            except LeaseLostError:
                continue
            assert lease == last
            seq += 1
    database.dispose()


def test_nothing_is_written_under_a_lease_that_is_lost(database):
    """The journal says so and stays as it is; people, who need no lease, go on writing."""
    leases = SqlLeases(database)
    lease = take(leases, "a")
    guarded = SqlJournal(database, LeaseGuard(lease, Stopped()))
    guarded.append(PP01, note("mine"), actor="a", at=NOON, expected_seq=0)
    take(leases, "b", NOON + MINUTE)
    with pytest.raises(LeaseLostError, match="nothing more was written"):
        guarded.append(PP01, note("late"), actor="a", at=NOON, expected_seq=1)
    SqlJournal(database).append(PP01, note("by hand"), actor="mika", at=NOON, expected_seq=1)
    assert [entry.actor for entry in SqlJournal(database).read(PP01)] == ["a", "mika"]


def test_nothing_is_written_under_a_lease_that_is_over(database):
    """Even where nobody else took it: the holder was away for longer than it said it would be."""
    clock = Stopped()
    guarded = SqlJournal(database, LeaseGuard(take(SqlLeases(database), "a"), clock))
    clock.at += MINUTE
    with pytest.raises(LeaseLostError):
        guarded.append(PP01, note("late"), actor="a", at=NOON, expected_seq=0)
    assert SqlJournal(database).read(PP01) == []


def test_orders_are_there_with_their_events_or_not_at_all(database):
    """A refused append leaves no order; a written one leaves it undelivered."""
    journal, outbox = SqlJournal(database), SqlOutbox(database)
    with pytest.raises(JournalConflictError):
        journal.append(PP01, note("x"), actor="a", at=NOON, expected_seq=4, orders=[order()])
    assert outbox.undelivered(PP01) == []
    journal.append(PP01, note("x"), actor="a", at=NOON, expected_seq=0, orders=[order(1), order(2)])
    assert [waiting.id for waiting in outbox.undelivered(PP01)] == ["PP01-W0001", "PP01-W0002"]
    assert outbox.undelivered(PP01)[0] == order(1)


def test_an_order_number_is_used_once(database):
    """Two orders of one number are two claims to one place: refused with all that came with it."""
    from services.store import DatabaseAccessError

    journal = SqlJournal(database)
    journal.append(PP01, note("x"), actor="a", at=NOON, expected_seq=0, orders=[order()])
    with pytest.raises(DatabaseAccessError):
        journal.append(PP01, note("y"), actor="a", at=NOON, expected_seq=1, orders=[order()])
    assert len(journal.read(PP01)) == 1


def test_an_order_is_handed_over_once_and_again_only_where_that_failed(database):
    """What breaks while it is handed over leaves it in the outbox."""
    SqlJournal(database).append(PP01, note("x"), actor="a", at=NOON, expected_seq=0, orders=[order()])
    outbox, handed = SqlOutbox(database), list[str]()

    def fails(_order: WorkOrder) -> None:
        raise OSError("no paper")

    with pytest.raises(OSError, match="no paper"):
        outbox.deliver(order(), fails, at=NOON)
    assert outbox.undelivered(PP01) == [order()]
    assert outbox.deliver(order(), lambda o: handed.append(o.id), at=NOON)
    assert not outbox.deliver(order(), lambda o: handed.append(o.id), at=NOON)
    assert handed == ["PP01-W0001"]
    assert outbox.records(PP01)[0].delivered_at == NOON


def test_nothing_is_handed_over_under_a_lease_that_is_lost(database: Engine):
    """The order stays for whoever holds the lease."""
    SqlJournal(database).append(PP01, note("x"), actor="a", at=NOON, expected_seq=0, orders=[order()])
    leases = SqlLeases(database)
    lease = take(leases, "a")
    take(leases, "b", NOON + MINUTE)
    handed: list[str] = []
    with pytest.raises(LeaseLostError):
        SqlOutbox(database, LeaseGuard(lease, Stopped())).deliver(order(), lambda o: handed.append(o.id), at=NOON)
    assert handed == []
    assert SqlOutbox(database).undelivered(PP01) == [order()]
