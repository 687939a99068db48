"""The whole life of a booking in a real browser: candidate, recruiter and organiser with their pages open throughout.

The candidate's phone speaks to a server of its own behind a wire that gets cut; the desks speak to another on the same
database. Nobody ever reloads the recruiter's or the organiser's page.
"""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Locator, Page, Route, expect
from sqlalchemy import Connection, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.domain.states import LIVE
from jobdating.services import booking, timekeeper, waitlist
from tests import factories as make
from tests.conftest import OpenPage
from tests.eventually import eventually
from tests.proxy import Proxy, running_proxy
from tests.site import Site, running_site

MINUTE = timedelta(minutes=1)
FAIR = "/fairs/juin-2027"
ROOM = "https://meet.example/**"


class World:
    """A fair that is still to come: two stands, Inès who has booked nothing, Manon who recruits, an organiser."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027")
        self.stand = make.make_stand(tx, self.fair, name="Chaudronnerie de l’Orne")
        make.make_slots(tx, make.make_stand(tx, self.fair, name="Ateliers Virois", trades=["Usinage"]))
        self.slots = make.make_slots(tx, self.stand)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.fair)
        self.candidate = make.make_candidate(tx, self.fair, level="CAP")
        for actor, first_name, last_name in (
            (self.recruiter, "Manon", "Duval"),
            (self.candidate, "Inès", "Besnard"),
        ):
            named = update(t.accounts).where(t.accounts.c.id == actor.account_id)
            tx.execute(named.values(first_name=first_name, last_name=last_name))

    def held(self, tx: Connection) -> list[int]:
        """The slots that Inès holds."""
        candidate_id = self.candidate.candidates[self.fair]
        live = t.bookings.c.state.in_([state.value for state in LIVE])
        query = select(t.bookings.c.slot_id).where(t.bookings.c.candidate_id == candidate_id, live)
        return list(tx.execute(query).scalars())

    def is_connected(self, tx: Connection) -> bool:
        """Whether Inès is known to be online: without a wish, that is what lets a stand invite her."""
        connected = select(t.candidates.c.connected_since).where(
            t.candidates.c.id == self.candidate.candidates[self.fair]
        )
        return tx.execute(connected).scalar_one() is not None


@pytest.fixture
async def world(site: Site) -> World:
    return await site.db.write(World)


@pytest.fixture
async def wire() -> AsyncIterator[Proxy]:
    async with running_proxy() as proxy:
        yield proxy


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """The server of the desks, with rooms that lead to a Jitsi of somebody else's."""
    async with running_site(sqlite_url, clock, jitsi_domain="meet.example") as site:
        yield site


@pytest.fixture
async def far_site(sqlite_url: str, clock: SteppedClock, wire: Proxy) -> AsyncIterator[Site]:
    """A second server on the same database: the one the phone reaches, through the wire alone."""
    async with running_site(sqlite_url, clock, public_url=wire.url, jitsi_domain="meet.example") as site:
        address = urlsplit(site.url)
        wire.target = (address.hostname or "", address.port or 0)
        yield site


class Desks:
    """The pages of the recruiter and the organiser, and that they were never loaded again."""

    def __init__(self, world: World, cockpit: Page, wall: Page) -> None:
        self.cockpit, self.wall = cockpit, wall
        self.now = cockpit.locator(f"#cockpit-now-{world.stand}")
        self.line = cockpit.locator(f"#cockpit-queue-{world.stand}")
        self.main = cockpit.locator("#main-act")
        self.row = wall.locator(f"#wall-row-{world.stand} .wall-cell")
        self._figures = wall.locator(f"#wall-figures-{world.fair} > div")
        self.loads: list[str] = []
        for page in (cockpit, wall):
            page.on("load", lambda page: self.loads.append(page.url))

    def figure(self, name: str) -> Locator:
        return self._figures.filter(has=self.wall.get_by_text(name, exact=True)).locator("dd")

    async def act(self, words: str) -> None:
        """The recruiter presses the main button, which says `words`, once it has stood still."""
        await expect(self.main).to_contain_text(words)
        await expect(self.cockpit.locator("[data-settling]")).to_have_count(0)
        await self.main.click()


async def test_a_booking_from_the_search_to_the_review(
    site: Site, far_site: Site, wire: Proxy, world: World, clock: SteppedClock, open_page: OpenPage
) -> None:
    desks = Desks(
        world,
        await open_page(f"{FAIR}/cockpit/{world.stand}", world.recruiter, width=1280),
        await open_page(f"{FAIR}/wall", world.organiser, width=1280),
    )
    phone = await open_page(f"{FAIR}/stands", world.candidate, base=wire.url)
    await it_is_found_and_booked(site, world, phone, desks)
    await it_is_moved(site, world, phone, desks)
    await the_day_comes(site, world, clock, phone, desks)
    await the_call_comes_while_the_line_is_cut(wire, phone, desks)
    await they_meet_in_the_room(phone, desks)
    await the_interview_takes_place(site, world, clock, phone, desks)
    assert desks.loads == []


