"""A timetable is published while a crowd books its places: all of it is published or nothing, and no place twice."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Connection, Select, func, select, update

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.states import LIVE
from jobdating.services import booking, publishing, timetable
from jobdating.services.timetable import Solved
from tests import factories as make
from tests.race.crowd import THREADS, Call, all_look_first, at_once, at_once_unguarded, guards_off

PLACES = 12
_LIVE = [state.value for state in LIVE]


def call(service: Any, *args: Any, **kwargs: Any) -> Call:
    return lambda tx: service(tx, *args, **kwargs)


def publishing_against_booking(tx: Connection, rivals: int, publishers: int = 1) -> tuple[int, list[Call]]:
    """A draft gives every slot of a stand; rivals book the same slots at the same moment."""
    fair_id = make.make_fair(tx)
    slots = make.make_slots(tx, make.make_stand(tx, fair_id), count=PLACES)
    organiser = make.make_organiser(tx, fair_id)
    given = [[make.make_candidate(tx, fair_id).candidates[fair_id], slot, 0] for slot in slots]
    timetable.ask(tx, organiser, fair_id=fair_id, now=make.BEFORE)
    timetable.keep(tx, organiser, fair_id=fair_id, solved={"B": Solved({}, given, [])}, now=make.BEFORE)
    calls = [
        call(publishing.publish, organiser, fair_id=fair_id, letter="B", now=make.BEFORE) for _ in range(publishers)
    ]
    for number in range(rivals):
        actor = make.make_candidate(tx, fair_id)
        calls.insert(
            number % (len(calls) + 1),
            call(booking.book, actor, slot_id=slots[number % PLACES], now=make.BEFORE),
        )
    return fair_id, calls


def state(tx: Connection) -> tuple[int, int]:
    """How many live bookings came from the timetable, and the most there are in one slot."""
    b = t.bookings.c
    made = select(func.count()).where(b.origin == "timetable", b.state.in_(_LIVE))
    per_slot = select(func.count().label("live")).where(b.state.in_(_LIVE)).group_by(b.slot_id).subquery()
    return tx.execute(made).scalar_one(), tx.execute(select(func.max(per_slot.c.live))).scalar_one()


async def test_a_timetable_is_published_whole_or_not_at_all_however_many_book(db: Database) -> None:
    _, calls = await db.write(publishing_against_booking, 100)
    outcome = await at_once(db, calls)
    made, most = await db.read(state)
    assert most == 1
    assert made in {0, PLACES}
    assert outcome["timetable_stale"] == (0 if made else 1)
    assert sum(outcome.values()) == 101


async def test_two_organisers_who_publish_at_once_publish_once(db: Database) -> None:
    _, calls = await db.write(publishing_against_booking, 0, 6)
    outcome = await at_once(db, calls)
    assert outcome == Counter(done=6)
    assert await db.read(state) == (PLACES, 1)


async def test_many_who_ask_for_the_first_drafts_at_once_are_one(db: Database) -> None:
    def prepare(tx: Connection) -> list[Call]:
        fair_id = make.make_fair(tx)
        organiser = make.make_organiser(tx, fair_id)
        return [call(timetable.ask, organiser, fair_id=fair_id, now=make.BEFORE) for _ in range(20)]

    calls = await db.write(prepare)
    asked: list[bool] = await asyncio.gather(*(db.write(each) for each in calls))
    assert sorted(asked) == [False] * 19 + [True]


async def test_without_guards_publishing_oversells(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: everybody looks before anybody writes, and nothing holds them back."""
    _, calls = await db.write(publishing_against_booking, 0, THREADS)
    await db.write(lambda tx: tx.execute(update(t.fairs).values(gap_minutes=0)))
    with guards_off(db.url, monkeypatch):
        monkeypatch.setattr(Select, "with_for_update", lambda select, **options: select)
        all_look_first(monkeypatch, publishing, "_plan")
        assert at_once_unguarded(db.url, calls)["done"] > 1
    assert (await db.read(state))[1] > 1
