"""What was done with a stand's people can be taken back as a whole, as far as things have not moved on."""

import pytest

from jobdating.db.engine import Database
from jobdating.domain import events
from jobdating.domain.repair import Way
from jobdating.domain.states import BookingState
from jobdating.services import booking, queue, repair
from jobdating.services.repair import UndoOver
from tests import factories as make
from tests.services.repaired import MINUTE, NOW, QUARTER, World, agree, everything, look, newcomer, starts, undo
from tests.written import last_id, written


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


# Taking back


@pytest.mark.parametrize("way", [Way.SHIFT, Way.SPREAD, Way.LATER, Way.CLOSE])
async def test_all_of_it_goes_back(db: Database, world: World, way: Way) -> None:
    before = await everything(db, world)
    repair_id = await agree(db, world, await look(db, world, world.asked(way)))
    assert await everything(db, world) != before
    done = await undo(db, world, repair_id, now=NOW + 9 * MINUTE)
    assert done.left == ()
    assert await everything(db, world) == before


async def test_what_went_on_since_is_not_undone(db: Database, world: World) -> None:
    repair_id = await agree(db, world, await look(db, world, world.asked(minutes=15)))
    for step in (queue.check_in, queue.call):
        await db.write(step, world.organiser, booking_id=world.bookings[1], now=NOW)
    somebody = await newcomer(db, world)
    await db.write(booking.book, somebody, slot_id=world.slots[6], now=make.BEFORE)
    done = await undo(db, world, repair_id)
    assert done.left == ()
    assert await starts(db, world) == [make.MORNING + n * QUARTER for n in range(5)]
    bookings, slots, _ = await everything(db, world)
    assert next(row.state for row in bookings if row.id == world.bookings[1]) == "called"
    # Whoever took a place at its new time keeps it.
    assert next(row.starts_at for row in slots if row.id == world.slots[6]) == make.MORNING + 7 * QUARTER


async def test_an_interview_elsewhere_that_has_begun_stays_and_is_named(db: Database, world: World) -> None:
    repair_id = await agree(db, world, await look(db, world, world.asked(Way.SPREAD)))
    await db.write(queue.call, world.organiser, booking_id=world.bookings[1], now=NOW)
    done = await undo(db, world, repair_id)
    assert done.left == ((world.bookings[1], "started"),)
    bookings, _, _ = await everything(db, world)
    assert [row.stand_id == world.stand for row in bookings] == [True, False, True, True, True]


async def test_a_place_that_somebody_has_taken_since_is_not_taken_back(db: Database, world: World) -> None:
    repair_id = await agree(db, world, await look(db, world, world.asked(Way.SPREAD)))
    somebody = await newcomer(db, world)
    theirs = await db.write(booking.book, somebody, slot_id=world.slots[3], now=make.BEFORE)
    done = await undo(db, world, repair_id)
    assert done.left == ((world.bookings[3], "taken"),)
    bookings, _, _ = await everything(db, world)
    assert next(row.slot_id for row in bookings if row.id == theirs.id) == world.slots[3]


async def test_nobody_is_put_back_onto_another_interview_of_theirs(db: Database, world: World) -> None:
    repair_id = await agree(db, world, await look(db, world, world.asked(Way.LATER)))
    here = await starts(db, world)
    assert here[4]
    await db.write(
        booking.book, world.organiser, slot_id=world.other_slots[4], now=NOW,
        candidate_id=world.people[4].candidates[world.fair],
    )  # fmt: skip
    done = await undo(db, world, repair_id)
    assert done.left == ((world.bookings[4], "busy"),)


async def test_after_some_minutes_and_twice_it_cannot_be_taken_back(db: Database, world: World) -> None:
    first = await agree(db, world, await look(db, world, world.asked()))
    with pytest.raises(UndoOver):
        await undo(db, world, first, now=NOW + 11 * MINUTE)
    await undo(db, world, first, now=NOW + 10 * MINUTE)
    with pytest.raises(UndoOver):
        await undo(db, world, first)


async def test_the_timekeeper_tells_when_it_is_too_late(db: Database, world: World) -> None:
    await agree(db, world, await look(db, world, world.asked()))
    before = await db.read(last_id)
    await db.write(repair.settle, now=NOW + 10 * MINUTE)
    assert not await db.read(written, after=before)
    await db.write(repair.settle, now=NOW + 11 * MINUTE)
    await db.write(repair.settle, now=NOW + 12 * MINUTE)
    [settled] = await db.read(written, after=before)
    assert isinstance(settled, events.RepairSettled)


async def test_a_held_place_moves_along(db: Database, world: World) -> None:
    somebody = await newcomer(db, world)
    held = await db.write(
        booking.invite, world.organiser, slot_id=world.slots[5], now=NOW, candidate_id=somebody.candidates[world.fair]
    )
    await agree(db, world, await look(db, world, world.asked()))
    bookings, _, _ = await everything(db, world)
    row = next(row for row in bookings if row.id == held.id)
    assert (row.state, row.starts_at) == (BookingState.HELD, make.MORNING + 6 * QUARTER)
