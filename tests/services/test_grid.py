"""Another grid keeps everybody: at their time, at the nearest one, or not at all and then it is refused."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import NotFound
from jobdating.domain.grid import StandGrid
from jobdating.domain.policy import Actor
from jobdating.domain.regridding import Frame, GridPlan, change
from jobdating.domain.slots import Span
from jobdating.queries import settings
from jobdating.queries import stand as public
from jobdating.services import blocking, booking, grid, queue
from jobdating.services import stand as standing
from tests import factories as make

NOW = make.BEFORE
MORNING = make.MORNING
FRAME = Frame(date(2027, 6, 17), date(2027, 6, 19), (("09:00", "12:00"), ("14:00", "17:00")), "Europe/Paris", 10, 5)
MINUTE = timedelta(minutes=1)


def whole() -> list[list[str]]:
    return [[span.start.isoformat(), span.end.isoformat()] for span in FRAME.rhythm.hours]


def frame(**changes: Any) -> Frame:
    return Frame(**{**FRAME.__dict__, **changes})


class World:
    """A stand there all the time with its real grid, an organiser and some candidates."""

    def __init__(self, tx: Connection, candidates: int = 3) -> None:
        self.fair = make.make_fair(tx, closes_at=MORNING)
        self.organiser = make.make_organiser(tx, self.fair)
        self.stand = self.add(tx)
        self.candidates = [make.make_candidate(tx, self.fair) for _ in range(candidates)]

    def add(self, tx: Connection) -> int:
        stand = make.make_stand(tx, self.fair, availability=whole())
        for day in range(3):
            make.make_slots(tx, stand, count=12, start=MORNING + timedelta(days=day))
            make.make_slots(tx, stand, count=12, start=MORNING + timedelta(days=day, hours=5))
        return stand

    def book(self, tx: Connection, n: int, minutes: int, stand: int | None = None) -> int:
        starts_at = MORNING + minutes * MINUTE
        at = (t.slots.c.stand_id == (stand or self.stand), t.slots.c.starts_at == starts_at)
        slot = tx.execute(select(t.slots.c.id).where(*at)).scalar_one()
        return booking.book(tx, self.candidates[n], slot_id=slot, now=NOW).id


@pytest.fixture
async def world(db: Database) -> World:
    made: World = await db.write(World)
    return made


async def plan_for(db: Database, world: World, after: Frame, *, keep: bool = False, now: datetime = NOW) -> GridPlan:
    before, stands, grids = await db.read(settings.grid_of, world.fair)
    return change(before, after, stands, grids, now=now, keep=keep)


async def apply(db: Database, world: World, plan: GridPlan, actor: Actor | None = None, now: datetime = NOW) -> None:
    await db.write(grid.change, actor or world.organiser, fair_id=world.fair, plan=plan, now=now)


async def bookings(db: Database) -> dict[int, Any]:
    rows = await db.read(lambda tx: tx.execute(select(t.bookings)).all())
    return {row.id: row for row in rows}


async def slots(db: Database, stand: int) -> list[Span]:
    rows = await db.read(
        lambda tx: tx.execute(
            select(t.slots).where(t.slots.c.stand_id == stand, t.slots.c.state == "open").order_by(t.slots.c.starts_at)
        ).all()
    )
    return [Span(row.starts_at, row.ends_at) for row in rows]


async def shown(db: Database, world: World) -> set[int]:
    """The slots of the stand's page."""
    page = await db.read(public.board, world.stand)
    assert page is not None
    return {slot.id for slot in page.slots}


async def test_the_same_grid_changes_nothing(db: Database, world: World) -> None:
    plan = await plan_for(db, world, FRAME)
    assert not plan.stands
    await apply(db, world, plan)


async def test_bookings_of_a_coarser_grid_go_to_the_nearest_free_place(db: Database, world: World) -> None:
    stays = await db.write(world.book, 0, 0)
    moves = await db.write(world.book, 1, 15)
    plan = await plan_for(db, world, frame(interview_minutes=15))
    assert [move.place.booking_id for _, move in plan.moves] == [moves]
    await apply(db, world, plan)
    after = await bookings(db)
    assert (after[stays].starts_at, after[stays].ends_at) == (MORNING, MORNING + 15 * MINUTE)
    assert (after[moves].starts_at, after[moves].ends_at) == (MORNING + 20 * MINUTE, MORNING + 35 * MINUTE)
    spans = await slots(db, world.stand)
    assert len(spans) == plan.slots_after == 54
    assert all(later.start - earlier.end >= 5 * MINUTE for earlier, later in zip(spans, spans[1:], strict=False))


