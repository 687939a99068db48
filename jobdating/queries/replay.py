"""A day of a fair, to be seen again: what the journal kept of it, the wall at a moment, and where it first hurt.

Reads the real database for what was kept; the wall itself is read from a replica, by the wall's own queries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, select, text, type_coerce

from jobdating.db import tables as t
from jobdating.db.replica import Entry, Key, Replica
from jobdating.domain.attendance import Finding
from jobdating.domain.timeline import Column
from jobdating.queries import attendance, wall, watching
from jobdating.queries.attendance import Attendance, Figures
from jobdating.queries.identity import Fair
from jobdating.queries.trouble import ToSee, trouble
from jobdating.queries.wall import Row

_LOOKS = frozenset({"AttendanceSampled", "TroubleChanged"})  # after them, what needs a hand is another thing
_SHARED = frozenset({"sites", "companies"})  # shown in every row
_PASSING = frozenset({"free_from", "looked_at"})  # of a fair, what its rows do not show


@dataclass(frozen=True)
class RecordedDay:
    """A day of which the journal has kept the rows, from the entry `first_id` to before `next_id`."""

    day: date
    first_id: int
    begins_at: datetime
    next_id: int | None


@dataclass(frozen=True)
class Wall:
    """All that the wall shows of a day."""

    figures: Figures
    trouble: ToSee
    attendance: Attendance
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Alert:
    """Something that began to need a hand, as of a moment."""

    at: datetime
    finding: Finding


@dataclass
class Alerts:
    """The alerts of a replica up to `position`. Filled on by `look_on`."""

    position: int = 0
    found: list[Alert] = field(default_factory=list)
    open: frozenset[tuple[str, int]] = frozenset()


def recorded_days(tx: Connection, fair: Fair) -> tuple[RecordedDay, ...]:
    """The days that can be replayed, in their order."""
    turned = tx.execute(
        select(t.journal.c.id, t.journal.c.at)
        .where(t.journal.c.fair_id == fair.id, text("journal.kind = 'DayTurned'"), t.journal.c.trace.is_not(None))
        .order_by(t.journal.c.id)
    ).all()
    zone = ZoneInfo(fair.timezone)
    ends = [*(row.id for row in turned[1:]), None][: len(turned)]
    return tuple(
        RecordedDay(row.at.astimezone(zone).date(), row.id, row.at, end) for row, end in zip(turned, ends, strict=True)
    )


def entries(tx: Connection, fair_id: int, recorded: RecordedDay, *, since: int) -> list[Entry]:
    """What the journal kept of a day, from the entry `since` on."""
    c = t.journal.c
    query = (
        select(c.id, type_coerce(c.at, BigInteger), c.kind, c.trace)
        .where(c.fair_id == fair_id, c.id >= max(since, recorded.first_id))
        .order_by(c.id)
    )
    if recorded.next_id is not None:
        query = query.where(c.id < recorded.next_id)
    return [Entry(*row) for row in tx.execute(query)]


def people(tx: Connection, fair_id: int) -> list[Any]:
    """Account, first and last name of the fair's candidates as they are today: who was forgotten has none."""
    return list(
        tx.execute(
            select(t.accounts.c.id, t.accounts.c.first_name, t.accounts.c.last_name)
            .join(t.candidates, t.candidates.c.account_id == t.accounts.c.id)
            .where(t.candidates.c.fair_id == fair_id)
        )
    )


def wall_on(tx: Connection, fair_id: int, day: date, *, known: Mapping[int, Row] | None = None) -> Wall:
    """The wall of a day, from the real database or from a replica of it. The fair exists.

    `known` are rows of the live day that are still true: those of the other stands are read.
    """
    figures, to_see = attendance.figures(tx, fair_id), trouble(tx, fair_id)
    present = attendance.attendance(tx, fair_id, day=day)
    assert figures and to_see and present
    if known is None:
        rows = wall.rows(tx, fair_id, day=day)
    else:
        others = set(watching.stands(tx, fair_id)) - known.keys()
        rows = [*known.values(), *(wall.rows_of(tx, fair_id, others) if others else ())]
    return Wall(figures, to_see, present, wall.columns(tx, fair_id, day), tuple(rows))


def look_on(replica: Replica, alerts: Alerts, fair_id: int) -> None:
    """Find the alerts of what was written since `alerts.position`. Moves the replica."""
    for number in range(alerts.position, len(replica.entries)):
        if replica.entries[number].kind not in _LOOKS:
            continue
        replica.seek(number + 1)
        seen = trouble(replica.tx, fair_id)
        if seen is None or seen.moment is None:
            continue
        found = {(str(finding.kind), finding.stand_id): finding for finding in seen.findings}
        new = [finding for key, finding in found.items() if key not in alerts.open]
        alerts.found += [Alert(seen.moment, finding) for finding in new]
        alerts.open = frozenset(found)
    alerts.position = len(replica.entries)


def changed_stands(replica: Replica, before: int, after: int) -> set[int] | None:
    """The stands whose rows may differ between two positions; None for all of them."""
    keys = replica.changed_between(before, after)
    if any(
        table in _SHARED or (table == "fairs" and _differs(replica, (table, key), before, after)) for table, key in keys
    ):
        return None
    return set(_stands(replica, keys, (before, after)))


def _differs(replica: Replica, key: Key, before: int, after: int) -> bool:
    """Whether a fair has other hours or another day, not only a later moment."""
    found = [replica.version(key, position) or {} for position in (before, after)]
    return any(found[0].get(name) != value for name, value in found[1].items() if name not in _PASSING)


def _stands(replica: Replica, keys: Iterable[Key], positions: tuple[int, int]) -> Iterable[int]:
    for table, primary in keys:
        if table in {"stands", "stand_trades"}:
            yield primary[0]
        elif table in {"slots", "bookings", "estimates"}:
            owner: Key = ("bookings", primary) if table == "estimates" else (table, primary)
            for position in positions:
                row = replica.version(owner, position)
                if row is not None:
                    yield row["stand_id"]
