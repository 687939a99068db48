"""The cockpit in a real browser: a day's work by mouse and by keys, notes that are never lost, and two tabs at once."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from sqlalchemy import Connection, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.domain.states import NextStep
from jobdating.services import booking, promises, queue, review
from tests import factories as make
from tests.conftest import OpenPage
from tests.eventually import eventually
from tests.site import Site

MINUTE = timedelta(minutes=1)
NOW = make.MORNING


class World:
    """A stand with Inès, Hugo and Chloé in its line; Inès and Hugo are here, who can come before his time."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        company = make.make_company(tx, self.fair)
        self.stand = make.make_stand(tx, self.fair, company_id=company, name="Chaudronnerie de l’Orne")
        self.colleague = make.make_stand(tx, self.fair, company_id=company, name="Stand de Karim")
        self.slots = make.make_slots(tx, self.stand, count=6)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.people = [self.person(tx, name) for name in ("Inès", "Hugo", "Chloé")]
        self.bookings = [
            booking.book(tx, person, slot_id=slot, now=make.BEFORE).id
            for person, slot in zip(self.people, self.slots, strict=False)
        ]
        for person, each in zip(self.people[:2], self.bookings, strict=False):
            queue.check_in(tx, person, booking_id=each, now=NOW)
        promises.come_early(tx, self.people[1], booking_id=self.bookings[1], now=NOW)
        self.karim = make.make_recruiter(tx, self.colleague)
        self.path = f"/fairs/juin-2027/cockpit/{self.stand}"

    def person(self, tx: Connection, first_name: str) -> Actor:
        actor = make.make_candidate(tx, self.fair, level="CAP", age_band="15_17")
        names = {"first_name": first_name, "last_name": "Besnard"}
        tx.execute(update(t.accounts).where(t.accounts.c.id == actor.account_id).values(**names))
        return actor


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = NOW
    return await site.db.write(World)


async def stored(site: Site, booking_id: int) -> Any:
    def read(tx: Connection) -> Any:
        return tx.execute(select(t.bookings).where(t.bookings.c.id == booking_id)).one()

    return await site.db.read(read)


def main(page: Page) -> Locator:
    return page.locator("#main-act")


async def test_a_day_at_the_stand_side_by_side_with_a_candidate(
    site: Site, world: World, clock: SteppedClock, open_page: OpenPage
) -> None:
    first, second, _ = world.bookings
    desk = await open_page(world.path, world.recruiter, width=1280)
    phone = await open_page("/fairs/juin-2027/planning", world.people[0])
    await act(desk)
    await expect(phone.get_by_role("heading", name=re.compile("C’est à toi, Inès"))).to_be_visible()
    await expect(desk.get_by_text("depuis l’appel")).to_be_visible()

    async with phone.context.expect_page() as opened:
        await phone.get_by_role("link", name=re.compile("Rejoindre")).click()
    door = await opened.value
    await expect(door.get_by_text("La salle de ce stand n’est pas réglée.")).to_be_visible()
    await site.db.write(queue.enter_room, world.people[0], booking_id=first, now=clock.now())
    await expect(desk.locator(f"#cockpit-now-{world.stand}").get_by_text("dans la salle depuis 9:00")).to_be_visible()

    await act(desk)
    await expect(main(desk)).to_contain_text("Terminer l’entretien")
    await desk.get_by_role("button", name="+ 5 min").click()
    await expect(desk.get_by_text("sur 15:00")).to_be_visible()
    clock.advance(12 * MINUTE)
    await act(desk)
    await expect(main(desk)).to_contain_text("Appeler Hugo Besnard")
    await expect(phone.get_by_role("heading", name=re.compile("C’est à toi"))).to_have_count(0)

    await desk.get_by_label("Deuxième entretien").check()
    await desk.get_by_label("Note").fill("Lit un plan, a soudé en MAG.")
    await desk.get_by_role("button", name="Enregistrer").click()
    await expect(desk.get_by_text("Enregistré")).to_be_visible()
    await act(desk)
    await expect(desk.get_by_role("heading", name="Hugo Besnard").first).to_be_visible()
    done = await stored(site, first)
    assert (done.state, done.note, done.next_step) == ("done", "Lit un plan, a soudé en MAG.", "second_interview")
    assert (done.extra_minutes, done.ended_at - done.started_at) == (5, 12 * MINUTE)
    assert (await stored(site, second)).state == "called"


