"""The public pages over HTTP: what they say, that filters never break them, and that foreign things are not there."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from tests import factories as make
from tests.site import Site, insert


def build(tx: Connection) -> dict[str, int]:
    fair = make.make_fair(tx, slug="juin")
    company = make.make_company(tx, fair, name="Forges d’Argentan", town="Argentan", website="javascript:alert(1)")
    stand = make.make_stand(tx, fair, company_id=company, name="Forges d’Argentan", trades=["Forge"])
    make.make_slots(tx, stand, count=4)
    tx.execute(
        t.offers.insert().values(
            company_id=company, title="Forgeron·ne <b>", trade="Forge", level="CAP", place="Argentan", posts=2
        )
    )
    for number in range(25):
        make.make_stand(tx, fair, name=f"Stand {number:02}")
    return {"fair": fair, "company": company, "stand": stand, "foreign": make.make_company(tx, make.make_fair(tx))}


@pytest.fixture
async def ids(site: Site) -> dict[str, int]:
    found: dict[str, int] = await insert(site, build)
    return found


async def test_the_home_page_leads_to_the_fair_that_comes_next(site: Site, clock: SteppedClock) -> None:
    async with site.client() as client:
        assert "Aucun job dating" in (await client.get("/")).text
        await insert(site, make.make_fair, slug="juin")
        await insert(site, make.make_fair, slug="caché", published=False)
        assert (await client.get("/")).headers["location"] == "/fairs/juin"
        days = {"first_day": date(2027, 10, 1), "last_day": date(2027, 10, 2)}
        await insert(site, make.make_fair, slug="octobre", name="Job dating d’automne", **days)
        page = await client.get("/")
        assert page.status_code == 200 and "Job dating d’automne" in page.text
        clock.advance(timedelta(days=60))
        assert (await client.get("/")).headers["location"] == "/fairs/octobre"


async def test_the_fair_says_what_when_and_how_many(site: Site, ids: dict[str, int]) -> None:
    async with site.client() as client:
        text = (await client.get("/fairs/juin")).text
        for words in (
            "du jeudi 17 juin au samedi 19 juin 2027, de 9:00 à 12:00 et de 14:00 à 17:00",
            "26 entreprises",
            "1 offre en alternance",
            "jusqu’au mercredi 16 juin à 18:00",
            "4 places libres",
            "Voir les 18 autres stands",
        ):
            assert words in text
        english = (await client.get("/fairs/juin", headers={"accept-language": "en"})).text
        assert "26 companies" in english and "Show the 18 other stands" in english


@pytest.mark.parametrize(
    ("moment", "words"),
    [(date(2027, 4, 1), "à partir du samedi 1 mai"), (date(2027, 6, 17), "fermé depuis le mercredi 16 juin à 18:00")],
)
async def test_the_window_is_said_in_words(
    site: Site, ids: dict[str, int], clock: SteppedClock, moment: date, words: str
) -> None:
    clock.moment = clock.moment.replace(month=moment.month, day=moment.day)
    async with site.client() as client:
        text = (await client.get("/fairs/juin")).text
        assert text.index(words) > text.rindex('data-window="', 0, text.index(words))
        shown = [part for part in text.split("<span data-window=")[1:] if " hidden>" not in part.split("</span>")[0]]
        assert len(shown) == 1 and words in shown[0]


@pytest.mark.parametrize("path", ["stands", "companies", "offers", "trainings"])
@pytest.mark.parametrize(
    "query",
    ["", "q=forge", "page=99999999", "page=x&when=nonsense&free=2", "when=2027-06-17.morning", "q=%00%ff%3Cb%3E"],
)
async def test_no_filter_breaks_a_list(site: Site, ids: dict[str, int], path: str, query: str) -> None:
    async with site.client() as client:
        page = await client.get(f"/fairs/juin/{path}?{query}")
        assert page.status_code == 200
        assert "<b>" not in page.text


async def test_pages_of_a_list_keep_its_filters(site: Site, ids: dict[str, int]) -> None:
    async with site.client() as client:
        page = (await client.get("/fairs/juin/stands?q=stand")).text
        assert "Page 1 sur 2" in page
        assert 'href="/fairs/juin/stands?q=stand&amp;page=2"' in page


async def test_a_company_shows_no_address_that_is_not_a_web_page(site: Site, ids: dict[str, int]) -> None:
    async with site.client() as client:
        page = (await client.get(f"/fairs/juin/companies/{ids['company']}")).text
        assert "Forgeron·ne &lt;b&gt;" in page and "javascript:" not in page


@pytest.mark.parametrize(
    "path", ["companies/{foreign}", "companies/999", "companies/99999999999999", "stands/99999999999999"]
)
async def test_what_is_not_of_the_fair_does_not_exist(site: Site, ids: dict[str, int], path: str) -> None:
    async with site.client() as client:
        assert (await client.get(f"/fairs/juin/{path.format(**ids)}")).status_code == 404
        assert (await client.get("/fairs/ailleurs")).status_code == 404
