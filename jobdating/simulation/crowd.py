"""Plays the simulated people through the services on the injected clock. Never writes a table itself.

At each step the crowd looks at the fair and does what is due; what somebody else did meanwhile is simply what it sees
next time, and a refusal is an answer like any other. People whom a visitor has become are left alone.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from jobdating.clock import Clock
from jobdating.db.engine import Database
from jobdating.domain.errors import DomainError
from jobdating.queries import identity
from jobdating.queries.forecast import forecast
from jobdating.services import presence, timekeeper
from jobdating.simulation import answers, roles
from jobdating.simulation.answers import USUAL, Answering
from jobdating.simulation.fair import Cast
from jobdating.simulation.life import Life
from jobdating.simulation.roles import Act
from jobdating.simulation.scene import Scene, look
from jobdating.simulation.temper import STAGED, Mishaps, Temper

LOOKS_EVERY = 0.25  # real seconds
TOGETHER = 60  # presence changes in one write
TOGETHER_IN_TIME = timedelta(minutes=10)  # of a day that is prepared, in one write
KEEPS_EVERY = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class Players:
    """Everybody in the fair but those whom visitors have become: `spare_…` hands a person over for good."""

    def __init__(
        self, cast: Cast, *, seed: int, mishaps: Mishaps = STAGED, answering: Answering = USUAL, visitor: bool = True
    ) -> None:
        """`visitor` leaves the first candidate out: a visitor of the demo is to become them."""
        self._cast = cast
        self._temper = Temper(seed, setting=cast.setting, mishaps=mishaps)
        self._answering: Any = {"seed": seed, "how": answering}
        self._life = Life(cast, seed=seed)
        self._candidates = {player.id: player for player in cast.candidates}
        self._stands = {place.id: (number, place) for number, place in enumerate(cast.stands)}
        self._spared_candidates = {cast.candidates[0].id} if visitor else set()
        self._spared_stands: set[int] = set()
        self._kept_at = datetime.min.replace(tzinfo=UTC)

    @property
    def cast(self) -> Cast:
        return self._cast

    def spare_candidate(self, candidate_id: int) -> None:
        """A visitor is this candidate from now on."""
        self._spared_candidates.add(candidate_id)

    def spare_stand(self, stand_id: int) -> None:
        """A visitor works at this stand from now on."""
        self._spared_stands.add(stand_id)

    def live_through(self, tx: Connection, *, start: datetime, end: datetime, step: timedelta) -> None:
        """The same for every `step` from `start` to before `end`, in one transaction: to prepare a day quickly."""
        moment = start
        while moment < end:
            for act in self.due(tx, moment):
                attempt(tx, act, moment)
            if moment - self._kept_at >= KEEPS_EVERY:
                timekeeper.keep(tx, now=moment)
                self._kept_at = moment
            moment += step

    def due(self, tx: Connection, now: datetime) -> Iterator[Act]:
        """Note who came and who left; then, one by one, what everybody does at `now`."""
        scene = self._look(tx, now)
        for changes in self._presence(scene, now):
            presence.record(tx, **changes, now=now)
        yield from self._acts(scene, now)

    def _look(self, tx: Connection, now: datetime) -> Scene:
        return look(tx, fair_id=self._cast.fair_id, timezone=self._cast.setting.timezone, now=now)

    def _presence(self, scene: Scene, now: datetime) -> Iterator[dict[str, dict[int, bool]]]:
        """Who came and who left, a few at a time."""
        here = roles.candidates_here(scene, self._temper, now)
        changed = sorted((here ^ scene.here) - self._spared_candidates)
        stands = {}
        for number, place in self._stands.values():
            there = roles.presence(place, number, scene, self._temper, now)
            if place.id not in self._spared_stands and there != (scene.stands[place.id].connected_since is not None):
                stands[place.id] = there
        while changed or stands:
            some, changed = changed[:TOGETHER], changed[TOGETHER:]
            yield {"candidates": {one: one in here for one in some}, "stands": stands}
            stands = {}

    def _acts(self, scene: Scene, now: datetime) -> Iterator[Act]:
        for offer in scene.offers:
            player = self._candidates.get(offer.candidate_id)
            if player is None or offer.candidate_id in self._spared_candidates:
                continue
            if act := answers.to_offer(offer, player.actor, now, **self._answering):
                yield act
        for rows in scene.lines.values():
            for row in rows:
                if row.candidate_id not in self._spared_candidates and row.candidate_id in self._candidates:
                    actor = self._candidates[row.candidate_id].actor
                    yield from answers.to_question(
                        row, actor, agrees=self._temper.visit(row).agrees, now=now, **self._answering
                    )
                    if act := roles.candidate(row, actor, self._temper, now):
                        yield act
        for place_id, (number, place) in self._stands.items():
            connected = scene.stands[place_id].connected_since is not None
            if connected and place_id not in self._spared_stands:
                yield from roles.recruiter(place, number, scene, self._temper, now)
        yield from self._answers(scene, now)
        yield from self._life.acts(now, spared=self._spared_candidates)

    def _answers(self, scene: Scene, now: datetime) -> Iterator[Act]:
        for row in scene.asked:
            player, stand = self._candidates.get(row.candidate_id), self._stands.get(row.stand_id)
            asked_a_visitor = row.candidate_id if row.state == "held" else row.stand_id
            spared = self._spared_candidates if row.state == "held" else self._spared_stands
            if player is None or stand is None or asked_a_visitor in spared:
                continue
            if act := roles.answer(row, player.actor, stand[1].actor, self._temper, now):
                yield act


class Crowd(Players):
    """The players on a database that others use as well."""

    def __init__(self, db: Database, cast: Cast, *, seed: int) -> None:
        super().__init__(cast, seed=seed)
        self._db = db

    async def step(self, now: datetime) -> None:
        """Look at the fair, and do all that is due at `now`."""
        scene = await self._db.read(self._look, now)
        for changes in self._presence(scene, now):
            await self._db.write(presence.record, **changes, now=now)
        acts = list(self._acts(scene, now))
        outcomes = await asyncio.gather(*(self._do(act, now) for act in acts), return_exceptions=True)
        for act, error in zip(acts, outcomes, strict=True):
            if isinstance(error, BaseException) and not isinstance(error, DomainError):
                raise error from RuntimeError(f"{act.service.__module__}.{act.service.__name__}")

    async def leave(self, now: datetime) -> None:
        """Everybody closes the page: a server that starts afresh knows of no connection."""
        scene = await self._db.read(self._look, now)
        candidates = dict.fromkeys(scene.here, False)
        stands = {row.id: False for row in scene.stands.values() if row.connected_since is not None}
        await self._db.write(presence.record, candidates=candidates, stands=stands, now=now)

    async def run(self, clock: Clock) -> None:
        """Play along until cancelled. A step that fails is told in the log, and the next one is played."""
        begun = False
        while True:
            if clock.rate or not begun:  # a demo that begins paused has everybody at their pages, too
                try:
                    await self.step(clock.now())
                    begun = True
                except Exception:
                    logger.exception("the simulated crowd stumbled")
            await asyncio.sleep(LOOKS_EVERY)

    async def _do(self, act: Act, now: datetime) -> None:
        await self._db.write(act.service, act.actor, now=now, **act.arguments)


async def play(crowd: Crowd, db: Database, *, start: datetime, end: datetime, step: timedelta) -> None:
    """Let the fair's time run from `start` to `end`, a step at a time, with the timekeeper beside the crowd."""
    moment = start
    while moment < end:
        until = min(moment + TOGETHER_IN_TIME, end)
        await db.write(crowd.live_through, start=moment, end=until, step=step)
        moment = until
        await _tell_times(db, crowd.cast.fair_id, now=moment)


def attempt(tx: Connection, act: Act, now: datetime) -> None:
    """Carry an act out, inside a transaction; a refusal leaves nothing behind."""
    tx.exec_driver_sql("SAVEPOINT act")
    try:
        act.service(tx, act.actor, now=now, **act.arguments)
    except DomainError:
        tx.exec_driver_sql("ROLLBACK TO SAVEPOINT act")
    tx.exec_driver_sql("RELEASE SAVEPOINT act")


async def _tell_times(db: Database, fair_id: int, *, now: datetime) -> None:
    """What those who wait are told, as the timekeeper of a running server would."""
    fair = await db.read(identity.fair_by_id, fair_id)
    if fair is not None:
        news = [each for each in await db.read(forecast, fair, now=now) if each.is_news]
        await db.write(timekeeper.publish, fair_id, news, now=now)


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
