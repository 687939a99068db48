"""The live day in two browsers: an absence is refilled by somebody without an appointment, and what people promise is seen."""

import re
from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.services import booking, queue
from tests import factories as make
from tests.conftest import OpenPage
from tests.e2e.live_day import MINUTE, PLANNING, World, act, connected
from tests.site import Site


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = make.MORNING + 6 * MINUTE
    return await site.db.write(World)


async def test_an_absence_is_refilled_by_somebody_without_an_appointment_in_another_browser(
    site: Site, world: World, open_page: OpenPage
) -> None:
    camille, lea = [await open_page(PLANNING, person) for person in (world.camille, world.lea)]
    await connected(site, world, world.camille, world.lea)
    desk = await open_page(world.path, world.recruiter, width=1280)
    await expect(desk.get_by_text("Prévu à 9:00, place gardée jusqu’à 9:05.")).to_be_visible()
    await desk.locator(f"#gone-{world.first}").get_by_role("button", name="Noter l’absence").click()

    await expect(camille.get_by_role("heading", name="Chaudronnerie de l’Orne")).to_be_visible()
    await expect(camille).to_have_title(re.compile("Une place maintenant"))
    await expect(camille.get_by_text("tu auras fini avant 9:15")).to_be_visible()
    await expect(lea.get_by_role("button", name="J’accepte et je passe maintenant")).to_be_visible()
    card = desk.locator(f"#cockpit-now-{world.stand}")
    await expect(card.get_by_text("Elle est proposée à Camille G., Léa G.")).to_be_visible()

    await camille.get_by_role("button", name="J’accepte et je passe maintenant").click()
    await expect(desk.locator("#main-act")).to_contain_text("Appeler Camille Girard")
    await expect(card.get_by_text("Camille G. accepte la place libre et passe maintenant.")).to_be_visible()
    await expect(lea.get_by_text("n’est plus disponible")).to_be_visible()
    await expect(lea.get_by_role("button", name="J’accepte et je passe maintenant")).to_have_count(0)
    await expect(camille.get_by_text("Tu as pris la place libre.")).to_be_visible()

    await act(desk)
    await expect(camille.get_by_role("heading", name=re.compile("C’est à toi, Camille"))).to_be_visible()
    for words in ("Commencer l’entretien", "Terminer l’entretien"):
        await expect(desk.locator("#main-act")).to_contain_text(words)
        await act(desk)
    await expect(card.get_by_text("Entretien terminé")).to_be_visible()
    await expect(desk.get_by_text("Le créneau de 9:00 a été repris.")).to_be_visible()

    def stored(tx: Connection) -> list[Any]:
        of_stand = t.bookings.c.stand_id == world.stand
        return list(tx.execute(select(t.bookings.c.state).where(of_stand).order_by(t.bookings.c.id)).scalars())

    assert await site.db.read(stored) == ["no_show", "booked", "done"]


async def test_the_head_who_is_elsewhere_keeps_first_place_and_the_next_is_asked_and_agrees(
    site: Site, world: World, open_page: OpenPage
) -> None:
    def meanwhile(tx: Connection) -> None:
        made = booking.book(tx, world.ines, slot_id=world.other_slots[8], now=make.BEFORE)
        queue.call(tx, world.karim, booking_id=made.id, now=make.MORNING + 5 * MINUTE)
        queue.check_in(tx, world.hugo, booking_id=world.second, now=make.MORNING + 6 * MINUTE)

    await site.db.write(meanwhile)
    phone = await open_page(PLANNING, world.hugo)
    desk = await open_page(world.path, world.recruiter, width=1280)
    await expect(
        desk.get_by_text("Inès Girard est en entretien chez Forges d’Argentan jusqu’à 9:15 environ")
    ).to_be_visible()
    await expect(desk.locator("#main-act")).to_contain_text("Proposer à Hugo de venir maintenant")
    await act(desk)
    await expect(phone.get_by_text("Le stand peut te recevoir maintenant, au lieu de 9:15.")).to_be_visible()
    await phone.get_by_role("button", name="Je viens maintenant").click()
    await expect(desk.locator("#main-act")).to_contain_text("Appeler Hugo Girard")
    await expect(desk.get_by_text("d’accord pour venir plus tôt")).to_be_visible()
    await act(desk)
    await expect(phone.get_by_role("heading", name=re.compile("C’est à toi, Hugo"))).to_be_visible()
    await expect(desk.locator(f"#place-{world.first}")).to_contain_text("ailleurs jusqu’à 9:15 environ")


async def test_running_late_and_being_phoned_are_seen_at_the_stand(
    site: Site, world: World, clock: SteppedClock, open_page: OpenPage
) -> None:
    clock.moment = make.MORNING + 2 * MINUTE
    phone = await open_page(PLANNING, world.ines)
    desk = await open_page(world.path, world.recruiter, width=1280)
    row = desk.locator(f"#place-{world.first}")
    await phone.get_by_text("Un contretemps").click()
    await phone.get_by_role("button", name="J’arrive dans 5 min").click()
    await expect(row).to_contain_text("arrive vers 9:07")
    await expect(phone.get_by_text("Ta place est gardée jusqu’à 9:12")).to_be_visible()

    await phone.get_by_role("button", name=re.compile("Être rappelé au")).click()
    await expect(row).to_contain_text("à rappeler, depuis 9:02")
    await expect(desk.get_by_text(re.compile("06.39.98"))).to_have_count(0)
    await expect(desk.locator("#main-act")).to_contain_text("Appeler Inès Girard")
    await act(desk)
    await expect(desk.get_by_role("link", name=re.compile("06.39.98.01.02"))).to_be_visible()
    await expect(phone.get_by_text(re.compile("On t’appelle au"))).to_be_visible()
    for words in ("Commencer l’entretien", "Terminer l’entretien"):
        await expect(desk.locator("#main-act")).to_contain_text(words)
        await act(desk)
    await expect(desk.get_by_text("Entretien terminé")).to_be_visible()
    await expect(desk.get_by_role("link", name=re.compile("06.39.98.01.02"))).to_have_count(0)


async def test_without_scripts_a_gap_can_be_taken_all_the_same(site: Site, world: World, open_page: OpenPage) -> None:
    camille = await open_page(PLANNING, world.camille)
    await connected(site, world, world.camille)
    await site.db.write(queue.no_show, world.recruiter, booking_id=world.first, now=make.MORNING + 6 * MINUTE)
    await expect(camille.get_by_role("button", name="Non merci")).to_be_visible()
    plain = await open_page(PLANNING, world.camille, java_script_enabled=False)
    await plain.get_by_role("button", name="J’accepte et je passe maintenant").click()
    await expect(plain.get_by_text("Tu as pris la place libre.")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
async def test_nothing_scrolls_sideways(site: Site, world: World, open_page: OpenPage, width: int) -> None:
    camille = await open_page(PLANNING, world.camille, width=width)
    await connected(site, world, world.camille)
    desk = await open_page(world.path, world.recruiter, width=width)
    await desk.locator(f"#gone-{world.first}").get_by_role("button", name="Noter l’absence").click()
    await expect(camille.get_by_role("button", name="Non merci")).to_be_visible()
    for page in (camille, desk):
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
