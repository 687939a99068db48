"""Puts the mails of wishes and timetables in the outbox, in the transaction that causes them. Sends nothing itself.

One mail a person, however many interviews changed; contexts hold ids only, as everywhere.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, literal, select

from jobdating.db import tables as t
from jobdating.db.types import Moment
from jobdating.domain.wishing import WISHES_AHEAD
from jobdating.services import notices

CHUNK = 5_000


def wishes_asked(tx: Connection, candidate_ids: Iterable[int], *, stand_id: int | None, now: datetime) -> None:
    """Ask candidates to rank their wishes, or to wish for a stand that looks for their trade."""
    notices.put_all(
        tx,
        [
            _mail("wishes", person, {"candidate_id": person.id, "stand_id": stand_id}, now)
            for person in _people(tx, sorted(candidate_ids))
        ],
    )


def remind_before(tx: Connection, fair_id: int, *, until: datetime | None, now: datetime) -> None:
    """A reminder shortly before the deadline to those who have not ranked then; that of a former deadline is off."""
    c = t.candidates.c
    silent = select(c.id).where(
        c.fair_id == fair_id, ~select(t.wishes.c.rank).where(t.wishes.c.candidate_id == c.id).exists()
    )
    emails = select(t.accounts.c.email).join(t.candidates, c.account_id == t.accounts.c.id).where(c.fair_id == fair_id)
    o = t.outbox.c
    waiting = (o.kind == "wishes", o.sent_at.is_(None), o.failed_at.is_(None), o.due_at > now)
    tx.execute(delete(t.outbox).where(*waiting, o.recipient.in_(emails)))
    if until is None or until - WISHES_AHEAD <= now:
        return
    people = _people(tx, list(tx.execute(silent.order_by(c.id)).scalars()))
    context = {"stand_id": None}
    notices.put_all(
        tx, [_mail("wishes", one, {"candidate_id": one.id, **context}, now, until - WISHES_AHEAD) for one in people]
    )


def published(tx: Connection, fair_id: int, *, now: datetime) -> None:
    """For the first time: the planning to all who have wishes or interviews, and theirs to the recruiters of stands."""
    c, a, r = t.candidates.c, t.accounts.c, t.recruiters.c
    wished = select(t.wishes.c.rank).where(t.wishes.c.candidate_id == c.id).exists()
    booked = select(t.bookings.c.id).where(t.bookings.c.candidate_id == c.id).exists()
    context = notices.in_sql(tx, "'{\"candidate_id\": ' || candidates.id || ', \"changed\": false}'")
    everybody = select(context, a.email, a.language, literal(now, Moment), literal(now, Moment))
    of_fair = everybody.join_from(t.candidates, t.accounts, a.id == c.account_id).where(c.fair_id == fair_id)
    notices.put_selected(tx, "timetable", of_fair.where(wished | booked).order_by(c.id))
    context = notices.in_sql(tx, "'{\"stand_id\": ' || stands.id || '}'")
    staff = select(context, a.email, a.language, literal(now, Moment), literal(now, Moment)).select_from(
        t.recruiters.join(t.stands, t.stands.c.id == r.stand_id).join(t.accounts, a.id == r.account_id)
    )
    notices.put_selected(
        tx, "stand_timetable", staff.where(t.stands.c.fair_id == fair_id, ~t.stands.c.closed).order_by(r.id)
    )


def changed(tx: Connection, candidate_ids: Sequence[int], *, now: datetime) -> None:
    """Later: their planning to those for whom something came or moved."""
    mails = [
        _mail("timetable", one, {"candidate_id": one.id, "changed": True}, now) for one in _people(tx, candidate_ids)
    ]
    notices.put_all(tx, mails)


def _mail(kind: str, person: Any, context: dict[str, Any], now: datetime, due_at: datetime | None = None) -> Any:
    return {
        "kind": kind, "recipient": person.email, "language": person.language, "context": context, "made_at": now,
        "due_at": due_at or now,
    }  # fmt: skip


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
