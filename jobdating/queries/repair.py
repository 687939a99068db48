"""What a repair may work with: who is booked at a stand, and where there is room for them. A fixed number of statements."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.domain.errors import NotFound
from jobdating.domain.repair import Move, Person, Place, plan
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, WAITING, SlotState
from jobdating.domain.timeline import Column
from jobdating.domain.window import day_span
from jobdating.queries.interviews import short_name
from jobdating.queries.wall import grid

NOTICE = timedelta(minutes=10)  # nobody is moved to a time that begins sooner


class Way(StrEnum):
    """What to do with the people of the stand."""

    SPREAD = "spread"  # to other stands of the same trades
    LATER = "later"  # to this stand's own free slots


@dataclass(frozen=True)
class Repair:
    """A stand's plan for its people until `until`, the next break. `trades` are those the other stands share.

    `more` counts those who are booked after it.
    """

    stand_id: int
    fair_id: int
    name: str
    trades: tuple[str, ...]
    way: Way
    until: datetime
    moves: tuple[Move, ...]
    more: int

    @property
    def placed(self) -> list[Move]:
        return [move for move in self.moves if move.place]


def repair(tx: Connection, fair_id: int, stand_id: int, *, way: Way, whole_day: bool = False, now: datetime) -> Repair:
    """Who would move where, among free places of the day that begin later. Raises NotFound.

    Only those before the next break are moved, unless it is the `whole_day`: what fails now may work after lunch.
    """
    stand = tx.execute(
        select(
            t.stands,
            t.fairs.c.live_day,
            t.fairs.c.first_day,
            t.fairs.c.timezone,
            t.fairs.c.hours,
            t.fairs.c.interview_minutes,
            t.fairs.c.buffer_minutes,
        )
        .join(t.fairs)
        .where(t.stands.c.id == stand_id, t.stands.c.fair_id == fair_id)
    ).first()
    if stand is None:
        raise NotFound(what="stand")
    trades = list(
        tx.execute(
            select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == stand_id).order_by(t.stand_trades.c.trade)
        ).scalars()
    )
    day = stand.live_day or stand.first_day
    start, end = day_span(day, stand.timezone)
    everybody = _people(tx, stand_id, start, end)
    until = end if whole_day else _next_break(grid(stand, day), now, end)
    people = [person for person in everybody if person.span.start < until]
    places = _places(tx, fair_id, stand_id, trades, way, max(start, now + NOTICE), end) if people else []
    moves = tuple(plan(people, places))
    return Repair(stand_id, fair_id, stand.name, tuple(trades), way, until, moves, len(everybody) - len(people))


def _next_break(columns: tuple[Column, ...], now: datetime, end: datetime) -> datetime:
    """When the stretch that runs now ends, or the next one; the end of the day after the last."""
    last = [column.end for column, after in zip(columns, columns[1:], strict=False) if after.gap]
    return min((moment for moment in last if moment > now), default=end)


def _people(tx: Connection, stand_id: int, start: datetime, end: datetime) -> list[Person]:
    rows = tx.execute(
        select(t.bookings, t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .where(
            t.bookings.c.stand_id == stand_id,
            t.bookings.c.starts_at >= start,
            t.bookings.c.starts_at < end,
            t.bookings.c.slot_id.is_not(None),
            t.bookings.c.state.in_([state.value for state in sorted(WAITING)]),
        )
    ).all()
    busy: dict[int, list[Span]] = defaultdict(list)
    for row in tx.execute(
        select(t.bookings.c.candidate_id, t.bookings.c.starts_at, t.bookings.c.ends_at).where(
            t.bookings.c.candidate_id.in_([row.candidate_id for row in rows]),
            t.bookings.c.stand_id != stand_id,
            t.bookings.c.starts_at.is_not(None),
            t.bookings.c.state.in_([state.value for state in sorted(LIVE)]),
        )
    ):
        busy[row.candidate_id].append(Span(row.starts_at, row.ends_at))
    return [
        Person(
            row.id, row.candidate_id, short_name(row), Span(row.starts_at, row.ends_at), tuple(busy[row.candidate_id])
        )
        for row in rows
    ]  # fmt: skip


def _places(
    tx: Connection, fair_id: int, stand_id: int, trades: list[str], way: Way, since: datetime, end: datetime
) -> list[Place]:
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(t.bookings.c.slot_id == t.slots.c.id, t.bookings.c.state.in_([state.value for state in sorted(LIVE)]))
        .scalar_subquery()
    )
    query: Any = (
        select(
            t.slots.c.id,
            t.slots.c.stand_id,
            t.slots.c.starts_at,
            t.slots.c.ends_at,
            t.stands.c.name,
            (t.slots.c.capacity - taken).label("seats"),
        )
        .join(t.stands, t.stands.c.id == t.slots.c.stand_id)
        .where(
            t.stands.c.fair_id == fair_id,
            ~t.stands.c.closed,
            t.slots.c.state == SlotState.OPEN.value,
            t.slots.c.starts_at >= since,
            t.slots.c.starts_at < end,
            taken < t.slots.c.capacity,
        )
    )
    if way is Way.LATER:
        query = query.where(t.slots.c.stand_id == stand_id)
    else:
        same = select(t.stand_trades.c.stand_id).where(t.stand_trades.c.trade.in_(trades))
        kind = select(t.stands.c.kind).where(t.stands.c.id == stand_id).scalar_subquery()
        query = query.where(
            t.slots.c.stand_id != stand_id,
            t.slots.c.stand_id.in_(same),
            t.stands.c.kind == kind,  # a meeting does not stand in for an interview
            t.stands.c.away_since.is_(None),
        )
    return [
        Place(row.id, row.stand_id, row.name, Span(row.starts_at, row.ends_at), row.seats) for row in tx.execute(query)
    ]
