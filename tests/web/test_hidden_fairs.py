"""A fair that is not published yet is there for who has a part in it, and for nobody else."""

from typing import Any

import pytest
from sqlalchemy import Connection, update

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.queries import watching
from tests import factories as make
from tests.site import Site

PAGES = (
    "/fairs/brouillon", "/fairs/brouillon/stands", "/fairs/brouillon/stands/{stand}", "/fairs/brouillon/companies",
    "/fairs/brouillon/companies/{company}", "/fairs/brouillon/offers", "/fairs/brouillon/trainings",
    "/api/v1/fairs/brouillon", "/api/v1/fairs/brouillon/stands", "/api/v1/fairs/brouillon/slots", "/help?fair=brouillon",
)  # fmt: skip


class World:
    """A fair in preparation, its people, and the people of another fair."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="brouillon", published=False)
        self.company = make.make_company(tx, self.fair)
        self.stand = make.make_stand(tx, self.fair, company_id=self.company)
        elsewhere = make.make_fair(tx, slug="autre")
        self.within = {
            "candidate": make.make_candidate(tx, self.fair),
            "recruiter": make.make_recruiter(tx, self.stand),
            "organiser": make.make_organiser(tx, self.fair),
            "administrator": Actor(make.make_account(tx, administrator=True), administrator=True),
        }
        self.without: dict[str, Actor | None] = {
            "nobody": None,
            "candidate": make.make_candidate(tx, elsewhere),
            "recruiter": make.make_recruiter(tx, make.make_stand(tx, elsewhere)),
            "organiser": make.make_organiser(tx, elsewhere),
        }


@pytest.fixture
async def world(site: Site) -> World:
    return await site.db.write(World)


async def statuses(site: Site, actor: Actor | None, world: World) -> set[int]:
    ids: dict[str, Any] = {"stand": world.stand, "company": world.company}
    async with site.client(actor) as client:
        return {(await client.get(path.format(**ids))).status_code for path in PAGES}


async def test_it_is_there_for_who_has_a_part_in_it_alone(site: Site, world: World) -> None:
    """[8.2.2] Also by its address, through the API, and on pages that only borrow its name."""
    for who, actor in world.without.items():
        assert await statuses(site, actor, world) == {404}, who
    for who, actor in world.within.items():
        assert await statuses(site, actor, world) == {200}, who


async def test_nobody_else_registers_there_or_follows_it_live(site: Site, world: World) -> None:
    topics = (f"fair:{world.fair}", f"stand:{world.stand}")
    for who, actor in world.without.items():
        async with site.client(actor) as client:
            for method in ("GET", "POST"):
                assert (await client.request(method, "/fairs/brouillon/register")).status_code == 404, who
            for topic in topics:
                assert (await client.get("/live/poll", params={"topics": topic})).status_code in {303, 401, 403}, who
    for topic in topics:
        assert await site.db.read(watching.may_watch, world.within["recruiter"], topic)


async def test_once_published_it_is_everybodys(site: Site, world: World) -> None:
    await site.db.write(lambda tx: tx.execute(update(t.fairs).values(published=True)).close())
    assert await statuses(site, None, world) == {200}


async def test_who_works_there_and_is_signed_out_is_led_to_the_door(site: Site, world: World) -> None:
    async with site.client() as client:
        answer = await client.get(f"/fairs/brouillon/cockpit/{world.stand}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
