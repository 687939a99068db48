"""The planning on a telephone that has no network: what was open stays, and what is opened again is there."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from jobdating.domain.policy import Actor
from jobdating.services import booking
from tests import factories as make
from tests.eventually import eventually
from tests.proxy import Proxy, running_proxy
from tests.site import Site, running_site

PLANNING = "/fairs/juin-2027/planning"
COPIES = "async () => (await (await caches.open('planning')).keys()).map((kept) => new URL(kept.url).pathname)"
READY = "async () => { await navigator.serviceWorker.ready; return navigator.serviceWorker.controller !== null; }"


def booked(tx: Connection) -> Actor:
    fair = make.make_fair(tx, slug="juin-2027")
    candidate = make.make_candidate(tx, fair)
    slots = make.make_slots(tx, make.make_stand(tx, fair, name="Chaudronnerie de l’Orne"))
    booking.book(tx, candidate, slot_id=slots[3], now=make.BEFORE)
    return candidate


@pytest.fixture
async def wire() -> AsyncIterator[Proxy]:
    async with running_proxy() as proxy:
        yield proxy


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock, wire: Proxy) -> AsyncIterator[Site]:
    async with running_site(sqlite_url, clock, public_url=wire.url) as site:
        address = urlsplit(site.url)
        wire.target = (address.hostname or "", address.port or 0)
        yield site


@pytest.fixture
async def phone(site: Site, wire: Proxy, browser: Browser) -> AsyncIterator[Page]:
    """A telephone that has seen the planning, and kept a copy."""
    context = await browser.new_context(base_url=wire.url, viewport={"width": 390, "height": 844}, locale="fr-FR")
    context.set_default_timeout(20_000)
    cookies = await site.sign_in(await site.db.write(booked))
    await context.add_cookies([{"name": n, "value": v, "url": wire.url} for n, v in cookies.items()])
    page = await context.new_page()
    await page.goto(PLANNING)
    await eventually(lambda: page.evaluate(READY))
    await eventually(lambda: page.evaluate(COPIES))
    yield page
    await context.close()


async def test_a_planning_opened_without_network_is_there_and_says_that_it_is_old(
    wire: Proxy, phone: Page, clock: SteppedClock
) -> None:
    wire.cut()
    await phone.reload()
    await expect(phone.locator("#next-title")).to_have_text("Chaudronnerie de l’Orne")
    await expect(phone.get_by_text("Hors ligne depuis 10:00.")).to_be_visible()
    wire.resume()
    told = phone.locator("[data-connection]:visible")
    await expect(told).to_contain_text("De nouveau en ligne.")


async def test_other_pages_are_not_kept(wire: Proxy, phone: Page) -> None:
    await phone.goto("/fairs/juin-2027/profile")
    assert await phone.evaluate(COPIES) == [PLANNING]


async def test_signing_out_takes_the_copy_away(wire: Proxy, phone: Page) -> None:
    await phone.goto("/account")
    await phone.get_by_role("button", name="Me déconnecter").click()
    await phone.goto("/fairs/juin-2027")
    assert await phone.evaluate(COPIES) == []


async def test_a_session_that_was_ended_elsewhere_leaves_no_copy_to_the_next_who_comes(phone: Page) -> None:
    """[14.3.1] A telephone that goes round: whoever signs in there comes by a page that is nobody's."""
    await phone.context.clear_cookies()
    await phone.goto("/sign-in")
    await eventually(lambda: phone.evaluate(f"async () => (await ({COPIES})()).length === 0"))
