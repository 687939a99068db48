"""Plays a day of a fair on a copy, faster than real time, and tells what came of it; as it is, and as it might be.

The copy is a file of its own that goes with the rehearsal. Everything happens through the services; the day as it is
is played durably, command by command, so that what it asks of a server is measured as well.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from jobdating.db.migrations import migrate
from jobdating.db.sqlite import engine_for
from jobdating.domain.grid import merged
from jobdating.domain.slots import Span
from jobdating.queries import attendance, identity, trouble
from jobdating.queries.forecast import forecast
from jobdating.queries.live_day import look
from jobdating.services import live_day, timekeeper
from jobdating.simulation import casting, copying
from jobdating.simulation.answers import USUAL, Answering
from jobdating.simulation.crowd import Players, attempt
from jobdating.simulation.fair import Cast
from jobdating.simulation.outcome import Outcome, Point, Watch, outcome
from jobdating.simulation.setting import HalfDay
from jobdating.simulation.temper import Mishaps
from jobdating.simulation.variations import Variation, Varied, vary

STEP = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
KEEPS = timedelta(minutes=2)  # between two rounds of what becomes due
LOOKS = timedelta(minutes=5)  # at when each is expected and at what needs a hand, as the timekeeper's samples do
BEFORE, AFTER = timedelta(minutes=20), timedelta(minutes=45)  # of each half-day; nothing is played between
SAMPLED = 4 * STEP  # between two steps whose commands are measured
LATE_RECRUITERS = 0.05
Rows = dict[str, list[dict[str, Any]]]
Told = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """What is rehearsed: a day, how full it is at least, how many do not come; from which seed on, and how many draws."""

    day: date
    seed: int = 1
    fill: float = 0.85
    no_show: float = 0.12
    draws: int = 5


@dataclass
class Load:
    """What the day asked of a server: commands, and how long each took to be durable, alone, in milliseconds."""

    times: list[float] = field(default_factory=list)
    by_minute: Counter[int] = field(default_factory=Counter)

    @property
    def commands(self) -> int:
        return self.by_minute.total()

    @property
    def busiest(self) -> int:
        """Commands of the busiest minute."""
        return max(self.by_minute.values(), default=0)

    def plain(self) -> dict[str, float]:
        ranked = sorted(self.times) or [0.0]
        median, p95 = (round(ranked[int(share * (len(ranked) - 1))], 2) for share in (0.5, 0.95))
        return {"commands": self.commands, "busiest_minute": self.busiest, "median_ms": median, "p95_ms": p95}


@dataclass(frozen=True)
class Played:
    """One day as it went. `doubled` are the stands that got a colleague beside them, each with the colleague's."""

    variation: Variation
    outcome: Outcome
    load: Load
    doubled: Mapping[int, int]


def rehearse(
    rows: Rows,
    fair_id: int,
    plan: Plan,
    variations: Sequence[Variation],
    *,
    measured: bool = True,
    answering: Answering = USUAL,
    tell: Told = lambda share: None,
) -> list[Played]:
    """Play one draw: the day as it is and with each variation, one after the other; `tell` hears what share is done.

    `measured` times the commands of the day as it is. Raises NothingToPlay.
    """
    played: list[Played] = []
    wanted = [Variation(), *variations]
    for number, variation in enumerate(wanted):

        def told(share: float, number: int = number) -> None:
            tell((number + share) / len(wanted))

        with _database() as tx:
            first = measured and number == 0
            played.append(_play(tx, rows, fair_id, plan, variation, measured=first, answering=answering, tell=told))
    tell(1.0)
    return played


@contextmanager
def _database() -> Iterator[Connection]:
    """An empty database in a file of its own that is gone afterwards, and its one connection."""
    with TemporaryDirectory(prefix="jobdating-rehearsal-") as folder:
        url = f"sqlite:///{Path(folder) / 'copy.db'}"
        migrate(url)
        engine = engine_for(url, writes=True)
        with engine.connect() as connection:
            tx = connection.execution_options(isolation_level="AUTOCOMMIT")
            tx.exec_driver_sql("PRAGMA journal_mode = WAL")
            tx.exec_driver_sql("PRAGMA synchronous = OFF")
            yield tx
        engine.dispose()


def _play(
    tx: Connection,
    rows: Rows,
    fair_id: int,
    plan: Plan,
    variation: Variation,
    *,
    measured: bool,
    answering: Answering,
    tell: Told,
) -> Played:
    with _committing(tx):
        copying.fill(tx, rows)
        copying.dawn(tx, fair_id, day=plan.day)
        cast, varied = _prepare(tx, fair_id, plan, variation)
    mishaps = Mishaps(no_show=plan.no_show, late_recruiters=LATE_RECRUITERS, staged=False)
    players = Players(cast, seed=plan.seed, mishaps=mishaps, answering=answering, visitor=False)
    watch, load = Watch(LOOKS), Load()
    spans = _hours(cast)
    total = sum((span.end - span.start for span in spans), timedelta())
    played = timedelta()
    for span in spans:
        moment = span.start
        while moment < span.end:
            _step(tx, players, watch, load, moment, measured=measured and played % SAMPLED == timedelta())
            moment, played = moment + STEP, played + STEP
            if played % MINUTE == timedelta():
                tell(played / total)
    came_of_it = outcome(tx, cast, watch, lost=varied.lost, until=spans[-1].end)
    return Played(variation, came_of_it, load, varied.doubled)


