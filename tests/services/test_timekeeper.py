"""What becomes due, on both databases: nothing early, nothing twice, and one process at a time."""

import asyncio
import time
from datetime import timedelta

from sqlalchemy import Connection, func, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.states import Origin
from jobdating.queries import identity
from jobdating.queries.due import due
from jobdating.queries.forecast import Forecast, forecast
from jobdating.realtime.timekeeping import LONGEST, REST, Timekeeper, portions, rest_after
from jobdating.services import booking, queue, timekeeper, waitlist
from tests.factories import (
    BEFORE,
    MORNING,
    make_candidate,
    make_fair,
    make_organiser,
    make_recruiter,
    make_slots,
    make_stand,
)

MINUTE = timedelta(minutes=1)


def _kinds(tx: Connection) -> list[str]:
    return list(tx.execute(select(t.journal.c.kind).order_by(t.journal.c.id)).scalars())


def _state(tx: Connection, booking_id: int) -> str:
    return tx.execute(select(t.bookings.c.state).where(t.bookings.c.id == booking_id)).scalar_one()


async def test_an_offer_ends_when_it_is_due_and_not_before(db: Database) -> None:
    def offer(tx: Connection) -> int:
        fair_id = make_fair(tx)
        slots = make_slots(tx, make_stand(tx, fair_id))
        candidate = make_candidate(tx, fair_id)
        return booking.hold(
            tx, make_organiser(tx, fair_id), slot_id=slots[0], candidate_id=candidate.candidates[fair_id],
            origin=Origin.INVITATION, expires_at=BEFORE + timedelta(hours=1), now=BEFORE,
        ).id  # fmt: skip

    offered, clock = await db.write(offer), SteppedClock(BEFORE + timedelta(minutes=59))
    keeper = Timekeeper(db, clock)
    await keeper.round()
    assert await db.read(_state, offered) == "held"
    clock.advance(MINUTE)
    await keeper.round()
    assert await db.read(_state, offered) == "cancelled"


async def test_a_place_that_comes_free_is_held_for_the_first_who_waits(db: Database) -> None:
    def full(tx: Connection) -> tuple[int, int, int]:
        fair_id = make_fair(tx)
        stand_id = make_stand(tx, fair_id)
        first, second = make_candidate(tx, fair_id), make_candidate(tx, fair_id)
        made = booking.book(tx, first, slot_id=make_slots(tx, stand_id, count=1)[0], now=BEFORE)
        waitlist.join(tx, second, stand_id=stand_id, now=BEFORE)
        booking.cancel(tx, first, booking_id=made.id, now=BEFORE)
        return stand_id, first.candidates[fair_id], second.candidates[fair_id]

    _, _, second = await db.write(full)
    await Timekeeper(db, SteppedClock(BEFORE + MINUTE)).round()
    held = select(t.bookings.c.candidate_id).where(t.bookings.c.state == "held")
    assert await db.read(lambda tx: list(tx.execute(held).scalars())) == [second]


async def test_the_day_turns_once_and_attendance_is_noted_every_five_minutes(db: Database) -> None:
    fair_id = await db.write(lambda tx: make_fair(tx))
    clock = SteppedClock(MORNING)
    keeper = Timekeeper(db, clock)
    for _ in range(11):
        await keeper.round()
        clock.advance(MINUTE)
    kinds = await db.read(_kinds)
    assert kinds.count("DayTurned") == 1
    assert kinds.count("AttendanceSampled") == 3
    fair = await db.read(identity.fair_by_id, fair_id)
    assert fair is not None
    assert fair.live_day == MORNING.date()


async def test_nothing_due_is_nothing_written(db: Database) -> None:
    await db.write(lambda tx: make_fair(tx))
    keeper = Timekeeper(db, SteppedClock(MORNING))
    await keeper.round()
    before = await db.read(_kinds)
    for _ in range(5):
        await keeper.round()
    assert await db.read(_kinds) == before


