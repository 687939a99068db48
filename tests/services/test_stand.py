"""What a stand says of itself: a break, a slot taken out, a slot put back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors
from jobdating.domain.states import SlotState
from jobdating.services import booking, stand
from tests import factories as make

NOW = make.MORNING


class Morning:
    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        self.stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, self.stand, count=3)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.stranger = make.make_recruiter(tx, make.make_stand(tx, self.fair))
        self.ines = make.make_candidate(tx, self.fair)
        self.organiser = make.make_organiser(tx, self.fair)


@pytest.fixture
async def morning(db: Database) -> Morning:
    return await db.write(Morning)


async def value(db: Database, column: Any, row_id: int) -> Any:
    def read(tx: Connection) -> Any:
        return tx.execute(select(column).where(column.table.c.id == row_id)).scalar_one()

    return await db.read(read)


async def kinds(db: Database) -> list[str]:
    def read(tx: Connection) -> list[str]:
        return list(tx.execute(select(t.journal.c.kind).order_by(t.journal.c.id)).scalars())

    return await db.read(read)


async def test_a_break_begins_once_and_ends_once(db: Database, morning: Morning) -> None:
    later = NOW + timedelta(minutes=1)
    for now in (NOW, later):
        await db.write(stand.away, morning.recruiter, stand_id=morning.stand, now=now)
    assert await value(db, t.stands.c.away_since, morning.stand) == NOW
    for now in (later, later):
        await db.write(stand.back, morning.recruiter, stand_id=morning.stand, now=now)
    assert await value(db, t.stands.c.away_since, morning.stand) is None
    assert await kinds(db) == ["StandWentAway", "StandCameBack"]


async def test_a_blocked_slot_is_not_booked_until_it_is_open_again(db: Database, morning: Morning) -> None:
    slot = morning.slots[0]
    for _ in range(2):
        await db.write(stand.block_slot, morning.recruiter, slot_id=slot, now=make.BEFORE)
    with pytest.raises(errors.SlotBlocked):
        await db.write(booking.book, morning.ines, slot_id=slot, now=make.BEFORE)
    for _ in range(2):
        await db.write(stand.reopen_slot, morning.organiser, slot_id=slot, now=make.BEFORE)
    assert await value(db, t.slots.c.state, slot) == SlotState.OPEN
    await db.write(booking.book, morning.ines, slot_id=slot, now=make.BEFORE)
    assert await kinds(db) == ["SlotBlocked", "SlotReopened", "BookingMade"]


async def test_a_slot_that_somebody_has_is_not_blocked(db: Database, morning: Morning) -> None:
    await db.write(booking.book, morning.ines, slot_id=morning.slots[0], now=make.BEFORE)
    with pytest.raises(errors.SlotTaken):
        await db.write(stand.block_slot, morning.recruiter, slot_id=morning.slots[0], now=make.BEFORE)


@pytest.mark.parametrize("act", [stand.away, stand.back, stand.block_slot, stand.reopen_slot])
async def test_a_foreign_stand_answers_as_a_missing_one(
    db: Database, morning: Morning, act: Callable[..., None]
) -> None:
    name, own = ("slot_id", morning.slots[0]) if "slot" in act.__name__ else ("stand_id", morning.stand)
    for actor, subject in ((morning.stranger, own), (morning.ines, own), (morning.recruiter, 10**6)):
        with pytest.raises(errors.NotFound):
            await db.write(act, actor, **{name: subject}, now=NOW)
