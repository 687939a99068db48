"""The pages of signing in: alike for everybody, blind to scanners, and never a way to another site."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, func, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.services import sign_in
from jobdating.web.visit import COOKIE
from tests.factories import BEFORE, make_account, make_candidate, make_fair, make_stand
from tests.site import SECRET, Site, insert, running_site

EMAIL = "ines@candidat.example"


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx2.AsyncClient]:
    async with site.client() as client:
        yield client


async def nonce(site: Site) -> str:
    query = select(t.sign_ins.c.nonce).order_by(t.sign_ins.c.id.desc()).limit(1)
    return await site.db.read(lambda tx: tx.execute(query).scalar_one())


async def mailed(site: Site) -> dict[str, str]:
    """The link's secret and the code of the last mail."""
    last = await nonce(site)
    return {"link": sign_in.link_of(last, key=SECRET), "code": sign_in.code_of(last, key=SECRET)}


def said(answer: httpx2.Response) -> tuple[int, list[tuple[str, str]], str]:
    """An answer without its moment, its cookie's secret and the address that was typed."""
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in {"date", "set-cookie"}]
    cookie = re.sub(r"asked=[^;]+", "asked=#", answer.headers.get("set-cookie", ""))
    return answer.status_code, [*headers, ("set-cookie", cookie)], answer.text


async def test_two_hundred_known_and_unknown_addresses_are_answered_alike(site: Site) -> None:
    def known(tx: Connection) -> None:
        for n in range(0, 200, 2):
            make_account(tx, email=f"personne{n}@lycee.example")

    await site.db.write(known)
    answers = []
    for n in range(200):
        async with site.client() as client:
            answers.append(said(await client.post("/sign-in", data={"email": f"personne{n}@lycee.example"})))
    assert all(answer == answers[0] for answer in answers)
    mails = await site.db.read(lambda tx: tx.execute(select(func.count()).select_from(t.outbox)).scalar_one())
    assert mails == 200


async def test_scanner_that_opens_and_submits_the_link_burns_nothing(site: Site, client: httpx2.AsyncClient) -> None:
    await insert(site, make_account, email=EMAIL)
    await client.post("/sign-in", data={"email": EMAIL})
    link = (await mailed(site))["link"]
    async with site.client() as scanner:
        for method in ("HEAD", "GET"):
            assert (await scanner.request(method, "/sign-in/link")).status_code == 200
        for _ in range(3):
            refused = await scanner.post("/sign-in/link", data={"link": link})
            assert refused.status_code == 422 and COOKIE not in scanner.cookies
            assert "Ce lien s’ouvre dans le navigateur qui l’a demandé." in refused.text
    answer = await client.post("/sign-in/link", data={"link": link})
    assert answer.status_code == 303 and COOKIE in client.cookies
    assert EMAIL in (await client.get("/account")).text


async def test_link_that_was_used_says_so(site: Site, client: httpx2.AsyncClient) -> None:
    await insert(site, make_account, email=EMAIL)
    await client.post("/sign-in", data={"email": EMAIL})
    form = {"link": (await mailed(site))["link"]}
    await client.post("/sign-in/link", data=form, headers={"accept-language": "fr"})
    async with site.client() as other:
        again = await other.post("/sign-in/link", data=form)
    assert again.status_code == 422 and "Ce lien a déjà servi" in again.text


async def test_code_works_on_another_device(site: Site, client: httpx2.AsyncClient) -> None:
    await insert(site, make_account, email=EMAIL)
    await client.post("/sign-in", data={"email": EMAIL})
    code = (await mailed(site))["code"]
    async with site.client() as phone:
        answer = await phone.post("/sign-in/code", data={"email": EMAIL.upper(), "code": f"{code[:4]} {code[4:]}"})
        assert answer.status_code == 303 and COOKIE in phone.cookies


async def test_wrong_code_keeps_the_address_and_says_what_to_do(site: Site, client: httpx2.AsyncClient) -> None:
    await client.post("/sign-in", data={"email": EMAIL})
    answer = await client.post("/sign-in/code", data={"email": EMAIL, "code": "00000000"})
    assert answer.status_code == 422
    assert f'value="{EMAIL}"' in answer.text and 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    "typed", ["", "ines", "ines@", "@candidat.example", "a b@candidat.example", "ines@a\r\nBcc: x@y.fr"]
)
async def test_what_is_no_address_is_said_beside_the_field(client: httpx2.AsyncClient, typed: str) -> None:
    answer = await client.post("/sign-in", data={"email": typed})
    assert answer.status_code == 422 and 'id="email-error"' in answer.text