async def it_is_found_and_booked(site: Site, world: World, phone: Page, desks: Desks) -> None:
    await expect(desks.row.nth(4)).to_have_text("libre")
    await phone.get_by_role("searchbox").fill("chaudronnerie orne")
    await expect(phone.locator("#found")).to_have_text("1 stand")
    await phone.locator(f"#stand-row-{world.stand}").get_by_role("link", name="Chaudronnerie").first.click()
    await choose(phone, world.slots[4], "Réserver ce créneau")
    await expect(phone.locator("#choice [data-part]:visible")).to_contain_text("C’est réservé.")
    await expect(desks.row.nth(4)).to_have_text("réservé, Inès B.")
    await expect(desks.figure("places réservées")).to_have_text("1 sur 24")
    await expect(desks.line).to_contain_text("Inès Besnard")
    assert await site.db.read(world.held) == [world.slots[4]]


async def it_is_moved(site: Site, world: World, phone: Page, desks: Desks) -> None:
    await phone.get_by_role("link", name=re.compile("^Déplacer")).click()
    await expect(phone.get_by_role("heading", name="Choisis un autre créneau")).to_be_visible()
    assert await site.db.read(world.held) == [world.slots[4]]
    await choose(phone, world.slots[6], "Déplacer ici")
    await expect(phone.locator("#choice [data-part]:visible")).to_contain_text("C’est déplacé.")
    await expect(desks.row.nth(6)).to_have_text("réservé, Inès B.")
    await expect(desks.row.nth(4)).to_have_text("libre")
    await expect(desks.figure("places réservées")).to_have_text("1 sur 24")
    await expect(desks.line).to_contain_text("10:30")
    assert await site.db.read(world.held) == [world.slots[6]]


async def the_day_comes(site: Site, world: World, clock: SteppedClock, phone: Page, desks: Desks) -> None:
    clock.moment = make.MORNING + 85 * MINUTE  # five minutes before
    await site.db.write(timekeeper.keep, now=clock.now())
    await expect(desks.figure("attendus ce jour")).to_contain_text("1 ")
    await phone.get_by_role("link", name="Mon planning").last.click()
    await phone.get_by_role("button", name="Je suis là").click()
    await expect(phone.locator(".here-notice")).to_contain_text("Tu as dit « Je suis là » à 10:25")
    await expect(desks.now).to_contain_text("là depuis 10:25")
    await expect(desks.figure("là en ce moment")).to_contain_text("dont 1 en attente")


async def the_call_comes_while_the_line_is_cut(wire: Proxy, phone: Page, desks: Desks) -> None:
    title = await phone.title()
    await phone.context.set_offline(True)
    wire.cut()
    told = phone.locator('[data-connection="offline"]')
    await expect(told).to_be_visible()
    await expect(told).to_contain_text("Hors ligne depuis 10:2")
    await expect(told).to_contain_text("Ta place est gardée.")
    await desks.act("Appeler Inès Besnard")
    await expect(desks.row.nth(6)).to_have_text("appelé, Inès B.")
    await expect(desks.figure("en entretien")).to_have_text("1")
    await expect(phone).to_have_title(title)
    wire.resume()
    await phone.context.set_offline(False)
    await expect(phone).to_have_title("C’est à toi, Manon\u00a0D. t’attend.")
    await expect(phone.get_by_role("heading", level=1)).to_contain_text("C’est à toi, Inès.")


async def they_meet_in_the_room(phone: Page, desks: Desks) -> None:
    async def room(route: Route) -> None:
        await route.fulfill(status=200, content_type="text/html", body="<title>Salle</title>")

    await phone.context.route(ROOM, room)
    async with phone.context.expect_page() as opened:
        await phone.get_by_role("link", name="Rejoindre Manon\u00a0D.").click()
    door = await opened.value
    await door.get_by_role("button", name="Entrer dans la salle").click()
    await door.wait_for_url(ROOM)
    await expect(desks.now.get_by_text("dans la salle depuis 10:25").first).to_be_visible()


async def the_interview_takes_place(site: Site, world: World, clock: SteppedClock, phone: Page, desks: Desks) -> None:
    await desks.act("Commencer l’entretien")
    await expect(phone.get_by_role("link", name="Revenir dans la salle")).to_be_visible()
    await expect(desks.row.nth(6)).to_have_text("en entretien, Inès B.")
    await desks.cockpit.get_by_role("button", name="+ 5 min").click()
    await expect(desks.now).to_contain_text("sur 15:00")
    clock.advance(14 * MINUTE)
    await desks.act("Terminer l’entretien")
    await expect(phone.get_by_text("Entretien honoré")).to_be_visible()
    await expect(phone).not_to_have_title(re.compile("C’est à toi"))
    await expect(desks.row.nth(6)).to_have_text("fait, Inès B.")
    await expect(desks.figure("entretiens faits")).to_have_text("1 sur 1")
    await expect(desks.figure("en entretien")).to_have_text("0")
    await desks.cockpit.get_by_label("Deuxième entretien").check()
    await desks.cockpit.get_by_label("Note").fill("Soude proprement.")
    await desks.cockpit.get_by_role("button", name="Enregistrer").click()
    await expect(desks.cockpit.get_by_text("Enregistré")).to_be_visible()
    assert await site.db.read(review, world.candidate, world.fair) == ("done", "Soude proprement.", "second_interview")


