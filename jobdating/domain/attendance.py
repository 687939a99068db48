"""What needs a hand on the day, and how a stand stands. Pure: `moment` is the last one the timekeeper wrote down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Every threshold of the day, in one place.
READY_BEFORE = timedelta(minutes=10)  # somebody is booked: the stand should be there by then
JOIN_WITHIN = timedelta(minutes=5)  # of the first slot; after that it is missing
ALONE_FOR = timedelta(minutes=3)  # in the room while the other party is not
AWAY_AT_MOST = timedelta(minutes=15)
LATE_BEYOND = 10  # minutes
LATE_FROM = 5  # minutes: said, but no trouble yet
GROWS_BY = 5  # minutes, in GROWS_WITHIN: the delay is getting worse
GROWS_WITHIN = timedelta(minutes=15)
TOO_MANY = 2  # people more than there are slots left of the day
EMPTY_FOR = timedelta(minutes=15)


class Trouble(StrEnum):
    """What can be wrong with a stand, the worst first."""

    NOT_JOINED = "not_joined"
    NOT_READY = "not_ready"  # somebody is booked in a few minutes, and nobody of the stand is there
    ALONE = "alone"  # one party is in the room, the other is not
    AWAY = "away"
    OVERFLOW = "overflow"  # more people than the day has slots left
    LATE = "late"
    GROWING = "growing"  # not very late yet, but more and more
    EMPTY = "empty"


# What the people at the stand can do something about, so that it is said to them too.
FOR_THE_STAND = frozenset({Trouble.ALONE, Trouble.OVERFLOW, Trouble.LATE, Trouble.GROWING})

_WEIGHT = {kind: weight for weight, kind in enumerate(Trouble)}


@dataclass(frozen=True)
class Alone:
    """Somebody who waits in the room; `stand_waits` says whether it is the recruiter."""

    booking_id: int
    since: datetime
    stand_waits: bool


@dataclass(frozen=True)
class StandDay:
    """A stand on the live day, for the rules. Times in UTC.

    `is_open` says whether it has a slot around the moment; `seen_at` is when its recruiter was last there today;
    `expected` counts those with a booking still to come, `waiting` those of them who are here; `starts` are the booked
    times still to come; `running` counts people called or in an interview. `growth` is by how many minutes the delay
    grew lately; `slots_left` counts the slots that are not over, None where the kind of stand makes no queue; `alone`
    are those who sit in a room by themselves.
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
    growth: int = 0
    slots_left: int | None = None
    alone: tuple[Alone, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """Somebody who is here, free, and whose turn at a stand should have come."""

    candidate_id: int
    stand_id: int


@dataclass(frozen=True)
class Finding:
    """One thing to see to. `people` are those it concerns; `until` is when an empty stand has work again; `growth` is
    by how much a delay grew lately; `alone` who waits for the other party.
    """

    kind: Trouble
    stand_id: int
    name: str
    people: int
    since: datetime | None = None
    minutes: int = 0
    until: datetime | None = None
    trades: tuple[str, ...] = ()
    growth: int = 0
    alone: Alone | None = None


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
    first = not_ready_for(stand, moment)
    if first is not None:
        return Finding(Trouble.NOT_READY, stand.stand_id, stand.name, stand.expected, until=first)
    alone = next((each for each in stand.alone if moment - each.since >= ALONE_FOR), None)
    if alone is not None:
        return Finding(Trouble.ALONE, stand.stand_id, stand.name, 1, since=alone.since, alone=alone)
    if stand.away_since and moment - stand.away_since > AWAY_AT_MOST and stand.expected:
        return Finding(Trouble.AWAY, stand.stand_id, stand.name, stand.expected, since=stand.away_since)
    if (over := too_many(stand)) >= TOO_MANY:
        return Finding(Trouble.OVERFLOW, stand.stand_id, stand.name, over, minutes=stand.delay_minutes)
    grows = stand.growth if stand.growth >= GROWS_BY else 0
    if stand.expected and (stand.delay_minutes > LATE_BEYOND or (grows and stand.delay_minutes >= LATE_FROM)):
        kind = Trouble.LATE if stand.delay_minutes > LATE_BEYOND else Trouble.GROWING
        return Finding(kind, stand.stand_id, stand.name, stand.expected, minutes=stand.delay_minutes, growth=grows)
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


def not_ready_for(stand: StandDay, moment: datetime) -> datetime | None:
    """The next booked time, when it is near and nobody of the stand is there."""
    if stand.connected or stand.running or stand.away_since is not None:
        return None
    first = min((start for start in stand.starts if start > moment), default=None)
    return first if first is not None and first - moment <= READY_BEFORE else None


def too_many(stand: StandDay) -> int:
    """How many people more than there are slots left, whoever is inside included."""
    return 0 if stand.slots_left is None else max(0, stand.expected + stand.running - stand.slots_left)


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
