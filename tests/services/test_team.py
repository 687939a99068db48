"""Who leads a company, by an organiser's word: at once, for all its stands, and for no other."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import policy
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.states import Party
from jobdating.queries import identity, watching
from jobdating.queries import team as query
from jobdating.services import queue, stand_settings, team
from tests import factories as make
from tests.factories import BEFORE, MORNING


@dataclass(frozen=True)
class Scene:
    """A company with two stands, another with one, and a fair elsewhere. `manon` works at the first stand."""

    fair_id: int
    first: int
    second: int
    foreign: int
    elsewhere: int
    manon: Actor
    hugo: Actor
    organiser: Actor
    stranger: Actor

    @property
    def account_id(self) -> int:
        assert self.manon.account_id is not None
        return self.manon.account_id


def make_scene(tx: Connection) -> Scene:
    fair_id, other = make.make_fair(tx), make.make_fair(tx)
    company = make.make_company(tx, fair_id)
    first = make.make_stand(tx, fair_id, company_id=company)
    second = make.make_stand(tx, fair_id, company_id=company)
    return Scene(
        fair_id,
        first,
        second,
        make.make_stand(tx, fair_id),
        make.make_stand(tx, other),
        make.make_recruiter(tx, first),
        make.make_recruiter(tx, second),
        make.make_organiser(tx, fair_id),
        make.make_organiser(tx, other),
    )


@pytest.fixture
async def scene(db: Database) -> Scene:
    return await db.write(make_scene)


async def leads(db: Database, scene: Scene, lead: bool, *, by: Actor | None = None) -> Actor:
    """Manon leads, or no longer; who she is from then on."""

    def change(tx: Connection) -> None:
        mine = select(t.recruiters.c.id).where(t.recruiters.c.account_id == scene.account_id)
        place = tx.execute(mine.order_by(t.recruiters.c.id)).scalars().first() or 0
        actor = by or scene.organiser
        team.set_lead(tx, actor, fair_id=scene.fair_id, recruiter_id=place, lead=lead, now=BEFORE)

    await db.write(change)
    return await db.read(identity.actor, scene.account_id)


async def test_lead_has_all_stands_of_the_company_and_none_of_others(db: Database, scene: Scene) -> None:
    manon = await leads(db, scene, True)
    assert manon.stands == manon.led == {scene.first, scene.second}
    for stand_id in (scene.first, scene.second):
        assert policy.ensure_lead(manon, stand_id=stand_id, fair_id=scene.fair_id) is Party.STAND
    for stand_id in (scene.foreign, scene.elsewhere):
        with pytest.raises(NotFound):
            policy.ensure_lead(manon, stand_id=stand_id, fair_id=scene.fair_id)
    manon = await leads(db, scene, False)
    assert manon.stands == {scene.first} and not manon.led


async def test_recruiter_who_does_not_lead_decides_over_no_stand(db: Database, scene: Scene) -> None:
    with pytest.raises(NotFound):
        policy.ensure_lead(scene.hugo, stand_id=scene.second, fair_id=scene.fair_id)
    with pytest.raises(NotFound):
        await db.write(
            stand_settings.close, scene.hugo, fair_id=scene.fair_id, stand_id=scene.second, closed=True, now=BEFORE
        )


def is_closed(tx: Connection, stand_id: int) -> bool:
    return bool(tx.execute(select(t.stands.c.closed).where(t.stands.c.id == stand_id)).scalar_one())


async def test_lead_closes_and_opens_stands_of_the_company_alone(db: Database, scene: Scene) -> None:
    manon = await leads(db, scene, True)
    for closed in (True, False):
        await db.write(
            stand_settings.close, manon, fair_id=scene.fair_id, stand_id=scene.second, closed=closed, now=BEFORE
        )
        assert await db.read(is_closed, scene.second) is closed
    for stand_id in (scene.foreign, scene.elsewhere, 99_999):
        with pytest.raises(NotFound):
            await db.write(
                stand_settings.close, manon, fair_id=scene.fair_id, stand_id=stand_id, closed=True, now=BEFORE
            )


async def test_lead_hands_over_between_stands_where_they_do_not_work_themselves(db: Database, scene: Scene) -> None:
    def arrive(tx: Connection) -> int:
        make.make_slots(tx, scene.second)
        candidate = make.make_candidate(tx, scene.fair_id)
        stand = scene.second
        return queue.join(tx, candidate, stand_id=stand, now=MORNING + timedelta(minutes=1)).id

    booking_id = await db.write(arrive)
    now = MORNING + timedelta(minutes=2)
    with pytest.raises(NotFound):
        await db.write(queue.hand_over, scene.manon, booking_id=booking_id, stand_id=scene.first, now=now)
    manon = await leads(db, scene, True)
    moved = await db.write(queue.hand_over, manon, booking_id=booking_id, stand_id=scene.first, now=now)
    assert moved.stand_id == scene.first
    with pytest.raises(NotFound):
        await db.write(queue.hand_over, manon, booking_id=booking_id, stand_id=scene.foreign, now=now)


async def test_only_who_organises_the_fair_says_who_leads(db: Database, scene: Scene) -> None:
    for actor in (scene.manon, scene.hugo, scene.stranger):
        with pytest.raises(NotFound):
            await leads(db, scene, True, by=actor)


async def test_topics_of_a_lead_are_the_company_s(db: Database, scene: Scene) -> None:
    manon = await leads(db, scene, True)
    may = {
        stand_id: await db.read(watching.may_watch, manon, f"stand:{stand_id}:lead")
        for stand_id in (scene.first, scene.second, scene.foreign, scene.elsewhere, 99_999)
    }
    assert [stand_id for stand_id, allowed in may.items() if allowed] == [scene.first, scene.second]
    assert not await db.read(watching.may_watch, scene.hugo, f"stand:{scene.second}:lead")


async def test_saying_it_twice_tells_nobody_twice(db: Database, scene: Scene) -> None:
    await leads(db, scene, True)
    count = select(t.journal.c.id).where(t.journal.c.kind == "LeadChanged")
    before = await db.read(lambda tx: len(tx.execute(count).all()))
    await leads(db, scene, True)
    assert await db.read(lambda tx: len(tx.execute(count).all())) == before == 1


async def test_team_lists_everybody_once_with_their_stands(db: Database, scene: Scene) -> None:
    await db.write(
        lambda tx: tx.execute(t.recruiters.insert().values(stand_id=scene.second, account_id=scene.account_id)).close()
    )
    await leads(db, scene, True)
    found = await db.read(query.team, scene.fair_id)
    people = {person.account_id: person for company in found.companies for person in company.recruiters}
    assert people.keys() == {scene.account_id, scene.hugo.account_id}
    assert people[scene.account_id].lead and len(people[scene.account_id].stands) == 2
    assert [person.account_id for person in found.organisers] == [scene.organiser.account_id]
