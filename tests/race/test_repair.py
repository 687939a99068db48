"""A stand moves or its people are spread while others book: nobody loses a place, nobody is in two rooms, no seat is
given twice. Without the guards the same crowd does all of it."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.repair import Asked, Way
from jobdating.domain.states import LIVE
from jobdating.queries import repair as queries
from jobdating.services import booking, repair, rows
from jobdating.services.repair import agreeing, writing
from tests import factories as make
from tests.race.crowd import THREADS, at_once, at_once_unguarded, guards_off

Call = Callable[[Connection], Any]
NOW = make.MORNING
DAY = date(2027, 6, 17)


def call(service: Callable[..., Any], *args: Any, **kwargs: Any) -> Call:
    return lambda tx: service(tx, *args, **kwargs)


def agreed(tx: Connection, fair_id: int, stand_id: int, way: Way) -> Call:
    """Somebody has looked at the plan, and is about to agree."""
    asked = Asked(way, DAY, NOW, minutes=30, whole_day=True)
    plan = queries.repair(tx, fair_id, stand_id, asked=asked)
    chosen = {move.person.booking_id: move.place.slot_id for move in plan.placed if move.place}
    return call(
        repair.carry_out, make.make_organiser(tx, fair_id), fair_id=fair_id, stand_id=stand_id, asked=asked,
        seen=plan.plan.seen, chosen=chosen, now=NOW,
    )  # fmt: skip


def a_stand_with_people(tx: Connection, *, people: int) -> tuple[int, int, list[int], int, list[int]]:
    """Half of the stand's slots are taken; another stand of the trade is free."""
    fair_id = make.make_fair(tx, live_day=DAY, closes_at=make.MORNING + timedelta(days=3), lead_minutes=0)
    stand_id = make.make_stand(tx, fair_id)
    other_id = make.make_stand(tx, fair_id, connected_since=NOW)
    slots, others = make.make_slots(tx, stand_id, count=12), make.make_slots(tx, other_id, count=12)
    for slot_id in slots[1 : people + 1]:
        booking.book(tx, make.make_candidate(tx, fair_id), slot_id=slot_id, now=make.BEFORE)
    return fair_id, stand_id, slots, other_id, others


def shift_against_booking(tx: Connection) -> tuple[int, list[Call]]:
    """The stand is shifted by half an hour while people take its free slots at the times they see."""
    fair_id, stand_id, slots, _, _ = a_stand_with_people(tx, people=4)
    calls = [agreed(tx, fair_id, stand_id, Way.SHIFT)]
    calls += [
        call(booking.book, make.make_candidate(tx, fair_id), slot_id=slot_id, now=NOW) for slot_id in slots[6:9] * 2
    ]
    return fair_id, [*calls, agreed(tx, fair_id, stand_id, Way.SHIFT)]


def spread_against_booking(tx: Connection) -> tuple[int, list[Call]]:
    """People are given the free places of another stand while others book the same ones."""
    fair_id, stand_id, _, _, others = a_stand_with_people(tx, people=4)
    calls = [agreed(tx, fair_id, stand_id, Way.SPREAD)]
    calls += [call(booking.book, make.make_candidate(tx, fair_id), slot_id=slot_id, now=NOW) for slot_id in others[1:6]]
    return fair_id, [*calls, agreed(tx, fair_id, stand_id, Way.SPREAD), agreed(tx, fair_id, stand_id, Way.SPREAD)]


def wrongs(tx: Connection, fair_id: int) -> Counter[str]:
    """What must never be: a booking at another time or stand than its slot's, two people in a slot for one."""
    b, s = t.bookings.c, t.slots.c
    rows = tx.execute(
        select(
            b.id, b.slot_id, b.seat, b.starts_at, b.stand_id, s.starts_at.label("slot_start"), s.stand_id.label("at")
        )
        .join(t.slots, s.id == b.slot_id)
        .where(b.fair_id == fair_id, b.state.in_([state.value for state in LIVE]))
    ).all()
    found: Counter[str] = Counter()
    found["time"] = sum(row.starts_at != row.slot_start for row in rows)
    found["stand"] = sum(row.stand_id != row.at for row in rows)
    found["seat"] = sum(count - 1 for count in Counter(row.slot_id for row in rows).values())
    return +found


def live(tx: Connection, fair_id: int) -> int:
    states = [state.value for state in LIVE]
    query = select(t.bookings.c.id).where(t.bookings.c.fair_id == fair_id, t.bookings.c.state.in_(states))
    return len(tx.execute(query).all())


@pytest.mark.parametrize("prepare", [shift_against_booking, spread_against_booking])
async def test_a_stand_is_repaired_while_others_book_and_all_is_in_its_place(
    db: Database, prepare: Callable[[Connection], tuple[int, list[Call]]]
) -> None:
    outcomes: Counter[str] = Counter()
    for _ in range(6):
        fair_id, calls = await db.write(prepare)
        before = await db.read(live, fair_id)
        outcome = await at_once(db, calls)
        assert await db.read(wrongs, fair_id) == Counter()
        assert await db.read(live, fair_id) >= before  # nobody lost a place
        outcomes += outcome
    assert outcomes["plan_stale"]  # two agreed to the same plan, or somebody booked first
    assert set(outcomes) <= {"done", "slot_taken", "plan_stale"}


@pytest.mark.parametrize("prepare", [shift_against_booking, spread_against_booking])
async def test_without_guards_somebody_is_left_where_the_stand_no_longer_is(
    db: Database, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Connection], tuple[int, list[Call]]]
) -> None:
    fair_id, calls = await db.write(prepare)
    assert len(calls) == THREADS
    with guards_off(db.url, monkeypatch):
        monkeypatch.setattr(writing, "lock_slots", lambda *args, **kwargs: None)
        monkeypatch.setattr(writing, "lock_candidates", lambda *args: None)
        monkeypatch.setattr(rows, "lock_stand", rows.stand)
        together = threading.Barrier(THREADS)
        for module, name in ((booking, "_free_seat"), (agreeing, "_begun")):
            monkeypatch.setattr(module, name, after_all(together, getattr(module, name)))
        at_once_unguarded(db.url, calls)
    assert await db.read(wrongs, fair_id)


def after_all(together: threading.Barrier, look: Callable[..., Any]) -> Callable[..., Any]:
    """Everybody has looked before anybody goes on: the worst timing."""

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        seen = look(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):
            together.wait(timeout=20)
        return seen

    return look_and_wait