async def test_who_moves_is_told_by_mail_and_in_the_journal(db: Database, world: World) -> None:
    moves = await db.write(world.book, 1, 15)
    await apply(db, world, await plan_for(db, world, frame(interview_minutes=15)))
    mails = await db.read(lambda tx: tx.execute(select(t.outbox.c.kind, t.outbox.c.context)).all())
    assert {"moved"} <= {row.kind for row in mails if row.context["booking_id"] == moves}
    kinds = await db.read(lambda tx: tx.execute(select(t.journal.c.kind).order_by(t.journal.c.id)).scalars().all())
    assert kinds[-3:] == ["FairChanged", "StandChanged", "BookingMoved"]


async def test_nobody_is_moved_onto_another_interview_of_theirs(db: Database, world: World) -> None:
    other = await db.write(world.add)
    await db.write(lambda tx: tx.execute(update(t.fairs).values(gap_minutes=0)))
    first = await db.write(world.book, 0, 15)
    await db.write(world.book, 0, 30, other)
    plan = await plan_for(db, world, frame(interview_minutes=15))
    await apply(db, world, plan)
    after = await bookings(db)
    spans = sorted((row.starts_at, row.ends_at) for row in after.values())
    assert spans[0][1] <= spans[1][0]
    assert after[first].state == "booked"


async def test_a_grid_without_room_for_somebody_is_refused_as_a_whole(db: Database, world: World) -> None:
    lost = await db.write(world.book, 0, 0)
    plan = await plan_for(db, world, frame(hours=(("14:00", "17:00"),)))
    assert [place.booking_id for _, place in plan.lost] == [lost]
    with pytest.raises(grid.BookingsHurt) as refused:
        await apply(db, world, plan)
    assert refused.value.params["bookings"] == [lost]
    assert await db.read(settings.frame, world.fair) == FRAME
    assert len(await slots(db, world.stand)) == 72


async def test_the_lost_may_be_kept_at_their_time(db: Database, world: World) -> None:
    kept = await db.write(world.book, 0, 0)
    await apply(db, world, await plan_for(db, world, frame(hours=(("14:00", "17:00"),)), keep=True))
    after = await bookings(db)
    assert (after[kept].state, after[kept].starts_at) == ("booked", MORNING)
    spans = await slots(db, world.stand)
    assert len(spans) == 36 + 1
    assert spans[0].start == MORNING


async def test_a_booking_made_after_the_preview_is_not_lost(db: Database, world: World) -> None:
    plan = await plan_for(db, world, frame(hours=(("14:00", "17:00"),)))
    await db.write(world.book, 0, 0)
    with pytest.raises(grid.PlanStale):
        await apply(db, world, plan)
    assert len(await slots(db, world.stand)) == 72


