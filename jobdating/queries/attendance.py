"""The figures of a fair and the attendance over its day: the same for whoever reads them, whenever."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import BigInteger, Connection, and_, case, func, or_, select, type_coerce

from jobdating.db import tables as t
from jobdating.domain.states import LIVE, WITH_RECRUITER, BookingState, SlotState
from jobdating.domain.timeline import Column
from jobdating.domain.window import day_span
from jobdating.queries.preparation import (
    HAS_PLACE,
    HERE,
    PLANNED,
    Preparation,
    count,
    is_in,
    prepared,
    stands_of,
    the_fair,
)
from jobdating.queries.wall import grid

_STEP = timedelta(minutes=15)  # of the curve of those expected
_ROUND = [factor * 10**power for power in range(6) for factor in (1, 2, 5)]
_AROUND = timedelta(minutes=30)  # somebody is expected from half an hour before until half an hour after


@dataclass(frozen=True)
class Figures:
    """A fair in numbers. `live` is whether it is being played; the figures of the day are of `day`."""

    fair_id: int
    fair_slug: str
    live: bool
    day: date
    registered: int
    preparation: Preparation | None  # before the fair
    expected: int  # people with an interview that day
    here: int  # people connected, or in a line, or with a recruiter
    waiting: int
    running: int
    done: int
    booked: int  # interviews of the day, walk-ins included
    no_shows: int
    refilled: int  # of their places, given to somebody else
    free: int  # places of the day
    places: int
    mean_wait: int  # minutes from the booked time (or arrival, if later) to the call
    mean_delay: int  # minutes, of the stands that have people to see
    stands_open: int
    stands_connected: int

    @property
    def fill(self) -> int:
        """Percent of the day's places that are taken."""
        return round(100 * (self.places - self.free) / self.places) if self.places else 0


def figures(tx: Connection, fair_id: int) -> Figures | None:
    """The figures of a fair's live day (before the fair, of its first), or None when there is no such fair."""
    fair = the_fair(tx, fair_id)
    if fair is None:
        return None
    day = fair.live_day or fair.first_day
    start, end = day_span(day, fair.timezone)
    today = and_(t.bookings.c.fair_id == fair_id, t.bookings.c.queued_at >= start, t.bookings.c.queued_at < end)
    bookings = _bookings(tx, today)
    free, places = _places(tx, fair_id, start, end)
    stands = stands_of(tx, fair_id)
    return Figures(
        fair_id=fair_id,
        fair_slug=fair.slug,
        live=fair.live_day is not None,
        day=day,
        registered=tx.execute(
            select(func.count()).select_from(t.candidates).where(t.candidates.c.fair_id == fair_id)
        ).scalar_one(),
        preparation=prepared(tx, fair_id, stands) if fair.live_day is None else None,
        here=_here(tx, fair_id, today),
        free=free,
        places=places,
        mean_delay=round(stands.delay or 0),
        stands_open=stands.open,
        stands_connected=stands.connected,
        **bookings,
    )


def _bookings(tx: Connection, today: Any) -> dict[str, int]:
    due = case(
        (t.bookings.c.starts_at.is_(None), t.bookings.c.checked_in_at),
        (t.bookings.c.slot_id.is_(None), t.bookings.c.checked_in_at),
        (t.bookings.c.checked_in_at > t.bookings.c.starts_at, t.bookings.c.checked_in_at),
        else_=t.bookings.c.starts_at,
    )
    wait = t.bookings.c.called_at - due
    called = and_(t.bookings.c.called_at.is_not(None), due.is_not(None))
    other = t.bookings.alias()
    refilled = (
        select(other.c.id)
        .where(
            other.c.slot_id == t.bookings.c.slot_id,
            other.c.state.in_([s.value for s in sorted(LIVE | {BookingState.DONE})]),
        )
        .exists()
    )
    missed = is_in(BookingState.NO_SHOW)
    row = tx.execute(
        select(
            func.count(case((PLANNED, t.bookings.c.candidate_id)).distinct()).label("expected"),
            count(is_in(BookingState.CHECKED_IN)).label("waiting"),
            count(is_in(*WITH_RECRUITER)).label("running"),
            count(is_in(BookingState.DONE)).label("done"),
            count(PLANNED).label("booked"),
            count(missed).label("no_shows"),
            count(and_(missed, refilled)).label("refilled"),
            func.sum(case((and_(called, t.bookings.c.called_at > due), _micros(wait)), else_=0)).label("waited"),
            count(called).label("called"),
        ).where(today)
    ).one()
    values = {name: int(value or 0) for name, value in row._mapping.items()}
    waited, called_count = values.pop("waited"), values.pop("called")
    return {**values, "mean_wait": round(waited / called_count / 60_000_000) if called_count else 0}


def _micros(duration: Any) -> Any:
    """A difference of two moments as the number that is stored, microseconds."""
    return type_coerce(duration, BigInteger)


