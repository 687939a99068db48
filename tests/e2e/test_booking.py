"""Taking a place as a candidate does, in a real browser: on a phone, live, by keyboard, and without scripts."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.async_api import Locator, Page, expect
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.domain.states import LIVE
from jobdating.services import booking, waitlist
from tests import factories as make
from tests.conftest import OpenPage
from tests.site import Site, insert

FAIR = "juin-2027"


@dataclass(frozen=True)
class World:
    """A fair with two stands of twelve slots on its first day, and one more on the second."""

    fair: int
    stand: int
    other: int
    slots: list[int]
    next_day: list[int]
    elsewhere: list[int]
    candidate: Actor
    rival: Actor

    @property
    def path(self) -> str:
        return f"/fairs/{FAIR}/stands/{self.stand}"


def build(tx: Connection) -> World:
    fair = make.make_fair(tx, slug=FAIR)
    stand = make.make_stand(tx, fair, name="Chaudronnerie de l’Orne")
    other = make.make_stand(tx, fair, name="Ateliers Virois")
    return World(
        fair,
        stand,
        other,
        slots=make.make_slots(tx, stand),
        next_day=make.make_slots(tx, stand, count=2, start=make.MORNING + timedelta(days=1)),
        elsewhere=make.make_slots(tx, other),
        candidate=make.make_candidate(tx, fair),
        rival=make.make_candidate(tx, fair),
    )


@pytest.fixture
async def world(site: Site) -> World:
    world: World = await insert(site, build)
    return world


def slot(page: Page, slot_id: int) -> str:
    return f"#slot-{slot_id} button"


def bar(page: Page) -> Locator:
    """What the bar says now."""
    return page.locator("#choice [data-part]:visible")


async def held(site: Site, actor: Actor) -> list[int | None]:
    """The slots of the actor's live bookings."""
    (candidate_id,) = actor.candidates.values()

    def read(tx: Connection) -> list[int | None]:
        live = t.bookings.c.state.in_([state.value for state in sorted(LIVE)])
        query = select(t.bookings.c.slot_id).where(t.bookings.c.candidate_id == candidate_id, live)
        return list(tx.execute(query.order_by(t.bookings.c.id)).scalars())

    return await site.db.read(read)


async def take(site: Site, actor: Actor, slot_id: int) -> int:
    made = await site.db.write(booking.book, actor, slot_id=slot_id, now=make.BEFORE)
    return made.id


async def test_a_place_is_taken_on_a_phone_with_two_touches(site: Site, world: World, open_page: OpenPage) -> None:
    page = await open_page(world.path, world.candidate)
    await expect(page.locator("#choice")).to_be_hidden()
    await page.locator(slot(page, world.slots[3])).click()
    await expect(bar(page)).to_contain_text("jeu. 17, 9:45")
    assert await page.evaluate("document.documentElement.scrollHeight") <= 844
    await page.get_by_role("button", name="Réserver ce créneau").click()
    await expect(bar(page)).to_contain_text("C’est réservé.")
    await expect(page.get_by_role("link", name="Mon planning").last).to_be_visible()
    assert await held(site, world.candidate) == [world.slots[3]]
    await page.locator("#choice").get_by_role("button", name="Annuler").click()
    await expect(bar(page)).to_contain_text("Réserver ce créneau")
    assert await held(site, world.candidate) == []


async def test_on_a_desk_the_slots_keep_their_width_when_one_is_chosen(world: World, open_page: OpenPage) -> None:
    page = await open_page(world.path, world.candidate, width=1280)
    before = await page.locator(".slot-days").evaluate("(slots) => slots.clientWidth")
    await page.locator(slot(page, world.slots[3])).click()
    await expect(bar(page)).to_contain_text("jeu. 17, 9:45")
    assert await page.locator(".slot-days").evaluate("(slots) => slots.clientWidth") >= before


async def test_a_slot_that_somebody_takes_turns_while_one_looks(site: Site, world: World, open_page: OpenPage) -> None:
    page = await open_page(world.path, world.candidate)
    await page.locator(slot(page, world.slots[4])).click()
    await expect(page.locator(slot(page, world.slots[4]))).to_have_attribute("aria-pressed", "true")
    await take(site, world.rival, world.slots[2])
    gone = page.locator(slot(page, world.slots[2]))
    await expect(gone).to_have_attribute("aria-disabled", "true")
    await expect(gone).to_have_attribute("data-note", "pris à l’instant")
    await expect(page.locator("[data-said]")).to_contain_text("Ton choix, jeu. 17, 10:00, est toujours libre.")
    await expect(page.locator(slot(page, world.slots[4]))).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".days")).to_contain_text("11 libres")


