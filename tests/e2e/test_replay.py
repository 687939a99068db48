"""A day seen again in a real browser: the scrubber by hand and by keyboard, play, alerts, and no script at all."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.services import queue, timekeeper
from tests.conftest import OpenPage
from tests.contracts.world import LIVE, World, make_world
from tests.site import Site

MINUTE = timedelta(minutes=1)
REPLAY = "/fairs/juin-2027/replay"


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    """9:20: the day turns. 9:25: called. 9:30: begun. Nobody opens the colleague's stand."""

    def happen(tx: Connection) -> World:
        made = make_world(tx)
        tx.execute(update(t.fairs).where(t.fairs.c.id == made.fair_id).values(slug="juin-2027"))
        tx.execute(update(t.stands).where(t.stands.c.id == made.stand).values(connected_since=LIVE, seen_at=LIVE))
        step = {"booking_id": made.bookings[0]}
        queue.check_in(tx, made.candidates[0], **step, now=LIVE + 2 * MINUTE)
        queue.call(tx, made.recruiter, **step, now=LIVE + 5 * MINUTE)
        timekeeper.keep(tx, now=LIVE + 5 * MINUTE)
        queue.start(tx, made.recruiter, **step, now=LIVE + 10 * MINUTE)
        timekeeper.keep(tx, now=LIVE + 10 * MINUTE)
        return made

    clock.moment = LIVE + 40 * MINUTE
    return await site.db.write(happen)


def shows(page: Page, world: World, state: str) -> str:
    return f"#wall-row-{world.stand} .wall-cell--{state}"


async def test_the_scrubber_moves_the_wall_by_keyboard(open_page: OpenPage, world: World) -> None:
    page = await open_page(f"{REPLAY}?at=09:24", world.organiser, width=1280)
    await expect(page.locator(shows(page, world, "booked")).first).to_be_visible()
    await expect(page.locator(shows(page, world, "called"))).to_have_count(0)
    track = page.get_by_role("slider", name="Minute de la journée")
    await expect(track).to_have_attribute("aria-valuetext", "9:24")
    await track.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(shows(page, world, "called"))).to_have_count(1)
    await expect(page.locator("[data-replay-clock]")).to_have_text("9:25")
    for _ in range(5):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator(shows(page, world, "running"))).to_have_count(1)
    await page.keyboard.press("Home")
    await expect(page.locator(shows(page, world, "running"))).to_have_count(0)
    await expect(page.locator(shows(page, world, "booked")).first).to_be_visible()


async def test_steps_speed_and_pause(open_page: OpenPage, world: World) -> None:
    page = await open_page(f"{REPLAY}?at=09:21", world.organiser, width=1280)
    await page.get_by_role("link", name="5 min après").click()
    clock = page.locator("[data-replay-clock]")
    await expect(clock).to_have_text("9:26")
    await expect(page.locator(shows(page, world, "called"))).to_have_count(1)
    await page.get_by_label("Vitesse").select_option("300")
    await page.get_by_role("button", name="Lecture").click()
    await expect(page.locator(shows(page, world, "running"))).to_have_count(1)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_role("button", name="Lecture")).to_be_visible()
    stopped = await clock.text_content()
    await page.get_by_role("link", name="1 min avant").click()
    await expect(clock).not_to_have_text(stopped or "")
    await page.reload()
    assert "at=09" in page.url


async def test_the_next_alert_is_a_jump_away(open_page: OpenPage, world: World) -> None:
    page = await open_page(f"{REPLAY}?at=09:21", world.organiser, width=1280)
    await page.get_by_role("link", name="Alerte suivante").click()
    await expect(page.locator("[data-replay-clock]")).not_to_have_text("9:21")
    await expect(page.locator(".wall-trouble .trouble-row").first).to_be_visible()
    await page.locator(".replay-alerts summary").click()
    await expect(page.locator(".replay-alert").first).to_be_visible()


async def test_without_scripts_it_is_a_form(open_page: OpenPage, world: World) -> None:
    page = await open_page(f"{REPLAY}?at=09:24", world.organiser, width=390, java_script_enabled=False)
    await expect(page.get_by_role("button", name="Lecture")).to_be_hidden()
    await page.get_by_label("Heure").fill("09:31")
    await page.get_by_role("button", name="Aller").click()
    await expect(page.locator(shows(page, world, "running"))).to_have_count(1)
    await page.get_by_role("link", name="5 min avant").click()
    await expect(page.locator(shows(page, world, "called"))).to_have_count(1)
    assert "at=09%3A26" in page.url or "at=09:26" in page.url
