"""The organiser's spreadsheets in the browser: template, upload, preview, confirmation, export; without scripts."""

from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.exchange.reading import read
from jobdating.services import booking, uploads
from tests import factories as make
from tests.exchange import workbooks as books
from tests.site import Site


class World:
    """A fair that is still empty, with its organiser."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="essai-2027", closes_at=make.MORNING)
        self.organiser = make.make_organiser(tx, self.fair)
        self.stranger = make.make_organiser(tx, make.make_fair(tx))
        self.candidate = make.make_candidate(tx, self.fair)


@pytest.fixture
async def world(site: Site) -> World:
    made: World = await site.db.write(World)
    return made


def count(tx: Connection, table: Any) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


async def upload(client: Any, *files: tuple[str, bytes]) -> Any:
    return await client.post("/fairs/essai-2027/import", files=[("files", file) for file in files])


async def imported(site: Site, organiser: Actor, book: books.Workbook) -> None:
    async with site.client(organiser) as client:
        answer = await upload(client, ("essai.xlsx", books.as_xlsx(book)))
        assert answer.status_code == 303, answer.text
        await client.post(answer.headers["location"])


async def test_a_workbook_is_previewed_then_imported(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        answer = await upload(client, ("essai.xlsx", books.as_xlsx(books.fair())))
        preview = await client.get(answer.headers["location"])
        assert "Ce qui va changer" in preview.text
        assert await site.db.read(count, t.stands) == 0
        confirmed = await client.post(answer.headers["location"])
        assert confirmed.status_code == 303
        assert "C’est importé" in (await client.get(confirmed.headers["location"])).text
    assert await site.db.read(count, t.stands) == 6
    assert await site.db.read(count, t.candidates) == 13


async def test_the_sheets_may_come_as_csv_files_together(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        files = [(f"{name}.csv", books.as_csv(rows)) for name, rows in books.fair().items()]
        answer = await upload(client, *files)
        assert "Ce qui va changer" in (await client.get(answer.headers["location"])).text


async def test_mistakes_are_listed_and_nothing_can_be_imported(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        answer = await upload(client, ("essai.xlsx", books.as_xlsx(books.broken())))
        preview = await client.get(answer.headers["location"])
        assert preview.status_code == 422
        assert "21 choses à corriger" in preview.text
        assert "aucune formation ne porte ce métier" in preview.text
        assert "&lt;" not in preview.text or "=HYPERLINK(&#34;" in preview.text
        await client.post(answer.headers["location"])
        assert "21 choses à corriger" in (await client.get(answer.headers["location"])).text
    assert await site.db.read(count, t.stands) == 0


async def test_a_booking_that_would_lose_its_slot_stops_the_import_until_it_is_kept(site: Site, world: World) -> None:
    book = books.fair()
    await imported(site, world.organiser, book)

    def take(tx: Connection) -> int:
        stand = tx.execute(select(t.stands.c.id).order_by(t.stands.c.id)).scalars().first()
        slot = (
            tx.execute(select(t.slots.c.id).where(t.slots.c.stand_id == stand).order_by(t.slots.c.starts_at))
            .scalars()
            .first()
        )
        assert slot is not None
        candidate = world.candidate.candidates[world.fair]
        return booking.book(tx, world.organiser, slot_id=slot, candidate_id=candidate, now=make.BEFORE).id

    taken = await site.db.write(take)
    books.put(book, "Stands", 2, "Horaires", "après-midi")
    async with site.client(world.organiser) as client:
        answer = await upload(client, ("essai.xlsx", books.as_xlsx(book)))
        place = answer.headers["location"]
        assert "Un rendez-vous perdrait son créneau" in (await client.get(place)).text
        await client.post(place)
        assert "Un rendez-vous perdrait son créneau" in (await client.get(place)).text
        await client.post(place, data={"keep": "yes"})
        assert "C’est importé" in (await client.get(place)).text

    def state(tx: Connection) -> str:
        return tx.execute(select(t.bookings.c.state).where(t.bookings.c.id == taken)).scalar_one()

    assert await site.db.read(state) == "booked"


async def test_the_export_imported_again_changes_nothing(site: Site, world: World) -> None:
    await imported(site, world.organiser, books.fair(companies=10, candidates=20))
    async with site.client(world.organiser) as client:
        file = await client.get("/fairs/essai-2027/export.xlsx")
        assert "attachment" in file.headers["content-disposition"]
        answer = await upload(client, ("export.xlsx", file.content))
        assert "Rien ne change" in (await client.get(answer.headers["location"])).text


async def test_the_template_is_understood_as_it_is(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        file = await client.get("/fairs/essai-2027/import/template.xlsx")
        assert [sheet.name for sheet in read({"modele.xlsx": file.content})][-1] == "Mode d'emploi"
        answer = await upload(client, ("modele.xlsx", file.content))
        assert "Ce qui va changer" in (await client.get(answer.headers["location"])).text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("notes.pdf", b"%PDF", "ni un classeur"),
        ("essai.xlsx", b"not a workbook", "abîmé"),
        ("essai.csv", b"\x00\x01", "pas un fichier de texte"),
        ("essai.csv", b"", "vide"),
    ],
)
async def test_a_file_that_is_no_spreadsheet_is_refused_in_words(
    site: Site, world: World, name: str, content: bytes, said: str
) -> None:
    async with site.client(world.organiser) as client:
        answer = await upload(client, (name, content))
        assert answer.status_code == 422
        assert said in answer.text


async def test_only_the_organisers_of_the_fair_import_and_export(site: Site, world: World) -> None:
    for actor in (world.stranger, world.candidate):
        async with site.client(actor) as client:
            for path in ("import", "import/1", "import/template.xlsx", "export.xlsx"):
                assert (await client.get(f"/fairs/essai-2027/{path}")).status_code == 404
            assert (await upload(client, ("a.csv", b"Centre"))).status_code == 404


async def test_an_upload_of_another_fair_is_not_found(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        answer = await upload(client, ("essai.xlsx", books.as_xlsx(books.fair())))
    number = answer.headers["location"].rsplit("/", 1)[1]
    fair = await site.db.read(
        lambda tx: tx.execute(select(t.fairs.c.slug).where(t.fairs.c.slug != "essai-2027")).scalar_one()
    )
    async with site.client(world.stranger) as client:
        assert (await client.get(f"/fairs/{fair}/import/{number}")).status_code == 404


async def test_two_confirmations_are_one_import(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        answer = await upload(client, ("essai.xlsx", books.as_xlsx(books.fair())))
        place = answer.headers["location"]
        await client.post(place)
        await client.post(place)
        assert "C’est importé" in (await client.get(place)).text

    def imports(tx: Connection) -> int:
        return tx.execute(select(func.count()).where(t.journal.c.kind == "FairImported")).scalar_one()

    assert await site.db.read(imports) == 1


async def test_a_workbook_of_some_megabytes_is_taken_and_a_larger_one_refused(site: Site, world: World) -> None:
    book = books.fair()
    async with site.client(world.organiser) as client:
        padded = books.as_xlsx(book) + b"\0" * 3_000_000
        answer = await upload(client, ("essai.xlsx", padded))
        assert answer.status_code in {303, 422}
        assert (await upload(client, ("essai.xlsx", b"a" * 6_000_000))).status_code == 413


async def test_a_long_import_shows_how_far_it_is_and_loads_itself_again(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        answer = await upload(client, ("essai.xlsx", books.as_xlsx(books.fair())))
        place = answer.headers["location"]
        number = int(place.rsplit("/", 1)[1])
        await site.db.write(uploads.reach, upload_id=number, step="compare", now=site.clock.now())
        running = await client.get(place)
        assert running.headers["refresh"] == "1"
        assert '<progress class="settings-bar" id="progress" value="3" max="5">' in running.text
        await site.db.write(uploads.reach, upload_id=number, step="compare", now=site.clock.now() - 2 * uploads.STUCK)
        assert "Ce qui va changer" in (await client.get(place)).text


async def test_the_files_of_an_import_are_forgotten_once_it_is_done(site: Site, world: World) -> None:
    await imported(site, world.organiser, books.fair())
    kept = await site.db.read(lambda tx: tx.execute(select(t.uploads.c.content)).scalars().all())
    assert kept == [b""]
