"""How honest the times of a day were: what was told a quarter of an hour before each call, and when it came. One statement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, func, select, type_coerce

from jobdating.db import tables as t
from jobdating.domain.states import BookingState, StandKind
from jobdating.domain.window import day_span

BEFORE = timedelta(minutes=15)  # what somebody decides by who is still elsewhere
LEAST = 10  # calls; of fewer, nothing can be said
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Accuracy:
    """Of the calls of a day. `error` and `by_schedule` are mean absolute minutes: from what was told to the call, and
    from the booked time to the call. `inside` and `later` are per cent of the calls, by the range that was told.

    Who was called before their time was ready and had agreed to it; the promise was kept, and it counts as their time.
    """

    calls: int
    error: float
    by_schedule: float
    inside: int
    later: int


def accuracy(tx: Connection, fair_id: int, *, day: date, timezone: str) -> Accuracy | None:
    """The day's accuracy, of people who booked a time and came; None when too few were called."""
    start, end = day_span(day, timezone)
    told = _told(tx, fair_id, start, end)
    if len(told) < LEAST:
        return None
    turns = [(max(row.called_at, row.starts_at), row) for row in told]
    return Accuracy(
        calls=len(turns),
        error=fmean(abs(turn - row.likely) / _MINUTE for turn, row in turns),
        by_schedule=fmean((turn - row.starts_at) / _MINUTE for turn, row in turns),
        inside=round(100 * fmean(row.low <= turn <= row.high for turn, row in turns)),
        later=round(100 * fmean(turn > row.high for turn, row in turns)),
    )


def _told(tx: Connection, fair_id: int, start: datetime, end: datetime) -> list[Any]:
    """Each call, with the last range that was published BEFORE it."""
    b, told = t.bookings.c, t.told_times.c
    quarter = BEFORE // timedelta(microseconds=1)  # as moments are stored
    calls = (
        select(b.id, func.max(told.published_at).label("at"))
        .join(t.told_times, told.booking_id == b.id)
        .join(t.stands, t.stands.c.id == b.stand_id)
        .where(
            b.fair_id == fair_id,
            b.queued_at >= start,
            b.queued_at < end,
            b.slot_id.is_not(None),
            b.state != BookingState.NO_SHOW.value,
            t.stands.c.kind == StandKind.INTERVIEW.value,
            type_coerce(told.published_at, BigInteger) <= type_coerce(b.called_at, BigInteger) - quarter,
        )
        .group_by(b.id)
        .subquery()
    )
    return list(
        tx.execute(
            select(b.called_at, b.starts_at, told.low, told.likely, told.high)
            .join(calls, calls.c.id == b.id)
            .join(t.told_times, and_(told.booking_id == calls.c.id, told.published_at == calls.c.at))
        )
    )
