"""The organiser's pages: who may open them, what they say in each state, and every act they offer."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection, insert, select, update

from jobdating.clock import SteppedClock
from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.policy import Actor
from jobdating.services import booking, queue, timekeeper
from tests import factories as make
from tests.site import Site

MINUTE = timedelta(minutes=1)
DAY = date(2027, 6, 17)
NOW = make.MORNING + 30 * MINUTE


class World:
    """Two stands of one trade: one works, nobody opened the other. Three candidates, one of them without anything."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", name="Job dating", live_day=DAY)
        self.site = tx.execute(
            insert(t.sites).values(fair_id=self.fair, name="Vire").returning(t.sites.c.id)
        ).scalar_one()
        self.stand = make.make_stand(tx, self.fair, name="Forges d’Argentan", connected_since=make.MORNING)
        self.missing = make.make_stand(tx, self.fair, name="Ateliers Virois")
        self.slots = make.make_slots(tx, self.stand)
        self.missing_slots = make.make_slots(tx, self.missing)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.organiser = make.make_organiser(tx, self.fair)
        self.ines, self.hugo, self.idle = (self.person(tx, name) for name in ("Inès", "Hugo", "Malo"))
        self.booked = booking.book(tx, self.ines, slot_id=self.slots[4], now=make.BEFORE).id
        self.stranded = booking.book(tx, self.hugo, slot_id=self.missing_slots[0], now=make.BEFORE).id
        other = make.make_fair(tx, slug="autre")
        self.foreign_stand = make.make_stand(tx, other)
        self.foreign = make.make_candidate(tx, other)
        self.foreign_organiser = make.make_organiser(tx, other)

    def person(self, tx: Connection, first_name: str) -> Actor:
        actor = make.make_candidate(tx, self.fair, level="CAP", site_id=self.site)
        names = {"first_name": first_name, "last_name": "Besnard"}
        tx.execute(update(t.accounts).where(t.accounts.c.id == actor.account_id).values(**names))
        return actor

    def id_of(self, actor: Actor) -> int:
        return actor.candidates[self.fair]


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = NOW
    made = await site.db.write(World)
    await site.db.write(timekeeper.keep, now=NOW)
    return made


async def page(site: Site, world: World, path: str, actor: Actor | None = None, status: int = 200) -> str:
    async with site.client(actor or world.organiser) as client:
        answer = await client.get(f"/fairs/juin-2027{path}")
    assert answer.status_code == status, answer.text[:500]
    return answer.text


async def post(site: Site, world: World, path: str, status: int = 303, **data: Any) -> str:
    async with site.client(world.organiser) as client:
        answer = await client.post(path, data=data)
    assert answer.status_code == status, answer.text[:500]
    return answer.text


async def state_of(site: Site, booking_id: int) -> str:
    return await site.db.read(
        lambda tx: tx.execute(select(t.bookings.c.state).where(t.bookings.c.id == booking_id)).scalar_one()
    )


