"""Turns the journal into frames: reads new entries, renders what they touch once a language, hands it to the hub.

Invariants:
- `position` is the place in the journal up to which changes were handed out or lie in `_due`; a frame's cursor never
  passes an element that is due.
- All of a tick is rendered from one snapshot, by nobody else, so no page can get older HTML after newer.
- What is cached is true at `position`: an element that changes is forgotten before the position moves on.
- While nobody watches, nothing is read: the journal waits, and whoever comes first is given what lies between.
- Costs are bounded by time: a tick lasts at least `TICK` and twice its work, an overview is drawn at most every
  `OVERVIEW` seconds. The first change after quiet goes out at once.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from jobdating.db import journal
from jobdating.db.engine import Database
from jobdating.domain import events, topics
from jobdating.domain.topics import OVERVIEWS, Target
from jobdating.realtime.cache import Cache, Key
from jobdating.realtime.frame import LISTS, Frame, is_row_of
from jobdating.realtime.history import History
from jobdating.realtime.hub import Hub, Mailbox
from jobdating.rendering import catalogue, fragments

TICK = 0.05
OVERVIEW = 0.25
POLL = 0.1  # finds what other processes committed, and what a wake-up missed
BEAT = 20.0  # a page that hears nothing for longer than two of these knows that the line is dead
AT_ONCE = 64  # renders in one tick for pages that catch up, so that changes need not wait for them
REMEMBERED = 5_000  # entries from before we started, so that a restart does not make every page render everything
LATE = 5.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Turn:
    """What one tick read and rendered, in one snapshot. `drawn` are the changed elements that are now up to date."""

    batch: journal.Batch
    touched: list[Target]
    drawn: list[Target]
    rendered: dict[Key, str | None]


class Relay:
    """The one reader of the journal in this process. Start it with `running`."""

    def __init__(self, db: Database) -> None:
        self.hub = Hub()
        self.position = 0
        self.stopping = asyncio.Event()
        self.listeners: list[Callable[[events.Event], None]] = []
        self._db = db
        self._epoch = ""
        self._cache = Cache()
        self._history = History(0)
        self._due: dict[Target, int] = {}  # changed, not drawn yet → the position before the change
        self._wanted: dict[Key, asyncio.Future[dict[Key, str | None]]] = {}
        self._woken = asyncio.Event()
        self._awake = asyncio.Event()  # the journal was read since somebody came
        self._overviews_at = 0.0
        self._finished_at = time.monotonic()

    @property
    def cursor(self) -> str:
        return f"{self._epoch}.{self.position}"

    def keeps_up(self) -> bool:
        """Whether changes reach the pages in time."""
        return time.monotonic() - self._finished_at < LATE

    @property
    def is_settled(self) -> bool:
        """Whether all that was read is handed out."""
        return not self._due

    def stop_waiting(self) -> None:
        """The server stops: long polls answer now."""
        self.stopping.set()

    @contextmanager
    def following(self, mailbox: Mailbox) -> Iterator[None]:
        """The mailbox gets every change as long as this lasts."""
        self.hub.subscribe(mailbox)
        self._woken.set()
        try:
            yield
        finally:
            self.hub.unsubscribe(mailbox)

    async def catch_up(self, mailbox: Mailbox, cursor: str) -> Frame:
        """Everything that changed on the mailbox's topics since `cursor`; all of it when that is not known any more.

        Call it directly after subscribing: what is published meanwhile is in the frame too. Who comes while nobody
        watched waits until the journal is read, so that the first frame tells whether anything changed.
        """
        await self._awake.wait()
        start, since = self.cursor, self._position(cursor)
        targets = None if since is None else self._history.since(mailbox.topics, since)
        if targets is None:
            targets = await self._db.read(fragments.watched, sorted(mailbox.topics))
        patches: dict[Target, str | None] = {}
        wanted = []
        for target in without_rows(targets):
            key = (target, mailbox.language)
            if key in self._cache:
                patches[target] = self._cache.get(key)
            else:
                wanted.append(self._want(key))
        if wanted:
            await asyncio.wait(wanted)  # does not cancel them with us: others may wait for the same
        for future in wanted:
            patches |= {target: html for (target, _), html in future.result().items()}
        frame, newer = Frame(start, patches), mailbox.take()
        return frame if newer is None else frame.followed_by(newer)

    def _position(self, cursor: str) -> int | None:
        epoch, _, position = cursor.partition(".")
        known = epoch == self._epoch and position.isascii() and position.isdecimal() and len(position) < 20
        return int(position) if known else None

    def _want(self, key: Key) -> "asyncio.Future[dict[Key, str | None]]":
        future = self._wanted.get(key)
        if future is None:
            future = self._wanted[key] = asyncio.get_running_loop().create_future()
            self._woken.set()
        return future

    # The loop

    async def start(self) -> None:
        """Find our place in the journal, and what changed shortly before."""
        self._epoch, self._history, self.position = await self._db.read(_begin)
        self._db.on_commit(self._woken.set)

    async def run(self) -> None:
        """Tick until cancelled. A failure is logged and tried again; `keeps_up` tells."""
        beat_at = time.monotonic() + BEAT
        while True:
            started = time.monotonic()
            try:
                more = await self._look(started)
                self._finished_at = time.monotonic()
            except Exception:
                logger.exception("the relay failed")
                more = False
                await asyncio.sleep(1)
            if time.monotonic() >= beat_at:
                self.hub.beat(self._cursor_for())
                beat_at = time.monotonic() + BEAT
            if not more:
                work = time.monotonic() - started
                await asyncio.sleep(max(TICK - work, work))
                await self._wait()

    async def _look(self, now: float) -> bool:
        """Tick if anybody watches. Whether more entries wait to be read."""
        if not self.hub and not self._wanted:
            self._awake.clear()
            return False
        more = await self._tick(now)
        if not more:
            self._awake.set()
        return more

    async def _wait(self) -> None:
        patience = POLL
        if self._due:
            patience = min(POLL, max(0.0, self._overviews_at - time.monotonic()))
        if not self._wanted:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._woken.wait()
        self._woken.clear()

    async def _tick(self, now: float) -> bool:
        """One round: read, render, hand out. Whether more entries wait to be read."""
        wanted = list(islice(self._wanted, AT_ONCE))
        watched = self.hub.watched()
        overviews = now >= self._overviews_at
        turn = await self._db.read(
            _read, position=self.position, due=list(self._due), wanted=wanted, watched=watched, overviews=overviews
        )
        if any(target.fragment in OVERVIEWS for target in turn.drawn):
            self._overviews_at = now + OVERVIEW
        self._take_in(turn, watched)
        self.hub.publish(_changes(turn, watched), self._cursor_for())
        for key in wanted:
            self._wanted.pop(key).set_result({key: turn.rendered[key]} if key in turn.rendered else {})
        self._tell(turn.batch)
        return turn.batch.more

    def _take_in(self, turn: _Turn, watched: Mapping[str, frozenset[str]]) -> None:
        before, self.position = self.position, turn.batch.position
        self._history.touch(turn.touched, self.position)
        self._cache.forget(turn.touched, catalogue.LANGUAGES)
        for key, html in turn.rendered.items():
            self._cache.put(key, html)
        for target in turn.touched:
            self._due.setdefault(target, before)
        for target in turn.drawn:
            # Who began to watch in another language while we rendered still waits for it.
            if self.hub.languages(target.topic) <= watched[target.topic]:
                self._due.pop(target, None)
        for target in [target for target in self._due if not self.hub.languages(target.topic)]:
            del self._due[target]

    def _cursor_for(self) -> Callable[[frozenset[str]], str]:
        """The cursor of a frame for somebody who watches these topics: not past what is due on them."""
        due: dict[str, int] = {}
        for target, before in self._due.items():
            due[target.topic] = min(before, due.get(target.topic, before))
        current = self.cursor

        def cursor_for(topics: frozenset[str]) -> str:
            if topics.isdisjoint(due):
                return current
            return f"{self._epoch}.{min(due[topic] for topic in topics if topic in due)}"

        return cursor_for

    def _tell(self, batch: journal.Batch) -> None:
        for entry in batch.entries:
            for listener in self.listeners:
                listener(entry.event)
        self.hub.doubt(
            {entry.event.account_id for entry in batch.entries if isinstance(entry.event, events.RightsChanged)}
        )


@asynccontextmanager
async def running(db: Database) -> AsyncIterator[Relay]:
    """A relay at work."""
    relay = Relay(db)
    await relay.start()
    task = asyncio.create_task(relay.run(), name="relay")
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.wait([task])


def without_rows(targets: Iterable[Target]) -> list[Target]:
    """The elements, but for the rows of lists that are among them: the list brings its rows."""
    lists = {target for target in targets if target.fragment in LISTS}
    return [target for target in targets if not any(is_row_of(target, list_) for list_ in lists)]


def _begin(tx: Connection) -> tuple[str, History, int]:
    position = journal.before_last(tx, REMEMBERED)
    history, more = History(position), True
    while more:
        batch = journal.since(tx, position, limit=250)
        position, more = batch.position, batch.more
        history.touch(_touched(tx, batch), position)
    return journal.epoch(tx), history, position


def _read(
    tx: Connection,
    *,
    position: int,
    due: list[Target],
    wanted: list[Key],
    watched: Mapping[str, frozenset[str]],
    overviews: bool,
) -> _Turn:
    batch = journal.since(tx, position)
    touched = _touched(tx, batch)
    drawn = [
        target
        for target in dict.fromkeys([*due, *touched])
        if target.topic in watched and (overviews or target.fragment not in OVERVIEWS)
    ]
    jobs: dict[Target, set[str]] = {target: set(watched[target.topic]) for target in without_rows(drawn)}
    for target, language in wanted:
        jobs.setdefault(target, set()).add(language)
    return _Turn(batch, touched, drawn, fragments.render(tx, jobs) if jobs else {})


def _touched(tx: Connection, batch: journal.Batch) -> list[Target]:
    touches = dict.fromkeys(touch for entry in batch.entries for touch in topics.touched(entry.event))
    return fragments.resolve(tx, touches) if touches else []


def _changes(turn: _Turn, watched: Mapping[str, frozenset[str]]) -> dict[str, dict[str, dict[Target, str | None]]]:
    """Patches by topic and language. A topic whose rendering failed keeps its empty place: its cursor moves on."""
    changes: dict[str, dict[str, dict[Target, str | None]]] = {}
    for target in turn.drawn:
        of_topic = changes.setdefault(target.topic, {language: {} for language in watched[target.topic]})
        for language, patches in of_topic.items():
            if (target, language) in turn.rendered:
                patches[target] = turn.rendered[target, language]
    return changes
