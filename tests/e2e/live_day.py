"""A stand some minutes into its first morning, and two things that every test of it does."""

from datetime import date, timedelta

from playwright.async_api import Page, expect
from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking
from tests import factories as make
from tests.eventually import eventually
from tests.site import Site

MINUTE = timedelta(minutes=1)
PLANNING = "/fairs/juin-2027/planning"


class World:
    """Six minutes past nine at a stand: Inès was due at nine and is not here; Hugo is booked for a quarter past."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        self.stand = make.make_stand(tx, self.fair, name="Chaudronnerie de l’Orne")
        self.other = make.make_stand(tx, self.fair, name="Forges d’Argentan")
        self.slots = make.make_slots(tx, self.stand)
        self.other_slots = make.make_slots(tx, self.other)
        self.recruiter, self.karim = make.make_recruiter(tx, self.stand), make.make_recruiter(tx, self.other)
        self.ines, self.hugo, self.camille, self.lea = (
            self.person(tx, name) for name in ("Inès", "Hugo", "Camille", "Léa")
        )
        self.first = booking.book(tx, self.ines, slot_id=self.slots[0], now=make.BEFORE).id
        self.second = booking.book(tx, self.hugo, slot_id=self.slots[1], now=make.BEFORE).id
        self.path = f"/fairs/juin-2027/cockpit/{self.stand}"

    def person(self, tx: Connection, first_name: str) -> Actor:
        actor = make.make_candidate(tx, self.fair, level="CAP")
        names = {"first_name": first_name, "last_name": "Girard", "phone": "+33639980102"}
        tx.execute(update(t.accounts).where(t.accounts.c.id == actor.account_id).values(**names))
        return actor


async def connected(site: Site, world: World, *people: Actor) -> None:
    """Wait until the server knows that their pages are open."""

    def here(tx: Connection) -> set[int]:
        return set(tx.execute(select(t.candidates.c.id).where(t.candidates.c.connected_since.is_not(None))).scalars())

    wanted = {person.candidates[world.fair] for person in people}

    async def all_here() -> bool:
        return wanted <= await site.db.read(here)

    await eventually(all_here)


async def act(desk: Page) -> None:
    await expect(desk.locator("[data-settling]")).to_have_count(0)
    await desk.locator("#main-act").click()
