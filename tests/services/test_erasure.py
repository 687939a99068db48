"""Erasing leaves nothing of a person: not in a row, not in the bytes of the files, not in what leaves afterwards."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database, path_of
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import ConsentKind
from jobdating.domain.states import AgeBand, NextStep
from jobdating.exchange import register as sheets
from jobdating.queries import register
from jobdating.realtime.timekeeping import Timekeeper
from jobdating.services import (
    adult,
    announcements,
    booking,
    consent,
    documents,
    erasure,
    permission,
    purge,
    queue,
    review,
    sessions,
)
from jobdating.services.consent import Answer
from jobdating.simulation import copying
from tests import factories as make
from tests.canaries import CANARIES, Canaries, found_in
from tests.contents import everything

DUE = make.MORNING + timedelta(days=95)
KEY = "k" * 40
# Tables whose rows may stay when the person they point at is gone: they name nobody.
COUNTED = {
    "attendance", "bookings", "candidate_trades", "candidates", "clashes", "delays", "estimates", "gap_offers", "gaps",
    "journal", "told_times",
}  # fmt: skip


class Scene:
    """Somebody of 14 about whom every canary is known in every way there is, among a crowd that made pages split."""

    def __init__(self, tx: Connection) -> None:
        chance = random.Random(7)
        self.fair = make.make_fair(tx)
        stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, stand, capacity=400)
        self.recruiter, self.organiser = make.make_recruiter(tx, stand), make.make_organiser(tx, self.fair)
        said = CANARIES
        for number in range(120):
            if number == 60:
                self.ines = make.make_candidate(tx, self.fair, about=said.about, permission="asked")
                self._know(tx, said)
            other = make.make_candidate(tx, self.fair, about="x" * chance.randrange(1, 1_500))
            booking.book(tx, other, slot_id=self.slots[number % 12], now=make.BEFORE)

    def _know(self, tx: Connection, said: Canaries) -> None:
        mine = self.ines.candidates[self.fair]
        names = {"first_name": said.first_name, "last_name": said.last_name, "email": said.email, "phone": said.phone}
        tx.execute(update(t.accounts).where(t.accounts.c.id == self.ines.account_id).values(names))
        band = t.candidates.c.id == mine
        tx.execute(update(t.candidates).where(band).values(age_band=AgeBand.FROM_15_TO_17.value))
        adult.name(tx, self.ines, candidate_id=mine, email=said.adult, now=make.BEFORE)
        answer = Answer(AgeBand.UNDER_15, said.wording, said.parent)
        consent.give(tx, self.ines, candidate_id=mine, answer=answer, key=KEY, wall=make.BEFORE, now=make.BEFORE)
        permission.record(
            tx, account_id=self.ines.account_id or 0, fair_id=self.fair, kind=ConsentKind.PARENT, given_by=said.parent,
            wording=said.wording, now=make.BEFORE,
        )  # fmt: skip
        tx.execute(update(t.candidates).where(band).values(permission="given"))
        made = booking.book(tx, self.ines, slot_id=self.slots[0], now=make.BEFORE)
        for step in (queue.check_in, queue.call, queue.start, queue.finish):
            step(tx, self.recruiter, booking_id=made.id, now=make.MORNING)
        review.write(
            tx, self.recruiter, booking_id=made.id, note=said.note, rating=4, next_step=NextStep.OFFER, now=make.MORNING
        )
        file = documents.Document(f"{said.filename}.pdf", b"%PDF-1.7\n" + said.document.encode() + b"\n%%EOF\n")
        documents.keep(tx, self.ines, candidate_id=mine, document=file, now=make.BEFORE)
        sessions.open(tx, self.ines.account_id or 0, agent=said.agent, now=make.BEFORE)


def files_of(db: Database) -> bytes:
    """Every byte that the database keeps beside its rows."""
    path = path_of(db.url)
    if path is None:
        return b""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")) if file.suffix != ".secret")


async def exported(db: Database, scene: Scene) -> bytes:
    lines = await db.read(register.lines, scene.fair, day=None, timezone="Europe/Paris", missed=False)
    return sheets.comma_separated(lines, timezone="Europe/Paris")


async def erase(db: Database, scene: Scene) -> None:
    await db.write(erasure.erase, scene.ines, now=make.MORNING + timedelta(hours=1))


async def forget(db: Database, scene: Scene) -> None:
    assert await db.write(purge.purge, fair_id=scene.fair, now=DUE) > 100


@pytest.mark.parametrize("way", [erase, forget], ids=["erased by themselves", "forgotten by the purge"])
async def test_twelve_canaries_are_in_no_row_no_byte_and_no_file(db: Database, way: Callable[..., Any]) -> None:
    scene = await db.write(Scene)
    assert len(CANARIES.words()) == 12
    assert found_in(await db.read(everything)) == CANARIES.words()
    if path_of(db.url):
        assert found_in(files_of(db)) == CANARIES.words()
    await way(db, scene)
    clock = SteppedClock(DUE)
    await Timekeeper(db, clock).round()  # it rewrites the file by itself
    assert found_in(await db.read(everything)) == []
    assert found_in(files_of(db)) == []
    assert found_in(await exported(db, scene)) == []
    kept = await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.bookings)).scalar_one())
    assert kept == 121


async def test_what_is_deleted_is_overwritten_before_anything_else_happens(db: Database) -> None:
    """Without waiting for the file to be rewritten: but for copies that a split page may hold."""
    path = path_of(db.url)
    scene = await db.write(Scene)
    await erase(db, scene)
    assert found_in(await db.read(everything)) == []
    if path is not None:
        pragma = await db.write(lambda tx: tx.exec_driver_sql("PRAGMA secure_delete").scalar_one())
        assert pragma == 1


def test_every_table_about_people_is_known_to_erasing(sqlite_url: str) -> None:
    """A new table that points at an account or a candidate is emptied by erasing, or listed above with a reason."""
    about = {
        table.name
        for table in t.metadata.sorted_tables
        if {"account_id", "candidate_id", "recipient", "email"} & set(table.columns.keys())
    }
    source = (Path(erasure.__file__).read_text() + Path(purge.__file__).read_text()).replace("\n", " ")
    forgotten = {name for name in about if f"t.{name}" in source}
    assert about - forgotten <= COUNTED | {"rehearsals", "repairs"}


async def test_who_wants_to_be_kept_is_kept_until_their_day_or_until_they_take_it_back(db: Database) -> None:
    def scene(tx: Connection) -> tuple[int, list[Actor]]:
        fair = make.make_fair(tx)
        people = [make.make_candidate(tx, fair, about="à garder") for _ in range(3)]
        for actor, months in zip(people, (12, 24), strict=False):
            consent.keep(tx, actor, fair_id=fair, months=months, wording="oui", now=make.BEFORE)
        return fair, people

    fair, people = await db.write(scene)

    async def here(now: Any) -> list[bool]:
        if fair in await db.read(purge.due, now=now):
            await db.write(purge.purge, fair_id=fair, now=now)
        ids = [actor.account_id for actor in people]
        names = await db.read(lambda tx: dict(tx.execute(
            select(t.accounts.c.id, t.accounts.c.first_name)).all()))  # fmt: skip
        return [names[account_id] != erasure.NOBODY for account_id in ids]

    assert await here(DUE) == [True, True, False]
    assert fair not in await db.read(purge.due, now=DUE)
    assert await here(make.MORNING + timedelta(days=364)) == [True, True, False]
    assert await here(make.MORNING + timedelta(days=370)) == [False, True, False]
    late = make.MORNING + timedelta(days=500)
    consents = select(t.consents.c.id).where(t.consents.c.account_id == people[1].account_id)
    consent_id = await db.read(lambda tx: tx.execute(consents).scalar_one())
    await db.write(consent.withdraw, people[1], consent_id=consent_id, now=late)
    assert await here(late) == [False, False, False]
    assert await db.read(purge.due, now=late + timedelta(days=900)) == ()


async def test_a_second_child_of_the_same_mother_keeps_her_mails(db: Database) -> None:
    def scene(tx: Connection) -> list[Actor]:
        fair = make.make_fair(tx)
        children = [make.make_candidate(tx, fair, permission="asked") for _ in range(2)]
        answer = Answer(AgeBand.UNDER_15, "oui", "mere@famille.example")
        for child in children:
            mine = child.candidates[fair]
            consent.give(tx, child, candidate_id=mine, answer=answer, key=KEY, wall=make.BEFORE, now=make.BEFORE)
        return children

    first, _ = await db.write(scene)
    await db.write(erasure.erase, first, now=make.BEFORE)
    mails = select(t.outbox.c.recipient).where(t.outbox.c.kind == "parent")
    assert await db.read(lambda tx: list(tx.execute(mails).scalars())) == ["mere@famille.example"]
    assert await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.parents)).scalar_one()) == 1


async def test_nobody_waits_long_for_a_file_to_be_rewritten(db: Database) -> None:
    """A large file is left alone while a fair is played; what was written meanwhile is there after it."""
    await db.write(lambda tx: tx.execute(insert(t.meta).values(key="x", value="y")) and None)
    if path_of(db.url):
        assert await db.scrub(at_most=1_000) is False
    assert await db.scrub() is True
    assert await db.read(lambda tx: tx.execute(select(t.meta.c.value).where(t.meta.c.key == "x")).scalar()) == "y"


async def test_a_rehearsal_takes_nobody_along_by_name(db: Database) -> None:
    """Its copy of the fair has people as numbers: neither they nor their parents and adults are named in it."""
    scene = await db.write(Scene)
    copied = await db.read(copying.rows_of, scene.fair)
    assert len(copied["candidates"]) == 120 + 1
    assert found_in(str(copied)) == []


async def test_what_was_announced_goes_with_the_people_it_may_name(db: Database) -> None:
    def scene(tx: Connection) -> int:
        fair = make.make_fair(tx)
        make.make_candidate(tx, fair)
        organiser = make.make_organiser(tx, fair)
        announcements.send(tx, organiser, fair_id=fair, text=f"{CANARIES.note} est attendue", now=make.BEFORE)
        return fair

    fair = await db.write(scene)
    await db.write(purge.purge, fair_id=fair, now=DUE)
    assert found_in(await db.read(everything)) == []
