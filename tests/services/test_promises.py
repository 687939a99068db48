"""What people promise while they wait: the place is kept as said, for as long as said, and nobody is moved by it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors
from jobdating.domain.states import BookingState
from jobdating.queries import cockpit
from jobdating.queries.cockpit import Board
from jobdating.queries.interviews import Presence
from jobdating.services import booking, promises, queue
from tests import factories as make

MINUTE = timedelta(minutes=1)
NOW = make.MORNING
PHONE = "+33639980102"


class Day:
    """Inès is booked for 9:00, Hugo for 9:15."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=date(2027, 6, 17))
        self.stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.ines, self.hugo = make.make_candidate(tx, self.fair), make.make_candidate(tx, self.fair)
        self.first = booking.book(tx, self.ines, slot_id=self.slots[0], now=make.BEFORE).id
        self.second = booking.book(tx, self.hugo, slot_id=self.slots[1], now=make.BEFORE).id
        tx.execute(update(t.accounts).where(t.accounts.c.id == self.ines.account_id).values(phone=PHONE))


@pytest.fixture
async def day(db: Database) -> Day:
    return await db.write(Day)


async def say(db: Database, service: Callable[..., Any], actor: Any, booking_id: int, now: datetime = NOW) -> Any:
    return await db.write(service, actor, booking_id=booking_id, now=now)


async def board(db: Database, day: Day) -> Board:
    found = await db.read(cockpit.board, day.stand)
    assert found is not None
    return found


async def entry(db: Database, day: Day, booking_id: int) -> Any:
    return next(each for each in (await board(db, day)).entries if each.booking_id == booking_id)


async def journal(db: Database) -> int:
    return await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.journal)).scalar_one())


async def test_who_runs_late_keeps_the_place_until_then_and_the_grace_after(db: Database, day: Day) -> None:
    await say(db, promises.run_late, day.ines, day.first)
    found = await entry(db, day, day.first)
    assert (found.presence, found.since, found.present) == (Presence.LATE, NOW + 5 * MINUTE, False)
    assert (await board(db, day)).kept_until(found) == NOW + 10 * MINUTE
    await say(db, queue.check_in, day.ines, day.first, NOW + 4 * MINUTE)
    found = await entry(db, day, day.first)
    assert (found.presence, found.state) == (Presence.HERE, BookingState.CHECKED_IN)


async def test_who_was_here_may_run_late_too_and_comes_back_by_one_touch(db: Database, day: Day) -> None:
    await say(db, queue.check_in, day.ines, day.first)
    await say(db, promises.run_late, day.ines, day.first, NOW + MINUTE)
    assert (await entry(db, day, day.first)).presence is Presence.LATE
    await say(db, queue.check_in, day.ines, day.first, NOW + 2 * MINUTE)
    found = await entry(db, day, day.first)
    assert (found.presence, found.checked_in_at) == (Presence.HERE, NOW)


async def test_a_place_is_kept_for_ten_minutes_of_promises_and_no_more(db: Database, day: Day) -> None:
    for after, until in ((0, 5), (4, 9), (8, 10)):
        await say(db, promises.run_late, day.ines, day.first, NOW + after * MINUTE)
        assert (await entry(db, day, day.first)).since == NOW + until * MINUTE
    with pytest.raises(errors.TooLate) as refusal:
        await say(db, promises.run_late, day.ines, day.first, NOW + 10 * MINUTE)
    assert refusal.value.params["until"] == NOW + 10 * MINUTE


async def test_pressing_twice_is_pressing_once(db: Database, day: Day) -> None:
    for service, actor in (
        (promises.run_late, day.ines), (promises.ask_for_phone, day.ines), (promises.forgo_phone, day.ines),
        (promises.keep_time, day.ines), (promises.come_early, day.ines),
    ):  # fmt: skip
        await say(db, service, actor, day.first, NOW - 5 * MINUTE)
        before = await journal(db)
        await say(db, service, actor, day.first, NOW - 5 * MINUTE)
        assert await journal(db) == before, service


async def test_who_cannot_connect_counts_as_here_without_a_page(db: Database, day: Day) -> None:
    await say(db, promises.ask_for_phone, day.ines, day.first)
    found = await board(db, day)
    assert found.next is not None
    assert (found.next.booking_id, found.next.presence, found.gone) == (day.first, Presence.PHONE, ())
    await say(db, promises.forgo_phone, day.ines, day.first)
    assert (await entry(db, day, day.first)).presence is Presence.HERE


async def test_nobody_can_be_phoned_without_a_number(db: Database, day: Day) -> None:
    with pytest.raises(errors.PhoneMissing):
        await say(db, promises.ask_for_phone, day.hugo, day.second)


async def test_a_stand_asks_once_and_the_answer_decides(db: Database, day: Day) -> None:
    await say(db, queue.check_in, day.hugo, day.second)
    assert (await board(db, day)).ask
    await say(db, promises.ask_early, day.recruiter, day.second)
    await say(db, promises.ask_early, day.recruiter, day.second, NOW + MINUTE)
    assert (await entry(db, day, day.second)).facts.asked_at == NOW
    await say(db, promises.come_early, day.hugo, day.second, NOW + MINUTE)
    found = await board(db, day)
    assert (found.next and found.next.booking_id, found.ask) == (day.second, False)
    await say(db, promises.keep_time, day.hugo, day.second, NOW + MINUTE)
    found = await board(db, day)
    assert (found.next and found.next.booking_id, found.ask) == (day.first, False)  # who is not here, all the same


async def test_promises_are_for_todays_waiting_and_ones_own(db: Database, day: Day) -> None:
    yesterday = NOW - timedelta(days=1)
    for service in (promises.run_late, promises.ask_for_phone, promises.come_early):
        with pytest.raises(errors.WindowClosed):
            await say(db, service, day.ines, day.first, yesterday)
    for service in (promises.run_late, promises.ask_for_phone, promises.come_early, promises.keep_time):
        with pytest.raises(errors.NotFound):
            await say(db, service, day.hugo, day.first)
    with pytest.raises(errors.NotFound):
        await say(db, promises.ask_early, day.ines, day.first)
    for step in (queue.call, queue.start):
        await say(db, step, day.recruiter, day.first)
    for service in (promises.run_late, promises.ask_for_phone, promises.come_early, promises.keep_time):
        with pytest.raises(errors.WrongState):
            await say(db, service, day.ines, day.first)


async def test_another_time_takes_no_promise_along(db: Database, day: Day) -> None:
    await say(db, promises.come_early, day.hugo, day.second)
    await say(db, promises.run_late, day.hugo, day.second)
    await db.write(booking.move, day.recruiter, booking_id=day.second, slot_id=day.slots[6], now=NOW)
    found = (await entry(db, day, day.second)).facts
    assert (found.agreed_at, found.late_until) == (None, None)
