"""Confirming a second time as people do: a passkey the browser holds, an app on the phone, codes on paper. [ASVS 6.3.3]"""

import re
from collections.abc import AsyncIterator

import pyotp
import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock, WallClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import sessions
from jobdating.web.visit import COOKIE
from tests.conftest import OpenPage
from tests.factories import make_fair, make_recruiter, make_stand
from tests.site import Site, insert, running_site

COCKPIT = "/fairs/juin/cockpit"
THERE = re.compile(r"^[^?]+/cockpit/\d+$")  # and not a page that leads back there


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """Where everybody who works here must confirm. Passkeys are bound to a name, so it has one."""
    async with running_site(sqlite_url, clock, host="localhost", second_factor="required") as site:
        yield site


@pytest.fixture
async def recruiter(site: Site) -> Actor:
    stand_id = await insert(site, make_stand, await insert(site, make_fair, slug="juin"), name="Soudure")
    found: Actor = await insert(site, make_recruiter, stand_id)
    return found


async def come_in(page: Page, site: Site, actor: Actor) -> None:
    """A session as the mail opens it: the second factor is not held. A live page would load itself anew with it."""
    assert actor.account_id is not None
    await page.goto("/help")
    secret, _ = await site.db.write(sessions.open, actor.account_id, now=WallClock().now())
    await page.context.add_cookies([{"name": COOKIE, "value": secret, "url": site.url}])


async def with_authenticator(page: Page) -> None:
    """The device's own key store, whose owner touches it at once."""
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    await protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def told(tx: Connection) -> list[str]:
    """What changed, of the mails that tell it."""
    mails = select(t.outbox.c.context).where(t.outbox.c.kind == "safety").order_by(t.outbox.c.id)
    return [context["change"] for context in tx.execute(mails).scalars()]


async def test_first_visit_makes_a_passkey_and_the_next_one_uses_it(
    open_page: OpenPage, site: Site, recruiter: Actor
) -> None:
    page = await open_page()
    await with_authenticator(page)
    await come_in(page, site, recruiter)
    await page.goto(COCKPIT)
    await expect(page.get_by_role("heading", name="Protéger votre accès")).to_be_visible()
    await page.get_by_label("Nom de l’appareil").fill("Portable de l’atelier")
    await page.get_by_role("button", name="Créer la clé d’accès").click()
    await expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    await expect(page.locator(".recovery-codes li")).to_have_count(10)
    assert await site.db.read(told) == ["passkey_added"]
    await page.get_by_role("link", name="Je les ai gardés").click()
    await expect(page).to_have_url(THERE)

    await come_in(page, site, recruiter)
    await page.goto(COCKPIT)
    await expect(page.get_by_role("heading", name="Confirmer que c’est vous")).to_be_visible()
    await page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    await expect(page).to_have_url(THERE)
    await page.wait_for_load_state()
    await page.goto("/account")
    await expect(page.get_by_text("Portable de l’atelier")).to_be_visible()


async def test_a_browser_without_the_key_says_so_and_offers_the_other_ways(
    open_page: OpenPage, site: Site, recruiter: Actor
) -> None:
    page = await open_page()
    await with_authenticator(page)
    await come_in(page, site, recruiter)
    await page.goto(COCKPIT)
    await page.get_by_role("button", name="Créer la clé d’accès").click()
    code = await page.locator(".recovery-codes li").first.inner_text()

    other = await open_page()
    await with_authenticator(other)  # and no key in it
    await come_in(other, site, recruiter)
    await other.goto(COCKPIT)
    await other.get_by_role("button", name="Utiliser ma clé d’accès").click()
    await expect(other.get_by_role("alert")).to_contain_text("La clé d’accès n’a pas répondu.")
    await other.get_by_text("Utiliser un code de secours").click()
    await other.get_by_label("Un des codes que vous avez gardés").fill(code.upper())
    await other.get_by_role("button", name="Confirmer avec ce code").click()
    await expect(other).to_have_url(THERE)


async def test_an_app_needs_no_scripts(open_page: OpenPage, site: Site, recruiter: Actor) -> None:
    page = await open_page(java_script_enabled=False, width=320)
    await come_in(page, site, recruiter)
    await page.goto(COCKPIT)
    await expect(page.get_by_role("button", name="Créer la clé d’accès")).to_be_hidden()
    await page.get_by_role("link", name="Choisir l’application").click()
    await expect(page.get_by_role("img", name=re.compile("Code QR"))).to_be_visible()
    app = pyotp.TOTP((await page.locator(".secret").inner_text()).replace(" ", ""))
    await page.get_by_label("Tapez les six chiffres").fill("000000")
    await page.get_by_role("button", name="Activer").click()
    await expect(page.get_by_text("Ce n’est pas le code de cette clé.")).to_be_visible()
    await page.get_by_label("Tapez les six chiffres").fill(app.now())
    await page.get_by_role("button", name="Activer").click()
    await page.get_by_role("link", name="Je les ai gardés").click()
    await expect(page).to_have_url(THERE)
