"""Puts the mails of wishes and timetables in the outbox, in the transaction that causes them. Sends nothing itself.

One mail a person, however many interviews changed; contexts hold ids only, as everywhere.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.services.notices import REMINDERS

CHUNK = 5_000
_COLUMNS = ("kind", "recipient", "language", "context", "made_at", "due_at")
_INSERT = Statement(insert(t.outbox).values({name: bindparam(name) for name in _COLUMNS} | {"attempts": 0}))


def wishes_asked(tx: Connection, candidate_ids: Iterable[int], *, stand_id: int | None, now: datetime) -> None:
    """Ask candidates to rank their wishes, or to wish for a stand that looks for their trade."""
    _put(
        tx,
        [
            _mail("wishes", person, {"candidate_id": person.id, "stand_id": stand_id}, now)
            for person in _people(tx, sorted(candidate_ids))
        ],
    )


def published(
    tx: Connection, fair_id: int, *, candidate_ids: Sequence[int] | None, booking_ids: Sequence[int], now: datetime
) -> None:
    """The planning to each candidate, and the usual reminders before each interview.

    The first time (`candidate_ids` is None) to all who have wishes or interviews, and to the recruiters of each stand.
    """
    first = candidate_ids is None
    chosen = _concerned(tx, fair_id) if candidate_ids is None else list(candidate_ids)
    people = {person.id: person for person in _people(tx, chosen)}
    mails = [
        _mail("timetable", person, {"candidate_id": person.id, "changed": not first}, now) for person in people.values()
    ]
    if first:
        mails += [_mail("stand_timetable", person, {"stand_id": person.id}, now) for person in _recruiters(tx, fair_id)]
    for booking in _bookings(tx, booking_ids):
        for before in REMINDERS:
            due_at = booking.starts_at - before
            if due_at > now and booking.candidate_id in people:
                context = {"booking_id": booking.id, "due_at": due_at.isoformat()}
                mails.append(_mail("reminder", people[booking.candidate_id], context, now, due_at))
    _put(tx, mails)


def _mail(kind: str, person: Any, context: dict[str, Any], now: datetime, due_at: datetime | None = None) -> Any:
    return {
        "kind": kind, "recipient": person.email, "language": person.language, "context": context, "made_at": now,
        "due_at": due_at or now,
    }  # fmt: skip


def _put(tx: Connection, mails: list[Any]) -> None:
    _INSERT.run_all(tx, mails)


def _people(tx: Connection, candidate_ids: Sequence[int]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(candidate_ids), CHUNK):
        found += tx.execute(
            select(t.candidates.c.id, t.accounts.c.email, t.accounts.c.language)
            .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
            .where(t.candidates.c.id.in_(candidate_ids[start : start + CHUNK]))
            .order_by(t.candidates.c.id)
        )
    return found


def _concerned(tx: Connection, fair_id: int) -> list[int]:
    wished = select(t.wishes.c.rank).where(t.wishes.c.candidate_id == t.candidates.c.id).exists()
    booked = select(t.bookings.c.id).where(t.bookings.c.candidate_id == t.candidates.c.id).exists()
    query = select(t.candidates.c.id).where(t.candidates.c.fair_id == fair_id, wished | booked)
    return list(tx.execute(query.order_by(t.candidates.c.id)).scalars())


def _recruiters(tx: Connection, fair_id: int) -> list[Any]:
    """Each with the id of their stand; who works at several gets a mail for each."""
    return list(
        tx.execute(
            select(t.stands.c.id, t.accounts.c.email, t.accounts.c.language)
            .select_from(t.recruiters)
            .join(t.stands, t.stands.c.id == t.recruiters.c.stand_id)
            .join(t.accounts, t.accounts.c.id == t.recruiters.c.account_id)
            .where(t.stands.c.fair_id == fair_id, ~t.stands.c.closed)
            .order_by(t.stands.c.id, t.accounts.c.id)
        )
    )


def _bookings(tx: Connection, ids: Sequence[int]) -> list[Any]:
    b = t.bookings.c
    found: list[Any] = []
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        found += tx.execute(select(b.id, b.candidate_id, b.starts_at).where(b.id.in_(some)).order_by(b.id))
    return found
