"""From the call to the room, in a real browser: the way out, what it gives away, and what the other party sees."""

from datetime import date

from playwright.async_api import Browser, Page, Request, Route, expect
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from jobdating.domain.policy import Actor
from jobdating.services import booking, queue
from tests import factories as make
from tests.site import Site, running_site

NOW = make.MORNING


class World:
    """One booking at nine, called."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        self.stand = make.make_stand(tx, self.fair)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.ines = make.make_candidate(tx, self.fair)
        [slot] = make.make_slots(tx, self.stand, count=1)
        self.booking = booking.book(tx, self.ines, slot_id=slot, now=make.BEFORE).id
        queue.call(tx, self.recruiter, booking_id=self.booking, now=NOW)


async def signed_in(browser: Browser, site: Site, actor: Actor, path: str) -> Page:
    context = await browser.new_context(base_url=site.url, locale="fr-FR")
    cookies = await site.sign_in(actor)
    await context.add_cookies([{"name": n, "value": v, "url": site.url} for n, v in cookies.items()])
    page = await context.new_page()
    await page.goto(path)
    return page


async def test_the_candidate_goes_out_to_the_room_and_the_stand_sees_it(
    sqlite_url: str, clock: SteppedClock, browser: Browser
) -> None:
    clock.moment = NOW
    async with running_site(sqlite_url, clock, jitsi_domain="meet.example") as site:
        world = await site.db.write(lambda tx: World(tx))
        desk = await signed_in(browser, site, world.recruiter, f"/fairs/juin-2027/cockpit/{world.stand}")
        phone = await signed_in(browser, site, world.ines, f"/go/{world.booking}")
        arrived: list[Request] = []

        async def room(route: Route) -> None:
            arrived.append(route.request)
            await route.fulfill(status=200, content_type="text/html", body="<title>Salle</title>")

        await phone.route("https://meet.example/**", room)
        await expect(phone.get_by_text("meet.example")).to_be_visible()
        await phone.get_by_role("button", name="Entrer dans la salle").click()
        await phone.wait_for_url("https://meet.example/**")
        headers = await arrived[0].all_headers()
        assert "referer" not in headers
        assert headers.get("origin", "null") == "null"
        card = desk.locator(f"#cockpit-now-{world.stand}")
        await expect(card.get_by_text("dans la salle depuis 9:00").first).to_be_visible()
        for page in (desk, phone):
            await page.context.close()


async def test_in_a_demo_both_meet_on_our_own_page(sqlite_url: str, clock: SteppedClock, browser: Browser) -> None:
    clock.moment = NOW
    async with running_site(sqlite_url, clock, demo=True) as site:
        world = await site.db.write(lambda tx: World(tx))
        for actor in (world.ines, world.recruiter):
            page = await signed_in(browser, site, actor, f"/go/{world.booking}")
            await page.get_by_role("button", name="Entrer dans la salle").click()
            await expect(page.get_by_role("heading", name="Salle de démonstration")).to_be_visible()
            await page.context.close()
