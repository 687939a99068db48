"""Announcements reach whom they are for, on their page and by mail, and nobody else."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import errors, events, topics
from jobdating.rendering import fragments
from jobdating.services import announcements, booking
from tests import factories as make
from tests.written import written

NOW = make.MORNING


class World:
    """Three candidates: one waits at the stand, one belongs to the site, one does neither."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        self.site = tx.execute(
            insert(t.sites).values(fair_id=self.fair, name="Vire").returning(t.sites.c.id)
        ).scalar_one()
        self.stand = make.make_stand(tx, self.fair)
        self.empty = make.make_stand(tx, self.fair)
        self.organiser = make.make_organiser(tx, self.fair)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.waiting = make.make_candidate(tx, self.fair)
        self.of_site = make.make_candidate(tx, self.fair, site_id=self.site)
        self.other = make.make_candidate(tx, self.fair)
        slot = make.make_slots(tx, self.stand)[0]
        booking.book(tx, self.waiting, slot_id=slot, now=make.BEFORE)
        self.foreign_stand = make.make_stand(tx, make.make_fair(tx))
        tx.execute(t.outbox.delete())

    def candidate(self, actor: Any) -> int:
        found: int = actor.candidates[self.fair]
        return found


@pytest.fixture
async def world(db: Database) -> World:
    return await db.write(World)


async def send(db: Database, world: World, **values: Any) -> announcements.Announcement:
    given: dict[str, Any] = {"fair_id": world.fair, "text": "Le stand ouvre à 9:30.", "now": NOW} | values
    return await db.write(announcements.send, given.pop("actor", world.organiser), **given)


async def mailed(db: Database) -> set[str]:
    def read(tx: Connection) -> set[str]:
        kinds = set(tx.execute(select(t.outbox.c.kind)).scalars())
        assert kinds <= {"announcement"}
        return set(tx.execute(select(t.outbox.c.recipient)).scalars())

    return await db.read(read)


async def address(db: Database, actor: Any) -> str:
    return await db.read(
        lambda tx: tx.execute(select(t.accounts.c.email).where(t.accounts.c.id == actor.account_id)).scalar_one()
    )


async def targets(db: Database) -> set[str]:
    """The elements that the last journal entry changes."""

    def read(tx: Connection) -> set[str]:
        sent = written(tx)[-1]
        assert isinstance(sent, events.AnnouncementSent)
        return {target.element for target in fragments.resolve(tx, topics.touched(sent))}

    return await db.read(read)


async def test_to_all_reaches_every_candidate(db: Database, world: World) -> None:
    assert (await send(db, world)).reached == 3
    assert len(await mailed(db)) == 3
    assert len(await targets(db)) == 3


async def test_to_a_stand_reaches_its_line_only(db: Database, world: World) -> None:
    assert (await send(db, world, stand_id=world.stand)).reached == 1
    assert await mailed(db) == {await address(db, world.waiting)}
    assert await targets(db) == {f"announcements-{world.candidate(world.waiting)}"}


async def test_to_a_site_reaches_its_candidates_only(db: Database, world: World) -> None:
    assert (await send(db, world, site_id=world.site)).reached == 1
    assert await mailed(db) == {await address(db, world.of_site)}
    assert await targets(db) == {f"announcements-{world.candidate(world.of_site)}"}


@pytest.mark.parametrize(
    ("values", "field"),
    [({"text": "  "}, "text"), ({"text": "a" * 1001}, "text")],
)
async def test_a_message_has_words_and_an_end(db: Database, world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        await send(db, world, **values)
    assert field in refused.value.params["fields"]  # type: ignore[operator]


async def test_to_nobody_is_refused_so_that_it_is_not_believed_sent(db: Database, world: World) -> None:
    with pytest.raises(errors.Invalid):
        await send(db, world, stand_id=world.empty)
    assert await db.read(lambda tx: tx.execute(select(t.announcements.c.id)).all()) == []


async def test_a_stand_of_another_fair_answers_as_a_missing_one(db: Database, world: World) -> None:
    with pytest.raises(errors.NotFound):
        await send(db, world, stand_id=world.foreign_stand)


async def test_only_organisers_announce(db: Database, world: World) -> None:
    for actor in (world.recruiter, world.waiting):
        with pytest.raises(errors.NotFound):
            await send(db, world, actor=actor)
