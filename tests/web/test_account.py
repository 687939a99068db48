"""One's own account: what it shows, what it takes away, and that it is nobody else's."""

import re
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking
from jobdating.web.visit import COOKIE
from tests.factories import BEFORE, make_candidate, make_fair, make_organiser, make_slots, make_stand
from tests.site import Site


@pytest.fixture
async def candidate(site: Site) -> Actor:
    def scene(tx: Connection) -> Actor:
        fair_id = make_fair(tx)
        slots = make_slots(tx, make_stand(tx, fair_id))
        actor = make_candidate(tx, fair_id)
        booking.book(tx, actor, slot_id=slots[0], now=BEFORE)
        return actor

    return await site.db.write(scene)


async def one(site: Site, query: Any) -> Any:
    return await site.db.read(lambda tx: tx.execute(query).scalar_one())


async def test_name_and_language_are_changed_and_shown(site: Site, candidate: Actor) -> None:
    person = {"first_name": " Hugo  ", "last_name": "Le Gall", "phone": "06 39 98 12 34", "language": "en"}
    async with site.client(candidate) as client:
        assert (await client.post("/account", data=person)).status_code == 303
        page = (await client.get("/account")).text
    assert 'value="Hugo"' in page and 'value="0639981234"' in page and "My account" in page


async def test_what_is_missing_is_said_and_what_was_typed_stays(site: Site, candidate: Actor) -> None:
    async with site.client(candidate) as client:
        answer = await client.post("/account", data={"first_name": "", "last_name": "Le Gall", "phone": "abc"})
    assert answer.status_code == 422
    assert 'id="first_name-error"' in answer.text and 'id="phone-error"' in answer.text and "abc" in answer.text


async def test_signing_out_another_device_closes_its_session_alone(site: Site, candidate: Actor) -> None:
    async with site.client(candidate) as here, site.client(candidate) as there:
        page = (await here.get("/account")).text
        (close,) = re.findall(r'action="(/account/sessions/[0-9a-f]{64}/close)"', page)
        assert (await here.post(close)).status_code == 303
        assert (await there.get("/account")).status_code == 303
        assert (await here.get("/account")).status_code == 200


async def test_all_other_devices_are_signed_out_at_once(site: Site, candidate: Actor) -> None:
    async with site.client(candidate) as here, site.client(candidate) as one, site.client(candidate) as two:
        await here.post("/account/sessions/close-others")
        assert [(await client.get("/account")).status_code for client in (here, one, two)] == [200, 303, 303]


async def test_revoked_session_is_written_down_for_its_sockets(site: Site, candidate: Actor) -> None:
    async with site.client(candidate) as client:
        answer = await client.post("/sign-out")
        assert f'{COOKIE}=""' in answer.headers["set-cookie"]
        assert (await client.get("/account")).status_code == 303
    kinds = await site.db.read(lambda tx: list(tx.execute(select(t.journal.c.kind)).scalars()))
    assert kinds.count("RightsChanged") == 1


async def test_token_is_shown_once_works_and_stops_when_revoked(site: Site, candidate: Actor) -> None:
    async with site.client(candidate) as client, site.client() as robot:
        made = await client.post("/account/tokens", data={"name": "mon programme"})
        found = re.search(r"jd_[\w-]+", made.text)
        assert found
        robot.headers["authorization"] = f"Bearer {found[0]}"
        assert (await robot.get("/api/v1/bookings")).status_code == 200
        page = (await client.get("/account/tokens")).text
        assert "mon programme" in page and found[0] not in page
        (revoke,) = re.findall(r'action="(/account/tokens/\d+/revoke)"', page)
        await client.post(revoke)
        assert (await robot.get("/api/v1/bookings")).status_code == 401


async def test_a_token_opens_the_api_and_neither_makes_tokens_nor_ends_the_account(
    site: Site, candidate: Actor
) -> None:
    """[8.2.1] One that leaked would otherwise outlive its being revoked."""
    async with site.client() as robot:
        robot.headers["authorization"] = f"Bearer {await site.token(candidate)}"
        assert (await robot.get("/api/v1/bookings")).status_code == 200
        for path in ("/account", "/account/tokens", "/account/sessions/close-others", "/account/erase"):
            assert (await robot.post(path, data={"name": "x"})).status_code in {401, 404}, path
        for path in ("/account", "/account/data.json", "/account/tokens"):
            assert (await robot.get(path)).status_code in {303, 404}, path
    assert await one(site, select(func.count()).select_from(t.api_tokens)) == 1
    assert await one(site, select(func.count()).where(t.accounts.c.first_name == "Inès")) == 1


async def test_a_browser_that_others_use_too_keeps_nothing_of_who_left_it(site: Site, candidate: Actor) -> None:
    """[14.3.1] The copy of the planning, which works without a network."""
    for path in ("/sign-out", "/account/erase"):
        async with site.client(candidate) as client:
            assert '"storage"' in (await client.post(path)).headers["clear-site-data"]


async def test_own_data_are_all_there_and_nobody_elses(site: Site, candidate: Actor) -> None:
    async with site.client(candidate) as client:
        answer = await client.get("/account/data.json")
    held = answer.json()
    assert answer.headers["content-disposition"].startswith("attachment")
    assert [account["id"] for account in held["account"]] == [candidate.account_id]
    assert len(held["interviews"]) == 1 and len(held["registrations"]) == 1
    assert not re.search(r"csrf|hash|jd_", answer.text)


async def test_erasing_says_what_it_does_and_leaves_counts_not_people(site: Site, candidate: Actor) -> None:
    account = t.accounts.c.id == candidate.account_id
    email = await one(site, select(t.accounts.c.email).where(account))
    async with site.client(candidate) as client:
        preview = (await client.get("/account/erase")).text
        assert "1 rendez-vous à venir est annulé" in preview
        assert (await client.post("/account/erase")).headers["location"] == "/"
        assert (await client.get("/account")).status_code == 303

    def traces(tx: Connection) -> list[str]:
        every = t.metadata.sorted_tables
        return [table.name for table in every for row in tx.execute(select(table)) if email in repr(tuple(row))]

    assert await site.db.read(traces) == []
    assert await one(site, select(func.count()).select_from(t.bookings)) == 1
    assert await one(site, select(t.bookings.c.state)) == "cancelled"


async def test_only_organiser_of_a_fair_cannot_leave_it_alone(site: Site) -> None:
    organiser = await site.db.write(lambda tx: make_organiser(tx, make_fair(tx)))
    async with site.client(organiser) as client:
        assert (await client.post("/account/erase")).status_code == 403
        assert (await client.get("/account")).status_code == 200


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("path", ["/help", "/privacy", "/accessibility"])
async def test_plain_texts_name_whom_to_ask(site: Site, path: str, language: str) -> None:
    await site.db.write(lambda tx: make_fair(tx, contact_email="contact@centre.example"))
    async with site.client() as client:
        page = (await client.get(path, headers={"accept-language": language})).text
    assert "contact@centre.example" in page and f'<html lang="{language}"' in page
