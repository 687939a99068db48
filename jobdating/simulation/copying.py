"""Copies one fair into an empty database of its own, as it will be on the morning of a day. The original is only read.

People come along as numbers: no name, address, note, file or message. Nothing that could leave is copied (mails,
sessions, tokens), and the copy begins with a journal of its own.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, Text, and_, delete, insert, or_, select, update

from jobdating.db import tables as t
from jobdating.db.types import Moment
from jobdating.domain.states import BookingState
from jobdating.domain.window import day_span

# What a rehearsal has no use for: what is sent, who signs in, files, the past.
_LEFT = frozenset(
    {
        "adults", "announcements", "api_tokens", "attendance", "consents", "documents", "estimates", "idempotency",
        "journal", "meta", "outbox", "organisers", "parents", "rehearsals", "repairs", "sessions", "sign_ins", "uploads",
    }
)  # fmt: skip
_PLANNED = frozenset({"starts_at", "ends_at", "expires_at"})
_CHUNK = 2_000
_FREE = [BookingState.HELD.value, BookingState.REQUESTED.value, BookingState.CANCELLED.value]


def rows_of(tx: Connection, fair_id: int) -> dict[str, list[dict[str, Any]]]:
    """All that belongs to a fair, table by table, in an order in which it can be inserted."""
    known: dict[str, ColumnElement[bool]] = {"fairs": t.fairs.c.id == fair_id, "accounts": _accounts(fair_id)}
    found: dict[str, list[dict[str, Any]]] = {}
    for table in t.metadata.sorted_tables:
        if table.name in _LEFT:
            continue
        where = known.get(table.name)
        if where is None:
            where = _belongs(table, fair_id, known)
        if where is None:
            continue
        known[table.name] = where
        found[table.name] = [_bare(table, row._mapping) for row in tx.execute(select(table).where(where))]
    return found


def fill(tx: Connection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Insert the rows into an empty database."""
    for name, some in rows.items():
        table = t.metadata.tables[name]
        for start in range(0, len(some), _CHUNK):
            tx.execute(insert(table), some[start : start + _CHUNK])


def dawn(tx: Connection, fair_id: int, *, day: date) -> None:
    """Make it the morning of the day: nobody is here, nobody was called, other days are not in the way."""
    fair = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).one()
    start, end = day_span(day, fair.timezone)
    b, of_fair = t.bookings.c, t.bookings.c.fair_id == fair_id
    tx.execute(delete(t.bookings).where(of_fair, or_(b.queued_at < start, b.queued_at >= end, b.slot_id.is_(None))))
    stands = select(t.stands.c.id).where(t.stands.c.fair_id == fair_id)
    other_day = or_(t.slots.c.starts_at < start, t.slots.c.starts_at >= end)
    tx.execute(delete(t.slots).where(t.slots.c.stand_id.in_(stands), other_day))
    tx.execute(delete(t.bookings).where(of_fair, b.state == BookingState.CANCELLED.value))
    happened = {
        column.name: None
        for column in t.bookings.columns
        if column.nullable and isinstance(column.type, Moment) and column.name not in _PLANNED
    }
    tx.execute(
        update(t.bookings)
        .where(of_fair, b.state.not_in(_FREE))
        .values(**happened, state=BookingState.BOOKED.value, extra_minutes=0, previous_state=None)
    )
    gone = {"connected_since": None, "seen_at": None}
    tx.execute(update(t.stands).where(t.stands.c.fair_id == fair_id).values(**gone, away_since=None, delay_minutes=0))
    tx.execute(update(t.candidates).where(t.candidates.c.fair_id == fair_id).values(**gone, checked_in_on=None))
    alone = {"first_day": day, "last_day": day, "live_day": None, "free_from": None}
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(**alone))


def _accounts(fair_id: int) -> ColumnElement[bool]:
    candidates = select(t.candidates.c.account_id).where(t.candidates.c.fair_id == fair_id)
    stands = select(t.stands.c.id).where(t.stands.c.fair_id == fair_id)
    recruiters = select(t.recruiters.c.account_id).where(t.recruiters.c.stand_id.in_(stands))
    return t.accounts.c.id.in_(candidates.union(recruiters))


def _belongs(table: Table, fair_id: int, known: dict[str, ColumnElement[bool]]) -> ColumnElement[bool] | None:
    """Rows of the fair: by its id, or because all that they point at was copied. None where nothing ties them to it."""
    if "fair_id" in table.c:
        return _tied(table, known, table.c.fair_id == fair_id)
    owned = any(key.column.table.name != "accounts" for key in table.foreign_keys)
    return _tied(table, known) if owned else None


def _tied(
    table: Table, known: dict[str, ColumnElement[bool]], *conditions: ColumnElement[bool]
) -> ColumnElement[bool] | None:
    tied: list[ColumnElement[bool]] = list(conditions)
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        target = key.column.table
        if target.name in {"fairs", table.name}:
            continue
        if target.name not in known:
            return None
        there = key.parent.in_(select(key.column).where(known[target.name]))
        tied.append(or_(key.parent.is_(None), there) if key.parent.nullable else there)
    return and_(*tied)


def _bare(table: Table, row: Any) -> dict[str, Any]:
    """A row without what somebody wrote or how they are called."""
    values = dict(row)
    if table.name == "accounts":
        return {
            "id": values["id"], "email": f"{values['id']}@rehearsal.invalid", "created_at": values["created_at"],
            "language": values["language"],
        }  # fmt: skip
    return {name: value for name, value in values.items() if not _is_text(table, name) or value is None}


def _is_text(table: Table, name: str) -> bool:
    column = table.c[name]
    return isinstance(column.type, Text) and (column.nullable or column.server_default is not None)
