"""Three months after a fair its people are forgotten: what names them goes, what is counted stays."""

from datetime import timedelta

from sqlalchemy import Connection, func, select, update

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.policy import Actor
from jobdating.realtime.timekeeping import Timekeeper
from jobdating.services import booking, documents, purge, sessions
from tests import factories as make

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
DUE = make.MORNING + timedelta(days=95)  # 20 September 2027; the fair ends on 19 June
CANARIES = ("canari.prenom", "canari.nom", "canari@candidat.example", "+33639981234", "canari-note", "canari-about")


class Scene:
    """A fair with a candidate, a recruiter and an organiser, and somebody who is also in next year's."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx)
        stand = make.make_stand(tx, self.fair)
        slots = make.make_slots(tx, stand)
        self.ines = make.make_candidate(tx, self.fair, about="canari-about")
        self.returns = make.make_candidate(tx, self.fair)
        self.recruiter = make.make_recruiter(tx, stand)
        self.organiser = make.make_organiser(tx, self.fair)
        later = make.make_fair(tx, first_day=DUE.date() + timedelta(days=200), last_day=DUE.date() + timedelta(201))
        tx.execute(
            t.candidates.insert().values(
                fair_id=later, account_id=self.returns.account_id, registered_at=make.BEFORE, about="later"
            )
        )
        who = t.accounts.c.id == self.ines.account_id
        first, last, email, phone, note, _ = CANARIES
        tx.execute(update(t.accounts).where(who).values(first_name=first, last_name=last, email=email, phone=phone))
        made = booking.book(tx, self.ines, slot_id=slots[0], now=make.BEFORE)
        tx.execute(update(t.bookings).where(t.bookings.c.id == made.id).values(note=note, rating=4))
        mine = self.ines.candidates[self.fair]
        given = documents.Document("cv.pdf", PDF)
        documents.keep(tx, self.ines, candidate_id=mine, document=given, now=make.BEFORE)
        sessions.open(tx, self.ines.account_id or 0, now=make.BEFORE)


def everything(tx: Connection) -> str:
    """All that the database says."""
    return "\n".join(str(row) for table in t.metadata.sorted_tables for row in tx.execute(select(table)))


def first_name(tx: Connection, actor: Actor) -> str:
    return tx.execute(select(t.accounts.c.first_name).where(t.accounts.c.id == actor.account_id)).scalar_one()


async def test_people_are_forgotten_and_counts_stay(db: Database) -> None:
    scene = await db.write(Scene)
    held = await db.read(everything)
    assert all(canary in held for canary in CANARIES)
    assert await db.write(purge.purge, fair_id=scene.fair, now=DUE) == 2
    left = await db.read(everything)
    assert not [canary for canary in CANARIES if canary in left]
    counts = await db.read(lambda tx: [tx.execute(select(func.count()).select_from(x)).scalar() for x in (
        t.bookings, t.documents, t.sessions, t.recruiters, t.outbox)])  # fmt: skip
    assert counts == [1, 0, 0, 0, 0]
    assert await db.read(first_name, scene.recruiter) == "—"
    assert await db.read(first_name, scene.organiser) == await db.read(first_name, scene.returns) == "Inès"
    assert "later" in left


async def test_nothing_is_forgotten_before_its_day_or_twice(db: Database) -> None:
    scene = await db.write(Scene)
    early = DUE - timedelta(days=5)
    assert await db.write(purge.purge, fair_id=scene.fair, now=early) == 0
    assert await db.read(first_name, scene.ines) == CANARIES[0]
    assert await db.read(purge.due, now=DUE) == (scene.fair,)
    await db.write(purge.purge, fair_id=scene.fair, now=DUE)
    assert await db.read(purge.due, now=DUE) == ()
    assert await db.write(purge.purge, fair_id=scene.fair, now=DUE) == 0


async def test_the_timekeeper_does_it_by_itself(db: Database) -> None:
    scene = await db.write(Scene)
    clock = SteppedClock(DUE - timedelta(days=5))
    keeper = Timekeeper(db, clock)
    await keeper.round()
    assert await db.read(first_name, scene.ines) == CANARIES[0]
    clock.moment = DUE
    await keeper.round()
    assert await db.read(first_name, scene.ines) == "—"
