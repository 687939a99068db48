"""Signing in through another house: a real provider, a real browser. [ASVS 6.8]"""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from tests.conftest import OpenPage
from tests.factories import make_account, make_fair, make_recruiter, make_stand
from tests.provider import CLIENT_ID, CLIENT_SECRET, free_port, running_provider
from tests.site import Site, insert, running_site

MANON = "manon@firme.example"


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """A site that knows one provider, whose second factors count."""
    port = free_port()
    settings: dict[str, Any] = {
        "oidc_issuer": f"http://localhost:{port}", "oidc_client_id": CLIENT_ID, "oidc_client_secret": CLIENT_SECRET,
        "oidc_name": "Le centre", "oidc_second_factor": "otp", "second_factor": "required",
    }  # fmt: skip
    async with running_site(sqlite_url, clock, host="localhost", **settings) as site:
        await insert(site, make_stand, await insert(site, make_fair, slug="juin"))
        async with running_provider(port, site=site.url):
            yield site


async def sign_in(page: Page, login: str, *, back: str = "") -> None:
    """Through the button, and the provider's own page."""
    await page.goto(f"/sign-in{f'?back={back}' if back else ''}")
    await page.get_by_role("link", name="Continuer avec Le centre").click()
    await page.get_by_label("Identifiant").fill(login)
    await page.get_by_role("button", name="Entrer").click()


async def test_known_address_signs_in_and_goes_on(open_page: OpenPage, site: Site) -> None:
    await insert(site, make_account, email=MANON, first_name="Manon")
    page = await open_page()
    await sign_in(page, "manon", back="/help")
    await expect(page).to_have_url(f"{site.url}/help")
    await expect(page.get_by_role("link", name="Mon compte, Manon")).to_be_visible()


async def test_subject_stays_the_accounts_when_its_address_changes(open_page: OpenPage, site: Site) -> None:
    account_id = await insert(site, make_account, email=MANON, first_name="Manon")
    await sign_in(await open_page(), "manon")

    page = await open_page()
    await site.db.write(lambda tx: rename(tx, account_id))
    await sign_in(page, "manon")
    await expect(page.get_by_role("link", name="Mon compte, Manon")).to_be_visible()


async def test_address_that_was_given_to_somebody_else_there_does_not_open_the_account(
    open_page: OpenPage, site: Site
) -> None:
    await insert(site, make_account, email=MANON, first_name="Manon")
    first = await open_page()
    await sign_in(first, "manon")
    await expect(first.get_by_role("link", name="Mon compte, Manon")).to_be_visible()
    page = await open_page()
    await sign_in(page, "other")
    await expect(page.get_by_role("alert")).to_contain_text("La connexion avec Le centre n’a pas abouti.")


async def test_address_the_provider_has_not_verified_opens_nothing(open_page: OpenPage, site: Site) -> None:
    await insert(site, make_account, email=MANON)
    page = await open_page()
    await sign_in(page, "unproved")
    await expect(page.get_by_role("alert")).to_contain_text("Il faut là-bas une adresse confirmée")
    await expect(page.get_by_role("link", name="Me connecter")).to_be_visible()


async def test_newcomer_goes_on_to_register(open_page: OpenPage, site: Site) -> None:
    page = await open_page()
    await sign_in(page, "nouveau", back="/fairs/juin/stands")
    await expect(page).to_have_url(re.compile(r"/fairs/juin/register"))
    await expect(page.get_by_text("nouveau@candidat.example")).to_be_visible()


async def test_who_changes_their_mind_is_back_at_the_door(open_page: OpenPage) -> None:
    page = await open_page("/sign-in")
    await page.get_by_role("link", name="Continuer avec Le centre").click()
    await page.get_by_role("button", name="Renoncer").click()
    await expect(page.get_by_role("alert")).to_contain_text("La connexion avec Le centre n’a pas abouti.")
    await expect(page.get_by_label("Adresse e‑mail")).to_be_visible()


@pytest.mark.parametrize(("login", "heading"), [("careful", ""), ("manon", "Protéger votre accès")])
async def test_second_factor_there_counts_here_where_the_settings_say_so(
    open_page: OpenPage, site: Site, login: str, heading: str
) -> None:
    """[6.3.3] Of a recruiter: a password alone, even through a provider, opens no cockpit."""
    stand_id = await insert(site, make_stand, await insert(site, make_fair, slug="ici"))
    recruiter = await insert(site, make_recruiter, stand_id)
    await site.db.write(lambda tx: rename(tx, recruiter.account_id, MANON))
    page = await open_page()
    await sign_in(page, login, back="/fairs/ici/cockpit")
    if heading:
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
    else:
        await expect(page).to_have_url(re.compile(r"/fairs/ici/cockpit/\d+$"))


def rename(tx: Connection, account_id: int, email: str = "autre@firme.example") -> None:
    tx.execute(update(t.accounts).where(t.accounts.c.id == account_id).values(email=email))
