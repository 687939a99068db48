"""Stands that can see a candidate now without an appointment, and give them back in time. Speaks of the moment it is read."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.arbiter import TimeBox
from jobdating.domain.meanwhile import Line, Rhythm, first, wait
from jobdating.domain.states import COUNTED, LIVE, WAITING, WITH_RECRUITER, BookingState
from jobdating.domain.window import day_span

RECENT = timedelta(minutes=30)  # a stand that finished somebody so lately is at work


@dataclass(frozen=True)
class Chance:
    """A stand to walk in to: the expected wait, and how many are before."""

    stand_id: int
    stand: str
    trades: tuple[str, ...]
    wait: timedelta
    before: int


@dataclass(frozen=True)
class Meanwhile:
    """`back_by` is when the candidate's own next interview may begin, None when there is none today."""

    fair_slug: str
    back_by: datetime | None
    chances: tuple[Chance, ...]


def meanwhile(tx: Connection, candidate_id: int, *, now: datetime) -> Meanwhile | None:
    """Where to go now; None when it is not a day of the fair, or the candidate is with a recruiter or at the limit.

    Six statements.
    """
    head = tx.execute(
        select(t.fairs)
        .join(t.candidates, t.candidates.c.fair_id == t.fairs.c.id)
        .where(t.candidates.c.id == candidate_id)
    ).first()
    if head is None or head.live_day is None:
        return None
    start, end = day_span(head.live_day, head.timezone)
    mine = _mine(tx, candidate_id)
    counted = [row for row in mine if row.state in COUNTED]
    if not start <= now < end or len(counted) >= head.cap or any(row.state in WITH_RECRUITER for row in mine):
        return None
    today = [row for row in mine if row.state in LIVE and row.starts_at and start <= row.starts_at < end]
    back_by = min((max(row.not_before or row.starts_at, now) for row in today), default=None)
    stands = {row.id: row for row in _open(tx, head.id, candidate_id, {row.stand_id for row in counted}, now, end)}
    lines, before = _lines(tx, set(stands), start, end, now, timedelta(minutes=head.interview_minutes))
    rhythm = Rhythm(timedelta(minutes=head.interview_minutes), timedelta(minutes=head.buffer_minutes))
    box = TimeBox()
    waits = first(
        (stand_id, wait(lines[stand_id], rhythm, now=now, back_by=back_by, box=box))
        for stand_id, stand in stands.items()
        if _is_at_work(stand, lines[stand_id], now)
    )
    trades = _trades(tx, [stand_id for stand_id, _ in waits])
    return Meanwhile(
        head.slug,
        back_by,
        tuple(Chance(each, stands[each].name, tuple(trades[each]), long, before[each]) for each, long in waits),
    )


def _mine(tx: Connection, candidate_id: int) -> list[Any]:
    b = t.bookings.c
    return list(
        tx.execute(
            select(b.stand_id, b.state, b.starts_at, t.estimates.c.not_before)
            .outerjoin(t.estimates, t.estimates.c.booking_id == b.id)
            .where(b.candidate_id == candidate_id)
        )
    )


def _open(
    tx: Connection, fair_id: int, candidate_id: int, line_of: set[int], now: datetime, end: datetime
) -> list[Any]:
    """Stands that take walk-ins today and suit the candidate, without those where they have a place or were already seen."""
    s = t.stands.c
    shared = (
        select(t.stand_trades.c.trade)
        .join(t.candidate_trades, t.candidate_trades.c.trade == t.stand_trades.c.trade)
        .where(t.stand_trades.c.stand_id == s.id, t.candidate_trades.c.candidate_id == candidate_id)
    )
    any_trade = select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == s.id)
    slots_left = select(t.slots.c.id).where(
        t.slots.c.stand_id == s.id, t.slots.c.ends_at > now, t.slots.c.starts_at < end, t.IN_GRID
    )
    finished = (
        select(func.max(t.bookings.c.ended_at))
        .where(t.bookings.c.stand_id == s.id, t.bookings.c.state == BookingState.DONE.value)
        .scalar_subquery()
    )
    return list(
        tx.execute(
            select(s.id, s.name, s.connected_since, finished.label("finished_at"))
            .where(
                s.fair_id == fair_id,
                s.takes_walk_ins,
                ~s.closed,
                s.away_since.is_(None),
                s.shut_until.is_(None),
                s.id.not_in(list(line_of)),
                or_(shared.exists(), ~any_trade.exists()),
                slots_left.exists(),
            )
            .order_by(s.id)
        )
    )


def _lines(
    tx: Connection, stand_ids: set[int], start: datetime, end: datetime, now: datetime, interview: timedelta
) -> tuple[dict[int, Line], dict[int, int]]:
    b = t.bookings.c
    states = [state.value for state in sorted(WAITING | WITH_RECRUITER)]
    rows = tx.execute(
        select(b.stand_id, b.state, b.starts_at, b.called_at, b.started_at, b.extra_minutes, b.queued_at).where(
            b.stand_id.in_(list(stand_ids)), b.state.in_(states), b.queued_at >= start, b.queued_at < end
        )
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.stand_id].append(row)
    lines, before = {}, {}
    for stand_id in stand_ids:
        waiting = [row for row in found[stand_id] if row.state in WAITING]
        inside = [row for row in found[stand_id] if row.state in WITH_RECRUITER]
        ends = [(row.started_at or row.called_at) + interview + timedelta(minutes=row.extra_minutes) for row in inside]
        present = [row for row in waiting if row.state == BookingState.CHECKED_IN and row.queued_at <= now]
        booked = tuple(row.starts_at for row in waiting if row.starts_at and row not in present)
        lines[stand_id] = Line(max(ends, default=None), len(present), booked)
        before[stand_id] = len(present) + len(inside)
    return lines, before


def _is_at_work(stand: Any, line: Line, now: datetime) -> bool:
    """Somebody sits there: the cockpit is open, an interview runs, or one ended a moment ago."""
    recent = stand.finished_at is not None and now - stand.finished_at <= RECENT
    return stand.connected_since is not None or line.inside is not None or recent


def _trades(tx: Connection, stand_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    chosen = t.stand_trades.c.stand_id.in_(stand_ids)
    for row in tx.execute(select(t.stand_trades).where(chosen).order_by(by_name(t.stand_trades.c.trade))):
        found[row.stand_id].append(row.trade)
    return found