async def test_when_the_chosen_slot_goes_the_bar_offers_the_nearest(
    site: Site, world: World, open_page: OpenPage
) -> None:
    page = await open_page(world.path, world.candidate)
    await page.locator(slot(page, world.slots[4])).click()
    await take(site, world.rival, world.slots[4])
    await expect(bar(page)).to_contain_text("vient d’être pris")
    await expect(page.locator(slot(page, world.slots[4]))).to_have_attribute("data-note", "pris à l’instant")
    await expect(bar(page).locator("[data-nearest] button:visible")).to_have_text(
        ["jeu. 17 9:30", "jeu. 17 9:45", "jeu. 17 10:15"]
    )
    await bar(page).get_by_role("button", name="10:15").click()
    await bar(page).get_by_role("button", name="Réserver ce créneau").click()
    await expect(bar(page)).to_contain_text("C’est réservé.")
    assert await held(site, world.candidate) == [world.slots[5]]


async def test_what_clashes_is_written_on_the_slot_before_the_touch(
    site: Site, world: World, open_page: OpenPage
) -> None:
    made = await take(site, world.candidate, world.elsewhere[4])
    page = await open_page(world.path, world.candidate)
    await expect(page.locator(slot(page, world.slots[4]))).to_have_attribute("data-note", "Ateliers Virois")
    for near in (world.slots[3], world.slots[5]):
        await expect(page.locator(slot(page, near))).to_have_attribute("data-note", "trop près")
    await expect(page.locator(slot(page, world.slots[6]))).not_to_have_attribute("aria-disabled", "true")
    await expect(page.locator("[data-reasons]")).to_contain_text("tu vois Ateliers Virois à 10:00")
    await page.locator(slot(page, world.slots[3])).click(force=True)
    await expect(bar(page)).to_contain_text("Trop près : il faut 15 min entre deux entretiens")
    await expect(page.get_by_role("button", name="Réserver ce créneau")).to_be_hidden()
    await site.db.write(booking.cancel, world.candidate, booking_id=made, now=make.BEFORE)
    await expect(bar(page)).to_contain_text("Réserver ce créneau")


async def test_an_interview_moves_and_its_old_place_is_free_again(
    site: Site, world: World, open_page: OpenPage
) -> None:
    await take(site, world.candidate, world.slots[0])
    page = await open_page(world.path, world.candidate)
    await page.get_by_role("link", name="Déplacer").click()
    await expect(page.get_by_role("heading", name="Choisis un autre créneau")).to_be_visible()
    await page.locator(".days button").nth(1).click()
    await page.locator(slot(page, world.next_day[1])).click()
    await page.get_by_role("button", name="Déplacer ici").click()
    await expect(bar(page)).to_contain_text("C’est déplacé.")
    assert await held(site, world.candidate) == [world.next_day[1]]
    await page.locator(".days button").nth(0).click()
    await expect(page.locator(slot(page, world.slots[0]))).to_have_attribute("aria-pressed", "false")


async def test_a_stranger_chooses_signs_in_and_finds_the_choice_again(world: World, open_page: OpenPage) -> None:
    page = await open_page(world.path)
    await page.locator(slot(page, world.slots[3])).click()
    await page.locator("#choice").get_by_role("link", name="Réserver ce créneau").click()
    await page.wait_for_url("**/sign-in?back=*")
    assert f"slot%3D{world.slots[3]}" in page.url
    back = await open_page(f"{world.path}?slot={world.slots[3]}", world.candidate)
    await expect(bar(back)).to_contain_text("jeu. 17, 9:45")
    await expect(back.get_by_role("button", name="Réserver ce créneau")).to_be_visible()


async def test_at_a_full_stand_one_waits_and_may_stop_waiting(site: Site, world: World, open_page: OpenPage) -> None:
    def fill(tx: Connection) -> None:
        for slot_id in (*world.slots, *world.next_day):
            someone = make.make_candidate(tx, world.fair)
            booking.book(tx, someone, slot_id=slot_id, now=make.BEFORE)
        waitlist.join(tx, world.rival, stand_id=world.stand, now=make.BEFORE)

    await site.db.write(fill)
    page = await open_page(world.path, world.candidate)
    await expect(page.locator(".stand-status")).to_contain_text("Complet. 1 personne attend.")
    await page.get_by_role("button", name="Me prévenir si une place se libère").click()
    await expect(page.locator(".stand-status")).to_contain_text("2 personnes attendent.")
    await expect(page.locator("[data-waitlist-join]")).to_be_hidden()
    await expect(page.locator("[data-waitlist-in]")).to_be_visible()
    await page.get_by_role("button", name="Ne plus attendre").click()
    await expect(page.locator(".stand-status")).to_contain_text("1 personne attend.")
    await expect(page.locator("[data-waitlist-join]")).to_be_visible()


