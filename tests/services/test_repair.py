"""A stand's people move together, with what the plan said, or nobody does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.repair import Outcome, Way
from jobdating.services import booking, queue
from jobdating.services.grid import PlanStale
from tests import factories as make
from tests.services.repaired import MINUTE, NOW, QUARTER, World, agree, everything, look, mails, newcomer, starts, undo


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


# Shifting


async def test_a_shift_moves_everybody_and_their_slots_and_tells_them(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked(minutes=30))
    assert looked.outcomes() == [Outcome.SHIFTED] * 5
    await agree(db, world, looked)
    expected = [make.MORNING + n * QUARTER + 30 * MINUTE for n in range(5)]
    assert await starts(db, world) == expected
    slot = select(t.slots.c.starts_at).where(t.slots.c.stand_id == world.stand).order_by(t.slots.c.id)
    assert (await db.read(lambda tx: list(tx.execute(slot).scalars())))[:5] == expected
    assert await mails(db, "moved") == world.bookings


async def test_a_shift_by_less_than_a_slot_keeps_the_rhythm(db: Database, world: World) -> None:
    await agree(db, world, await look(db, world, world.asked(minutes=5)))
    assert await starts(db, world) == [make.MORNING + n * QUARTER + 5 * MINUTE for n in range(5)]


async def test_what_has_happened_does_not_move(db: Database, world: World) -> None:
    for step in (queue.check_in, queue.call, queue.start):
        await db.write(step, world.organiser, booking_id=world.bookings[0], now=NOW)
    await agree(db, world, await look(db, world, world.asked()))
    assert await starts(db, world) == [make.MORNING, *(make.MORNING + (n + 1) * QUARTER for n in range(1, 5))]


async def test_only_what_comes_after_the_chosen_time_moves(db: Database, world: World) -> None:
    await agree(db, world, await look(db, world, world.asked(since=make.MORNING + 2 * QUARTER)))
    moved = [make.MORNING + (n + (n >= 2)) * QUARTER for n in range(5)]
    assert await starts(db, world) == moved


async def test_a_shift_reaches_to_the_break_unless_it_is_the_whole_day(db: Database, world: World) -> None:
    def later(tx: Connection) -> int:
        [slot] = make.make_slots(tx, world.stand, count=1, start=make.MORNING + timedelta(hours=5))
        return booking.book(tx, make.make_candidate(tx, world.fair), slot_id=slot, now=make.BEFORE).id

    afternoon = await db.write(later)
    looked = await look(db, world, world.asked())
    assert looked.repair.more == 1
    assert afternoon not in [move.person.booking_id for move in looked.repair.plan.moves]
    looked = await look(db, world, world.asked(whole_day=True))
    assert afternoon in [move.person.booking_id for move in looked.repair.plan.moves]


async def test_who_would_be_in_two_places_is_given_another_time(db: Database, world: World) -> None:
    def also(tx: Connection) -> None:
        booking.book(
            tx, world.organiser, slot_id=world.other_slots[2], now=make.BEFORE,
            candidate_id=world.people[0].candidates[world.fair],
        )  # fmt: skip

    await db.write(also)
    looked = await look(db, world, world.asked(minutes=30))
    [first, *others] = looked.repair.plan.moves
    assert first.outcome is Outcome.PLACED
    assert first.place
    assert first.place.stand_id == world.colleague
    assert first.place.span.start == make.MORNING + 3 * QUARTER  # right after the other one
    assert {move.outcome for move in others} == {Outcome.SHIFTED}
    await agree(db, world, looked)
    assert (await starts(db, world))[0] == first.place.span.start


async def test_who_finds_no_other_time_keeps_the_place_in_the_line(db: Database, world: World) -> None:
    def full(tx: Connection) -> None:
        tx.execute(update(t.slots).where(t.slots.c.id.in_(world.slots[5:])).values(state="blocked"))
        tx.execute(update(t.stands).where(t.stands.c.id.in_([world.other, world.colleague])).values(away_since=NOW))
        booking.book(
            tx, world.organiser, slot_id=world.other_slots[2], now=make.BEFORE,
            candidate_id=world.people[0].candidates[world.fair],
        )  # fmt: skip

    await db.write(full)
    looked = await look(db, world, world.asked(minutes=30))
    [first, *_] = looked.repair.plan.moves
    assert first.outcome is Outcome.LINE
    assert first.near
    assert first.near.stand == "Forges"
    before = await everything(db, world)
    repair_id = await agree(db, world, looked)
    bookings, slots, _ = await everything(db, world)
    kept = next(row for row in bookings if row.id == world.bookings[0])
    assert (kept.state, kept.slot_id, kept.starts_at) == ("booked", None, None)
    assert next(row.state for row in slots if row.id == world.slots[0]) == "blocked"  # their time is not given away
    assert await mails(db, "in_line") == [world.bookings[0]]
    await undo(db, world, repair_id)
    assert await everything(db, world) == before


async def test_a_faster_stand_has_people_come_earlier_and_free_slots_go_behind(db: Database, world: World) -> None:
    def freed(tx: Connection) -> None:
        booking.cancel(tx, world.organiser, booking_id=world.bookings[1], now=make.BEFORE)

    await db.write(freed)
    at = make.MORNING + QUARTER
    looked = await look(db, world, world.asked(minutes=-15, at=at, since=make.MORNING + 2 * QUARTER))
    assert looked.outcomes() == [Outcome.STAYS] * 3  # the first could not know in time, and is in the way of the others
    looked = await look(db, world, world.asked(minutes=-15, at=make.MORNING, since=make.MORNING + 2 * QUARTER))
    assert looked.outcomes() == [Outcome.SHIFTED] * 3
    await agree(db, world, looked, now=make.MORNING)
    found = await starts(db, world)
    assert found[2:] == [make.MORNING + n * QUARTER for n in (1, 2, 3)]
    _, slots, _ = await everything(db, world)
    freed_slot = next(row for row in slots if row.id == world.slots[1])
    assert (freed_slot.starts_at, freed_slot.state) == (make.MORNING + 11 * QUARTER, "open")


# Spreading and closing


async def test_people_are_spread_over_the_nearest_places_colleagues_first(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked(Way.SPREAD))
    assert looked.outcomes() == [Outcome.PLACED] * 5
    waits = sum((move.to.start - move.person.span.start for move in looked.repair.placed if move.to), timedelta())
    assert waits == QUARTER  # 9:00 is too soon to be told; from 9:15 on two stands take two at a time
    assert {move.place.stand_id for move in looked.repair.placed if move.place} == {world.colleague, world.other}
    await agree(db, world, looked)
    bookings, _, _ = await everything(db, world)
    assert {row.stand_id for row in bookings} == {world.colleague, world.other}
    assert await mails(db, "moved") == world.bookings


async def test_nobody_is_sent_where_they_have_nothing_to_look_for(db: Database, world: World) -> None:
    def become(tx: Connection) -> None:
        tx.execute(t.stand_trades.update().where(t.stand_trades.c.stand_id == world.other).values(trade="Usinage"))
        tx.execute(update(t.stands).where(t.stands.c.id == world.colleague).values(kind="meeting"))

    await db.write(become)
    looked = await look(db, world, world.asked(Way.SPREAD))
    assert looked.outcomes() == [Outcome.STAYS] * 5


async def test_nobody_is_sent_to_a_stand_that_is_not_there(db: Database, world: World) -> None:
    missing = update(t.stands).where(t.stands.c.id.in_([world.other, world.colleague])).values(connected_since=None)
    await db.write(lambda tx: tx.execute(missing) and None)
    looked = await look(db, world, world.asked(Way.SPREAD))
    assert looked.outcomes() == [Outcome.STAYS] * 5


async def test_whoever_was_unticked_stays(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked(Way.SPREAD))
    only = {world.bookings[4]: looked.chosen[world.bookings[4]]}
    await agree(db, world, replace(looked, chosen=only))
    bookings, _, _ = await everything(db, world)
    assert [row.stand_id for row in bookings] == [world.stand] * 4 + [bookings[4].stand_id]
    assert bookings[4].stand_id != world.stand


async def test_a_stand_that_closes_loses_nobody_without_a_word(db: Database, world: World) -> None:
    def narrow(tx: Connection) -> None:
        tx.execute(update(t.stands).where(t.stands.c.id == world.other).values(away_since=NOW))
        tx.execute(update(t.slots).where(t.slots.c.id.in_(world.colleague_slots[2:])).values(state="blocked"))

    await db.write(narrow)
    before = await everything(db, world)
    looked = await look(db, world, world.asked(Way.CLOSE))
    assert sorted(looked.outcomes()) == [Outcome.CANCELLED] * 4 + [Outcome.PLACED]
    repair_id = await agree(db, world, looked)
    bookings, slots, waiting = await everything(db, world)
    assert {row.state for row in slots if row.id in world.slots} == {"blocked"}
    assert len([row for row in bookings if row.state == "cancelled"]) == 4
    assert len(waiting) == 4
    assert len(await mails(db, "cancelled")) == 4
    await undo(db, world, repair_id)
    assert await everything(db, world) == before


async def test_a_stand_closes_from_a_time_on(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked(Way.CLOSE, since=make.MORNING + 3 * QUARTER))
    await agree(db, world, looked)
    bookings, slots, _ = await everything(db, world)
    assert [row.stand_id == world.stand for row in bookings] == [True, True, True, False, False]
    assert [row.state for row in slots if row.id in world.slots][:4] == ["open", "open", "open", "blocked"]


async def test_who_waits_without_an_appointment_is_spread_too(db: Database, world: World) -> None:
    walk_in = await newcomer(db, world)
    await db.write(queue.join, walk_in, stand_id=world.stand, now=NOW)
    looked = await look(db, world, world.asked(Way.SPREAD))
    assert walk_in.candidates[world.fair] in [move.person.candidate_id for move in looked.repair.placed]
    before = await everything(db, world)
    repair_id = await agree(db, world, looked)
    await undo(db, world, repair_id)
    assert await everything(db, world) == before


# Agreed to, and no longer so


async def test_a_plan_that_is_no_longer_so_moves_nobody(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked())
    await db.write(booking.book, await newcomer(db, world), slot_id=world.slots[6], now=make.BEFORE)
    before = await everything(db, world)
    with pytest.raises(PlanStale):
        await agree(db, world, looked)
    assert await everything(db, world) == before


async def test_a_place_that_was_taken_meanwhile_moves_nobody(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked(Way.SPREAD))
    taken = next(iter(looked.chosen.values()))
    await db.write(booking.book, await newcomer(db, world), slot_id=taken, now=make.BEFORE)
    before = await everything(db, world)
    with pytest.raises(PlanStale):
        await agree(db, world, looked)
    assert await everything(db, world) == before


async def test_a_change_elsewhere_does_not_spoil_the_plan(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked(Way.SPREAD))
    free = next(slot for slot in world.other_slots[8:] if slot not in looked.chosen.values())
    await db.write(booking.book, await newcomer(db, world), slot_id=free, now=make.BEFORE)
    await agree(db, world, looked)


async def test_a_second_click_does_nothing_more(db: Database, world: World) -> None:
    looked = await look(db, world, world.asked())
    await agree(db, world, looked)
    with pytest.raises(PlanStale):
        await agree(db, world, looked)


@pytest.mark.parametrize("lead", [True, False])
async def test_a_lead_recruiter_may_and_the_others_may_not(db: Database, world: World, lead: bool) -> None:
    recruiter = Actor(1, stands=frozenset({world.stand}), led=frozenset({world.stand} if lead else ()))
    looked = await look(db, world, world.asked())
    if lead:
        assert await agree(db, world, looked, actor=recruiter)
    else:
        with pytest.raises(NotFound):
            await agree(db, world, looked, actor=recruiter)
