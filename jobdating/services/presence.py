"""Records who is connected: changes only, batched by the realtime layer. Heartbeats never reach the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Table, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events


def record(tx: Connection, *, candidates: Mapping[int, bool], stands: Mapping[int, bool], now: datetime) -> None:
    """Write who came (True) and who left (False); nothing is written for what was known already."""
    for candidate_id, connected in sorted(candidates.items()):
        if fair_id := _change(tx, t.candidates, candidate_id, connected, now):
            event: events.Event = events.CandidatePresenceChanged(
                fair_id=fair_id, candidate_id=candidate_id, connected=connected
            )
            journal.append(tx, event, at=now)
    for stand_id, connected in sorted(stands.items()):
        if fair_id := _change(tx, t.stands, stand_id, connected, now):
            event = events.StandPresenceChanged(fair_id=fair_id, stand_id=stand_id, connected=connected)
            journal.append(tx, event, at=now)


def connected(tx: Connection) -> tuple[list[int], list[int]]:
    """Candidates and stands that are recorded as connected."""
    candidates, stands = (
        list(tx.execute(select(table.c.id).where(table.c.connected_since.is_not(None))).scalars())
        for table in (t.candidates, t.stands)
    )
    return candidates, stands


def _change(tx: Connection, table: Table, row_id: int, connected: bool, now: datetime) -> int | None:
    columns = table.c
    is_other = columns.connected_since.is_(None) if connected else columns.connected_since.is_not(None)
    done = tx.execute(
        update(table)
        .where(columns.id == row_id, is_other)
        .values(connected_since=now if connected else None, seen_at=now)
    )
    if not done.rowcount:
        return None
    return tx.execute(select(columns.fair_id).where(columns.id == row_id)).scalar_one()
