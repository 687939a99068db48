"""The wall in a real browser: live beside a candidate and a recruiter, by keyboard, acting for somebody, on a phone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking, queue, stand, timekeeper
from tests import factories as make
from tests.conftest import OpenPage
from tests.eventually import eventually
from tests.site import Site

MINUTE = timedelta(minutes=1)
NOW = make.MORNING + 22 * MINUTE
WALL = "/fairs/juin-2027/wall"


class World:
    """Two stands; Inès is here and waits at the first."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(
            tx, slug="juin-2027", name="Job dating", live_day=date(2027, 6, 17),
            closes_at=make.MORNING + timedelta(days=3), lead_minutes=0,
        )  # fmt: skip
        self.stand = make.make_stand(tx, self.fair, name="Forges d’Argentan", connected_since=make.MORNING)
        self.missing = make.make_stand(tx, self.fair, name="Ateliers Virois")
        self.slots = make.make_slots(tx, self.stand)
        self.missing_slots = make.make_slots(tx, self.missing)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.fair)
        self.ines, self.hugo = (self.person(tx, name) for name in ("Inès", "Hugo"))
        self.booked = booking.book(tx, self.ines, slot_id=self.slots[1], now=make.BEFORE).id
        self.stranded = booking.book(tx, self.hugo, slot_id=self.missing_slots[0], now=make.BEFORE).id
        queue.check_in(tx, self.ines, booking_id=self.booked, now=NOW)
        timekeeper.keep(tx, now=NOW)

    def person(self, tx: Connection, first_name: str) -> Actor:
        actor = make.make_candidate(tx, self.fair, level="CAP")
        names = {"first_name": first_name, "last_name": "Besnard"}
        tx.execute(update(t.accounts).where(t.accounts.c.id == actor.account_id).values(**names))
        return actor


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = NOW
    return await site.db.write(World)


def cell(page: Page, stand: int, number: int) -> Any:
    return page.locator(f"#wall-row-{stand} .wall-cell").nth(number)


async def stored(site: Site, booking_id: int) -> Any:
    def read(tx: Connection) -> Any:
        return tx.execute(select(t.bookings).where(t.bookings.c.id == booking_id)).one()

    return await site.db.read(read)


async def test_the_wall_shows_what_a_candidate_and_a_recruiter_do(
    site: Site, world: World, open_page: OpenPage
) -> None:
    wall = await open_page(WALL, world.organiser, width=1280)
    await expect(cell(wall, world.stand, 6)).to_have_text("libre")
    candidate = await open_page(f"/fairs/juin-2027/stands/{world.stand}", world.hugo)
    await candidate.request.fetch(candidate.url)
    async with site.client(world.hugo) as client:
        answer = await client.post(f"/fairs/juin-2027/slots/{world.slots[6]}/book")
        assert answer.status_code == 303
    await expect(cell(wall, world.stand, 6)).to_have_text("réservé, Hugo B.")
    cockpit = await open_page(f"/fairs/juin-2027/cockpit/{world.stand}", world.recruiter, width=1280)
    await cockpit.get_by_role("button", name="Appeler Inès").first.click()
    await expect(cell(wall, world.stand, 1)).to_have_text("appelé, Inès B.")
    figure = wall.locator(f"#wall-figures-{world.fair} > div").filter(has_text="en entretien")
    await expect(figure.locator("dd")).to_have_text("1")


async def test_one_tab_stop_arrows_a_tip_and_the_sheet_by_keyboard(world: World, open_page: OpenPage) -> None:
    wall = await open_page(f"{WALL}?sort=name", world.organiser, width=1280)
    await expect(wall.locator("[data-wall-rows] [tabindex='0']")).to_have_count(1)
    first = wall.get_by_role("link", name="Ateliers Virois", exact=True).last
    await first.focus()
    await wall.keyboard.press("ArrowDown")
    await expect(wall.get_by_role("link", name="Forges d’Argentan").last).to_be_focused()
    for _ in range(3):
        await wall.keyboard.press("ArrowRight")
    await expect(cell(wall, world.stand, 1)).to_be_focused()
    await expect(wall.locator(".wall-tip")).to_contain_text("9:15 réservé")
    await expect(wall.locator(".wall-tip")).to_contain_text("Inès B.")
    await wall.keyboard.press("Enter")
    sheet = wall.locator("[data-sheet-dialog]")
    await expect(sheet.get_by_role("heading", name="Forges d’Argentan")).to_be_focused()
    await wall.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await expect(cell(wall, world.stand, 1)).to_be_focused()


