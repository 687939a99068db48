"""Two hundred people want one thing at the same moment: one gets it, all others are told, on both databases.

Each test has its control: without the guards the same crowd oversells, so the test can fail.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.policy import SYSTEM
from jobdating.domain.states import LIVE, WITH_RECRUITER, BookingState, Origin
from jobdating.services import booking, queue, waitlist
from tests import factories as make
from tests.race.crowd import THREADS, all_look_first, at_once, at_once_unguarded, guards_off

CROWD = 200
Call = Callable[[Connection], Any]


def call(service: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    return lambda tx: service(tx, *args, **kwargs)


def live_in(tx: Connection, slot_id: int) -> int:
    states = [state.value for state in LIVE]
    return tx.execute(
        select(func.count()).where(t.bookings.c.slot_id == slot_id, t.bookings.c.state.in_(states))
    ).scalar_one()


# Booking


def everybody_books_one_slot(tx: Connection, people: int) -> tuple[int, list[Call]]:
    fair_id = make.make_fair(tx)
    [slot_id] = make.make_slots(tx, make.make_stand(tx, fair_id), count=1)
    actors = [make.make_candidate(tx, fair_id) for _ in range(people)]
    return slot_id, [call(booking.book, actor, slot_id=slot_id, now=make.BEFORE) for actor in actors]


async def test_of_a_crowd_that_books_one_slot_one_gets_it(db: Database) -> None:
    slot_id, calls = await db.write(everybody_books_one_slot, CROWD)
    assert await at_once(db, calls) == Counter(done=1, slot_taken=CROWD - 1)
    assert await db.read(live_in, slot_id) == 1


async def test_without_guards_the_crowd_oversells_a_slot(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    slot_id, calls = await db.write(everybody_books_one_slot, THREADS)
    with guards_off(db.url, monkeypatch):
        all_look_first(monkeypatch, booking, "_free_seat")
        assert at_once_unguarded(db.url, calls)["done"] > 1
    assert await db.read(live_in, slot_id) > 1


async def test_a_group_slot_takes_as_many_as_it_has_places(db: Database) -> None:
    def prepare(tx: Connection) -> tuple[int, list[Call]]:
        fair_id = make.make_fair(tx)
        [slot_id] = make.make_slots(tx, make.make_stand(tx, fair_id), count=1, capacity=12)
        actors = [make.make_candidate(tx, fair_id) for _ in range(60)]
        return slot_id, [call(booking.book, actor, slot_id=slot_id, now=make.BEFORE) for actor in actors]

    slot_id, calls = await db.write(prepare)
    assert await at_once(db, calls) == Counter(done=12, slot_taken=48)
    assert await db.read(live_in, slot_id) == 12


# Moving


def everybody_moves_to_one_slot(tx: Connection, people: int) -> tuple[int, list[Call]]:
    fair_id = make.make_fair(tx)
    stand_id = make.make_stand(tx, fair_id)
    [target] = make.make_slots(tx, stand_id, count=1)
    [crowded] = make.make_slots(tx, stand_id, count=1, start=make.MORNING + timedelta(hours=1), capacity=people)
    calls = []
    for _ in range(people):
        actor = make.make_candidate(tx, fair_id)
        mine = booking.book(tx, actor, slot_id=crowded, now=make.BEFORE)
        calls.append(call(booking.move, actor, booking_id=mine.id, slot_id=target, now=make.BEFORE))
    return target, calls


async def test_of_a_crowd_that_moves_to_one_slot_one_moves_and_nobody_is_without_a_place(db: Database) -> None:
    target, calls = await db.write(everybody_moves_to_one_slot, CROWD)
    assert await at_once(db, calls) == Counter(done=1, slot_taken=CROWD - 1)
    assert await db.read(live_in, target) == 1
    still = await db.read(
        lambda tx: tx.execute(select(func.count()).where(t.bookings.c.state == "booked")).scalar_one()
    )
    assert still == CROWD


async def test_without_guards_the_crowd_oversells_by_moving(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    target, calls = await db.write(everybody_moves_to_one_slot, THREADS)
    with guards_off(db.url, monkeypatch):
        all_look_first(monkeypatch, booking, "_free_seat")
        at_once_unguarded(db.url, calls)
    assert await db.read(live_in, target) > 1


# Promotion from the waitlist


def promotion_against_booking(tx: Connection, people: int) -> tuple[int, list[Call]]:
    """A place comes free: the waitlist promotes its first while others book the slot they see."""
    fair_id = make.make_fair(tx)
    stand_id = make.make_stand(tx, fair_id)
    [slot_id] = make.make_slots(tx, stand_id, count=1)
    taker = make.make_candidate(tx, fair_id)
    taken = booking.book(tx, taker, slot_id=slot_id, now=make.BEFORE)
    for _ in range(5):
        waitlist.join(tx, make.make_candidate(tx, fair_id), stand_id=stand_id, now=make.BEFORE)
    booking.cancel(tx, taker, booking_id=taken.id, now=make.BEFORE)
    calls = []
    for number in range(people):
        if number % 2:
            calls.append(call(waitlist.promote, stand_id=stand_id, now=make.BEFORE))
        else:
            actor = make.make_candidate(tx, fair_id)
            calls.append(call(booking.book, actor, slot_id=slot_id, now=make.BEFORE))
    return slot_id, calls


async def test_a_place_that_comes_free_goes_to_one_of_the_waitlist_or_of_those_who_book(db: Database) -> None:
    slot_id, calls = await db.write(promotion_against_booking, CROWD)
    outcome = await at_once(db, calls)
    assert outcome["slot_taken"] >= CROWD // 2 - 1  # a promotion that finds no place does nothing
    assert await db.read(live_in, slot_id) == 1


async def test_without_guards_promotion_oversells(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    slot_id, calls = await db.write(promotion_against_booking, THREADS)
    with guards_off(db.url, monkeypatch):
        all_look_first(monkeypatch, booking, "_free_seat")
        at_once_unguarded(db.url, calls)
    assert await db.read(live_in, slot_id) > 1


async def test_a_held_place_is_accepted_once_or_expires(db: Database) -> None:
    def prepare(tx: Connection) -> tuple[int, list[Call]]:
        fair_id = make.make_fair(tx)
        stand_id = make.make_stand(tx, fair_id)
        [slot_id] = make.make_slots(tx, stand_id, count=1)
        actor = make.make_candidate(tx, fair_id)
        held = booking.hold(
            tx, SYSTEM, slot_id=slot_id, candidate_id=actor.candidates[fair_id], origin=Origin.WAITLIST,
            expires_at=make.BEFORE, now=make.BEFORE - timedelta(hours=1),
        )  # fmt: skip
        just_before = make.BEFORE - timedelta(seconds=1)
        accepts = [call(booking.accept, actor, booking_id=held.id, now=just_before) for _ in range(50)]
        return held.id, [*accepts, *(call(booking.expire, booking_id=held.id, now=make.BEFORE) for _ in range(50))]

    booking_id, calls = await db.write(prepare)
    outcome = await at_once(db, calls)
    state = await db.read(
        lambda tx: tx.execute(select(t.bookings.c.state).where(t.bookings.c.id == booking_id)).scalar_one()
    )
    assert state in {"booked", "cancelled"}
    assert set(outcome) <= {"done", "offer_expired"}
    if state == "booked":
        assert outcome["offer_expired"] == 0


# Walk-ins, and the live line


def with_recruiters(tx: Connection) -> list[tuple[int, int]]:
    """(stand, candidate) of everybody who is called or in an interview."""
    states = [state.value for state in WITH_RECRUITER]
    found = tx.execute(select(t.bookings.c.stand_id, t.bookings.c.candidate_id).where(t.bookings.c.state.in_(states)))
    return [(row.stand_id, row.candidate_id) for row in found]


def one_person_wanted_everywhere(tx: Connection, stands: int) -> list[Call]:
    """A walk-in stands in many queues, and every recruiter calls at once."""
    fair_id = make.make_fair(tx, cap=stands + 1)
    actor = make.make_candidate(tx, fair_id)
    calls = []
    for _ in range(stands):
        stand_id = make.make_stand(tx, fair_id)
        make.make_slots(tx, stand_id)
        joined = queue.join(tx, actor, stand_id=stand_id, now=make.MORNING)
        recruiter = make.make_recruiter(tx, stand_id)
        calls.append(call(queue.call, recruiter, booking_id=joined.id, now=make.MORNING))
    return calls


async def test_a_walk_in_is_called_into_one_room_however_many_call(db: Database) -> None:
    calls = await db.write(one_person_wanted_everywhere, CROWD)
    outcome = await at_once(db, calls)
    assert outcome["done"] == 1
    assert outcome["candidate_busy"] + outcome["overlap"] == CROWD - 1
    assert len(await db.read(with_recruiters)) == 1


async def test_without_guards_a_walk_in_is_called_into_several_rooms(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = await db.write(one_person_wanted_everywhere, THREADS)
    with guards_off(db.url, monkeypatch):
        all_look_first(monkeypatch, queue, "_ensure_stand_free")
        at_once_unguarded(db.url, calls)
    assert len(await db.read(with_recruiters)) > 1


def one_stand_calls_everybody(tx: Connection, people: int) -> list[Call]:
    """Recruiters of one stand press "call" for different people at the same moment."""
    fair_id = make.make_fair(tx)
    stand_id = make.make_stand(tx, fair_id)
    make.make_slots(tx, stand_id)
    recruiter = make.make_recruiter(tx, stand_id)
    waiting = [
        queue.join(tx, make.make_candidate(tx, fair_id), stand_id=stand_id, now=make.MORNING) for _ in range(people)
    ]
    return [call(queue.call, recruiter, booking_id=each.id, now=make.MORNING) for each in waiting]


async def test_a_stand_calls_one_person_however_many_tabs_press_the_button(db: Database) -> None:
    calls = await db.write(one_stand_calls_everybody, CROWD)
    assert await at_once(db, calls) == Counter(done=1, stand_busy=CROWD - 1)
    assert len(await db.read(with_recruiters)) == 1


async def test_a_double_click_is_one_click(db: Database) -> None:
    def prepare(tx: Connection) -> list[Call]:
        fair_id = make.make_fair(tx)
        [slot_id] = make.make_slots(tx, make.make_stand(tx, fair_id), count=1)
        actor = make.make_candidate(tx, fair_id)
        return [call(booking.book, actor, slot_id=slot_id, now=make.BEFORE) for _ in range(20)]

    assert await at_once(db, await db.write(prepare)) == Counter(done=20)
    made = await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.bookings)).scalar_one())
    told = await db.read(
        lambda tx: tx.execute(select(func.count()).where(t.journal.c.kind == "BookingMade")).scalar_one()
    )
    assert (made, told) == (1, 1)


async def test_a_person_books_no_more_than_the_limit_from_many_tabs(db: Database) -> None:
    def prepare(tx: Connection) -> list[Call]:
        fair_id = make.make_fair(tx, cap=3, gap_minutes=0)
        actor = make.make_candidate(tx, fair_id)
        stands = [make.make_stand(tx, fair_id) for _ in range(12)]
        slots = [
            make.make_slots(tx, stand, count=1, start=make.MORNING + timedelta(minutes=15 * n))[0]
            for n, stand in enumerate(stands)
        ]
        return [call(booking.book, actor, slot_id=slot_id, now=make.BEFORE) for slot_id in slots]

    assert await at_once(db, await db.write(prepare)) == Counter(done=3, limit_reached=9)


async def test_the_call_of_a_person_who_cancels_at_the_same_moment_has_one_outcome(db: Database) -> None:
    def prepare(tx: Connection) -> list[Call]:
        fair_id = make.make_fair(tx)
        stand_id = make.make_stand(tx, fair_id)
        [slot_id] = make.make_slots(tx, stand_id, count=1)
        actor, recruiter = make.make_candidate(tx, fair_id), make.make_recruiter(tx, stand_id)
        mine = booking.book(tx, actor, slot_id=slot_id, now=make.BEFORE)
        tx.execute(update(t.bookings).where(t.bookings.c.id == mine.id).values(state=BookingState.CHECKED_IN.value))
        return [
            call(queue.call, recruiter, booking_id=mine.id, now=make.MORNING),
            call(booking.cancel, actor, booking_id=mine.id, now=make.MORNING),
            call(queue.no_show, recruiter, booking_id=mine.id, now=make.MORNING),
        ] * 10

    outcome = await at_once(db, await db.write(prepare))
    assert set(outcome) <= {"done", "wrong_state"}
