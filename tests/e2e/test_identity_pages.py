"""Pages of the second factor, of teams and of companies, full, empty and refused: valid, open to all, never sideways."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page

from jobdating.clock import SteppedClock, WallClock
from jobdating.domain.policy import Actor
from jobdating.services import sessions
from jobdating.web.visit import COOKIE
from tests.e2e.barriers import barriers, invalid, visitor
from tests.factories import make_company, make_fair, make_organiser, make_recruiter, make_stand
from tests.site import Site, insert, running_site


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    provider = {"oidc_issuer": "http://localhost:1", "oidc_client_id": "x", "oidc_client_secret": "x"}
    async with running_site(sqlite_url, clock, host="localhost", second_factor="required", **provider) as site:  # type: ignore[arg-type]
        yield site


async def faults(page: Page, folder: Path) -> list[str]:
    """What is wrong with the page that is open."""
    html = await page.evaluate("fetch(location.href).then(answer => answer.text())")
    return await barriers(page) + await invalid({page.url: html}, folder)


async def by_mail_alone(site: Site, actor: Actor) -> dict[str, str]:
    assert actor.account_id is not None
    secret, _ = await site.db.write(sessions.open, actor.account_id, now=WallClock().now())
    return {COOKIE: secret}


async def test_confirming_meets_no_barrier(browser: Browser, site: Site, tmp_path: Path) -> None:
    stand_id = await insert(site, make_stand, await insert(site, make_fair, slug="juin"))
    recruiter = await insert(site, make_recruiter, stand_id)
    wrong: list[str] = []
    async with await visitor(browser, site.url, await by_mail_alone(site, recruiter)) as context:
        page = await context.new_page()
        for path in ("/sign-in", "/second-factor/add?back=/fairs/juin/cockpit", "/second-factor/app", "/account"):
            await page.goto(path)
            wrong += await faults(page, tmp_path)
        await page.goto("/second-factor/app")
        app = pyotp.TOTP((await page.locator(".secret").inner_text()).replace(" ", ""))
        for code in ("000000", app.now()):
            await page.get_by_label("Tapez les six chiffres").fill(code)
            await page.get_by_role("button", name="Activer").click()
            wrong += await barriers(page)
        await page.goto("/account")
        wrong += await faults(page, tmp_path)
    async with await visitor(browser, site.url, await by_mail_alone(site, recruiter)) as context:
        page = await context.new_page()
        await page.goto("/second-factor?back=/fairs/juin/cockpit")
        wrong += await faults(page, tmp_path)
        await page.get_by_label("Code de six chiffres").fill("000000")
        await page.get_by_role("button", name="Confirmer").click()
        await page.get_by_text("Utiliser un code de secours").click()
        wrong += await barriers(page)
    assert not wrong, "\n".join(wrong)


async def test_teams_and_companies_meet_no_barrier(browser: Browser, site: Site, tmp_path: Path) -> None:
    fair_id, empty = await insert(site, make_fair, slug="juin"), await insert(site, make_fair, slug="vide")
    company = await insert(site, make_company, fair_id)
    stands = [await insert(site, make_stand, fair_id, company_id=company, closed=closed) for closed in (False, True)]
    lead = await insert(site, make_recruiter, stands[0], lead=True)
    recruiter = await insert(site, make_recruiter, stands[1])
    pages = [(lead, "/fairs/juin/company"), *[(recruiter, path) for path in ("/account", "/account/tokens")]]
    for number, slug in ((fair_id, "juin"), (empty, "vide")):
        pages.append((await insert(site, make_organiser, number), f"/fairs/{slug}/edit/team"))
    wrong: list[str] = []
    for actor, path in pages:
        async with await visitor(browser, site.url, await site.sign_in(actor)) as context:
            page = await context.new_page()
            await page.goto(path)
            wrong += await faults(page, tmp_path)
    assert not wrong, "\n".join(wrong)
