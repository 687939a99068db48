"""An import makes a whole fair, brings it up to date, and never loses a booking; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.content import Kind
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.exchange import exporting, importing
from jobdating.exchange.importing import Prepared
from jobdating.exchange.reading import Sheet, read, read_path
from jobdating.queries import importing as queries
from jobdating.services import booking, eligibility
from jobdating.services import importing as service
from jobdating.services.grid import BookingsHurt, PlanStale
from tests import factories as make
from tests.exchange import workbooks as books

NOW = make.BEFORE


def sheets(book: books.Workbook) -> list[Sheet]:
    return read({"essai.xlsx": books.as_xlsx(book)})


async def bring_in(db: Database, book: books.Workbook, actor: Actor = SYSTEM, **options: Any) -> Prepared:
    done: Prepared = await importing.carry_out(db, actor, sheets(book), slug=None, now=NOW, **options)
    return done


def counted(tx: Connection) -> dict[str, int]:
    """How many rows each table of a fair has."""
    tables = (
        t.fairs, t.accounts, t.sites, t.trainings, t.companies, t.offers, t.stands, t.recruiters, t.slots, t.candidates,
        t.wishes, t.organisers, t.stand_trades, t.candidate_trades, t.training_sites,
    )  # fmt: skip
    return {table.name: tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


def one(tx: Connection, query: Any) -> Any:
    return tx.execute(query).scalar_one()


def take(tx: Connection, *, stand: str, candidate: str, place: int = 0) -> int:
    """Book a slot of the stand of that name for a candidate by address."""
    slots = select(t.slots.c.id).join(t.stands).where(t.stands.c.name == stand).order_by(t.slots.c.starts_at)
    slot = tx.execute(slots).scalars().all()[place]
    who = tx.execute(select(t.candidates.c.id).join(t.accounts).where(t.accounts.c.email == candidate)).scalar_one()
    return booking.book(tx, SYSTEM, slot_id=slot, candidate_id=who, now=NOW).id


async def test_a_fair_is_made_with_everything_in_it(db: Database) -> None:
    await bring_in(db, books.fair(companies=8, candidates=20))
    rows = await db.read(counted)
    assert rows["fairs"] == rows["organisers"] == 1
    assert (rows["stands"], rows["recruiters"], rows["companies"], rows["candidates"]) == (8, 8, 8, 20)
    assert rows["accounts"] == 8 + 20 + 1
    assert rows["slots"] > 150
    emails = await db.read(lambda tx: tx.execute(select(t.accounts.c.email)).scalars().all())
    assert all(email == email.lower() for email in emails)
    kinds = await db.read(lambda tx: tx.execute(select(t.journal.c.kind)).scalars().all())
    assert kinds[-1] == "FairImported"


async def test_slots_are_cut_from_days_and_hours_without_what_is_not_available(db: Database) -> None:
    book = books.fair()
    name = str(book["Stands"][1][0])
    books.put(book, "Stands", 2, "Jours", "17, 18")
    books.put(book, "Stands", 2, "Horaires", "matin")
    books.put(book, "Stands", 2, "Indisponibilités", "18/06 10h-11h")
    await bring_in(db, book)
    starts = await db.read(
        lambda tx: (
            tx.execute(
                select(t.slots.c.starts_at).join(t.stands).where(t.stands.c.name == name).order_by(t.slots.c.starts_at)
            )
            .scalars()
            .all()
        )
    )
    assert len(starts) == 12 + 8
    assert starts[0] == make.MORNING
    second_day = make.MORNING + timedelta(days=1)
    assert second_day + timedelta(minutes=60) not in starts
    assert second_day + timedelta(minutes=120) in starts


async def test_importing_the_same_file_again_changes_nothing(db: Database) -> None:
    book = books.fair(companies=8, candidates=20)
    await bring_in(db, book)
    before = await db.read(counted)
    again = await bring_in(db, book)
    assert not again.plan.changes_anything
    assert await db.read(counted) == before


async def test_importing_again_updates_and_adds_and_keeps_what_is_not_listed(db: Database) -> None:
    book = books.fair(companies=6, candidates=12)
    await bring_in(db, book)
    books.put(book, "Entreprises", 2, "Ville", "Bayeux")
    books.put(book, "Candidats", 2, "Niveau visé", "BTS")
    books.put(book, "Candidats", 3, "Téléphone", "06 39 98 77 66")
    gone = str(book["Candidats"].pop()[2])
    more = books.fair(companies=6, candidates=13)["Candidats"][-1]
    more[9] = str(book["Stands"][1][0])
    book["Candidats"].append(more)
    done = await bring_in(db, book)
    assert {change.item.kind for change in done.plan.changes} == {Kind.COMPANY, Kind.CANDIDATE, Kind.ACCOUNT}
    assert [known.item.key for known in done.plan.absent] == [(gone,)]
    assert (await db.read(counted))["candidates"] == 13
    phone = select(t.accounts.c.phone).where(t.accounts.c.email == str(book["Candidats"][2][2]))
    assert await db.read(one, phone) == "+33639987766"


async def test_an_import_that_would_hurt_a_booking_is_refused_as_a_whole(db: Database) -> None:
    book = books.fair()
    await bring_in(db, book)
    name, email = str(book["Stands"][1][0]), str(book["Candidats"][1][2])
    taken = await db.write(take, stand=name, candidate=email)
    books.put(book, "Stands", 2, "Horaires", "après-midi")
    books.put(book, "Candidats", 3, "Niveau visé", "BTS")
    before = await db.read(counted)
    refused = await bring_in(db, book)
    (hurt,) = refused.plan.hurts
    assert (hurt.booking_id, hurt.stand) == (taken, name)
    assert await db.read(counted) == before
    current = await db.read(queries.current, "essai-2027")
    ids = {kind: {key: known.id for key, known in current.of(kind).items()} for kind in Kind}
    with pytest.raises(BookingsHurt):
        await db.write(service.apply, SYSTEM, plan=refused.plan, ids=ids, now=NOW)
    kept = await bring_in(db, book, keep=True)
    assert not kept.plan.hurts
    row = await db.read(lambda tx: tx.execute(select(t.bookings).where(t.bookings.c.id == taken)).one())
    assert row.state == "booked"
    assert await db.read(one, select(t.slots.c.starts_at).where(t.slots.c.id == row.slot_id)) == row.starts_at


async def test_a_booking_made_while_the_import_is_worked_out_is_not_lost(db: Database) -> None:
    book = books.fair()
    await bring_in(db, book)
    name, email = str(book["Stands"][1][0]), str(book["Candidats"][1][2])
    books.put(book, "Stands", 2, "Horaires", "après-midi")
    prepared = await importing.prepare(db, sheets(book), slug=None, now=NOW)
    assert not prepared.plan.hurts
    await db.write(take, stand=name, candidate=email)
    with pytest.raises(PlanStale):
        await db.write(service.apply, SYSTEM, plan=prepared.plan, ids=prepared.ids, now=NOW)
    assert (await bring_in(db, book)).plan.hurts


async def test_a_longer_interview_takes_its_bookings_along(db: Database) -> None:
    book = books.fair()
    await bring_in(db, book)
    name, email = str(book["Stands"][1][0]), str(book["Candidats"][1][2])
    taken = await db.write(take, stand=name, candidate=email)
    books.put(book, "Job dating", 0, "Durée d'un entretien (min)", 15)
    books.put(book, "Job dating", 0, "Battement (min)", 0)
    done = await bring_in(db, book)
    assert not done.plan.hurts
    row = await db.read(lambda tx: tx.execute(select(t.bookings).where(t.bookings.c.id == taken)).one())
    assert row.ends_at - row.starts_at == timedelta(minutes=15)


async def test_mistakes_import_nothing(db: Database) -> None:
    refused = await bring_in(db, books.broken())
    assert len(refused.mistakes) == len(books.MISTAKES) + 1
    assert not any((await db.read(counted)).values())


async def test_a_person_known_elsewhere_keeps_their_name(db: Database) -> None:
    book = books.fair()
    email = str(book["Candidats"][1][2])

    def elsewhere(tx: Connection) -> None:
        account = make.make_account(tx, email=email, first_name="Ancien", last_name="Nom")
        tx.execute(t.candidates.insert().values(fair_id=make.make_fair(tx), account_id=account, registered_at=NOW))

    await db.write(elsewhere)
    await bring_in(db, book)
    assert await db.read(one, select(t.accounts.c.last_name).where(t.accounts.c.email == email)) == "Nom"
    assert (await db.read(counted))["candidates"] == 13


async def test_only_the_fairs_organisers_import_into_it(db: Database) -> None:
    book = books.fair()
    await bring_in(db, book)
    stranger = await db.write(lambda tx: make.make_organiser(tx, make.make_fair(tx)))
    books.put(book, "Entreprises", 2, "Ville", "Bayeux")
    with pytest.raises(NotFound):
        await bring_in(db, book, stranger)
    new = books.fair()
    books.put(new, "Job dating", 0, "Identifiant", "autre-2027")
    with pytest.raises(NotFound):
        await bring_in(db, new, stranger)


async def test_what_is_exported_reads_back_as_itself(db: Database) -> None:
    await bring_in(db, books.fair(companies=12, candidates=30))
    current = await db.read(queries.current, "essai-2027")
    again = await importing.prepare(db, read({"a.xlsx": exporting.workbook(current)}), slug="essai-2027", now=NOW)
    assert not again.mistakes
    assert not again.plan.changes_anything
    assert not again.plan.absent


async def test_cells_that_would_act_as_formulas_are_exported_as_text_and_read_back(db: Database) -> None:
    await bring_in(db, books.fair())

    def mischief(tx: Connection) -> None:
        for table, column in ((t.companies, "about"), (t.accounts, "last_name"), (t.sites, "address")):
            tx.execute(table.update().values({column: "=HYPERLINK(1)"}))

    await db.write(mischief)
    current = await db.read(queries.current, "essai-2027")
    content = exporting.workbook(current)
    cells = [cell for sheet in read({"a.xlsx": content}) for row in sheet.rows for cell in row if isinstance(cell, str)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    again = await importing.prepare(db, read({"a.xlsx": content}), slug="essai-2027", now=NOW)
    assert not again.mistakes
    assert not again.plan.changes_anything


async def test_the_training_centres_own_fair(db: Database) -> None:
    """Where it is at hand: as many slots as its README says, and importing it again changes nothing."""
    for path in books.shared("juin-2027")[:1]:
        done = await importing.carry_out(db, SYSTEM, read_path(path), slug=None, now=NOW)
        assert not done.mistakes
        rows = await db.read(counted)
        assert (rows["stands"], rows["candidates"], rows["offers"]) == (60, 500, 135)
        assert 2_600 <= rows["slots"] <= 2_800
        again = await importing.carry_out(db, SYSTEM, read_path(path), slug=None, now=NOW)
        assert not again.plan.changes_anything


async def test_what_was_renamed_on_a_page_is_known_again_in_the_export_and_in_the_old_file(db: Database) -> None:
    book = books.fair()
    await bring_in(db, book)

    def rename(tx: Connection) -> None:
        for table in (t.stands, t.companies):
            first = select(func.min(table.c.id)).scalar_subquery()
            tx.execute(table.update().where(table.c.id == first).values(name="Forges réunies"))

    await db.write(rename)
    current = await db.read(queries.current, "essai-2027")
    again = await importing.prepare(db, read({"a.xlsx": exporting.workbook(current)}), slug="essai-2027", now=NOW)
    assert not again.plan.changes_anything
    old = await importing.prepare(db, sheets(book), slug=None, now=NOW)
    assert not old.plan.additions


async def test_wishes_are_marked_again_when_the_trades_of_a_stand_change(db: Database) -> None:
    book = books.fair()
    await bring_in(db, book)
    name = str(book["Entreprises"][1][0])
    marks = select(t.wishes.c.eligible).join(t.stands).where(t.stands.c.name == name)

    def eligible(tx: Connection) -> set[bool]:
        return set(tx.execute(marks).scalars())

    def narrow(tx: Connection) -> None:
        stand = tx.execute(select(t.stands.c.id).where(t.stands.c.name == name)).scalar_one()
        tx.execute(t.stand_trades.delete().where(t.stand_trades.c.stand_id == stand))
        tx.execute(t.stand_trades.insert().values(stand_id=stand, trade="Logistique"))
        eligibility.refresh(tx, stand_ids=[stand])

    await db.write(narrow)
    assert await db.read(eligible) == {False}
    await bring_in(db, book)
    assert True in await db.read(eligible)
