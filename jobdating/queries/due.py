"""What a timekeeper finds to do: read without the writer, so that an idle fair costs no write."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, text

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.types import from_micros
from jobdating.domain.states import LIVE, BookingState, SlotState
from jobdating.domain.window import day_span

SAMPLE_EVERY = timedelta(minutes=5)
SCRUB = "scrub"  # the row of `meta` that erasing leaves
REMINDERS = (timedelta(days=1), timedelta(minutes=15))  # before an interview, the earliest first
REMINDS_EVERY = timedelta(minutes=1)
REMINDED = "reminded_to"  # the row of `meta` that says up to when reminders were written, in microseconds since 1970


@dataclass(frozen=True)
class Due:
    """Held places that expire, stands with both a free slot and somebody who waits, and fairs whose day moves on.

    `position` tells whether anything was written since it was last read. `live` are the fairs that are being played.
    """

    position: int
    expired: tuple[int, ...]
    stands: tuple[int, ...]
    fairs: tuple[int, ...]
    live: tuple[int, ...]
    unsettled: bool  # a repair can no longer be taken back, closes a stand or opens it again, and no page knows yet
    reminding: bool  # it is time to see whose interview comes near
    scrub: bool = False  # somebody was forgotten, and copies of their rows may be left in the database's files


def due(tx: Connection, *, now: datetime) -> Due:
    """All that is due at `now`."""
    expired = tx.execute(
        select(t.bookings.c.id)
        .where(text(f"bookings.state = '{BookingState.HELD.value}'"), t.bookings.c.expires_at <= now)
        .order_by(t.bookings.c.expires_at, t.bookings.c.id)
    ).scalars()
    fairs = tx.execute(select(t.fairs)).all()
    today = {fair.id: now.astimezone(ZoneInfo(fair.timezone)).date() for fair in fairs}
    playing = [fair for fair in fairs if fair.first_day <= today[fair.id] <= fair.last_day]
    sampled = {
        row.fair_id: row.latest
        for row in tx.execute(
            select(t.attendance.c.fair_id, func.max(t.attendance.c.at).label("latest")).group_by(t.attendance.c.fair_id)
        )
    }
    moving = set()
    for fair in playing:
        latest = sampled.get(fair.id)
        start, _ = day_span(today[fair.id], fair.timezone)
        if fair.live_day != today[fair.id] or latest is None or latest < now - (now - start) % SAMPLE_EVERY:
            moving.add(fair.id)
    for fair in fairs:
        until = now + timedelta(minutes=fair.lead_minutes)
        near = until >= day_span(fair.first_day, fair.timezone)[0] and today[fair.id] <= fair.last_day
        if near and _places_pass(tx, fair.id, fair.free_from, until):
            moving.add(fair.id)
    return Due(
        journal.head(tx),
        tuple(expired),
        _promotable(tx, now),
        tuple(sorted(moving)),
        tuple(fair.id for fair in playing),
        _unsettled(tx, now),
        _reminding(tx, fairs, now),
        tx.execute(select(t.meta.c.key).where(t.meta.c.key == SCRUB)).first() is not None,
    )


def reminded_to(tx: Connection, *, now: datetime) -> datetime:
    """Up to when reminders were written."""
    found = tx.execute(select(t.meta.c.value).where(t.meta.c.key == REMINDED)).scalar()
    return now - REMINDS_EVERY if found is None else from_micros(int(found))


def _reminding(tx: Connection, fairs: Iterable[Any], now: datetime) -> bool:
    for fair in fairs:
        first, last = day_span(fair.first_day, fair.timezone)[0], day_span(fair.last_day, fair.timezone)[1]
        if first <= now + REMINDERS[0] and now < last:
            return reminded_to(tx, now=now) <= now - REMINDS_EVERY
    return False


def _unsettled(tx: Connection, now: datetime) -> bool:
    over = select(t.repairs.c.id).where(t.repairs.c.settled_at.is_(None), t.repairs.c.undo_until < now)
    return tx.execute(over.limit(1)).first() is not None or bool(turning(tx, now=now))


def turning(tx: Connection, *, now: datetime) -> list[int]:
    """Stands that a repair closed for a while and whose time to close or to open again has come."""
    r, s = t.repairs.c, t.stands.c
    over = select(s.id).where(s.shut_until <= now)
    later = (s.shut_until.is_(None)) | (s.shut_until < r.reopens_at)
    begun = select(s.id).join(t.repairs, r.stand_id == s.id).where(r.undone_at.is_(None), r.shuts_at <= now, later)
    return sorted(tx.execute(over.union(begun.where(r.reopens_at > now))).scalars())


def _promotable(tx: Connection, now: datetime) -> tuple[int, ...]:
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(t.bookings.c.slot_id == t.slots.c.id, text(t.one_of("bookings.state", LIVE)))
        .scalar_subquery()
    )
    waiting = select(t.waitlist.c.stand_id).distinct()
    return tuple(
        tx.execute(
            select(t.slots.c.stand_id)
            .where(
                t.slots.c.stand_id.in_(waiting),
                t.slots.c.starts_at > now,
                t.slots.c.state == SlotState.OPEN.value,
                taken < t.slots.c.capacity,
            )
            .distinct()
            .order_by(t.slots.c.stand_id)
        ).scalars()
    )


def _places_pass(tx: Connection, fair_id: int, since: datetime | None, until: datetime) -> bool:
    passed = select(t.slots.c.id).join(t.stands).where(t.stands.c.fair_id == fair_id, t.slots.c.starts_at < until)
    if since is not None:
        passed = passed.where(t.slots.c.starts_at >= since)
    return tx.execute(passed.limit(1)).first() is not None
