"""The table of mails to send: what is due, who has claimed it, how it went.

When a mail is due is a matter of the fair's clock; claims and retries are of the wall clock. A claim runs out by
itself, so a process that dies between claim and report loses nothing: the mail is sent again, with the same id.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, select, update

from jobdating.db import tables as t

CLAIM = timedelta(seconds=90)
FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(hours=1)
TRIES = 12  # about five hours
URGENT = ("sign_in", "called")


@dataclass(frozen=True)
class Row:
    """A mail to write and send; `context` names what it is about."""

    id: int
    kind: str
    recipient: str
    language: str
    context: dict[str, Any]
    made_at: datetime
    due_at: datetime
    attempts: int


_COLUMNS = [t.outbox.c[name] for name in Row.__dataclass_fields__]


def anything_due(tx: Connection, *, now: datetime, wall: datetime) -> bool:
    return tx.execute(select(t.outbox.c.id).where(_is_due(now, wall)).limit(1)).first() is not None


def claim(tx: Connection, *, now: datetime, wall: datetime, count: int) -> tuple[Row, ...]:
    """Take up to `count` due mails, those that somebody waits for first; nobody else gets them until CLAIM is over."""
    urgent_first = case((t.outbox.c.kind.in_(URGENT), 0), else_=1)
    due = (
        select(t.outbox.c.id)
        .where(_is_due(now, wall))
        .order_by(urgent_first, t.outbox.c.due_at, t.outbox.c.id)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    ids = list(tx.execute(due).scalars())
    if not ids:
        return ()
    tx.execute(update(t.outbox).where(t.outbox.c.id.in_(ids)).values(claimed_until=wall + CLAIM))
    rows = tx.execute(select(*_COLUMNS).where(t.outbox.c.id.in_(ids)).order_by(urgent_first, t.outbox.c.id))
    return tuple(Row(**row._asdict()) for row in rows)


def release(tx: Connection, row_id: int) -> None:
    """Give a claim back: it was not even tried."""
    tx.execute(update(t.outbox).where(t.outbox.c.id == row_id).values(claimed_until=None))


def sent(tx: Connection, row_id: int, *, wall: datetime) -> None:
    """The server took it."""
    tx.execute(
        update(t.outbox)
        .where(t.outbox.c.id == row_id, t.outbox.c.sent_at.is_(None))
        .values(sent_at=wall, claimed_until=None, error=None)
    )


def needless(tx: Connection, row_id: int, *, wall: datetime) -> None:
    """What it would tell is no longer so: nobody gets it."""
    tx.execute(update(t.outbox).where(t.outbox.c.id == row_id).values(failed_at=wall, error="no longer due"))


def failed(tx: Connection, row: Row, *, error: str, for_good: bool, wall: datetime) -> None:
    """Try again later, each time after twice as long; after the last try, or when refused `for_good`, no more."""
    attempts = row.attempts + 1
    wait = min(FIRST_RETRY * 2 ** (attempts - 1), LAST_RETRY)
    given_up = for_good or attempts >= TRIES
    tx.execute(
        update(t.outbox)
        .where(t.outbox.c.id == row.id)
        .values(
            attempts=attempts,
            claimed_until=wall + wait,
            failed_at=wall if given_up else None,
            error=error[:500],
        )
    )


def _is_due(now: datetime, wall: datetime) -> ColumnElement[bool]:
    unclaimed = t.outbox.c.claimed_until.is_(None) | (t.outbox.c.claimed_until <= wall)
    return t.outbox.c.sent_at.is_(None) & t.outbox.c.failed_at.is_(None) & (t.outbox.c.due_at <= now) & unclaimed
