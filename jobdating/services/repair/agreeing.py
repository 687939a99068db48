"""Carries out the plan that somebody agreed to.

It is made again inside the transaction, with every slot and candidate it touches locked: where it is not the one that
was agreed to, nothing happens. Lock order: the stand, slots by id, candidates by id, bookings.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.domain.repair import (
    Asked,
    Facts,
    Move,
    Outcome,
    PersonChange,
    Plan,
    Record,
    SlotChange,
    Spot,
    Way,
    agreed,
    encode,
)
from jobdating.domain.states import LIVE, WAITING, BookingState
from jobdating.domain.window import day_span
from jobdating.queries import repair as queries
from jobdating.services import closing, gaps, rows
from jobdating.services.grid import PlanStale
from jobdating.services.repair import writing


def carry_out(
    tx: Connection,
    actor: Actor,
    *,
    fair_id: int,
    stand_id: int,
    asked: Asked,
    seen: str,
    chosen: Mapping[int, int],
    now: datetime,
) -> int:
    """Do what the plan `seen` said, with the places of `chosen` (booking → slot); the id of the repair.

    Everybody whose time or place changes is told. Raises PlanStale when the plan would be another one now, NotFound.
    """
    stand = rows.lock_stand(tx, stand_id)
    if stand.fair_id != fair_id:
        raise errors.NotFound(what="stand")
    party = policy.ensure_lead(actor, stand_id=stand_id, fair_id=fair_id)
    asked = replace(asked, within=not actor.organises(fair_id))
    fair = tx.execute(select(t.fairs.c.timezone, t.fairs.c.undo_minutes).where(t.fairs.c.id == fair_id)).one()
    start, end = day_span(asked.day, fair.timezone)
    writing.lock_slots(tx, stand_id, start, end, others=chosen.values())
    writing.lock_candidates(tx, queries.candidates(tx, stand_id, start, end))
    facts = queries.facts(tx, fair_id, stand_id, asked=asked, slots=chosen.values())
    plan = agreed(facts, asked, chosen)
    if plan is None or plan.seen != seen or asked.at > now or _begun(plan, now):
        raise PlanStale()
    record = _record(tx, facts, plan, asked)
    if not record.people and not record.slots:
        raise PlanStale()
    writing.apply(tx, record.slots, record.people, party=party, now=now)
    writing.tell(tx, record.people, by=party, now=now)
    repair_id: int = tx.execute(
        insert(t.repairs)
        .values(
            fair_id=fair_id, stand_id=stand_id, way=asked.way.value, data=encode(record), account_id=actor.account_id,
            made_at=now, undo_until=now + timedelta(minutes=fair.undo_minutes),
            **({"shuts_at": facts.since, "reopens_at": facts.until} if asked.way is Way.CLOSE else {}),
        )
        .returning(t.repairs.c.id)
    ).scalar_one()  # fmt: skip
    if closing.show(tx, stand_id, now=now):
        gaps.close(tx, stand_id=stand_id, now=now, by=actor.account_id)
    told = writing.events_of(fair_id, record.people, by=party)
    for each in record.people:
        if each.waits:
            told.append(events.WaitlistJoined(fair_id=fair_id, stand_id=stand_id, candidate_id=each.candidate_id))
    for event in told:
        journal.append(tx, event, at=now, by=actor.account_id)
    repaired = events.StandRepaired(fair_id=fair_id, stand_id=stand_id, repair_id=repair_id, way=asked.way.value)
    journal.append(tx, repaired, at=now, by=actor.account_id)
    return repair_id


def _begun(plan: Plan, now: datetime) -> bool:
    """A time that was still ahead when the plan was made has come."""
    return any(move.to is not None and move.to.start <= now < move.person.span.start for move in plan.moves) or any(
        move.place is not None and move.place.span.start <= now for move in plan.moves
    )


def _record(tx: Connection, facts: Facts, plan: Plan, asked: Asked) -> Record:
    slots = tuple(
        SlotChange(each.slot.id, each.slot.span, each.slot.state, each.span, each.state)
        for each in plan.slots
        if (each.span, each.state) != (each.slot.span, each.slot.state)
    )
    moves = [move for move in plan.moves if move.outcome is not Outcome.STAYS]
    stored = writing.spots(tx, [move.person.booking_id for move in moves])
    leaving = {move.person.booking_id for move in moves if move.outcome is not Outcome.SHIFTED}
    seats = _Seats(tx, [move.place.slot_id for move in moves if move.place], leaving)
    waiting = _waitlisted(tx, facts.stand_id) if asked.way is Way.CLOSE else set()
    people = []
    for move in moves:
        before = stored[move.person.booking_id]
        after = _after(move, before, seats)
        waits = (
            move.outcome is Outcome.CANCELLED
            and asked.way is Way.CLOSE
            and before.state in WAITING
            and before.slot_id is not None
            and move.person.candidate_id not in waiting
        )
        people.append(PersonChange(move.person.booking_id, move.person.candidate_id, before, after, waits))
    return Record(asked.minutes if asked.way is Way.SHIFT else 0, facts.since, facts.until, slots, tuple(people))


def _after(move: Move, before: Spot, seats: "_Seats") -> Spot:
    match move.outcome:
        case Outcome.SHIFTED if move.to:
            return before._replace(span=move.to, queued_at=move.to.start)
        case Outcome.PLACED if move.place:
            place = move.place
            return before._replace(
                stand_id=place.stand_id, slot_id=place.slot_id, seat=seats.take(place.slot_id), span=place.span,
                queued_at=place.span.start,
            )  # fmt: skip
        case Outcome.LINE:  # where they would have been, without holding a time
            return before._replace(slot_id=None, seat=None, span=None, queued_at=move.person.wanted)
        case _:
            return before._replace(state=BookingState.CANCELLED)


class _Seats:
    """Free seats of the slots that people are given, once those who leave have left."""

    def __init__(self, tx: Connection, slot_ids: list[int], leaving: set[int]) -> None:
        taken = tx.execute(
            select(t.bookings.c.id, t.bookings.c.slot_id, t.bookings.c.seat).where(
                t.bookings.c.slot_id.in_(slot_ids), t.bookings.c.state.in_([state.value for state in sorted(LIVE)])
            )
        )
        self._taken = {(row.slot_id, row.seat) for row in taken if row.id not in leaving}

    def take(self, slot_id: int) -> int:
        seat = 1
        while (slot_id, seat) in self._taken:
            seat += 1
        self._taken.add((slot_id, seat))
        return seat


def _waitlisted(tx: Connection, stand_id: int) -> set[int]:
    return set(tx.execute(select(t.waitlist.c.candidate_id).where(t.waitlist.c.stand_id == stand_id)).scalars())
