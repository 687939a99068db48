"""Who leads a company's recruiters: all its stands on one page, as they are, and what they decide there."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from jobdating.clock import SteppedClock
from jobdating.domain.policy import Actor
from jobdating.services import booking, queue, timekeeper
from tests.conftest import OpenPage
from tests.factories import (
    BEFORE,
    MORNING,
    make_candidate,
    make_company,
    make_fair,
    make_organiser,
    make_recruiter,
    make_slots,
    make_stand,
)
from tests.site import Site, insert


@pytest.fixture
async def stands(site: Site) -> dict[str, int]:
    fair_id = await insert(site, make_fair, slug="juin")
    company = await insert(site, make_company, fair_id, name="Chaudronnerie de l’Orne")
    names = {"Chaudronnerie": company, "Soudage": company, "Ailleurs": None}
    return {"fair": fair_id} | {
        name: await insert(site, make_stand, fair_id, company_id=owner, name=name) for name, owner in names.items()
    }


async def test_lead_sees_the_company_live_and_closes_a_stand(
    open_page: OpenPage, site: Site, clock: SteppedClock, stands: dict[str, int]
) -> None:
    slots = await insert(site, make_slots, stands["Soudage"])
    candidate: Actor = await insert(site, make_candidate, stands["fair"])
    made = await site.db.write(booking.book, candidate, slot_id=slots[1], now=BEFORE)
    lead: Actor = await insert(site, make_recruiter, stands["Chaudronnerie"], lead=True)
    clock.advance(MORNING + timedelta(minutes=10) - clock.now())
    await site.db.write(timekeeper.keep_fair, fair_id=stands["fair"], now=clock.now())

    page = await open_page("/fairs/juin/company", lead, width=1280)
    soldering = page.locator(f"#led-stand-{stands['Soudage']}")
    await expect(page.locator(".led-stand")).to_have_count(2)
    await expect(soldering).to_contain_text("0 attend")
    await site.db.write(queue.check_in, candidate, booking_id=made.id, now=clock.now())
    await expect(soldering).to_contain_text("1 attend")

    await soldering.get_by_role("button", name="Fermer aux réservations").click()
    await expect(soldering).to_contain_text("fermé")
    await soldering.get_by_role("button", name="Rouvrir").click()
    await expect(soldering).not_to_contain_text("fermé")
    await soldering.get_by_role("link", name="Entretiens").click()
    await expect(page).to_have_url(re.compile(rf"/cockpit/{stands['Soudage']}/interviews$"))


async def test_organiser_says_who_leads_and_the_page_is_there_at_once(
    open_page: OpenPage, site: Site, stands: dict[str, int]
) -> None:
    recruiter: Actor = await insert(site, make_recruiter, stands["Soudage"])
    organiser: Actor = await insert(site, make_organiser, stands["fair"])
    desk = await open_page("/fairs/juin/cockpit", recruiter)
    await expect(desk.get_by_role("link", name="Mon entreprise")).to_have_count(0)
    page = await open_page("/fairs/juin/edit/team", organiser, java_script_enabled=False)
    await page.get_by_role("button", name="Confier l’entreprise").click()
    await expect(page.get_by_text("mène l’entreprise", exact=True)).to_be_visible()
    await desk.reload()
    await desk.get_by_role("link", name="Mon entreprise").click()
    await expect(desk.locator(".led-stand")).to_have_count(2)
    await page.get_by_role("button", name="Retirer l’entreprise").click()
    await expect(desk.get_by_text("Cette page n’existe pas")).to_be_visible()
