"""The append-only log of what happened, and how to read it without missing an entry.

On SQLite the one writer makes ids and commits agree, so a position is the last id read. On PostgreSQL ids are taken
before commit: an entry stores its transaction, and a reader takes only entries of transactions older than every
one still running (`pg_snapshot_xmin`), so that nothing can appear behind it. There a position is that xmin.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select

from jobdating.db import traces
from jobdating.db.statement import Statement
from jobdating.db.tables import journal, meta
from jobdating.domain import events

_APPEND = Statement(
    insert(journal).values(
        {column: bindparam(column) for column in ("fair_id", "at", "kind", "data", "trace", "account_id", "xid")}
    )
)
_APPEND_WITH_XID = (
    "INSERT INTO journal (fair_id, at, kind, data, trace, account_id, xid) VALUES "
    "(%(fair_id)s, %(at)s, %(kind)s, %(data)s, %(trace)s, %(account_id)s, pg_current_xact_id()::text::bigint)"
)


@dataclass(frozen=True)
class Entry:
    """One thing that happened; `account_id` is who did it, None for the system."""

    id: int
    at: datetime
    event: events.Event
    account_id: int | None


@dataclass(frozen=True)
class Batch:
    """Entries in order, and the position to read on from."""

    entries: tuple[Entry, ...]
    position: int
    more: bool


def append(tx: Connection, event: events.Event, *, at: datetime, by: int | None = None, replayed: bool = True) -> None:
    """Write one entry. The last step of a service, in the transaction of what it tells.

    Whoever knows that no day of the fair is going on says that it will not be `replayed`, and spares a statement.
    """
    kind, data = events.encode(event)
    values: dict[str, Any] = {
        "fair_id": event.fair_id, "at": at, "kind": kind, "data": data, "account_id": by,
        "trace": traces.left_by(tx, event, at=at) if replayed else None,
    }  # fmt: skip
    if tx.dialect.name == "sqlite":
        _APPEND.run(tx, **values, xid=0)
    else:
        from jobdating.db.types import to_micros

        tx.exec_driver_sql(_APPEND_WITH_XID, {**values, "at": to_micros(at), "data": json.dumps(data)})


def append_all(tx: Connection, told: Sequence[events.Event], *, at: datetime, by: int | None = None) -> None:
    """Many entries at once, in their order: for what changes a whole fair in one transaction.

    Only the last leaves a trace; it must be one that leaves everything the others did.
    """
    rows: list[dict[str, Any]] = []
    for event in told[:-1]:
        kind, data = events.encode(event)
        rows.append({"fair_id": event.fair_id, "at": at, "kind": kind, "data": data, "account_id": by, "trace": None})
    if tx.dialect.name == "sqlite":
        _APPEND.run_all(tx, ({**row, "xid": 0} for row in rows))
    elif rows:
        from jobdating.db.types import to_micros

        plain = [{**row, "at": to_micros(row["at"]), "data": json.dumps(row["data"])} for row in rows]
        cursor = tx.connection.cursor()
        cursor.executemany(_APPEND_WITH_XID, plain)
        cursor.close()
    if told:
        append(tx, told[-1], at=at, by=by)


def since(tx: Connection, position: int, *, limit: int = 2_000) -> Batch:
    """Entries after `position`, oldest first, and the next position.

    On PostgreSQL the entries of one transaction stay together, so a batch may exceed `limit`.
    """
    columns = (journal.c.id, journal.c.at, journal.c.kind, journal.c.data, journal.c.account_id, journal.c.xid)
    if tx.dialect.name == "sqlite":
        rows = tx.execute(select(*columns).where(journal.c.id > position).order_by(journal.c.id).limit(limit)).all()
        position = rows[-1].id if rows else position
        return Batch(tuple(_entry(row) for row in rows), position, len(rows) == limit)
    horizon = _horizon(tx)
    rows = tx.execute(
        select(*columns).where(journal.c.xid >= position, journal.c.xid < horizon).order_by(journal.c.xid, journal.c.id)
    ).all()
    return Batch(tuple(_entry(row) for row in rows), horizon, False)


def head(tx: Connection) -> int:
    """The position after everything that can be read now."""
    if tx.dialect.name == "sqlite":
        return tx.execute(select(func.coalesce(func.max(journal.c.id), 0))).scalar_one()
    return _horizon(tx)


def before_last(tx: Connection, count: int) -> int:
    """A position with at least the last `count` entries after it; 0 when there are fewer."""
    column = journal.c.id if tx.dialect.name == "sqlite" else journal.c.xid
    found = tx.execute(select(column).order_by(journal.c.id.desc()).offset(count).limit(1)).scalar()
    return int(found or 0)


def backlog(tx: Connection, position: int) -> int:
    """How many entries lie after `position`, counted up to 5,001: a reader too far behind starts afresh."""
    column = journal.c.id if tx.dialect.name == "sqlite" else journal.c.xid
    after = column > position if tx.dialect.name == "sqlite" else column >= position
    return tx.execute(
        select(func.count()).select_from(select(journal.c.id).where(after).limit(5_001).subquery())
    ).scalar_one()


def epoch(tx: Connection) -> str:
    """Which life of the database this is. A restored copy gets another, so that old cursors are not believed."""
    return tx.execute(select(meta.c.value).where(meta.c.key == "epoch")).scalar_one()


def begin_epoch(tx: Connection) -> None:
    """Start a new life: after creation and after a restore."""
    tx.execute(meta.delete().where(meta.c.key == "epoch"))
    tx.execute(meta.insert().values(key="epoch", value=secrets.token_hex(4)))


def _horizon(tx: Connection) -> int:
    return int(tx.exec_driver_sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").scalar_one())


def _entry(row: Any) -> Entry:
    return Entry(row.id, row.at, events.decode(row.kind, row.data), row.account_id)
