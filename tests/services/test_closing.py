"""A stand that is closed to its break takes nobody without an appointment until then, and everybody after."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import GapTaken, NotFound, StandShut
from jobdating.domain.repair import Way
from jobdating.queries.due import due
from jobdating.services import closing, gaps, queue, timekeeper
from tests import factories as make
from tests.services.repaired import MINUTE, NOW, World, agree, look, newcomer, undo

NOON = make.MORNING + timedelta(hours=3)
AFTERNOON = make.MORNING + timedelta(hours=5)


class Full(World):
    """Its slots go on in the afternoon; the colleague's stand is open."""

    def __init__(self, tx: Connection) -> None:
        super().__init__(tx)
        make.make_slots(tx, self.stand, start=AFTERNOON)


@pytest.fixture
async def world(db: Database) -> World:
    made: World = await db.write(Full)
    return made


async def close(db: Database, world: World, **values: Any) -> int:
    return await agree(db, world, await look(db, world, world.asked(Way.CLOSE, **values)))


async def join(db: Database, world: World, *, now: datetime = NOW) -> Any:
    actor = await newcomer(db, world)
    return await db.write(queue.join, actor, stand_id=world.stand, now=now)


async def shown(db: Database, world: World) -> datetime | None:
    query = select(t.stands.c.shut_until).where(t.stands.c.id == world.stand)
    return await db.read(lambda tx: tx.execute(query).scalar_one())


async def told(db: Database) -> int:
    query = select(t.journal.c.id).where(t.journal.c.kind == "StandTurned")
    return len(await db.read(lambda tx: tx.execute(query).all()))


async def test_nobody_joins_while_it_is_closed_and_everybody_after(db: Database, world: World) -> None:
    await close(db, world)
    assert await shown(db, world) == NOON
    for moment in (NOW, NOON - MINUTE):
        with pytest.raises(StandShut) as refused:
            await join(db, world, now=moment)
        assert refused.value.params["until"] == NOON
    assert (await join(db, world, now=NOON)).state == "checked_in"


async def test_closed_for_the_day_is_closed_to_its_end(db: Database, world: World) -> None:
    await close(db, world, whole_day=True)
    with pytest.raises(StandShut):
        await join(db, world, now=AFTERNOON)


async def test_the_timekeeper_opens_it_again_once(db: Database, world: World) -> None:
    await close(db, world)
    assert not (await db.read(due, now=NOW)).unsettled
    assert (await db.read(due, now=NOON)).unsettled
    for _ in range(2):
        await db.write(timekeeper.keep, now=NOON)
    assert await shown(db, world) is None
    assert await told(db) == 1


async def test_a_stand_that_closes_later_takes_people_until_then(db: Database, world: World) -> None:
    later = make.MORNING + 60 * MINUTE
    await close(db, world, since=later)
    assert await shown(db, world) is None
    assert (await join(db, world, now=later - MINUTE)).state == "checked_in"
    with pytest.raises(StandShut):
        await join(db, world, now=later)
    await db.write(timekeeper.keep, now=later)
    assert await shown(db, world) == NOON


async def test_taking_the_closing_back_opens_it(db: Database, world: World) -> None:
    await undo(db, world, await close(db, world))
    assert await shown(db, world) is None
    assert (await join(db, world)).state == "checked_in"


async def test_closed_twice_and_taken_back_once_is_closed(db: Database, world: World) -> None:
    await close(db, world)
    again = await close(db, world, whole_day=True)
    await undo(db, world, again)
    assert await shown(db, world) == NOON
    with pytest.raises(StandShut):
        await join(db, world)


async def test_its_people_open_it_again_before_the_time(db: Database, world: World) -> None:
    recruiter = await db.write(lambda tx: make.make_recruiter(tx, world.stand))
    await close(db, world)
    with pytest.raises(NotFound):
        await db.write(closing.reopen, world.people[0], stand_id=world.stand, now=NOW)
    for _ in range(2):
        await db.write(closing.reopen, recruiter, stand_id=world.stand, now=NOW + MINUTE)
    assert await shown(db, world) is None
    assert await told(db) == 1
    assert (await join(db, world, now=NOW + MINUTE)).state == "checked_in"


async def test_nobody_is_handed_over_to_it(db: Database, world: World) -> None:
    actor = await newcomer(db, world)
    waiting = await db.write(queue.join, actor, stand_id=world.colleague, now=NOW)
    await close(db, world)
    with pytest.raises(StandShut):
        await db.write(queue.hand_over, world.organiser, booking_id=waiting.id, stand_id=world.stand, now=NOW)


async def test_a_gap_that_was_offered_is_offered_no_more(db: Database, world: World) -> None:
    actor = await newcomer(db, world)
    candidate = next(iter(actor.candidates.values()))
    times: dict[str, Any] = {"until": NOW + 40 * MINUTE, "answer_by": NOW + 10 * MINUTE, "now": NOW}
    asked: dict[str, Any] = {"stand_id": world.stand, "cause_id": world.bookings[0], "candidate_ids": [candidate]}
    assert await db.write(lambda tx: gaps.offer(tx, **asked, **times)) is not None
    [offer_id] = await db.read(lambda tx: list(tx.execute(select(t.gap_offers.c.id)).scalars()))
    await close(db, world)
    with pytest.raises(GapTaken):
        await db.write(gaps.accept, actor, offer_id=offer_id, now=NOW)
    assert await db.write(lambda tx: gaps.offer(tx, **asked, **times)) is None
