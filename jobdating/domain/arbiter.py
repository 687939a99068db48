"""Whom a stand calls next, who fits in a gap, and who is about to be wanted in two rooms at once. Pure rules.

A person is never called in two rooms, and nobody is moved by a rule: a blocked head keeps first place, whoever is
served before their time has agreed, and an expected clash is a prompt to people.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations, groupby
from operator import attrgetter

WITHIN = timedelta(minutes=20)  # how early a person may be asked to come before their time
SOON = timedelta(minutes=5)  # so little before their time nobody need be asked who has said "je suis là"
ASK_LASTS = timedelta(minutes=2)  # after that silence is a no
TOO_NEAR = timedelta(minutes=2)  # two interviews expected closer than this clash
AHEAD = timedelta(minutes=5)  # a prompt that comes later than this helps nobody


@dataclass(frozen=True, slots=True)
class TimeBox:
    """Lets a walk-in in before a booked person, with a hard stop.

    The booked may be delayed by `allowed`; `margin` of it is kept for people who do not stop on the minute; a box
    shorter than `least` is no interview.
    """

    allowed: timedelta = timedelta(minutes=3)
    margin: timedelta = timedelta(minutes=3)
    least: timedelta = timedelta(minutes=8)

    @property
    def slack(self) -> timedelta:
        """How far beyond the next booked time the box reaches."""
        return self.allowed - self.margin

    def stop(self, *, next_booked: datetime) -> datetime:
        """When a walk-in must have left."""
        return next_booked + self.slack

    def admits(self, *, next_booked: datetime | None, now: datetime) -> bool:
        """Whether a walk-in may be called at `now`; `next_booked` is None when nobody is booked after."""
        return next_booked is None or self.stop(next_booked=next_booked) - now >= self.least


@dataclass(frozen=True, slots=True)
class Entry:
    """One person in a stand's queue, as the arbiter sees them.

    `present`: checked in and connected (or within the grace of a dropped connection). `busy_until`: called or in an
    interview at another stand until about then. `refused_at`: when they last said no to coming before their time;
    `asked_at`, `agreed_at`: when they were asked, and said yes (asked or not). `ready`: said "je suis là". `took_gap`:
    accepted the gap that was offered. `comes_at`: when somebody who runs late has promised to be there.
    """

    booking_id: int
    booked_at: datetime | None
    present: bool
    busy_until: datetime | None = None
    refused_at: datetime | None = None
    asked_at: datetime | None = None
    agreed_at: datetime | None = None
    ready: bool = False
    took_gap: bool = False
    comes_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.booked_at is not None and self.booked_at <= now


class Reason(StrEnum):
    """Why this person is the one to call, or why nobody is."""

    TURN = "turn"  # first in line, due, here
    HEAD_BUSY = "head_busy"  # the first is in another room; this one is next
    HEAD_ABSENT = "head_absent"  # the first is not here; this one is next
    GAP = "gap"  # took the gap that was offered
    EARLY = "early"  # nobody is due; this one is here before their time
    WALK_IN = "walk_in"  # a gap before the next booked person
    WAIT = "wait"  # nobody can be called
    EMPTY = "empty"  # nobody is in line


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom to call. `ask` when they must agree first; `keeps_place` is the head that was passed, still first in line;
    `stop_at` is the hard stop of a walk-in."""

    reason: Reason
    booking_id: int | None = None
    ask: bool = False
    keeps_place: int | None = None
    stop_at: datetime | None = None


def choose(queue: Sequence[Entry], *, now: datetime, length: timedelta, box: TimeBox) -> Choice:
    """Whom a free stand should call at `now`. `queue` is in the order of places: booked by time, walk-ins by arrival;
    an interview is expected to take `length`."""
    if not queue:
        return Choice(Reason.EMPTY)
    booked = [entry for entry in queue if entry.booked_at is not None]
    head = booked[0] if booked else None
    if head is not None and head.is_due(now) and _can_come(head, now):
        return Choice(Reason.TURN, head.booking_id)
    blocked = head is not None and head.is_due(now)
    stand_in = _stand_in(booked, head, now=now, length=length, box=box)
    taker = next((entry for entry in queue if entry.took_gap and _can_come(entry, now)), None)
    if taker is not None and not (stand_in is not None and stand_in.is_due(now)):
        return Choice(
            Reason.GAP, taker.booking_id, keeps_place=head.booking_id if head is not None and blocked else None
        )
    if head is not None and blocked and stand_in is not None:
        reason = Reason.HEAD_BUSY if head.busy_until and head.busy_until > now else Reason.HEAD_ABSENT
        return Choice(reason, stand_in.booking_id, ask=_must_agree(stand_in, now), keeps_place=head.booking_id)
    if stand_in is not None:
        passed = head.booking_id if head is not None and head is not stand_in else None
        return Choice(Reason.EARLY, stand_in.booking_id, ask=_must_agree(stand_in, now), keeps_place=passed)
    next_booked = next_wanted(booked, now)
    walk_in = next((entry for entry in queue if entry.booked_at is None and _can_come(entry, now)), None)
    if walk_in is not None and box.admits(next_booked=next_booked, now=now):
        stop = box.stop(next_booked=next_booked) if next_booked is not None else None
        return Choice(Reason.WALK_IN, walk_in.booking_id, stop_at=stop)
    return Choice(Reason.WAIT, keeps_place=head.booking_id if head is not None and blocked else None)


