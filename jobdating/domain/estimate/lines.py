"""Turns the stands of a fair into arrays: one row a stand, minutes from now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import log

import numpy as np
from numpy.typing import NDArray

from jobdating.domain.estimate import chance
from jobdating.domain.estimate.chance import Grid
from jobdating.domain.estimate.learning import learn
from jobdating.domain.estimate.model import Current, Prior, StandState, Waiting

LONG_AFTER = 1e4  # minutes: after the end of any day
SURELY_LATE = 0.6  # a no-show is never thought more likely than this before somebody has said so
HERE_BUT_GONE = 0.01  # a person who checked in may still not answer

Index = NDArray[np.intp]
Moments = NDArray[np.float64]
_MINUTE = timedelta(minutes=1)
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Holdings:
    """Who keeps which stands. `rows` are theirs; all else is a column in that order.

    `elapsed` since the start (NaN where they have not met yet), `called` since the call; `missing` is the chance that
    nobody comes; `at_least` is how long they stay, as the recruiter announced, 0 where nothing was said.
    """

    rows: Index
    elapsed: Grid
    called: Grid
    missing: Grid
    at_least: Grid


@dataclass(frozen=True, slots=True)
class Lines:
    """The stands, those with most booked people first, so that those which have a k-th one are a prefix.

    `earliest` has one element a person, in the order of all queues joined: before that moment (seconds since 1970,
    -inf for none) nobody calls them. All else has a row for each stand: `pace` and `spread` of its log-duration in
    minutes, `free` when it can call next if nobody keeps it, `serial` the number of the first of its queue in its
    day, `pauses` as pairs of moments. Columns of `floors`, `lead` and `missing` are its booked people: the earliest call
    that is promised, by how much a free stand calls before it, the chance that they do not come; those of `ready` its
    walk-ins. `booked` and `walk_ins` are their places in `earliest`, -1
    where there is nobody.
    """

    earliest: Moments
    pace: Grid
    spread: Grid
    free: Grid
    serial: Index
    pauses: Grid
    floors: Grid
    lead: Grid
    missing: Grid
    booked: Index
    walk_ins: Index
    ready: Grid
    holdings: Holdings


def lay_out(stands: Sequence[StandState], *, prior: Prior, now: datetime) -> Lines:
    """The arrays of `stands` at `now`; people are numbered through all queues in the order given."""
    firsts = accumulate((len(stand.queue) for stand in stands), initial=0)
    rows = sorted((_Row.of(stand, first) for stand, first in zip(stands, firsts, strict=False)), key=_Row.rank)
    ordered = [row.stand for row in rows]
    paces = [learn(stand, prior=prior, now=now) for stand in ordered]
    earliest = _earliest(stands)
    floors = np.maximum((earliest - now.timestamp()) / 60, 0).astype(np.float32)
    missing = _missing([waiting for stand in stands for waiting in stand.queue], prior=prior, now=now)
    # Nobody comes out of another room, or back from a moment of their own, before they said.
    lead = np.array([0 if one.ready_at else prior.lead for stand in stands for one in stand.queue], dtype=np.float32)
    booked, walk_ins = _places([row.booked for row in rows]), _places([row.walk_ins for row in rows])
    pauses = _pauses(ordered, now)
    return Lines(
        earliest=earliest,
        pace=_column([one.log_mean + log(stand.planned / _MINUTE) for one, stand in zip(paces, ordered, strict=True)]),
        spread=_column([pace.spread for pace in paces]),
        free=_column([_free(stand, prior, now) for stand in ordered]),
        serial=np.array([_serial(stand) for stand in ordered], dtype=np.intp),
        pauses=pauses,
        floors=floors[booked],
        lead=lead[booked],
        missing=missing[booked],
        booked=booked,
        walk_ins=walk_ins,
        ready=after_pauses(floors[walk_ins], pauses),
        holdings=_holdings([(at, stand.current) for at, stand in enumerate(ordered) if stand.current], now),
    )


def after_pauses(moments: Grid, pauses: Grid) -> Grid:
    """`moments` (stands, any), those within a pause of their stand moved to its end."""
    for start, end in zip(pauses.T[::2], pauses.T[1::2], strict=True):
        inside = (moments >= start[:, None]) & (moments < end[:, None])
        moments = np.where(inside, end[:, None], moments)
    return moments


@dataclass(frozen=True, slots=True)
class _Row:
    stand: StandState
    booked: tuple[int, ...]
    walk_ins: tuple[int, ...]

    @classmethod
    def of(cls, stand: StandState, first: int) -> "_Row":
        places = range(first, first + len(stand.queue))
        numbered = tuple(zip(places, stand.queue, strict=True))
        # Who is not free yet keeps their place, and lets those pass who can come before.
        booked = sorted((_floor(one), place) for place, one in numbered if one.booked_at is not None)
        walk_ins = tuple(place for place, one in numbered if one.booked_at is None)
        return cls(stand, tuple(place for _, place in booked), walk_ins)

    def rank(self) -> int:
        return -len(self.booked)


def _floor(waiting: Waiting) -> datetime:
    """Before that moment nobody calls them: their time, or the end of what keeps them elsewhere."""
    assert waiting.booked_at is not None
    return max(waiting.booked_at, waiting.ready_at or waiting.booked_at)


def _earliest(stands: Sequence[StandState]) -> Moments:
    """A person's booked time, the end of their interview elsewhere, the stand's absence: the latest."""
    found: list[float] = []
    for stand in stands:
        back = stand.away_until.timestamp() if stand.away_until else _NEVER
        for waiting in stand.queue:
            moment = waiting.booked_at.timestamp() if waiting.booked_at else _NEVER
            ready = waiting.ready_at.timestamp() if waiting.ready_at else _NEVER
            found.append(max(moment, ready, back))
    return np.array(found, dtype=np.float64)


def _missing(people: Sequence[Waiting], *, prior: Prior, now: datetime) -> Grid:
    """The chance that each does not come, given that they have not checked in by `now` (Bayes)."""
    # A walk-in, or someone who said when they come, has no usual time of arrival to be late for.
    usual = now + timedelta(days=1)
    due = np.array([(one.booked_at if not one.ready_at else None) or usual for one in people], dtype=object)
    waited = np.array([(now - moment).total_seconds() / 60 + prior.early for moment in due], dtype=np.float32)
    still_coming = (1 - prior.no_show) * np.exp(-chance.survival(waited / np.float32(prior.early_sd)))
    gone = np.minimum(prior.no_show / (prior.no_show + still_coming), max(SURELY_LATE, prior.no_show))
    present = np.array([one.present for one in people], dtype=bool)
    return np.where(present, np.float32(HERE_BUT_GONE), gone).astype(np.float32)


def _free(stand: StandState, prior: Prior, now: datetime) -> float:
    """Minutes until a stand that nobody keeps can call: it rests a little after an interview, or is away."""
    waits = [0.0]
    if stand.finished:
        waits.append((max(over.ended_at for over in stand.finished) - now) / _MINUTE + prior.turnover)
    if stand.away_until:
        waits.append((stand.away_until - now) / _MINUTE)
    return max(waits)


def _serial(stand: StandState) -> int:
    return len(stand.finished) + len(stand.no_shows) + (stand.current is not None)


def _pauses(stands: Sequence[StandState], now: datetime) -> Grid:
    rows = [
        [
            (moment - now) / _MINUTE
            for pause in sorted(stand.pauses)
            if pause.end > now
            for moment in (pause.start, pause.end)
        ]
        for stand in stands
    ]
    width = max(map(len, rows), default=0)
    padded = [row + [LONG_AFTER] * (width - len(row)) for row in rows]
    return np.array(padded, dtype=np.float32).reshape(len(rows), width)


def _holdings(held: Sequence[tuple[int, Current]], now: datetime) -> Holdings:
    people = [current for _, current in held]
    return Holdings(
        rows=np.array([row for row, _ in held], dtype=np.intp),
        elapsed=_column([(now - one.started_at) / _MINUTE if one.started_at else float("nan") for one in people]),
        called=_column([(now - one.called_at) / _MINUTE for one in people]),
        missing=_column([HERE_BUT_GONE if one.present else SURELY_LATE for one in people]),
        at_least=_column([max((one.extended_to - now) / _MINUTE, 0.0) if one.extended_to else 0.0 for one in people]),
    )


def _column(values: Sequence[float]) -> Grid:
    return np.array(values, dtype=np.float32)[:, None]


def _places(rows: Sequence[Sequence[int]]) -> Index:
    width = max(map(len, rows), default=0)
    padded = [(*row, *(-1,) * (width - len(row))) for row in rows]
    return np.array(padded, dtype=np.intp).reshape(len(rows), width)
