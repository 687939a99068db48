"""From ranked wishes to a day of interviews, in a real browser: solved, published, and read on a phone."""

from datetime import timedelta
from pathlib import Path

import httpx2
from playwright.async_api import Browser, expect
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.domain.states import AgeBand
from jobdating.domain.wishing import Mode
from jobdating.exchange import importing
from jobdating.exchange.reading import read, read_path
from jobdating.services import publishing, timetable, wishing
from jobdating.timetabling import drafting
from tests import factories as make
from tests.conftest import OpenPage
from tests.e2e.barriers import barriers, invalid, visitor
from tests.exchange import workbooks as books
from tests.site import Site
from tests.timetabling.fairs import fair

UNTIL = make.BEFORE + timedelta(days=7)
SOON = 60_000  # milliseconds that solving may take on a busy machine


async def brought_in(site: Site) -> tuple[str, Actor]:
    """The training centre's own fair where it is at hand, or one like it; wishes first. Its address and an organiser."""
    paths = books.shared("juin-2027")[:1]
    sheets = read_path(paths[0]) if paths else read({"a.xlsx": books.as_xlsx(books.fair(companies=8, candidates=40))})
    await importing.carry_out(site.db, SYSTEM, sheets, slug=None, now=make.BEFORE)

    def prepare(tx: Connection) -> tuple[str, Actor]:
        row = tx.execute(select(t.fairs.c.id, t.fairs.c.slug)).one()
        wishing.change(tx, SYSTEM, fair_id=row.id, mode=Mode.WISHES, until=UNTIL, now=make.BEFORE)
        return row.slug, make.make_organiser(tx, row.id)

    return await site.db.write(prepare)


def served(tx: Connection) -> tuple[Actor, str]:
    """A grown-up candidate with an interview, and the stand it is with."""
    row = tx.execute(
        select(t.bookings.c.candidate_id, t.bookings.c.fair_id, t.candidates.c.account_id, t.stands.c.name)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .where(t.candidates.c.age_band == AgeBand.FROM_18_TO_25.value)
        .order_by(t.bookings.c.starts_at, t.bookings.c.id)
        .limit(1)
    ).one()
    return Actor(row.account_id, candidates={row.fair_id: row.candidate_id}), row.name


async def test_a_fair_is_solved_published_and_read_on_a_phone(site: Site, open_page: OpenPage) -> None:
    slug, organiser = await brought_in(site)
    page = await open_page(f"/fairs/{slug}/timetable", organiser, width=1280)
    await page.get_by_role("button", name="Calculer les plannings").click()
    await expect(page.get_by_role("heading", name="Qui y gagne, qui y perd")).to_be_visible(timeout=SOON)
    await page.get_by_role("link", name="Publier le planning B").click()
    await page.get_by_role("button", name="Publier et prévenir tout le monde").click()
    await expect(page.get_by_text("Chacun reçoit un mail")).to_be_visible(timeout=SOON)
    bookings = await site.db.read(lambda tx: tx.execute(select(func.count()).select_from(t.bookings)).scalar_one())
    assert bookings
    candidate, stand = await site.db.read(served)
    phone = await open_page(f"/fairs/{slug}/planning", candidate)
    # Who was put on a list agrees first, once.
    await phone.get_by_role("checkbox", name="J’accepte que").check()
    await phone.get_by_role("button", name="Enregistrer").click()
    await expect(phone.get_by_role("heading", name=stand).first).to_be_visible()
    await phone.goto(f"/fairs/{slug}/wishes")
    await expect(phone.get_by_role("heading", name="Ce que le planning te donne")).to_be_visible()
    assert await phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_open_pages_turn_when_the_timetable_is_published(site: Site, open_page: OpenPage) -> None:
    made = await site.db.write(lambda tx: fair(tx, slug="juin-2027"))
    await site.db.write(wishing.change, made.organiser, fair_id=made.id, mode=Mode.WISHES, until=UNTIL, now=make.BEFORE)
    wishes = await open_page("/fairs/juin-2027/wishes", made.people[0])
    planning = await open_page("/fairs/juin-2027/planning", made.people[0])
    stand = await open_page(f"/fairs/juin-2027/stands/{made.stands[0]}", made.people[1])
    await expect(wishes.get_by_text("3 vœux").first).to_be_visible()
    await expect(stand.get_by_text("Les places viennent des vœux.")).to_be_visible()
    page = await open_page("/fairs/juin-2027/timetable", made.organiser, width=1280, java_script_enabled=False)
    await page.get_by_role("button", name="Calculer les plannings").click()
    await expect(page.get_by_role("link", name="Publier le planning B")).to_be_visible(timeout=SOON)
    await page.get_by_role("link", name="Publier le planning B").click()
    await page.get_by_role("button", name="Publier et prévenir tout le monde").click()
    await expect(wishes.get_by_role("heading", name="Ce que le planning te donne")).to_be_visible(timeout=SOON)
    await expect(planning.get_by_text("Stand").first).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Ouvrir ce qui reste").click()
    await expect(stand.get_by_text("Les places viennent des vœux.")).to_be_hidden(timeout=SOON)


