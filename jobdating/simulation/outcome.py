"""What came of a rehearsed day, in numbers: how late, how long people waited, who was not seen, which stands hurt.

Read from the copy when the day is over; minutes throughout. The same copy gives the same outcome.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.attendance import Finding, Trouble
from jobdating.domain.slots import Span
from jobdating.domain.states import WAITING, BookingState
from jobdating.simulation.fair import Cast, Place

LATE = 10  # minutes after the booked time
HURTS = frozenset({Trouble.NOT_JOINED, Trouble.AWAY, Trouble.LATE})
LONG = 15  # minutes of trouble that count
_CAME = frozenset({BookingState.DONE, BookingState.IN_PROGRESS, BookingState.CALLED})


@dataclass(frozen=True)
class StandOutcome:
    """One stand's day. `called` are those with an appointment; `trouble` is how long it needed a hand, `over` how long
    it went on after its last slot."""

    stand_id: int
    name: str
    called: int
    done: int
    delay: float
    worst_delay: float
    idle: float
    trouble: int
    over: float

    @property
    def hurts(self) -> bool:
        return self.trouble >= LONG


@dataclass(frozen=True)
class Point:
    """The day at a moment ("10:15"): people waiting and with a recruiter, and the mean delay of the stands."""

    at: str
    waiting: int
    running: int
    delay: float


@dataclass(frozen=True)
class Outcome:
    """A day that was played. Shares are of 1; `idle` is of a recruiter, for the whole day."""

    stands: int
    people: int
    served: int
    not_served: int
    lost: int
    booked: int
    done: int
    walk_ins: int
    no_shows: int
    delay: float
    delay_p90: float
    late_share: float
    wait: float
    wait_p90: float
    walk_in_wait: float
    idle: float
    idle_share: float
    over: float
    stands_in_trouble: int
    each: tuple[StandOutcome, ...]
    curve: tuple[Point, ...]


FIGURES = tuple(each.name for each in fields(Outcome) if each.name not in {"each", "curve"})


@dataclass
class Watch:
    """What is only seen while the day goes on: findings at each look, and the curve."""

    every: timedelta
    trouble: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    curve: list[Point] = field(default_factory=list)

    def note(self, findings: Iterable[Finding]) -> None:
        """A stand that is empty or fills up is no trouble here: that is in other figures."""
        for finding in findings:
            if finding.kind in HURTS:
                self.trouble[finding.stand_id] += self.every // timedelta(minutes=1)


def outcome(tx: Connection, cast: Cast, watch: Watch, *, lost: int, until: datetime) -> Outcome:
    """Add the day up. `lost` people had a place that a variation took away."""
    rows = tx.execute(
        select(t.bookings).where(t.bookings.c.fair_id == cast.fair_id).order_by(t.bookings.c.queued_at, t.bookings.c.id)
    ).all()
    names = {row.id: row.name for row in tx.execute(select(t.stands.c.id, t.stands.c.name))}
    lines: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        lines[row.stand_id].append(row)
    stands = [_stand(place, names[place.id], lines[place.id], watch, until) for place in cast.stands if place.slots]
    of_slot = [row for row in rows if row.slot_id is not None and row.state != BookingState.CANCELLED]
    seen = [row for row in rows if row.state in _CAME and row.called_at]
    delays = [_minutes(row.called_at - row.starts_at) for row in seen if row.slot_id is not None]
    waits = [_minutes(row.called_at - _ready(row)) for row in seen if row.slot_id is not None]
    walk_in_waits = [_minutes(row.called_at - _ready(row)) for row in seen if row.slot_id is None]
    served = {row.candidate_id for row in rows if row.state == BookingState.DONE}
    came = {row.candidate_id for row in rows if row.checked_in_at or row.state in _CAME or row.state in WAITING}
    open_minutes = [_open(place) for place in cast.stands if place.slots]
    idle = [stand.idle for stand in stands]
    return Outcome(
        stands=len(stands),
        people=len({row.candidate_id for row in of_slot} | came),
        served=len(served),
        not_served=len(came - served),
        lost=lost,
        booked=len(of_slot),
        done=sum(row.state == BookingState.DONE for row in rows),
        walk_ins=sum(row.state == BookingState.DONE and row.slot_id is None for row in rows),
        no_shows=sum(row.state == BookingState.NO_SHOW for row in rows),
        delay=_mean(delays),
        delay_p90=_percentile(delays, 0.9),
        late_share=round(sum(delay > LATE for delay in delays) / len(delays), 3) if delays else 0.0,
        wait=_mean(waits),
        wait_p90=_percentile(waits, 0.9),
        walk_in_wait=_mean(walk_in_waits),
        idle=_mean(idle),
        idle_share=round(sum(idle) / sum(open_minutes), 3) if sum(open_minutes) else 0.0,
        over=max((stand.over for stand in stands), default=0.0),
        stands_in_trouble=sum(stand.hurts for stand in stands),
        each=tuple(stands),
        curve=tuple(watch.curve),
    )


def _stand(place: Place, name: str, rows: Sequence[Any], watch: Watch, until: datetime) -> StandOutcome:
    seen = [row for row in rows if row.called_at and row.state != BookingState.CANCELLED]
    delays = [_minutes(row.called_at - row.starts_at) for row in seen if row.slot_id is not None]
    busy = [Span(row.called_at, max(row.ended_at or until, row.called_at)) for row in seen]
    ends = max((span.end for span in place.half_days.values()), default=until)
    last = max((span.end for span in busy), default=ends)
    return StandOutcome(
        stand_id=place.id,
        name=name,
        called=len(delays),
        done=sum(row.state == BookingState.DONE for row in rows),
        delay=_mean(delays),
        worst_delay=max(delays, default=0.0),
        idle=_idle(place.half_days, busy),
        trouble=watch.trouble.get(place.id, 0),
        over=max(0.0, _minutes(last - ends)),
    )


def _idle(half_days: Mapping[Any, Span], busy: Iterable[Span]) -> float:
    """Minutes between the first slot and the last, of each half-day, with nobody in front of the recruiter."""
    spans = sorted(busy, key=lambda span: span.start)
    idle = timedelta()
    for half in half_days.values():
        free_from = half.start
        for span in spans:
            if span.start >= half.end:
                break
            if span.end > free_from:
                idle += max(span.start - free_from, timedelta())
                free_from = max(free_from, span.end)
        idle += max(half.end - free_from, timedelta())
    return _minutes(idle)


def _open(place: Place) -> float:
    return sum(_minutes(span.end - span.start) for span in place.half_days.values())


def _ready(row: Any) -> datetime:
    """From when somebody waits: their time, or their arrival when that is later; a walk-in's arrival."""
    arrived: datetime = row.checked_in_at or row.queued_at
    if row.slot_id is None:
        return arrived
    return min(max(arrived, row.starts_at), row.called_at)


def _minutes(duration: timedelta) -> float:
    return round(max(duration, timedelta()) / timedelta(minutes=1), 2)


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2) if values else 0.0


def _percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many are not above."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0