async def test_what_is_being_typed_survives_every_patch_and_is_saved(
    site: Site, world: World, open_page: OpenPage
) -> None:
    first, second, third = world.bookings
    for step in (queue.call, queue.start):
        await site.db.write(step, world.recruiter, booking_id=first, now=NOW)
    desk = await open_page(world.path, world.recruiter, width=1280)
    note = desk.get_by_label("Note")
    await note.press_sequentially("Stage de quatre semaines")
    await site.db.write(queue.check_in, world.people[2], booking_id=third, now=NOW)
    await expect(desk.get_by_text("là depuis 9:00")).to_have_count(2)
    await site.db.write(queue.extend, world.recruiter, booking_id=first, now=NOW)
    await expect(desk.get_by_text("sur 15:00")).to_be_visible()
    await note.press_sequentially(" en tôlerie")
    await expect(note).to_be_focused()
    await expect(note).to_have_value("Stage de quatre semaines en tôlerie")
    await desk.get_by_label("Proposition").check()
    await eventually_stored(site, first, "Stage de quatre semaines en tôlerie", "offer")

    # Called away at once: the card goes, what was typed a moment before does not.
    await note.press_sequentially(" à Sées.")
    await site.db.write(queue.finish, world.recruiter, booking_id=first, now=NOW)
    await site.db.write(queue.call, world.recruiter, booking_id=second, now=NOW)
    await expect(desk.get_by_role("heading", name="Hugo Besnard").first).to_be_visible()
    await eventually_stored(site, first, "Stage de quatre semaines en tôlerie à Sées.", "offer")


async def test_another_tab_shows_what_was_written_and_does_not_undo_it(
    site: Site, world: World, open_page: OpenPage
) -> None:
    first = world.bookings[0]
    for step in (queue.call, queue.start):
        await site.db.write(step, world.recruiter, booking_id=first, now=NOW)
    desk, other = [await open_page(world.path, world.recruiter, width=1280) for _ in range(2)]
    await desk.get_by_label("Note").fill("Première visite.")
    await expect(other.get_by_label("Note")).to_have_value("Première visite.")
    await other.get_by_label("Note").fill("Première visite. Motivée.")
    await expect(desk.get_by_label("Note")).to_have_value("Première visite. Motivée.")
    await eventually_stored(site, first, "Première visite. Motivée.", "undecided")


async def test_the_same_button_in_two_tabs_acts_once(site: Site, world: World, open_page: OpenPage) -> None:
    first = world.bookings[0]
    desk, other = [await open_page(world.path, world.recruiter, width=1280) for _ in range(2)]
    await desk.evaluate("document.getElementById('main-act').click()")
    await other.evaluate("document.getElementById('main-act').click()")
    for page in (desk, other):
        await expect(main(page)).to_contain_text("Commencer l’entretien")
        await expect(page.locator("#messages")).to_be_empty()
    assert (await stored(site, first)).state == "called"


async def test_a_double_click_on_finish_does_not_call_the_next(site: Site, world: World, open_page: OpenPage) -> None:
    first, second, _ = world.bookings
    for step in (queue.call, queue.start):
        await site.db.write(step, world.recruiter, booking_id=first, now=NOW)
    desk = await open_page(world.path, world.recruiter, width=1280)
    await act(desk)
    await expect(main(desk)).to_contain_text("Appeler Hugo")
    await main(desk).click()
    await desk.get_by_role("button", name="Faire une pause").click()
    await expect(desk.get_by_text("En pause", exact=True)).to_be_visible()
    assert ((await stored(site, first)).state, (await stored(site, second)).state) == ("done", "checked_in")


async def test_the_keys_act_never_while_typing_and_can_be_switched_off(
    site: Site, world: World, open_page: OpenPage
) -> None:
    first = world.bookings[0]
    desk = await open_page(world.path, world.recruiter, width=1280)
    await press(desk, " ")
    await expect(main(desk)).to_contain_text("Commencer l’entretien")
    await expect(desk.locator("[data-settling]")).to_have_count(0)
    await press(desk, " ")
    await expect(main(desk)).to_contain_text("Terminer l’entretien")
    await press(desk, "+")
    await expect(desk.get_by_text("sur 15:00")).to_be_visible()
    await press(desk, "n")
    note = desk.get_by_label("Note")
    await expect(note).to_be_focused()
    await desk.keyboard.type("a + b n ?")
    await expect(note).to_have_value("a + b n ?")
    await desk.keyboard.press("Escape")
    await press(desk, "?")
    await expect(desk.get_by_role("dialog", name="Raccourcis clavier")).to_be_visible()
    await desk.keyboard.press("Escape")
    await desk.get_by_label("Raccourcis actifs").uncheck()
    await desk.reload()
    await press(desk, " ")
    await press(desk, "+")
    await desk.get_by_label("Raccourcis actifs").check()
    await press(desk, "+")
    await expect(desk.get_by_text("sur 20:00")).to_be_visible()
    assert ((await stored(site, first)).state, (await stored(site, first)).extra_minutes) == ("in_progress", 10)