async def test_how_contested_a_wish_is_follows_what_others_wish(site: Site, open_page: OpenPage) -> None:
    made = await site.db.write(lambda tx: fair(tx, slug="juin-2027", people=2))
    await site.db.write(wishing.change, made.organiser, fair_id=made.id, mode=Mode.WISHES, until=UNTIL, now=make.BEFORE)
    wishes = await open_page("/fairs/juin-2027/wishes", made.people[0])
    demand = wishes.locator(f"#wish-demand-{made.stands[0]}")
    await expect(demand).to_contain_text("2 vœux")
    other = await open_page("/fairs/juin-2027/wishes", made.people[1])
    await other.locator(f"#remove-{made.stands[0]}").click()
    await expect(demand).to_contain_text("1 vœu,")


async def test_no_page_of_the_timetable_is_a_barrier(site: Site, browser: Browser, tmp_path: Path) -> None:
    slug, organiser = await brought_in(site)
    fair_id = organiser_of(organiser)
    await site.db.write(timetable.ask, organiser, fair_id=fair_id, now=make.BEFORE)
    outcome = await drafting.draft(site.db, organiser, fair_id=fair_id, clock=site.clock)
    candidate_id, stand_id, _ = next(each for each in outcome.solved["B"].denied if each[2] == "stand_full")
    base = f"/fairs/{slug}/timetable"
    addresses = [base, *(f"{base}/{name}" for name in ("groups", "stands", "pairs", "rules", "publish/B"))]
    addresses += [f"{base}/why?who=a", f"{base}/why?candidate={candidate_id}&stand={stand_id}"]
    addresses += [f"/fairs/{slug}/edit/wishes", f"/fairs/{slug}/cockpit/{stand_id}/wishes"]
    faults, html = [], {}
    async with await visitor(browser, site.url, await site.sign_in(organiser)) as context:
        page = await context.new_page()
        for address in addresses:
            await page.goto(address, wait_until="load", timeout=SOON)
            html[address] = await page.content()
            faults += await barriers(page)
        await site.db.write(publishing.publish, organiser, fair_id=fair_id, letter="B", now=make.BEFORE)
        for address in (base, f"{base}/mend"):
            await page.goto(address, wait_until="load", timeout=SOON)
            if address != base:
                await page.get_by_role("button", name="Voir qui bouge").click(timeout=SOON)
                await expect(page.get_by_role("heading", name="Qui bouge")).to_be_visible(timeout=SOON)
            html[page.url] = await page.content()
            faults += await barriers(page)
    async with httpx2.AsyncClient(base_url=site.url, cookies=await site.sign_in(organiser), timeout=60) as client:
        html = {address: (await client.get(address)).text for address in html}
    faults += await invalid(html, tmp_path)
    assert not faults, "\n".join(faults)


def organiser_of(actor: Actor) -> int:
    """The one fair somebody organises."""
    [fair_id] = actor.fairs
    return fair_id
