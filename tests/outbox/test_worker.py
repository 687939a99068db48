"""Mail leaves through a real server, once for each row, whatever happens in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select, update

from jobdating.clock import SteppedClock, WallClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.slots import Span
from jobdating.outbox import rows, worker
from jobdating.outbox.transport import Smtp
from jobdating.rendering import mail
from jobdating.services import booking, notices, queue, reminders
from tests.eventually import eventually
from tests.factories import BEFORE, make_candidate, make_fair, make_organiser, make_recruiter, make_slots, make_stand
from tests.outbox.post_office import PostOffice, open_post_office

SENDER = "job-dating@centre.example"


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


@asynccontextmanager
async def sending(db: Database, clock: SteppedClock, url: str) -> AsyncIterator[None]:
    frame = mail.Frame("https://jobdating.example", "jobdating.example", SENDER, "k" * 40, clock)
    compose = partial(mail.compose, frame=frame)
    async with worker.running(db, clock, Smtp(url), compose=compose, sender=SENDER):
        yield


async def booked(db: Database, slot: int = 0) -> tuple[Any, Any, list[int]]:
    """A candidate with a place: the actor, the booking, the stand's slots."""

    def scene(tx: Connection) -> tuple[Any, Any, list[int]]:
        fair_id = make_fair(tx, contact_email="contact@centre.example")
        slots = make_slots(tx, make_stand(tx, fair_id, name="Chaudronnerie de l’Orne"))
        candidate = make_candidate(tx, fair_id)
        return candidate, booking.book(tx, candidate, slot_id=slots[slot], now=BEFORE), slots

    return await db.write(scene)


def table(tx: Connection) -> list[Row[Any]]:
    return list(tx.execute(select(t.outbox).order_by(t.outbox.c.id)))


async def unsent(db: Database) -> list[Row[Any]]:
    """What is due before the fair, and neither sent nor given up."""
    found = await db.read(table)
    return [row for row in found if row.due_at <= BEFORE and row.sent_at is None and row.failed_at is None]


