"""What needs a hand: the stands that fail, as of the last moment that the timekeeper wrote down.

That moment is a row, so what needs a hand is the same for whoever reads it, whenever: the timekeeper looks again every
few seconds and writes a new moment when something appeared or disappeared.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.attendance import FOR_THE_STAND, GROWS_WITHIN, Alone, Finding, StandDay, Waiting, findings
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState, RoomProvider, SlotState, StandKind
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
    moment = moment_of(tx, fair)
    if moment is None:
        return ToSee(fair_id, fair.slug, True, None, (), None)
    return ToSee(fair_id, fair.slug, True, moment, found_at(tx, fair, moment), None)


def found_at(tx: Connection, fair: Any, moment: datetime) -> tuple[Finding, ...]:
    """What needs a hand at a moment of the live day, by what is stored now. Five statements."""
    stands, waiting = _stand_days(tx, fair, t.stands.c.fair_id == fair.id, moment)
    return tuple(findings(stands, waiting, moment=moment))


def of_stand(tx: Connection, stand_id: int) -> Finding | None:
    """What a stand should be told itself, as of the last look that found something new; None when it runs well."""
    fair = tx.execute(select(t.fairs).join(t.stands).where(t.stands.c.id == stand_id)).first()
    moment = looked_at(fair) if fair is not None and fair.live_day is not None else None
    if fair is None or moment is None:
        return None
    stands, _ = _stand_days(tx, fair, t.stands.c.id == stand_id, moment)
    return next((each for each in findings(stands, (), moment=moment) if each.kind in FOR_THE_STAND), None)


def moment_of(tx: Connection, fair: Any) -> datetime | None:
    """The last moment written down on the live day: a sample of attendance, or a look that found something new."""
    start, end = day_span(fair.live_day, fair.timezone)
    sampled = tx.execute(
        select(func.max(t.attendance.c.at)).where(
            t.attendance.c.fair_id == fair.id, t.attendance.c.at >= start, t.attendance.c.at < end
        )
    ).scalar()
    return max((each for each in (sampled, looked_at(fair)) if each is not None), default=None)


def looked_at(fair: Any) -> datetime | None:
    """The last look of the live day that found something new."""
    start, end = day_span(fair.live_day, fair.timezone)
    moment: datetime | None = fair.looked_at
    return moment if moment is not None and start <= moment < end else None


def _stand_days(
    tx: Connection, fair: Any, which: ColumnElement[bool], moment: datetime
) -> tuple[list[StandDay], list[Waiting]]:
    start, end = day_span(fair.live_day, fair.timezone)
    stands = tx.execute(
        select(
            t.stands,
            func.min(t.slots.c.starts_at).label("first_start"),
            count(and_(t.slots.c.starts_at <= moment, t.slots.c.ends_at > moment - _SOON)).label("open_now"),
            count(and_(t.slots.c.ends_at > moment, t.slots.c.state == SlotState.OPEN.value)).label("slots_left"),
        )
        .join(t.slots, t.slots.c.stand_id == t.stands.c.id)
        .where(
            which,
            ~t.stands.c.closed,
            t.slots.c.starts_at >= start,
            t.slots.c.starts_at < end,
            t.IN_GRID,
        )
        .group_by(t.stands.c.id)
        .order_by(by_name(t.stands.c.name))
    ).all()
    trades: dict[int, set[str]] = defaultdict(set)
    for row in tx.execute(select(t.stand_trades).join(t.stands).where(which)):
        trades[row.stand_id].add(row.trade)
    bookings: dict[int, list[Any]] = defaultdict(list)
    busy: set[int] = set()
    for row in tx.execute(
        select(
            t.bookings.c.id,
            t.bookings.c.stand_id,
            t.bookings.c.candidate_id,
            t.bookings.c.state,
            t.bookings.c.slot_id,
            t.bookings.c.starts_at,
            t.bookings.c.queued_at,
            t.bookings.c.checked_in_at,
            t.bookings.c.candidate_in_room_at,
            t.bookings.c.recruiter_in_room_at,
            t.bookings.c.phone_asked_at,
        )
        .join(t.stands)
        .where(
            which,
            t.bookings.c.queued_at >= start,
            t.bookings.c.queued_at < end,
            is_in(*WAITING, *WITH_RECRUITER),
        )
    ):
        bookings[row.stand_id].append(row)
        if row.state in WITH_RECRUITER:
            busy.add(row.candidate_id)
    before = _delays_before(tx, fair.id, moment)
    days = [
        _stand_day(stand, frozenset(trades[stand.id]), bookings[stand.id], start, before, fair.room_provider)
        for stand in stands
    ]
    waiting = [
        Waiting(row.candidate_id, stand_id)
        for stand_id, found in bookings.items()
        for row in found
        if row.state == BookingState.CHECKED_IN and row.candidate_id not in busy and row.queued_at <= moment
    ]
    return days, waiting


def _stand_day(
    stand: Any,
    trades: frozenset[str],
    bookings: list[Any],
    start: datetime,
    before: dict[int, int],
    fair_provider: str,
) -> StandDay:
    # In a group one click of the recruiter lets all in: nobody's own booking tells that they are alone.
    by_video = stand.kind == StandKind.INTERVIEW and (
        _provider(stand.room_provider, fair_provider) not in {RoomProvider.TELEPHONE, RoomProvider.ON_SITE}
    )
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
        growth=stand.delay_minutes - before.get(stand.id, 0),
        slots_left=stand.slots_left if stand.kind == StandKind.INTERVIEW else None,
        alone=tuple(filter(None, map(_alone, bookings))) if by_video else (),
    )


def _alone(row: Any) -> Alone | None:
    """Who clicked into the room of an interview by video, while the other party did not."""
    if row.state not in WITH_RECRUITER or row.phone_asked_at is not None:
        return None
    stand, candidate = row.recruiter_in_room_at, row.candidate_in_room_at
    if (stand is None) == (candidate is None):
        return None
    return Alone(row.id, stand or candidate, stand_waits=stand is not None)


def _provider(of_stand: str, of_fair: str) -> RoomProvider:
    return RoomProvider(of_fair if of_stand == RoomProvider.AUTO else of_stand)


def _delays_before(tx: Connection, fair_id: int, moment: datetime) -> dict[int, int]:
    """The delays that were sampled a while before, of the stands that had one."""
    sampled = select(func.max(t.attendance.c.at)).where(
        t.attendance.c.fair_id == fair_id, t.attendance.c.at <= moment - GROWS_WITHIN
    )
    rows = tx.execute(
        select(t.delays.c.stand_id, t.delays.c.minutes)
        .join(t.stands)
        .where(t.stands.c.fair_id == fair_id, t.delays.c.at == sampled.scalar_subquery())
    )
    return {row.stand_id: row.minutes for row in rows}
