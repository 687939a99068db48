"""The organiser's settings: what was typed is kept, what is wrong is said beside the field, who moves is shown first."""

from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking
from tests import factories as make
from tests.site import Site

EDIT = "/fairs/juin-2027/edit"
FRAME = {
    "name": "Job dating de juin", "opens_at": "2027-05-01T09:00", "closes_at": "2027-06-16T18:00", "cap": "4",
    "gap_minutes": "20", "lead_minutes": "60", "grace_minutes": "5", "room_provider": "jitsi", "room_hosts": "",
    "contact_email": "Contact@Centre.example", "contact_phone": "02 61 91 00 00", "published": "yes", "refill": "yes",
    "refill_group": "2", "undo_minutes": "15",
}  # fmt: skip
GRID = {
    "first_day": "2027-06-17", "last_day": "2027-06-19", "hours": "9h-12h, 14h-17h", "interview_minutes": "10",
    "buffer_minutes": "5",
}  # fmt: skip


class World:
    """A fair with one stand there all the time, booked once at 9:15 on the first morning."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027", closes_at=make.MORNING)
        self.company = make.make_company(tx, self.fair, name="Ateliers Virois")
        self.stand = make.make_stand(
            tx, self.fair, company_id=self.company, name="Ateliers Virois",
            availability=[[f"2027-06-{day}T{start}:00+00:00", f"2027-06-{day}T{end}:00+00:00"]
                          for day in (17, 18, 19) for start, end in (("07:00", "10:00"), ("12:00", "15:00"))],
        )  # fmt: skip
        self.slots = make.make_slots(tx, self.stand, count=12)
        self.organiser = make.make_organiser(tx, self.fair)
        self.recruiter = make.make_recruiter(tx, self.stand)
        self.candidate = make.make_candidate(tx, self.fair)
        self.booking = booking.book(tx, self.candidate, slot_id=self.slots[1], now=make.BEFORE).id


@pytest.fixture
async def world(site: Site) -> World:
    made: World = await site.db.write(World)
    return made


async def row(site: Site, table: Any, row_id: int) -> Any:
    return await site.db.read(lambda tx: tx.execute(select(table).where(table.c.id == row_id)).one())


async def post(site: Site, actor: Actor, path: str, data: dict[str, Any]) -> Any:
    async with site.client(actor) as client:
        return await client.post(path, data=data)


async def test_every_settings_page_opens_for_an_organiser_and_for_nobody_else(site: Site, world: World) -> None:
    paths = ["", "/grid", "/blocks", "/stands", "/stands/new", f"/stands/{world.stand}", f"/stands/{world.stand}/close"]
    for kind in ("sites", "trainings", "companies", "offers"):
        paths += [f"/{kind}", f"/{kind}/new"]
    paths += [f"/companies/{world.company}", f"/companies/{world.company}/remove"]
    async with site.client(world.organiser) as client:
        for path in (*(EDIT + path for path in paths), "/fairs/new", "/fairs/juin-2027/import"):
            assert (await client.get(path)).status_code == 200, path
    for actor in (world.recruiter, world.candidate):
        async with site.client(actor) as client:
            for path in (*(EDIT + path for path in paths), "/fairs/new"):
                assert (await client.get(path)).status_code == 404, path


async def test_a_foreign_stand_is_not_found(site: Site, world: World) -> None:
    other = await site.db.write(lambda tx: make.make_stand(tx, make.make_fair(tx)))
    async with site.client(world.organiser) as client:
        assert (await client.get(f"{EDIT}/stands/{other}")).status_code == 404
        assert (await client.get(f"{EDIT}/companies/99999")).status_code == 404
        assert (await client.get(f"{EDIT}/unknown")).status_code == 404


async def test_the_frame_is_changed_in_the_fairs_own_time(site: Site, world: World) -> None:
    assert (await post(site, world.organiser, EDIT, FRAME)).status_code == 303
    fair = await row(site, t.fairs, world.fair)
    assert (fair.name, fair.cap, fair.gap_minutes, fair.contact_phone) == ("Job dating de juin", 4, 20, "+33261910000")
    assert fair.closes_at.isoformat() == "2027-06-16T16:00:00+00:00"
    kinds = await site.db.read(lambda tx: tx.execute(select(t.journal.c.kind)).scalars().all())
    assert kinds.count("FairChanged") == 1


async def test_what_was_typed_is_kept_and_what_is_wrong_is_said_beside_the_field(site: Site, world: World) -> None:
    typed = FRAME | {
        "cap": "beaucoup",
        "closes_at": "2027-04-01T09:00",
        "contact_email": "pas-une-adresse",
        "name": "Mon <job>",
    }
    answer = await post(site, world.organiser, EDIT, typed)
    assert answer.status_code == 422
    assert 'value="Mon &lt;job&gt;"' in answer.text
    assert 'value="beaucoup"' in answer.text
    assert "Il faut un nombre entier, de 1 à 50." in answer.text
    assert "Ce n’est pas une adresse e‑mail." in answer.text
    later = await post(site, world.organiser, EDIT, typed | {"cap": "4", "contact_email": ""})
    assert "La clôture est avant l’ouverture." in later.text
    assert (await row(site, t.fairs, world.fair)).cap == 5


async def test_another_grid_shows_who_moves_and_then_moves_them(site: Site, world: World) -> None:
    grid = GRID | {"interview_minutes": "15"}
    preview = await post(site, world.organiser, f"{EDIT}/grid", grid)
    assert "Déplacer un candidat et le prévenir" in preview.text
    assert (await row(site, t.bookings, world.booking)).slot_id == world.slots[1]
    applied = await post(site, world.organiser, f"{EDIT}/grid", grid | {"sure": "yes", "moves": "1"})
    assert applied.status_code == 303
    moved = await row(site, t.bookings, world.booking)
    assert moved.state == "booked"
    assert moved.starts_at.isoformat() in {"2027-06-17T07:20:00+00:00", "2027-06-17T07:00:00+00:00"}
    assert (await row(site, t.slots, moved.slot_id)).starts_at == moved.starts_at


async def test_a_grid_that_loses_somebody_is_refused_until_they_are_kept(site: Site, world: World) -> None:
    grid = GRID | {"hours": "14h-17h"}
    preview = await post(site, world.organiser, f"{EDIT}/grid", grid | {"sure": "yes", "moves": "0"})
    assert "Un rendez-vous ne tient pas dans cette grille" in preview.text
    assert (await row(site, t.fairs, world.fair)).hours == [["09:00", "12:00"], ["14:00", "17:00"]]
    kept = grid | {"keep": "yes", "sure": "yes", "moves": "0"}
    assert (await post(site, world.organiser, f"{EDIT}/grid", kept)).status_code == 303
    booked = await row(site, t.bookings, world.booking)
    assert (booked.slot_id, booked.state) == (world.slots[1], "booked")


async def test_a_new_stand_gets_its_slots_and_its_people(site: Site, world: World) -> None:
    typed = {
        "company_id": str(world.company), "name": "Ateliers Virois, bis", "kind": "interview", "capacity": "1", "site_id": "",
        "room_provider": "auto", "room_url": "", "phone": "06 39 98 00 01", "takes_walk_ins": "yes", "trades": ["Soudage"],
        "more_trades": "Usinage", "recruiters": "Manon Durand, Manon@Firme.example\nkarim@firme.example", "days": "17, 18",
        "hours": "matin", "breaks": "18/06 10h-11h",
    }  # fmt: skip
    answer = await post(site, world.organiser, f"{EDIT}/stands/new", typed)
    assert answer.status_code == 303, answer.text

    def made(tx: Connection) -> tuple[int, list[str], list[str]]:
        stand = tx.execute(select(t.stands.c.id).where(t.stands.c.name == "Ateliers Virois, bis")).scalar_one()
        slots = tx.execute(select(t.slots.c.id).where(t.slots.c.stand_id == stand)).all()
        team = select(t.accounts.c.email).join(t.recruiters).where(t.recruiters.c.stand_id == stand)
        trades = select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == stand)
        return len(slots), sorted(tx.execute(team).scalars()), sorted(tx.execute(trades).scalars())

    assert await site.db.read(made) == (12 + 8, ["karim@firme.example", "manon@firme.example"], ["Soudage", "Usinage"])


async def test_a_stands_mistakes_are_said_beside_their_fields(site: Site, world: World) -> None:
    typed = {
        "company_id": "", "name": "", "kind": "interview", "capacity": "0", "room_provider": "link",
        "room_url": "http://10.0.0.1/", "recruiters": "pas-une-adresse", "days": "lundi", "hours": "25h-27h", "breaks": "",
    }  # fmt: skip
    answer = await post(site, world.organiser, f"{EDIT}/stands/{world.stand}", typed)
    assert answer.status_code == 422
    assert answer.text.count("field-error") == 4
    fine = typed | {"company_id": str(world.company), "name": "Ateliers", "capacity": "1", "recruiters": ""}
    answer = await post(site, world.organiser, f"{EDIT}/stands/{world.stand}", fine)
    assert answer.text.count("field-error") == 3
    assert "25:00 n’est pas une heure." in answer.text


async def test_a_closed_stand_keeps_who_has_booked(site: Site, world: World) -> None:
    async with site.client(world.organiser) as client:
        assert (
            "Le candidat qui a rendez-vous garde sa place"
            in (await client.get(f"{EDIT}/stands/{world.stand}/close")).text
        )
        assert (await client.post(f"{EDIT}/stands/{world.stand}/close")).status_code == 303
    assert (await row(site, t.stands, world.stand)).closed
    assert (await row(site, t.bookings, world.booking)).state == "booked"


async def test_a_moment_is_blocked_around_the_booked_slot_and_given_back(site: Site, world: World) -> None:
    moment = {"stand": "", "day": "2027-06-17", "start": "09:00", "end": "10:00"}
    answer = await post(site, world.organiser, f"{EDIT}/blocks", moment | {"act": "block"})
    assert "3 créneaux changés" in answer.text
    assert "Un autre est réservé et reste ouvert" in answer.text
    answer = await post(site, world.organiser, f"{EDIT}/blocks", moment | {"act": "reopen"})
    assert "3 créneaux changés" in answer.text


async def test_a_site_is_made_changed_and_removed_without_taking_its_stands(site: Site, world: World) -> None:
    typed = {"name": "Vire", "address": "Route de Caen", "postcode": "14500", "visit_capacity": "12"}
    assert (await post(site, world.organiser, f"{EDIT}/sites/new", typed)).status_code == 303
    assert (
        "Ce nom est déjà pris."
        in (await post(site, world.organiser, f"{EDIT}/sites/new", typed | {"name": "VIRE"})).text
    )

    def at_vire(tx: Connection) -> int:
        made: int = tx.execute(select(t.sites.c.id)).scalar_one()
        tx.execute(t.stands.update().values(site_id=made))
        return made

    made = await site.db.write(at_vire)
    async with site.client(world.organiser) as client:
        assert "1 stand n’aura plus de centre" in (await client.get(f"{EDIT}/sites/{made}/remove")).text
        assert (await client.post(f"{EDIT}/sites/{made}/remove")).status_code == 303
    assert (await row(site, t.stands, world.stand)).site_id is None


async def test_a_company_with_a_stand_is_not_removed(site: Site, world: World) -> None:
    assert (await post(site, world.organiser, f"{EDIT}/companies/{world.company}/remove", {})).status_code == 409
    assert (await row(site, t.bookings, world.booking)).state == "booked"


async def test_an_organiser_makes_another_fair_and_organises_it(site: Site, world: World) -> None:
    typed = FRAME | GRID | {"slug": "Octobre 2027"}
    answer = await post(site, world.organiser, "/fairs/new", typed)
    assert answer.headers["location"] == "/fairs/octobre-2027/import"
    async with site.client(world.organiser) as client:
        assert (await client.get("/fairs/octobre-2027/edit")).status_code == 200
    assert "un autre job dating" in (await post(site, world.organiser, "/fairs/new", typed)).text.lower()
