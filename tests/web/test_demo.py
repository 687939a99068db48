"""The demo's doors: a bare request makes one somebody, whom the crowd then leaves alone; time can be stopped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import Connection, select

from jobdating.clock import PlayedClock
from jobdating.commands.demo import moment
from jobdating.db import tables as t
from jobdating.simulation import crowd
from jobdating.simulation.staging import stage
from jobdating.web.demo import tell_clock
from jobdating.web.house import House
from tests.eventually import eventually
from tests.site import Site, running_site

AT = moment("2027-06-17 09:20")


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    url = f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}"
    cast = await stage(url, seed=3, at=AT)
    clock = PlayedClock(AT, 10)

    @asynccontextmanager
    async def playing(home: House) -> AsyncIterator[None]:
        home.crowd = crowd.Crowd(home.db, cast, seed=3)
        await tell_clock(home)
        async with crowd.running(home.crowd, clock):
            yield

    async with running_site(url, clock, workers=[playing], demo=True) as site:
        yield site


@pytest.fixture
async def visitor(demo: Site) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=demo.url, timeout=30) as client:
        yield client


async def test_the_address_alone_leads_to_the_doors(visitor: httpx2.AsyncClient) -> None:
    answer = await visitor.get("/", follow_redirects=True)
    assert answer.url.path == "/demo"
    assert answer.text.count('action="/demo/enter"') == 3


@pytest.mark.parametrize(("role", "page"), [("candidate", "planning"), ("recruiter", "cockpit"), ("organiser", "wall")])
async def test_a_bare_request_makes_one_somebody(visitor: httpx2.AsyncClient, role: str, page: str) -> None:
    entered = await visitor.post("/demo/enter", data={"role": role})
    assert (entered.status_code, entered.headers["location"]) == (303, f"/fairs/juin-2027/{page}")
    assert "session=" in entered.headers["set-cookie"]
    shown = await visitor.get(entered.headers["location"], follow_redirects=True)
    assert shown.status_code == 200


async def test_one_goes_through_another_door_without_signing_out(visitor: httpx2.AsyncClient) -> None:
    await visitor.post("/demo/enter", data={"role": "candidate"})
    answer = await visitor.post("/demo/enter", data={"role": "organiser"}, follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/fairs/juin-2027/wall")


async def test_a_door_that_is_not_there(visitor: httpx2.AsyncClient) -> None:
    assert (await visitor.post("/demo/enter", data={"role": "king"})).status_code == 422
    assert (await visitor.post("/demo/enter")).status_code == 422
    foreign = await visitor.post("/demo/enter", data={"role": "candidate"}, headers={"origin": "https://other.example"})
    assert foreign.status_code == 403


async def test_without_a_demo_there_are_no_doors(site: Site) -> None:
    async with httpx2.AsyncClient(base_url=site.url) as client:
        assert (await client.get("/demo")).status_code == 404
        assert (await client.post("/demo/enter", data={"role": "organiser"})).status_code == 404
        assert (await client.post("/demo/clock", data={"rate": "0"})).status_code == 404


async def test_time_stops_and_goes_on_for_everybody(demo: Site, visitor: httpx2.AsyncClient) -> None:
    assert (await visitor.post("/demo/clock", data={"rate": "0"})).status_code == 303
    stopped = demo.clock.now()
    assert 'data-demo-clock="0.0"' in (await visitor.get("/demo")).text
    assert demo.clock.now() == stopped
    assert (await visitor.post("/demo/clock", data={"rate": "20"})).status_code == 303
    assert demo.clock.rate == 20
    for wrong in ("-1", "nan", "1e9", "vite", ""):
        assert (await visitor.post("/demo/clock", data={"rate": wrong})).status_code == 422


async def test_the_crowd_plays_and_leaves_the_visitor_alone(demo: Site, visitor: httpx2.AsyncClient) -> None:
    await visitor.post("/demo/enter", data={"role": "recruiter"})
    stand_id = demo.app.state.house.crowd.cast.stands[0].id
    before, mine = await demo.db.read(_steps), await demo.db.read(_of_stand, stand_id)
    await visitor.post("/demo/clock", data={"rate": "60"})
    began = demo.clock.now()
    await eventually(lambda: demo.clock.now() - began > timedelta(minutes=4), within=30)
    after = await demo.db.read(_steps)
    assert after["InterviewStarted"] > before["InterviewStarted"]
    assert after["EstimatesMoved"] > 0
    assert await demo.db.read(_of_stand, stand_id) == mine


def _steps(tx: Connection) -> dict[str, int]:
    kinds = list(tx.execute(select(t.journal.c.kind)).scalars())
    return {kind: kinds.count(kind) for kind in ("InterviewStarted", "EstimatesMoved")}


def _of_stand(tx: Connection, stand_id: int) -> list[int]:
    called = select(t.bookings.c.id).where(t.bookings.c.stand_id == stand_id, t.bookings.c.called_at.is_not(None))
    return sorted(tx.execute(called).scalars())


async def test_ten_minutes_at_sixty_times_the_speed_leave_nothing_in_the_log(
    demo: Site, visitor: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await visitor.post("/demo/clock", data={"rate": "60"})
    began = demo.clock.now()
    await eventually(lambda: demo.clock.now() - began > timedelta(minutes=10), within=60)
    assert [record.getMessage() for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []
