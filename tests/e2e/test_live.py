"""Open pages in a real browser: what happens elsewhere appears, and a cut line costs nothing but the time it lasts."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.services import queue
from tests.factories import MORNING
from tests.proxy import Proxy, running_proxy
from tests.realtime.scene import Scene, book, make_scene
from tests.site import Site, running_site


@dataclass
class Wired:
    """A site behind a wire, with a scene on its first morning."""

    site: Site
    proxy: Proxy
    scene: Scene
    browser: Browser

    async def cockpit(self, *, language: str = "fr-FR") -> Page:
        def slug(tx: Connection) -> str:
            return tx.execute(select(t.fairs.c.slug).where(t.fairs.c.id == self.scene.fair_id)).scalar_one()

        context = await self.browser.new_context(base_url=self.proxy.url, locale=language)
        context.set_default_timeout(10_000)
        cookies = await self.site.sign_in(self.scene.recruiter)
        await context.add_cookies([{"name": n, "value": v, "url": self.proxy.url} for n, v in cookies.items()])
        page = await context.new_page()
        await page.goto(f"/fairs/{await self.site.db.read(slug)}/cockpit/{self.scene.stand_id}")
        return page

    async def online(self) -> None:
        from tests.eventually import eventually

        await eventually(lambda: len(self.site.app.state.house.relay.hub) > 0)


@pytest.fixture
async def wired(sqlite_url: str, browser: Browser) -> AsyncIterator[Wired]:
    clock = SteppedClock(MORNING)
    async with running_proxy() as proxy, running_site(sqlite_url, clock, public_url=proxy.url) as site:
        address = urlsplit(site.url)
        proxy.target = (address.hostname or "", address.port or 0)
        scene = await site.db.write(make_scene, candidates=3)
        clock.moment = MORNING.replace(month=6, day=16, hour=8)
        wired = Wired(site, proxy, scene, browser)
        yield wired
        for context in browser.contexts:
            await context.close()


async def test_what_one_does_appears_on_the_other_page(wired: Wired) -> None:
    here, there = await wired.cockpit(), await wired.cockpit(language="en-GB")
    await wired.online()
    line = f"#cockpit-queue-{wired.scene.stand_id}"
    before = await there.locator(line).inner_text()
    await book(wired.site, wired.scene)
    await expect(here.locator(line)).to_contain_text("Besnard")
    await expect(there.locator(line)).not_to_have_text(before)


async def test_a_cut_line_is_told_mended_and_misses_nothing(wired: Wired) -> None:
    page = await wired.cockpit()
    await wired.online()
    wired.proxy.cut()
    await expect(page.get_by_text("Reconnexion…")).to_be_visible()
    await book(wired.site, wired.scene)
    wired.proxy.resume()
    await expect(page.get_by_text("De nouveau en ligne. Ce qui a changé")).to_be_visible()
    await expect(page.locator(f"#cockpit-queue-{wired.scene.stand_id}")).to_contain_text("Besnard")


async def test_offline_says_since_when_and_comes_back_at_once_when_the_network_does(wired: Wired) -> None:
    page = await wired.cockpit()
    await wired.online()
    await page.context.set_offline(True)
    wired.proxy.cut()
    await expect(page.get_by_text(re.compile(r"Hors ligne depuis \d+:\d\d"))).to_be_visible(timeout=7000)
    wired.proxy.resume()
    await book(wired.site, wired.scene)
    await page.context.set_offline(False)
    await expect(page.locator(f"#cockpit-queue-{wired.scene.stand_id}")).to_contain_text("Besnard")


async def test_a_refused_socket_falls_back_to_the_long_poll(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    from jobdating.realtime import protocol

    monkeypatch.setattr(protocol.HardenedWebSocket, "handle_connect", lambda self, event: self.transport.abort())
    page = await wired.cockpit()
    async with page.expect_response(re.compile("/live/poll")):
        pass
    await wired.online()
    await book(wired.site, wired.scene)
    await expect(page.locator(f"#cockpit-queue-{wired.scene.stand_id}")).to_contain_text("Besnard")


async def test_typed_words_focus_and_caret_survive_a_patch_of_what_they_are_in(wired: Wired) -> None:
    booking_id = await book(wired.site, wired.scene)
    next_id = await book(wired.site, wired.scene, number=1, slot=4)
    wired.site.clock.moment = MORNING  # type: ignore[attr-defined]
    for step in (queue.call, queue.start, queue.finish):
        await wired.site.db.write(step, wired.scene.recruiter, booking_id=booking_id, now=wired.site.clock.now())
    page = await wired.cockpit()
    await wired.online()
    note = page.locator(f"#cockpit-now-{wired.scene.stand_id} textarea").first
    await note.press_sequentially("Soigneux")
    await note.evaluate("field => field.setSelectionRange(3, 3)")
    # Somebody comes: the card in which one writes now offers to call them.
    await wired.site.db.write(queue.check_in, wired.scene.candidates[1], booking_id=next_id, now=wired.site.clock.now())
    await expect(page.locator(f'button[formaction="/bookings/{next_id}/call"]').first).to_be_visible()
    kept = await note.evaluate("field => [document.activeElement === field, field.value, field.selectionStart]")
    assert kept == [True, "Soigneux", 3]


async def test_one_click_acts_once_and_the_page_shows_it_before_the_answer_is_forgotten(wired: Wired) -> None:
    booking_id = await book(wired.site, wired.scene)
    wired.site.clock.moment = MORNING  # type: ignore[attr-defined]
    await wired.site.db.write(
        queue.check_in, wired.scene.candidates[0], booking_id=booking_id, now=wired.site.clock.now()
    )
    page = await wired.cockpit()
    await wired.online()
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    call = page.locator(f'button[formaction="/bookings/{booking_id}/call"]').first
    await call.dblclick()
    await expect(page.locator(f'button[formaction="/bookings/{booking_id}/start"]').first).to_be_visible()
    assert len(posted) == 1


async def test_a_refusal_is_said_in_words_and_the_page_shows_how_things_stand(wired: Wired) -> None:
    booking_id = await book(wired.site, wired.scene)
    wired.site.clock.moment = MORNING  # type: ignore[attr-defined]
    page = await wired.cockpit()
    await wired.online()
    # The button of an old page: the interview cannot be started before the call.
    await page.evaluate(
        """(address) => {
          const button = document.createElement("button");
          button.setAttribute("form", "act");
          button.setAttribute("formaction", address);
          button.id = "old";
          button.textContent = "Commencer";
          document.querySelector("#main").prepend(button);
        }""",
        f"/bookings/{booking_id}/start",
    )
    await page.click("#old")
    await expect(page.locator("#messages")).to_contain_text("Cela a changé entre-temps")


async def test_signing_out_elsewhere_reloads_the_page(wired: Wired) -> None:
    from jobdating.clock import WallClock
    from jobdating.services import sessions

    page = await wired.cockpit()
    await wired.online()
    account_id = wired.scene.recruiter.account_id
    assert account_id is not None
    await wired.site.db.write(sessions.close_all, account_id, now=WallClock().now())
    await expect(page).to_have_url(re.compile("/sign-in"))
