"""What opens before and after the second factor, and where one is led. Ids are those of OWASP ASVS 5.0. [6.3.3]"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pyotp
import pytest
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock, WallClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import second_factor, sessions, sign_in
from jobdating.services.sign_in import Asking
from jobdating.web.visit import COOKIE
from tests.factories import make_candidate, make_fair, make_organiser, make_recruiter, make_stand
from tests.realtime.watcher import watching
from tests.site import SECRET, Site, insert, running_site


@dataclass(frozen=True)
class People:
    """A fair with one of each."""

    fair_id: int
    stand_id: int
    candidate: Actor
    recruiter: Actor
    organiser: Actor


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """Where everybody who works here must confirm."""
    async with running_site(sqlite_url, clock, host="localhost", second_factor="required") as site:
        yield site


@pytest.fixture
async def people(site: Site) -> People:
    fair_id = await insert(site, make_fair, slug="juin")
    stand_id = await insert(site, make_stand, fair_id)
    return People(
        fair_id,
        stand_id,
        await insert(site, make_candidate, fair_id),
        await insert(site, make_recruiter, stand_id),
        await insert(site, make_organiser, fair_id),
    )


@asynccontextmanager
async def by_mail_alone(site: Site, actor: Actor, **options: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client as the mailed link leaves it."""
    secret, csrf = await site.db.write(sessions.open, account_of(actor), now=WallClock().now())
    headers = {"accept-language": "fr", "x-csrf-token": csrf}
    async with httpx2.AsyncClient(base_url=site.url, headers=headers, **options) as client:
        client.cookies.set(COOKIE, secret, domain="localhost.local" if "localhost" in site.url else "127.0.0.1")
        yield client


def account_of(actor: Actor) -> int:
    assert actor.account_id is not None
    return actor.account_id


async def with_app(client: httpx2.AsyncClient) -> tuple[pyotp.TOTP, httpx2.Response]:
    """Add an app as its page says; the app, and the answer."""
    page = (await client.get("/second-factor/app")).text
    found = re.search(r'class="secret"[^>]*>([A-Z2-7 ]+)<', page)
    assert found
    totp = pyotp.TOTP(found[1].replace(" ", ""))
    return totp, await client.post("/second-factor/app", data={"code": totp.now(), "back": "/fairs/juin/cockpit"})


async def test_staff_pages_lead_to_the_second_factor_and_back(site: Site, people: People) -> None:
    cockpit = f"/fairs/juin/cockpit/{people.stand_id}?x=1"
    for actor, paths in (
        (people.recruiter, ["/fairs/juin/cockpit", cockpit, "/account/tokens"]),
        (people.organiser, ["/fairs/juin/wall", "/fairs/juin/edit", "/fairs/new", "/account/data.json"]),
    ):
        async with by_mail_alone(site, actor) as client:
            for path in paths:
                answer = await client.get(path)
                assert answer.headers["location"] == f"/second-factor?back={path.replace('?x=1', '%3Fx%3D1')}", path
    async with by_mail_alone(site, people.candidate) as client:
        assert (await client.get("/fairs/juin/planning")).status_code == 200
        assert (await client.get("/second-factor")).status_code == 404


async def test_commands_and_topics_wait_for_it_too(site: Site, people: People) -> None:
    async with by_mail_alone(site, people.recruiter) as client:
        away = await client.post(f"/fairs/juin/cockpit/{people.stand_id}/away", headers={"x-live": "1"})
        assert (away.status_code, away.json()["code"]) == (403, "second_factor_needed")
        token = await client.post("/account/tokens", data={"name": "robot"})
        assert token.status_code == 403 and "Confirmez d’abord" in token.text
        poll = await client.get("/live/poll", params={"topics": f"stand:{people.stand_id}:staff"})
        assert poll.headers["location"].startswith("/second-factor")
        queue = await client.get(f"/api/v1/stands/{people.stand_id}/queue")
        assert (queue.status_code, queue.json()["code"]) == (403, "second_factor_needed")


async def test_what_is_one_s_own_stays_open(site: Site, people: People) -> None:
    """Who cannot confirm here can still see and close their sessions."""
    async with by_mail_alone(site, people.recruiter) as client:
        page = await client.get("/account")
        assert page.status_code == 200 and "Cet appareil n’a pas encore confirmé" in page.text
        assert (await client.post("/sign-out")).status_code == 303


async def test_adding_an_app_confirms_and_goes_on(site: Site, people: People) -> None:
    async with by_mail_alone(site, people.recruiter) as client:
        assert (await client.get("/second-factor")).headers["location"] == "/second-factor/add"
        before = client.cookies[COOKIE]
        totp, shown = await with_app(client)
        assert len(re.findall(r"<li>[a-z2-9]{5}-[a-z2-9]{5}</li>", shown.text)) == 10
        assert 'href="/fairs/juin/cockpit"' in shown.text
        assert client.cookies[COOKIE] != before
        assert (await client.get("/fairs/juin/cockpit")).status_code == 303
        assert "Application de codes" in (await client.get("/account")).text
    async with by_mail_alone(site, people.recruiter) as again:
        wrong = await again.post("/second-factor", data={"code": "000000"})
        assert wrong.status_code == 422 and "Ce code n’est pas le bon" in wrong.text
        replayed = await again.post("/second-factor", data={"code": totp.now()})
        assert replayed.status_code == 422


