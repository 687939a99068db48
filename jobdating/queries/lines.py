"""The live lines of a fair's stands as the rules of the day see them: for the timekeeper, and for whoever gives a gap."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from jobdating.db import tables as t
from jobdating.domain import line as rules
from jobdating.domain.arbiter import TimeBox
from jobdating.domain.line import Facts, Turn
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState, StandKind
from jobdating.domain.window import day_span
from jobdating.queries.elsewhere import elsewhere, yielded
from jobdating.queries.interviews import FACTS, facts

BOX = TimeBox()

# Made once: building them costs more than running them.
_STANDS = select(
    t.stands.c.id,
    t.stands.c.name,
    t.stands.c.kind,
    t.stands.c.capacity,
    t.stands.c.away_since,
    (t.stands.c.takes_walk_ins & t.stands.c.shut_until.is_(None)).label("takes_walk_ins"),
    t.stands.c.turned_at,
).where(t.stands.c.fair_id == bindparam("fair_id"), ~t.stands.c.closed)
_TODAY = (
    t.bookings.c.fair_id == bindparam("fair_id"),
    t.bookings.c.queued_at >= bindparam("start"),
    t.bookings.c.queued_at < bindparam("end"),
)
_LIVE = (
    select(
        *FACTS,
        t.bookings.c.started_at,
        t.candidates.c.connected_since,
        t.candidates.c.seen_at,
        t.estimates.c.low,
    )
    .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
    .outerjoin(t.estimates, t.estimates.c.booking_id == t.bookings.c.id)
    .where(*_TODAY, text(t.one_of("bookings.state", WAITING | WITH_RECRUITER)))
)
_OVER = (
    select(t.bookings.c.id, t.bookings.c.stand_id, t.bookings.c.ended_at)
    .where(
        *_TODAY,
        text(t.one_of("bookings.state", {BookingState.DONE, BookingState.NO_SHOW})),
        t.bookings.c.ended_at.is_not(None),
    )
    .order_by(t.bookings.c.ended_at, t.bookings.c.id)
)


@dataclass(frozen=True)
class Day:
    """The day that a fair plays, and its rules. `start` and `end` are its span in UTC."""

    fair_id: int
    start: datetime
    end: datetime
    length: timedelta
    grace: timedelta
    cap: int
    refill: bool
    group: int


@dataclass(frozen=True)
class Over:
    """The last place of a stand that was used up: done, or missed."""

    booking_id: int
    ended_at: datetime


@dataclass(frozen=True)
class StandLine:
    """One stand's line. `latest` is the last moment written down of it, the arbiter's "now" for who reads a page."""

    stand_id: int
    name: str
    kind: StandKind
    capacity: int
    away: bool
    takes_walk_ins: bool
    people: tuple[Facts, ...]
    over: Over | None
    latest: datetime

    @property
    def is_free(self) -> bool:
        places = 1 if self.kind is StandKind.INTERVIEW else self.capacity
        return not self.away and rules.is_free(self.people, places=places)

    def turn(self, day: Day, moment: datetime) -> Turn:
        """The arbiter's word at a moment."""
        return rules.turn(self.people, grace=day.grace, length=day.length, moment=moment, box=BOX)


def day(tx: Connection, fair_id: int, *, now: datetime) -> Day | None:
    """The day of a fair at `now`, or None when it is not being played."""
    row = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    if row is None or row.live_day is None:
        return None
    start, end = day_span(row.live_day, row.timezone)
    if not start <= now < end:
        return None
    length, grace = timedelta(minutes=row.interview_minutes), timedelta(minutes=row.grace_minutes)
    return Day(fair_id, start, end, length, grace, row.cap, row.refill, row.refill_group)


def lines(tx: Connection, day: Day) -> list[StandLine]:
    """The lines of all open stands of the day. Five statements."""
    span = {"fair_id": day.fair_id, "start": day.start, "end": day.end}
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in tx.execute(_LIVE, span):
        rows[row.stand_id].append(row)
    over: dict[int, Over] = {}
    for ended in tx.execute(_OVER, span):
        over[ended.stand_id] = Over(ended.id, ended.ended_at)
    busy = elsewhere(tx, t.bookings.c.fair_id == day.fair_id)
    behind = yielded(tx, t.bookings.c.fair_id == day.fair_id)
    return [
        _line(stand, rows[stand.id], over.get(stand.id), day, busy, behind)
        for stand in tx.execute(_STANDS, {"fair_id": day.fair_id})
    ]


def closes_at(tx: Connection, stand_ids: Iterable[int], *, day: Day, now: datetime) -> dict[int, datetime]:
    """The end of the half-day in which each stand works now: the last of the slots that follow one another."""
    rows = tx.execute(
        select(t.slots.c.stand_id, t.slots.c.starts_at, t.slots.c.ends_at)
        .where(
            t.slots.c.stand_id.in_(list(stand_ids)), t.slots.c.ends_at > now, t.slots.c.starts_at < day.end, t.IN_GRID
        )
        .order_by(t.slots.c.starts_at)
    )
    found: dict[int, datetime] = {}
    for row in rows:
        if row.starts_at <= found.get(row.stand_id, now) + day.length + timedelta(minutes=30):
            found[row.stand_id] = max(row.ends_at, found.get(row.stand_id, now))
    return found


def _line(
    stand: Any, rows: list[Any], over: Over | None, day: Day, busy: dict[int, Any], behind: dict[int, Any]
) -> StandLine:
    people = []
    for row in rows:
        there = busy.get(row.candidate_id)
        people.append(facts(row, there if there and there.stand_id != stand.id else behind.get(row.id)))
    turned = stand.turned_at if stand.turned_at and day.start <= stand.turned_at < day.end else None
    started = [row.started_at for row in rows if row.started_at]
    return StandLine(
        stand_id=stand.id,
        name=stand.name,
        kind=StandKind(stand.kind),
        capacity=stand.capacity,
        away=stand.away_since is not None,
        takes_walk_ins=stand.takes_walk_ins,
        people=tuple(people),
        over=over,
        latest=rules.last_moment(people, turned, over.ended_at if over else None, *started) or day.start,
    )