def next_wanted(queue: Iterable[Entry], now: datetime) -> datetime | None:
    """When a booked person of the line may first claim the stand; None when nobody is booked any more."""
    return min((_wanted_at(entry, now) for entry in queue if entry.booked_at is not None), default=None)


def _can_come(entry: Entry, now: datetime) -> bool:
    return entry.present and (entry.busy_until is None or entry.busy_until <= now)


def _may_stand_in(entry: Entry, now: datetime) -> bool:
    """Here, free, due or soon due, and has not said no (or nothing) since they could first be asked for this time."""
    assert entry.booked_at is not None
    if not _can_come(entry, now) or entry.booked_at > now + WITHIN:
        return False
    if entry.is_due(now) or not _must_agree(entry, now):
        return True
    return entry.refused_at is None and (entry.asked_at is None or now < entry.asked_at + ASK_LASTS)


def _must_agree(entry: Entry, now: datetime) -> bool:
    """Whether it is before their time, and they have not said that they are ready for it."""
    assert entry.booked_at is not None
    soon = entry.ready and entry.booked_at <= now + SOON and entry.refused_at is None
    return not (entry.is_due(now) or soon or entry.agreed_at is not None)


def _stand_in(
    booked: Sequence[Entry], head: Entry | None, *, now: datetime, length: timedelta, box: TimeBox
) -> Entry | None:
    """The first booked person who may be served now: one who is due or has agreed before one who must be asked.

    Before the head's time, another is served only where that leaves the head their time.
    """
    fit = [
        entry
        for entry in booked
        if _may_stand_in(entry, now)
        and (entry is head or head is None or head.is_due(now) or _leaves_time(head, now=now, length=length, box=box))
    ]
    return next((entry for entry in fit if not _must_agree(entry, now)), next(iter(fit), None))


def _leaves_time(head: Entry | None, *, now: datetime, length: timedelta, box: TimeBox) -> bool:
    return head is None or now + length <= _wanted_at(head, now) + box.allowed


def _wanted_at(entry: Entry, now: datetime) -> datetime:
    """When a booked person may claim the stand; one who is late may come through the door at any moment."""
    assert entry.booked_at is not None
    return max(entry.booked_at, entry.busy_until or now, entry.comes_at or now, now)


@dataclass(frozen=True, slots=True)
class Expected:
    """An interview that is going on or foreseen: when its call is expected, and its end."""

    candidate_id: int
    booking_id: int
    stand_id: int
    call_at: datetime
    end_at: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """One person expected at two stands at once. `at` is when the second wants them; `short` is by how much it is too soon."""

    candidate_id: int
    first: Expected
    second: Expected
    at: datetime
    short: timedelta

    def is_early(self, now: datetime) -> bool:
        """Whether there is still time for a prompt to help."""
        return self.at - now >= AHEAD


def clashes(expected: Iterable[Expected], *, near: timedelta = TOO_NEAR) -> Iterator[Clash]:
    """Every pair of a person's interviews at two stands that leaves less than `near` between, each once, soonest first."""
    found = []
    for candidate_id, group in groupby(sorted(expected, key=_order), key=attrgetter("candidate_id")):
        for first, second in combinations(group, 2):
            short = first.end_at + near - second.call_at
            if first.stand_id != second.stand_id and short > timedelta():
                found.append(Clash(candidate_id, first, second, at=second.call_at, short=short))
    return iter(sorted(found, key=attrgetter("at")))


def _order(expected: Expected) -> tuple[int, datetime, int]:
    return expected.candidate_id, expected.call_at, expected.booking_id
