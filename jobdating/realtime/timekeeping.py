"""Looks at the clock about once a second and does what is due, as the system. One process of many at a time.

Reads first and writes only what is due, in writes that are short; the busier it was, the longer it rests, within bounds.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from jobdating.clock import Clock, WallClock
from jobdating.db.engine import Database, Unavailable
from jobdating.domain.estimate import Shown
from jobdating.queries import identity
from jobdating.queries.due import due
from jobdating.queries.forecast import Forecast, forecast, shown_before
from jobdating.realtime import live_day
from jobdating.services import booking, erasure, purge, reminders, repair, tidying, timekeeper, waitlist

EVERY = 1.0  # real seconds
REST = 4  # times as long as the last round took, at least
LONGEST = 2.0  # real seconds: a round that waited for a busy machine must not let a free recruiter wait as well
RENEWS = timedelta(seconds=5)  # of wall time; another process takes over when we have not for three times as long
RETHINKS = timedelta(seconds=10)  # of the fair's time: estimates move with it even when nothing happens
TRIES_AGAIN = timedelta(minutes=1)  # to promote somebody whom nothing suited
SMALL = 16_000_000  # bytes of a file that is rewritten in a tenth of a second
NIGHT_ENDS = 4  # o'clock, UTC
PURGES = timedelta(hours=1)  # between two looks for what is to be forgotten
ESTIMATES = 150  # that move in one write

logger = logging.getLogger(__name__)


class Timekeeper:
    """One of those who would keep the time; only the one that holds the claim does."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._name = secrets.token_hex(8)
        self._renew_at = datetime.min.replace(tzinfo=WallClock().now().tzinfo)
        self._holds = False
        self._position = -1
        self._thought_at: datetime | None = None
        self._looked_at: dict[int, datetime] = {}  # by fair
        self._promoted_at: datetime | None = None
        self._purged_at: datetime | None = None
        self._before: dict[int, tuple[object, dict[int, Shown]]] = {}  # by fair, what was shown before which day

    async def run(self) -> None:
        """Keep the time until cancelled. A round that fails is told in the log, and the next one is tried."""
        while True:
            began = time.monotonic()
            try:
                await self.round()
            except Unavailable:
                logger.warning("timekeeper: the database takes no writes")
            except Exception:
                logger.exception("timekeeper: a round failed")
            await asyncio.sleep(rest_after(time.monotonic() - began))

    async def round(self) -> None:
        """Do all that is due now, if it is ours to do."""
        if not await self._hold():
            return
        now = self._clock.now()
        found = await self._db.read(due, now=now)
        changed = found.position != self._position
        self._position = found.position
        for booking_id in found.expired:
            await self._db.write(booking.expire, booking_id=booking_id, now=now)
        if found.unsettled:
            await self._db.write(repair.settle, now=now)
        if found.reminding:
            await self._db.write(reminders.remind, now=now)
        for fair_id in found.fairs:
            await self._db.write(timekeeper.keep_fair, fair_id=fair_id, now=now)
        if found.expired or changed or self._promoted_at is None or now - self._promoted_at >= TRIES_AGAIN:
            self._promoted_at = now
            for stand_id in found.stands:
                await self._db.write(waitlist.promote, stand_id=stand_id, now=now)
        if changed or self._thought_at is None or now - self._thought_at >= RETHINKS:
            self._thought_at = now
            for fair_id in found.live:
                await self._estimate(fair_id, now)
                await self._live_day(fair_id, now)
        if self._purged_at is None or now - self._purged_at >= PURGES:
            self._purged_at = now
            for fair_id in await self._db.read(purge.due, now=now):
                await self._db.write(purge.purge, fair_id=fair_id, now=now)
            await self._db.write(tidying.tidy, now=now, wall=WallClock().now())
        if found.scrub:
            await self._scrub(live=bool(found.live))

    async def _scrub(self, *, live: bool) -> None:
        """While a fair is played, only a file that takes no time; the night is long enough for the others."""
        night = WallClock().now().hour < NIGHT_ENDS
        if await self._db.scrub(at_most=SMALL if live and not night else None):
            await self._db.write(erasure.scrubbed)

    async def release(self) -> None:
        """Let another process take over at once."""
        if self._holds:
            with suppress(Unavailable):
                await self._db.write(timekeeper.release, name=self._name)

    async def _hold(self) -> bool:
        wall = WallClock().now()
        if wall >= self._renew_at:
            self._holds = await self._db.write(timekeeper.claim, name=self._name, now=wall, until=wall + 3 * RENEWS)
            self._renew_at = wall + RENEWS
        return self._holds

    async def _live_day(self, fair_id: int, now: datetime) -> None:
        """Gaps at once; what only time changes every few seconds of it."""
        looked = self._looked_at.get(fair_id)
        soon = looked is not None and timedelta() <= now - looked < RETHINKS
        await live_day.keep(self._db, fair_id, now=now, gaps_alone=soon)
        if not soon:
            self._looked_at[fair_id] = now

    async def _estimate(self, fair_id: int, now: datetime) -> None:
        fair = await self._db.read(identity.fair_by_id, fair_id)
        if fair is None:
            return
        day = (fair.live_day, fair.interview)
        if self._before.get(fair_id, (None, {}))[0] != day:
            self._before[fair_id] = (day, await self._db.read(shown_before, fair))
        news = await self._db.read(forecast, fair, now=now, before=self._before[fair_id][1])
        for some in portions([each for each in news if each.is_news]):
            await self._db.write(timekeeper.publish, fair_id, some, now=now)


def rest_after(took: float) -> float:
    """Seconds until the next round, after one that took so many."""
    return min(max(EVERY, REST * took), LONGEST)


def portions(forecasts: Sequence[Forecast]) -> Iterator[list[Forecast]]:
    """Stands together until they move ESTIMATES estimates, so that no write is long."""
    some: list[Forecast] = []
    size = 0
    for each in forecasts:
        if some and size + len(each.moved) > ESTIMATES:
            yield some
            some, size = [], 0
        some.append(each)
        size += len(each.moved) + 3  # a journal entry and a delay cost about as much as three estimates
    if some:
        yield some


@asynccontextmanager
async def running(db: Database, clock: Clock) -> AsyncIterator[Timekeeper]:
    """The time, kept."""
    keeper = Timekeeper(db, clock)
    task = asyncio.create_task(keeper.run(), name="timekeeper")
    try:
        yield keeper
    finally:
        task.cancel()
        await asyncio.wait([task])
        await keeper.release()