async def test_a_patch_does_not_move_the_tab_stop_or_the_focus(site: Site, world: World, open_page: OpenPage) -> None:
    wall = await open_page(WALL, world.organiser, width=1280)
    target = cell(wall, world.stand, 1)
    await target.focus()
    await site.db.write(queue.call, world.recruiter, booking_id=world.booked, now=NOW)
    await expect(target).to_have_text("appelé, Inès B.")
    await expect(target).to_be_focused()
    await expect(target).to_have_attribute("tabindex", "0")
    await expect(wall.locator("[data-wall-rows] [tabindex='0']")).to_have_count(1)


async def test_the_sheet_at_the_side_acts_and_stays_live(site: Site, world: World, open_page: OpenPage) -> None:
    wall = await open_page(WALL, world.organiser, width=1280)
    await wall.locator(f"#wall-row-{world.stand} a").click()
    sheet = wall.locator("[data-sheet-dialog]")
    await sheet.get_by_role("button", name="Appeler Inès Besnard").click()
    await expect(sheet.get_by_role("button", name="Commencer Inès Besnard")).to_be_visible()
    await site.db.write(queue.start, world.recruiter, booking_id=world.booked, now=NOW)
    await expect(sheet.get_by_role("button", name="Terminer Inès Besnard")).to_be_visible()
    await expect(cell(wall, world.stand, 1)).to_have_text("en entretien, Inès B.")
    await sheet.get_by_text("Autres", exact=False).first.click()
    await sheet.get_by_role("button", name="Revenir en arrière").click()
    await expect(sheet.get_by_role("button", name="Commencer Inès Besnard")).to_be_visible()


async def test_a_failing_stand_is_repaired_in_two_clicks(site: Site, world: World, open_page: OpenPage) -> None:
    wall = await open_page(WALL, world.organiser, width=1280)
    await wall.get_by_role("link", name="Réparer Ateliers Virois").click()
    await expect(wall.get_by_role("row").filter(has_text="Hugo B.")).to_contain_text("Forges d’Argentan")
    await wall.get_by_role("button", name="Déplacer les candidats cochés").click()
    await expect(wall.get_by_role("heading", name="Candidats répartis sur d’autres stands")).to_be_visible()
    assert (await stored(site, world.stranded)).stand_id == world.stand


async def test_an_organiser_acts_for_a_candidate(site: Site, world: World, open_page: OpenPage) -> None:
    page = await open_page("/fairs/juin-2027/candidates", world.organiser, width=1280)
    await page.get_by_label("Nom, e‑mail ou téléphone").fill("hugo")
    await page.get_by_role("button", name="Chercher").click()
    await page.get_by_role("link", name="Hugo Besnard").click()
    await page.get_by_label("Stand", exact=True).select_option(label="Forges d’Argentan")
    await page.get_by_role("button", name="Voir les créneaux").click()
    await page.get_by_role("button", name="10:15", exact=True).click()
    await expect(page.locator("#main")).to_contain_text("Rendez-vous pris, Forges d’Argentan")
    rows = page.locator("[aria-labelledby='interviews'] li")
    await expect(rows).to_have_count(2)


async def test_the_line_for_now_moves_with_the_fairs_clock(site: Site, world: World, open_page: OpenPage) -> None:
    wall = await open_page(WALL, world.organiser, width=1280)
    line = wall.locator(".wall-line:not(.wall-line--label)")
    await expect(line).to_be_visible()
    box, at = await line.bounding_box(), await cell(wall, world.stand, 1).bounding_box()
    assert box and at
    assert at["x"] <= box["x"] <= at["x"] + at["width"]  # 9:22 lies in the column of 9:15


async def test_the_sheet_is_a_place_in_the_history(world: World, open_page: OpenPage) -> None:
    wall = await open_page(WALL, world.organiser, width=1280)
    sheet = wall.locator("[data-sheet-dialog]")
    await wall.locator(f"#wall-row-{world.stand} a").click()
    await expect(sheet.get_by_role("heading", level=1)).to_have_text("Forges d’Argentan")
    await wall.go_back()
    await expect(sheet).to_be_hidden()
    await wall.go_forward()
    await expect(sheet.get_by_role("heading", level=1)).to_have_text("Forges d’Argentan")
    await sheet.get_by_role("button", name="Fermer").click()
    await expect(sheet).to_be_hidden()
    await expect(wall).to_have_url(re.compile(f"{WALL}$"))
    await wall.reload()
    await expect(wall.locator(f"#wall-row-{world.stand}")).to_be_visible()
    await expect(sheet).to_be_hidden()


