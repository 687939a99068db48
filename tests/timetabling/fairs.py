"""A small fair with wishes, and what came of its timetable."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.policy import Actor
from jobdating.domain.states import LIVE
from jobdating.services import timetable, wishes
from jobdating.timetabling import drafting
from jobdating.timetabling.drafting import Outcome
from tests import factories as make


@dataclass(frozen=True)
class Fair:
    """Ids and people; `slots` by stand."""

    id: int
    organiser: Actor
    stands: tuple[int, ...]
    slots: dict[int, list[int]]
    people: tuple[Actor, ...]

    def candidate(self, number: int) -> int:
        return self.people[number].candidates[self.id]


def fair(tx: Connection, *, stands: int = 2, slots: int = 4, people: int = 3, **values: object) -> Fair:
    """Every candidate wishes for every stand, in the order of the stands."""
    fair_id = make.make_fair(tx, **values)
    ids = [make.make_stand(tx, fair_id) for _ in range(stands)]
    laid = {stand: make.make_slots(tx, stand, count=slots) for stand in ids}
    actors = [make.make_candidate(tx, fair_id) for _ in range(people)]
    for actor in actors:
        wish(tx, actor, fair_id, ids)
    return Fair(fair_id, make.make_organiser(tx, fair_id), tuple(ids), laid, tuple(actors))


def wish(tx: Connection, actor: Actor, fair_id: int, stands: Sequence[int]) -> None:
    for stand_id in stands:
        wishes.add(tx, actor, candidate_id=actor.candidates[fair_id], stand_id=stand_id, now=make.BEFORE)


async def solve(db: Database, made: Fair) -> Outcome:
    """Ask for the drafts and have them solved."""
    await db.write(timetable.ask, made.organiser, fair_id=made.id, now=make.BEFORE)
    return await drafting.draft(db, made.organiser, fair_id=made.id, clock=SteppedClock(make.BEFORE))


def booked(tx: Connection, fair_id: int) -> set[tuple[int, int]]:
    """(candidate, slot) of every live booking."""
    b = t.bookings.c
    states = [state.value for state in LIVE]
    rows = tx.execute(select(b.candidate_id, b.slot_id).where(b.fair_id == fair_id, b.state.in_(states)))
    return {(row.candidate_id, row.slot_id) for row in rows}