def _step(tx: Connection, players: Players, watch: Watch, load: Load, now: datetime, *, measured: bool) -> None:
    """Half a minute of the day. Measured, each command is a transaction of its own, as on a server."""
    minute = int(now.timestamp() // 60)
    with _committing(tx):
        acts = list(players.due(tx, now))
    load.by_minute[minute] += len(acts)
    if measured:
        tx.exec_driver_sql("PRAGMA synchronous = FULL")
        for act in acts:
            began = time.perf_counter()
            with _committing(tx):
                attempt(tx, act, now)
            load.times.append(1000 * (time.perf_counter() - began))
        tx.exec_driver_sql("PRAGMA synchronous = OFF")
    with _committing(tx):
        if not measured:
            for act in acts:
                attempt(tx, act, now)
        if now.second == 0 and now.minute % (KEEPS // MINUTE) == 0:
            timekeeper.keep(tx, now=now)
        if now.second == 0 and now.minute % (LOOKS // MINUTE) == 0:
            tell_times(tx, players.cast.fair_id, now=now)
            _watch(tx, players.cast, watch, now)
        if now.second == 0 and _is_open(players.cast, now):
            _offer_gaps(tx, players.cast.fair_id, now=now)


@contextmanager
def _committing(tx: Connection) -> Iterator[None]:
    tx.exec_driver_sql("BEGIN IMMEDIATE")
    yield
    tx.exec_driver_sql("COMMIT")


def _prepare(tx: Connection, fair_id: int, plan: Plan, variation: Variation) -> tuple[Cast, Varied]:
    """Fill the fair up, then change what the variation changes; who plays, and what came of it."""
    cast = casting.cast_of(tx, fair_id)
    eve = _hours(cast)[0].start - timedelta(days=1)
    places = sum(capacity for place in cast.stands for _, _, capacity in place.slots)
    needed = round(plan.fill * places / casting.EACH) - len(cast.candidates)
    if needed > 0:
        casting.invent(tx, fair_id, people=needed, seed=plan.seed, now=eve)
        cast = casting.cast_of(tx, fair_id)
    casting.book_up(tx, cast, share=plan.fill, seed=plan.seed, now=eve)
    varied = vary(tx, fair_id, variation, organiser=cast.organisers[0], now=eve)
    if variation.cap is not None:  # who had more gives way to who has none
        casting.book_up(tx, cast, share=plan.fill, seed=plan.seed, now=eve)
    return casting.cast_of(tx, fair_id), varied


def _hours(cast: Cast) -> list[Span]:
    """Around each half-day that has slots, from a little before its first to well after its last."""
    halves: dict[HalfDay, list[Span]] = defaultdict(list)
    for place in cast.stands:
        for half, span in place.half_days.items():
            halves[half].append(span)
    if not halves:
        raise NothingToPlay()
    spans = [Span(min(s.start for s in some) - BEFORE, max(s.end for s in some) + AFTER) for some in halves.values()]
    return merged(spans)


class NothingToPlay(Exception):
    """No stand has a slot on the day."""


def _offer_gaps(tx: Connection, fair_id: int, *, now: datetime) -> None:
    """As the timekeeper of a server does as soon as a stand is free: asks whoever fits, and takes questions back."""
    found = look(tx, fair_id, now=now, gaps_alone=True)
    for service, arguments in live_day.due(fair_id, found) if found else ():
        service(tx, **arguments, now=now)


def tell_times(tx: Connection, fair_id: int, *, now: datetime) -> None:
    """What those who wait are told, as by the timekeeper; it does so more often."""
    fair = identity.fair_by_id(tx, fair_id)
    assert fair is not None
    news = [each for each in forecast(tx, fair, now=now) if each.is_news]
    if news:
        timekeeper.publish(tx, fair_id, news, now=now)


def _is_open(cast: Cast, now: datetime) -> bool:
    """Whether a stand has slots around now."""
    return any(span.start <= now <= span.end for place in cast.stands for span in place.half_days.values())


def _watch(tx: Connection, cast: Cast, watch: Watch, now: datetime) -> None:
    seen = trouble.trouble(tx, cast.fair_id)
    figures = attendance.figures(tx, cast.fair_id)
    watch.note(seen.findings if seen else ())
    if figures is not None and _is_open(cast, now):  # afterwards a few stragglers would be the whole mean
        local = now.astimezone(cast.setting.zone)
        watch.curve.append(Point(f"{local:%H:%M}", figures.waiting, figures.running, figures.mean_delay))


def copy_of(tx: Connection, fair_id: int) -> Rows:
    """What is copied of a fair, for a database of any kind."""
    return copying.rows_of(tx, fair_id)
