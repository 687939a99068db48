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
    await expect(here.locator(line)).to_contain_text("Besnard", timeout=2000)
    await expect(there.locator(line)).not_to_have_text(before, timeout=2000)
