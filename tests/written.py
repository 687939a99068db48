"""What the journal holds now, whoever else is busy: the reader that waits for running transactions is tested apart."""

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import events


def written(tx: Connection, *, after: int = 0) -> list[events.Event]:
    """All events whose entry's id is over `after`, in their order."""
    rows = tx.execute(select(t.journal.c.kind, t.journal.c.data).where(t.journal.c.id > after).order_by(t.journal.c.id))
    return [events.decode(row.kind, row.data) for row in rows]


def last_id(tx: Connection) -> int:
    """The id of the newest entry; 0 when there is none."""
    return tx.execute(select(t.journal.c.id).order_by(t.journal.c.id.desc()).limit(1)).scalar() or 0