async def test_only_one_of_two_processes_keeps_the_time(db: Database) -> None:
    now, later = BEFORE, BEFORE + timedelta(seconds=15)
    assert await db.write(timekeeper.claim, name="one", now=now, until=later)
    assert not await db.write(timekeeper.claim, name="two", now=now + MINUTE / 10, until=later)
    assert await db.write(timekeeper.claim, name="one", now=now + MINUTE / 10, until=later)
    assert await db.write(timekeeper.claim, name="two", now=later, until=later + MINUTE)  # one is gone
    await db.write(timekeeper.release, name="two")
    assert await db.write(timekeeper.claim, name="one", now=later, until=later + MINUTE)


async def test_of_many_that_start_together_one_keeps_the_time(db: Database) -> None:
    claims = await asyncio.gather(
        *(
            db.write(timekeeper.claim, name=f"process-{number}", now=BEFORE, until=BEFORE + MINUTE)
            for number in range(8)
        )
    )
    assert sum(claims) == 1


async def test_an_estimate_is_stored_and_one_entry_tells_each_stand(db: Database) -> None:
    def line(tx: Connection) -> None:
        fair_id = make_fair(tx)
        slots = make_slots(tx, make_stand(tx, fair_id))
        for slot_id in slots[:3]:
            booking.book(tx, make_candidate(tx, fair_id), slot_id=slot_id, now=BEFORE)

    await db.write(line)
    clock = SteppedClock(MORNING - 10 * MINUTE)
    keeper = Timekeeper(db, clock)
    await keeper.round()
    await keeper.round()
    rows = await db.read(lambda tx: list(tx.execute(select(t.estimates).order_by(t.estimates.c.booking_id))))
    assert [row.not_before for row in rows] == [MORNING, MORNING + 15 * MINUTE, MORNING + 30 * MINUTE]
    assert all(row.not_before <= row.low <= row.high for row in rows)
    assert (await db.read(_kinds)).count("EstimatesMoved") == 1


async def test_someone_absent_does_not_make_the_stand_late(db: Database) -> None:
    def line(tx: Connection) -> int:
        fair_id = make_fair(tx)
        stand_id = make_stand(tx, fair_id)
        booking.book(tx, make_candidate(tx, fair_id), slot_id=make_slots(tx, stand_id)[0], now=BEFORE)
        return stand_id

    stand_id = await db.write(line)
    keeper = Timekeeper(db, SteppedClock(MORNING + 9 * MINUTE))
    await keeper.round()
    await keeper.round()
    delay = select(t.stands.c.delay_minutes).where(t.stands.c.id == stand_id)
    assert await db.read(lambda tx: tx.execute(delay).scalar_one()) == 0


async def test_a_walk_in_who_was_called_is_not_taken_for_a_booked_person(db: Database) -> None:
    def line(tx: Connection) -> int:
        fair_id = make_fair(tx, live_day=MORNING.date())
        stand_id = make_stand(tx, fair_id)
        make_slots(tx, stand_id)
        walk_in = queue.join(tx, make_candidate(tx, fair_id), stand_id=stand_id, now=MORNING)
        staff = make_recruiter(tx, stand_id)
        queue.call(tx, staff, booking_id=walk_in.id, now=MORNING + MINUTE)
        queue.undo(tx, staff, booking_id=walk_in.id, now=MORNING + 2 * MINUTE)
        return fair_id

    fair = await db.read(identity.fair_by_id, await db.write(line))
    assert fair is not None
    (news,) = await db.read(forecast, fair, now=MORNING + 20 * MINUTE)
    (told,) = news.moved
    assert told.estimate.not_before >= MORNING + 20 * MINUTE  # from now, not from the moment of the call
    assert news.delay_minutes == 0


STANDS, WAITING_EACH = 300, 10


