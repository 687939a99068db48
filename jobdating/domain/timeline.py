"""Lays a stand's day on the fair's columns: where a slot falls, and the one state a cell shows. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from jobdating.domain.states import WAITING, BookingState


class CellState(StrEnum):
    """What a cell of the wall says, in one word and one shape."""

    RUNNING = "running"
    CALLED = "called"
    LATE = "late"  # booked, and not expected to begin on time
    BOOKED = "booked"
    HELD = "held"  # offered or asked for: the place is not free, but nobody has said yes
    DONE = "done"
    ABSENT = "absent"
    FREE = "free"
    BLOCKED = "blocked"
    CLOSED = "closed"  # no slot at that time


# A cell with several people shows what matters most now.
_RANK = {state: rank for rank, state in enumerate(CellState)}
LATE_FROM = timedelta(minutes=5)


@dataclass(frozen=True)
class Column:
    """A stretch of the fair's grid. `hour` is the first of an hour, `gap` the first after a break."""

    start: datetime
    end: datetime
    hour: bool
    gap: bool


def columns(hours: Iterable[Sequence[str]], *, step: timedelta, day: date, timezone: str) -> tuple[Column, ...]:
    """The columns of a day: its hours (local "HH:MM" pairs) cut into steps; the last of a stretch may be shorter.

    Raises ValueError when `step` is not positive.
    """
    if step <= timedelta():
        raise ValueError("a column lasts some time")
    zone = ZoneInfo(timezone)
    found: list[Column] = []
    for opens, closes in sorted(tuple(stretch) for stretch in hours):
        start = _moment(day, opens, zone)
        end = _moment(day, closes, zone)
        gap = bool(found)
        while start < end:
            hour = not found or gap or start.astimezone(zone).hour != found[-1].start.astimezone(zone).hour
            found.append(Column(start, min(start + step, end), hour, gap))
            start, gap = start + step, False
    return tuple(found)


def column_of(moment: datetime, grid: Sequence[Column]) -> int:
    """The index of the column a moment falls in; the nearest before it in a break, the first before opening."""
    return max(0, bisect_right([column.start for column in grid], moment) - 1)


def reach(start: datetime, end: datetime, grid: Sequence[Column]) -> range:
    """The columns something takes up: from the one it starts in to the last that starts before it ends."""
    first = column_of(start, grid)
    last = first
    while last + 1 < len(grid) and grid[last + 1].start < end and not grid[last + 1].gap:
        last += 1
    return range(first, last + 1)


def state_of(state: BookingState, *, starts_at: datetime | None, low: datetime | None) -> CellState:
    """What one booking puts on the wall. `low` is the earliest honest moment of its call, where one is known."""
    if state in WAITING and starts_at is not None and low is not None and low - starts_at >= LATE_FROM:
        return CellState.LATE
    return _OF_BOOKING[state]


def strongest(states: Iterable[CellState]) -> CellState:
    """The state a cell shows when several are true of it; CLOSED for none."""
    return min(states, key=_RANK.__getitem__, default=CellState.CLOSED)


_OF_BOOKING = {
    BookingState.HELD: CellState.HELD,
    BookingState.REQUESTED: CellState.HELD,
    BookingState.BOOKED: CellState.BOOKED,
    BookingState.CHECKED_IN: CellState.BOOKED,
    BookingState.CALLED: CellState.CALLED,
    BookingState.IN_PROGRESS: CellState.RUNNING,
    BookingState.DONE: CellState.DONE,
    BookingState.NO_SHOW: CellState.ABSENT,
    BookingState.CANCELLED: CellState.FREE,
}


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(ZoneInfo("UTC"))
