"""Shifting, spreading and closing a stand by its pages: what is shown is what is done, and it can be taken back."""

import html as markup
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking, timekeeper
from tests import factories as make
from tests.site import Site

MINUTE = timedelta(minutes=1)
NOW = make.MORNING + 30 * MINUTE
FAIR = "/fairs/juin-2027"


class World:
    """Two stands of one company and trade: nobody opened the first, where Hugo and Inès are expected."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", live_day=date(2027, 6, 17))
        company = make.make_company(tx, self.fair)
        self.missing = make.make_stand(tx, self.fair, name="Ateliers Virois", company_id=company)
        self.stand = make.make_stand(
            tx, self.fair, name="Forges d’Argentan", company_id=company, connected_since=make.MORNING
        )
        self.missing_slots = make.make_slots(tx, self.missing)
        self.slots = make.make_slots(tx, self.stand)
        self.lead = make.make_recruiter(tx, self.stand, lead=True)
        self.recruiter = make.make_recruiter(tx, self.missing)
        self.organiser = make.make_organiser(tx, self.fair)
        self.people = [self.person(tx, name) for name in ("Hugo", "Inès")]
        self.bookings = [
            booking.book(tx, person, slot_id=slot, now=make.BEFORE).id
            for person, slot in zip(self.people, (self.missing_slots[0], self.missing_slots[4]), strict=True)
        ]
        other = make.make_fair(tx, slug="autre")
        self.foreign_stand = make.make_stand(tx, other)

    def person(self, tx: Connection, first_name: str) -> Actor:
        actor = make.make_candidate(tx, self.fair)
        names = {"first_name": first_name, "last_name": "Besnard"}
        tx.execute(update(t.accounts).where(t.accounts.c.id == actor.account_id).values(**names))
        return actor


@pytest.fixture
async def world(site: Site, clock: SteppedClock) -> World:
    clock.moment = NOW
    made = await site.db.write(World)
    await site.db.write(timekeeper.keep, now=NOW)
    return made


def form_of(page: str) -> dict[str, list[str]]:
    """The fields of the preview's form, as a browser would send them: what is not ticked is not sent."""
    [form] = re.findall(r'<form method="post" action="[^"]*/repair".*?</form>', page, re.DOTALL)
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.findall(rf'{key}="([^"]*)"', tag) for key in ("name", "value"))
        if 'type="checkbox"' not in tag or "checked" in tag:
            fields.setdefault(name[0], []).append(markup.unescape(value[0]))
    return fields


async def look(site: Site, path: str, actor: Actor, status: int = 200) -> str:
    async with site.client(actor) as client:
        answer = await client.get(f"{FAIR}{path}")
    assert answer.status_code == status, answer.text[:500]
    return answer.text


async def send(site: Site, path: str, actor: Actor, data: dict[str, Any], status: int = 303) -> tuple[str, str]:
    """Where it leads, and the page."""
    async with site.client(actor) as client:
        answer = await client.post(f"{FAIR}{path}", data=data)
    assert answer.status_code == status, answer.text[:500]
    return answer.headers.get("location", "").removeprefix(FAIR), answer.text


async def starts(site: Site, world: World) -> list[datetime | None]:
    query = select(t.bookings.c.starts_at).where(t.bookings.c.id.in_(world.bookings)).order_by(t.bookings.c.id)
    return await site.db.read(lambda tx: list(tx.execute(query).scalars()))


async def stands(site: Site, world: World) -> list[int]:
    query = select(t.bookings.c.stand_id).where(t.bookings.c.id.in_(world.bookings)).order_by(t.bookings.c.id)
    return await site.db.read(lambda tx: list(tx.execute(query).scalars()))


