"""Reminds of interviews: puts a mail in the outbox when its time has come, a day and a quarter of an hour before.

Nothing is planned ahead, so a booking costs one mail, and one that moves or is cancelled leaves nothing behind. `meta`
holds up to when it was looked: whoever booked after the time of a reminder gets none.
"""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, type_coerce, update

from jobdating.db import tables as t
from jobdating.db.types import Moment, to_micros
from jobdating.domain.states import BookingState
from jobdating.queries.due import REMINDED, REMINDERS, REMINDS_EVERY, reminded_to
from jobdating.services import notices


def remind(tx: Connection, *, now: datetime) -> None:
    """Put the reminders whose time came since it was last looked. After a pause, the later of two takes the place of both."""
    since = reminded_to(tx, now=now)
    if since > now - REMINDS_EVERY:
        return
    for before, after in zip(REMINDERS, (*REMINDERS[1:], timedelta()), strict=True):
        _put(tx, before, since=since, least=after, now=now)
    if not tx.execute(update(t.meta).where(t.meta.c.key == REMINDED).values(value=str(to_micros(now)))).rowcount:
        tx.execute(t.meta.insert().values(key=REMINDED, value=str(to_micros(now))))


def _put(tx: Connection, before: timedelta, *, since: datetime, least: timedelta, now: datetime) -> None:
    b = t.bookings.c
    due_at = type_coerce(b.starts_at, BigInteger) - before // timedelta(microseconds=1)
    notices.put_about(
        tx,
        "reminder",
        b.state.in_([BookingState.BOOKED.value, BookingState.CHECKED_IN.value]),
        b.starts_at > max(since + before, now + least),
        b.starts_at <= now + before,
        due_at >= type_coerce(b.made_at, BigInteger),
        now=now,
        due_at=type_coerce(due_at, Moment),
    )
