"""The organiser's wall: each stand's day in cells. All rows of a fair, or one, with the same statements."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain import timeline
from jobdating.domain.attendance import STATUS_WEIGHT, Status, status
from jobdating.domain.states import LIVE, WAITING, WITH_RECRUITER, BookingState, SlotState
from jobdating.domain.timeline import CellState, Column
from jobdating.domain.window import day_span
from jobdating.queries.interviews import short_name

_OCCUPYING = LIVE | {BookingState.DONE}


@dataclass(frozen=True)
class Cell:
    """One stand in one column. `people` are short names; `taken` of `capacity` places, for groups.

    `more` marks the columns after the first of a long slot. `hour` and `gap` repeat the column's.
    """

    starts_at: datetime
    state: CellState
    people: tuple[str, ...]
    taken: int
    capacity: int
    more: bool
    hour: bool
    gap: bool


@dataclass(frozen=True)
class Row:
    """A stand's row. `live` is whether the day is being played; of another, `filled` of its `places` are told.

    `now_with` are those in front of the recruiter; `since` belongs to the status. Times in UTC.
    """

    stand_id: int
    fair_id: int
    fair_slug: str
    name: str
    trades: tuple[str, ...]
    site: str
    day: date
    live: bool
    status: Status
    since: datetime | None
    delay_minutes: int
    first_start: datetime | None
    cells: tuple[Cell, ...]
    now_with: tuple[str, ...]
    waiting: int
    expected: int
    done: int
    filled: int
    places: int

    @property
    def weight(self) -> tuple[int, int, str]:
        """Trouble first: by status, the latest first, then by name."""
        return (STATUS_WEIGHT[self.status], -self.delay_minutes, self.name)


Reached = dict[tuple[datetime, datetime], range]


@dataclass(frozen=True)
class _Facts:
    """`reached` remembers which columns a span takes up: the stands of a fair share one rhythm."""

    stands: Sequence[Any]
    trades: dict[int, list[str]]
    slots: dict[int, list[Any]]
    bookings: dict[int, list[Any]]
    places: dict[int, int]
    filled: dict[int, int]
    reached: Reached = field(default_factory=dict)


def row(tx: Connection, stand_id: int, *, day: date | None = None) -> Row | None:
    """One stand on a day, the live one unless told (before the fair, its first); None when there is no such stand."""
    found = _rows(tx, t.stands.c.id == stand_id, day)
    return found[0] if found else None


def rows(tx: Connection, fair_id: int, *, day: date | None = None) -> list[Row]:
    """Every stand of a fair, by name, on a day (the live one unless told). Six statements."""
    return _rows(tx, t.stands.c.fair_id == fair_id, day)


def rows_of(tx: Connection, fair_id: int, stand_ids: Collection[int]) -> list[Row]:
    """These stands of a fair, by name, on its live day. Six statements."""
    return _rows(tx, and_(t.stands.c.fair_id == fair_id, t.stands.c.id.in_(sorted(stand_ids))), None)


def grid(fair: Any, day: date) -> tuple[Column, ...]:
    """The columns of a fair's wall; the rhythm is an interview and its buffer."""
    step = timedelta(minutes=fair.interview_minutes + fair.buffer_minutes)
    return timeline.columns(fair.hours, step=step, day=day, timezone=fair.timezone)


def columns(tx: Connection, fair_id: int, day: date) -> tuple[Column, ...]:
    """The columns above the rows."""
    return grid(tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).one(), day)