async def test_what_is_shown_is_done_and_taken_back(site: Site, world: World) -> None:
    path = f"/wall/stands/{world.missing}/repair"
    page = await look(site, f"{path}?way=shift&minutes=45&until=evening", world.organiser)
    assert "Hugo B." in page
    assert "<s>9:00</s></td><td><strong>9:45</strong>" in page
    done, _ = await send(site, path, world.organiser, form_of(page))
    assert await starts(site, world) == [make.MORNING + 45 * MINUTE, make.MORNING + 105 * MINUTE]
    page = await look(site, done, world.organiser)
    assert "Stand décalé de 45 min" in page
    assert "2 candidats déplacés et prévenus." in page
    assert "possible jusqu’à 9:40" in page
    sheet = await look(site, f"/wall/stands/{world.missing}", world.organiser)
    assert f'formaction="{FAIR}{done}/undo"' in sheet
    back, _ = await send(site, f"{done}/undo", world.organiser, {})
    assert back == done
    assert "Chacun a retrouvé son heure" in await look(site, done, world.organiser)
    assert await starts(site, world) == [make.MORNING, make.MORNING + 60 * MINUTE]


async def test_only_who_is_ticked_is_spread(site: Site, world: World) -> None:
    path = f"/wall/stands/{world.missing}/repair"
    form = form_of(await look(site, path, world.organiser))
    assert len(form["move"]) == 2
    form["move"] = [move for move in form["move"] if move.startswith(f"{world.bookings[0]}-")]
    await send(site, path, world.organiser, form)
    assert await stands(site, world) == [world.stand, world.missing]


async def test_when_the_stand_changed_meanwhile_nothing_is_done_and_the_new_plan_is_shown(
    site: Site, world: World
) -> None:
    path = f"/wall/stands/{world.missing}/repair"
    form = form_of(await look(site, path, world.organiser))
    unticked, ticked = form["move"]
    newcomer = await site.db.write(world.person, "Malo")
    await site.db.write(booking.book, newcomer, slot_id=world.missing_slots[6], now=make.BEFORE)
    _, page = await send(site, path, world.organiser, form | {"move": [ticked]}, status=409)
    assert "Le stand a changé pendant que vous regardiez" in page
    assert "Malo B." in page
    again = form_of(page)
    assert unticked.split("-")[0] not in [move.split("-")[0] for move in again["move"]]
    assert await stands(site, world) == [world.missing] * 2
    await send(site, path, world.organiser, again)
    assert (await stands(site, world)).count(world.stand) == 1


async def test_closing_says_what_becomes_of_everybody(site: Site, world: World) -> None:
    def full(tx: Connection) -> None:
        tx.execute(update(t.slots).where(t.slots.c.stand_id == world.stand).values(state="blocked"))

    await site.db.write(full)
    path = f"/wall/stands/{world.missing}/repair"
    page = await look(site, f"{path}?way=close", world.organiser)
    assert page.count("passe en tête de la liste d’attente") == 2
    assert "Fermer et prévenir 2 candidats" in page
    done, _ = await send(site, path, world.organiser, form_of(page))
    assert "2 rendez-vous annulés." in await look(site, done, world.organiser)


async def test_a_closed_stand_says_until_when_and_takes_nobody_before(site: Site, world: World) -> None:
    malo = await site.db.write(world.person, "Malo")
    public, cockpit = f"/stands/{world.missing}", f"/cockpit/{world.missing}"
    assert "Rejoindre la file" in await look(site, public, malo)
    path = f"/wall{public}/repair"
    await send(site, path, world.organiser, form_of(await look(site, f"{path}?way=close", world.organiser)))
    page = await look(site, public, malo)
    assert "Ce stand ne prend personne sans rendez-vous jusqu’à 12:00." in page
    assert "Rejoindre la file" not in page and "à l’heure" not in page
    assert "fermé jusqu’à 12:00" in await look(site, "/stands", malo)
    _, refused = await send(site, f"{public}/queue", malo, {}, status=409)
    assert "Ce stand ne prend personne sans rendez-vous jusqu’à 12:00." in refused
    assert "fermé jusqu’à 12:00" in await look(site, cockpit, world.recruiter)
    assert f'formaction="{FAIR}{cockpit}/open-again"' in await look(site, f"/wall{public}", world.organiser)
    await send(site, f"{cockpit}/open-again", world.recruiter, {})
    assert "Rejoindre la file" in await look(site, public, malo)
    await send(site, f"{public}/queue", malo, {})


