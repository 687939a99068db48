"""What a demo shows of itself: its clock, and whom a visitor becomes."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, or_, select

from jobdating.db import tables as t
from jobdating.domain.states import COUNTED, LIVE, WAITING, BookingState, StandKind

CLOCK = "demo_clock"
SOON, LATEST, OVERDUE = timedelta(minutes=4), timedelta(hours=3), timedelta(minutes=40)


@dataclass(frozen=True)
class DemoClock:
    """The fair's time is `moment` plus `rate` times what has passed of real time since `since`."""

    rate: float
    moment: datetime
    since: datetime


def clock(tx: Connection, key: int = 1) -> DemoClock | None:
    """As it was last set; None outside a demo."""
    value = tx.execute(select(t.meta.c.value).where(t.meta.c.key == CLOCK)).scalar()
    if value is None:
        return None
    told = json.loads(value)
    return DemoClock(told["rate"], datetime.fromisoformat(told["moment"]), datetime.fromisoformat(told["since"]))


def candidate_with_something_ahead(
    tx: Connection, *, fair_id: int, stand_id: int, now: datetime, first: int, spare: int
) -> int:
    """A candidate whose interview is soon: `first` if theirs is, or runs late; else somebody of the stand's line, else anybody's.

    Whoever it is may still book `spare` places more. Falls back on `first`.
    """
    counted = [state.value for state in sorted(COUNTED)]
    own = t.bookings.alias()
    mine = (
        select(func.count())
        .where(own.c.candidate_id == t.candidates.c.id, own.c.state.in_(counted))
        .correlate(t.candidates)
        .scalar_subquery()
    )
    rows = tx.execute(
        select(t.bookings.c.candidate_id, t.bookings.c.stand_id, t.bookings.c.starts_at)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.fairs, t.fairs.c.id == t.bookings.c.fair_id)
        .where(
            t.bookings.c.fair_id == fair_id,
            or_(
                and_(
                    t.bookings.c.state == BookingState.BOOKED.value,
                    t.bookings.c.starts_at.between(now + SOON, now + LATEST),
                    mine <= t.fairs.c.cap - spare,
                ),
                and_(
                    t.bookings.c.candidate_id == first,
                    t.bookings.c.state.in_([state.value for state in sorted(LIVE)]),
                    t.bookings.c.starts_at.between(now - OVERDUE, now + LATEST),
                ),
            ),
        )
    ).all()
    best = min(
        rows,
        key=lambda row: (row.candidate_id != first, row.stand_id != stand_id, row.starts_at, row.candidate_id),
        default=None,
    )
    return first if best is None else best.candidate_id


def stand_with_a_line(tx: Connection, *, fair_id: int, now: datetime, first: int) -> int:
    """A stand where people wait or are about to: `first` if its line is not empty, else the one with the longest."""
    rows = tx.execute(
        select(t.bookings.c.stand_id, func.count().label("people"))
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .where(
            t.bookings.c.fair_id == fair_id,
            t.stands.c.kind == StandKind.INTERVIEW.value,
            ~t.stands.c.closed,
            t.bookings.c.state.in_([state.value for state in sorted(WAITING)]),
            t.bookings.c.queued_at.between(now - timedelta(hours=1), now + timedelta(hours=3)),
        )
        .group_by(t.bookings.c.stand_id)
    ).all()
    best = min(rows, key=lambda row: (row.stand_id != first, -row.people, row.stand_id), default=None)
    return first if best is None else best.stand_id
