"""The way into a room: who may see it, from when, where it says it leads, and what the click leaves behind."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking, queue
from tests import factories as make
from tests.site import Site, running_site

MINUTE = timedelta(minutes=1)
AT_NINE = make.MORNING


class World:
    """One booking at nine, everybody around it, and somebody of another fair."""

    def __init__(self, tx: Connection, **stand: Any) -> None:
        self.fair = make.make_fair(tx, contact_phone="02 39 98 00 00")
        site = tx.execute(
            t.sites.insert().values(fair_id=self.fair, name="Caen", address="1 rue des Forges").returning(t.sites.c.id)
        ).scalar_one()
        self.stand = make.make_stand(tx, self.fair, phone="06 39 98 10 00", site_id=site, **stand)
        self.slots = make.make_slots(tx, self.stand)
        self.ines, self.hugo = make.make_candidate(tx, self.fair), make.make_candidate(tx, self.fair)
        tx.execute(update(t.accounts).where(t.accounts.c.id == self.ines.account_id).values(phone="06 39 98 20 00"))
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.fair)
        other = make.make_stand(tx, self.fair)
        self.other_recruiter = make.make_recruiter(tx, other)
        elsewhere = make.make_fair(tx)
        self.other_organiser = make.make_organiser(tx, elsewhere)
        self.booking = booking.book(tx, self.ines, slot_id=self.slots[0], now=make.BEFORE).id


@pytest.fixture
async def jitsi(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """The product with a Jitsi server."""
    async with running_site(sqlite_url, clock, jitsi_domain="meet.example") as site:
        yield site


async def get(site: Site, actor: Actor | None, path: str) -> Any:
    async with site.client(actor) as client:
        return await client.get(path)


async def post(site: Site, actor: Actor | None, path: str) -> Any:
    async with site.client(actor) as client:
        return await client.post(path)


async def clicks(site: Site, booking_id: int) -> tuple[datetime | None, datetime | None]:
    def read(tx: Connection) -> Any:
        c = t.bookings.c
        return tx.execute(select(c.candidate_in_room_at, c.recruiter_in_room_at).where(c.id == booking_id)).one()

    return tuple(await site.db.read(read))


async def test_only_the_two_parties_and_the_organiser_find_the_door(jitsi: Site, clock: SteppedClock) -> None:
    world = await jitsi.db.write(lambda tx: World(tx))
    clock.moment = AT_NINE
    path = f"/go/{world.booking}"
    for actor in (world.ines, world.recruiter, world.organiser):
        assert (await get(jitsi, actor, path)).status_code == 200
        assert (await post(jitsi, actor, path)).status_code == 303
    for stranger in (world.hugo, world.other_recruiter, world.other_organiser):
        async with jitsi.client(stranger) as client:
            foreign, missing = await client.get(path), await client.get(f"/go/{10**6}")
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.text.replace(path, "") == missing.text.replace(f"/go/{10**6}", "")
        assert (await post(jitsi, stranger, path)).status_code == 404
    assert (await get(jitsi, None, path)).headers["location"].startswith("/sign-in")
    assert (await get(jitsi, world.ines, f"/go/{2**40}")).status_code == 404


@pytest.mark.parametrize(
    ("minutes", "state", "opens"),
    [
        (-11, "booked", False),
        (-10, "booked", True),
        (-11, "called", True),
        (-11, "in_progress", True),
        (5, "done", False),
    ],
)
async def test_the_door_opens_near_the_time_or_at_the_call(
    jitsi: Site, clock: SteppedClock, minutes: int, state: str, opens: bool
) -> None:
    world = await jitsi.db.write(lambda tx: World(tx))
    clock.moment = AT_NINE + minutes * MINUTE

    def put(tx: Connection) -> None:
        tx.execute(update(t.bookings).where(t.bookings.c.id == world.booking).values(state=state))

    await jitsi.db.write(put)
    page, click = (
        await get(jitsi, world.ines, f"/go/{world.booking}"),
        await post(jitsi, world.ines, f"/go/{world.booking}"),
    )
    assert (page.status_code, click.status_code) == ((200, 303) if opens else (409, 409))
    assert ("meet.example" in page.text) is opens
    if not opens and state == "booked":
        assert "Ouvre à 8:50" in page.text
        assert "La salle ouvre à 8:50." in click.text


async def test_a_walk_in_has_a_door_from_the_call_on(jitsi: Site, clock: SteppedClock) -> None:
    world = await jitsi.db.write(lambda tx: World(tx))
    clock.moment = AT_NINE
    walk_in = await jitsi.db.write(queue.join, world.hugo, stand_id=world.stand, now=AT_NINE)
    assert "Ouvre à l’appel" in (await get(jitsi, world.hugo, f"/go/{walk_in.id}")).text
    await jitsi.db.write(queue.call, world.recruiter, booking_id=walk_in.id, now=AT_NINE)
    assert (await get(jitsi, world.hugo, f"/go/{walk_in.id}")).status_code == 200


async def test_the_click_is_recorded_and_leads_out_without_telling_where_from(jitsi: Site, clock: SteppedClock) -> None:
    world = await jitsi.db.write(lambda tx: World(tx))
    clock.moment = AT_NINE
    page = await get(jitsi, world.ines, f"/go/{world.booking}")
    assert "form-action 'self' https://meet.example;" in page.headers["content-security-policy"]
    assert "https://meet.example/" not in page.text  # the address is made at the click alone
    assert await clicks(jitsi, world.booking) == (None, None)
    first = await post(jitsi, world.ines, f"/go/{world.booking}")
    second = await post(jitsi, world.recruiter, f"/go/{world.booking}")
    assert first.headers["location"].startswith("https://meet.example/")
    assert first.headers["location"] == second.headers["location"]
    assert (first.headers["referrer-policy"], first.headers["cache-control"]) == ("no-referrer", "no-store")
    assert await clicks(jitsi, world.booking) == (AT_NINE, AT_NINE)


async def test_an_organiser_who_looks_in_is_nobody_in_the_room(jitsi: Site, clock: SteppedClock) -> None:
    world = await jitsi.db.write(lambda tx: World(tx))
    clock.moment = AT_NINE
    await post(jitsi, world.organiser, f"/go/{world.booking}")
    assert await clicks(jitsi, world.booking) == (None, None)


async def test_all_of_a_group_are_sent_to_one_room_also_who_came_without_an_appointment(
    jitsi: Site, clock: SteppedClock
) -> None:
    world = await jitsi.db.write(lambda tx: World(tx, kind="meeting", capacity=3))
    clock.moment = AT_NINE

    def join(tx: Connection) -> list[int]:
        tx.execute(update(t.slots).where(t.slots.c.stand_id == world.stand).values(capacity=3))
        booked = booking.book(tx, world.hugo, slot_id=world.slots[0], now=make.BEFORE).id
        later = booking.book(tx, make.make_candidate(tx, world.fair), slot_id=world.slots[1], now=make.BEFORE).id
        walk_in = queue.join(tx, make.make_candidate(tx, world.fair), stand_id=world.stand, now=AT_NINE).id
        for each in (world.booking, walk_in, later):
            queue.call(tx, world.recruiter, booking_id=each, now=AT_NINE + 2 * MINUTE)
        return [world.booking, booked, walk_in, later]

    first, second, walk_in, later = [
        (await post(jitsi, world.recruiter, f"/go/{each}")).headers["location"] for each in await jitsi.db.write(join)
    ]
    assert first == second == walk_in != later


async def test_a_foreign_form_does_not_open_a_room(jitsi: Site, clock: SteppedClock) -> None:
    world = await jitsi.db.write(lambda tx: World(tx))
    clock.moment = AT_NINE
    async with jitsi.client(world.ines) as client:
        del client.headers["x-csrf-token"]
        assert (await client.post(f"/go/{world.booking}")).status_code == 403
        headers = {"origin": "https://piege.example"}
        assert (await client.post(f"/go/{world.booking}", headers=headers)).status_code == 403
    assert await clicks(jitsi, world.booking) == (None, None)


async def test_by_telephone_each_sees_the_number_of_the_other(site: Site, clock: SteppedClock) -> None:
    world = await site.db.write(lambda tx: World(tx, room_provider="telephone"))
    clock.moment = AT_NINE
    candidate = (await get(site, world.ines, f"/go/{world.booking}")).text
    assert "06\u00a039\u00a098\u00a010\u00a000" in candidate
    assert "39\u00a098\u00a020" not in candidate
    assert 'href="tel:0639982000"' in (await get(site, world.recruiter, f"/go/{world.booking}")).text
    assert (await post(site, world.ines, f"/go/{world.booking}")).status_code == 503


async def test_on_site_shows_the_place(site: Site, clock: SteppedClock) -> None:
    world = await site.db.write(lambda tx: World(tx, room_provider="on_site"))
    clock.moment = AT_NINE
    assert "Caen, 1 rue des Forges" in (await get(site, world.ines, f"/go/{world.booking}")).text


@pytest.mark.parametrize(
    "stand",
    [
        {},
        {"room_provider": "bigbluebutton"},
        {"room_provider": "link", "room_url": "http://visio.example/7"},
        {"room_provider": "link", "room_url": ""},
    ],
)
async def test_a_room_that_is_not_set_up_is_said_and_a_number_offered(
    site: Site, clock: SteppedClock, stand: dict[str, str]
) -> None:
    world = await site.db.write(lambda tx: World(tx, **stand))
    clock.moment = AT_NINE
    page, click = (
        await get(site, world.ines, f"/go/{world.booking}"),
        await post(site, world.ines, f"/go/{world.booking}"),
    )
    assert "La salle de ce stand n’est pas réglée." in page.text
    assert "tel:0639981000" in page.text
    assert click.status_code == 503
    assert await clicks(site, world.booking) == (None, None)


async def test_the_fairs_default_and_its_hosts_hold_for_every_stand(site: Site, clock: SteppedClock) -> None:
    world = await site.db.write(lambda tx: World(tx, room_url="https://visio.example/salle"))
    clock.moment = AT_NINE

    def allow(tx: Connection, hosts: list[str]) -> None:
        tx.execute(update(t.fairs).where(t.fairs.c.id == world.fair).values(room_provider="link", room_hosts=hosts))

    await site.db.write(allow, ["autre.example"])
    assert (await post(site, world.ines, f"/go/{world.booking}")).status_code == 503
    await site.db.write(allow, ["visio.example"])
    click = await post(site, world.ines, f"/go/{world.booking}")
    assert click.headers["location"] == "https://visio.example/salle"
    page = await get(site, world.ines, f"/go/{world.booking}")
    assert "visio.example" in page.text
    assert "form-action 'self' https:;" in page.headers["content-security-policy"]  # a link may pass people on


async def test_a_server_that_does_not_answer_is_said_and_the_click_is_not_recorded(
    sqlite_url: str, clock: SteppedClock
) -> None:
    unreachable: dict[str, Any] = {
        "bigbluebutton_url": "https://127.0.0.1:1/bigbluebutton",
        "bigbluebutton_secret": "secret",
    }
    async with running_site(sqlite_url, clock, **unreachable) as site:
        world = await site.db.write(lambda tx: World(tx, room_provider="bigbluebutton"))
        clock.moment = AT_NINE
        click = await post(site, world.recruiter, f"/go/{world.booking}")
        assert click.status_code == 503
        assert "La salle ne répond pas." in click.text
        assert await clicks(site, world.booking) == (None, None)


async def test_the_demos_own_room_exists_in_a_demo_alone(sqlite_url: str, clock: SteppedClock) -> None:
    async with running_site(sqlite_url, clock, demo=True) as site:
        world = await site.db.write(lambda tx: World(tx))
        clock.moment = AT_NINE
        click = await post(site, world.ines, f"/go/{world.booking}")
        assert click.headers["location"] == f"/demo/room/{world.booking}"
        assert "Salle de démonstration" in (await get(site, world.ines, f"/demo/room/{world.booking}")).text
        assert (await get(site, world.hugo, f"/demo/room/{world.booking}")).status_code == 404
    async with running_site(sqlite_url, clock) as site:
        assert (await get(site, world.ines, f"/demo/room/{world.booking}")).status_code == 404
