"""Plays the simulated people through the services on the injected clock. Never writes a table itself.

At each step the crowd looks at the fair and does what is due; what somebody else did meanwhile is simply what it sees
next time, and a refusal is an answer like any other. People whom a visitor has become are left alone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from jobdating.clock import Clock
from jobdating.db.engine import Database
from jobdating.domain.errors import DomainError
from jobdating.services import presence
from jobdating.simulation import roles
from jobdating.simulation.fair import Cast
from jobdating.simulation.life import Life
from jobdating.simulation.roles import Act
from jobdating.simulation.scene import Scene, look
from jobdating.simulation.temper import Temper

LOOKS_EVERY = 0.25  # real seconds
TOGETHER = 60  # presence changes in one write

logger = logging.getLogger(__name__)


class Crowd:
    """Everybody in the fair but those whom visitors have become: `spare_…` hands a person over for good."""

    def __init__(self, db: Database, cast: Cast, *, seed: int) -> None:
        self._db = db
        self._cast = cast
        self._temper = Temper(seed)
        self._life = Life(cast, seed=seed)
        self._candidates = {player.id: player for player in cast.candidates}
        self._stands = {place.id: (number, place) for number, place in enumerate(cast.stands)}
        self._spared_candidates = {cast.candidates[0].id}
        self._spared_stands: set[int] = set()

    @property
    def cast(self) -> Cast:
        return self._cast

    def spare_candidate(self, candidate_id: int) -> None:
        """A visitor is this candidate from now on."""
        self._spared_candidates.add(candidate_id)

    def spare_stand(self, stand_id: int) -> None:
        """A visitor works at this stand from now on."""
        self._spared_stands.add(stand_id)

    async def step(self, now: datetime) -> None:
        """Look at the fair, and do all that is due at `now`."""
        scene = await self._db.read(look, fair_id=self._cast.fair_id, now=now)
        await self._record_presence(scene, now)
        acts = [*self._acts(scene, now), *self._life.acts(now, spared=self._spared_candidates)]
        answers = await asyncio.gather(*(self._do(act, now) for act in acts), return_exceptions=True)
        for act, error in zip(acts, answers, strict=True):
            if isinstance(error, BaseException) and not isinstance(error, DomainError):
                raise error from RuntimeError(f"{act.service.__module__}.{act.service.__name__}")

    async def leave(self, now: datetime) -> None:
        """Everybody closes the page: a server that starts afresh knows of no connection."""
        scene = await self._db.read(look, fair_id=self._cast.fair_id, now=now)
        candidates = dict.fromkeys(scene.here, False)
        stands = {row.id: False for row in scene.stands.values() if row.connected_since is not None}
        await self._db.write(presence.record, candidates=candidates, stands=stands, now=now)

    async def run(self, clock: Clock) -> None:
        """Play along until cancelled. A step that fails is told in the log, and the next one is played."""
        while True:
            if clock.rate:
                try:
                    await self.step(clock.now())
                except Exception:
                    logger.exception("the simulated crowd stumbled")
            await asyncio.sleep(LOOKS_EVERY)

    async def _do(self, act: Act, now: datetime) -> None:
        await self._db.write(act.service, act.actor, now=now, **act.arguments)

    async def _record_presence(self, scene: Scene, now: datetime) -> None:
        here = roles.candidates_here(scene, self._temper, now)
        changed = sorted((here ^ scene.here) - self._spared_candidates)
        stands = {}
        for number, place in self._stands.values():
            there = roles.presence(place, number, scene, self._temper, now)
            if place.id not in self._spared_stands and there != (scene.stands[place.id].connected_since is not None):
                stands[place.id] = there
        while changed or stands:
            some, changed = changed[:TOGETHER], changed[TOGETHER:]
            candidates = {one: one in here for one in some}
            await self._db.write(presence.record, candidates=candidates, stands=stands, now=now)
            stands = {}

    def _acts(self, scene: Scene, now: datetime) -> Iterator[Act]:
        for rows in scene.lines.values():
            for row in rows:
                if row.candidate_id not in self._spared_candidates and row.candidate_id in self._candidates:
                    actor = self._candidates[row.candidate_id].actor
                    if act := roles.candidate(row, actor, self._temper, now):
                        yield act
        for place_id, (number, place) in self._stands.items():
            connected = scene.stands[place_id].connected_since is not None
            if connected and place_id not in self._spared_stands:
                yield from roles.recruiter(place, number, scene, self._temper, now)
        yield from self._answers(scene, now)

    def _answers(self, scene: Scene, now: datetime) -> Iterator[Act]:
        for row in scene.asked:
            player, stand = self._candidates.get(row.candidate_id), self._stands.get(row.stand_id)
            asked_a_visitor = row.candidate_id if row.state == "held" else row.stand_id
            spared = self._spared_candidates if row.state == "held" else self._spared_stands
            if player is None or stand is None or asked_a_visitor in spared:
                continue
            if act := roles.answer(row, player.actor, stand[1].actor, self._temper, now):
                yield act


async def play(crowd: Crowd, db: Database, *, start: datetime, end: datetime, step: timedelta) -> None:
    """Let the fair's time run from `start` to `end`, a step at a time, with the timekeeper beside the crowd."""
    from jobdating.services import timekeeper

    moment, kept = start, start - timedelta(days=1)
    while moment < end:
        await crowd.step(moment)
        if moment - kept >= timedelta(minutes=1):
            await db.write(timekeeper.keep, now=moment)
            kept = moment
        moment += step


@asynccontextmanager
async def running(crowd: Crowd, clock: Clock) -> AsyncIterator[None]:
    """The crowd, playing."""
    task = asyncio.create_task(crowd.run(clock), name="crowd")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
