"""What the estimates are given to know of a fair's day: who is where, what was announced, and what stands showed before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.states import Why
from jobdating.queries import identity
from jobdating.queries.forecast import Forecast, Told, forecast, shown_before
from jobdating.queries.identity import Fair
from jobdating.realtime.timekeeping import Timekeeper
from jobdating.services import booking, queue
from tests import factories as make
from tests.queries.statements import counted

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NOW = make.MORNING


class World:
    """Two stands. Inès is at the first one since 9:00, and booked at the second at 9:30; Hugo is next at the first."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=date(2027, 6, 17))
        self.stand, self.other = make.make_stand(tx, self.fair), make.make_stand(tx, self.fair)
        self.slots, elsewhere = make.make_slots(tx, self.stand), make.make_slots(tx, self.other)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.ines, self.hugo = (make.make_candidate(tx, self.fair) for _ in range(2))
        self.first = booking.book(tx, self.ines, slot_id=self.slots[0], now=make.BEFORE).id
        self.next = booking.book(tx, self.hugo, slot_id=self.slots[1], now=make.BEFORE).id
        self.second = booking.book(tx, self.ines, slot_id=elsewhere[2], now=make.BEFORE).id
        for step in (queue.check_in, queue.call, queue.start):
            step(tx, self.recruiter, booking_id=self.first, now=NOW)

    def news(self, tx: Connection, minutes: float) -> list[Forecast]:
        return forecast(tx, the_fair(tx, self.fair), now=NOW + minutes * MINUTE)

    def told(self, tx: Connection, booking_id: int, minutes: float) -> Told:
        return next(told for each in self.news(tx, minutes) for told in each.moved if told.booking_id == booking_id)


def the_fair(tx: Connection, fair_id: int) -> Fair:
    found = identity.fair_by_id(tx, fair_id)
    assert found is not None
    return found


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


async def test_more_time_at_the_desk_moves_the_next(db: Database, world: World) -> None:
    before = await db.read(world.told, world.next, 8)
    for _ in range(2):
        await db.write(queue.extend, world.recruiter, booking_id=world.first, now=NOW + 8 * MINUTE)
    after = await db.read(world.told, world.next, 8)
    assert before.explanation.why is Why.ON_TIME
    assert before.estimate.likely < NOW + 20 * MINUTE <= after.estimate.low
    assert after.explanation.why is Why.OVERRUN


async def test_who_is_in_another_room_is_not_expected_before_they_are_out(db: Database, world: World) -> None:
    told = await db.read(world.told, world.second, 13)
    assert told.estimate.not_before == NOW + 30 * MINUTE
    assert told.explanation.why is Why.ON_TIME  # they should be out by then
    late = await db.read(world.told, world.second, 45)
    assert late.estimate.not_before > NOW + 45 * MINUTE
    assert late.explanation.why is Why.BUSY_ELSEWHERE


async def test_what_stands_showed_on_the_first_day_is_known_on_the_second(db: Database, world: World) -> None:
    def a_slow_day(tx: Connection) -> None:
        tx.execute(t.bookings.delete())
        for slot in make.make_slots(tx, world.stand, start=NOW + 5 * 60 * MINUTE):
            made = booking.book(tx, make.make_candidate(tx, world.fair), slot_id=slot, now=make.BEFORE)
            assert made.starts_at is not None
            past = {"state": "done", "started_at": made.starts_at, "ended_at": made.starts_at + 20 * MINUTE}
            tx.execute(update(t.bookings).where(t.bookings.c.id == made.id).values(**past))
        tomorrow = make.make_slots(tx, world.stand, start=NOW + DAY)
        for slot in tomorrow[:4]:
            booking.book(tx, make.make_candidate(tx, world.fair), slot_id=slot, now=make.BEFORE)
        tx.execute(update(t.fairs).where(t.fairs.c.id == world.fair).values(live_day=date(2027, 6, 18)))

    await db.write(a_slow_day)
    now = NOW + DAY - 10 * MINUTE
    fair = await db.read(the_fair, world.fair)
    shown = await db.read(shown_before, fair)
    assert shown[world.stand].count == 12
    (knowing, *_), (ignorant, *_) = [await db.read(forecast, fair, now=now, before=known) for known in (shown, {})]
    gained = knowing.moved[3].estimate.likely - ignorant.moved[3].estimate.likely
    assert gained >= 10 * MINUTE  # twice as long as planned, and known from the first minute

    await Timekeeper(db, SteppedClock(now)).round()
    stored = t.estimates.select().where(t.estimates.c.why == Why.SLOW_PACE.value)
    assert (await db.read(lambda tx: tx.execute(stored).all()))[-1].pace_minutes > 15


async def test_every_time_that_was_told_is_kept(db: Database, world: World) -> None:
    clock = SteppedClock(NOW + 8 * MINUTE)
    keeper = Timekeeper(db, clock)
    await keeper.round()
    clock.advance(MINUTE)
    for _ in range(2):
        await db.write(queue.extend, world.recruiter, booking_id=world.first, now=clock.now())
    await keeper.round()

    def told(tx: Connection) -> list[object]:
        mine = t.told_times.select().where(t.told_times.c.booking_id == world.next)
        return [row.published_at for row in tx.execute(mine.order_by(t.told_times.c.published_at))]

    assert await db.read(told) == [NOW + 8 * MINUTE, NOW + 9 * MINUTE]
    now_told = t.estimates.select().where(t.estimates.c.booking_id == world.next)
    assert (await db.read(lambda tx: tx.execute(now_told).one())).published_at == NOW + 9 * MINUTE


async def test_it_takes_four_statements_however_many_stands(db: Database, world: World) -> None:
    def count(tx: Connection) -> int:
        with counted(tx) as said:
            forecast(tx, the_fair(tx, world.fair), now=NOW)
        return len(said) - 1  # the fair itself

    def more(tx: Connection) -> None:
        for _ in range(3):
            slots = make.make_slots(tx, make.make_stand(tx, world.fair))
            booking.book(tx, make.make_candidate(tx, world.fair), slot_id=slots[0], now=make.BEFORE)

    assert await db.read(count) == 4
    await db.write(more)
    assert await db.read(count) == 4