def _places(tx: Connection, fair_id: int, start: datetime, end: datetime) -> tuple[int, int]:
    """Free places of a day, and all."""
    usable = and_(
        t.stands.c.fair_id == fair_id,
        ~t.stands.c.closed,
        t.slots.c.state == SlotState.OPEN.value,
        t.slots.c.starts_at >= start,
        t.slots.c.starts_at < end,
    )
    places = tx.execute(select(func.sum(t.slots.c.capacity)).select_from(t.slots.join(t.stands)).where(usable)).scalar()
    taken = tx.execute(
        select(func.count())
        .select_from(t.bookings)
        .join(t.slots, t.slots.c.id == t.bookings.c.slot_id)
        .join(t.stands, t.stands.c.id == t.slots.c.stand_id)
        .where(usable, t.bookings.c.fair_id == fair_id, HAS_PLACE)
    ).scalar_one()
    return int(places or 0) - taken, int(places or 0)


def _here(tx: Connection, fair_id: int, today: Any) -> int:
    in_line = select(t.bookings.c.candidate_id).where(today, HERE)
    return tx.execute(
        select(func.count()).where(
            t.candidates.c.fair_id == fair_id,
            or_(t.candidates.c.connected_since.is_not(None), t.candidates.c.id.in_(in_line)),
        )
    ).scalar_one()


@dataclass(frozen=True)
class Sample:
    """Who was there at a moment: people with a recruiter, in a line, and between two."""

    at: datetime
    running: int
    waiting: int
    around: int

    @property
    def queue(self) -> int:
        """With a recruiter or in a line."""
        return self.running + self.waiting

    @property
    def here(self) -> int:
        return self.queue + self.around


@dataclass(frozen=True)
class Attendance:
    """A day's attendance: samples until now, and the curve of those expected over the whole day."""

    fair_id: int
    day: date
    columns: tuple[Column, ...]
    samples: tuple[Sample, ...]
    expected: tuple[tuple[datetime, int], ...]

    @property
    def last(self) -> Sample | None:
        return self.samples[-1] if self.samples else None

    @property
    def peak(self) -> tuple[datetime, int] | None:
        """When most people are expected; None when nobody is."""
        best = max(self.expected, key=lambda point: point[1], default=None)
        return best if best and best[1] else None

    @property
    def later_peak(self) -> tuple[datetime | None, int]:
        """The peak of what is still to come, well after the last sample: where the curve can carry its name."""
        after = self.last.at + 4 * _STEP if self.last else self.begins
        return max(
            (point for point in self.expected if point[0] > after and point[1]),
            key=lambda point: point[1],
            default=(None, 0),
        )

    # Where a chart of 1,000 by 140 puts things

    @property
    def begins(self) -> datetime:
        return self.columns[0].start - _STEP

    @property
    def hours(self) -> list[datetime]:
        """Full hours to write below: the starts of hours in the grid, and its ends."""
        ends = [column.end for column, after in zip(self.columns, self.columns[1:], strict=False) if after.gap]
        return sorted({column.start for column in self.columns if column.hour} | {*ends, self.columns[-1].end})

    @property
    def marks(self) -> list[int]:
        """One to three round numbers of people, for lines across."""
        step = next(size for size in _ROUND if self._top / size < 4)
        return list(range(step, self._top + 1, step))

    def x(self, moment: datetime) -> float:
        span = self.columns[-1].end + _STEP - self.begins
        return round(1000 * ((moment - self.begins) / span), 1)

    def y(self, count: int) -> float:
        return round(140 - 112 * count / self._top, 1)

    @cached_property
    def _top(self) -> int:
        return max([sample.here for sample in self.samples] + [number for _, number in self.expected] + [2])


def attendance(tx: Connection, fair_id: int, *, day: date | None = None) -> Attendance | None:
    """The attendance of a day (the live one unless told), or None when there is no such fair. Three statements."""
    fair = the_fair(tx, fair_id)
    if fair is None:
        return None
    day = day or fair.live_day or fair.first_day
    start, end = day_span(day, fair.timezone)
    columns = grid(fair, day)
    samples = tx.execute(
        select(t.attendance)
        .where(t.attendance.c.fair_id == fair_id, t.attendance.c.at >= start, t.attendance.c.at < end)
        .order_by(t.attendance.c.at)
    ).all()
    inside = [row for row in samples if columns and columns[0].start - _STEP <= row.at <= columns[-1].end + _STEP]
    return Attendance(
        fair_id=fair_id,
        day=day,
        columns=columns,
        samples=tuple(Sample(row.at, row.running, row.waiting, row.around) for row in inside),
        expected=_expected(tx, fair_id, start, end, columns),
    )


def _expected(
    tx: Connection, fair_id: int, start: datetime, end: datetime, columns: tuple[Column, ...]
) -> tuple[tuple[datetime, int], ...]:
    """People with a booked slot around each quarter of an hour: from the plan alone, whatever the day does to it."""
    rows = tx.execute(
        select(t.bookings.c.candidate_id, t.slots.c.starts_at, t.slots.c.ends_at)
        .join(t.slots, t.slots.c.id == t.bookings.c.slot_id)
        .where(t.bookings.c.fair_id == fair_id, t.slots.c.starts_at >= start, t.slots.c.starts_at < end, PLANNED)
    ).all()
    if not columns or not rows:
        return ()
    first, last = columns[0].start, columns[-1].end
    people: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        begin = -((first - (row.starts_at - _AROUND)) // _STEP)
        stop = -((first - (row.ends_at + _AROUND)) // _STEP)
        for point in range(max(0, begin), stop):
            people[point].add(row.candidate_id)
    points = (last - first) // _STEP
    return tuple((first + _STEP * point, len(people[point])) for point in range(points + 1))
