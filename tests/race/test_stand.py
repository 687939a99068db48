"""A slot is blocked or booked, never both; and people handed over between two lines at once all arrive."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.states import LIVE, SlotState
from jobdating.services import booking, queue, rows, stand
from tests import factories as make
from tests.race.crowd import THREADS, all_look_first, at_once, at_once_unguarded, guards_off

Call = Callable[[Connection], Any]


def call(service: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    return lambda tx: service(tx, *args, **kwargs)


def blocked_and_booked(tx: Connection, slot_id: int) -> tuple[bool, int]:
    state = tx.execute(select(t.slots.c.state).where(t.slots.c.id == slot_id)).scalar_one()
    live = t.bookings.c.state.in_([state.value for state in LIVE])
    booked = tx.execute(select(func.count()).where(t.bookings.c.slot_id == slot_id, live)).scalar_one()
    return state == SlotState.BLOCKED, booked


def some_book_and_some_block(tx: Connection, people: int) -> tuple[int, list[Call]]:
    fair_id = make.make_fair(tx)
    stand_id = make.make_stand(tx, fair_id)
    [slot_id] = make.make_slots(tx, stand_id, count=1)
    recruiter = make.make_recruiter(tx, stand_id)
    calls: list[Call] = []
    for number in range(people):
        if number % 2:
            calls.append(call(stand.block_slot, recruiter, slot_id=slot_id, now=make.BEFORE))
        else:
            actor = make.make_candidate(tx, fair_id)
            calls.append(call(booking.book, actor, slot_id=slot_id, now=make.BEFORE))
    return slot_id, calls


async def test_a_slot_is_blocked_or_booked_never_both(db: Database) -> None:
    for _ in range(10):
        slot_id, calls = await db.write(some_book_and_some_block, 20)
        await at_once(db, calls)
        assert await db.read(blocked_and_booked, slot_id) in {(True, 0), (False, 1)}


async def test_without_locks_a_slot_is_both(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    slot_id, calls = await db.write(some_book_and_some_block, THREADS)
    with guards_off(db.url, monkeypatch):
        all_look_first(monkeypatch, rows, "held")  # who books has seen the slot open when it is blocked
        at_once_unguarded(db.url, calls)
    is_blocked, booked = await db.read(blocked_and_booked, slot_id)
    assert is_blocked
    assert booked


async def test_two_stands_hand_each_other_people_at_once_and_all_arrive(db: Database) -> None:
    def prepare(tx: Connection) -> tuple[list[int], list[Call]]:
        fair_id = make.make_fair(tx)
        company = make.make_company(tx, fair_id)
        stands = [make.make_stand(tx, fair_id, company_id=company) for _ in range(2)]
        organiser = make.make_organiser(tx, fair_id)
        calls: list[Call] = []
        for here, there in (stands, stands[::-1]):
            for slot_id in make.make_slots(tx, here, count=12):
                made = booking.book(tx, make.make_candidate(tx, fair_id), slot_id=slot_id, now=make.BEFORE)
                over = {"booking_id": made.id, "stand_id": there, "now": make.MORNING}
                calls.append(call(queue.hand_over, organiser, **over))
        return stands, [each for pair in zip(calls[:12], calls[12:], strict=True) for each in pair]

    def lines(tx: Connection, stands: list[int]) -> list[int]:
        handed = t.bookings.c.slot_id.is_(None)
        return [
            tx.execute(select(func.count()).where(t.bookings.c.stand_id == each, handed)).scalar_one()
            for each in stands
        ]

    stands, calls = await db.write(prepare)
    assert await at_once(db, calls) == Counter(done=24)
    assert await db.read(lines, stands) == [12, 12]
