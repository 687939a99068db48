"""Who is connected. Counts lines in memory; only changes are written, together, and a lost line has a grace period."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import islice

from jobdating.clock import Clock
from jobdating.db.engine import Database
from jobdating.domain import events
from jobdating.services import presence as records

EVERY = 0.25
TOGETHER = 100  # in one write, so that a storm of arrivals does not hold the writer
GRACE = 30.0  # after a line is lost, before we say that somebody left

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Person:
    """A candidate, or the staff of a stand taken together."""

    kind: str  # "candidate" | "stand"
    id: int


class Presence:
    """Everybody with a page open on this process."""

    def __init__(self, db: Database, clock: Clock, *, grace: float = GRACE) -> None:
        self._db = db
        self._clock = clock
        self._grace = grace
        self._lines: Counter[Person] = Counter()
        self._leaving: dict[Person, float] = {}  # until when we wait for them
        self._news: dict[Person, bool] = {}

    @contextmanager
    def of(self, people: Sequence[Person]) -> Iterator[None]:
        """They are here as long as this lasts."""
        self.enter(people)
        try:
            yield
        finally:
            self.leave(people)

    def enter(self, people: Iterable[Person]) -> None:
        for person in people:
            self._lines[person] += 1
            if self._lines[person] == 1 and self._leaving.pop(person, None) is None:
                self._news[person] = True

    def leave(self, people: Iterable[Person]) -> None:
        for person in people:
            self._lines[person] -= 1
            if not self._lines[person]:
                del self._lines[person]
                self._leaving[person] = time.monotonic() + self._grace

    def heard(self, event: events.Event) -> None:
        """Another process says that somebody left who is here: say that they are here."""
        match event:
            case events.CandidatePresenceChanged(connected=False):
                person = Person("candidate", event.candidate_id)
            case events.StandPresenceChanged(connected=False):
                person = Person("stand", event.stand_id)
            case _:
                return
        if person in self._lines:
            self._news[person] = True

    async def start(self) -> None:
        """Those who were connected when we last stopped have the grace period to come back."""
        candidates, stands = await self._db.read(records.connected)
        until = time.monotonic() + self._grace
        for person in (*(Person("candidate", n) for n in candidates), *(Person("stand", n) for n in stands)):
            self._leaving[person] = until

    async def run(self) -> None:
        """Write changes until cancelled; what could not be written is tried again."""
        while True:
            await asyncio.sleep(EVERY)
            await self.record()

    async def record(self) -> None:
        now = time.monotonic()
        for person in [person for person, until in self._leaving.items() if until <= now]:
            del self._leaving[person]
            self._news[person] = False
        while self._news:
            news = dict(islice(self._news.items(), TOGETHER))
            for person in news:
                del self._news[person]
            try:
                await self._db.write(records.record, **_by_kind(news), now=self._clock.now())
            except Exception:
                logger.exception("presence could not be written")
                self._news = news | self._news
                return


def _by_kind(news: dict[Person, bool]) -> dict[str, dict[int, bool]]:
    return {
        "candidates": {person.id: here for person, here in news.items() if person.kind == "candidate"},
        "stands": {person.id: here for person, here in news.items() if person.kind == "stand"},
    }


@asynccontextmanager
async def running(db: Database, clock: Clock) -> AsyncIterator[Presence]:
    """Presence, kept."""
    presence = Presence(db, clock)
    await presence.start()
    task = asyncio.create_task(presence.run(), name="presence")
    try:
        yield presence
    finally:
        task.cancel()
        await asyncio.wait([task])
