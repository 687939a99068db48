"""The board of a stand: its order, its suggestion, its free slots, and that it speaks of the live day alone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.arbiter import Reason
from jobdating.domain.states import NextStep
from jobdating.queries import cockpit, invitations, review, rooms
from jobdating.queries.cockpit import Board, FreeSlot
from jobdating.queries.interviews import Entry, Presence
from jobdating.services import booking, promises, queue, stand
from jobdating.services import review as reviewing
from tests import factories as make

MINUTE = timedelta(minutes=1)
NOW = make.MORNING


class World:
    """Four slots a day on two days; the first three of the live day are booked."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=date(2027, 6, 17))
        self.stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand, count=4)
        self.tomorrow = make.make_slots(tx, self.stand, count=4, start=NOW + timedelta(days=1))
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.people = [make.make_candidate(tx, self.fair) for _ in range(5)]
        self.bookings = [
            booking.book(tx, person, slot_id=slot, now=make.BEFORE).id
            for person, slot in zip(self.people[:3], self.slots, strict=False)
        ]
        booking.book(tx, self.people[3], slot_id=self.tomorrow[0], now=make.BEFORE)


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(lambda tx: World(tx))


async def board(db: Database, world: World) -> Board:
    found = await db.read(cockpit.board, world.stand)
    assert found is not None
    return found


def shown(board: Board) -> list[object]:
    """Bookings by id, free slots as they are."""
    return [row.booking_id if isinstance(row, Entry) else (row.slot_id, row.blocked) for row in board.rows]


async def test_the_board_shows_the_live_day_by_time_with_its_free_slots(db: Database, world: World) -> None:
    assert shown(await board(db, world)) == [*world.bookings, (world.slots[3], False)]
    await db.write(stand.block_slot, world.recruiter, slot_id=world.slots[3], now=NOW)
    assert shown(await board(db, world))[-1] == (world.slots[3], True)

    def next_day(tx: Connection) -> None:
        tx.execute(update(t.fairs).where(t.fairs.c.id == world.fair).values(live_day=date(2027, 6, 18)))

    await db.write(next_day)
    found = await board(db, world)
    assert [isinstance(row, FreeSlot) for row in found.rows] == [False, True, True, True]
    assert await db.read(cockpit.board, 10**6) is None


async def test_after_the_long_break_comes_later_until_it_is_near(db: Database, world: World) -> None:
    def an_afternoon(tx: Connection) -> list[int]:
        return make.make_slots(tx, world.stand, count=2, start=NOW + timedelta(hours=5))

    afternoon = await db.write(an_afternoon)
    found = await board(db, world)
    assert [row.slot_id for row in found.later if isinstance(row, FreeSlot)] == afternoon
    assert (len(found.soon), found.later_people) == (4, 0)
    for minute, step in enumerate((queue.call, queue.start, queue.finish)):
        at = NOW + timedelta(hours=4, minutes=20 + minute)
        await db.write(step, world.recruiter, booking_id=world.bookings[0], now=at)
    assert (await board(db, world)).later == []


async def test_a_walk_in_stands_where_the_estimates_see_a_gap(db: Database, world: World) -> None:
    walk_in = await db.write(queue.join, world.people[4], stand_id=world.stand, now=NOW - MINUTE)
    assert shown(await board(db, world))[0] == walk_in.id

    def foresee(tx: Connection) -> None:
        at = NOW + 20 * MINUTE
        tx.execute(t.estimates.insert().values(booking_id=walk_in.id, not_before=at, low=at, high=at, published_at=NOW))

    await db.write(foresee)
    assert shown(await board(db, world))[:4] == [*world.bookings[:2], walk_in.id, world.bookings[2]]


async def test_a_walk_in_is_told_to_leave_for_the_next_who_booked(db: Database, world: World) -> None:
    def call(tx: Connection) -> int:
        walk_in = queue.join(tx, world.people[4], stand_id=world.stand, now=NOW + MINUTE)
        assert cockpit.board(tx, world.stand).stop is None  # type: ignore[union-attr]  # nobody is inside
        queue.call(tx, world.recruiter, booking_id=walk_in.id, now=NOW + 2 * MINUTE)
        return walk_in.id

    walk_in = await db.write(call)
    assert (await board(db, world)).stop == NOW + 15 * MINUTE  # who is late for 9:00 may come, but is not waited for
    await db.write(queue.start, world.recruiter, booking_id=walk_in, now=NOW + 3 * MINUTE)
    await db.write(booking.cancel, world.people[1], booking_id=world.bookings[1], now=NOW + 3 * MINUTE)
    assert (await board(db, world)).stop == NOW + 30 * MINUTE
    await db.write(queue.finish, world.recruiter, booking_id=walk_in, now=NOW + 9 * MINUTE)
    assert (await board(db, world)).stop is None


async def test_the_suggestion_goes_to_who_is_here_and_says_who_keeps_the_place(db: Database, world: World) -> None:
    first, second, third = world.bookings
    found = await board(db, world)
    assert (found.turn.choice.reason, found.next and found.next.booking_id) == (
        Reason.WAIT,
        first,
    )  # better than nobody
    await db.write(queue.check_in, world.people[1], booking_id=second, now=NOW)
    found = await board(db, world)
    assert (found.turn.choice.reason, found.ask) == (Reason.HEAD_ABSENT, True)  # a quarter of an hour before their time
    assert (found.next and found.next.booking_id, found.passed and found.passed.booking_id) == (second, first)
    await db.write(queue.check_in, world.people[0], booking_id=first, now=NOW)
    found = await board(db, world)
    assert (found.turn.choice.reason, found.next and found.next.booking_id) == (Reason.TURN, first)
    await db.write(queue.step_aside, world.people[0], booking_id=first, now=NOW)
    await db.write(queue.come_back, world.people[0], booking_id=first, now=NOW)
    await db.write(queue.step_aside, world.people[1], booking_id=second, now=NOW)
    found = await board(db, world)
    assert (found.next and found.next.booking_id, found.passed) == (first, None)
    for each in (first, third):
        await db.write(queue.no_show, world.recruiter, booking_id=each, now=NOW)
    found = await board(db, world)
    assert (found.turn.choice.reason, found.next) == (Reason.WAIT, None)
    assert found.passed is not None
    assert found.passed.booking_id == second
    assert [entry.presence for entry in found.line] == [Presence.ASIDE]


