"""Copies of a minor's messages for the adult they named: put in the outbox when the message itself has left.

Made here, once, so that every message about a fair's interviews is copied, whatever caused it; a sign-in never is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from jobdating.db import tables as t
from jobdating.domain.privacy import MINORS
from jobdating.outbox import rows
from jobdating.outbox.rows import Row

KIND = "copy"


def sent(tx: Connection, row: Row, *, wall: datetime) -> None:
    """The server took the mail: its copies go the same way."""
    rows.sent(tx, row.id, wall=wall)
    copies = [
        {
            "kind": KIND,
            "recipient": adult.email,
            "language": row.language,
            "context": {"adult_id": adult.id, "of": row.kind, "context": row.context},
            "made_at": row.made_at,
            "due_at": row.due_at,
            "attempts": 0,
        }
        for adult in _adults(tx, row)
    ]
    if copies:
        tx.execute(insert(t.outbox), copies)


def _adults(tx: Connection, row: Row) -> Sequence[Any]:
    """Who gets a copy: the adult whom a minor of that fair, to whom the mail went, has named."""
    fair_id = _fair(tx, row.context)
    if fair_id is None:
        return ()
    a, c = t.adults.c, t.candidates.c
    return tx.execute(
        select(a.id, a.email)
        .join(t.candidates, c.id == a.candidate_id)
        .join(t.accounts, t.accounts.c.id == c.account_id)
        .where(
            t.accounts.c.email == row.recipient,
            c.fair_id == fair_id,
            c.age_band.in_([band.value for band in sorted(MINORS)]),
            a.ended_at.is_(None),
            a.stopped_at.is_(None),
        )
    ).all()


def _fair(tx: Connection, context: dict[str, Any]) -> int | None:
    """The fair a mail is about; None for one that is about the account."""
    subjects = ((t.bookings, "booking_id"), (t.announcements, "announcement_id"), (t.candidates, "candidate_id"))
    for table, name in subjects:
        if name in context:
            return tx.execute(select(table.c.fair_id).where(table.c.id == context[name])).scalar()
    return None