async def test_a_stand_is_found_and_booked_with_the_keyboard_alone(
    site: Site, world: World, open_page: OpenPage
) -> None:
    page = await open_page(f"{FAIR}/stands", world.candidate, width=1280)
    await tab_to(page, "#q")
    await page.keyboard.type("chaudronnerie")
    await expect(page.locator("#found")).to_have_text("1 stand")
    await tab_to(page, f"#stand-row-{world.stand} a")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(rf"/stands/{world.stand}\b"))
    await tab_to(page, f"#slot-{world.slots[2]} button")
    await page.keyboard.press("Enter")
    await tab_to(page, "#choice [data-part=book] button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#choice [data-part]:visible")).to_contain_text("C’est réservé.")
    await tab_to(page, "#choice a[href$='/planning']")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Chaudronnerie de l’Orne").first).to_be_visible()
    assert await site.db.read(world.held) == [world.slots[2]]


async def test_at_320_pixels_nothing_is_cut_on_the_way_to_a_booking(
    site: Site, world: World, open_page: OpenPage
) -> None:
    page = await open_page(f"{FAIR}/stands?q=orne", world.candidate, width=320, height=568)
    await page.locator(f"#stand-row-{world.stand} a").first.click()
    await fits(page)
    await choose(page, world.slots[11], "Réserver ce créneau")
    await expect(page.locator("#choice [data-part]:visible")).to_contain_text("C’est réservé.")
    await fits(page)
    await page.get_by_role("link", name="Mon planning").last.click()
    await expect(page.get_by_text("11:45").first).to_be_visible()
    await fits(page)
    assert await site.db.read(world.held) == [world.slots[11]]


async def test_a_place_given_back_is_held_for_who_waits_and_taken_on_the_phone(
    site: Site, world: World, open_page: OpenPage
) -> None:
    def fill(tx: Connection) -> Actor:
        others = [make.make_candidate(tx, world.fair) for _ in world.slots]
        for other, slot in zip(others, world.slots, strict=True):
            booking.book(tx, other, slot_id=slot, now=make.BEFORE)
        waitlist.join(tx, world.candidate, stand_id=world.stand, now=make.BEFORE)
        return others[8]

    other = await site.db.write(fill)
    phone = await open_page(f"{FAIR}/planning", world.candidate)
    cockpit = await open_page(f"{FAIR}/cockpit/{world.stand}", world.recruiter, width=1280)
    await expect(phone.locator(f"#wait-{world.stand}")).to_contain_text("1er")
    theirs = await open_page(f"{FAIR}/stands/{world.stand}", other)
    await theirs.get_by_role("button", name=re.compile("^Annuler.*Chaudronnerie")).click()
    await phone.get_by_role("button", name="Prendre cette place").click()
    await expect(phone.locator("#next-title")).to_have_text("Chaudronnerie de l’Orne")
    await expect(phone.locator(f"#wait-{world.stand}")).to_have_count(0)
    await expect(cockpit.locator(f"#cockpit-queue-{world.stand}")).to_contain_text("Inès Besnard")
    assert await site.db.read(world.held) == [world.slots[8]]


async def test_an_invitation_is_seen_and_taken_without_a_reload(site: Site, world: World, open_page: OpenPage) -> None:
    phone = await open_page(f"{FAIR}/planning", world.candidate)
    await eventually(lambda: site.db.read(world.is_connected))
    desk = await open_page(f"{FAIR}/cockpit/{world.stand}/invite?slot={world.slots[3]}", world.recruiter, width=1280)
    await desk.get_by_role("button", name="Inviter Inès B.").click()
    await expect(phone.get_by_text("Une place t’est proposée", exact=True)).to_be_visible()
    await phone.get_by_role("button", name="Prendre cette place").click()
    await expect(phone.locator("#next-title")).to_have_text("Chaudronnerie de l’Orne")
    await expect(desk.locator(f"#cockpit-queue-{world.stand}")).to_contain_text("Inès Besnard")
    assert await site.db.read(world.held) == [world.slots[3]]


def review(tx: Connection, candidate: Actor, fair_id: int) -> tuple[str, str, str]:
    found = tx.execute(select(t.bookings).where(t.bookings.c.candidate_id == candidate.candidates[fair_id])).one()
    return found.state, found.note, found.next_step


async def choose(page: Page, slot_id: int, button: str) -> None:
    """Touch the slot, then the button of the bar."""
    await page.locator(f"#slot-{slot_id} button").click()
    await page.locator("#choice").get_by_role("button", name=button).click()


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, as one who has no mouse."""
    there = "selector => document.activeElement.matches(selector)"
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate(there, selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


async def fits(page: Page) -> None:
    """Nothing is wider than the screen, and no button is cut at its edge."""
    cut = await page.evaluate(
        """() => [...document.querySelectorAll("#main a, #main button, #choice button, #choice a")]
          .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
          .filter(([, box]) => box.width > 2 && (box.left < 0 || box.right > innerWidth)).map(([words]) => words)"""
    )
    assert cut == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