def _rows(tx: Connection, which: ColumnElement[bool], day: date | None) -> list[Row]:
    stands = tx.execute(
        select(
            t.stands,
            func.coalesce(t.sites.c.name, t.companies.c.town).label("site"),
            t.fairs.c.slug.label("fair_slug"),
            t.fairs.c.hours,
            t.fairs.c.timezone,
            t.fairs.c.interview_minutes,
            t.fairs.c.buffer_minutes,
            t.fairs.c.live_day,
            t.fairs.c.first_day,
        )
        .join(t.fairs, t.fairs.c.id == t.stands.c.fair_id)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .outerjoin(t.sites, t.sites.c.id == t.stands.c.site_id)
        .where(which)
        .order_by(by_name(t.stands.c.name), t.stands.c.id)
    ).all()
    if not stands:
        return []
    shown = day or stands[0].live_day or stands[0].first_day
    columns = grid(stands[0], shown)
    start, end = day_span(shown, stands[0].timezone)
    facts = _facts(tx, which, stands, start, end)
    return [_row(stand, facts, columns, shown, start) for stand in stands]


def _facts(tx: Connection, which: ColumnElement[bool], stands: Sequence[Any], start: datetime, end: datetime) -> _Facts:
    trades: dict[int, list[str]] = defaultdict(list)
    for row in tx.execute(select(t.stand_trades).join(t.stands).where(which).order_by(by_name(t.stand_trades.c.trade))):
        trades[row.stand_id].append(row.trade)
    slots: dict[int, list[Any]] = defaultdict(list)
    for row in tx.execute(
        select(
            t.slots.c.id,
            t.slots.c.stand_id,
            t.slots.c.starts_at,
            t.slots.c.ends_at,
            t.slots.c.capacity,
            t.slots.c.state,
        )
        .join(t.stands, t.stands.c.id == t.slots.c.stand_id)
        .where(which, t.slots.c.starts_at >= start, t.slots.c.starts_at < end, t.IN_GRID)
        .order_by(t.slots.c.starts_at)
    ):
        slots[row.stand_id].append(row)
    bookings: dict[int, list[Any]] = defaultdict(list)
    for row in tx.execute(_bookings(which, start, end)):
        bookings[row.stand_id].append(row)
    return _Facts(stands, trades, slots, bookings, *_fill(tx, which, start, end))


def _bookings(which: ColumnElement[bool], start: datetime, end: datetime) -> Any:
    return (
        select(
            t.bookings.c.id,
            t.bookings.c.stand_id,
            t.bookings.c.slot_id,
            t.bookings.c.state,
            t.bookings.c.starts_at,
            t.bookings.c.ends_at,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.estimates.c.low,
        )
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .outerjoin(t.estimates, t.estimates.c.booking_id == t.bookings.c.id)
        .where(
            which,
            t.bookings.c.queued_at >= start,
            t.bookings.c.queued_at < end,
            t.bookings.c.state != BookingState.CANCELLED.value,
        )
        .order_by(t.bookings.c.queued_at, t.bookings.c.id)
    )


def _fill(
    tx: Connection, which: ColumnElement[bool], start: datetime, end: datetime
) -> tuple[dict[int, int], dict[int, int]]:
    """Places of each stand on the day, and how many of them are taken."""
    places = select(t.slots.c.stand_id, func.sum(t.slots.c.capacity)).join(
        t.stands, t.stands.c.id == t.slots.c.stand_id
    )
    taken = select(t.bookings.c.stand_id, func.count()).join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
    return (
        {
            stand_id: int(count)
            for stand_id, count in tx.execute(
                places.where(
                    which,
                    t.slots.c.state == SlotState.OPEN.value,
                    t.slots.c.starts_at >= start,
                    t.slots.c.starts_at < end,
                ).group_by(t.slots.c.stand_id)
            )
        },
        {
            stand_id: int(count)
            for stand_id, count in tx.execute(
                taken.where(
                    which,
                    t.bookings.c.slot_id.is_not(None),
                    t.bookings.c.starts_at >= start,
                    t.bookings.c.starts_at < end,
                    t.bookings.c.state.in_([state.value for state in sorted(_OCCUPYING)]),
                ).group_by(t.bookings.c.stand_id)
            )
        },
    )