async def test_sixth_request_is_told_when_to_come_back(client: httpx2.AsyncClient) -> None:
    for _ in range(5):
        assert (await client.post("/sign-in", data={"email": EMAIL})).status_code == 303
    answer = await client.post("/sign-in", data={"email": EMAIL})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 600


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"]
)
async def test_nobody_is_led_to_another_site(site: Site, client: httpx2.AsyncClient, back: str) -> None:
    await insert(site, make_account, email=EMAIL)
    asked = await client.post("/sign-in", data={"email": EMAIL, "back": back})
    assert asked.headers["location"] == "/sign-in/code"
    entered = await client.post("/sign-in/code", data={"email": EMAIL, "back": back, **(await mailed(site))})
    assert entered.headers["location"] == "/"
    language = await client.get("/language/en", params={"back": back})
    assert language.headers["location"] == "/"


async def test_session_is_another_one_after_signing_in_again(site: Site, client: httpx2.AsyncClient) -> None:
    await insert(site, make_account, email=EMAIL)
    secrets = []
    for _ in range(2):
        csrf = re.search(r'name="csrf" value="([^"]*)"', (await client.get("/sign-in")).text)
        token = {"x-csrf-token": csrf[1]} if csrf else {}
        await client.post("/sign-in", data={"email": EMAIL}, headers=token)
        await client.post("/sign-in/code", data={"email": EMAIL, **(await mailed(site))}, headers=token)
        secrets.append(client.cookies[COOKIE])
    assert secrets[0] != secrets[1]
    async with site.client() as old:
        old.cookies.set(COOKIE, secrets[0])
        assert (await old.get("/account")).headers["location"] == "/sign-in?back=/account"


async def test_newcomer_registers_and_is_back_where_they_were(site: Site, client: httpx2.AsyncClient) -> None:
    fair_id = await insert(site, make_fair, slug="juin")
    await insert(site, make_stand, fair_id, trades=["Soudage"])
    back = "/fairs/juin/stands?free=1"
    await client.post("/sign-in", data={"email": EMAIL, "back": back})
    proved = await client.post("/sign-in/link", data={"back": back, **(await mailed(site))})
    assert proved.headers["location"] == "/fairs/juin/register?back=/fairs/juin/stands%3Ffree%3D1"
    assert (await client.get(proved.headers["location"])).status_code == 200
    person: dict[str, Any] = {"first_name": "Inès", "last_name": "Besnard", "age_band": "under_15", "trades": "Soudage"}
    refused = await client.post("/fairs/juin/register", data={**person, "consent": "yes"})
    assert refused.status_code == 422 and 'id="parent_email-error"' in refused.text and "Besnard" in refused.text
    parent = {"parent_email": "mere@famille.example"}
    done = await client.post("/fairs/juin/register", data={**person, **parent, "consent": "yes", "back": back})
    assert done.headers["location"] == back and COOKIE in client.cookies
    consents = await site.db.read(lambda tx: tx.execute(select(t.consents.c.given_by, t.consents.c.wording)).all())
    assert [row.given_by for row in consents] == [EMAIL] and consents[0].wording
    asked = await site.db.read(lambda tx: tx.execute(select(t.parents.c.email, t.candidates.c.permission)
        .join(t.candidates)).all())  # fmt: skip
    assert [tuple(row) for row in asked] == [("mere@famille.example", "parent_asked")]


async def test_nobody_registers_without_having_proved_an_address(site: Site, client: httpx2.AsyncClient) -> None:
    await insert(site, make_fair, slug="juin")
    await client.post("/sign-in", data={"email": EMAIL})  # asked, not proved
    person = {"first_name": "Inès", "last_name": "Besnard", "age_band": "15_17", "consent": "yes"}
    answer = await client.post("/fairs/juin/register", data=person)
    assert answer.status_code == 401
    assert (await client.get("/fairs/juin/register")).headers["location"].startswith("/sign-in?back=")


async def test_cookies_are_for_the_browser_alone(site: Site) -> None:
    async with site.client() as client:
        cookie = (await client.post("/sign-in", data={"email": EMAIL})).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie


async def test_demo_keeps_its_mails_in_a_mailbox(sqlite_url: str, clock: SteppedClock) -> None:
    async with running_site(sqlite_url, clock, demo=True) as site, site.client() as client:
        fair_id = await insert(site, make_fair, first_day=BEFORE.date())
        await insert(site, make_candidate, fair_id)
        await client.post("/sign-in", data={"email": EMAIL})
        page = (await client.get("/demo/mailbox", params={"to": EMAIL})).text
        for _ in range(200):
            if "/demo/mailbox/" in page:
                break
            page = (await client.get("/demo/mailbox", params={"to": EMAIL})).text
        found = re.search(r'href="(/demo/mailbox/\d+)"', page)
        assert found and "/sign-in/link#" in (await client.get(found[1])).text
        shown = await client.get(f"{found[1]}/html")
        assert "sandbox" in shown.headers["content-security-policy"]
