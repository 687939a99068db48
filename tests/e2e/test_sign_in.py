"""Signing in as people do: the link in the same browser, the code from another device."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from jobdating.clock import SteppedClock
from tests.conftest import OpenPage
from tests.factories import make_account, make_fair, make_stand
from tests.site import Site, insert, running_site

EMAIL = "ines@candidat.example"


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """A demo, because its mails can be read on a page."""
    async with running_site(sqlite_url, clock, demo=True) as site:
        await insert(site, make_account, email=EMAIL, first_name="Inès")
        await insert(site, make_stand, await insert(site, make_fair, slug="juin"))
        yield site


async def ask(page: Page, email: str = EMAIL) -> None:
    await page.get_by_label("Adresse e‑mail").fill(email)
    await page.get_by_role("button", name="Recevoir le lien").click()
    await expect(page.get_by_role("heading", name="Le code reçu par e‑mail")).to_be_visible()


async def open_mail(page: Page, email: str = EMAIL) -> None:
    """Open the mailbox until the mail is there, then the mail."""
    subject = page.get_by_role("link", name="Lien de connexion au job dating")
    await page.goto(f"/demo/mailbox?to={email}")
    while not await subject.count():
        await page.reload()
    await subject.first.click()


async def test_link_in_the_same_browser_signs_in_and_leads_back(open_page: OpenPage) -> None:
    page = await open_page("/sign-in?back=/help")
    await ask(page)
    await open_mail(page)
    await page.locator("pre a").click()
    await expect(page).to_have_url(re.compile(r"/help$"))
    await expect(page.get_by_role("link", name="Mon compte, Inès")).to_be_visible()


async def test_a_scanner_with_a_browser_of_its_own_burns_nothing(open_page: OpenPage) -> None:
    """It asks for the head, opens the link with scripts on, and submits every form it finds, twice. [ASVS 6.6.2]"""
    page, scanner = await open_page("/sign-in?back=/help"), await open_page("/demo/mailbox")
    await ask(page)
    await open_mail(scanner)
    link = await scanner.locator("pre a").get_attribute("href")
    assert link is not None
    for _ in range(2):
        assert (await scanner.request.head(link)).ok
        await scanner.goto(link)
        await expect(scanner.get_by_role("alert")).to_contain_text("Ce lien s’ouvre dans le navigateur")
        async with scanner.expect_navigation():
            await scanner.evaluate(
                "() => { const forms = [...document.querySelectorAll('main form')];"
                " forms.forEach((form) => { form.noValidate = true; form.removeAttribute('data-live'); });"
                " forms[0].submit(); }"
            )
    await page.goto(link)
    await expect(page).to_have_url(re.compile(r"/help$"))
    await expect(page.get_by_role("link", name="Mon compte, Inès")).to_be_visible()


async def test_code_from_a_mail_that_was_read_on_another_device(open_page: OpenPage) -> None:
    laptop, phone = await open_page("/sign-in"), await open_page("/demo/mailbox")
    await ask(laptop)
    await open_mail(phone)
    found = re.search(r"\d{4} \d{4}", await phone.locator("pre").inner_text())
    assert found
    await phone.locator("pre a").click()  # the wrong browser for the link: it says so
    await expect(phone.get_by_role("alert")).to_contain_text("Ce lien s’ouvre dans le navigateur qui l’a demandé.")
    code = laptop.get_by_label("Code de huit chiffres")
    await code.fill(found[0][:-1] + str((int(found[0][-1]) + 1) % 10))
    await laptop.get_by_role("button", name="Me connecter").click()
    await expect(laptop.locator("#code-error")).to_be_visible()
    await expect(code).to_be_focused()
    await code.fill(found[0])
    await laptop.get_by_role("button", name="Me connecter").click()
    await expect(laptop.get_by_role("link", name="Mon compte, Inès")).to_be_visible()


async def test_newcomer_registers_in_one_go(open_page: OpenPage) -> None:
    page = await open_page("/sign-in?back=/fairs/juin/stands", width=320)
    await ask(page, "nouveau@candidat.example")
    await open_mail(page, "nouveau@candidat.example")
    await page.locator("pre a").click()
    await page.get_by_label("Prénom").fill("Hugo")
    await page.get_by_label("Nom", exact=True).fill("Le Gall")
    await page.get_by_label("15 à 17 ans").check()
    await expect(page.get_by_label("Adresse e‑mail de ce parent")).to_be_hidden()
    await page.get_by_label("Soudage").check()
    await page.get_by_label(re.compile("J’accepte")).check()
    await page.get_by_role("button", name="M’inscrire").click()
    await expect(page).to_have_url(re.compile(r"/fairs/juin/stands$"))