async def test_an_absence_is_noted_by_key_and_taken_back(site: Site, world: World, open_page: OpenPage) -> None:
    first = world.bookings[0]
    await site.db.write(queue.call, world.recruiter, booking_id=first, now=NOW)
    desk = await open_page(world.path, world.recruiter, width=1280)
    await press(desk, "a")
    card = desk.locator(f"#cockpit-now-{world.stand}")
    await expect(card.get_by_text("Absence non excusée")).to_be_visible()
    await card.get_by_role("button", name="Annuler l’absence").click()
    await expect(main(desk)).to_contain_text("Appeler Inès Besnard")
    assert (await stored(site, first)).state == "checked_in"


async def test_an_open_menu_stays_open_through_a_patch_and_closes_when_used(
    site: Site, world: World, open_page: OpenPage
) -> None:
    _, second, third = world.bookings
    desk = await open_page(world.path, world.recruiter, width=1280)
    await desk.get_by_role("button", name="Autres actions pour Hugo Besnard").click()
    menu = desk.locator(f"#more-{second}")
    await expect(menu).to_be_visible()
    await site.db.write(queue.check_in, world.people[2], booking_id=third, now=NOW)
    await expect(desk.get_by_text("là depuis 9:00")).to_have_count(4)
    await expect(menu).to_be_visible()
    await menu.get_by_role("button", name="Appeler maintenant").click()
    await expect(menu).to_be_hidden()
    await expect(main(desk)).to_contain_text("Commencer l’entretien")
    called = desk.locator(f"#cockpit-queue-{world.stand} li").first
    await expect(called).to_contain_text("Hugo Besnard", timeout=4500)  # at once, though the pointer is over the list
    assert (await stored(site, second)).state == "called"


async def test_who_is_handed_over_appears_at_the_colleague_and_a_blocked_slot_can_be_reopened(
    site: Site, world: World, open_page: OpenPage
) -> None:
    second = world.bookings[1]
    desk = await open_page(world.path, world.recruiter, width=1280)
    karim = await open_page(f"/fairs/juin-2027/cockpit/{world.colleague}", world.karim, width=1280)
    await expect(karim.get_by_text("Rien de prévu ce jour-là")).to_be_visible()
    await desk.get_by_role("button", name="Autres actions pour Hugo Besnard").click()
    await desk.locator(f"#more-{second}").get_by_role("button", name="Confier à Stand de Karim").click()
    await expect(karim.locator(f"#place-{second}")).to_contain_text("Hugo Besnard")
    await expect(main(karim)).to_contain_text("Proposer à Hugo de venir maintenant")
    free = desk.locator(f"#free-{world.slots[1]}")
    await free.get_by_role("button", name="Bloquer").click()
    await free.get_by_role("button", name="Rouvrir").click()
    await expect(free.get_by_text("Créneau libre")).to_be_visible()


async def test_a_request_is_accepted_and_another_declined_where_a_stand_asks_to_confirm(
    site: Site, world: World, open_page: OpenPage
) -> None:
    def ask(tx: Connection) -> list[int]:
        tx.execute(update(t.stands).where(t.stands.c.id == world.stand).values(asks_confirmation=True))
        people = [world.person(tx, name) for name in ("Yanis", "Léa")]
        return [
            booking.book(tx, person, slot_id=slot, now=make.BEFORE).id
            for person, slot in zip(people, world.slots[3:], strict=False)
        ]

    yes, no = await site.db.write(ask)
    desk = await open_page(world.path, world.recruiter, width=1280)
    await expect(desk.get_by_role("heading", name="2 demandes")).to_be_visible()
    await desk.locator(f"#request-{yes}").get_by_role("button", name="Accepter").click()
    await expect(desk.locator(f"#place-{yes}")).to_contain_text("Yanis Besnard")
    await desk.locator(f"#request-{no}").get_by_role("button", name="Décliner").click()
    await expect(desk.locator(f"#request-{no}")).to_have_count(0)
    assert [(await stored(site, each)).state for each in (yes, no)] == ["booked", "cancelled"]


