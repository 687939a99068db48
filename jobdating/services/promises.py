"""What a candidate and a stand tell each other while one waits: I come in five minutes, phone me, come before your time.

Each of these changes what the arbiter may propose; none moves anybody. Pressing twice is pressing once.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.line import LATE_AT_MOST, LATE_BY
from jobdating.domain.policy import Actor
from jobdating.domain.states import WAITING, BookingState
from jobdating.services import rows
from jobdating.services.booking import Booking, booking_of, ids_of

_AGAIN = timedelta(seconds=30)


def run_late(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """ "J'arrive dans 5 min": others may go first, the place is kept until then and the grace after.

    Raises TooLate ten minutes after one's time, WindowClosed on another day, WrongState (also without an appointment).
    """
    row = _mine(tx, actor, booking_id)
    if row.state not in WAITING or row.span is None or row.slot_id is None:
        raise errors.WrongState(state=row.state)
    _ensure_today(tx, row, now)
    latest = row.span.start + LATE_AT_MOST
    until = min(now + LATE_BY, latest)
    if until <= now:
        raise errors.TooLate(until=latest)
    if row.late_until is not None and until - row.late_until < _AGAIN:
        return booking_of(row)
    _set(tx, row, late_until=until, stepped_aside_at=None, candidate_in_room_at=None)
    minutes = -((now - until) // timedelta(minutes=1))
    journal.append(tx, events.CandidateRunsLate(**ids_of(row), minutes=minutes), at=now, by=actor.account_id)
    return booking_of(row)


def ask_for_phone(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """ "Être rappelé": they cannot connect and wait by the telephone; they count as here.

    Raises PhoneMissing, WindowClosed on another day, WrongState.
    """
    row = _mine(tx, actor, booking_id)
    if row.state not in WAITING | {BookingState.CALLED}:
        raise errors.WrongState(state=row.state)
    if row.phone_asked_at is not None:
        return booking_of(row)
    _ensure_today(tx, row, now)
    phone = tx.execute(
        select(t.accounts.c.phone)
        .join(t.candidates, t.candidates.c.account_id == t.accounts.c.id)
        .where(t.candidates.c.id == row.candidate_id)
    ).scalar_one()
    if not phone:
        raise errors.PhoneMissing()
    changes: dict[str, Any] = {"phone_asked_at": now, "late_until": None, "stepped_aside_at": None}
    if row.state is BookingState.BOOKED:
        changes |= {"state": BookingState.CHECKED_IN.value, "checked_in_at": now}
        row = replace(row, state=BookingState.CHECKED_IN)
    _set(tx, row, **changes)
    journal.append(tx, events.PhoneAsked(**ids_of(row), wanted=True), at=now, by=actor.account_id)
    return booking_of(row)


def forgo_phone(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """They can connect after all. Raises WrongState."""
    row = _mine(tx, actor, booking_id)
    if row.phone_asked_at is None:
        return booking_of(row)
    if row.state not in WAITING | {BookingState.CALLED}:
        raise errors.WrongState(state=row.state)
    _set(tx, row, phone_asked_at=None)
    journal.append(tx, events.PhoneAsked(**ids_of(row), wanted=False), at=now, by=actor.account_id)
    return booking_of(row)


def ask_early(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """The stand asks somebody who waits whether they come before their time. Raises WrongState, NotFound."""
    stand = rows.lock_stand(tx, rows.stand_of(tx, booking_id))
    policy.ensure_staff(actor, stand_id=stand.id, fair_id=stand.fair_id)
    row = rows.booking(tx, booking_id)
    if row.state not in WAITING or row.span is None or row.span.start <= now:
        raise errors.WrongState(state=row.state)
    c = t.bookings.c
    known = tx.execute(select(c.early_asked_at, c.early_agreed_at, c.early_refused_at).where(c.id == row.id)).one()
    if any(known):
        return booking_of(row)
    _set(tx, row, early_asked_at=now)
    journal.append(tx, events.EarlyAsked(**ids_of(row)), at=now, by=actor.account_id)
    return booking_of(row)


def come_early(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """ "Je peux venir plus tôt", asked or not; it also says that they are here. Raises WindowClosed, WrongState."""
    row = _mine(tx, actor, booking_id)
    if row.state not in WAITING or row.slot_id is None:
        raise errors.WrongState(state=row.state)
    _ensure_today(tx, row, now)
    if _agreed_at(tx, row.id) is not None and row.state is BookingState.CHECKED_IN and row.late_until is None:
        return booking_of(row)
    row = replace(row, state=BookingState.CHECKED_IN)
    _set(
        tx, row, state=row.state.value, checked_in_at=row.checked_in_at or now, early_agreed_at=now,
        early_refused_at=None, late_until=None, stepped_aside_at=None,
    )  # fmt: skip
    journal.append(tx, events.EarlyAnswered(**ids_of(row), agreed=True), at=now, by=actor.account_id)
    return booking_of(row)


def keep_time(tx: Connection, actor: Actor, *, booking_id: int, now: datetime) -> Booking:
    """ "Non, à mon heure": nothing is lost by it. Raises WrongState."""
    row = _mine(tx, actor, booking_id)
    if row.state not in WAITING or row.slot_id is None:
        raise errors.WrongState(state=row.state)
    c = t.bookings.c
    known = tx.execute(select(c.early_agreed_at, c.early_refused_at).where(c.id == row.id)).one()
    if known.early_refused_at is not None and known.early_agreed_at is None:
        return booking_of(row)
    _set(tx, row, early_agreed_at=None, early_refused_at=now)
    journal.append(tx, events.EarlyAnswered(**ids_of(row), agreed=False), at=now, by=actor.account_id)
    return booking_of(row)


def _mine(tx: Connection, actor: Actor, booking_id: int) -> rows.BookingRow:
    row = rows.booking(tx, booking_id)
    policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    return row


def _agreed_at(tx: Connection, booking_id: int) -> datetime | None:
    found: datetime | None = tx.execute(
        select(t.bookings.c.early_agreed_at).where(t.bookings.c.id == booking_id)
    ).scalar_one()
    return found


def _ensure_today(tx: Connection, row: rows.BookingRow, now: datetime) -> None:
    if row.span is None:
        return
    zone = ZoneInfo(tx.execute(select(t.fairs.c.timezone).where(t.fairs.c.id == row.fair_id)).scalar_one())
    if row.span.start.astimezone(zone).date() != now.astimezone(zone).date():
        raise errors.WindowClosed(opens_at=row.span.start)


def _set(tx: Connection, row: rows.BookingRow, **changes: Any) -> None:
    tx.execute(update(t.bookings).where(t.bookings.c.id == row.id).values(**changes))