PAGES = [
    "/wall", "/wall/stands/{stand}", "/wall/stands/{stand}/repair", "/attendance", "/interviews.xlsx", "/interviews.csv",
    "/candidates", "/candidates/{ines}", "/announcements",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_only_organisers_of_the_fair_open_these_pages(site: Site, world: World, path: str) -> None:
    path = path.format(stand=world.stand, ines=world.id_of(world.ines))
    for actor in (world.recruiter, world.ines, world.foreign_organiser):
        await page(site, world, path, actor, status=404)
    async with site.client(world.organiser) as client:
        assert (await client.get(f"/fairs/juin-2027{path}")).status_code == 200
    async with site.client() as client:
        answer = await client.get(f"/fairs/juin-2027{path}")
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("path", ["/wall/stands/{stand}", "/wall/stands/{stand}/repair", "/candidates/{person}"])
async def test_a_thing_of_another_fair_answers_as_a_missing_one(site: Site, world: World, path: str) -> None:
    foreign = {"stand": world.foreign_stand, "person": next(iter(world.foreign.candidates.values()))}
    theirs = await page(site, world, path.format(**foreign), status=404)
    missing = await page(site, world, path.format(stand=999999, person=999999), status=404)
    own = r'/fairs\S*|value="[^"]*"'  # the address asked for, and the form token of the session
    assert re.sub(own, "", theirs) == re.sub(own, "", missing)


async def test_the_wall_says_where_it_hurts(site: Site, world: World) -> None:
    html = await page(site, world, "/wall")
    assert "pas connecté depuis 9:00" in html
    assert html.index('id="wall-row-') and "libre" in html
    assert f'href="/fairs/juin-2027/wall/stands/{world.missing}/repair"' in html


async def test_before_the_fair_the_wall_says_what_is_left_to_prepare(site: Site, world: World) -> None:
    await site.db.write(lambda tx: tx.execute(update(t.fairs).where(t.fairs.c.id == world.fair).values(live_day=None)))
    html = await page(site, world, "/wall")
    assert "1 candidat sans rendez-vous" in html
    assert "1 sur 12" in html


async def test_an_empty_fair_says_what_to_do_next(site: Site, world: World) -> None:
    def empty(tx: Connection) -> Actor:
        return make.make_organiser(tx, make.make_fair(tx, slug="vide"))

    organiser = await site.db.write(empty)
    async with site.client(organiser) as client:
        for path in ("wall", "candidates", "announcements", "attendance"):
            answer = await client.get(f"/fairs/vide/{path}")
            assert answer.status_code == 200
    assert "Aucun" in answer.text


@pytest.mark.parametrize(
    "query", ["?sort=name", "?sort=nonsense&day=x", "?day=2027-06-19", "?view=tight", "?day=1999-01-01"]
)
async def test_the_wall_lives_in_its_address(site: Site, world: World, query: str) -> None:
    html = await page(site, world, f"/wall{query}")
    assert "Forges d’Argentan" in html


async def test_another_day_of_the_wall_is_not_live(site: Site, world: World) -> None:
    assert "data-live-topics" in await page(site, world, "/wall")
    assert "data-live-topics" not in await page(site, world, "/wall?day=2027-06-18")


async def test_the_sheet_offers_every_step_of_the_day(site: Site, world: World) -> None:
    async def sheet() -> str:
        return await page(site, world, f"/wall/stands/{world.stand}")

    path = f"/bookings/{world.booked}"
    for step, offered in (("check-in", "call"), ("call", "start"), ("start", "finish"), ("finish", "undo")):
        assert f'formaction="{path}/{step}"' in await sheet()
        await post(site, world, f"{path}/{step}")
        assert f'formaction="{path}/{offered}"' in await sheet()
    assert await state_of(site, world.booked) == "done"


async def test_the_sheet_pauses_the_stand_and_blocks_a_slot(site: Site, world: World) -> None:
    cockpit = f"/fairs/juin-2027/cockpit/{world.stand}"
    await post(site, world, f"{cockpit}/away")
    await post(site, world, f"{cockpit}/slots/{world.slots[0]}/block")
    html = await page(site, world, f"/wall/stands/{world.stand}")
    assert f'formaction="{cockpit}/back"' in html
    assert f'formaction="{cockpit}/slots/{world.slots[0]}/reopen"' in html


async def test_somebody_who_waits_next_door_can_be_sent_over(site: Site, world: World) -> None:
    await site.db.write(queue.check_in, world.hugo, booking_id=world.stranded, now=NOW)
    hugo = world.id_of(world.hugo)
    assert f'name="candidate_id" value="{hugo}"' in await page(site, world, f"/wall/stands/{world.stand}")
    await post(site, world, f"/fairs/juin-2027/stands/{world.stand}/queue", candidate_id=hugo)
    html = await page(site, world, f"/wall/stands/{world.stand}")
    assert f'name="candidate_id" value="{hugo}"' not in html
    assert "Hugo Besnard" in html


async def test_an_organiser_books_moves_and_cancels_for_somebody(site: Site, world: World) -> None:
    malo = world.id_of(world.idle)
    html = await page(site, world, f"/candidates/{malo}?stand={world.stand}")
    slot = world.slots[6]
    assert f'formaction="/fairs/juin-2027/slots/{slot}/book" name="candidate_id" value="{malo}"' in html
    await post(site, world, f"/fairs/juin-2027/slots/{slot}/book", candidate_id=malo)
    made = await site.db.read(
        lambda tx: tx.execute(select(t.bookings.c.id).where(t.bookings.c.candidate_id == malo)).scalar_one()
    )
    html = await page(site, world, f"/candidates/{malo}?moving={made}")
    assert f'formaction="/bookings/{made}/move" name="slot_id" value="{world.slots[7]}"' in html
    await post(site, world, f"/bookings/{made}/move", slot_id=world.slots[7])
    await post(site, world, f"/bookings/{made}/cancel")
    html = await page(site, world, f"/candidates/{malo}")
    assert f'formaction="/bookings/{made}/restore"' in html
    assert html.index("Rendez-vous annulé") < html.index("Rendez-vous déplacé") < html.index("Rendez-vous pris")


async def test_a_time_at_which_somebody_is_busy_is_said_not_offered(site: Site, world: World) -> None:
    html = await page(site, world, f"/candidates/{world.id_of(world.ines)}?stand={world.missing}")
    assert "déjà pris ailleurs" in html
    assert f"/slots/{world.missing_slots[4]}/book" not in html


async def test_candidates_are_found_by_what_is_in_the_address(site: Site, world: World) -> None:
    html = await page(site, world, f"/candidates?q=ines&state=booked&site={world.site}")
    assert "Inès Besnard" in html
    assert "Hugo" not in html
    assert "Personne ne correspond" in await page(site, world, "/candidates?q=zzz")
    assert await page(site, world, "/candidates?state=nonsense&page=x&site=y")


async def test_an_announcement_is_checked_then_sent(site: Site, world: World) -> None:
    path = "/fairs/juin-2027/announcements"
    typed: dict[str, Any] = {"text": "On commence à 9:30.", "audience": f"stand-{world.stand}"}
    assert "Envoyer à 1 candidat" in await post(site, world, path, status=200, step="check", **typed)
    assert await site.db.read(lambda tx: tx.execute(select(t.announcements.c.id)).all()) == []
    await post(site, world, path, step="send", **typed)
    html = await page(site, world, "/announcements")
    assert "On commence à 9:30." in html


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"text": " ", "audience": "all"}, "Écrivez le message."),
        ({"text": "a" * 1001, "audience": "all"}, "trop long"),
        ({"text": "Bonjour", "audience": "stand-x"}, "destinataires de la liste"),
    ],
)
async def test_what_is_wrong_with_an_announcement_is_said_beside_it(
    site: Site, world: World, typed: dict[str, Any], said: str
) -> None:
    html = await post(site, world, "/fairs/juin-2027/announcements", status=422, step="send", **typed)
    assert said in html
    assert typed["text"].strip() in html