async def test_a_narrow_page_does_not_scroll_sideways(world: World, open_page: OpenPage) -> None:
    for path in (
        world.path,
        f"{world.path}/interviews",
        f"{world.path}/invite",
        f"{world.path}/bookings/{world.bookings[0]}",
    ):
        page = await open_page(path, world.recruiter, width=320)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_without_scripts_the_day_can_be_run_all_the_same(site: Site, world: World, open_page: OpenPage) -> None:
    desk = await open_page(world.path, world.recruiter, width=1280, java_script_enabled=False)
    for words in ("Commencer l’entretien", "Terminer l’entretien"):
        await act(desk)
        await expect(main(desk)).to_contain_text(words)
    await desk.get_by_label("Note").fill("Sans script.")
    await desk.get_by_role("button", name="Enregistrer").click()
    await expect(desk.get_by_label("Note")).to_have_value("Sans script.")
    await act(desk)
    await expect(main(desk)).to_contain_text("Appeler Hugo Besnard")
    assert (await stored(site, world.bookings[0])).note == "Sans script."


async def act(page: Page) -> None:
    """Press the main button, once it has stood still for a moment."""
    await expect(page.locator("[data-settling]")).to_have_count(0)
    await main(page).click()


async def press(page: Page, key: str) -> None:
    """A key with the focus on nothing."""
    await page.evaluate("document.activeElement instanceof HTMLElement && document.activeElement.blur()")
    await page.keyboard.press(key)


async def eventually_stored(site: Site, booking_id: int, note: str, next_step: str) -> None:
    async def is_stored() -> bool:
        found = await stored(site, booking_id)
        return (found.note, found.next_step) == (note, next_step)

    await eventually(is_stored)


async def test_two_windows_that_write_into_one_note_lose_nothing(site: Site, world: World, open_page: OpenPage) -> None:
    for step in (queue.call, queue.start):
        await site.db.write(step, world.recruiter, booking_id=world.bookings[0], now=NOW)
    page = await open_page(world.path, world.recruiter, width=1280)
    note = page.get_by_label("Note", exact=False).and_(page.locator("textarea"))
    await note.fill("Ponctuelle")
    other: dict[str, Any] = {"note": "Soigneuse", "rating": 4, "next_step": NextStep.UNDECIDED}
    await site.db.write(review.write, world.recruiter, booking_id=world.bookings[0], now=NOW, **other)
    changed = page.get_by_role("alert").filter(has_text="dans une autre fenêtre")
    await expect(changed).to_contain_text("Soigneuse")
    await expect(note).to_have_value("Ponctuelle")
    await note.press_sequentially(", et vive")  # nothing that is typed meanwhile is lost
    await changed.get_by_role("button", name="Garder les deux").click()
    await expect(changed).to_be_hidden()
    await expect(note).to_have_value("Soigneuse\n\nPonctuelle, et vive")

    async def both() -> bool:
        row = await stored(site, world.bookings[0])
        return (row.note, row.rating) == ("Soigneuse\n\nPonctuelle, et vive", 4)

    await eventually(both)
    await note.fill("Soigneuse et ponctuelle")
    await eventually(lambda: has_note(site, world, "Soigneuse et ponctuelle"))
    await expect(changed).to_be_hidden()


async def test_who_leaves_while_somebody_else_wrote_keeps_both(site: Site, world: World, open_page: OpenPage) -> None:
    for step in (queue.call, queue.start):
        await site.db.write(step, world.recruiter, booking_id=world.bookings[0], now=NOW)
    page = await open_page(world.path, world.recruiter, width=1280)
    await page.locator("textarea").first.fill("Ponctuelle")
    other: dict[str, Any] = {"note": "Soigneuse", "rating": None, "next_step": NextStep.UNDECIDED}
    await site.db.write(review.write, world.recruiter, booking_id=world.bookings[0], now=NOW, **other)
    await page.goto("/help")
    await eventually(lambda: has_note(site, world, "Soigneuse\n\nPonctuelle"))


async def has_note(site: Site, world: World, note: str) -> bool:
    return bool((await stored(site, world.bookings[0])).note == note)
