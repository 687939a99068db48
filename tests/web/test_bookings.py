"""Every step of a booking through its one address: done, refused in words, foreign as missing."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking
from tests import factories as make
from tests.site import Site, insert


@dataclass(frozen=True)
class World:
    ines: Actor
    hugo: Actor
    recruiter: Actor
    booking: int


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    def build(tx: Connection) -> World:
        fair = make.make_fair(tx)
        stand = make.make_stand(tx, fair)
        ines, hugo = make.make_candidate(tx, fair), make.make_candidate(tx, fair)
        taken = booking.book(tx, ines, slot_id=make.make_slots(tx, stand)[0], now=make.BEFORE)
        return World(ines, hugo, make.make_recruiter(tx, stand), taken.id)

    clock.moment = make.MORNING
    found: World = await insert(site, build)
    return found


async def state(site: Site, booking_id: int) -> str:
    query = select(t.bookings.c.state).where(t.bookings.c.id == booking_id)
    return str(await site.db.read(lambda tx: tx.execute(query).scalar()))


async def test_the_day_step_by_step(site: Site, world: World) -> None:
    async with site.client(world.ines) as ines, site.client(world.recruiter) as recruiter:
        for client, step, after in (
            (ines, "check-in", "checked_in"), (recruiter, "call", "called"), (ines, "step-aside", "checked_in"),
            (ines, "come-back", "checked_in"), (recruiter, "call", "called"), (recruiter, "start", "in_progress"),
            (recruiter, "extend", "in_progress"), (recruiter, "finish", "done"),
        ):  # fmt: skip
            answer = await client.post(f"/bookings/{world.booking}/{step}", headers={"x-live": "1"})
            assert answer.status_code == 204, step
            assert answer.headers["x-cursor"]
            assert await state(site, world.booking) == after


async def test_a_plain_form_goes_back_to_its_page_and_nowhere_else(site: Site, world: World) -> None:
    async with site.client(world.ines) as ines:
        answer = await ines.post(f"/bookings/{world.booking}/cancel", data={"back": "/help"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/help")
        answer = await ines.post(f"/bookings/{world.booking}/restore", data={"back": "https://ailleurs.example/"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await state(site, world.booking) == "booked"


@pytest.mark.parametrize("path", ["{0}/call", "{0}/vanish", "999999/cancel", "99999999999999999999/cancel"])
async def test_what_is_not_there_answers_as_missing(site: Site, world: World, path: str) -> None:
    async with site.client(world.ines) as ines:
        assert (await ines.post(f"/bookings/{path.format(world.booking)}")).status_code == 404


async def test_another_candidate_cannot_touch_it(site: Site, world: World) -> None:
    async with site.client(world.hugo) as hugo:
        for step in ("check-in", "cancel", "step-aside", "accept", "restore"):
            assert (await hugo.post(f"/bookings/{world.booking}/{step}")).status_code == 404
    assert await state(site, world.booking) == "booked"


async def test_a_missing_field_is_named(site: Site, world: World) -> None:
    async with site.client(world.ines) as ines:
        answer = await ines.post(f"/bookings/{world.booking}/move", headers={"x-live": "1"}, data={"slot_id": "douze"})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["slot_id"])
