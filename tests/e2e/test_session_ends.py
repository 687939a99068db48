"""What was typed stays until it is sent or saved: when the session ends, when another form of the page is sent."""

import re
from datetime import date, timedelta

from playwright.async_api import FilePayload, Page, expect
from sqlalchemy import Connection, delete, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking, queue
from tests import factories as make
from tests.conftest import OpenPage
from tests.eventually import eventually
from tests.site import Site

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
WORDS = "Un stage de trois semaines chez un chaudronnier."


class World:
    """A candidate in an interview."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        self.stand = make.make_stand(tx, self.fair)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.ines = make.make_candidate(tx, self.fair, level="CAP", age_band="15_17")
        named = {"first_name": "Inès", "last_name": "Besnard"}
        tx.execute(update(t.accounts).where(t.accounts.c.id == self.ines.account_id).values(**named))
        slots = make.make_slots(tx, self.stand)
        self.booking = booking.book(tx, self.ines, slot_id=slots[0], now=make.BEFORE).id
        queue.check_in(tx, self.ines, booking_id=self.booking, now=make.MORNING)
        for step in (queue.call, queue.start):
            step(tx, self.recruiter, booking_id=self.booking, now=make.MORNING)
        self.desk = f"/fairs/juin-2027/cockpit/{self.stand}"


def end_sessions(tx: Connection) -> None:
    """As time does: nobody is told."""
    tx.execute(delete(t.sessions))


async def watched(site: Site) -> None:
    """Wait until the page follows what happens: one that begins to without a session would load itself anew."""
    await eventually(lambda: len(site.app.state.house.relay.hub) > 0)


async def sign_in_again(site: Site, page: Page, actor: Actor) -> None:
    cookies = await site.sign_in(actor)
    await page.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])


async def test_a_profile_that_was_sent_too_late_is_sent_after_signing_in(
    site: Site, clock: SteppedClock, open_page: OpenPage
) -> None:
    clock.moment = make.MORNING
    world = await site.db.write(World)
    phone = await open_page("/fairs/juin-2027/profile", world.ines, width=360)
    await phone.get_by_label("Ce que tu veux dire de toi").fill(WORDS)
    await site.db.write(end_sessions)
    await phone.get_by_role("button", name="Enregistrer").click()
    await expect(phone.get_by_text("Rien n’est perdu.")).to_be_visible()
    async with phone.context.expect_page() as opened:
        await phone.get_by_role("link", name="Me connecter").last.click()
    await expect(await opened.value).to_have_url(re.compile(r"/sign-in\?back=/fairs/juin-2027/profile$"))
    await sign_in_again(site, phone, world.ines)
    await phone.get_by_role("button", name="Continuer").click()
    await expect(phone.get_by_text("au nom de Inès")).to_be_visible()
    await phone.get_by_role("button", name="Envoyer").click()
    await expect(phone.get_by_text("C’est enregistré.")).to_be_visible()
    await expect(phone.get_by_label("Ce que tu veux dire de toi")).to_have_value(WORDS)


async def test_a_note_waits_for_its_writer_to_sign_in_again(
    site: Site, clock: SteppedClock, open_page: OpenPage
) -> None:
    clock.moment = make.MORNING + timedelta(minutes=1)
    world = await site.db.write(World)
    desk = await open_page(world.desk, world.recruiter, width=1280)
    await expect(desk.locator("#main-act")).to_contain_text("Terminer")
    await watched(site)
    await site.db.write(end_sessions)
    await desk.get_by_label("Note").fill(WORDS)
    await expect(desk.get_by_text("votre session est terminée")).to_be_visible()
    await desk.locator("#main-act").click()  # refused; the page stays until the note is saved
    await expect(desk.get_by_label("Note")).to_have_value(WORDS)

    def kept(tx: Connection) -> str:
        found: str = tx.execute(select(t.bookings.c.note)).scalar_one()
        return found

    async def saved() -> bool:
        return await site.db.read(kept) == WORDS

    async with desk.expect_event("load"):  # the page that was refused, once the note is saved
        await sign_in_again(site, desk, world.recruiter)
        await eventually(saved)
    await desk.locator("#main-act").click()
    await expect(desk.get_by_role("button", name="Rouvrir l’entretien")).to_be_visible()


async def test_a_button_of_a_page_older_than_the_session_works_with_one_press(
    site: Site, clock: SteppedClock, open_page: OpenPage
) -> None:
    clock.moment = make.MORNING
    world = await site.db.write(World)
    desk = await open_page(world.desk, world.recruiter, width=1280)
    await expect(desk.locator("#main-act")).to_contain_text("Terminer")
    await watched(site)
    await site.db.write(end_sessions)
    await sign_in_again(site, desk, world.recruiter)
    await desk.locator("#main-act").click()
    await expect(desk.get_by_role("button", name="Rouvrir l’entretien")).to_be_visible()


async def test_a_cv_is_handed_in_while_the_profile_is_being_filled(
    site: Site, clock: SteppedClock, open_page: OpenPage
) -> None:
    clock.moment = make.MORNING
    world = await site.db.write(World)
    phone = await open_page("/fairs/juin-2027/profile", world.ines, width=360)
    about, level = phone.get_by_label("Ce que tu veux dire de toi"), phone.get_by_label("Diplôme visé")
    await about.fill(WORDS)
    await level.select_option("BTS")
    await phone.get_by_label("15 à 17 ans").check()
    for content, said in ((b"no PDF", "Ce n’est pas un PDF entier."), (PDF, "Ton CV est déposé.")):
        file = FilePayload(name="cv.pdf", mimeType="application/pdf", buffer=content)
        await phone.locator('input[type="file"]').set_input_files(file)
        await phone.get_by_role("button", name="Déposer mon CV").click()
        await expect(phone.get_by_text(said)).to_be_visible()
        await expect(about).to_have_value(WORDS)
        await expect(level).to_have_value("BTS")
        await expect(phone.get_by_label("15 à 17 ans")).to_be_checked()
    await phone.get_by_role("button", name="Enregistrer").click()
    await expect(phone.get_by_text("C’est enregistré.")).to_be_visible()
    await expect(about).to_have_value(WORDS)
