"""What time alone changes on a live day is found when it is due, written once, and goes when it is over."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors
from jobdating.domain.attendance import Trouble
from jobdating.queries import cockpit, trouble
from jobdating.queries.cockpit import Board
from jobdating.queries.interviews import Presence
from jobdating.queries.live_day import Look, look
from jobdating.realtime import live_day
from jobdating.services import booking, queue, timekeeper
from jobdating.services import live_day as service
from tests import factories as make
from tests.queries.statements import counted

MINUTE = timedelta(minutes=1)
NOW = make.MORNING


class World:
    """Inès is booked here at 9:15 and there at 10:30; Hugo here at 9:30. Both stands are open and connected."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=date(2027, 6, 17))
        self.here, self.there = (
            make.make_stand(tx, self.fair, name=name, connected_since=NOW, seen_at=NOW)
            for name in ("Forges d’Argentan", "Tôlerie d’Auge")
        )
        self.slots, self.other_slots = make.make_slots(tx, self.here), make.make_slots(tx, self.there)
        self.recruiter, self.other = make.make_recruiter(tx, self.here), make.make_recruiter(tx, self.there)
        self.ines, self.hugo = make.make_candidate(tx, self.fair), make.make_candidate(tx, self.fair)
        self.first = booking.book(tx, self.ines, slot_id=self.slots[1], now=make.BEFORE).id
        self.second = booking.book(tx, self.hugo, slot_id=self.slots[2], now=make.BEFORE).id
        self.elsewhere = booking.book(tx, self.ines, slot_id=self.other_slots[6], now=make.BEFORE).id
        timekeeper.keep(tx, now=NOW)

    def estimate(self, tx: Connection, booking_id: int, minutes: float) -> None:
        at = NOW + minutes * MINUTE
        tx.execute(t.estimates.delete().where(t.estimates.c.booking_id == booking_id))
        tx.execute(insert(t.estimates).values(booking_id=booking_id, not_before=at, low=at, high=at, published_at=NOW))


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


async def seen(db: Database, world: World, at: datetime) -> Look:
    found = await db.read(look, world.fair, now=at)
    assert found is not None
    return found


async def board(db: Database, stand_id: int) -> Board:
    found = await db.read(cockpit.board, stand_id)
    assert found is not None
    return found


async def told(db: Database, world: World) -> list[Trouble]:
    found = await db.read(trouble.trouble, world.fair)
    assert found is not None
    return [each.kind for each in found.findings]


async def test_a_turn_that_time_brings_is_written_once(db: Database, world: World) -> None:
    await db.write(queue.check_in, world.ines, booking_id=world.first, now=NOW)
    assert (await seen(db, world, NOW + 9 * MINUTE)).turned == ()
    assert (await board(db, world.here)).ask
    for minutes, turned in ((10, True), (14, False), (15, True), (16, False)):  # ready for it, then due
        assert bool((await seen(db, world, NOW + minutes * MINUTE)).turned) is turned
        await live_day.keep(db, world.fair, now=NOW + minutes * MINUTE)
    found = await board(db, world.here)
    assert (found.moment, found.ask) == (NOW + 15 * MINUTE, False)
    assert (await seen(db, world, NOW + 15 * MINUTE)).turned == ()


async def test_a_lost_line_keeps_the_place_for_the_grace_then_an_absence_is_proposed(
    db: Database, world: World
) -> None:
    def lose(tx: Connection) -> None:
        queue.check_in(tx, world.ines, booking_id=world.first, now=NOW)
        left = {"connected_since": None, "seen_at": NOW + 18 * MINUTE}
        tx.execute(update(t.candidates).where(t.candidates.c.id == world.ines.candidates[world.fair]).values(**left))

    await db.write(lose)
    await live_day.keep(db, world.fair, now=NOW + 18 * MINUTE)
    found = await board(db, world.here)
    assert found.next is not None
    assert (found.next.booking_id, found.next.presence, found.gone) == (world.first, Presence.LOST, ())
    assert found.kept_until(found.next) == NOW + 23 * MINUTE
    await live_day.keep(db, world.fair, now=NOW + 22 * MINUTE)
    assert (await board(db, world.here)).gone == ()
    await live_day.keep(db, world.fair, now=NOW + 23 * MINUTE)
    assert [entry.booking_id for entry in (await board(db, world.here)).gone] == [world.first]