async def test_the_register_can_be_taken_away(site: Site, world: World) -> None:
    await site.db.write(
        lambda tx: tx.execute(
            update(t.accounts).where(t.accounts.c.id == world.ines.account_id).values(last_name="=cmd|' /C calc'!A0")
        )
    )
    async with site.client(world.organiser) as client:
        workbook = await client.get("/fairs/juin-2027/interviews.xlsx")
        text = await client.get("/fairs/juin-2027/interviews.csv")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).get_sheet_by_index(0).to_python()
    said = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == len(said) == 3
    assert rows[0][:4] == said[0][:4] == ["Jour et heure", "Nom", "Prénom", "E-mail"]
    assert {row[1] for row in rows[1:]} == {"'=cmd|' /C calc'!A0", "Besnard"} == {row[1] for row in said[1:]}
    assert said[1][0] == "17/06/2027 09:00"


async def test_who_takes_the_register_away_is_written_down(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        await client.get("/fairs/juin-2027/interviews.csv")
    entries = await site.db.read(lambda tx: journal.since(tx, 0, limit=100_000).entries)
    assert [entry.account_id for entry in entries if isinstance(entry.event, events.FairExported)] == [
        world.organiser.account_id
    ]


async def test_the_list_of_absences_holds_only_them(site: Site, world: World) -> None:
    await site.db.write(queue.no_show, world.recruiter, booking_id=world.booked, now=NOW + 60 * MINUTE)
    html = await page(site, world, "/attendance?state=absent")
    assert "Besnard Inès" in html
    assert "Besnard Hugo" not in html
    async with site.client(world.organiser) as client:
        text = (await client.get("/fairs/juin-2027/interviews.csv?state=absent")).content.decode("utf-8-sig")
    assert text.count("\r\n") == 2
    assert "absence non excusée" in text
