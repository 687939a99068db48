"""Takes, moves and gives back places. Each call is one transaction and one journal entry.

Every path that gives a place runs the same checks (`_check`), and the constraints of the tables stand behind them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.db.violations import refused_as
from jobdating.domain import booking as rules
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, BookingState, Origin, Party, SlotState
from jobdating.services import notes, notices, rows

INVITATION_LASTS = timedelta(hours=12)
UNDO_LASTS = rules.UNDO_LASTS


@dataclass(frozen=True)
class Booking:
    """A place, as the person who took it is told. Times in UTC."""

    id: int
    slot_id: int | None
    stand_id: int
    candidate_id: int
    state: BookingState
    starts_at: datetime | None
    ends_at: datetime | None


# What was agreed for a time that is no more.
NO_PROMISES: dict[str, Any] = {
    "stepped_aside_at": None, "late_until": None, "gap_taken_at": None,
    "early_asked_at": None, "early_agreed_at": None, "early_refused_at": None,
}  # fmt: skip

_SEATS = Statement(
    select(t.bookings.c.id, t.bookings.c.seat, t.bookings.c.candidate_id).where(
        t.bookings.c.slot_id == bindparam("slot_id"), text(t.one_of("bookings.state", LIVE))
    )
)
_INSERT = Statement(
    insert(t.bookings)
    .values(
        {
            name: bindparam(name)
            for name in (
                "fair_id", "stand_id", "candidate_id", "slot_id", "seat", "state", "origin", "starts_at", "ends_at",
                "queued_at", "expires_at", "made_at",
            )
        }
    )
    .returning(t.bookings.c.id)
)  # fmt: skip


def book(
    tx: Connection,
    actor: Actor,
    *,
    slot_id: int,
    now: datetime,
    candidate_id: int | None = None,
    origin: Origin = Origin.SLOT,
) -> Booking:
    """Take a place in a slot, for oneself or (an organiser, a stand they have met) for `candidate_id`.

    Booking the slot one already holds returns that booking. Raises NotFound, SlotTaken, SlotBlocked, Overlap,
    TooClose, LimitReached, WindowClosed, NotEligible, SignInNeeded.
    """
    slot = rows.slot(tx, slot_id)
    candidate_id, party = _whom(tx, actor, slot, candidate_id)
    if rows.lock_taker(tx, candidate_id) != slot.fair_id:
        raise errors.NotFound(what="candidate")
    taken = _SEATS.all(tx, slot_id=slot_id)
    mine = next((row.id for row in taken if row.candidate_id == candidate_id), None)
    if mine is not None:
        return booking_of(rows.booking(tx, mine))
    seat = _free_seat(slot, taken)
    _check(tx, slot, candidate_id=candidate_id, now=now, acting_for=party is not Party.CANDIDATE)
    asks = slot.asks_confirmation and party is Party.CANDIDATE
    state = BookingState.REQUESTED if asks else BookingState.BOOKED
    return _insert(tx, actor, slot, seat, candidate_id=candidate_id, state=state, origin=origin, now=now)


def hold(
    tx: Connection,
    actor: Actor,
    *,
    slot_id: int,
    candidate_id: int,
    origin: Origin,
    expires_at: datetime,
    now: datetime,
) -> Booking:
    """Offer a place: it is occupied until `expires_at` or the candidate's answer. Same refusals as `book`.

    From the waitlist it keeps to the candidate's gap and trades, as they would have chosen; nobody chose it for them.
    """
    slot = rows.slot(tx, slot_id)
    if not actor.system:
        policy.ensure_staff(actor, stand_id=slot.stand_id, fair_id=slot.fair_id)
    if rows.lock_taker(tx, candidate_id) != slot.fair_id:
        raise errors.NotFound(what="candidate")
    seat = _free_seat(slot, _SEATS.all(tx, slot_id=slot.id))
    if origin is Origin.WAITLIST:
        slot = replace(slot, rules=slot.rules.at_any_time())
    _check(tx, slot, candidate_id=candidate_id, now=now, acting_for=origin is not Origin.WAITLIST)
    return _insert(
        tx, actor, slot, seat,
        candidate_id=candidate_id, state=BookingState.HELD, origin=origin, now=now, expires_at=expires_at,
    )  # fmt: skip


def invite(tx: Connection, actor: Actor, *, slot_id: int, candidate_id: int, now: datetime) -> Booking:
    """A stand offers one of its free slots to a candidate, who has until an hour before it, at most half a day."""
    starts_at = rows.slot(tx, slot_id).span.start
    expires_at = min(now + INVITATION_LASTS, max(starts_at - timedelta(hours=1), now + (starts_at - now) / 2))
    return hold(
        tx, actor, slot_id=slot_id, candidate_id=candidate_id, origin=Origin.INVITATION, expires_at=expires_at, now=now
    )


def accept(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """The candidate takes a held place. Raises OfferExpired, WrongState, NotFound."""
    row = rows.booking(tx, booking_id)
    policy.ensure_own(actor, candidate_id=row.candidate_id, fair_id=row.fair_id)
    if row.state is BookingState.BOOKED:
        return booking_of(row)
    rows.ensure_may_take(tx, row.candidate_id)
    if row.state is not BookingState.HELD:
        raise errors.OfferExpired() if row.state is BookingState.CANCELLED else errors.WrongState(state=row.state)
    if row.expires_at and row.expires_at <= now:
        raise errors.OfferExpired()
    _leave_waitlist(tx, stand_id=row.stand_id, candidate_id=row.candidate_id)
    return _confirm(tx, actor, row, now=now)


def confirm(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """The stand says yes to a request. Raises WrongState, NotFound."""
    row = rows.booking(tx, booking_id)
    policy.ensure_staff(actor, stand_id=row.stand_id, fair_id=row.fair_id)
    if row.state is BookingState.BOOKED:
        return booking_of(row)
    if row.state is not BookingState.REQUESTED:
        raise errors.WrongState(state=row.state)
    return _confirm(tx, actor, row, now=now)


def move(tx: Connection, actor: Actor, *, booking_id: int, slot_id: int, now: datetime) -> Booking:
    """Change to another slot in one step: the candidate is never without a place.

    A candidate moves within the stand; staff may move someone to a colleague's stand. Same refusals as `book`,
    and WrongState once the interview is under way.
    """
    source = rows.booking(tx, booking_id)
    for each in sorted({slot_id, source.slot_id or slot_id}):
        rows.slot(tx, each)  # lock order: slots by id, then the candidate
    slot = rows.slot(tx, slot_id)
    rows.lock_candidate(tx, source.candidate_id)
    row = rows.booking(tx, booking_id)
    party = policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    if slot.fair_id != row.fair_id or (party is Party.STAND and not rows.may_send(tx, actor, row, slot.stand_id)):
        raise errors.NotFound(what="slot")
    if row.slot_id == slot_id and row.state in LIVE:
        return booking_of(row)
    if row.state not in {BookingState.REQUESTED, BookingState.BOOKED, BookingState.CHECKED_IN}:
        raise errors.WrongState(state=row.state)
    seat = _free_seat(slot, _SEATS.all(tx, slot_id=slot.id))
    acting_for = party is not Party.CANDIDATE
    _check(tx, slot, candidate_id=row.candidate_id, now=now, acting_for=acting_for, moving=row.id)
    state = row.state
    if state is BookingState.CHECKED_IN and slot.span.start.date() != now.date():
        state = BookingState.BOOKED
    if slot.stand_id != row.stand_id and slot.asks_confirmation and not acting_for:
        state = BookingState.REQUESTED
    with refused_as(_refusals()):
        tx.execute(
            update(t.bookings)
            .where(t.bookings.c.id == row.id)
            .values(
                slot_id=slot.id, seat=seat, stand_id=slot.stand_id, state=state.value, starts_at=slot.span.start,
                ends_at=slot.span.end, queued_at=slot.span.start, **NO_PROMISES,
            )
        )  # fmt: skip
    notes.leave(tx, [(row.id, row.stand_id, slot.stand_id)])
    notices.moved(tx, row.id, now=now)
    if state is BookingState.REQUESTED:
        notices.asked(tx, slot.stand_id, now=now)
    moved = replace(row, slot_id=slot.id, stand_id=slot.stand_id, state=state, span=slot.span)
    journal.append(
        tx,
        events.BookingMoved(**ids_of(moved), from_slot_id=row.slot_id, from_stand_id=row.stand_id),
        at=now,
        by=actor.account_id,
    )
    return booking_of(moved)


def cancel(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """Give a place back, by the candidate, the stand or an organiser. Cancelling twice is one cancelling.

    Raises WrongState once the interview has begun, NotFound.
    """
    row = rows.booking(tx, booking_id)
    party = policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    if row.state is BookingState.CANCELLED:
        return booking_of(row)
    if row.state not in LIVE or row.state is BookingState.IN_PROGRESS:
        raise errors.WrongState(state=row.state)
    tx.execute(
        update(t.bookings)
        .where(t.bookings.c.id == row.id)
        .values(
            state=BookingState.CANCELLED.value, previous_state=row.state.value, cancelled_by=party.value, ended_at=now
        )
    )
    if row.state is BookingState.HELD and row.origin == Origin.WAITLIST:
        _leave_waitlist(tx, stand_id=row.stand_id, candidate_id=row.candidate_id)
    notices.cancelled(tx, row.id, by=party, now=now)
    cancelled = replace(row, state=BookingState.CANCELLED)
    journal.append(tx, events.BookingCancelled(**ids_of(cancelled), by=party.value), at=now, by=actor.account_id)
    return booking_of(cancelled)


def restore(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """Undo a cancellation within two minutes, if the place is still free. Raises SlotTaken, Overlap, WrongState."""
    row = rows.booking(tx, booking_id)
    party = policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    recent = row.ended_at is not None and now - row.ended_at <= UNDO_LASTS
    if row.state is not BookingState.CANCELLED or row.cancelled_by != party.value or not recent:
        raise errors.WrongState(state=row.state)
    seat = None
    if row.slot_id is not None:
        slot = rows.slot(tx, row.slot_id)
        rows.lock_taker(tx, row.candidate_id)
        seat = _free_seat(slot, _SEATS.all(tx, slot_id=slot.id))
        # They had this place: the window may have closed since.
        own_again = slot.rules.by_wishes or not slot.rules.window.admits(slot.span.start, now)
        acting_for = party is not Party.CANDIDATE or own_again
        _check(tx, slot, candidate_id=row.candidate_id, now=now, acting_for=acting_for)
    state = BookingState(row.previous_state or BookingState.BOOKED)
    if state in {BookingState.HELD, BookingState.CALLED}:
        state = BookingState.BOOKED
    with refused_as(_refusals()):
        tx.execute(
            update(t.bookings)
            .where(t.bookings.c.id == row.id)
            .values(state=state.value, seat=seat, previous_state=None, cancelled_by=None, ended_at=None)
        )
    notices.booked(tx, row.id, now=now)
    restored = replace(row, state=state)
    journal.append(
        tx, events.BookingRestored(**ids_of(restored), from_state=row.state.value), at=now, by=actor.account_id
    )
    return booking_of(restored)


def expire(tx: Connection, *, booking_id: int, now: datetime) -> None:
    """A held place that nobody took is free again, and its waitlist goes on without them.

    Does nothing when it was answered meanwhile.
    """
    row = rows.booking(tx, booking_id)
    if row.state is not BookingState.HELD or row.expires_at is None or row.expires_at > now:
        return
    tx.execute(
        update(t.bookings)
        .where(t.bookings.c.id == row.id)
        .values(state=BookingState.CANCELLED.value, cancelled_by=Party.SYSTEM.value, ended_at=now)
    )
    if row.origin == Origin.WAITLIST:
        _leave_waitlist(tx, stand_id=row.stand_id, candidate_id=row.candidate_id)
    cancelled = replace(row, state=BookingState.CANCELLED)
    journal.append(tx, events.BookingCancelled(**ids_of(cancelled), by=Party.SYSTEM.value), at=now)


def booking_of(row: rows.BookingRow) -> Booking:
    """The booking as people are told of it."""
    span: Span | None = row.span
    return Booking(
        row.id, row.slot_id, row.stand_id, row.candidate_id, row.state,
        span.start if span else None, span.end if span else None,
    )  # fmt: skip


def ids_of(row: rows.BookingRow) -> dict[str, Any]:
    """What every event about a booking carries."""
    return {
        "fair_id": row.fair_id,
        "booking_id": row.id,
        "stand_id": row.stand_id,
        "candidate_id": row.candidate_id,
        "slot_id": row.slot_id,
        "state": row.state.value,
    }


def _whom(tx: Connection, actor: Actor, slot: rows.SlotRow, candidate_id: int | None) -> tuple[int, Party]:
    own = actor.candidates.get(slot.fair_id)
    if candidate_id is None or candidate_id == own:
        if own is not None:
            return own, Party.CANDIDATE
        raise errors.SignInNeeded() if actor.account_id is None else errors.NotEligible()
    party = policy.ensure_staff(actor, stand_id=slot.stand_id, fair_id=slot.fair_id)
    rows.ensure_known(tx, actor, stand_id=slot.stand_id, fair_id=slot.fair_id, candidate_id=candidate_id)
    return candidate_id, party


def _free_seat(slot: rows.SlotRow, live: Iterable[Any]) -> int:
    taken = {row.seat for row in live}
    if slot.state != SlotState.OPEN or slot.closed:
        raise errors.SlotBlocked()
    for seat in range(1, slot.capacity + 1):
        if seat not in taken:
            return seat
    raise errors.SlotTaken()


def _check(
    tx: Connection, slot: rows.SlotRow, *, candidate_id: int, now: datetime, acting_for: bool, moving: int | None = None
) -> None:
    rules.check(
        slot.span,
        held=rows.held(tx, candidate_id),
        rules=slot.rules,
        eligible=acting_for or rows.is_eligible(tx, candidate_id=candidate_id, stand_id=slot.stand_id),
        now=now,
        moving=moving,
        acting_for=acting_for,
    )


def _insert(
    tx: Connection,
    actor: Actor,
    slot: rows.SlotRow,
    seat: int,
    *,
    candidate_id: int,
    state: BookingState,
    origin: Origin,
    now: datetime,
    expires_at: datetime | None = None,
) -> Booking:
    with refused_as(_refusals()):
        row = _INSERT.first(
            tx, fair_id=slot.fair_id, stand_id=slot.stand_id, candidate_id=candidate_id, slot_id=slot.id, seat=seat,
            state=state.value, origin=origin.value, starts_at=slot.span.start, ends_at=slot.span.end,
            queued_at=slot.span.start, expires_at=expires_at, made_at=now,
        )  # fmt: skip
    if state is BookingState.HELD:
        notices.offered(tx, row.id, now=now)
    else:
        notices.booked(tx, row.id, now=now)
    if state is BookingState.REQUESTED:
        notices.asked(tx, slot.stand_id, now=now)
    booking = Booking(row.id, slot.id, slot.stand_id, candidate_id, state, slot.span.start, slot.span.end)
    journal.append(
        tx,
        events.BookingMade(
            fair_id=slot.fair_id, booking_id=row.id, stand_id=slot.stand_id, candidate_id=candidate_id,
            slot_id=slot.id, state=state.value, origin=origin.value,
        ),
        at=now,
        by=actor.account_id,
        replayed=slot.live,
    )  # fmt: skip
    return booking


def _confirm(tx: Connection, actor: Actor, row: rows.BookingRow, *, now: datetime) -> Booking:
    tx.execute(
        update(t.bookings).where(t.bookings.c.id == row.id).values(state=BookingState.BOOKED.value, expires_at=None)
    )
    notices.booked(tx, row.id, now=now)
    confirmed = replace(row, state=BookingState.BOOKED)
    journal.append(tx, events.BookingConfirmed(**ids_of(confirmed)), at=now, by=actor.account_id)
    return booking_of(confirmed)


def _leave_waitlist(tx: Connection, *, stand_id: int, candidate_id: int) -> None:
    tx.execute(t.waitlist.delete().where(t.waitlist.c.stand_id == stand_id, t.waitlist.c.candidate_id == candidate_id))


def _refusals() -> dict[str, Exception]:
    return {"one_booking_per_seat": errors.SlotTaken(), "no_overlap": errors.Overlap()}
