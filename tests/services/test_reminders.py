"""Reminders of interviews: each at its time, once, of what still holds; on both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.queries.due import due
from jobdating.realtime.timekeeping import Timekeeper
from jobdating.services import booking, reminders
from tests.factories import BEFORE, MORNING, make_candidate, make_fair, make_organiser, make_slots, make_stand

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class World:
    """A stand with slots from nine, and two candidates of whom one is booked for nine."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make_fair(tx)
        self.slots = make_slots(tx, make_stand(tx, self.fair), capacity=2)
        self.inès, self.hugo = make_candidate(tx, self.fair), make_candidate(tx, self.fair)
        self.organiser = make_organiser(tx, self.fair)
        self.booked = booking.book(tx, self.inès, slot_id=self.slots[0], now=BEFORE).id


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


async def looked(db: Database, *moments: datetime) -> list[tuple[datetime, int]]:
    """Look at each of these moments; the reminders there are then, with the time and the booking of each."""
    for moment in moments:
        await db.write(reminders.remind, now=moment)

    def found(tx: Connection) -> list[tuple[datetime, int]]:
        mails = select(t.outbox).where(t.outbox.c.kind == "reminder").order_by(t.outbox.c.due_at, t.outbox.c.id)
        return [(row.due_at, row.context["booking_id"]) for row in tx.execute(mails)]

    return await db.read(found)


async def test_a_day_and_a_quarter_of_an_hour_before_once_each(db: Database, world: World) -> None:
    eve, soon = (MORNING - DAY, world.booked), (MORNING - 15 * MINUTE, world.booked)
    assert await looked(db, eve[0] - 2 * MINUTE, eve[0] - MINUTE) == []
    assert await looked(db, eve[0], eve[0] + MINUTE, eve[0] + 2 * MINUTE) == [eve]
    assert await looked(db, soon[0] - 2 * MINUTE, soon[0] - MINUTE) == [eve]
    assert await looked(db, soon[0], soon[0] + MINUTE, MORNING, MORNING + MINUTE) == [eve, soon]


async def test_what_was_moved_is_reminded_of_at_its_new_time_and_what_was_cancelled_not_at_all(
    db: Database, world: World
) -> None:
    def change(tx: Connection) -> int:
        booking.move(tx, world.inès, booking_id=world.booked, slot_id=world.slots[4], now=BEFORE)
        other = booking.book(tx, world.hugo, slot_id=world.slots[0], now=BEFORE).id
        return booking.cancel(tx, world.hugo, booking_id=other, now=BEFORE).id

    await db.write(change)
    eve = MORNING - DAY
    every_minute = [eve + n * MINUTE for n in range(-1, 62)]
    assert await looked(db, *every_minute) == [(eve + 60 * MINUTE, world.booked)]


async def test_who_books_after_the_time_of_a_reminder_gets_the_next_one_alone(db: Database, world: World) -> None:
    eve = MORNING - DAY
    await looked(db, eve - MINUTE, eve)
    late = eve + timedelta(seconds=20)

    def book(tx: Connection) -> int:
        hugo = world.hugo.candidates[world.fair]
        return booking.book(tx, world.organiser, slot_id=world.slots[0], candidate_id=hugo, now=late).id

    just = await db.write(book)
    found = await looked(db, eve + MINUTE, MORNING - MINUTE)
    assert [moment for moment, booking_id in found if booking_id == just] == [MORNING - 15 * MINUTE]
    assert (eve, world.booked) in found


async def test_after_a_long_pause_one_reminder_stands_for_both_and_none_for_what_is_over(
    db: Database, world: World
) -> None:
    await looked(db, MORNING - DAY - MINUTE)
    second = await db.write(lambda tx: booking.book(tx, world.hugo, slot_id=world.slots[1], now=BEFORE).id)
    assert await looked(db, MORNING + 5 * MINUTE) == [(MORNING, second)]


async def test_the_timekeeper_looks_once_a_minute_near_the_fair_and_writes_nothing_before(
    db: Database, world: World
) -> None:
    clock = SteppedClock(BEFORE)
    keeper = Timekeeper(db, clock)
    await keeper.round()
    assert not (await db.read(due, now=BEFORE)).reminding
    for moment in (MORNING - DAY - MINUTE, MORNING - DAY):
        assert (await db.read(due, now=moment)).reminding
        clock.moment = moment
        await keeper.round()
        assert not (await db.read(due, now=moment)).reminding
    assert await looked(db) == [(MORNING - DAY, world.booked)]
