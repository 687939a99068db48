"""The live day on screen: an absence undone in words, two rooms at once, alerts that come and go; and no barrier in any of it."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import Connection, insert, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.services import booking, promises, queue
from tests import factories as make
from tests.conftest import OpenPage
from tests.e2e.barriers import barriers, invalid, visitor
from tests.e2e.live_day import MINUTE, PLANNING, World, connected
from tests.site import Site


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = make.MORNING + 6 * MINUTE
    return await site.db.write(World)


async def test_undoing_an_absence_says_what_becomes_of_the_offer_and_does_it(
    site: Site, world: World, open_page: OpenPage
) -> None:
    camille = await open_page(PLANNING, world.camille)
    await connected(site, world, world.camille)
    desk = await open_page(world.path, world.recruiter, width=1280)
    await desk.locator(f"#gone-{world.first}").get_by_role("button", name="Noter l’absence").click()
    await expect(camille.get_by_role("button", name="J’accepte et je passe maintenant")).to_be_visible()
    card = desk.locator(f"#cockpit-now-{world.stand}")
    await expect(card.get_by_text("Inès reprend sa place et l’offre est retirée.")).to_be_visible()
    await card.get_by_role("button", name="Annuler l’absence").click()
    await expect(camille.get_by_role("button", name="J’accepte et je passe maintenant")).to_have_count(0)
    await expect(camille.get_by_text("n’est plus disponible")).to_be_visible()
    await expect(desk.locator("#main-act")).to_contain_text("Appeler Inès Girard")


async def test_somebody_wanted_in_two_rooms_is_let_go_by_one_touch(
    site: Site, world: World, clock: SteppedClock, open_page: OpenPage
) -> None:
    def book_soon_after(tx: Connection) -> None:
        """Interviews take a quarter of an hour here; the forges expect Hugo fifteen minutes after this stand."""
        tx.execute(update(t.fairs).values(interview_minutes=14))
        organiser, hugo = make.make_organiser(tx, world.fair), world.hugo.candidates[world.fair]
        booking.book(tx, organiser, slot_id=world.other_slots[2], candidate_id=hugo, now=clock.now())

    here = await open_page(world.path, world.recruiter, width=1280)
    await site.db.write(book_soon_after)
    clock.advance(MINUTE / 2)
    there = await open_page(f"/fairs/juin-2027/cockpit/{world.other}", world.karim, width=1280)
    await expect(here.get_by_text("Hugo Girard est attendu·e à deux endroits.")).to_be_visible()
    await expect(there.get_by_text("Hugo Girard est attendu·e à deux endroits.")).to_be_visible()
    await here.get_by_role("button", name="Laisser passer Forges d’Argentan d’abord").click()
    await expect(here.get_by_text("Vous laissez passer Forges d’Argentan d’abord.")).to_be_visible()
    await expect(there.get_by_text("Chaudronnerie de l’Orne vous laisse passer d’abord.")).to_be_visible()
    await expect(here.locator(f"#place-{world.second}")).to_contain_text("passe d’abord chez Forges d’Argentan")
    await here.get_by_role("button", name="Reprendre l’ordre prévu").click()
    await expect(there.get_by_role("button", name="Laisser passer Chaudronnerie de l’Orne d’abord")).to_be_visible()


async def test_an_alert_comes_with_time_and_goes_when_the_room_is_opened(
    site: Site, world: World, clock: SteppedClock, open_page: OpenPage
) -> None:
    def alone(tx: Connection) -> None:
        tx.execute(update(t.stands).values(connected_since=make.MORNING, seen_at=make.MORNING))
        queue.check_in(tx, world.ines, booking_id=world.first, now=clock.now())
        queue.call(tx, world.recruiter, booking_id=world.first, now=clock.now())
        queue.enter_room(tx, world.ines, booking_id=world.first, now=clock.now())

    await site.db.write(alone)
    organiser = await site.db.write(make.make_organiser, world.fair)
    wall = await open_page("/fairs/juin-2027/wall", organiser, width=1280)
    desk = await open_page(world.path, world.recruiter, width=1280)
    words = "le candidat est seul dans la salle depuis 9:06"
    await expect(wall.get_by_text(words)).to_have_count(0)
    clock.advance(4 * MINUTE)
    await expect(wall.get_by_text(words)).to_be_visible()
    await expect(desk.get_by_text("on vous attend dans la salle depuis 9:06")).to_be_visible()
    await site.db.write(queue.enter_room, world.recruiter, booking_id=world.first, now=clock.now())
    await expect(wall.get_by_text(words)).to_have_count(0)
    await expect(desk.get_by_text("on vous attend")).to_have_count(0)


def everything(tx: Connection, world: World, now: datetime) -> None:
    """Somebody elsewhere, somebody asked, somebody to phone, somebody late; and a grace that is over."""
    there = booking.book(tx, world.hugo, slot_id=world.other_slots[8], now=make.BEFORE).id
    queue.check_in(tx, world.hugo, booking_id=world.second, now=now)
    promises.ask_early(tx, world.recruiter, booking_id=world.second, now=now)
    for number, service in ((3, promises.run_late), (4, promises.ask_for_phone), (5, promises.come_early)):
        person = world.person(tx, f"N{number}")
        made = booking.book(tx, person, slot_id=world.slots[number], now=make.BEFORE)
        service(tx, person, booking_id=made.id, now=now)
    tx.execute(
        insert(t.clashes).values(
            fair_id=world.fair, candidate_id=world.hugo.candidates[world.fair], first_id=world.second,
            second_id=there, first_at=now, second_at=now, found_at=now,
        )
    )  # fmt: skip


def open_the_page(tx: Connection, world: World) -> None:
    """Camille has hers open."""
    camille = t.candidates.c.id == world.camille.candidates[world.fair]
    tx.execute(update(t.candidates).where(camille).values(connected_since=make.MORNING, seen_at=make.MORNING))


async def test_no_state_of_the_live_day_is_a_barrier(
    site: Site, world: World, clock: SteppedClock, browser: Browser, tmp_path: Path
) -> None:
    await site.db.write(everything, world, clock.now())
    pages: dict[str, str] = {}
    faults: list[str] = []
    for name, actor, path in (
        ("asked", world.hugo, PLANNING), ("absent", world.ines, PLANNING), ("desk", world.recruiter, world.path),
        ("missed", world.recruiter, world.path), ("offered", world.camille, PLANNING),
    ):  # fmt: skip
        async with await visitor(browser, site.url, await site.sign_in(actor)) as context:
            page = await context.new_page()
            if name == "missed":
                await site.db.write(open_the_page, world)
                await site.db.write(queue.no_show, world.recruiter, booking_id=world.first, now=clock.now())
            await page.goto(path)
            if name == "offered":
                await expect(page.get_by_role("button", name="Non merci")).to_be_visible()
            for summary in await page.locator("details.change > summary").all():
                await summary.click()
            faults += [f"{name}: {fault}" for fault in await barriers(page)]
            pages[f"{name}{path}"] = await (await context.request.get(path)).text()
    faults += await invalid(pages, tmp_path)
    assert re.search("à rappeler", pages[f"desk{world.path}"])
    assert not faults, "\n".join(faults)
