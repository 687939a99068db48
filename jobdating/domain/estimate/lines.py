"""Turns the stands of a fair into arrays: one row a stand, minutes from now. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import log
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from jobdating.domain.estimate.chance import Grid
from jobdating.domain.estimate.learning import learn
from jobdating.domain.estimate.model import Current, Prior, StandState, Waiting

LONG_AFTER = 1e4  # minutes: after the end of any day
SURELY_LATE = 0.6  # a no-show is never thought more likely than this before somebody has said so
HERE_BUT_GONE = 0.01  # a person who checked in may still not answer

Index = NDArray[np.intp]
_MINUTE = timedelta(minutes=1)
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Holding:
    """Who keeps a stand: `elapsed` since the start (None when they have not met yet), `called` since the call."""

    elapsed: float | None
    called: float
    missing: float


@dataclass(frozen=True, slots=True)
class Lines:
    """The stands, those with most booked people first, so that those which have a k-th one are a prefix.

    A row is a stand: `pace` and `spread` are of its log-duration in minutes, `free` is when it can call next if nobody
    keeps it, `serial` numbers the first of its queue in its day, `pauses` are pairs of moments. Columns of `floors`
    and `missing` are its booked people: earliest call, chance that they do not come; those of `ready` its walk-ins.
    `booked` and `walk_ins` hold people's places in the list of all queues joined, -1 where there is nobody.
    """

    people: int
    pace: Grid
    spread: Grid
    free: Grid
    serial: Index
    pauses: Grid
    floors: Grid
    missing: Grid
    booked: Index
    walk_ins: Index
    ready: Grid
    holdings: tuple[tuple[int, Holding], ...]


def lay_out(stands: Sequence[StandState], *, prior: Prior, now: datetime) -> Lines:
    """The arrays of `stands` at `now`; people are numbered through all queues in the order given."""
    firsts = [0, *accumulate(len(stand.queue) for stand in stands)]
    rows = sorted((_Row.of(stand, first) for stand, first in zip(stands, firsts, strict=False)), key=_Row.rank)
    paces = [learn(row.stand, prior=prior, now=now) for row in rows]
    return Lines(
        people=firsts[-1],
        pace=_column(
            pace.log_mean + log(row.stand.planned / _MINUTE) for pace, row in zip(paces, rows, strict=True)
        ),
        spread=_column(pace.spread for pace in paces),
        free=_column(_free(row.stand, prior, now) for row in rows),
        serial=np.array([len(row.stand.finished) + len(row.stand.no_shows) + bool(row.stand.current) for row in rows]),
        pauses=_table([_pauses(row.stand, now) for row in rows], fill=LONG_AFTER),
        floors=_table([[_floor(one, row.stand, now) for one, _ in row.booked] for row in rows]),
        missing=_table([[missing(one, prior=prior, now=now) for one, _ in row.booked] for row in rows]),
        booked=_table([[place for _, place in row.booked] for row in rows], fill=-1).astype(np.intp),
        walk_ins=_table([[place for _, place in row.walk_ins] for row in rows], fill=-1).astype(np.intp),
        ready=_table([[_floor(one, row.stand, now) for one, _ in row.walk_ins] for row in rows]),
        holdings=tuple((at, _holding(row.stand.current, prior, now)) for at, row in enumerate(rows) if row.stand.current),
    )


def earliest(waiting: Waiting, stand: StandState) -> datetime | None:
    """Nobody calls this person before: the booked time as shifted, an interview elsewhere, the stand's absence."""
    moments = (waiting.booked_at and waiting.booked_at + stand.delay, waiting.ready_at, stand.away_until)
    return max((moment for moment in moments if moment), default=None)


def missing(waiting: Waiting, *, prior: Prior, now: datetime) -> float:
    """The chance that this person does not come, given that they have not checked in by `now` (Bayes)."""
    if waiting.present:
        return HERE_BUT_GONE
    if waiting.booked_at is None or waiting.ready_at is not None:
        return prior.no_show  # a walk-in, or someone who said when they come
    usually = waiting.booked_at - prior.early * _MINUTE
    still_coming = 1 - _NORMAL.cdf((now - usually) / _MINUTE / prior.early_sd)
    gone = prior.no_show / (prior.no_show + (1 - prior.no_show) * still_coming)
    return min(gone, max(SURELY_LATE, prior.no_show))


def after_pauses(moments: Grid, pauses: Grid) -> Grid:
    """`moments` (stands, draws), those within a pause of their stand moved to its end."""
    for start, end in zip(pauses.T[::2], pauses.T[1::2], strict=True):
        inside = (moments >= start[:, None]) & (moments < end[:, None])
        moments = np.where(inside, end[:, None], moments)
    return moments


@dataclass(frozen=True, slots=True)
class _Row:
    stand: StandState
    booked: tuple[tuple[Waiting, int], ...]
    walk_ins: tuple[tuple[Waiting, int], ...]

    @classmethod
    def of(cls, stand: StandState, first: int) -> "_Row":
        numbered = [(waiting, first + at) for at, waiting in enumerate(stand.queue)]
        return cls(
            stand,
            tuple(entry for entry in numbered if entry[0].booked_at),
            tuple(entry for entry in numbered if not entry[0].booked_at),
        )

    def rank(self) -> int:
        return -len(self.booked)


def _floor(waiting: Waiting, stand: StandState, now: datetime) -> float:
    moment = earliest(waiting, stand)
    return max((moment - now) / _MINUTE, 0.0) if moment else 0.0


def _free(stand: StandState, prior: Prior, now: datetime) -> float:
    rested = max((over.ended_at for over in stand.finished), default=now - timedelta(days=1)) + prior.turnover * _MINUTE
    return max((max(rested, stand.away_until or rested) - now) / _MINUTE, 0.0)


def _pauses(stand: StandState, now: datetime) -> list[float]:
    ahead = sorted(pause for pause in stand.pauses if pause.end > now)
    return [(moment - now) / _MINUTE for pause in ahead for moment in (pause.start, pause.end)]


def _holding(current: Current, prior: Prior, now: datetime) -> Holding:
    return Holding(
        elapsed=(now - current.started_at) / _MINUTE if current.started_at else None,
        called=(now - current.called_at) / _MINUTE,
        missing=HERE_BUT_GONE if current.present else SURELY_LATE,
    )


def _column(values: Iterable[float]) -> Grid:
    return np.fromiter(values, dtype=np.float32)[:, None]


def _table(rows: Sequence[Sequence[float]], *, fill: float = 0.0) -> NDArray[np.float32]:
    width = max(map(len, rows), default=0)
    return np.array([[*row, *[fill] * (width - len(row))] for row in rows], dtype=np.float32).reshape(len(rows), width)
