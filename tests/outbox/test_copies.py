"""A minor's messages about the fair go to the adult they named too; nothing else does, and one link ends it."""

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.policy import Actor
from jobdating.domain.states import AgeBand
from jobdating.outbox import worker
from jobdating.outbox.transport import Smtp
from jobdating.rendering import mail
from jobdating.services import adult, announcements, booking, consent, sign_in
from jobdating.services.consent import Answer
from jobdating.services.sign_in import Asking
from tests import factories as make
from tests.eventually import eventually
from tests.outbox.post_office import PostOffice, open_post_office

KEY = "k" * 40
ADULT, MOTHER = "prof@lycee.example", "mere@famille.example"


class Scene:
    """Somebody of 16 with a place, who has named an adult."""

    def __init__(self, tx: Connection, *, band: AgeBand = AgeBand.FROM_15_TO_17) -> None:
        self.fair = make.make_fair(tx, name="Job dating des métiers")
        stand = make.make_stand(tx, self.fair, name="Chaudronnerie de l’Orne")
        self.slots = make.make_slots(tx, stand)
        self.ines = make.make_candidate(tx, self.fair, age_band=band.value)
        self.candidate = self.ines.candidates[self.fair]
        self.organiser = make.make_organiser(tx, self.fair)
        if band is AgeBand.FROM_15_TO_17:
            adult.name(tx, self.ines, candidate_id=self.candidate, email=ADULT, now=make.BEFORE)
        self.email = _email(tx, self.ines)


def _email(tx: Connection, actor: Actor) -> str:
    return tx.execute(select(t.accounts.c.email).where(t.accounts.c.id == actor.account_id)).scalar_one()


async def sent(db: Database, office: PostOffice) -> list[tuple[str, str, str]]:
    """Send all that is due before the fair: (to, subject, text) of each mail."""
    clock = SteppedClock(make.BEFORE + timedelta(hours=1))
    frame = mail.Frame("https://jobdating.example", "jobdating.example", "a@centre.example", KEY, clock)
    due = select(func.count()).where(
        t.outbox.c.sent_at.is_(None), t.outbox.c.failed_at.is_(None), t.outbox.c.due_at <= clock.moment
    )

    async def done() -> bool:
        return await db.read(lambda tx: tx.execute(due).scalar_one()) == 0

    compose = partial(mail.compose, frame=frame)
    async with worker.running(db, clock, Smtp(office.url), compose=compose, sender="a@centre.example"):
        await eventually(done)
    return [(str(each["to"]), str(each["subject"]), _text(each)) for each in office.mails]


def _text(each: Any) -> str:
    body = each.get_body(("plain",))
    return str(body.get_content())


async def test_the_adult_is_told_who_named_them_and_gets_what_the_minor_gets(db: Database) -> None:
    def happen(tx: Connection) -> Scene:
        scene = Scene(tx)
        made = booking.book(tx, scene.ines, slot_id=scene.slots[0], now=make.BEFORE)
        booking.cancel(tx, scene.ines, booking_id=made.id, now=make.BEFORE)
        booking.book(tx, scene.ines, slot_id=scene.slots[1], now=make.BEFORE)
        announcements.send(tx, scene.organiser, fair_id=scene.fair, text="La visio est rétablie.", now=make.BEFORE)
        return scene

    scene = await db.write(happen)
    async with open_post_office() as office:
        mails = await sent(db, office)
    own = [subject for to, subject, _ in mails if to == scene.email]
    copies = [(subject, text) for to, subject, text in mails if to == ADULT]
    told = next(text for subject, text in copies if "fait suivre ses messages" in subject)
    assert "Inès, qui est mineur" in told and "Job dating des métiers" in told
    assert sorted(subject for subject, _ in copies if subject.startswith("Copie pour vous")) == sorted(
        f"Copie pour vous : {subject}" for subject in own
    )
    booked = next(text for subject, text in copies if "C’est réservé" in subject)
    assert "Chaudronnerie de l’Orne" in booked and "Quand" in booked
    (link,) = re.findall(r"https://jobdating\.example(/copies/\d+/[0-9a-f]{40})", booked)
    assert all(link in text for _, text in copies)
    assert not [each for each in office.mails if str(each["to"]) == ADULT and "text/calendar" in str(each)]


async def test_no_copy_of_a_sign_in_nor_after_the_adult_stopped_it(db: Database) -> None:
    def happen(tx: Connection) -> Scene:
        scene = Scene(tx)
        row = tx.execute(select(t.adults.c.id, t.adults.c.nonce)).one()
        secret = adult.link_of(row.nonce, key=KEY)
        adult.stop(tx, row.id, secret, key=KEY, stopped=True, now=make.BEFORE)
        booking.book(tx, scene.ines, slot_id=scene.slots[0], now=make.BEFORE)
        return scene

    scene = await db.write(happen)
    async with open_post_office() as office:
        assert {to for to, _, _ in await sent(db, office)} == {scene.email}
        await db.write(lambda tx: tx.execute(update(t.adults).values(stopped_at=None)) and None)
        asking = Asking(scene.email, "127.0.0.1", "fr", "")
        wall = make.BEFORE + timedelta(days=3650)
        await db.write(sign_in.ask, asking, key=KEY, now=wall, due_at=make.BEFORE)
        assert ADULT not in {to for to, subject, _ in await sent(db, office) if "connexion" in subject.lower()}


async def test_whoever_comes_of_age_is_no_longer_copied(db: Database) -> None:
    def happen(tx: Connection) -> Scene:
        scene = Scene(tx)
        tx.execute(update(t.candidates).values(age_band=AgeBand.FROM_18_TO_25.value))
        booking.book(tx, scene.ines, slot_id=scene.slots[0], now=make.BEFORE)
        return scene

    scene = await db.write(happen)
    async with open_post_office() as office:
        mails = await sent(db, office)
    assert not [subject for to, subject, _ in mails if to == ADULT and subject.startswith("Copie")]
    assert [subject for to, subject, _ in mails if to == scene.email]


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_parent_reads_who_asks_what_and_gets_a_code(db: Database, language: str) -> None:
    def happen(tx: Connection) -> Scene:
        scene = Scene(tx, band=AgeBand.UNDER_15)
        tx.execute(update(t.accounts).where(t.accounts.c.id == scene.ines.account_id).values(language=language))
        answer = Answer(AgeBand.UNDER_15, "oui", MOTHER)
        wall = make.BEFORE + timedelta(days=3650)  # the mail is written by the wall's clock, whatever it says today
        consent.give(tx, scene.ines, candidate_id=scene.candidate, answer=answer, key=KEY, wall=wall, now=make.BEFORE)
        return scene

    await db.write(happen)
    async with open_post_office() as office:
        ((to, subject, text),) = await sent(db, office)
    assert to == MOTHER and "Inès" in subject and "Job dating des métiers" in text
    assert re.search(r"\b\d{4} \d{4}\b", text) and f"https://jobdating.example/parent#{MOTHER}" in text
