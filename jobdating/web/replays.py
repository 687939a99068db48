"""The days that are being seen again: kept in memory for a while, one reader at a time each. Reads only."""

import asyncio
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from jobdating.db import journal
from jobdating.db.engine import Database
from jobdating.db.replica import Entry, Replica
from jobdating.db.types import from_micros, to_micros
from jobdating.domain.timeline import Column
from jobdating.queries import replay, wall
from jobdating.queries.identity import Fair
from jobdating.queries.replay import Alert, Alerts, RecordedDay, Wall
from jobdating.queries.wall import Row

KEPT = 2  # days in memory
OVERLAP = 200  # entries that are looked at again: on PostgreSQL one may appear before those that were read
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=60)  # the hours of the day that can be seen


@dataclass
class _Open:
    """A day in memory. `head` is the journal's head when it was last brought up to date; `rows` are those of the
    wall at `position`, so that the next minute reads only what changed."""

    recorded: RecordedDay
    replica: Replica | None = None
    columns: tuple[Column, ...] = ()
    position: int = 0
    rows: dict[int, Row] = field(default_factory=dict)
    alerts: Alerts = field(default_factory=Alerts)
    head: int = -1
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True)
class Seen:
    """The wall at a moment; `changed` are the stands whose rows may differ from those at an earlier look, None for all."""

    wall: Wall
    alerts: tuple[Alert, ...]
    begins_at: datetime
    ends_at: datetime
    at: datetime
    changed: frozenset[int] | None

    @property
    def next_alert(self) -> datetime | None:
        moments = self._moments()
        index = bisect_right(moments, self.at)
        return moments[index] if index < len(moments) else None

    @property
    def last_alert(self) -> datetime | None:
        """The moment of an alert before this one."""
        return max((moment for moment in self._moments() if moment < self.at), default=None)

    def step(self, minutes: int) -> datetime:
        """The moment so many minutes later, within the day."""
        return min(max(self.at + timedelta(minutes=minutes), self.begins_at), self.ends_at)

    def place(self, moment: datetime) -> float:
        """Where a moment is between the ends of the day, in percent."""
        return round(100 * ((moment - self.begins_at) / (self.ends_at - self.begins_at)), 2)

    def _moments(self) -> list[datetime]:
        return sorted({alert.at for alert in self.alerts})


class Replays:
    """What is open, the latest last."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._open: OrderedDict[tuple[int, int], _Open] = OrderedDict()

    async def days(self, fair: Fair) -> tuple[RecordedDay, ...]:
        return await self._db.read(replay.recorded_days, fair)

    async def see(
        self, fair: Fair, recorded: RecordedDay, *, at: datetime | None, now: datetime, since: datetime | None = None
    ) -> Seen:
        """The wall of a day `at` a moment, the opening unless told; moments outside the day count as its ends."""
        day = self._day(fair, recorded)
        async with day.lock:
            replica = await self._up_to_date(fair, day)
            return await asyncio.to_thread(_look, replica, day, fair, at, since, now)

    def _day(self, fair: Fair, recorded: RecordedDay) -> _Open:
        key = (fair.id, recorded.first_id)
        day = self._open.setdefault(key, _Open(recorded))
        day.recorded = recorded
        self._open.move_to_end(key)
        while len(self._open) > KEPT:
            self._open.popitem(last=False)
        return day

    async def _up_to_date(self, fair: Fair, day: _Open) -> Replica:
        known = [entry.id for entry in day.replica.entries[-OVERLAP:]] if day.replica else []
        found = await self._db.read(_kept, fair.id, day, since=known[0] if known else 0)
        if found is None and day.replica is not None:
            return day.replica
        assert found is not None
        head, entries, people = found
        fresh = [entry for entry in entries if entry.id not in set(known)]
        if day.replica is None or (fresh and known and fresh[0].id < known[-1]):
            entries = fresh if not known else (await self._db.read(_everything, fair.id, day))
            day.replica, day.alerts = await asyncio.to_thread(Replica, entries), Alerts()
            day.columns = await asyncio.to_thread(_columns, day.replica, fair, day.recorded.day)
        else:
            await asyncio.to_thread(day.replica.extend, fresh)
        replica = day.replica
        await asyncio.to_thread(replica.put, "accounts", people, ("id", "first_name", "last_name"))
        day.head, day.rows = head, {}  # somebody may have another name, or none
        return replica


def _kept(tx: Connection, fair_id: int, day: _Open, *, since: int) -> tuple[int, list[Entry], list[Any]] | None:
    """What is new of a day, with everybody's names; None when the journal has not moved."""
    head = journal.head(tx)
    if head == day.head:
        return None
    return head, replay.entries(tx, fair_id, day.recorded, since=since), replay.people(tx, fair_id)


def _everything(tx: Connection, fair_id: int, day: _Open) -> list[Entry]:
    return replay.entries(tx, fair_id, day.recorded, since=0)


def _columns(replica: Replica, fair: Fair, day: date) -> tuple[Column, ...]:
    replica.seek(1)
    return wall.columns(replica.tx, fair.id, day)


def _look(replica: Replica, day: _Open, fair: Fair, at: datetime | None, since: datetime | None, now: datetime) -> Seen:
    replay.look_on(replica, day.alerts, fair.id)
    begins, ends = _hours(replica, day.columns, now)
    moment = begins + BEFORE if at is None else at
    moment = min(max(moment, begins), ends)
    position = replica.position_at(to_micros(moment)) or 1
    changed = None
    if since is not None:
        changed = replay.changed_stands(replica, replica.position_at(to_micros(since)) or 1, position)
    shown = _wall(replica, day, fair, position)
    stands = None if changed is None else frozenset(changed)
    return Seen(shown, tuple(day.alerts.found), begins, ends, moment, stands)


def _wall(replica: Replica, day: _Open, fair: Fair, position: int) -> Wall:
    """The wall at a position; rows that are as they were at the last one are not read again."""
    known = None
    if day.rows:
        touched = replay.changed_stands(replica, day.position, position)
        known = None if touched is None else {key: row for key, row in day.rows.items() if key not in touched}
    replica.seek(position)
    shown = replay.wall_on(replica.tx, fair.id, day.recorded.day, known=known)
    day.position, day.rows = position, {row.stand_id: row for row in shown.rows}
    return shown


def _hours(replica: Replica, columns: tuple[Column, ...], now: datetime) -> tuple[datetime, datetime]:
    """From a little before the first column to a while after the last, as far as the day was kept and has passed."""
    first = from_micros(replica.entries[0].at)
    begins = max(columns[0].start - BEFORE, first) if columns else first
    begins = begins.replace(second=0, microsecond=0)
    ends = min(columns[-1].end + AFTER, now) if columns else now
    return begins, max(ends.replace(second=0, microsecond=0), begins + timedelta(minutes=1))
