"""The live door: who may follow what, and that what happens arrives."""

import asyncio

import pytest
from sqlalchemy import Connection, delete
from websockets.exceptions import InvalidStatus

from jobdating.clock import WallClock
from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.services import sessions
from tests.eventually import eventually
from tests.realtime.scene import Scene, book, head, make_scene, settled
from tests.realtime.watcher import address, watching
from tests.site import Site


@pytest.fixture
async def scene(site: Site) -> Scene:
    return await site.db.write(make_scene)


def queue_of(scene: Scene) -> str:
    return f"cockpit-queue-{scene.stand_id}"


async def test_a_change_arrives_on_the_pages_that_show_it(site: Site, scene: Scene) -> None:
    async with watching(site, [scene.staff], scene.recruiter, cursor=await head(site)) as page:
        await page.frame()
        assert page.elements == {}
        await book(site, scene)
        await page.until(lambda page: queue_of(scene) in page.elements)


async def test_each_language_gets_its_own_words(site: Site, scene: Scene) -> None:
    async with (
        watching(site, [scene.staff], scene.recruiter, lang="fr") as french,
        watching(site, [scene.staff], scene.recruiter, lang="en") as english,
    ):
        await french.frame()
        await english.frame()
        assert french.elements.keys() == english.elements.keys()
        assert french.elements != english.elements


async def test_a_page_that_comes_back_gets_what_changed_since_its_cursor_and_no_more(site: Site, scene: Scene) -> None:
    await book(site, scene)
    cursor = await settled(site)
    async with watching(site, [scene.staff], scene.recruiter, cursor=cursor) as page:
        assert (await page.frame())["patches"] == []
    await book(site, scene, number=1, slot=1)
    async with watching(site, [scene.staff], scene.recruiter, cursor=cursor) as page:
        await page.until(lambda page: queue_of(scene) in page.elements)


@pytest.mark.parametrize("cursor", ["", "another.7", "nonsense", "a.b.c", "-1"])
async def test_a_page_whose_cursor_is_not_known_gets_everything(site: Site, scene: Scene, cursor: str) -> None:
    before = await head(site)
    async with watching(site, [scene.staff], scene.recruiter, cursor=cursor) as page:
        await page.frame()
        assert page.elements.keys() == {f"cockpit-{part}-{scene.stand_id}" for part in ("head", "now", "queue", "day")}
        assert page.cursor in {before, await head(site)}  # that they are here now is told in a moment, too


async def test_who_comes_after_nobody_watched_is_told_all_in_the_first_frame(site: Site, scene: Scene) -> None:
    cursor = await head(site)
    await book(site, scene)
    async with watching(site, [scene.staff], scene.recruiter, cursor=cursor) as page:
        await page.frame()
        assert queue_of(scene) in page.elements


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1", "null"])
async def test_another_site_is_refused_before_it_is_accepted(site: Site, scene: Scene, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with watching(site, [f"fair:{scene.fair_id}"], origin=origin):
            raise AssertionError("accepted")
    assert refused.value.response.status_code == 403


async def test_nobody_follows_what_they_may_not_see(site: Site, scene: Scene) -> None:
    foreign = f"candidate:{scene.candidate_id(1)}"
    for topic, actor, code in [
        (scene.staff, None, 4401),
        (scene.staff, scene.candidates[0], 4403),
        (foreign, scene.candidates[0], 4403),
        (foreign, scene.recruiter, 4403),
        (f"fair:{scene.fair_id}:organisers", scene.recruiter, 4403),
        ("fair:99999", scene.candidates[0], 4403),
        ("stand:1:everything", scene.organiser, 4403),
        ("candidate:1 OR 1=1", scene.organiser, 4403),
    ]:
        async with watching(site, [topic], actor) as page:
            assert await page.closed() == code, topic


async def test_signing_out_closes_the_page_within_two_seconds(site: Site, scene: Scene) -> None:
    cookies = await site.sign_in(scene.recruiter)
    async with (
        watching(site, [scene.staff], cookies=cookies) as page,
        watching(site, [f"fair:{scene.fair_id}"]) as other,
    ):
        await page.frame()
        await other.frame()
        account_id = scene.recruiter.account_id
        assert account_id is not None
        await site.db.write(sessions.close_all, account_id, now=WallClock().now())
        async with asyncio.timeout(2):
            assert await page.closed() == 4401
        await book(site, scene)
        await other.frame()


async def test_losing_a_right_closes_the_page_within_two_seconds(site: Site, scene: Scene) -> None:
    def dismiss(tx: Connection) -> None:
        tx.execute(delete(t.recruiters).where(t.recruiters.c.account_id == scene.recruiter.account_id))
        assert scene.recruiter.account_id is not None
        journal.append(
            tx, events.RightsChanged(fair_id=scene.fair_id, account_id=scene.recruiter.account_id), at=site.clock.now()
        )

    async with watching(site, [scene.staff], scene.recruiter) as page:
        await page.frame()
        await site.db.write(dismiss)
        async with asyncio.timeout(2):
            assert await page.closed() == 4403


async def test_another_session_of_the_account_stays(site: Site, scene: Scene) -> None:
    account_id = scene.recruiter.account_id
    assert account_id is not None
    kept = await site.sign_in(scene.recruiter)
    gone = await site.sign_in(scene.recruiter)
    async with (
        watching(site, [scene.staff], cookies=kept) as stays,
        watching(site, [scene.staff], cookies=gone) as leaves,
    ):
        await stays.frame()
        mine = await site.db.read(sessions.resolve, kept["session"], now=WallClock().now())
        assert mine is not None
        await site.db.write(sessions.close_all, account_id, but=mine.id, now=WallClock().now())
        assert await leaves.closed() == 4401
        await book(site, scene)
        await stays.until(lambda page: queue_of(scene) in page.elements)


async def test_a_long_poll_brings_the_same_frames(site: Site, scene: Scene) -> None:
    cursor = await head(site)
    async with site.client(scene.recruiter, timeout=20) as client:
        waiting = asyncio.create_task(client.get(f"/live/poll?{address([scene.staff], cursor=cursor)}"))
        relay = site.app.state.house.relay
        await eventually(lambda: len(relay.hub) > 0)
        await book(site, scene)
        frame = (await waiting).json()
        assert queue_of(scene) in {patch["target"] for patch in frame["patches"]}
        again = (await client.get(f"/live/poll?{address([scene.staff], cursor=cursor)}")).json()
        assert queue_of(scene) in {patch["target"] for patch in again["patches"]}


async def test_a_long_poll_is_refused_as_a_socket_is(site: Site, scene: Scene) -> None:
    query = address([scene.staff])
    async with site.client() as nobody, site.client(scene.candidates[0]) as candidate:
        live = {"x-live": "1"}
        assert (await nobody.get(f"/live/poll?{query}", headers=live)).status_code == 401
        assert (await candidate.get(f"/live/poll?{query}", headers=live)).status_code == 403
        foreign = {"sec-fetch-site": "cross-site", **live}
        assert (await candidate.get(f"/live/poll?{address(['fair:1'])}", headers=foreign)).status_code == 403
        assert (await candidate.get("/live/poll?topics=", headers=live)).status_code == 422


async def test_a_page_shows_that_its_candidate_is_there(site: Site, scene: Scene) -> None:
    async def connected() -> bool:
        def read(tx: Connection) -> bool:
            row = tx.execute(t.candidates.select().where(t.candidates.c.id == scene.candidate_id())).one()
            return row.connected_since is not None

        return await site.db.read(read)

    async with watching(site, [f"candidate:{scene.candidate_id()}"], scene.candidates[0]):
        await eventually(connected)
