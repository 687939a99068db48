"""The live line of a stand: check in, call, start, finish, and all that goes otherwise.

Lock order: the stand, then the booking. Pressing the same button twice is one press: a step already taken returns
the booking as it is.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.violations import refused_as
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.domain.slots import Span
from jobdating.domain.states import (
    LIVE,
    WITH_RECRUITER,
    BookingState,
    Origin,
    Party,
    StandKind,
    may_become,
)
from jobdating.services import closing, gaps, notes, notices, rows
from jobdating.services.booking import NO_PROMISES, Booking, booking_of, ids_of

EXTENSION = timedelta(minutes=5)
_NO_TIME = {"starts_at": None, "ends_at": None}


def check_in(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """ "Je suis là": on the day of the interview, by the candidate or for them; also after a no-show.

    Raises WindowClosed, WrongState, SlotTaken and Overlap (a missed place may have been given away).
    """
    row = rows.booking(tx, booking_id)
    party = policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    if row.state in {BookingState.CHECKED_IN} | WITH_RECRUITER and row.late_until is None:
        return booking_of(row)
    if row.state is BookingState.CHECKED_IN:
        return _arrive(tx, actor, row, now=now)
    today = _local_date(tx, row.fair_id, now)
    if party is Party.CANDIDATE and row.span and _local_date(tx, row.fair_id, row.span.start) != today:
        raise errors.WindowClosed(opens_at=row.span.start)
    tx.execute(update(t.candidates).where(t.candidates.c.id == row.candidate_id).values(checked_in_on=today))
    with refused_as(_refusals()):
        return _advance(
            tx, actor, row, BookingState.CHECKED_IN, events.CandidateCheckedIn, now=now, checked_in_at=now,
            stepped_aside_at=None, late_until=None, ended_at=None, previous_state=None,
        )  # fmt: skip


def call(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """The stand calls somebody of its line; a gap that was offered is closed.

    Raises StandBusy, CandidateBusy, Overlap, WrongState, NotFound, and GapTaken when somebody else accepted the
    gap a moment ago, before whoever calls could see it.
    """
    row = _staffed(tx, actor, booking_id)
    if row.state in WITH_RECRUITER:
        return booking_of(row)
    _ensure_stand_free(tx, row)
    gaps.ensure_not_crossed(tx, stand_id=row.stand_id, candidate_id=row.candidate_id, now=now)
    gaps.close(tx, stand_id=row.stand_id, now=now, by=actor.account_id)
    changes: dict[str, Any] = {"called_at": now, "stepped_aside_at": None, "late_until": None}
    if row.slot_id is None:
        ends_at = now + _interview(tx, row.fair_id)
        changes |= {"starts_at": now, "ends_at": ends_at}
        row = replace(row, span=Span(now, ends_at))
    with refused_as(_refusals()):
        called = _advance(tx, actor, row, BookingState.CALLED, events.CandidateCalled, now=now, **changes)
    notices.called(tx, row.id, now=now)
    return called


def start(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """The interview begins. Raises WrongState unless the candidate was called."""
    row = _staffed(tx, actor, booking_id)
    if row.state is BookingState.IN_PROGRESS:
        return booking_of(row)
    if row.state is not BookingState.CALLED:  # a finished interview is reopened by `undo` alone
        raise errors.WrongState(state=row.state)
    return _advance(tx, actor, row, BookingState.IN_PROGRESS, events.InterviewStarted, now=now, started_at=now)


def extend(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """Five more minutes for the interview that is running. Raises WrongState."""
    row = _staffed(tx, actor, booking_id)
    if row.state is not BookingState.IN_PROGRESS:
        raise errors.WrongState(state=row.state)
    minutes = EXTENSION // timedelta(minutes=1)
    tx.execute(
        update(t.bookings).where(t.bookings.c.id == row.id).values(extra_minutes=t.bookings.c.extra_minutes + minutes)
    )
    journal.append(tx, events.InterviewExtended(**ids_of(row), minutes=minutes), at=now, by=actor.account_id)
    return booking_of(row)


def finish(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """The interview is over. Raises WrongState unless it was running."""
    row = _staffed(tx, actor, booking_id)
    if row.state is BookingState.DONE:
        return booking_of(row)
    return _advance(tx, actor, row, BookingState.DONE, events.InterviewFinished, now=now, ended_at=now)


def no_show(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """A person of the stand says that the candidate did not come; can be undone. Raises WrongState."""
    row = _staffed(tx, actor, booking_id)
    if row.state is BookingState.NO_SHOW:
        return booking_of(row)
    return _advance(
        tx, actor, row, BookingState.NO_SHOW, events.CandidateMissed, now=now, ended_at=now,
        previous_state=row.state.value,
    )  # fmt: skip


def undo(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """Take back the last step: a call, a start, a finish or a no-show. Raises WrongState, StandBusy, SlotTaken.

    After a no-show the place is theirs again: an offer of the gap is withdrawn; whoever accepted it already keeps
    their turn, right after.
    """
    row = _staffed(tx, actor, booking_id)
    back = {
        BookingState.CALLED: BookingState.CHECKED_IN if row.checked_in_at else BookingState.BOOKED,
        BookingState.IN_PROGRESS: BookingState.CALLED,
        BookingState.DONE: BookingState.IN_PROGRESS,
        BookingState.NO_SHOW: BookingState.CHECKED_IN if row.checked_in_at else BookingState.BOOKED,
    }.get(row.state)
    if back is None:
        raise errors.WrongState(state=row.state)
    if back in WITH_RECRUITER and row.state not in WITH_RECRUITER:
        _ensure_stand_free(tx, row)
    if row.state is BookingState.NO_SHOW:
        gaps.close(tx, stand_id=row.stand_id, now=now, by=actor.account_id)
    changes: dict[str, Any] = {"state": back.value, "ended_at": None, "previous_state": None}
    restored = replace(row, state=back)
    if back is BookingState.CALLED:
        changes["started_at"] = None
    elif back is not BookingState.IN_PROGRESS:
        changes["called_at"] = None
        if row.slot_id is None:  # back in line: a walk-in has no time until it is called again
            changes |= _NO_TIME
            restored = replace(restored, span=None)
    with refused_as(_refusals()):
        tx.execute(update(t.bookings).where(t.bookings.c.id == row.id).values(**changes))
    event = events.BookingRestored(**ids_of(restored), from_state=row.state.value)
    journal.append(tx, event, at=now, by=actor.account_id)
    return booking_of(restored)


def step_aside(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """ "J'ai besoin de 2 minutes": others go first, the place is kept, a call is taken back. Raises WrongState."""
    row = rows.booking(tx, booking_id)
    policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    if row.state not in {BookingState.BOOKED, BookingState.CHECKED_IN, BookingState.CALLED}:
        raise errors.WrongState(state=row.state)
    if row.state is BookingState.CHECKED_IN and row.stepped_aside_at is not None:
        return booking_of(row)
    changes: dict[str, Any] = {
        "state": BookingState.CHECKED_IN.value, "stepped_aside_at": now, "called_at": None,
        "checked_in_at": row.checked_in_at or now, "candidate_in_room_at": None, "late_until": None,
    }  # fmt: skip
    row = replace(row, state=BookingState.CHECKED_IN)
    if row.slot_id is None:
        changes |= _NO_TIME
        row = replace(row, span=None)
    tx.execute(update(t.bookings).where(t.bookings.c.id == row.id).values(**changes))
    journal.append(tx, events.CandidateSteppedAside(**ids_of(row)), at=now, by=actor.account_id)
    return booking_of(row)


def come_back(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """Ready again, at the place one had. Raises WrongState."""
    row = rows.booking(tx, booking_id)
    policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    if row.state is not BookingState.CHECKED_IN:
        raise errors.WrongState(state=row.state)
    if row.stepped_aside_at is None:
        return booking_of(row)
    tx.execute(update(t.bookings).where(t.bookings.c.id == row.id).values(stepped_aside_at=None))
    journal.append(tx, events.CandidateCheckedIn(**ids_of(row)), at=now, by=actor.account_id)
    return booking_of(row)


def _arrive(tx: Connection, actor: Actor, row: rows.BookingRow, *, now: datetime) -> Booking:
    """There after all, who had checked in and then said that they run late."""
    tx.execute(update(t.bookings).where(t.bookings.c.id == row.id).values(late_until=None))
    journal.append(tx, events.CandidateCheckedIn(**ids_of(row)), at=now, by=actor.account_id)
    return booking_of(row)


def join(tx: Connection, actor: Actor, *, stand_id: int, now: datetime, candidate_id: int | None = None) -> Booking:
    """Join a stand's line without an appointment, on the day. Joining twice is one joining.

    An organiser, or a stand they have met, does it for `candidate_id`.
    Raises WindowClosed (not today, or the stand is closed for good), StandShut, NotEligible, LimitReached,
    AlreadyInLine, NotFound.
    """
    stand = rows.lock_stand(tx, stand_id)
    own = actor.candidates.get(stand.fair_id)
    if candidate_id is None:
        if own is None:
            raise errors.SignInNeeded() if actor.account_id is None else errors.NotEligible()
        candidate_id = own
    party = policy.ensure_party(actor, candidate_id=candidate_id, stand_id=stand_id, fair_id=stand.fair_id)
    if party is Party.STAND:
        rows.ensure_known(tx, actor, stand_id=stand_id, fair_id=stand.fair_id, candidate_id=candidate_id)
    if rows.lock_taker(tx, candidate_id) != stand.fair_id:
        raise errors.NotFound(what="candidate")
    mine = rows.live_at(tx, stand_id=stand_id, candidate_id=candidate_id)
    if mine and mine.slot_id is None:
        return booking_of(rows.booking(tx, mine.id))
    if mine:
        raise errors.AlreadyInLine()
    if stand.closed or not stand.takes_walk_ins or not _has_slots_left_today(tx, stand_id, stand.fair_id, now):
        raise errors.WindowClosed()
    closing.ensure_open(tx, stand_id, now=now)
    if not rows.is_eligible(tx, candidate_id=candidate_id, stand_id=stand_id):
        raise errors.NotEligible()
    if len(rows.held(tx, candidate_id)) >= stand.cap:
        raise errors.LimitReached(cap=stand.cap)
    booking_id = tx.execute(
        insert(t.bookings)
        .values(
            fair_id=stand.fair_id, stand_id=stand_id, candidate_id=candidate_id, state=BookingState.CHECKED_IN.value,
            origin=Origin.WALK_IN.value, queued_at=now, checked_in_at=now, made_at=now,
        )
        .returning(t.bookings.c.id)
    ).scalar_one()  # fmt: skip
    row = rows.booking(tx, booking_id)
    journal.append(tx, events.BookingMade(**ids_of(row), origin=row.origin), at=now, by=actor.account_id)
    return booking_of(row)


def hand_over(tx: Connection, actor: Actor, *, booking_id: int, stand_id: int, now: datetime) -> Booking:
    """Send somebody who waits to a colleague's line; they keep the time they had.

    Raises WrongState, NotFound (also for a closed stand), StandShut, AlreadyInLine when they wait there anyway.
    """
    for each in sorted({stand_id, rows.stand_of(tx, booking_id)}):  # lock order: stands by id, then the booking
        rows.lock_stand(tx, each)
    row = _staffed(tx, actor, booking_id)
    here, there = rows.stand(tx, row.stand_id), rows.stand(tx, stand_id)
    colleague = here.company_id == there.company_id or actor.organises(row.fair_id)
    if there.fair_id != row.fair_id or there.closed or not colleague:
        raise errors.NotFound(what="stand")
    if row.stand_id == stand_id:
        return booking_of(row)
    if row.state not in {BookingState.BOOKED, BookingState.CHECKED_IN, BookingState.CALLED}:
        raise errors.WrongState(state=row.state)
    closing.ensure_open(tx, stand_id, now=now)
    if rows.live_at(tx, stand_id=stand_id, candidate_id=row.candidate_id) is not None:
        raise errors.AlreadyInLine()
    state = row.state
    if state is BookingState.CALLED:
        state = BookingState.CHECKED_IN if row.checked_in_at else BookingState.BOOKED
    tx.execute(
        update(t.bookings)
        .where(t.bookings.c.id == row.id)
        .values(
            stand_id=stand_id, slot_id=None, seat=None, **_NO_TIME, called_at=None, state=state.value,
            candidate_in_room_at=None, recruiter_in_room_at=None, **NO_PROMISES,
            queued_at=row.span.start if row.span and row.slot_id else rows.queued_at(tx, row.id),
        )
    )  # fmt: skip
    notes.leave(tx, [(row.id, row.stand_id, stand_id)])
    notices.moved(tx, row.id, now=now)
    moved = replace(row, stand_id=stand_id, slot_id=None, state=state, span=None)
    journal.append(
        tx,
        events.BookingMoved(**ids_of(moved), from_slot_id=row.slot_id, from_stand_id=row.stand_id),
        at=now,
        by=actor.account_id,
    )
    return booking_of(moved)


def enter_room(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """Record that a party opened the room. The first click counts; an organiser who looks in is not a party.

    Raises NotFound, WrongState.
    """
    row = rows.booking(tx, booking_id)
    party = policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    if row.state not in LIVE:
        raise errors.WrongState(state=row.state)
    if party not in {Party.CANDIDATE, Party.STAND}:
        return booking_of(row)
    column = t.bookings.c.candidate_in_room_at if party is Party.CANDIDATE else t.bookings.c.recruiter_in_room_at
    done = tx.execute(update(t.bookings).where(t.bookings.c.id == row.id, column.is_(None)).values({column: now}))
    if done.rowcount:
        journal.append(tx, events.RoomEntered(**ids_of(row), party=party.value), at=now, by=actor.account_id)
    return booking_of(row)


def _advance(
    tx: Connection,
    actor: Actor,
    row: rows.BookingRow,
    state: BookingState,
    event: type[events.BookingEvent],
    *,
    now: datetime,
    **changes: Any,
) -> Booking:
    if not may_become(row.state, state):
        raise errors.WrongState(state=row.state)
    tx.execute(update(t.bookings).where(t.bookings.c.id == row.id).values(state=state.value, **changes))
    advanced = replace(row, state=state)
    journal.append(tx, event(**ids_of(advanced)), at=now, by=actor.account_id)
    return booking_of(advanced)


def _staffed(tx: Connection, actor: Actor, booking_id: int) -> rows.BookingRow:
    """The booking, once its stand is locked and the actor is known to work there."""
    stand_id = rows.stand_of(tx, booking_id)
    stand = rows.lock_stand(tx, stand_id)
    policy.ensure_staff(actor, stand_id=stand_id, fair_id=stand.fair_id)
    row = rows.booking(tx, booking_id)
    if row.stand_id != stand_id:
        raise errors.WrongState(state=row.state)
    return row


def _ensure_stand_free(tx: Connection, row: rows.BookingRow) -> None:
    stand = rows.stand(tx, row.stand_id)
    busy = tx.execute(
        select(t.bookings.c.id).where(
            t.bookings.c.stand_id == row.stand_id,
            t.bookings.c.id != row.id,
            t.bookings.c.state.in_(_values(WITH_RECRUITER)),
        )
    ).all()
    if len(busy) >= (1 if stand.kind == StandKind.INTERVIEW else stand.capacity):
        raise errors.StandBusy()


def _has_slots_left_today(tx: Connection, stand_id: int, fair_id: int, now: datetime) -> bool:
    today = _local_date(tx, fair_id, now)
    starts = tx.execute(
        select(t.slots.c.starts_at).where(t.slots.c.stand_id == stand_id, t.slots.c.ends_at > now, t.IN_GRID)
    ).scalars()
    return any(_local_date(tx, fair_id, start) == today for start in starts)


def _interview(tx: Connection, fair_id: int) -> timedelta:
    minutes = tx.execute(select(t.fairs.c.interview_minutes).where(t.fairs.c.id == fair_id)).scalar_one()
    return timedelta(minutes=minutes)


def _local_date(tx: Connection, fair_id: int, moment: datetime) -> Any:
    zone = tx.execute(select(t.fairs.c.timezone).where(t.fairs.c.id == fair_id)).scalar_one()
    return moment.astimezone(ZoneInfo(zone)).date()


def _values(states: frozenset[BookingState]) -> list[str]:
    return [state.value for state in sorted(states)]


def _refusals() -> dict[str, Exception]:
    return {
        "one_room_per_candidate": errors.CandidateBusy(),
        "one_booking_per_seat": errors.SlotTaken(),
        "no_overlap": errors.Overlap(),
    }