def _large_fair(tx: Connection) -> int:
    fair_id = make_fair(tx, live_day=MORNING.date())
    company = tx.execute(
        t.companies.insert().values(fair_id=fair_id, slug="grande", name="Grande").returning(t.companies.c.id)
    ).scalar_one()
    stands = [{"fair_id": fair_id, "company_id": company, "slug": f"s{n}", "name": f"S{n}"} for n in range(STANDS)]
    stand_ids = list(tx.execute(t.stands.insert().returning(t.stands.c.id), stands).scalars())
    slots = [
        {
            "stand_id": stand_id,
            "starts_at": MORNING + 15 * n * MINUTE,
            "ends_at": MORNING + (15 * n + 10) * MINUTE,
        }
        for stand_id in stand_ids
        for n in range(WAITING_EACH)
    ]
    slot_rows = tx.execute(t.slots.insert().returning(t.slots, sort_by_parameter_order=True), slots).all()
    accounts = [{"email": f"p{n}@candidat.example", "created_at": BEFORE} for n in range(len(slot_rows))]
    people = list(tx.execute(t.accounts.insert().returning(t.accounts.c.id), accounts).scalars())
    candidates = [{"fair_id": fair_id, "account_id": account, "registered_at": BEFORE} for account in people]
    ids = list(tx.execute(t.candidates.insert().returning(t.candidates.c.id), candidates).scalars())
    tx.execute(
        t.bookings.insert(),
        [
            {
                "fair_id": fair_id, "stand_id": slot.stand_id, "candidate_id": candidate_id, "slot_id": slot.id,
                "seat": 1, "state": "booked", "starts_at": slot.starts_at, "ends_at": slot.ends_at,
                "queued_at": slot.starts_at, "made_at": BEFORE,
            }
            for slot, candidate_id in zip(slot_rows, ids, strict=True)
        ],
    )  # fmt: skip
    return fair_id


def test_it_rests_longer_the_busier_it_was_but_never_so_long_that_a_gap_passes() -> None:
    assert rest_after(0.01) < rest_after(0.4) == REST * 0.4
    assert rest_after(1.0) == rest_after(60.0) == LONGEST


async def test_a_large_fair_is_published_in_short_writes_and_a_change_touches_its_stand_alone(db: Database) -> None:
    fair = await db.read(identity.fair_by_id, await db.write(_large_fair))
    assert fair is not None
    now = MORNING - 10 * MINUTE
    news = await db.read(forecast, fair, now=now)
    assert sum(len(each.moved) for each in news) == STANDS * WAITING_EACH
    held = [await db.write(_timed_publish, fair.id, some, now) for some in portions(news)]
    assert sorted(held)[len(held) // 2] < 0.05, held  # the median: a busy machine may stall one of them
    assert await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.estimates)).scalar_one()) == 3_000

    def go_away(tx: Connection) -> int:
        stand_id = tx.execute(select(func.min(t.stands.c.id))).scalar_one()
        tx.execute(t.stands.update().where(t.stands.c.id == stand_id).values(away_since=now))
        return stand_id

    later = MORNING + MINUTE
    before = {each.stand_id for each in await db.read(forecast, fair, now=later) if each.is_news}
    stand_id = await db.write(go_away)
    after = {each.stand_id for each in await db.read(forecast, fair, now=later) if each.is_news}
    assert after - before <= {stand_id}


def _timed_publish(tx: Connection, fair_id: int, some: list[Forecast], now: object) -> float:
    began = time.process_time()
    timekeeper.publish(tx, fair_id, some, now=now)  # type: ignore[arg-type]
    return time.process_time() - began


async def test_reading_what_is_due_finds_the_fairs_that_are_played(db: Database) -> None:
    fair_id = await db.write(lambda tx: make_fair(tx))
    found = await db.read(due, now=MORNING)
    assert (found.live, found.fairs) == ((fair_id,), (fair_id,))
    assert (await db.read(due, now=BEFORE)).live == ()
