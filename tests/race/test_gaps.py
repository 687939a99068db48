"""A gap has one taker however many accept at once, and an acceptance and a call at the same moment never both succeed."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.states import BookingState, OfferState
from jobdating.services import booking, gaps, queue, rows
from tests import factories as make
from tests.race.crowd import THREADS, all_look_first, at_once, at_once_unguarded, guards_off

Call = Callable[[Connection], Any]
MINUTE = timedelta(minutes=1)
NOW = make.MORNING + 6 * MINUTE


def call(service: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    return lambda tx: service(tx, *args, now=NOW, **kwargs)


def a_gap(tx: Connection, people: int) -> tuple[int, list[Call], list[Call]]:
    """A gap that is offered to `people`: its stand, their acceptances, and calls of others in the line."""
    fair_id = make.make_fair(tx, live_day=date(2027, 6, 17))
    stand_id = make.make_stand(tx, fair_id)
    slots, recruiter = make.make_slots(tx, stand_id), make.make_recruiter(tx, stand_id)
    booked = [
        booking.book(tx, make.make_candidate(tx, fair_id), slot_id=slot, now=make.BEFORE).id
        for slot in slots[: 1 + people]
    ]
    queue.no_show(tx, recruiter, booking_id=booked[0], now=NOW)
    crowd = [make.make_candidate(tx, fair_id, connected_since=NOW) for _ in range(people)]
    gaps.offer(
        tx, stand_id=stand_id, cause_id=booked[0], candidate_ids=[actor.candidates[fair_id] for actor in crowd],
        until=NOW + 9 * MINUTE, answer_by=NOW + MINUTE, now=NOW,
    )  # fmt: skip
    offers = tx.execute(
        select(t.gap_offers.c.id)
        .join(t.gaps)
        .where(t.gaps.c.stand_id == stand_id)
        .order_by(t.gap_offers.c.candidate_id)
    ).scalars()
    accepts = [call(gaps.accept, actor, offer_id=offer) for actor, offer in zip(crowd, offers, strict=True)]
    return stand_id, accepts, [call(queue.call, recruiter, booking_id=each) for each in booked[1:]]


def outcome(tx: Connection, stand_id: int) -> tuple[int, int]:
    """How many hold the gap, and how many were called."""
    taken = (
        select(func.count())
        .select_from(t.gap_offers.join(t.gaps))
        .where(t.gaps.c.stand_id == stand_id, t.gap_offers.c.state == OfferState.ACCEPTED.value)
    )
    called = select(func.count()).where(
        t.bookings.c.stand_id == stand_id, t.bookings.c.state == BookingState.CALLED.value
    )
    return tx.execute(taken).scalar_one(), tx.execute(called).scalar_one()


async def test_of_all_who_accept_at_once_one_has_it(db: Database) -> None:
    for _ in range(5):
        stand_id, accepts, _ = await db.write(a_gap, 8)
        assert await at_once(db, accepts) == Counter(done=1, gap_taken=7)
        assert await db.read(outcome, stand_id) == (1, 0)


async def test_an_acceptance_and_a_call_at_the_same_moment_never_both_succeed(db: Database) -> None:
    for turn in range(10):
        stand_id, [accept], [calling] = await db.write(a_gap, 1)
        assert await at_once(db, [accept, calling][:: 1 if turn % 2 else -1]) == Counter(done=1, gap_taken=1)
        assert await db.read(outcome, stand_id) in {(1, 0), (0, 1)}


async def test_a_crowd_of_acceptances_and_calls_leaves_one_of_them(db: Database) -> None:
    for _ in range(3):
        stand_id, accepts, calls = await db.write(a_gap, 6)
        done = await at_once(db, [each for pair in zip(accepts, calls, strict=True) for each in pair])
        assert done["done"] == 1, done
        assert await db.read(outcome, stand_id) in {(1, 0), (0, 1)}


async def test_without_locks_a_gap_has_several_takers(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_id, accepts, _ = await db.write(a_gap, THREADS)
    with guards_off(db.url, monkeypatch):
        without_stand_locks(monkeypatch)
        monkeypatch.setattr(gaps, "_withdraw", lambda *args: None)  # takers of one gap would wait for each other
        all_look_first(monkeypatch, gaps, "_ensure_free")
        at_once_unguarded(db.url, accepts)
    taken, _ = await db.read(outcome, stand_id)
    assert taken > 1


async def test_if_a_call_did_not_close_the_gap_both_would_succeed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_id, [accept], [calling] = await db.write(a_gap, 1)
    monkeypatch.setattr(gaps, "close", lambda *args, **kwargs: False)
    monkeypatch.setattr(gaps, "ensure_not_crossed", lambda *args, **kwargs: None)
    monkeypatch.setattr(gaps, "_busy", lambda *args: False)
    assert await at_once(db, [accept, calling]) == Counter(done=2)
    assert await db.read(outcome, stand_id) == (1, 1)


def without_stand_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at a stand and a gap without holding them."""
    monkeypatch.setattr(rows, "lock_stand", rows.stand)
    monkeypatch.setattr(
        gaps, "_lock_gap", lambda tx, gap_id: tx.execute(select(t.gaps).where(t.gaps.c.id == gap_id)).one()
    )