async def test_booking_is_mailed_with_text_html_and_an_invitation(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    async with sending(db, clock, office.url):
        _, made, _ = await booked(db)
        await eventually(lambda: bool(office.mails))
    (received,) = office.mails
    assert received["Subject"] == "C’est réservé : jeudi 17 juin à 9:00, Chaudronnerie de l’Orne"
    text, html = received.get_body(("plain",)), received.get_body(("html",))
    assert text is not None and html is not None
    for part in (text.get_content(), html.get_content()):
        assert "jeudi 17 juin" in part and "https://jobdating.example/fairs/" in part
    (invitation,) = received.iter_attachments()
    assert invitation["Content-Type"].params["method"] == "REQUEST"
    assert f"UID:booking-{made.id}@jobdating.example" in invitation.get_content()


async def test_mail_tells_the_time_it_has_when_it_is_written(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    candidate, made, slots = await booked(db)
    await db.write(booking.move, candidate, booking_id=made.id, slot_id=slots[4], now=BEFORE)
    async with sending(db, clock, office.url):
        await eventually(lambda: len(office.mails) == 2)
    assert all("10:00" in str(received["Subject"]) for received in office.mails)


async def test_moving_and_cancelling_update_the_calendar(db: Database, clock: SteppedClock, office: PostOffice) -> None:
    candidate, made, slots = await booked(db)
    async with sending(db, clock, office.url):
        await eventually(lambda: len(office.mails) == 1)
        await db.write(booking.move, candidate, booking_id=made.id, slot_id=slots[4], now=BEFORE)
        await eventually(lambda: len(office.mails) == 2)
        await db.write(booking.cancel, candidate, booking_id=made.id, now=BEFORE)
        await eventually(lambda: len(office.mails) == 3)
    calendars = [next(received.iter_attachments()).get_content() for received in office.mails]
    assert ["METHOD:CANCEL" in calendar for calendar in calendars] == [False, False, True]
    sequences = [int(calendar.split("SEQUENCE:")[1].split()[0]) for calendar in calendars]
    assert sequences == sorted(set(sequences))
    assert len({calendar.split("UID:")[1].split()[0] for calendar in calendars}) == 1


async def test_a_reminder_is_sent_and_one_of_a_time_that_changed_meanwhile_is_not(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    _, made, slots = await booked(db)
    organiser = await db.write(lambda tx: make_organiser(tx, tx.execute(select(t.fairs.c.id)).scalar_one()))
    clock.moment = made.starts_at - timedelta(minutes=15)
    await db.write(reminders.remind, now=clock.moment - timedelta(minutes=1))
    await db.write(reminders.remind, now=clock.moment)
    await db.write(booking.move, organiser, booking_id=made.id, slot_id=slots[4], now=clock.moment)
    async with sending(db, clock, office.url):
        await eventually_all_settled(db, clock)
        needless = [row for row in await db.read(table) if row.error == "no longer due"]
        assert [row.kind for row in needless] == ["reminder"]
        clock.moment += timedelta(hours=1)  # a quarter of an hour before the new time
        await db.write(reminders.remind, now=clock.moment)
        await eventually(lambda: len(office.mails) == 3)
    assert str(office.mails[2]["Subject"]) == "Dans un quart d’heure : Chaudronnerie de l’Orne"


async def eventually_all_settled(db: Database, clock: SteppedClock) -> None:
    async def settled() -> bool:
        return not [
            row
            for row in await db.read(table)
            if row.due_at <= clock.now() and row.sent_at is None and row.failed_at is None
        ]

    await eventually(settled)


async def test_server_that_is_away_gets_the_mail_later(db: Database, clock: SteppedClock, office: PostOffice) -> None:
    office.answer = lambda recipient: "451 4.3.0 come back later"
    await booked(db)
    async with sending(db, clock, office.url):
        await eventually(lambda: tried(db))
        (row,) = await unsent(db)
        wait = row.claimed_until - WallClock().now()
        assert timedelta(seconds=20) < wait <= rows.FIRST_RETRY
        assert row.recipient not in row.error
        office.answer = lambda recipient: None
        await db.write(without_waiting)
        await eventually(lambda: bool(office.mails))


async def tried(db: Database) -> bool:
    return any(row.attempts == 1 for row in await db.read(table))


def without_waiting(tx: Connection) -> None:
    """As if the back-off, or the claim of a process that died, had run out."""
    tx.execute(update(t.outbox).values(claimed_until=None))


async def test_address_that_does_not_exist_is_given_up_and_holds_nobody_up(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    await booked(db)
    lost = (await db.read(table))[0].recipient
    office.answer = lambda recipient: "550 5.1.1 unknown" if recipient == lost else None
    await booked(db)
    async with sending(db, clock, office.url):
        await eventually(lambda: bool(office.mails))
        await eventually_all_settled(db, clock)
    assert [row.failed_at is not None for row in await db.read(table) if row.due_at <= BEFORE] == [True, False]


async def test_process_that_dies_between_claim_and_report_loses_nothing(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    await booked(db)
    # A process claims, and is killed before it has sent anything.
    claimed = await db.write(rows.claim, now=BEFORE, wall=WallClock().now(), count=10)
    assert len(claimed) == 1
    async with sending(db, clock, office.url):
        assert await db.write(rows.claim, now=BEFORE, wall=WallClock().now(), count=10) == ()
        after_claim = WallClock().now() + rows.CLAIM
        assert await db.read(rows.anything_due, now=BEFORE, wall=after_claim)
        await db.write(without_waiting)
        await eventually(lambda: bool(office.mails))
    # Another was killed after the server took the mail and before it was noted: the second copy has the same id.
    await db.write(lambda tx: tx.execute(update(t.outbox).values(sent_at=None)))
    async with sending(db, clock, office.url):
        await eventually(lambda: len(office.mails) == 2)
    assert office.mails[0]["Message-ID"] == office.mails[1]["Message-ID"]


async def test_two_servers_send_each_mail_once(db: Database, clock: SteppedClock, office: PostOffice) -> None:
    for _ in range(12):
        await booked(db)
    async with sending(db, clock, office.url), sending(db, clock, office.url):
        await eventually_all_settled(db, clock)
    ids = [received["Message-ID"] for received in office.mails]
    assert len(ids) == len(set(ids)) == 12


async def test_who_is_called_is_told_before_who_was_only_booked(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    def scene(tx: Connection) -> None:
        fair_id = make_fair(tx)
        stand_id = make_stand(tx, fair_id)
        slots = make_slots(tx, stand_id)
        recruiter = make_recruiter(tx, stand_id)
        places = [booking.book(tx, make_candidate(tx, fair_id), slot_id=slot_id, now=BEFORE) for slot_id in slots]
        assert places[0].starts_at is not None
        queue.call(tx, recruiter, booking_id=places[0].id, now=places[0].starts_at)

    await db.write(scene)
    claimed = await db.write(rows.claim, now=clock.now() + timedelta(days=30), wall=WallClock().now(), count=1)
    assert [row.kind for row in claimed] == ["called"]


async def test_a_stand_that_confirms_is_told_of_all_who_ask_in_one_mail(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    def scene(tx: Connection) -> tuple[Any, int]:
        fair_id = make_fair(tx)
        stand = make_stand(tx, fair_id, name="Forges d’Argentan", asks_confirmation=True)
        recruiter, slots = make_recruiter(tx, stand), make_slots(tx, stand)
        made = [
            booking.book(tx, make_candidate(tx, fair_id, level="CAP"), slot_id=slots[number], now=BEFORE).id
            for number in (2, 0, 4, 6)
        ]
        return recruiter, made[0]

    recruiter, first = await db.write(scene)
    await db.write(booking.cancel, recruiter, booking_id=first, now=BEFORE)
    assert [row.kind for row in await db.read(table)].count("to_confirm") == 1
    clock.moment += timedelta(minutes=31)
    async with sending(db, clock, office.url):
        await eventually(lambda: any("demandes" in mail["Subject"] for mail in office.mails))
    (told,) = [mail for mail in office.mails if "demandes" in mail["Subject"]]
    assert told["Subject"] == "3 demandes attendent votre réponse, Forges d’Argentan"
    body = told.get_body(("plain",))
    assert body is not None and "jeudi 17 juin à 9:00" in body.get_content() and "CAP" in body.get_content()


async def test_who_keeps_a_place_without_a_time_is_told_and_the_calendar_forgets_the_time(
    db: Database, clock: SteppedClock, office: PostOffice
) -> None:
    _, made, _ = await booked(db)
    span = Span(made.starts_at, made.ends_at)

    def into_the_line(tx: Connection) -> None:
        gone = {"slot_id": None, "seat": None, "starts_at": None, "ends_at": None}
        tx.execute(update(t.bookings).where(t.bookings.c.id == made.id).values(gone))
        notices.in_line(tx, made.id, was=span, now=BEFORE)

    await db.write(into_the_line)
    async with sending(db, clock, office.url):
        await eventually(lambda: bool(office.mails))
    (received,) = office.mails  # the confirmation of the time that is gone is not sent any more
    assert received["Subject"] == "Tu gardes ta place dans la file : Chaudronnerie de l’Orne"
    assert "METHOD:CANCEL" in next(received.iter_attachments()).get_content()
