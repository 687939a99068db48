"""A parent's yes in a real browser: from the mail to the code, the wording, and a place that can be booked."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from tests import factories as make
from tests.conftest import OpenPage
from tests.e2e.barriers import barriers, invalid
from tests.site import Site, insert, running_site

MOTHER, TEACHER = "mere@famille.example", "prof@lycee.example"
FAIR = "/fairs/juin"


class Scene:
    """A stand with free slots, and somebody whom the centre put on the list."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin", contact_email="contact@centre.example")
        self.stand = make.make_stand(tx, self.fair)
        make.make_slots(tx, self.stand)
        self.tom = make.make_candidate(tx, self.fair, permission="asked", age_band="15_17")
        self.organiser = make.make_organiser(tx, self.fair)


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """A demo, because its mails can be read on a page."""
    async with running_site(sqlite_url, clock, demo=True) as site:
        yield site


@pytest.fixture
async def scene(site: Site) -> Scene:
    found: Scene = await insert(site, Scene)
    return found


async def open_mail(page: Page, to: str, subject: str) -> None:
    """Open the mailbox until the mail is there, then the mail."""
    mail = page.get_by_role("link", name=re.compile(subject))
    await page.goto(f"/demo/mailbox?to={to}")
    while not await mail.count():
        await page.reload()
    await mail.first.click()


async def test_from_the_first_visit_to_a_booked_place(open_page: OpenPage, scene: Scene) -> None:
    tom, mother = await open_page(f"{FAIR}/planning", scene.tom, width=320), await open_page("/demo/mailbox")
    faults: list[str] = []
    await expect(tom.get_by_role("heading", name="Avant de réserver")).to_be_visible()
    await expect(tom.get_by_label(re.compile("ce parent"))).to_be_hidden()
    await tom.get_by_label("moins de 15 ans").check()
    await tom.get_by_label(re.compile("ce parent")).fill(MOTHER)
    await tom.get_by_label(re.compile("J’accepte")).check()
    faults += await barriers(tom)
    await tom.get_by_role("button", name="Enregistrer").click()
    await expect(tom.get_by_role("heading", name="On attend l’accord de ton parent")).to_be_visible()
    faults += await barriers(tom)
    await tom.goto(f"{FAIR}/stands/{scene.stand}")
    await tom.get_by_role("button", name=re.compile("^9:00")).click(force=True)
    await expect(tom.locator("[data-reason]")).to_contain_text("doit d’abord donner son accord")
    await expect(tom.get_by_role("button", name="Réserver ce créneau")).to_be_hidden()

    await open_mail(mother, MOTHER, "votre accord")
    found = re.search(r"\d{4} \d{4}", await mother.locator("pre").inner_text())
    assert found
    await mother.locator("pre a").click()
    await expect(mother.get_by_label("Adresse qui a reçu")).to_have_value(MOTHER)
    await expect(mother.get_by_label("Code de huit chiffres")).to_be_focused()
    assert "#" not in mother.url
    faults += await barriers(mother)
    await mother.get_by_label("Code de huit chiffres").fill(found[0])
    await mother.get_by_role("button", name="Lire et répondre").click()
    await expect(mother.get_by_role("heading", name="Inès veut participer")).to_be_visible()
    faults += await barriers(mother)
    await mother.get_by_role("button", name="J’accepte").click()
    await expect(mother.get_by_role("heading", name="Votre réponse est notée")).to_be_visible()
    faults += await barriers(mother)

    # The page that was open follows by itself.
    await expect(tom.get_by_role("button", name="Réserver ce créneau")).to_be_visible()
    await tom.get_by_role("button", name="Réserver ce créneau").click()
    await expect(tom.get_by_text("C’est réservé.")).to_be_visible()
    assert not faults, "\n".join(faults)


async def test_an_adult_reads_a_copy_and_stops_them(open_page: OpenPage, site: Site, scene: Scene) -> None:
    async with site.client(scene.tom) as client:
        await client.post(f"{FAIR}/welcome", data={"age_band": "15_17", "consent": "yes"})
    tom, teacher = await open_page(f"{FAIR}/profile", scene.tom), await open_page("/demo/mailbox")
    await tom.get_by_label(re.compile("Son adresse")).fill(TEACHER)
    await tom.get_by_role("button", name="Désigner cet adulte").click()
    await expect(tom.get_by_text("reçoit les copies")).to_be_visible()
    faults = await barriers(tom)
    await tom.goto(f"{FAIR}/stands/{scene.stand}")
    await tom.get_by_role("button", name=re.compile("^9:00")).click()
    await tom.get_by_role("button", name="Réserver ce créneau").click()
    await expect(tom.get_by_text("C’est réservé.")).to_be_visible()
    await open_mail(teacher, TEACHER, "Copie pour vous.*réservé")
    await teacher.locator("pre a").last.click()
    await expect(teacher.get_by_role("heading", name="Les copies que vous recevez")).to_be_visible()
    faults += await barriers(teacher)
    await teacher.get_by_role("button", name="Ne plus recevoir de copies").click()
    await expect(teacher.get_by_role("heading", name="Vous ne recevez plus de copies")).to_be_visible()
    faults += await barriers(teacher)
    await tom.goto(f"{FAIR}/profile")
    await expect(tom.get_by_text("a arrêté les copies")).to_be_visible()
    assert not faults, "\n".join(faults)


async def test_consents_data_and_audit_are_valid_and_without_barrier(
    open_page: OpenPage, site: Site, scene: Scene, tmp_path: Path
) -> None:
    """In their full state; the empty ones are among the pages that everybody can reach."""
    async with site.client(scene.tom) as client:
        await client.post(f"{FAIR}/welcome", data={"age_band": "under_15", "consent": "yes", "parent_email": MOTHER})
        wrong = await client.post(f"{FAIR}/welcome", data={"age_band": ""})
        pages = {path: (await client.get(path)).text for path in
                 ("/account/consents", "/account/data", f"{FAIR}/welcome", f"{FAIR}/profile", "/parent?sent=1")}  # fmt: skip
        refused = await client.post("/parent", data={"email": MOTHER, "code": "1"})
        pages |= {"/welcome-wrong": wrong.text, "/parent-wrong": refused.text}
    async with site.client(scene.organiser) as client:
        person = f"{FAIR}/candidates/{scene.tom.candidates[scene.fair]}"
        listed = f"{FAIR}/candidates?state=parent"
        pages |= {path: (await client.get(path)).text for path in (person, listed)}
        pages["/papers-wrong"] = (await client.post(f"{FAIR}/candidates/papers", data={"signed_on": "?"})).text
        pages["/paper-wrong"] = (await client.post(f"{person}/paper", data={"signed_by": "x" * 241})).text
        await client.post(f"{person}/paper", data={"signed_on": "2027-05-20", "signed_by": "Claire Besnard"})
        pages["/paper-held"] = (await client.get(person)).text
        pages |= {path: (await client.get(path)).text for path in (f"{FAIR}/audit", f"{FAIR}/audit?day=2031-01-01")}
    faults = await invalid(pages, tmp_path)
    own, theirs = ("/account/consents", "/account/data"), (f"{FAIR}/audit", person, listed)
    for actor, paths in ((scene.tom, own), (scene.organiser, theirs)):
        for width in (320, 1280):
            page = await open_page(paths[0], actor, width=width)
            for path in paths:
                await page.goto(path)
                faults += await barriers(page)
    assert not faults, "\n".join(faults)