def _row(stand: Any, facts: _Facts, columns: tuple[Column, ...], day: date, start: datetime) -> Row:
    slots, bookings = facts.slots[stand.id], facts.bookings[stand.id]
    running = [b for b in bookings if b.state in WITH_RECRUITER]
    waiting = [b for b in bookings if b.state == BookingState.CHECKED_IN]
    expected = [b for b in bookings if b.state in WAITING]
    done = [b for b in bookings if b.state == BookingState.DONE]
    is_live_day = stand.live_day == day
    seen_today = stand.seen_at is not None and stand.seen_at >= start
    word = status(
        closed=stand.closed,
        has_slots=bool(slots),
        connected=stand.connected_since is not None,
        seen_today=seen_today,
        away=stand.away_since is not None,
        delay_minutes=stand.delay_minutes,
        running=len(running),
        expected=len(expected),
        done=len(done),
    )
    return Row(
        stand_id=stand.id,
        fair_id=stand.fair_id,
        fair_slug=stand.fair_slug,
        name=stand.name,
        trades=tuple(facts.trades[stand.id]),
        site=stand.site,
        day=day,
        live=is_live_day,
        status=word,
        since=stand.away_since if word is Status.AWAY else stand.seen_at if word is Status.LEFT else None,
        delay_minutes=stand.delay_minutes if is_live_day else 0,
        first_start=slots[0].starts_at if slots else None,
        cells=_cells(slots, bookings, columns, facts.reached),
        now_with=tuple(short_name(b) for b in running),
        waiting=len(waiting),
        expected=len(expected),
        done=len(done),
        filled=facts.filled.get(stand.id, 0),
        places=facts.places.get(stand.id, 0),
    )


def _cells(slots: list[Any], bookings: list[Any], columns: tuple[Column, ...], reached: Reached) -> tuple[Cell, ...]:
    states: list[list[CellState]] = [[] for _ in columns]
    people: list[list[str]] = [[] for _ in columns]
    room = [[0, 0] for _ in columns]
    starts_here = [False] * len(columns)
    if not columns:
        return ()
    columns_of = {}
    for slot in slots:
        span = (slot.starts_at, slot.ends_at)
        if span not in reached:
            reached[span] = timeline.reach(*span, columns)
        columns_of[slot.id] = reached[span]
    for slot in slots:
        state = CellState.FREE if slot.state == SlotState.OPEN else CellState.BLOCKED
        for index in columns_of[slot.id]:
            states[index].append(state)
            room[index][1] += slot.capacity
        starts_here[columns_of[slot.id].start] = True
    for booking in bookings:
        if booking.slot_id in columns_of:
            where = columns_of[booking.slot_id]
        elif booking.starts_at is not None:
            first = timeline.column_of(booking.starts_at, columns)
            where = range(first, first + 1)
        else:
            continue
        state = timeline.state_of(BookingState(booking.state), starts_at=booking.starts_at, low=booking.low)
        starts_here[where.start] = True
        for index in where:
            states[index].append(state)
            people[index].append(short_name(booking))
            room[index][0] += booking.state in _OCCUPYING
    return tuple(
        Cell(
            starts_at=column.start,
            state=timeline.strongest(states[index]),
            people=tuple(people[index]),
            taken=room[index][0],
            capacity=room[index][1],
            more=bool(states[index]) and not starts_here[index],
            hour=column.hour,
            gap=column.gap,
        )
        for index, column in enumerate(columns)
    )


class Sort(StrEnum):
    """How the rows are ordered: what needs a hand first, or by a word."""

    TROUBLE = "trouble"
    NAME = "name"
    SITE = "site"
    TRADE = "trade"


def ordered(rows: Sequence[Row], sort: Sort) -> list[Row]:
    """The rows in the order asked for; by name within."""
    keys: dict[Sort, Callable[[Row], Any]] = {
        Sort.TROUBLE: lambda row: row.weight,
        Sort.NAME: lambda row: row.name,
        Sort.SITE: lambda row: (row.site or "", row.name),
        Sort.TRADE: lambda row: (row.trades, row.name),
    }
    return sorted(rows, key=keys[sort])