async def test_without_that_check_the_late_booking_would_have_lost_its_slot(
    db: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The positive control of the test above: it is the check that holds, and behind it the database."""
    plan = await plan_for(db, world, frame(hours=(("14:00", "17:00"),)))
    await db.write(world.book, 0, 0)
    monkeypatch.setattr(grid, "_ensure_fresh", lambda tx, grids: None)
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await apply(db, world, plan)


async def test_slots_with_a_history_are_kept_out_of_the_way(db: Database, world: World) -> None:
    old = await db.write(world.book, 0, 15)
    await db.write(booking.cancel, world.candidates[0], booking_id=old, now=NOW)
    await apply(db, world, await plan_for(db, world, frame(interview_minutes=15)))
    row = (await bookings(db))[old]
    state = await db.read(
        lambda tx: tx.execute(select(t.slots.c.state).where(t.slots.c.id == row.slot_id)).scalar_one()
    )
    assert (row.state, state) == ("cancelled", "blocked")
    assert row.slot_id not in await shown(db, world)
    assert not await db.read(settings.blocked, world.fair, now=NOW)
    with pytest.raises(NotFound):
        await db.write(standing.reopen_slot, world.organiser, slot_id=row.slot_id, now=NOW)


async def test_a_grid_that_is_changed_back_gives_each_slot_back_as_it_was(db: Database, world: World) -> None:
    """Open where it was open, also after somebody had booked and cancelled; blocked where a person had blocked it."""
    old = await db.write(world.book, 0, 15)
    await db.write(booking.cancel, world.candidates[0], booking_id=old, now=NOW)
    noon = Span(MORNING + 30 * MINUTE, MORNING + 60 * MINUTE)
    await db.write(blocking.block, world.organiser, fair_id=world.fair, stand_id=world.stand, span=noon, now=NOW)
    before = await slots(db, world.stand)
    blocked = await db.read(settings.blocked, world.fair, now=NOW)
    for coarser in (frame(interview_minutes=20), frame(interview_minutes=15)):
        away = await plan_for(db, world, coarser)
        await apply(db, world, away)
        assert len(await slots(db, world.stand)) == away.slots_after
    await db.write(blocking.reopen, world.organiser, fair_id=world.fair, stand_id=None, span=noon, now=NOW)
    back = await plan_for(db, world, FRAME)
    await apply(db, world, back)
    assert await slots(db, world.stand) == before
    assert len(before) == back.slots_after
    assert await db.read(settings.blocked, world.fair, now=NOW) == blocked
    again = await db.write(world.book, 0, 15)
    assert (await bookings(db))[again].slot_id == (await bookings(db))[old].slot_id
    assert not (await plan_for(db, world, FRAME)).stands


async def test_a_slot_that_comes_back_takes_who_has_to_move(db: Database, world: World) -> None:
    old = await db.write(world.book, 0, 15)
    await db.write(booking.cancel, world.candidates[0], booking_id=old, now=NOW)
    await apply(db, world, await plan_for(db, world, frame(interview_minutes=15)))
    moves = await db.write(world.book, 1, 20)
    back = await plan_for(db, world, FRAME)
    assert [(move.place.booking_id, move.to.start) for _, move in back.moves] == [(moves, MORNING + 15 * MINUTE)]
    await apply(db, world, back)
    assert (await bookings(db))[moves].slot_id == (await bookings(db))[old].slot_id


async def test_what_has_begun_is_left_alone(db: Database, world: World) -> None:
    running = await db.write(world.book, 0, 0)
    await db.write(world.book, 1, 30)
    now = MORNING + 2 * MINUTE
    await db.write(queue.call, world.organiser, booking_id=running, now=now)
    await apply(db, world, await plan_for(db, world, frame(interview_minutes=15), now=now), now=now)
    after = await bookings(db)
    assert (after[running].state, after[running].starts_at, after[running].ends_at) == (
        "called",
        MORNING,
        MORNING + 10 * MINUTE,
    )


async def test_only_an_organiser_changes_the_grid(db: Database, world: World) -> None:
    plan = await plan_for(db, world, frame(interview_minutes=15))
    with pytest.raises(NotFound):
        await apply(db, world, plan, world.candidates[0])


async def test_the_same_candidate_moves_twice_without_seeming_to_overlap(db: Database, world: World) -> None:
    """Both bookings change at once; on the way they would overlap if their times were set one after the other."""
    other = await db.write(world.add)
    await db.write(lambda tx: tx.execute(update(t.fairs).values(gap_minutes=0)))
    first = await db.write(world.book, 0, 0)
    second = await db.write(world.book, 0, 15, other)
    await apply(db, world, await plan_for(db, world, frame(interview_minutes=20, buffer_minutes=0)))
    after = await bookings(db)
    assert after[first].ends_at - after[first].starts_at == 20 * MINUTE
    assert after[second].starts_at >= after[first].ends_at


async def test_a_moment_is_blocked_but_for_what_is_booked(db: Database, world: World) -> None:
    await db.write(world.book, 0, 15)
    span = Span(MORNING, MORNING + 60 * MINUTE)
    done = await db.write(blocking.block, world.organiser, fair_id=world.fair, stand_id=world.stand, span=span, now=NOW)
    assert done == blocking.Blocked(3, 1)
    again = await db.write(blocking.reopen, world.organiser, fair_id=world.fair, stand_id=None, span=span, now=NOW)
    assert again == blocking.Blocked(3, 0)


async def test_laying_nothing_changes_nothing(db: Database, world: World) -> None:
    assert await db.write(grid.lay, [(world.stand, 1, StandGrid())], now=datetime(2027, 6, 1, tzinfo=UTC)) == []


async def test_a_stand_whose_hours_nobody_wrote_down_is_there_for_its_slots(db: Database, world: World) -> None:
    taken = await db.write(world.book, 0, 15)
    await db.write(lambda tx: tx.execute(update(t.stands).values(availability=[])))
    assert not (await plan_for(db, world, FRAME)).lost
    plan = await plan_for(db, world, frame(interview_minutes=15))
    assert [move.place.booking_id for _, move in plan.moves] == [taken]
    assert plan.slots_after == 54
