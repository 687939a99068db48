"""A candidate's day in a real browser: I am here, called, a moment please, the room, done; offers; narrow; by keyboard."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.domain.states import Origin
from jobdating.services import booking, queue
from tests import factories as make
from tests.conftest import OpenPage
from tests.site import Site, insert

PLANNING = "/fairs/juin-2027/planning"


@dataclass(frozen=True)
class World:
    candidate: Actor
    recruiter: Actor
    booking: int
    free: int


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    def build(tx: Connection) -> World:
        fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        stand = make.make_stand(tx, fair, name="Chaudronnerie de l’Orne")
        recruiter = make.make_recruiter(tx, stand)
        named = t.accounts.update().where(t.accounts.c.id == recruiter.account_id)
        tx.execute(named.values(first_name="Manon", last_name="Duval"))
        ines, slots = make.make_candidate(tx, fair), make.make_slots(tx, stand)
        taken = booking.book(tx, ines, slot_id=slots[5], now=make.BEFORE)
        tx.execute(
            t.estimates.insert().values(
                booking_id=taken.id, not_before=taken.starts_at, low=taken.starts_at, published_at=make.MORNING,
                high=make.MORNING + timedelta(minutes=83),
            )
        )  # fmt: skip
        other = make.make_slots(
            tx, make.make_stand(tx, fair, name="Ateliers Virois"), start=make.MORNING + timedelta(hours=5)
        )
        return World(ines, recruiter, taken.id, other[0])

    clock.moment = make.MORNING + timedelta(minutes=70)
    found: World = await insert(site, build)
    return found


async def test_the_day_from_i_am_here_to_done(
    site: Site, clock: SteppedClock, world: World, open_page: OpenPage
) -> None:
    page = await open_page(PLANNING, world.candidate)
    title = await page.title()
    await expect(page.locator(".next-time")).to_contain_text("10:15")
    await page.get_by_role("button", name="Je suis là").click()
    await expect(page.locator(".here-notice")).to_contain_text("Tu as dit « Je suis là » à 10:10")
    await page.get_by_role("button", name="Activer le son").click()
    await expect(page.get_by_role("button", name="Son activé")).to_have_attribute("aria-pressed", "true")

    await site.db.write(queue.call, world.recruiter, booking_id=world.booking, now=clock.now())
    await expect(page).to_have_title("C’est à toi, Manon\u00a0D. t’attend.")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("C’est à toi")
    await expect(page.locator("#announcer")).to_contain_text("C’est à toi")
    await expect(page.locator("html[data-chimed]")).to_be_attached()
    await expect(page.get_by_role("link", name="Rejoindre")).to_have_attribute("href", f"/go/{world.booking}")

    await page.get_by_role("button", name="J’ai besoin de 2 minutes").click()
    await expect(page).to_have_title(title)
    await page.get_by_role("button", name="Je suis de retour").click()
    await expect(page.get_by_role("button", name="J’ai besoin de 2 minutes")).to_be_visible()

    for step in (queue.call, queue.start):
        await site.db.write(step, world.recruiter, booking_id=world.booking, now=clock.now())
    await expect(page.get_by_role("link", name="Revenir dans la salle")).to_be_visible()
    await site.db.write(queue.finish, world.recruiter, booking_id=world.booking, now=clock.now())
    await expect(page.get_by_text("Entretien honoré")).to_be_visible()


async def test_a_held_place_is_declined_and_a_cancellation_taken_back(
    site: Site, clock: SteppedClock, world: World, open_page: OpenPage
) -> None:
    page = await open_page(PLANNING, world.candidate)
    candidate_id = next(iter(world.candidate.candidates.values()))
    await site.db.write(
        booking.hold, SYSTEM, slot_id=world.free, candidate_id=candidate_id, origin=Origin.INVITATION,
        expires_at=clock.now() + timedelta(hours=1), now=clock.now(),
    )  # fmt: skip
    await page.get_by_role("button", name="Non merci").click()
    await expect(page.get_by_text("Une place t’est proposée", exact=True)).to_have_count(0)

    await page.locator(f"#change-{world.booking} > summary").click()
    await page.get_by_role("button", name="Annuler l’entretien").click()
    undo = page.locator(f"#over-{world.booking}").get_by_role("button", name="Rétablir")
    await expect(undo).to_be_visible()
    await undo.click()
    await expect(page.get_by_role("button", name="Je suis là")).to_be_visible()


async def test_by_keyboard_on_a_narrow_screen(world: World, open_page: OpenPage) -> None:
    page = await open_page(PLANNING, world.candidate, width=320)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.get_by_role("button", name="Je suis là").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".here-notice")).to_be_visible()


async def test_without_scripts_it_is_a_page_of_forms(world: World, open_page: OpenPage) -> None:
    page = await open_page(PLANNING, world.candidate, java_script_enabled=False)
    await page.get_by_role("button", name="Je suis là").click()
    await expect(page.locator(".here-notice")).to_be_visible()
