"""The wall's queries: the same row alone and among all, figures that add up, and a number of statements that stays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.attendance import Status, Trouble
from jobdating.domain.repair import Asked, Way
from jobdating.domain.timeline import CellState
from jobdating.queries import attendance, candidates, repair, sheet, trouble, wall
from jobdating.queries.candidates import Kind, Search
from jobdating.services import booking, queue, timekeeper
from tests import factories as make

MINUTE = timedelta(minutes=1)
DAY = date(2027, 6, 17)
NOW = make.MORNING + 22 * MINUTE
SPREAD = Asked(Way.SPREAD, DAY, NOW)


class World:
    """A stand with one interview done, one running, one waiting and one missed; another that nobody opened."""

    def __init__(self, tx: Connection, *, more: int = 0) -> None:
        self.fair = make.make_fair(tx, live_day=DAY)
        self.stand = make.make_stand(tx, self.fair, name="Forges d’Argentan", connected_since=make.MORNING)
        self.missing = make.make_stand(tx, self.fair, name="Ateliers Virois")
        self.slots = make.make_slots(tx, self.stand)
        self.missing_slots = make.make_slots(tx, self.missing)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.fair)
        self.people = [make.make_candidate(tx, self.fair, level="CAP") for _ in range(6)]
        self.bookings = [self.book(tx, person, slot) for person, slot in zip(self.people, self.slots, strict=False)]
        for step in (queue.check_in, queue.call, queue.start, queue.finish):
            step(tx, self.recruiter, booking_id=self.bookings[0], now=make.MORNING + 2 * MINUTE)
        queue.no_show(tx, self.recruiter, booking_id=self.bookings[1], now=make.MORNING + 20 * MINUTE)
        for step in (queue.check_in, queue.call, queue.start):
            step(tx, self.recruiter, booking_id=self.bookings[2], now=make.MORNING + 21 * MINUTE)
        queue.check_in(tx, self.people[3], booking_id=self.bookings[3], now=NOW)
        for _ in range(more):
            stand = make.make_stand(tx, self.fair)
            self.book(tx, make.make_candidate(tx, self.fair), make.make_slots(tx, stand)[0])

    def book(self, tx: Connection, person: Any, slot: int) -> int:
        return booking.book(tx, person, slot_id=slot, now=make.BEFORE).id


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


@contextmanager
def counting(tx: Connection) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(*args: Any) -> None:
        said.append(args[2])

    event.listen(tx, "before_cursor_execute", hear)
    yield said
    event.remove(tx, "before_cursor_execute", hear)


async def test_a_row_alone_is_the_row_among_all(db: Database, world: World) -> None:
    rows = await db.read(wall.rows, world.fair)
    assert [row.stand_id for row in rows] == [world.missing, world.stand]
    for row in rows:
        assert await db.read(wall.row, row.stand_id) == row


async def test_each_slot_is_a_cell_with_its_state_and_who(db: Database, world: World) -> None:
    row = await db.read(wall.row, world.stand)
    assert row is not None
    assert [cell.state for cell in row.cells[:7]] == [
        CellState.DONE, CellState.ABSENT, CellState.RUNNING, CellState.BOOKED, CellState.BOOKED, CellState.BOOKED,
        CellState.FREE,
    ]  # fmt: skip
    assert row.cells[12].state is CellState.CLOSED
    assert row.cells[0].people == ("Inès B.",)
    assert (row.waiting, row.expected, row.done, len(row.now_with)) == (1, 3, 1, 1)


async def test_somebody_without_an_appointment_is_seen_when_called(db: Database, world: World) -> None:
    def act(tx: Connection) -> None:
        queue.finish(tx, world.recruiter, booking_id=world.bookings[2], now=NOW)
        person = make.make_candidate(tx, world.fair)
        joined = queue.join(tx, person, stand_id=world.stand, now=NOW)
        queue.call(tx, world.recruiter, booking_id=joined.id, now=NOW + 70 * MINUTE)

    await db.write(act)
    row = await db.read(wall.row, world.stand)
    assert row is not None
    assert row.cells[6].state is CellState.CALLED


async def test_a_group_slot_tells_how_full_it_is(db: Database, world: World) -> None:
    def act(tx: Connection) -> int:
        stand = make.make_stand(tx, world.fair, kind="visit", capacity=12)
        slot = make.make_slots(tx, stand, count=1, start=make.MORNING + 90 * MINUTE, capacity=12)[0]
        tx.execute(update(t.slots).where(t.slots.c.id == slot).values(ends_at=make.MORNING + 150 * MINUTE))
        for person in (make.make_candidate(tx, world.fair), make.make_candidate(tx, world.fair)):
            world.book(tx, person, slot)
        return stand

    row = await db.read(wall.row, await db.write(act))
    assert row is not None
    cells = row.cells[6:10]
    assert [(cell.taken, cell.capacity, cell.more) for cell in cells] == [(2, 12, False), *[(2, 12, True)] * 3]
    assert row.cells[10].state is CellState.CLOSED


async def test_trouble_comes_first_and_the_other_orders_are_by_word(db: Database, world: World) -> None:
    await db.write(
        lambda tx: tx.execute(update(t.stands).where(t.stands.c.id == world.missing).values(delay_minutes=20))
    )
    rows = await db.read(wall.rows, world.fair)
    assert next(row.status for row in wall.ordered(rows, wall.Sort.TROUBLE)) is Status.ON_TIME
    await db.write(lambda tx: world.book(tx, make.make_candidate(tx, world.fair), world.missing_slots[0]))
    rows = await db.read(wall.rows, world.fair)
    assert wall.ordered(rows, wall.Sort.TROUBLE)[0].status is Status.MISSING
    assert [row.name for row in wall.ordered(rows, wall.Sort.NAME)] == ["Ateliers Virois", "Forges d’Argentan"]


async def test_the_figures_add_up(db: Database, world: World) -> None:
    figures = await db.read(attendance.figures, world.fair)
    assert figures is not None
    told = (figures.registered, figures.expected, figures.booked, figures.done, figures.running, figures.waiting)
    assert told == (6, 6, 6, 1, 1, 1)
    assert (figures.no_shows, figures.refilled, figures.here) == (1, 0, 2)
    assert (figures.places, figures.free) == (24, 19)
    assert figures.fill == 21


async def test_a_missed_place_that_is_given_again_counts_as_refilled(db: Database, world: World) -> None:
    def act(tx: Connection) -> None:
        other = make.make_candidate(tx, world.fair)
        booking.book(
            tx, world.organiser, slot_id=world.slots[1], candidate_id=other.candidates[world.fair], now=make.MORNING
        )

    await db.write(act)
    figures = await db.read(attendance.figures, world.fair)
    assert figures is not None
    assert (figures.no_shows, figures.refilled) == (1, 1)


async def test_the_wait_runs_from_the_booked_time_or_the_arrival_after_it(db: Database, world: World) -> None:
    def act(tx: Connection) -> None:
        for step in (queue.finish,):
            step(tx, world.recruiter, booking_id=world.bookings[2], now=NOW)
        queue.call(tx, world.recruiter, booking_id=world.bookings[3], now=make.MORNING + 59 * MINUTE)

    await db.write(act)
    figures = await db.read(attendance.figures, world.fair)
    assert figures is not None
    assert figures.mean_wait == 5  # 0 for two who were called as they came, 14 for the one booked at 9:45


async def test_before_the_fair_the_figures_are_of_its_preparation(db: Database, world: World) -> None:
    await db.write(lambda tx: tx.execute(update(t.fairs).values(live_day=None)))
    figures = await db.read(attendance.figures, world.fair)
    assert figures is not None
    assert not figures.live
    assert figures.preparation is not None
    told = figures.preparation
    assert (told.registered, told.complete, told.with_cv, told.without_booking) == (6, 6, 0, 0)
    assert (told.places, told.stands_empty, told.stands_unstaffed) == (24, 1, 1)


async def test_nothing_needs_a_hand_before_the_timekeeper_has_looked(db: Database, world: World) -> None:
    found = await db.read(trouble.trouble, world.fair)
    assert found is not None
    assert (found.moment, found.findings) == (None, ())


async def test_a_stand_nobody_opened_is_found_at_the_timekeepers_next_look(db: Database, world: World) -> None:
    await db.write(timekeeper.keep, now=NOW)
    found = await db.read(trouble.trouble, world.fair)
    assert found is not None
    assert [(f.kind, f.stand_id) for f in found.findings] == [(Trouble.NOT_JOINED, world.missing)]


async def test_attendance_is_what_was_sampled_beside_what_was_planned(db: Database, world: World) -> None:
    await db.write(timekeeper.keep, now=NOW)
    plot = await db.read(attendance.attendance, world.fair)
    assert plot is not None and plot.last is not None and plot.peak is not None
    assert (plot.last.running, plot.last.waiting) == (1, 1)
    assert plot.peak[1] == 5  # of six a quarter of an hour apart, half an hour around each
    assert plot.x(plot.begins) == 0
    assert 0 < plot.x(plot.last.at) < plot.x(plot.peak[0]) + 1000


@pytest.mark.parametrize(
    "read",
    [
        lambda tx, world: wall.rows(tx, world.fair),
        lambda tx, world: attendance.figures(tx, world.fair),
        lambda tx, world: trouble.trouble(tx, world.fair),
        lambda tx, world: attendance.attendance(tx, world.fair),
        lambda tx, world: sheet.sheet(tx, world.stand),
        lambda tx, world: candidates.search(tx, world.fair, Search()),
        lambda tx, world: repair.repair(tx, world.fair, world.stand, asked=SPREAD),
    ],
)
async def test_the_number_of_statements_does_not_grow(
    db: Database, read: Callable[[Connection, World], object]
) -> None:
    counts = []
    for more in (0, 3):
        world = await db.write(World, more=more)
        await db.write(timekeeper.keep, now=NOW)

        def counted(tx: Connection, world: World = world) -> int:
            with counting(tx) as said:
                read(tx, world)
            return len(said)

        counts.append(await db.read(counted))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (Search(words="elise"), ["Élise Hébert"]),
        (Search(words="HEBERT él"), ["Élise Hébert"]),
        (Search(words="06 39 98 12 34"), ["Élise Hébert"]),
        (Search(words="+33 6 39 98 12 34"), ["Élise Hébert"]),
        (Search(words="elise@candidat.example"), ["Élise Hébert"]),
        (Search(words="personne"), []),
        (Search(kind=Kind.NO_BOOKING), ["Élise Hébert"]),
        (Search(kind=Kind.INCOMPLETE), ["Élise Hébert"]),
    ],
)
async def test_a_candidate_is_found_however_it_is_typed(
    db: Database, world: World, asked: Search, names: list[str]
) -> None:
    def act(tx: Connection) -> None:
        tx.execute(update(t.accounts).values(last_name="Marie"))
        values = {
            "email": "elise@candidat.example", "first_name": "Élise", "last_name": "Hébert", "phone": "06 39 98 12 34",
            "created_at": NOW,
        }  # fmt: skip
        account = tx.execute(insert(t.accounts).values(**values).returning(t.accounts.c.id)).scalar_one()
        tx.execute(insert(t.candidates).values(fair_id=world.fair, account_id=account, registered_at=NOW))
        tx.execute(
            update(t.accounts)
            .where(t.accounts.c.email.like("personne%"))
            .values(email=t.accounts.c.id.concat("@x.example"))
        )

    await db.write(act)
    found = await db.read(candidates.search, world.fair, asked)
    assert [person.name for person in found.people] == names


async def test_the_absent_and_those_who_are_here_are_told_apart(db: Database, world: World) -> None:
    absent = await db.read(candidates.search, world.fair, Search(kind=Kind.ABSENT))
    here = await db.read(candidates.search, world.fair, Search(kind=Kind.HERE))
    assert [p.candidate_id for p in absent.people] == [world.people[1].candidates[world.fair]]
    assert {p.candidate_id for p in here.people} == {world.people[n].candidates[world.fair] for n in (2, 3)}


async def test_history_tells_who_did_what(db: Database, world: World) -> None:
    candidate = world.people[0].candidates[world.fair]
    told = await db.read(candidates.history, world.fair, candidate)
    assert [h.kind for h in reversed(told)] == [
        "BookingMade", "CandidateCheckedIn", "CandidateCalled", "InterviewStarted", "InterviewFinished",
    ]  # fmt: skip
    assert told[-1].own
    assert not told[0].own
    assert told[0].stand == "Forges d’Argentan"


async def test_a_meeting_does_not_stand_in_for_an_interview(db: Database, world: World) -> None:
    def becomes_a_meeting(tx: Connection) -> None:
        tx.execute(update(t.stands).where(t.stands.c.id == world.missing).values(kind="meeting"))

    await db.write(becomes_a_meeting)
    plan = await db.read(repair.repair, world.fair, world.stand, asked=SPREAD)
    assert plan.plan.moves
    assert not plan.placed
