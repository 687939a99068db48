"""Taking, waiting and joining over HTTP: each refusal in words, the door for strangers, and nothing of other fairs."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking
from tests import factories as make
from tests.site import Site, insert

PLAIN = {"accept": "text/html"}
LIVE = {"x-live": "1"}


@dataclass(frozen=True)
class World:
    fair: int
    stand: int
    slots: list[int]
    elsewhere: list[int]
    candidate: Actor
    rival: Actor
    stranger: Actor
    organiser: Actor
    other_trade: int
    foreign_slot: int

    def book(self, slot_id: int) -> str:
        return f"/fairs/juin/slots/{slot_id}/book"


def build(tx: Connection) -> World:
    fair, foreign = make.make_fair(tx, slug="juin", cap=2), make.make_fair(tx)
    stand, other = make.make_stand(tx, fair, name="Forges"), make.make_stand(tx, fair, name="Ateliers")
    usinage = make.make_stand(tx, fair, trades=["Usinage"])
    return World(
        fair,
        stand,
        slots=make.make_slots(tx, stand),
        elsewhere=make.make_slots(tx, other),
        candidate=make.make_candidate(tx, fair),
        rival=make.make_candidate(tx, fair),
        stranger=make.make_candidate(tx, foreign),
        organiser=make.make_organiser(tx, fair),
        other_trade=make.make_slots(tx, usinage, count=1)[0],
        foreign_slot=make.make_slots(tx, make.make_stand(tx, foreign), count=1)[0],
    )


@pytest.fixture
async def world(site: Site) -> World:
    world: World = await insert(site, build)
    return world


async def live_bookings(site: Site) -> int:
    def read(tx: Connection) -> int:
        return len(tx.execute(select(t.bookings.c.id).where(t.bookings.c.state != "cancelled")).all())

    return await site.db.read(read)


async def test_a_booking_by_a_plain_form_leads_back_to_the_stand_which_says_so(site: Site, world: World) -> None:
    async with site.client(world.candidate) as client:
        answer = await client.post(world.book(world.slots[0]))
        assert answer.status_code == 303
        page = (await client.get(answer.headers["location"])).text
        assert (
            "C’est réservé." in page
            and f'formaction="/bookings/{answer.headers["location"].split("=")[-1]}/cancel"' in page
        )


async def test_a_live_form_gets_the_cursor_of_its_commit(site: Site, world: World) -> None:
    async with site.client(world.candidate) as client:
        answer = await client.post(world.book(world.slots[0]), headers=LIVE)
        assert answer.status_code == 204 and answer.headers["x-cursor"]


async def _taken(site: Site, world: World) -> int:
    await site.db.write(booking.book, world.rival, slot_id=world.slots[0], now=make.BEFORE)
    return world.slots[0]


async def _overlap(site: Site, world: World) -> int:
    await site.db.write(booking.book, world.candidate, slot_id=world.elsewhere[0], now=make.BEFORE)
    return world.slots[0]


async def _too_close(site: Site, world: World) -> int:
    await site.db.write(booking.book, world.candidate, slot_id=world.elsewhere[1], now=make.BEFORE)
    return world.slots[0]


async def _limit(site: Site, world: World) -> int:
    for slot_id in (world.elsewhere[4], world.elsewhere[8]):
        await site.db.write(booking.book, world.candidate, slot_id=slot_id, now=make.BEFORE)
    return world.slots[0]


async def _not_eligible(site: Site, world: World) -> int:
    return world.other_trade


async def _closed(site: Site, world: World) -> int:
    def close(tx: Connection) -> None:
        tx.execute(t.fairs.update().values(closes_at=make.BEFORE))

    await site.db.write(close)
    return world.slots[0]


async def _blocked(site: Site, world: World) -> int:
    def block(tx: Connection) -> None:
        tx.execute(t.slots.update().where(t.slots.c.id == world.slots[0]).values(state="blocked"))

    await site.db.write(block)
    return world.slots[0]


@pytest.mark.parametrize(
    ("prepare", "code", "words"),
    [
        (_taken, "slot_taken", "vient d’être pris"),
        (_overlap, "overlap", "Tu as déjà un entretien à 9:00."),
        (_too_close, "too_close", "il faut 15 min entre deux entretiens, et tu en as un à 9:15."),
        (_limit, "limit_reached", "Tu as déjà 2 entretiens, le maximum."),
        (_not_eligible, "not_eligible", "Ce stand cherche d’autres métiers que les tiens."),
        (_closed, "window_closed", "Les réservations"),
        (_blocked, "slot_blocked", ""),
    ],
)
async def test_a_refusal_is_said_in_words_on_the_page_of_the_stand_and_to_a_live_form(
    site: Site, world: World, prepare: Any, code: str, words: str
) -> None:
    slot_id = await prepare(site, world)
    before = await live_bookings(site)
    async with site.client(world.candidate) as client:
        live = await client.post(world.book(slot_id), headers=LIVE)
        assert live.json()["code"] == code
        page = await client.post(world.book(slot_id), headers=PLAIN)
        assert page.status_code == 409 and words in page.text and "Choisis un créneau" in page.text
    assert await live_bookings(site) == before


async def test_a_stranger_is_led_through_the_door_and_back_to_the_chosen_slot(site: Site, world: World) -> None:
    async with site.client() as client:
        for headers in (PLAIN, LIVE):
            answer = await client.post(world.book(world.slots[2]), headers=headers)
            assert answer.status_code == 303
            assert (
                answer.headers["location"]
                == f"/sign-in?back=/fairs/juin/stands/{world.stand}%3Fslot%3D{world.slots[2]}"
            )
        for act in ("waitlist", "queue"):
            answer = await client.post(f"/fairs/juin/stands/{world.stand}/{act}")
            assert answer.headers["location"] == f"/sign-in?back=/fairs/juin/stands/{world.stand}"
        page = (await client.get(f"/fairs/juin/stands/{world.stand}?slot={world.slots[2]}")).text
        assert f"/sign-in?back=/fairs/juin/stands/{world.stand}%3Fslot%3D{world.slots[2]}" in page
        assert 'name="csrf" value=""' in page


async def test_somebody_of_another_fair_is_asked_to_register_here(site: Site, world: World) -> None:
    async with site.client(world.stranger) as client:
        page = (await client.get(f"/fairs/juin/stands/{world.stand}?slot={world.slots[2]}")).text
        assert "/fairs/juin/register?back=" in page
        assert (await client.post(world.book(world.slots[2]), headers=LIVE)).json()["code"] == "not_eligible"


async def test_an_organiser_books_for_a_candidate(site: Site, world: World) -> None:
    candidate_id = world.candidate.candidates[world.fair]
    async with site.client(world.organiser) as client:
        answer = await client.post(world.book(world.slots[0]), data={"candidate_id": str(candidate_id)})
        assert answer.status_code == 303
    async with site.client(world.rival) as client:
        foreign = await client.post(world.book(world.slots[1]), data={"candidate_id": str(candidate_id)})
        assert foreign.status_code == 404
    assert await live_bookings(site) == 1


async def test_what_belongs_to_another_fair_is_not_there(site: Site, world: World) -> None:
    async with site.client(world.candidate) as client:
        for slot_id in (world.foreign_slot, 999, 99999999999999):
            assert (await client.post(world.book(slot_id))).status_code == 404
        for stand_id in (999, 99999999999999):
            for act in ("waitlist", "waitlist/leave", "queue"):
                assert (await client.post(f"/fairs/juin/stands/{stand_id}/{act}")).status_code == 404
        assert await live_bookings(site) == 0


async def test_somebody_elses_interview_is_not_moved_from_this_page(site: Site, world: World) -> None:
    made = await site.db.write(booking.book, world.rival, slot_id=world.slots[0], now=make.BEFORE)
    async with site.client(world.candidate) as client:
        page = (await client.get(f"/fairs/juin/stands/{world.stand}?moving={made.id}")).text
        assert "Déplacer ici" not in page and "Choisis un créneau" in page


async def test_waiting_is_for_a_stand_that_is_full(site: Site, world: World) -> None:
    async with site.client(world.candidate) as client:
        answer = await client.post(f"/fairs/juin/stands/{world.stand}/waitlist", headers=LIVE)
        assert answer.json()["code"] == "stand_not_full"


async def test_the_line_is_joined_on_the_day_alone(site: Site, world: World, clock: SteppedClock) -> None:
    async with site.client(world.candidate) as client:
        path = f"/fairs/juin/stands/{world.stand}/queue"
        assert (await client.post(path, headers=LIVE)).json()["code"] == "window_closed"
        clock.moment = make.MORNING + timedelta(minutes=5)
        assert (await client.post(path, headers=LIVE)).status_code == 204
        assert (await client.post(path, headers=LIVE)).status_code == 204
    assert await live_bookings(site) == 1


async def test_the_day_asked_for_is_shown_and_a_foolish_one_is_not(site: Site, world: World) -> None:
    await insert(site, make.make_slots, world.stand, count=2, start=make.MORNING + timedelta(days=1))
    async with site.client() as client:
        for day, shown in ((date(2027, 6, 18), 2), ("yesterday", 1)):
            page = (await client.get(f"/fairs/juin/stands/{world.stand}?day={day}")).text
            assert f'data-shown="{shown}"' in page