async def test_the_worst_comes_first_by_itself_but_never_under_the_pointer(
    site: Site, world: World, open_page: OpenPage
) -> None:
    here = update(t.stands).where(t.stands.c.id == world.missing).values(connected_since=NOW)
    await site.db.write(lambda tx: tx.execute(here) and None)
    wall = await open_page(WALL, world.organiser, width=1280)
    names = wall.locator("[data-wall-row] .wall-name")
    await expect(names).to_have_text(["Forges d’Argentan", "Ateliers Virois"])
    await wall.locator(f"#wall-row-{world.stand}").hover()

    await site.db.write(stand.away, world.organiser, stand_id=world.missing, now=NOW)
    await expect(wall.locator(f"#wall-row-{world.missing} .wall-delay")).to_have_text("en pause")
    await expect(names).to_have_text(["Forges d’Argentan", "Ateliers Virois"])
    await wall.mouse.move(5, 5)
    await expect(names).to_have_text(["Ateliers Virois", "Forges d’Argentan"])


async def test_another_day_s_wall_counts_and_opens_that_day(site: Site, world: World, open_page: OpenPage) -> None:
    def tomorrow(tx: Connection) -> None:
        slots = make.make_slots(tx, world.stand, count=4, start=make.MORNING + timedelta(days=1))
        booking.book(tx, make.make_candidate(tx, world.fair), slot_id=slots[0], now=make.BEFORE)

    await site.db.write(tomorrow)
    wall = await open_page(f"{WALL}?day=2027-06-18", world.organiser, width=1280)
    row = wall.locator(f"#wall-row-{world.stand}")
    await expect(row.locator(".wall-delay")).to_contain_text("1 sur 4")
    await row.get_by_role("link").click()
    await expect(wall.locator("#main")).to_contain_text("vendredi 18 juin")
    await expect(wall.locator("#main")).to_contain_text("1 place sur 4 réservée")
    await expect(wall.get_by_role("link", name="Déplacer Inès Besnard")).to_be_visible()
    await wall.get_by_role("link", name="Tous les stands").click()
    await expect(wall).to_have_url(re.compile(r"day=2027-06-18"))


async def test_all_of_what_needs_a_hand_is_shown_when_asked(site: Site, world: World, open_page: OpenPage) -> None:
    def more(tx: Connection) -> None:
        for _ in range(5):
            stand = make.make_stand(tx, world.fair)
            booking.book(
                tx, make.make_candidate(tx, world.fair), slot_id=make.make_slots(tx, stand)[0], now=make.BEFORE
            )

    await site.db.write(more)
    await site.db.write(timekeeper.keep, now=NOW + 5 * MINUTE)
    wall = await open_page(f"{WALL}?view=tight", world.organiser, width=1280)
    shown = wall.locator(".trouble-row:visible")
    await expect(shown).to_have_count(3)
    await wall.get_by_label("Tout voir").check()
    await expect(shown).to_have_count(7)


@pytest.mark.parametrize("width", [320, 390])
async def test_on_a_phone_the_wall_is_a_list_with_trouble_first(world: World, open_page: OpenPage, width: int) -> None:
    wall = await open_page(WALL, world.organiser, width=width)
    assert await wall.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row = wall.locator(f"#wall-row-{world.stand}")
    await expect(row.locator(".wall-brief")).to_contain_text("1 attend")
    await wall.locator(f"#wall-row-{world.missing} a").click()
    await expect(wall).to_have_url(f"{wall.url.split('/fairs')[0]}{WALL}/stands/{world.missing}")
    assert await wall.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_sixty_stands_fit_a_laptop_screen(site: Site, world: World, open_page: OpenPage) -> None:
    def more(tx: Connection) -> None:
        for _ in range(58):
            make.make_slots(tx, make.make_stand(tx, world.fair))

    await site.db.write(more)
    wall = await open_page(WALL, world.organiser, width=1366, height=768)
    last = await wall.locator("[data-wall-row]").last.bounding_box()
    assert last
    assert last["y"] + last["height"] <= 768


async def test_without_scripts_every_stand_can_still_be_reached(world: World, open_page: OpenPage) -> None:
    wall = await open_page(WALL, world.organiser, width=1280, java_script_enabled=False)
    await wall.locator(f"#wall-row-{world.stand} a").click()
    await wall.get_by_role("button", name="Appeler Inès Besnard").click()
    await expect(wall.get_by_role("button", name="Commencer Inès Besnard")).to_be_visible()


async def test_an_announcement_reaches_the_candidates_page(site: Site, world: World, open_page: OpenPage) -> None:
    planning = await open_page("/fairs/juin-2027/planning", world.ines)
    page = await open_page(f"/fairs/juin-2027/announcements?stand={world.stand}", world.organiser, width=1280)
    await page.get_by_label("Message").fill("Le stand reprend à 9:40.")
    await page.get_by_role("button", name="Vérifier et envoyer").click()
    await page.get_by_role("button", name="Envoyer à 1 candidat").click()
    await expect(page.get_by_role("status").first).to_contain_text("Annonce envoyée")
    await expect(planning.locator("#main")).to_contain_text("Le stand reprend à 9:40.")
    await eventually(lambda: planning.is_visible("text=9:40"))