async def test_somebody_wanted_in_two_rooms_is_told_to_both_stands_five_minutes_ahead(
    db: Database, world: World
) -> None:
    def expect(tx: Connection) -> None:
        world.estimate(tx, world.first, 30)
        world.estimate(tx, world.elsewhere, 41)

    await db.write(expect)
    assert (await seen(db, world, NOW + 37 * MINUTE)).clashes == ()  # too late to help
    await live_day.keep(db, world.fair, now=NOW + 20 * MINUTE)
    assert (await seen(db, world, NOW + 21 * MINUTE)).clashes == ()  # told already
    [mine], [theirs] = (await board(db, world.here)).clashes, (await board(db, world.there)).clashes
    assert (mine.other, mine.own_at, mine.other_at) == ("Tôlerie d’Auge", NOW + 30 * MINUTE, NOW + 41 * MINUTE)
    assert (theirs.other, theirs.own_at, theirs.booking_id) == ("Forges d’Argentan", NOW + 41 * MINUTE, world.elsewhere)
    await db.write(lambda tx: world.estimate(tx, world.elsewhere, 46))
    await live_day.keep(db, world.fair, now=NOW + 22 * MINUTE)
    assert (await board(db, world.here)).clashes == ()


async def test_a_stand_that_lets_the_other_go_first_serves_the_next_meanwhile(db: Database, world: World) -> None:
    def expect(tx: Connection) -> None:
        for person, each in ((world.ines, world.first), (world.hugo, world.second)):
            queue.check_in(tx, person, booking_id=each, now=NOW + 30 * MINUTE)
        world.estimate(tx, world.first, 40)
        world.estimate(tx, world.elsewhere, 41)

    await db.write(expect)
    await live_day.keep(db, world.fair, now=NOW + 30 * MINUTE)
    [clash] = (await board(db, world.here)).clashes
    assert ((await board(db, world.here)).next or clash).booking_id == world.first  # nobody is moved by a warning
    yields: dict[str, Any] = {"clash_id": clash.clash_id, "back": False, "now": NOW + 31 * MINUTE}
    await db.write(service.yield_place, world.recruiter, stand_id=world.here, **yields)
    found = await board(db, world.here)
    assert found.next is not None and found.passed is not None
    assert (found.next.booking_id, found.passed.presence) == (world.second, Presence.YIELDED)
    assert ((await board(db, world.there)).clashes[0].other_yields, found.clashes[0].yields) == (True, True)
    with pytest.raises(errors.WrongState):  # both cannot let each other go first
        await db.write(service.yield_place, world.other, stand_id=world.there, **yields)
    with pytest.raises(errors.NotFound):
        await db.write(service.yield_place, world.other, stand_id=world.here, **yields)

    for step in (queue.call, queue.start, queue.finish):  # over there: first place here again
        await db.write(step, world.other, booking_id=world.elsewhere, now=NOW + 50 * MINUTE)
    found = await board(db, world.here)
    assert found.next is not None
    assert (found.next.booking_id, found.clashes) == (world.first, ())


async def test_it_can_be_taken_back(db: Database, world: World) -> None:
    def expect(tx: Connection) -> None:
        world.estimate(tx, world.first, 30)
        world.estimate(tx, world.elsewhere, 31)

    await db.write(expect)
    await live_day.keep(db, world.fair, now=NOW + 20 * MINUTE)
    [clash] = (await board(db, world.here)).clashes
    for back in (False, False, True, True):
        await db.write(
            service.yield_place, world.recruiter, stand_id=world.here, clash_id=clash.clash_id, back=back, now=NOW
        )
        assert (await board(db, world.here)).clashes[0].yields is not back


async def test_an_alert_appears_when_it_is_due_and_disappears_when_it_is_seen_to(db: Database, world: World) -> None:
    def leave(tx: Connection, connected: datetime | None) -> None:
        tx.execute(update(t.stands).where(t.stands.c.id == world.here).values(connected_since=connected))

    await db.write(leave, None)
    await live_day.keep(db, world.fair, now=NOW + 4 * MINUTE)
    assert await told(db, world) == []  # a quarter past is eleven minutes away
    assert (await seen(db, world, NOW + 5 * MINUTE)).troubled == (world.here,)
    await live_day.keep(db, world.fair, now=NOW + 5 * MINUTE)
    assert await told(db, world) == [Trouble.NOT_JOINED]
    await db.write(leave, NOW + 6 * MINUTE)
    assert await told(db, world) == []