async def test_with_the_keyboard_alone(site: Site, world: World, open_page: OpenPage) -> None:
    page = await open_page(world.path, world.candidate)
    await page.locator(slot(page, world.slots[11])).focus()
    await page.keyboard.press("Enter")
    box = await page.evaluate(
        "[document.activeElement.getBoundingClientRect().bottom, document.querySelector('#choice').getBoundingClientRect().top]"
    )
    assert box[0] <= box[1]
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.closest('#choice') !== null"):
            break
    await page.keyboard.press("Enter")
    await expect(bar(page)).to_contain_text("C’est réservé.")
    assert await held(site, world.candidate) == [world.slots[11]]


async def test_without_scripts(site: Site, world: World, open_page: OpenPage) -> None:
    await take(site, world.candidate, world.elsewhere[8])
    page = await open_page(world.path, world.candidate, java_script_enabled=False)
    await expect(page.locator("noscript p")).to_contain_text("trop près")
    await page.locator(".days button").nth(1).click()
    await expect(page.locator(slot(page, world.next_day[0]))).to_be_visible()
    await page.locator(".days button").nth(0).click()
    await page.locator(slot(page, world.slots[7])).click()
    await expect(bar(page)).to_contain_text("Trop près : il faut 15 min")
    await page.locator(slot(page, world.slots[2])).click()
    await page.get_by_role("button", name="Réserver ce créneau").click()
    await expect(bar(page)).to_contain_text("C’est réservé.")
    assert world.slots[2] in await held(site, world.candidate)
    await page.locator(".commitment", has_text="Chaudronnerie").get_by_role("link", name="Déplacer").click()
    await page.locator(slot(page, world.slots[1])).click()
    await page.get_by_role("button", name="Déplacer ici").click()
    await expect(bar(page)).to_contain_text("9:15")
    assert world.slots[1] in await held(site, world.candidate)


async def test_without_scripts_a_slot_that_went_meanwhile_is_said_with_the_nearest(
    site: Site, world: World, open_page: OpenPage
) -> None:
    page = await open_page(f"{world.path}?slot={world.slots[2]}", world.candidate, java_script_enabled=False)
    await take(site, world.rival, world.slots[2])
    await page.get_by_role("button", name="Réserver ce créneau").click()
    await expect(bar(page)).to_contain_text("vient d’être pris")
    await expect(page.locator("[data-nearest] button").first).to_have_text("jeu. 17 9:00")


async def test_the_day_itself_one_joins_the_line_without_an_appointment(
    site: Site, world: World, clock: SteppedClock, open_page: OpenPage
) -> None:
    clock.advance(make.MORNING - clock.now() + timedelta(minutes=5))

    def turn(tx: Connection) -> None:
        tx.execute(t.fairs.update().values(live_day=date(2027, 6, 17), free_from=clock.now()))

    await site.db.write(turn)
    page = await open_page(world.path, world.candidate)
    await expect(page.locator(slot(page, world.slots[0]))).to_contain_text("trop tard")
    join = page.get_by_role("button", name="Rejoindre la file sans rendez-vous")
    await join.click()
    await expect(page.locator(".stand-status")).to_contain_text("1 personne dans la file")
    await expect(page.locator(".commitments")).to_contain_text("sans rendez-vous Chaudronnerie de l’Orne")
    await expect(join).to_be_hidden()  # one waits in a line once
    await page.locator(".commitments").get_by_role("button", name="Annuler").click()
    await expect(join).to_be_visible()


async def test_a_double_click_chooses_a_slot_as_one_click_does(world: World, open_page: OpenPage) -> None:
    page = await open_page(world.path, world.candidate, width=1280)
    await page.locator(slot(page, world.slots[2])).dblclick()
    await expect(bar(page).get_by_role("button", name="Réserver ce créneau")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["", "/stands", "/companies", "/offers", "/trainings", "/stands/1", "/stands/1?slot=3"]
)
async def test_nothing_scrolls_sideways_on_the_narrowest_phone(world: World, open_page: OpenPage, path: str) -> None:
    page = await open_page(f"/fairs/{FAIR}{path}", world.candidate, width=320)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_a_list_follows_its_filters_and_its_address(world: World, open_page: OpenPage) -> None:
    page = await open_page(f"/fairs/{FAIR}/stands", width=1280)
    await page.get_by_role("searchbox").fill("VIRÔIS")
    await expect(page.locator("#found")).to_have_text("1 stand")
    assert page.url.endswith("?q=VIR%C3%94IS")
    await page.reload()
    await expect(page.locator(".stand-row")).to_contain_text("Ateliers Virois")


async def test_rows_of_a_list_count_down_live(site: Site, world: World, open_page: OpenPage) -> None:
    page = await open_page(f"/fairs/{FAIR}")
    row = page.locator(f"#stand-row-{world.stand}")
    await expect(row).to_contain_text("14 places libres")
    await take(site, world.rival, world.slots[0])
    await expect(row).to_contain_text("13 places libres")
    await expect(row.locator(".slot").first).to_contain_text("9:15")
    await expect(page.locator(".room")).to_contain_text("25 places libres sur 26")