async def test_a_stand_closed_for_the_day_does_not_say_midnight(site: Site, world: World) -> None:
    malo = await site.db.write(world.person, "Malo")
    path = f"/wall/stands/{world.missing}/repair"
    page = await look(site, f"{path}?way=close&until=evening", world.organiser)
    await send(site, path, world.organiser, form_of(page))
    words = "Ce stand ne prend personne sans rendez-vous pour le reste de la journée."
    assert words in await look(site, f"/stands/{world.missing}", malo)
    _, refused = await send(site, f"/stands/{world.missing}/queue", malo, {}, status=409)
    assert "Ce stand ne prend personne sans rendez-vous pour le moment." in refused


async def test_a_lead_repairs_their_company_s_stands_and_a_colleague_does_not(site: Site, world: World) -> None:
    path = f"/cockpit/{world.missing}/repair"
    page = await look(site, f"{path}?way=shift&minutes=30", world.lead)
    done, _ = await send(site, path, world.lead, form_of(page))
    assert f'href="{FAIR}/cockpit/{world.missing}"' in await look(site, done, world.lead)
    assert f'href="{FAIR}{path}"' in await look(site, f"/cockpit/{world.missing}", world.lead)
    for refused in (path, done):
        await look(site, refused, world.recruiter, status=404)
    await send(site, path, world.recruiter, form_of(page), status=404)
    await send(site, f"{done}/undo", world.recruiter, {}, status=404)
    assert f'href="{FAIR}{path}"' not in await look(site, f"/cockpit/{world.missing}", world.recruiter)


async def test_after_some_minutes_it_says_that_it_is_too_late(site: Site, world: World, clock: SteppedClock) -> None:
    path = f"/wall/stands/{world.missing}/repair"
    done, _ = await send(site, path, world.organiser, form_of(await look(site, path, world.organiser)))
    clock.moment = NOW + 11 * MINUTE
    assert "Revenir en arrière</button>" not in await look(site, done, world.organiser)
    _, page = await send(site, f"{done}/undo", world.organiser, {}, status=409)
    assert "trop tard pour revenir en arrière" in page


async def test_taking_back_twice_is_taking_back_once(site: Site, world: World) -> None:
    path = f"/wall/stands/{world.missing}/repair"
    done, _ = await send(site, path, world.organiser, form_of(await look(site, path, world.organiser)))
    for _ in range(2):
        assert (await send(site, f"{done}/undo", world.organiser, {}))[0] == done


@pytest.mark.parametrize(
    "query",
    ["way=fly", "minutes=1e9", "minutes=-", "from=hier", "until=never", "day=2030-01-01", "minutes=%00", "at=x"],
)
async def test_an_address_that_makes_no_sense_shows_the_usual_plan(site: Site, world: World, query: str) -> None:
    assert "Qui bouge" in await look(site, f"/wall/stands/{world.missing}/repair?{query}", world.organiser)


@pytest.mark.parametrize("move", ["7", "a-b", "7-8-9", "7-8 9"])
async def test_a_repair_that_makes_no_sense_is_refused(site: Site, world: World, move: str) -> None:
    await send(site, f"/wall/stands/{world.missing}/repair", world.organiser, {"move": move}, status=422)


async def test_a_repair_touches_no_stand_of_another_fair(site: Site, world: World) -> None:
    path = f"/wall/stands/{world.foreign_stand}/repair"
    await send(site, path, world.organiser, {"move": f"{world.bookings[0]}-{world.slots[1]}"}, status=404)


async def test_a_day_to_come_can_be_repaired_from_its_wall(site: Site, world: World) -> None:
    def tomorrow(tx: Connection) -> int:
        [slot] = make.make_slots(tx, world.missing, count=1, start=make.MORNING + timedelta(days=1))
        make.make_slots(tx, world.stand, count=2, start=make.MORNING + timedelta(days=1))
        return booking.book(tx, world.person(tx, "Malo"), slot_id=slot, now=make.BEFORE).id

    later = await site.db.write(tomorrow)
    path = f"/wall/stands/{world.missing}/repair"
    page = await look(site, f"{path}?day=2027-06-18", world.organiser)
    assert "vendredi 18 juin" in page
    [move] = form_of(page)["move"]
    assert move.startswith(f"{later}-")
    await send(site, path, world.organiser, form_of(page))
    assert await stands(site, world) == [world.missing] * 2
