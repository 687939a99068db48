"""The waitlist of a full stand: join, leave, and promotion by itself when a place is free, with time to accept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, NestedTransaction, Row, delete, func, insert, select, text

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.booking import Held, Rules, check
from jobdating.domain.policy import SYSTEM, Actor
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, Origin, SlotState
from jobdating.services import booking, rows

ACCEPT_WITHIN = timedelta(hours=2)
ACCEPT_AT_LEAST = timedelta(minutes=10)


@dataclass(frozen=True)
class Waiting:
    """Where a candidate is on the waitlist of a stand: 1 is first, None is not on it."""

    stand_id: int
    position: int | None


def join(tx: Connection, actor: Actor, *, stand_id: int, now: datetime) -> Waiting:
    """Wait for a place at a stand. Joining twice is one joining.

    Raises NotFound, NotEligible, SignInNeeded, and StandNotFull where one of its free slots would suit.
    """
    fair_id, candidate_id = _own(tx, actor, stand_id)
    if not rows.is_eligible(tx, candidate_id=candidate_id, stand_id=stand_id):
        raise errors.NotEligible()
    free = _free_slots(tx, stand_id, now)
    if free and rows.slot(tx, free[0].id).rules.by_wishes:
        raise errors.WishesFirst()
    rules = rows.slot(tx, free[0].id).rules.at_any_time() if free else None
    rows.lock_taker(tx, candidate_id)
    waiting = _waiting_at(tx, stand_id, candidate_id)
    if waiting.position is not None:
        return waiting
    held = rows.held(tx, candidate_id)
    if rules and any(_suits(slot, held, rules, now) for slot in free):
        raise errors.StandNotFull()
    tx.execute(insert(t.waitlist).values(stand_id=stand_id, candidate_id=candidate_id, joined_at=now))
    journal.append(
        tx,
        events.WaitlistJoined(fair_id=fair_id, stand_id=stand_id, candidate_id=candidate_id),
        at=now,
        by=actor.account_id,
    )
    return _waiting_at(tx, stand_id, candidate_id)


def leave(tx: Connection, actor: Actor, *, stand_id: int, candidate_id: int | None = None, now: datetime) -> Waiting:
    """Wait no longer, oneself or the candidate named. Leaving twice is one leaving.

    Raises NotFound, NotEligible, SignInNeeded.
    """
    if candidate_id is None:
        _, candidate_id = _own(tx, actor, stand_id)
    fair_id = rows.lock_candidate(tx, candidate_id)
    policy.ensure_own(actor, candidate_id=candidate_id, fair_id=fair_id)
    gone = tx.execute(
        delete(t.waitlist).where(t.waitlist.c.stand_id == stand_id, t.waitlist.c.candidate_id == candidate_id)
    )
    if gone.rowcount:
        journal.append(
            tx,
            events.WaitlistLeft(fair_id=fair_id, stand_id=stand_id, candidate_id=candidate_id),
            at=now,
            by=actor.account_id,
        )
    return Waiting(stand_id, None)


def promote(tx: Connection, *, stand_id: int, now: datetime) -> list[int]:
    """Hold each free slot of a stand for the first on its waitlist whom it suits; the ids of the bookings made.

    Someone to whom a place at this stand is already held is passed over; so is a slot that starts too soon to accept.
    """
    promoted: list[int] = []
    for slot in _free_slots(tx, stand_id, now):
        expires_at = min(now + ACCEPT_WITHIN, slot.starts_at - ACCEPT_AT_LEAST)
        for candidate_id, availability in _waiting(tx, stand_id):
            if not _is_available(availability, slot):
                continue
            savepoint = tx.begin_nested() if tx.dialect.name == "postgresql" else None
            try:
                made = booking.hold(
                    tx, SYSTEM, slot_id=slot.id, candidate_id=candidate_id, origin=Origin.WAITLIST,
                    expires_at=expires_at, now=now,
                )  # fmt: skip
            except (errors.SlotTaken, errors.SlotBlocked):
                _rollback(savepoint)
                break
            except errors.DomainError:
                _rollback(savepoint)
                continue
            if savepoint:
                savepoint.commit()
            promoted.append(made.id)
            break
    return promoted


def _rollback(savepoint: NestedTransaction | None) -> None:
    if savepoint is not None:
        savepoint.rollback()


def _own(tx: Connection, actor: Actor, stand_id: int) -> tuple[int, int]:
    """The fair of the stand, and the actor's own candidate there."""
    fair_id = tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == stand_id)).scalar()
    if fair_id is None:
        raise errors.NotFound(what="stand")
    candidate_id = actor.candidates.get(fair_id)
    if candidate_id is None:
        raise errors.SignInNeeded() if actor.account_id is None else errors.NotEligible()
    return fair_id, candidate_id


def _waiting_at(tx: Connection, stand_id: int, candidate_id: int) -> Waiting:
    line = tx.execute(
        select(t.waitlist.c.candidate_id)
        .where(t.waitlist.c.stand_id == stand_id)
        .order_by(t.waitlist.c.joined_at, t.waitlist.c.id)
    ).scalars()
    return Waiting(stand_id, next((place for place, who in enumerate(line, 1) if who == candidate_id), None))


def _free_slots(tx: Connection, stand_id: int, now: datetime) -> list[Row[Any]]:
    is_live = text(t.one_of("bookings.state", LIVE))  # spelled out, so that the index of live seats serves
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(t.bookings.c.slot_id == t.slots.c.id, is_live)
        .scalar_subquery()
    )
    return list(
        tx.execute(
            select(t.slots.c.id, t.slots.c.starts_at, t.slots.c.ends_at)
            .where(
                t.slots.c.stand_id == stand_id,
                t.slots.c.state == SlotState.OPEN.value,
                t.slots.c.starts_at > now + 2 * ACCEPT_AT_LEAST,
                taken < t.slots.c.capacity,
            )
            .order_by(t.slots.c.starts_at)
        )
    )


def _suits(slot: Row[Any], held: list[Held], rules: Rules, now: datetime) -> bool:
    try:
        check(Span(slot.starts_at, slot.ends_at), held=held, rules=rules, eligible=True, now=now)
    except errors.DomainError:
        return False
    return True


def _is_available(availability: list[list[str]] | None, slot: Row[Any]) -> bool:
    """Whether the slot lies in a time at which the candidate said they can come; None means all the fair."""
    return availability is None or any(
        datetime.fromisoformat(start) <= slot.starts_at and slot.ends_at <= datetime.fromisoformat(end)
        for start, end in availability
    )


def _waiting(tx: Connection, stand_id: int) -> list[tuple[int, list[list[str]] | None]]:
    """Who waits and when they can come, first come first; without those who have a place here, held or taken."""
    has_place = (
        select(t.bookings.c.id)
        .where(
            t.bookings.c.stand_id == stand_id,
            t.bookings.c.candidate_id == t.waitlist.c.candidate_id,
            t.bookings.c.state.in_([state.value for state in sorted(LIVE)]),
        )
        .exists()
    )
    rows_ = tx.execute(
        select(t.waitlist.c.candidate_id, t.candidates.c.availability)
        .join(t.candidates, t.candidates.c.id == t.waitlist.c.candidate_id)
        .where(t.waitlist.c.stand_id == stand_id, ~has_place)
        .order_by(t.waitlist.c.joined_at, t.waitlist.c.id)
    )
    return [(row.candidate_id, row.availability) for row in rows_]
