"""The rehearsal, over HTTP: asked for, played beside the server, shown; one at a time, by organisers of the fair."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.clock import WallClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.queries import rehearsals as query
from jobdating.services import rehearsals as service
from tests import factories as make
from tests.eventually import eventually
from tests.simulation.test_rehearsal import everything, small_fair
from tests.site import Site

ASKED = {
    "day": "2027-06-17", "fill": "90", "no_show": "10", "seed": "2", "recruiters": "0", "buffer_minutes": "5", "cap": "0",
    "draws": "1",
}  # fmt: skip


WITHIN = 250  # seconds that a day may take on a machine that has much else to do

pytestmark = pytest.mark.timeout(300)


class Scene:
    def __init__(self, tx: Connection) -> None:
        self.fair = small_fair(tx)
        tx.execute(t.fairs.update().where(t.fairs.c.id == self.fair).values(slug="juin-2027"))
        self.organiser = make.make_organiser(tx, self.fair)
        self.recruiter = Actor(tx.execute(select(t.recruiters.c.account_id)).scalar_one())
        self.other = make.make_organiser(tx, make.make_fair(tx))


@pytest.fixture
async def scene(site: Site) -> Scene:
    return await site.db.write(Scene)


async def test_a_day_is_asked_for_played_and_shown(site: Site, scene: Scene) -> None:
    kept = {"rehearsals", "sessions", "meta"}
    before = await site.db.read(everything)
    async with site.client(scene.organiser, timeout=30) as client:
        assert "Pas encore de répétition" in (await client.get("/fairs/juin-2027/rehearsal")).text
        asked = await client.post("/fairs/juin-2027/rehearsal", data=ASKED)
        assert asked.status_code == 303
        playing = await client.get("/fairs/juin-2027/rehearsal")
        assert "La journée se joue" in playing.text and "refresh" in playing.headers
        again = await client.post("/fairs/juin-2027/rehearsal", data=ASKED)
        assert again.status_code == 303

        async def is_done() -> bool:
            return "refresh" not in (await client.get("/fairs/juin-2027/rehearsal")).headers

        await eventually(is_done, within=WITHIN)
        page = (await client.get("/fairs/juin-2027/rehearsal")).text
    assert "Comme prévu" in page and "+5 min entre deux" in page and "Entretiens menés" in page
    [found] = await site.db.read(query.of_fair, scene.fair)
    assert found.step == "done" and found.share == 100 and len(found.result) == 2
    assert len(found.result[0]["figures"]["done"]) == 1
    assert (
        "Un seul tirage" in page
        and "Trop peu de tirages pour le dire" in page
        and "Rendez-vous que le changement fait perdre" in page
    )
    after = await site.db.read(everything)
    assert {name: rows for name, rows in after.items() if name not in kept} == {
        name: rows for name, rows in before.items() if name not in kept
    }


async def test_who_stops_it_keeps_what_was_drawn_and_its_process_ends(site: Site, scene: Scene) -> None:
    async with site.client(scene.organiser, timeout=30) as client:
        await client.post("/fairs/juin-2027/rehearsal", data=ASKED | {"draws": "9", "buffer_minutes": "0"})

        async def one_is_drawn() -> bool:
            return bool((await site.db.read(query.of_fair, scene.fair))[0].result)

        await eventually(one_is_drawn, within=WITHIN)
        assert "Arrêter et garder ce qui est joué" in (await client.get("/fairs/juin-2027/rehearsal")).text
        stopped = await client.post("/fairs/juin-2027/rehearsal/stop")
        assert stopped.status_code == 303
        page = await client.get("/fairs/juin-2027/rehearsal")

        async def has_ended() -> bool:
            return not site.app.state.house.extras["rehearsals"]

        await eventually(has_ended, within=WITHIN)
    assert "refresh" not in page.headers and "9 étaient demandés" in page.text
    [found] = await site.db.read(query.of_fair, scene.fair)
    assert (found.step, found.fault) == ("failed", "stopped")
    assert 1 <= len(found.result[0]["figures"]["done"]) < 9


async def test_who_stops_it_at_once_is_told_that_there_is_nothing_to_show(site: Site, scene: Scene) -> None:
    now = WallClock().now()
    await site.db.write(service.ask, scene.organiser, fair_id=scene.fair, asked=ASKED, now=now)
    async with site.client(scene.organiser) as client:
        await client.post("/fairs/juin-2027/rehearsal/stop")
        assert "avant son premier tirage" in (await client.get("/fairs/juin-2027/rehearsal")).text


async def test_what_was_typed_wrong_is_said_beside_its_field(site: Site, scene: Scene) -> None:
    async with site.client(scene.organiser) as client:
        for wrong in ({"draws": "10"}, {"fill": "120"}, {"day": "2027-07-01"}, {"seed": "many"}):
            page = await client.post("/fairs/juin-2027/rehearsal", data=ASKED | wrong)
            assert page.status_code == 422
            assert f'id="{next(iter(wrong))}-error"' in page.text
    assert await site.db.read(query.of_fair, scene.fair) == []


async def test_a_day_without_slots_is_said_to_have_none(site: Site, scene: Scene) -> None:
    async with site.client(scene.organiser, timeout=30) as client:
        await client.post("/fairs/juin-2027/rehearsal", data=ASKED | {"day": "2027-06-19"})

        async def is_said() -> bool:
            return "Aucun stand n’a de créneau" in (await client.get("/fairs/juin-2027/rehearsal")).text

        await eventually(is_said, within=WITHIN)


async def test_only_organisers_of_the_fair_rehearse_it(site: Site, scene: Scene) -> None:
    for actor in (scene.recruiter, scene.other):
        async with site.client(actor) as client:
            assert (await client.get("/fairs/juin-2027/rehearsal")).status_code == 404
            assert (await client.post("/fairs/juin-2027/rehearsal", data=ASKED)).status_code == 404
            assert (await client.post("/fairs/juin-2027/rehearsal/stop")).status_code == 404
    assert await site.db.read(query.of_fair, scene.fair) == []


async def test_one_plays_at_a_time_and_one_that_died_makes_room(site: Site, scene: Scene) -> None:
    now = WallClock().now()

    def ask(**later: float) -> Callable[..., Any]:
        return lambda tx: service.ask(
            tx, scene.organiser, fair_id=scene.fair, asked=ASKED, now=now + timedelta(**later)
        )

    first = await site.db.write(ask())
    assert first is not None
    assert await site.db.write(ask(seconds=30)) is None
    second = await site.db.write(ask(minutes=5))
    assert second not in {None, first}
    await site.db.write(service.keep, rehearsal_id=first, result=[], now=now)
    latest, lost = await site.db.read(query.of_fair, scene.fair)
    assert (latest.step, lost.step, lost.fault) == ("wait", "failed", "gone")