async def test_guesses_end_with_a_time_to_come_back(site: Site, people: People) -> None:
    """[6.3.1]"""
    async with by_mail_alone(site, people.recruiter) as owner:
        await with_app(owner)
    async with by_mail_alone(site, people.recruiter) as thief:
        for _ in range(5):
            assert (await thief.post("/second-factor", data={"code": "000000"})).status_code == 422
        stopped = await thief.post("/second-factor", data={"code": "000000"})
    assert stopped.status_code == 429 and 0 < int(stopped.headers["retry-after"]) <= 900


async def test_who_has_a_second_factor_is_asked_even_where_none_is_required(
    sqlite_url: str, clock: SteppedClock
) -> None:
    async with running_site(sqlite_url, clock, second_factor="optional") as site:
        stand_id = await insert(site, make_stand, await insert(site, make_fair, slug="juin"))
        recruiter = await insert(site, make_recruiter, stand_id)
        async with by_mail_alone(site, recruiter) as client:
            assert (await client.get("/fairs/juin/cockpit")).headers["location"].endswith(f"/cockpit/{stand_id}")
            await with_app(client)
        async with by_mail_alone(site, recruiter) as client:
            assert "/second-factor" in (await client.get("/fairs/juin/cockpit")).headers["location"]


async def test_signing_in_leads_staff_past_the_second_factor_and_candidates_straight_on(
    site: Site, people: People
) -> None:
    for actor, onward in ((people.recruiter, "/second-factor?back=/fairs/juin"), (people.candidate, "/fairs/juin")):
        email = await site.db.read(email_of, account_of(actor))
        now = WallClock().now()
        asking = Asking(email, "192.0.2.1", "fr", "")
        browser = await site.db.write(sign_in.ask, asking, key=SECRET, now=now, due_at=now)
        nonce = await site.db.read(last_nonce)
        link = {"link": sign_in.link_of(nonce, key=SECRET), "back": "/fairs/juin"}
        async with httpx2.AsyncClient(base_url=site.url, cookies={"asked": browser}) as client:
            assert (await client.post("/sign-in/link", data=link)).headers["location"] == onward


def last_nonce(tx: Connection) -> str:
    return str(tx.execute(select(t.sign_ins.c.nonce).order_by(t.sign_ins.c.id.desc()).limit(1)).scalar_one())


def email_of(tx: Connection, account_id: int) -> str:
    return str(tx.execute(select(t.accounts.c.email).where(t.accounts.c.id == account_id)).scalar_one())


async def test_token_of_a_candidate_gains_nothing_when_they_come_to_work_here(site: Site, people: People) -> None:
    """[8.3] It was made without the second factor; one that is made with it carries the rights."""

    def hire(tx: Connection) -> None:
        row = {"stand_id": people.stand_id, "account_id": people.candidate.account_id}
        tx.execute(t.recruiters.insert().values(row))

    statuses: list[tuple[int, int]] = []
    for begin in (by_mail_alone, lambda site, actor: site.client(actor)):
        async with begin(site, people.candidate) as client:
            page = (await client.post("/account/tokens", data={"name": "robot"})).text
        found = re.search(r"jd_[\w-]+", page)
        assert found
        if not statuses:
            await site.db.write(hire)
        async with httpx2.AsyncClient(base_url=site.url, headers={"authorization": f"Bearer {found[0]}"}) as robot:
            away = await robot.post(f"/fairs/juin/cockpit/{people.stand_id}/away", headers={"x-live": "1"})
            statuses.append((away.status_code, (await robot.get("/api/v1/bookings")).status_code))
    assert statuses == [(404, 200), (204, 200)]


async def test_passkeys_belong_to_their_account_and_question(site: Site, people: People) -> None:
    """Nonsense instead of a key's answer spends the question and opens nothing."""
    async with by_mail_alone(site, people.recruiter) as client:
        question = await client.post("/second-factor/passkeys/question")
        assert question.status_code == 200 and question.json()["rp"]["id"] == "localhost"
        for nonsense in ("", "{}", "[]", '{"id": "x", "rawId": "x", "response": {}, "type": "public-key"}', "é" * 9):
            made = await client.post("/second-factor/passkeys", data={"credential": nonsense})
            assert made.status_code == 422 and "n’a pas pu être enregistrée" in made.text
        assert (await client.post("/second-factor/passkey/question", headers={"x-live": "1"})).status_code == 403
        await with_app(client)
    async with by_mail_alone(site, people.recruiter) as client:
        for nonsense in ("", "{}", '{"id": 7}', "[1]"):
            used = await client.post("/second-factor/passkey", data={"credential": nonsense})
            assert used.status_code == 422


async def test_pages_close_within_two_seconds_when_the_factor_is_taken_away(site: Site, people: People) -> None:
    """[4.4.2] By a reset, and by removing the last way on another device."""
    organiser, recruiter_id = people.organiser, account_of(people.recruiter)
    topic = f"stand:{people.stand_id}:staff"
    async with by_mail_alone(site, people.recruiter) as owner:
        await with_app(owner)
        async with watching(site, [topic], cookies={COOKIE: owner.cookies[COOKIE]}) as page:
            await page.frame()
            owner.headers["x-csrf-token"] = await site.db.read(csrf_of, owner.cookies[COOKIE])
            assert (await owner.post("/second-factor/app/remove")).status_code == 303
            async with asyncio.timeout(2):
                assert await page.closed() == 4403
    async with watching(site, [topic], people.recruiter) as page:
        await page.frame()
        await site.db.write(
            second_factor.reset, organiser, account_id=recruiter_id, fair_id=people.fair_id, now=site.clock.now()
        )
        async with asyncio.timeout(2):
            assert await page.closed() == 4401


def csrf_of(tx: Connection, secret: str) -> str:
    found = sessions.resolve(tx, secret, now=WallClock().now())
    assert found is not None
    return found.csrf
