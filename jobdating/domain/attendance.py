"""What needs a hand on the day, and how a stand stands. Pure: `moment` is the last one the timekeeper wrote down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

JOIN_WITHIN = timedelta(minutes=5)  # of the first slot; before that nobody need worry
AWAY_AT_MOST = timedelta(minutes=15)
LATE_BEYOND = 10  # minutes
LATE_FROM = 5  # minutes: said, but no trouble yet
EMPTY_FOR = timedelta(minutes=15)


class Trouble(StrEnum):
    """What can be wrong with a stand, the worst first."""

    NOT_JOINED = "not_joined"
    AWAY = "away"
    LATE = "late"
    EMPTY = "empty"


_WEIGHT = {kind: weight for weight, kind in enumerate(Trouble)}


@dataclass(frozen=True)
class StandDay:
    """A stand on the live day, for the rules. Times in UTC.

    `is_open` says whether it has a slot around the moment; `seen_at` is when its recruiter was last there today;
    `expected` counts those with a booking still to come, `waiting` those of them who are here; `starts` are the booked
    times still to come; `running` counts people called or in an interview.
    """

    stand_id: int
    name: str
    trades: frozenset[str]
    is_open: bool
    first_start: datetime | None
    connected: bool
    seen_at: datetime | None
    away_since: datetime | None
    delay_minutes: int
    running: int
    expected: int
    waiting: int
    waiting_since: datetime | None
    starts: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """Somebody who is here, free, and whose turn at a stand should have come."""

    candidate_id: int
    stand_id: int


@dataclass(frozen=True)
class Finding:
    """One thing to see to. `people` are those it concerns; `until` is when an empty stand has work again."""

    kind: Trouble
    stand_id: int
    name: str
    people: int
    since: datetime | None = None
    minutes: int = 0
    until: datetime | None = None
    trades: tuple[str, ...] = ()


def findings(stands: Iterable[StandDay], waiting: Sequence[Waiting], *, moment: datetime) -> list[Finding]:
    """What needs a hand, the worst first; at most one finding a stand."""
    stands = list(stands)
    trades = {stand.stand_id: stand.trades for stand in stands}
    found = [finding for stand in stands if (finding := _finding(stand, trades, waiting, moment))]
    return sorted(found, key=lambda f: (_WEIGHT[f.kind], -f.minutes, -f.people, f.name))


def _finding(
    stand: StandDay, trades: dict[int, frozenset[str]], waiting: Sequence[Waiting], moment: datetime
) -> Finding | None:
    if is_missing(stand, moment):
        since = stand.seen_at or stand.first_start
        return Finding(Trouble.NOT_JOINED, stand.stand_id, stand.name, stand.expected, since=since)
    if stand.away_since and moment - stand.away_since > AWAY_AT_MOST and stand.expected:
        return Finding(Trouble.AWAY, stand.stand_id, stand.name, stand.expected, since=stand.away_since)
    if stand.delay_minutes > LATE_BEYOND and stand.expected:
        return Finding(Trouble.LATE, stand.stand_id, stand.name, stand.expected, minutes=stand.delay_minutes)
    if is_empty(stand, moment):
        near = {
            person.candidate_id
            for person in waiting
            if person.stand_id != stand.stand_id and not stand.trades.isdisjoint(trades.get(person.stand_id, ()))
        }
        if near:
            until = min((start for start in stand.starts if start > moment), default=None)
            return Finding(
                Trouble.EMPTY, stand.stand_id, stand.name, len(near), until=until, trades=tuple(sorted(stand.trades))
            )
    return None


def is_missing(stand: StandDay, moment: datetime) -> bool:
    """Whether its recruiter should be there and is not."""
    due = stand.first_start is not None and moment - stand.first_start >= JOIN_WITHIN
    return due and stand.is_open and not stand.connected and not stand.running and stand.away_since is None


def is_empty(stand: StandDay, moment: datetime) -> bool:
    """Whether its recruiter is there with nobody to see for a quarter of an hour."""
    ready = stand.is_open and stand.connected and stand.away_since is None
    soon = any(start < moment + EMPTY_FOR for start in stand.starts)
    return ready and not stand.running and not stand.waiting and not soon


class Status(StrEnum):
    """How a stand stands, whatever the time: what its row says at the end."""

    CLOSED = "closed"
    NOT_TODAY = "not_today"
    MISSING = "missing"  # late, and nobody there
    LEFT = "left"  # was there today, and people still wait
    AWAY = "away"
    LATE = "late"
    ON_TIME = "on_time"
    NOT_YET = "not_yet"
    OVER = "over"


def status(
    *,
    closed: bool,
    has_slots: bool,
    connected: bool,
    seen_today: bool,
    away: bool,
    delay_minutes: int,
    running: int,
    expected: int,
    done: int,
) -> Status:
    """The word for a stand on the live day, from what is stored alone: it never depends on the moment of reading."""
    if closed:
        return Status.CLOSED
    if not has_slots and not expected and not running:
        return Status.NOT_TODAY
    if away:
        return Status.AWAY
    if connected or running:
        return Status.LATE if delay_minutes >= LATE_FROM else Status.ON_TIME
    if not expected and (done or seen_today):
        return Status.OVER
    if seen_today:
        return Status.LEFT
    return Status.MISSING if expected and delay_minutes >= LATE_FROM else Status.NOT_YET


STATUS_WEIGHT = {
    Status.MISSING: 0,
    Status.LEFT: 1,
    Status.AWAY: 2,
    Status.LATE: 3,
    Status.ON_TIME: 4,
    Status.NOT_YET: 5,
    Status.OVER: 6,
    Status.NOT_TODAY: 7,
    Status.CLOSED: 8,
}
