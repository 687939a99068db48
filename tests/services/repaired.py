"""A stand with people, another of the same company and one of the same trade; looking at a plan and agreeing to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.policy import Actor
from jobdating.domain.repair import Asked, Outcome, Way
from jobdating.queries import repair as queries
from jobdating.services import booking, repair
from tests import factories as make

MINUTE = timedelta(minutes=1)
DAY = date(2027, 6, 17)
NOW = make.MORNING + 5 * MINUTE
QUARTER = 15 * MINUTE


class World:
    """A stand of twelve slots with five people in the first ones; a colleague's, and another one of the same trade."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, live_day=DAY)
        self.company = make.make_company(tx, self.fair)
        self.stand = make.make_stand(tx, self.fair, company_id=self.company, name="Ateliers Virois")
        self.colleague = make.make_stand(
            tx, self.fair, company_id=self.company, name="Ateliers, second", connected_since=make.MORNING
        )
        self.other = make.make_stand(tx, self.fair, name="Forges", connected_since=make.MORNING)
        self.slots = make.make_slots(tx, self.stand)
        self.colleague_slots = make.make_slots(tx, self.colleague)
        self.other_slots = make.make_slots(tx, self.other)
        self.organiser = make.make_organiser(tx, self.fair)
        self.people = [make.make_candidate(tx, self.fair) for _ in range(5)]
        self.bookings = [
            booking.book(tx, person, slot_id=slot, now=make.BEFORE).id
            for person, slot in zip(self.people, self.slots, strict=False)
        ]

    def asked(self, way: Way = Way.SHIFT, **values: Any) -> Asked:
        return Asked(way, DAY, **{"at": NOW, "minutes": 15, **values})


@dataclass(frozen=True)
class Looked:
    """A preview: what it said, and the form it would send."""

    repair: queries.Repair
    chosen: Mapping[int, int] = field(default_factory=dict)

    def outcomes(self) -> list[Outcome]:
        return [move.outcome for move in self.repair.plan.moves]


async def look(db: Database, world: World, asked: Asked) -> Looked:
    plan = await db.read(queries.repair, world.fair, world.stand, asked=asked)
    return Looked(plan, {move.person.booking_id: move.place.slot_id for move in plan.placed if move.place})


async def agree(db: Database, world: World, looked: Looked, *, actor: Actor | None = None, now: datetime = NOW) -> int:
    return await db.write(
        repair.carry_out,
        actor or world.organiser,
        fair_id=world.fair,
        stand_id=world.stand,
        asked=looked.repair.asked,
        seen=looked.repair.plan.seen,
        chosen=looked.chosen,
        now=now,
    )


async def newcomer(db: Database, world: World) -> Actor:
    return await db.write(lambda tx: make.make_candidate(tx, world.fair))


async def undo(db: Database, world: World, repair_id: int, *, now: datetime = NOW) -> Any:
    return await db.write(repair.undo, world.organiser, fair_id=world.fair, repair_id=repair_id, now=now)


async def everything(db: Database, world: World) -> tuple[list[Any], list[Any], list[Any]]:
    """All that a repair may change, and nothing else may."""

    def read(tx: Connection) -> tuple[list[Any], list[Any], list[Any]]:
        b, s = t.bookings.c, t.slots.c
        bookings = select(b.id, b.stand_id, b.slot_id, b.seat, b.state, b.starts_at, b.ends_at, b.queued_at)
        slots = select(s.id, s.starts_at, s.ends_at, s.state)
        waiting = select(t.waitlist.c.stand_id, t.waitlist.c.candidate_id)
        return (
            tx.execute(bookings.order_by(b.id)).all(),
            tx.execute(slots.order_by(s.id)).all(),
            tx.execute(waiting).all(),
        )  # type: ignore[return-value]

    return await db.read(read)


async def starts(db: Database, world: World) -> list[datetime | None]:
    bookings, _, _ = await everything(db, world)
    return [row.starts_at for row in bookings if row.id in world.bookings]


async def mails(db: Database, kind: str) -> list[int]:
    query = select(t.outbox.c.context).where(t.outbox.c.kind == kind)
    return sorted(context["booking_id"] for context in await db.read(lambda tx: list(tx.execute(query).scalars())))
