"""An import names who leads a company, chooses how places are given, and both come back out of the export."""

from datetime import UTC, datetime

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.content import Kind
from jobdating.exchange import exporting, importing
from jobdating.exchange.reading import read
from jobdating.queries import importing as queries
from jobdating.services import team
from tests import factories as make
from tests.exchange import workbooks as books
from tests.services.test_importing import NOW, bring_in

PEOPLE = ("Manon Durand, Karim Yver", "manon@atelier.example, karim@atelier.example")


def led(*cells: str) -> books.Workbook:
    """A fair whose first stand has two recruiters; with a column for who leads where there are cells for it."""
    book = books.fair(companies=3, candidates=4)
    books.put(book, "Stands", 2, "Recruteur", PEOPLE[0])
    books.put(book, "Stands", 2, "E-mail", PEOPLE[1])
    if cells:
        book["Stands"][0].append("Responsable")
        for line, cell in zip(book["Stands"][1:], (*cells, "", ""), strict=False):
            line.append(cell)
    return book


def leading(tx: Connection) -> list[str]:
    r = t.recruiters.c
    query = select(t.accounts.c.email).join(t.recruiters, r.account_id == t.accounts.c.id).where(r.lead)
    return sorted(tx.execute(query).scalars())


def changes(tx: Connection) -> list[bool]:
    said = select(t.journal.c.data).where(t.journal.c.kind == "LeadChanged").order_by(t.journal.c.id)
    return [data["lead"] for data in tx.execute(said).scalars()]


async def test_who_leads_is_named_changed_and_written_down(db: Database) -> None:
    await bring_in(db, led("oui, non"))
    assert await db.read(leading) == ["manon@atelier.example"]
    await bring_in(db, led("Karim Yver"))
    assert await db.read(leading) == ["karim@atelier.example"]
    assert await db.read(changes) == [True, True, False] or await db.read(changes) == [True, False, True]
    again = await bring_in(db, led("Karim Yver"))
    assert not again.plan.changes_anything and len(await db.read(changes)) == 3


async def test_who_was_made_lead_by_hand_stays_where_the_file_says_nothing(db: Database) -> None:
    await bring_in(db, led())
    fair, recruiter = await db.read(lambda tx: (
        tx.execute(select(t.fairs.c.id)).scalar_one(),
        tx.execute(select(t.recruiters.c.id).join(t.accounts).where(t.accounts.c.email == "karim@atelier.example"))
        .scalar_one(),
    ))  # fmt: skip
    organiser = await db.write(make.make_organiser, fair)
    await db.write(team.set_lead, organiser, fair_id=fair, recruiter_id=recruiter, lead=True, now=NOW)
    for book in (led(), led("", "oui")):
        await bring_in(db, book)
        assert "karim@atelier.example" in await db.read(leading)


async def test_mode_and_deadline_are_stored_and_who_has_not_wished_is_reminded(db: Database) -> None:
    book = books.fair(companies=3, candidates=4)
    for line in book["Candidats"][1:]:
        line[-1] = ""
    book["Job dating"] = books.frame(Mode="vœux", **{"Date limite des vœux": "10/06/2027 18h00"})
    await bring_in(db, book)
    fair = await db.read(lambda tx: tx.execute(select(t.fairs.c.mode, t.fairs.c.wishes_until)).one())
    assert tuple(fair) == ("wishes", datetime(2027, 6, 10, 16, tzinfo=UTC))
    waiting = select(t.outbox.c.recipient).where(t.outbox.c.kind == "wishes")
    assert len(await db.read(lambda tx: tx.execute(waiting).all())) == 4

    book["Job dating"] = books.frame(Mode="premier arrivé", **{"Date limite des vœux": ""})
    await bring_in(db, book)
    assert await db.read(lambda tx: tx.execute(select(t.fairs.c.mode)).scalar_one()) == "open"
    assert await db.read(lambda tx: tx.execute(waiting).all()) == []


async def test_leads_mode_and_deadline_come_back_out_of_the_export(db: Database) -> None:
    book = led("non, oui", "oui")
    book["Job dating"] = books.frame(Mode="vœux", **{"Date limite des vœux": "10/06/2027"})
    await bring_in(db, book)
    current = await db.read(queries.current, "essai-2027")
    stands = current.of(Kind.STAND).values()
    assert sorted(stand.item.values["leads"] for stand in stands)[-1] == ("recruteur1@entreprise.example",)
    again = await importing.prepare(db, read({"a.xlsx": exporting.workbook(current)}), slug="essai-2027", now=NOW)
    assert not again.mistakes and not again.plan.changes_anything
