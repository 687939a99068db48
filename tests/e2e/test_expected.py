"""Expected times in real browsers: what the recruiter does moves them for who waits, for the stand and for the organiser."""

import re
from datetime import date, timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking, queue
from tests import factories as make
from tests.conftest import OpenPage
from tests.site import Site

MINUTE = timedelta(minutes=1)
FAIR = "/fairs/juin-2027"


class World:
    """Inès is with the recruiter since 9:00; Hugo is next, at 9:15, and here."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        self.stand = make.make_stand(tx, self.fair, name="Chaudronnerie de l’Orne")
        slots = make.make_slots(tx, self.stand, count=3)
        self.recruiter, self.organiser = make.make_recruiter(tx, self.stand), make.make_organiser(tx, self.fair)
        self.ines, self.hugo = self.person(tx, "Inès"), self.person(tx, "Hugo")
        first, second = (
            booking.book(tx, who, slot_id=slot, now=make.BEFORE).id
            for who, slot in zip((self.ines, self.hugo), slots, strict=False)
        )
        for who, each in ((self.ines, first), (self.hugo, second)):
            queue.check_in(tx, who, booking_id=each, now=make.MORNING)
        for step in (queue.call, queue.start):
            step(tx, self.recruiter, booking_id=first, now=make.MORNING)

    def person(self, tx: Connection, first_name: str) -> Actor:
        actor = make.make_candidate(tx, self.fair)
        named = update(t.accounts).where(t.accounts.c.id == actor.account_id)
        tx.execute(named.values(first_name=first_name, last_name="Besnard"))
        return actor


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = make.MORNING + 8 * MINUTE
    return await site.db.write(World)


async def test_an_overrun_at_the_desk_moves_the_time_on_the_phone(world: World, open_page: OpenPage) -> None:
    phone = await open_page(f"{FAIR}/planning", world.hugo)
    desk = await open_page(f"{FAIR}/cockpit/{world.stand}", world.recruiter, width=1280)
    sheet = await open_page(f"{FAIR}/wall/stands/{world.stand}", world.organiser, width=1280)
    loads: list[str] = []
    for page in (phone, desk, sheet):
        page.on("load", lambda page: loads.append(page.url))
    await expect(phone.locator(".next-time")).to_contain_text(re.compile(r"^9:1[5-7]"))

    await more_time(desk, "sur 15:00")
    await more_time(desk, "sur 20:00")
    await expect(phone.locator(".next-time")).to_contain_text(re.compile(r"^9:2\d"))
    await expect(phone.locator(".next-line")).to_contain_text("Pas avant 9:15.")
    await expect(phone.locator(".next-line")).to_contain_text("L’entretien en cours se prolonge.")
    told = re.compile("as avant 9:15, sans doute 9:2.*L’entretien en cours se prolonge.")
    await expect(desk.locator(f"#cockpit-queue-{world.stand}")).to_contain_text(told)
    await expect(sheet.locator(f"#stand-sheet-{world.stand}")).to_contain_text(told)
    assert loads == []


async def more_time(desk: Page, now_of: str) -> None:
    await desk.get_by_role("button", name="+ 5 min").click()
    await expect(desk.get_by_text(now_of)).to_be_visible()


async def test_time_that_passes_moves_it_too(world: World, clock: SteppedClock, open_page: OpenPage) -> None:
    phone = await open_page(f"{FAIR}/planning", world.hugo)
    await expect(phone.locator(".next-time")).to_contain_text(re.compile(r"^9:1[5-7]"))
    clock.advance(20 * MINUTE)  # nothing happens; the interview goes on and on
    await expect(phone.locator(".next-time")).to_contain_text(re.compile(r"^9:(29|3\d)"))
    await expect(phone.locator(".next-line")).to_contain_text("L’entretien en cours se prolonge.")
