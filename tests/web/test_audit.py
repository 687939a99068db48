"""The audit of a fair: complete, readable by its organisers, taken away without formulas, changed by nobody. [16.3]"""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import DBAPIError

from jobdating.clock import WallClock
from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain import events
from jobdating.domain.audit import KINDS
from jobdating.domain.policy import Actor
from jobdating.rendering import audit as words
from jobdating.services import audit, booking, sign_in, stand
from jobdating.services.sign_in import Asking, Device, SignedIn
from tests import factories as make
from tests.site import SECRET, Site, insert

FAIR = "/fairs/juin-2027"


class People:
    """Two fairs: ours, with everybody in it, and another with its own."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, slug="juin-2027")
        self.stand = make.make_stand(tx, self.fair, name="Soudure du Bocage")
        self.slots = make.make_slots(tx, self.stand)
        self.ines = make.make_candidate(tx, self.fair)
        self.recruiter, self.organiser = make.make_recruiter(tx, self.stand), make.make_organiser(tx, self.fair)
        for actor, name in ((self.ines, "=1+1"), (self.recruiter, "Manon"), (self.organiser, "Claire")):
            mine = t.accounts.c.id == actor.account_id
            tx.execute(update(t.accounts).where(mine).values(first_name=name, last_name="Testard"))
        other = make.make_fair(tx, slug="ailleurs")
        self.stranger = make.make_organiser(tx, other)
        there = make.make_stand(tx, other, name="Stand d’ailleurs")
        stand.away(tx, self.stranger, stand_id=there, now=make.BEFORE)

    @property
    def candidate(self) -> int:
        return self.ines.candidates[self.fair]


@pytest.fixture
async def people(site: Site) -> People:
    found: People = await insert(site, People)
    return found


async def sign_in_badly_then_well(site: Site, actor: Actor) -> None:
    mine = select(t.accounts.c.email).where(t.accounts.c.id == actor.account_id)
    email = await site.db.read(lambda tx: tx.execute(mine).scalar_one())
    wall = WallClock().now()
    await site.db.write(sign_in.ask, Asking(email, "n", "fr", ""), key=SECRET, now=wall, due_at=make.BEFORE)
    nonce = await site.db.read(lambda tx: tx.execute(select(t.sign_ins.c.nonce)).scalar_one())
    good, link = sign_in.code_of(nonce, key=SECRET), sign_in.link_of(nonce, key=SECRET)
    async with site.client() as client:
        await client.post("/sign-in/link", data={"link": link})  # another browser asked
        await client.post("/sign-in/code", data={"email": email, "code": f"{(int(good) + 1) % 10**8:08d}"})
    entered = await site.db.write(
        sign_in.with_code, good, email=email, network="n", device=Device("tests", None), key=SECRET, now=wall
    )
    assert isinstance(entered, SignedIn)


async def test_every_kind_of_act_is_there_for_the_organisers_of_the_fair_alone(site: Site, people: People) -> None:
    await site.db.write(booking.book, people.ines, slot_id=people.slots[0], now=make.BEFORE)
    await site.db.write(
        booking.book, people.organiser, slot_id=people.slots[1], candidate_id=people.candidate, now=make.BEFORE
    )
    await sign_in_badly_then_well(site, people.recruiter)
    await site.db.write(audit.factor_refused, people.recruiter.account_id or 0, now=make.BEFORE)
    async with site.client(people.organiser) as claire, site.client(people.stranger) as stranger:
        await claire.get(f"{FAIR}/candidates/{people.candidate}")
        await claire.get(f"{FAIR}/export.xlsx")
        shown = {what: (await claire.get(f"{FAIR}/audit", params={"what": what})).text for what in
                 ("all", "sign_ins", "readings", "exports", "changes")}  # fmt: skip
        assert (await stranger.get(f"{FAIR}/audit")).status_code == 404
        assert (await stranger.get(f"{FAIR}/audit.csv")).status_code == 404
        mine = (await claire.get(f"{FAIR}/audit", params={"who": people.recruiter.account_id})).text
        nothing = (await claire.get(f"{FAIR}/audit", params={"day": "2031-01-01"})).text
    expected = {
        "sign_ins": (
            "s’est connecté",
            "lien ouvert dans un autre navigateur",
            "code faux",
            "deuxième preuve fausse",
        ),
        "readings": ("a ouvert le profil",),
        "exports": ("a emporté les données du job dating",),
        "changes": ("a donné un rendez-vous",),
    }
    for what, sentences in expected.items():
        for sentence in sentences:
            assert sentence in shown[what] and sentence in shown["all"], (what, sentence)
            assert not [other for other in expected if other != what and sentence in shown[other]]
    assert shown["changes"].count("a donné un rendez-vous") == 1  # the candidate's own booking is theirs
    assert "Stand d’ailleurs" not in shown["all"]
    assert "Manon Testard</strong> s’est connecté" in mine and "a ouvert le profil" not in mine
    assert "Rien de tel n’est noté" in nothing


async def test_it_is_taken_away_without_formulas_and_that_is_in_it_too(site: Site, people: People) -> None:
    async with site.client(people.organiser) as claire:
        await claire.get(f"{FAIR}/candidates/{people.candidate}")
        comma = await claire.get(f"{FAIR}/audit.csv")
        sheet = await claire.get(f"{FAIR}/audit.xlsx")
        assert (await claire.get(f"{FAIR}/audit.pdf")).status_code == 404
    rows = list(csv.reader(io.StringIO(comma.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Jour", "Heure", "Qui", "Adresse"]
    assert [row[4] for row in rows[1:]] == ["a emporté ce journal", "a ouvert le profil"]
    (about,) = {row[6] for row in rows[1:] if row[4] == "a ouvert le profil"}
    assert about == "'=1+1 Testard"
    cells = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert len(cells) == 4 and "'=1+1 Testard" in cells[3]


async def test_old_acts_are_read_page_by_page(site: Site, people: People) -> None:
    def happen(tx: Connection) -> None:
        for _ in range(150):
            event = events.FairExported(fair_id=people.fair)
            journal.append(tx, event, at=make.BEFORE, by=people.organiser.account_id)

    await site.db.write(happen)
    async with site.client(people.organiser) as claire:
        first = (await claire.get(f"{FAIR}/audit?what=exports")).text
        before = first.partition("before=")[2].partition('"')[0]
        second = (await claire.get(f"{FAIR}/audit?what=exports&before={before}")).text
    assert first.count("audit-when") == 100 and second.count("audit-when") == 50
    assert "Plus anciens" in first and "Plus anciens" not in second


def run(tx: Connection, statement: Any) -> None:
    tx.execute(statement)


async def test_nobody_changes_or_removes_an_entry(db: Database) -> None:
    people = await db.write(People)
    await db.write(booking.book, people.ines, slot_id=people.slots[0], now=make.BEFORE)
    changes: tuple[Any, ...] = (
        update(t.journal).values(account_id=1),
        delete(t.journal),
        delete(t.journal).where(t.journal.c.fair_id == people.fair),
    )
    for change in changes:
        with pytest.raises(DBAPIError, match="append-only"):
            await db.write(run, change)
    if not db.url.startswith("sqlite"):
        with pytest.raises(DBAPIError, match="append-only"):
            await db.write(run, text("TRUNCATE journal"))
    # A whole fair takes its entries with it.
    await db.write(run, delete(t.fairs).where(t.fairs.c.slug == "ailleurs"))


def test_every_act_that_an_auditor_looks_for_has_its_words() -> None:
    for kinds in KINDS.values():
        assert kinds <= set(events.KINDS) and kinds <= set(words.SENTENCES)
    assert set(words.SENTENCES) <= set(events.KINDS)
