"""How honest the times of a day were: counted from what was told a quarter of an hour before each call, after the fact."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.queries.accuracy import LEAST, Accuracy, accuracy
from jobdating.services import booking, queue
from tests import factories as make
from tests.queries.statements import counted

MINUTE = timedelta(minutes=1)
DAY = date(2027, 6, 17)
ZONE = "Europe/Paris"


class World:
    """LEAST people at as many stands, each booked at 9:00 and called at 9:06; told 9:05, from 9:03 to 9:08, before."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=DAY)
        self.bookings = [self.called(tx, make.make_stand(tx, self.fair)) for _ in range(LEAST)]

    def called(self, tx: Connection, stand: int) -> int:
        made = booking.book(
            tx, make.make_candidate(tx, self.fair), slot_id=make.make_slots(tx, stand)[0], now=make.BEFORE
        )
        for before, likely in ((60, 0), (20, 5), (5, 6)):  # minutes before the call, and what was told then
            self.tell(tx, made.id, before, likely)
        queue.call(tx, make.make_recruiter(tx, stand), booking_id=made.id, now=make.MORNING + 6 * MINUTE)
        return made.id

    def tell(self, tx: Connection, booking_id: int, before: int, likely: int) -> None:
        at = make.MORNING + likely * MINUTE
        tx.execute(
            t.told_times.insert().values(
                booking_id=booking_id, published_at=make.MORNING + (6 - before) * MINUTE, low=at - 2 * MINUTE,
                likely=at, high=at + 3 * MINUTE,
            )
        )  # fmt: skip


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


async def test_what_was_told_a_quarter_of_an_hour_before_counts(db: Database, world: World) -> None:
    found = await db.read(accuracy, world.fair, day=DAY, timezone=ZONE)
    assert found == Accuracy(calls=LEAST, error=1.0, by_schedule=6.0, inside=100, later=0)


async def test_calls_after_the_range_are_told(db: Database, world: World) -> None:
    def later(tx: Connection) -> None:
        some = t.bookings.c.id.in_(world.bookings[:2])
        tx.execute(update(t.bookings).where(some).values(called_at=make.MORNING + 10 * MINUTE))

    await db.write(later)
    found = await db.read(accuracy, world.fair, day=DAY, timezone=ZONE)
    assert found is not None
    assert (found.inside, found.later) == (80, 20)


async def test_who_came_before_their_time_had_agreed_and_counts_as_on_time(db: Database, world: World) -> None:
    def early(tx: Connection) -> None:
        at = make.MORNING - 3 * MINUTE
        tx.execute(update(t.bookings).where(t.bookings.c.id.in_(world.bookings)).values(called_at=at))
        tx.execute(
            update(t.told_times).values(
                low=make.MORNING, likely=make.MORNING + MINUTE,
            )
        )  # fmt: skip

    await db.write(early)
    found = await db.read(accuracy, world.fair, day=DAY, timezone=ZONE)
    assert found == Accuracy(calls=LEAST, error=1.0, by_schedule=0.0, inside=100, later=0)


async def test_of_too_few_calls_nothing_is_said(db: Database, world: World) -> None:
    missed = update(t.bookings).where(t.bookings.c.id == world.bookings[0]).values(state="no_show")
    await db.write(lambda tx: tx.execute(missed))  # who did not come waited for nothing
    assert await db.read(accuracy, world.fair, day=DAY, timezone=ZONE) is None


async def test_it_is_one_statement_however_many_calls(db: Database, world: World) -> None:
    def count(tx: Connection) -> int:
        with counted(tx) as said:
            accuracy(tx, world.fair, day=DAY, timezone=ZONE)
        return len(said)

    assert await db.read(count) == 1
