"""An organiser moves a stand, and the phones of those who wait show it; taken back, they show what was."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from jobdating.services import booking, timekeeper
from tests import factories as make
from tests.conftest import OpenPage
from tests.site import Site

MINUTE = timedelta(minutes=1)
NOW = make.MORNING + 5 * MINUTE
FAIR = "/fairs/juin-2027"


class World:
    """A stand with three people expected this morning, and another of the same trade."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        self.stand = make.make_stand(tx, self.fair, name="Ateliers Virois")
        self.other = make.make_stand(tx, self.fair, name="Forges d’Argentan", connected_since=make.MORNING)
        self.slots = make.make_slots(tx, self.stand)
        make.make_slots(tx, self.other)
        self.organiser = make.make_organiser(tx, self.fair)
        self.people = [make.make_candidate(tx, self.fair) for _ in range(3)]
        for person, slot in zip(self.people, self.slots[2:], strict=False):
            booking.book(tx, person, slot_id=slot, now=make.BEFORE)


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = NOW
    made = await site.db.write(World)
    await site.db.write(timekeeper.keep, now=NOW)
    return made


async def test_a_shift_reaches_the_candidate_s_phone_and_so_does_taking_it_back(
    world: World, open_page: OpenPage
) -> None:
    phone = await open_page(f"{FAIR}/planning", world.people[0])
    lead = phone.locator("#main")
    await expect(lead).to_contain_text("9:30")
    desk = await open_page(f"{FAIR}/wall/stands/{world.stand}", world.organiser, width=1280)
    await desk.get_by_role("link", name="Décaler, répartir, fermer").click()
    await desk.get_by_label("Décaler tout le stand").check()
    await desk.get_by_label("De combien").select_option("20")
    row = desk.get_by_role("row").filter(has_text="9:30")
    await expect(row).to_contain_text("9:50")  # the preview follows the form by itself
    await desk.get_by_role("button", name="Décaler 3 candidats et les prévenir").click()
    await expect(desk.get_by_role("heading", level=1)).to_have_text("Stand décalé de 20 min")
    await expect(lead).to_contain_text("9:50")
    await expect(lead).not_to_contain_text("9:30")
    await desk.get_by_role("button", name="Revenir en arrière").click()
    await expect(desk.get_by_role("heading", level=1)).to_have_text("Tout est revenu en arrière")
    await expect(lead).to_contain_text("9:30")
    await expect(lead).not_to_contain_text("9:50")


async def test_without_scripts_a_stand_is_shifted_all_the_same(world: World, open_page: OpenPage) -> None:
    desk = await open_page(
        f"{FAIR}/wall/stands/{world.stand}/repair", world.organiser, width=320, java_script_enabled=False
    )
    await desk.get_by_label("Décaler tout le stand").check()
    await desk.get_by_label("De combien").select_option("45")
    await desk.get_by_role("button", name="Voir qui bouge").click()
    await desk.get_by_role("button", name="Décaler 3 candidats et les prévenir").click()
    await expect(desk.get_by_role("cell", name="10:15")).to_be_visible()
    await desk.get_by_role("button", name="Revenir en arrière").click()
    await expect(desk.get_by_text("Chacun a retrouvé son heure")).to_be_visible()


async def test_a_plan_that_changed_meanwhile_is_shown_anew_with_what_was_unticked(
    site: Site, world: World, open_page: OpenPage
) -> None:
    desk = await open_page(f"{FAIR}/wall/stands/{world.stand}/repair", world.organiser, width=1280)
    await desk.get_by_role("checkbox").first.uncheck()
    newcomer = await site.db.write(lambda tx: make.make_candidate(tx, world.fair))
    await site.db.write(booking.book, newcomer, slot_id=world.slots[8], now=make.BEFORE)
    button = desk.get_by_role("button", name=re.compile("cochés"))
    await button.click()
    await expect(desk.get_by_role("alert")).to_contain_text("rien n’a été déplacé")
    await expect(desk.get_by_role("checkbox")).to_have_count(4)
    await expect(desk.get_by_role("checkbox").first).not_to_be_checked()
    await expect(desk.get_by_role("checkbox").last).to_be_checked()
    await button.click()
    await expect(desk.get_by_text("3 candidats déplacés et prévenus.")).to_be_visible()
