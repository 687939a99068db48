"""Every page of a fair in which there is nothing yet, and every form that was sent empty: no barrier, valid HTML."""

from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import Connection

from jobdating.domain.policy import Actor
from tests import factories as make
from tests.e2e.barriers import barriers, invalid, visitor
from tests.e2e.crawl import Walk, walk
from tests.site import Site

FAIR = "/fairs/juin-2027"
# A form that asks for something to be typed, sent with nothing in it; what it would do is of no interest here.
SEND_EMPTY = """(number) => {
  const form = document.querySelectorAll("form[method=post]")[number];
  form.noValidate = true;
  delete form.dataset.live;
  for (const field of form.querySelectorAll("input, textarea")) {
    if (["hidden", "submit", "button"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = false;
    else if (field.type !== "file") field.value = "";
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
TYPED = """() => [...document.querySelectorAll("form[method=post]")].map((form) =>
  form.querySelector("input:not([type=hidden], [type=submit]), textarea") !== null && form.action)"""


class Empty:
    """A fair with one stand that has no slots, and one person of each kind who has done nothing."""

    def __init__(self, tx: Connection) -> None:
        fair = make.make_fair(tx, slug="juin-2027")
        stand = make.make_stand(tx, fair, trades=[])
        self.actors: dict[str, tuple[Actor | None, str]] = {
            "stranger": (None, FAIR),
            "candidate": (make.make_candidate(tx, fair), f"{FAIR}/planning"),
            "recruiter": (make.make_recruiter(tx, stand), f"{FAIR}/cockpit"),
            "organiser": (make.make_organiser(tx, fair), f"{FAIR}/wall"),
        }


@pytest.fixture
async def empty(site: Site) -> Empty:
    return await site.db.write(Empty)


async def walked(site: Site, actor: Actor | None, start: str) -> tuple[Walk, dict[str, str]]:
    """What they find, and their cookies."""
    async with site.client(actor, follow_redirects=True, timeout=httpx2.Timeout(30)) as client:
        return await walk(client, start), dict(client.cookies)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["stranger", "candidate", "recruiter", "organiser"])
async def test_nobody_meets_a_barrier_where_there_is_nothing_or_something_went_wrong(
    site: Site, empty: Empty, browser: Browser, role: str, tmp_path: Path
) -> None:
    found, cookies = await walked(site, *empty.actors[role])
    assert not found.broken
    faults: list[str] = []
    refused: dict[str, str] = {}
    async with await visitor(browser, site.url, cookies) as context:
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        for address in [*found.pages, f"{FAIR}/nowhere"]:
            await page.goto(address)
            faults += await barriers(page)
        for address in found.pages:
            faults += await send_all(page, address, refused)
    assert len(refused) >= (2 if role == "organiser" else 1)
    faults += await invalid(found.pages | refused, tmp_path)
    assert not faults, "\n".join(faults)


async def send_all(page: Page, address: str, refused: dict[str, str]) -> list[str]:
    """Send each form of the page empty; the faults of what answers. Refusals are put into `refused` by address."""
    faults: list[str] = []
    await page.goto(address)
    for number, action in enumerate(await page.evaluate(TYPED)):
        if not action or action in refused or action.endswith(("/sign-out", "/account/erase")):
            continue
        await page.goto(address)
        async with page.expect_navigation() as navigation:
            await page.evaluate(SEND_EMPTY, number)
        answer = await navigation.value
        if answer is not None and answer.status >= 500:
            faults.append(f"{action}: {answer.status}")
        if answer is not None and answer.status in {409, 422}:
            refused[action] = await answer.text()
            faults += await barriers(page)
    return faults


async def test_a_barrier_would_be_found(site: Site, browser: Browser, tmp_path: Path) -> None:
    """The control: without it the tests above could not fail."""
    html = (
        '<!DOCTYPE html><html lang="fr"><title>Essai</title><main><h1>Essai</h1><img src="x"><p style="width:400px">…'
    )
    async with await visitor(browser, site.url, {}) as context:
        page = await context.new_page()
        await page.set_content(html)
        faults = "\n".join(await barriers(page))
    assert "image-alt" in faults
    assert "320 light: scrolls sideways" in faults
    assert "Unclosed element" in "\n".join(await invalid({"/": html}, tmp_path))