async def test_a_stand_is_told_what_it_can_do_something_about(db: Database, world: World) -> None:
    def alone(tx: Connection) -> None:
        queue.check_in(tx, world.ines, booking_id=world.first, now=NOW + 15 * MINUTE)
        queue.call(tx, world.recruiter, booking_id=world.first, now=NOW + 15 * MINUTE)
        queue.enter_room(tx, world.ines, booking_id=world.first, now=NOW + 16 * MINUTE)

    await db.write(alone)
    await live_day.keep(db, world.fair, now=NOW + 18 * MINUTE)
    assert (await board(db, world.here)).alert is None
    await live_day.keep(db, world.fair, now=NOW + 19 * MINUTE)
    found = (await board(db, world.here)).alert
    assert found is not None
    assert (found.kind, found.alone is not None and found.alone.stand_waits) == (Trouble.ALONE, False)
    assert await told(db, world) == [Trouble.ALONE]
    await db.write(queue.enter_room, world.recruiter, booking_id=world.first, now=NOW + 20 * MINUTE)
    assert (await board(db, world.here)).alert is None


@pytest.mark.parametrize("values", [{"kind": "meeting", "capacity": 3}, {"room_provider": "telephone"}])
async def test_a_room_that_is_no_room_of_two_leaves_nobody_alone(
    db: Database, world: World, values: dict[str, object]
) -> None:
    def alone(tx: Connection) -> None:
        tx.execute(update(t.stands).where(t.stands.c.id == world.here).values(**values))
        queue.call(tx, world.recruiter, booking_id=world.first, now=NOW + 15 * MINUTE)
        queue.enter_room(tx, world.ines, booking_id=world.first, now=NOW + 16 * MINUTE)

    await db.write(alone)
    await live_day.keep(db, world.fair, now=NOW + 20 * MINUTE)
    assert Trouble.ALONE not in await told(db, world)


async def test_a_growing_delay_is_measured_against_a_quarter_of_an_hour_before(db: Database, world: World) -> None:
    async def late(minutes: int, after: int) -> list[Trouble]:
        await db.write(lambda tx: tx.execute(update(t.stands).values(delay_minutes=minutes)))
        await db.write(timekeeper.keep, now=NOW + after * MINUTE)
        return await told(db, world)

    assert await late(6, 5) == [Trouble.GROWING] * 2
    assert await late(6, 10) == [Trouble.GROWING] * 2
    assert await late(6, 20) == []
    assert await late(12, 25) == [Trouble.LATE] * 2
    found = await db.read(trouble.trouble, world.fair)
    assert found is not None
    assert {each.growth for each in found.findings} == {6}


async def test_more_people_than_slots_are_left_for_are_said(db: Database, world: World) -> None:
    def crowd(tx: Connection) -> None:
        tx.execute(t.slots.delete().where(t.slots.c.id.in_(world.slots[3:])))
        for _ in range(4):
            queue.join(tx, make.make_candidate(tx, world.fair), stand_id=world.here, now=NOW)

    await db.write(crowd)
    await live_day.keep(db, world.fair, now=NOW + MINUTE)
    found = await db.read(trouble.trouble, world.fair)
    assert found is not None
    assert (found.findings[0].kind, found.findings[0].people) == (Trouble.OVERFLOW, 3)


async def test_outside_the_days_of_a_fair_there_is_nothing_to_do(db: Database, world: World) -> None:
    assert await db.read(look, world.fair, now=make.BEFORE) is None


async def test_a_look_takes_the_same_statements_for_a_large_fair(db: Database, world: World) -> None:
    def count(tx: Connection) -> int:
        with counted(tx) as said:
            look(tx, world.fair, now=NOW + 30 * MINUTE)
        return len(said)

    def grow(tx: Connection) -> None:
        for _ in range(5):
            stand = make.make_stand(tx, world.fair)
            booking.book(
                tx, make.make_candidate(tx, world.fair), slot_id=make.make_slots(tx, stand)[0], now=make.BEFORE
            )

    before = await db.read(count)
    await db.write(grow)
    assert await db.read(count) == before


async def test_nobody_is_left_in_a_clash_that_is_over(db: Database, world: World) -> None:
    def expect(tx: Connection) -> None:
        world.estimate(tx, world.first, 30)
        world.estimate(tx, world.elsewhere, 31)

    await db.write(expect)
    await live_day.keep(db, world.fair, now=NOW + 20 * MINUTE)
    await db.write(booking.cancel, world.ines, booking_id=world.elsewhere, now=NOW + 21 * MINUTE)
    assert (await board(db, world.here)).clashes == ()
    await live_day.keep(db, world.fair, now=NOW + 21 * MINUTE)
    assert await db.read(lambda tx: tx.execute(select(t.clashes.c.id)).all()) == []
