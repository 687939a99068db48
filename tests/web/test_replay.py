"""The day again, over HTTP: any minute as a page of its own, and what changed between two; for organisers of the fair."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from jobdating.queries import identity
from jobdating.services import presence, queue, timekeeper
from tests.contracts.dom import parse
from tests.contracts.world import LIVE, World, make_world
from tests.factories import make_fair, make_organiser
from tests.site import Site

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    """9:20: the day turns. 9:25: called. 9:30: begun, and the colleague connects."""

    def happen(tx: Connection) -> World:
        made = make_world(tx)
        step = {"booking_id": made.bookings[0]}
        queue.check_in(tx, made.candidates[0], **step, now=LIVE + 2 * MINUTE)
        queue.call(tx, made.recruiter, **step, now=LIVE + 5 * MINUTE)
        timekeeper.keep(tx, now=LIVE + 5 * MINUTE)
        queue.start(tx, made.recruiter, **step, now=LIVE + 10 * MINUTE)
        presence.record(tx, candidates={}, stands={made.colleague: True}, now=LIVE + 10 * MINUTE)
        return made

    clock.moment = LIVE + 40 * MINUTE
    return await site.db.write(happen)


def row(html: str, stand: int) -> str:
    found = re.search(
        rf'<div class="wall-row" role="row" id="wall-row-{stand}".*?(?=<div class="wall-row" role="row"|</section>)',
        html,
        re.S,
    )
    assert found is not None
    return found.group()


async def test_a_minute_is_a_page_and_shows_the_wall_of_then(site: Site, world: World) -> None:
    slug = await fair_of(site, world)
    async with site.client(world.organiser) as client:
        before, called, begun = [
            (await client.get(f"/fairs/{slug}/replay?at={at}")).text for at in ("09:24", "09:25", "09:31")
        ]
    assert "wall-cell--called" not in row(before, world.stand)
    assert "wall-cell--called" in row(called, world.stand)
    assert "wall-cell--running" in row(begun, world.stand)


async def test_a_frame_holds_what_differs_between_two_minutes(site: Site, world: World) -> None:
    slug = await fair_of(site, world)
    async with site.client(world.organiser) as client:
        page = (await client.get(f"/fairs/{slug}/replay?at=09:31")).text
        frame = (await client.get(f"/fairs/{slug}/replay/frame?since=09:26&at=09:31")).json()
        back = (await client.get(f"/fairs/{slug}/replay/frame?since=09:31&at=09:26")).json()
        still = (await client.get(f"/fairs/{slug}/replay/frame?since=09:31&at=09:33")).json()
    patches = {patch["target"]: patch["html"] for patch in frame["patches"]}
    assert {f"wall-row-{world.stand}", f"wall-row-{world.colleague}"} <= set(patches)
    assert f"wall-row-{world.full}" not in patches
    assert frame["at"] == "2027-06-17T07:31:00Z"
    assert parse(patches[f"wall-row-{world.stand}"]).text() == parse(row(page, world.stand).strip()).text()
    assert {patch["target"] for patch in back["patches"]} == set(patches)
    assert not [patch for patch in still["patches"] if patch["target"].startswith("wall-row")]


async def test_what_happens_while_one_looks_can_be_seen_too(site: Site, clock: SteppedClock, world: World) -> None:
    slug = await fair_of(site, world)
    async with site.client(world.organiser) as client:
        await client.get(f"/fairs/{slug}/replay?at=09:31")

        def finish(tx: Connection) -> None:
            queue.finish(tx, world.recruiter, booking_id=world.bookings[0], now=LIVE + 41 * MINUTE)

        await site.db.write(finish)
        clock.advance(5 * MINUTE)
        page = (await client.get(f"/fairs/{slug}/replay?at=10:02")).text
        before = (await client.get(f"/fairs/{slug}/replay?at=10:00")).text
    assert "wall-cell--done" in row(page, world.stand)
    assert "wall-cell--done" not in row(before, world.stand)


async def test_moments_outside_the_day_are_its_ends_and_nonsense_is_its_opening(site: Site, world: World) -> None:
    slug = await fair_of(site, world)
    async with site.client(world.organiser) as client:
        for at, shown in (
            ("00:01", "9:20"),
            ("23:59", "10:00"),
            ("ten", "9:35"),
            ("", "9:35"),
            ("10:00+02:00", "9:35"),
        ):
            page = await client.get(f"/fairs/{slug}/replay", params={"at": at})
            assert page.status_code == 200
            assert f">{shown}</time>" in page.text, at


async def test_before_the_first_day_there_is_nothing_to_see_and_the_page_says_so(site: Site) -> None:
    def make(tx: Connection) -> tuple[object, str]:
        fair_id = make_fair(tx, slug="bientot")
        return make_organiser(tx, fair_id), "bientot"

    organiser, slug = await site.db.write(make)
    async with site.client(organiser) as client:  # type: ignore[arg-type]
        page = await client.get(f"/fairs/{slug}/replay")
        frame = await client.get(f"/fairs/{slug}/replay/frame?at=10:00")
    assert page.status_code == 200 and "Rien à revoir" in page.text
    assert frame.status_code == 404


async def test_only_organisers_of_the_fair_see_its_days(site: Site, world: World) -> None:
    slug = await fair_of(site, world)

    def other(tx: Connection) -> object:
        return make_organiser(tx, make_fair(tx))

    strangers = [world.candidates[0], world.recruiter, await site.db.write(other)]
    for actor in strangers:
        async with site.client(actor) as client:  # type: ignore[arg-type]
            for path in ("replay", "replay/frame?at=09:30"):
                assert (await client.get(f"/fairs/{slug}/{path}")).status_code == 404


async def fair_of(site: Site, world: World) -> str:
    fair = await site.db.read(identity.fair_by_id, world.fair_id)
    assert fair is not None
    return fair.slug