async def test_the_last_one_stays_on_the_card_until_the_next_call_and_waits_for_a_word(
    db: Database, world: World
) -> None:
    first = world.bookings[0]
    for minute, step in enumerate((queue.call, queue.start, queue.finish)):
        await db.write(step, world.recruiter, booking_id=first, now=NOW + minute * MINUTE)
    found = await board(db, world)
    assert found.last is not None
    assert (found.last.booking_id, found.current, found.mean) == (first, (), MINUTE)
    assert [entry.booking_id for entry in found.to_review] == [first]
    undecided = {"note": "Lit un plan.", "rating": None, "next_step": NextStep.UNDECIDED}
    await db.write(lambda tx: reviewing.write(tx, world.recruiter, booking_id=first, now=NOW, **undecided))  # type: ignore[arg-type]
    assert [entry.booking_id for entry in (await board(db, world)).to_review] == [first]
    decided = undecided | {"next_step": NextStep.OFFER}
    await db.write(lambda tx: reviewing.write(tx, world.recruiter, booking_id=first, now=NOW, **decided))  # type: ignore[arg-type]
    assert (await board(db, world)).to_review == []


async def test_guests_are_those_who_can_come_and_only_once(db: Database, world: World) -> None:
    def wish(tx: Connection) -> list[str]:
        for rank, person in ((2, world.people[4]), (1, world.people[0])):
            values = {"candidate_id": person.candidates[world.fair], "stand_id": world.stand}
            tx.execute(t.wishes.insert().values(**values, rank=rank, eligible=True))
        waiting = make.make_candidate(tx, world.fair)
        values = {"candidate_id": waiting.candidates[world.fair], "stand_id": world.stand}
        tx.execute(t.waitlist.insert().values(**values, joined_at=NOW))
        found = cockpit.board(tx, world.stand)
        assert found is not None
        slot = invitations.open_slots(tx, world.stand, now=NOW)[0]
        assert slot.slot_id == world.slots[3]
        guests = invitations.guests(tx, found, slot)
        assert [guest.candidate_id for guest in guests] == [
            waiting.candidates[world.fair], world.people[4].candidates[world.fair],
        ]  # fmt: skip
        return [guest.name for guest in guests]

    assert all(name.startswith("Inès ") and name.endswith(".") for name in await db.write(wish))


async def test_all_interviews_and_each_profile_and_door_can_be_read(db: Database, world: World) -> None:
    def read(tx: Connection) -> None:
        found = cockpit.board(tx, world.stand)
        assert found is not None
        assert len(review.interviews(tx, found)) == 4  # on all days
        assert review.profile(tx, found, world.bookings[0]).email.endswith("@candidat.example")
        door = rooms.door(tx, world.people[0], world.bookings[0])
        assert door.is_candidate
        assert (door.is_open(NOW - 11 * MINUTE), door.is_open(NOW - 10 * MINUTE)) == (False, True)

    await db.read(read)


async def test_who_is_elsewhere_keeps_first_place_and_the_board_says_where_and_until_when(
    db: Database, world: World
) -> None:
    first, second, _ = world.bookings

    def call_elsewhere(tx: Connection) -> None:
        there = make.make_stand(tx, world.fair, name="Forges d’Argentan")
        slot = make.make_slots(tx, there, count=1, start=NOW + timedelta(hours=2))[0]
        made = booking.book(tx, world.people[0], slot_id=slot, now=make.BEFORE)
        queue.call(tx, make.make_recruiter(tx, there), booking_id=made.id, now=NOW + MINUTE)
        queue.check_in(tx, world.people[1], booking_id=second, now=NOW + MINUTE)

    await db.write(call_elsewhere)
    found = await board(db, world)
    assert (found.turn.choice.reason, found.turn.choice.keeps_place) == (Reason.HEAD_BUSY, first)
    assert (found.passed and found.passed.booking_id, found.next and found.next.booking_id) == (first, second)
    where = found.passed.elsewhere if found.passed else None
    assert where is not None
    assert (where.stand, where.until) == ("Forges d’Argentan", NOW + 11 * MINUTE)


async def test_a_number_is_shown_to_the_stand_from_the_call_to_the_end_of_an_interview_by_phone(
    db: Database, world: World
) -> None:
    first = world.bookings[0]

    async def phone() -> tuple[str, bool]:
        [entry] = [entry for entry in (await board(db, world)).entries if entry.booking_id == first]
        return entry.phone, entry.present

    def give_numbers(tx: Connection) -> None:
        tx.execute(update(t.accounts).values(phone="+33639980102"))

    await db.write(give_numbers)
    assert await phone() == ("", False)
    await db.write(promises.ask_for_phone, world.people[0], booking_id=first, now=NOW)
    assert await phone() == ("", True)
    for minute, (step, shown) in enumerate(
        ((queue.call, "+33639980102"), (queue.start, "+33639980102"), (queue.finish, ""))
    ):
        await db.write(step, world.recruiter, booking_id=first, now=NOW + minute * MINUTE)
        assert (await phone())[0] == shown
