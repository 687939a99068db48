"""What needs a hand: the stands that fail, as of the last moment that the timekeeper wrote down.

That moment is a row, so what needs a hand is the same for whoever reads it, whenever.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select

from jobdating.db import tables as t
from jobdating.domain.attendance import Finding, StandDay, Waiting, findings
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState
from jobdating.domain.window import day_span
from jobdating.queries.preparation import Preparation, count, is_in, prepared, stands_of, the_fair

_SOON = timedelta(minutes=15)


@dataclass(frozen=True)
class ToSee:
    """What needs a hand now, as of `moment`; before the fair, what is still to prepare."""

    fair_id: int
    fair_slug: str
    live: bool
    moment: datetime | None
    findings: tuple[Finding, ...]
    preparation: Preparation | None


def trouble(tx: Connection, fair_id: int) -> ToSee | None:
    """The stands that need a hand, the worst first; None when there is no such fair."""
    fair = the_fair(tx, fair_id)
    if fair is None:
        return None
    if fair.live_day is None:
        preparation = prepared(tx, fair_id, stands_of(tx, fair_id))
        return ToSee(fair_id, fair.slug, False, None, (), preparation)
    start, end = day_span(fair.live_day, fair.timezone)
    moment = _moment(tx, fair_id, start, end)
    if moment is None:
        return ToSee(fair_id, fair.slug, True, None, (), None)
    stands, waiting = _stand_days(tx, fair_id, start, end, moment)
    return ToSee(fair_id, fair.slug, True, moment, tuple(findings(stands, waiting, moment=moment)), None)


def _stand_days(
    tx: Connection, fair_id: int, start: datetime, end: datetime, moment: datetime
) -> tuple[list[StandDay], list[Waiting]]:
    stands = tx.execute(
        select(
            t.stands,
            func.min(t.slots.c.starts_at).label("first_start"),
            count(and_(t.slots.c.starts_at <= moment, t.slots.c.ends_at > moment - _SOON)).label("open_now"),
        )
        .join(t.slots, t.slots.c.stand_id == t.stands.c.id)
        .where(
            t.stands.c.fair_id == fair_id,
            ~t.stands.c.closed,
            t.slots.c.starts_at >= start,
            t.slots.c.starts_at < end,
        )
        .group_by(t.stands.c.id)
        .order_by(t.stands.c.name)
    ).all()
    trades: dict[int, set[str]] = defaultdict(set)
    for row in tx.execute(select(t.stand_trades).join(t.stands).where(t.stands.c.fair_id == fair_id)):
        trades[row.stand_id].add(row.trade)
    bookings: dict[int, list[Any]] = defaultdict(list)
    busy: set[int] = set()
    for row in tx.execute(
        select(
            t.bookings.c.stand_id,
            t.bookings.c.candidate_id,
            t.bookings.c.state,
            t.bookings.c.slot_id,
            t.bookings.c.starts_at,
            t.bookings.c.queued_at,
            t.bookings.c.checked_in_at,
        ).where(
            t.bookings.c.fair_id == fair_id,
            t.bookings.c.queued_at >= start,
            t.bookings.c.queued_at < end,
            is_in(*WAITING, *WITH_RECRUITER),
        )
    ):
        bookings[row.stand_id].append(row)
        if row.state in WITH_RECRUITER:
            busy.add(row.candidate_id)
    days = [_stand_day(stand, frozenset(trades[stand.id]), bookings[stand.id], start) for stand in stands]
    waiting = [
        Waiting(row.candidate_id, stand_id)
        for stand_id, found in bookings.items()
        for row in found
        if row.state == BookingState.CHECKED_IN and row.candidate_id not in busy and row.queued_at <= moment
    ]
    return days, waiting


def _stand_day(stand: Any, trades: frozenset[str], bookings: list[Any], start: datetime) -> StandDay:
    here = [row.checked_in_at for row in bookings if row.state == BookingState.CHECKED_IN]
    return StandDay(
        stand_id=stand.id,
        name=stand.name,
        trades=trades,
        is_open=stand.open_now > 0,
        first_start=stand.first_start,
        connected=stand.connected_since is not None,
        seen_at=stand.seen_at if stand.seen_at and stand.seen_at >= start else None,
        away_since=stand.away_since,
        delay_minutes=stand.delay_minutes,
        running=sum(row.state in WITH_RECRUITER for row in bookings),
        expected=sum(row.state in WAITING for row in bookings),
        waiting=len(here),
        waiting_since=min((since for since in here if since), default=None),
        starts=tuple(row.starts_at for row in bookings if row.state in WAITING and row.slot_id is not None),
    )


def _moment(tx: Connection, fair_id: int, start: datetime, end: datetime) -> datetime | None:
    return tx.execute(
        select(func.max(t.attendance.c.at)).where(
            t.attendance.c.fair_id == fair_id, t.attendance.c.at >= start, t.attendance.c.at < end
        )
    ).scalar()
