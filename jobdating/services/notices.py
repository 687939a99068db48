"""Puts the messages a booking causes in the outbox, in its own transaction. Sends nothing itself.

The context of a message holds ids only; the outbox reads names and times when it composes, so a message that waits
never tells an old time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.domain.slots import Span
from jobdating.domain.states import Party

REMINDERS = (timedelta(days=1), timedelta(minutes=15))
GATHERED = timedelta(minutes=30)  # requests of that time are one mail to the stand

_RECIPIENT = Statement(
    select(t.accounts.c.email, t.accounts.c.language, t.bookings.c.starts_at)
    .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
    .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
    .where(t.bookings.c.id == bindparam("booking_id"))
)
_COLUMNS = ("kind", "recipient", "language", "context", "made_at", "due_at")
_PUT = Statement(insert(t.outbox).values({name: bindparam(name) for name in _COLUMNS} | {"attempts": 0}))


def _several(count: int) -> Statement:
    """`count` messages in one statement: every statement of a booking is a turn that other threads may take."""
    return Statement(
        insert(t.outbox).values(
            [
                {name: bindparam(f"{name}_{n}", type_=t.outbox.c[name].type) for name in _COLUMNS} | {"attempts": 0}
                for n in range(count)
            ]
        )
    )


_PUT_SEVERAL = {count: _several(count) for count in range(1, len(REMINDERS) + 2)}


def booked(tx: Connection, booking_id: int, *, now: datetime) -> None:
    """A confirmation now, and the reminders before the interview."""
    _put_with_reminders(tx, "booked", booking_id, now=now)


def moved(tx: Connection, booking_id: int, *, now: datetime) -> None:
    """The new time now, and reminders before it; a reminder of the old time finds that it is no longer due."""
    _put_with_reminders(tx, "moved", booking_id, now=now)


def moved_together(tx: Connection, booking_ids: Iterable[int], *, now: datetime) -> None:
    """The same as `moved` for many at once, in two statements: when a whole grid moves."""
    chosen = t.bookings.c.id.in_(list(booking_ids))
    recipients = tx.execute(
        select(t.bookings.c.id, t.accounts.c.email, t.accounts.c.language, t.bookings.c.starts_at)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .where(chosen)
        .order_by(t.bookings.c.id)
    ).all()
    rows = [
        {
            "kind": kind, "recipient": row.email, "language": row.language, "made_at": now, "due_at": due_at,
            "context": {"booking_id": row.id, "due_at": due_at.isoformat()},
        }
        for row in recipients
        for kind, due_at in (("moved", now), *(("reminder", row.starts_at - before) for before in REMINDERS))
        if kind == "moved" or due_at > now
    ]  # fmt: skip
    if rows:
        tx.execute(insert(t.outbox), rows)


def in_line(tx: Connection, booking_id: int, *, was: Span, now: datetime) -> None:
    """The time they had is no longer theirs, their place in the line is; their calendar is told which one goes."""
    _put(tx, "in_line", booking_id, now=now, starts_at=was.start.isoformat(), ends_at=was.end.isoformat())


def offered(tx: Connection, booking_id: int, *, now: datetime) -> None:
    """A place is held for them: accept before it expires."""
    _put(tx, "offered", booking_id, now=now)


def cancelled(tx: Connection, booking_id: int, *, by: Party, now: datetime) -> None:
    """Told to the candidate, with who cancelled."""
    _put(tx, "cancelled", booking_id, now=now, by=by.value)


def asked(tx: Connection, stand_id: int, *, now: datetime) -> None:
    """Somebody waits for the stand's yes: told to its recruiters in half an hour, with whoever asks until then."""
    recruiters = tx.execute(
        select(t.accounts.c.email, t.accounts.c.language)
        .join(t.recruiters, t.recruiters.c.account_id == t.accounts.c.id)
        .where(t.recruiters.c.stand_id == stand_id)
        .order_by(t.accounts.c.id)
    ).all()
    waiting = t.outbox.c.sent_at.is_(None) & t.outbox.c.failed_at.is_(None) & (t.outbox.c.kind == "to_confirm")
    told = {
        row.recipient
        for row in tx.execute(select(t.outbox.c.recipient, t.outbox.c.context).where(waiting))
        if row.context["stand_id"] == stand_id
    }
    for recruiter in recruiters:
        if recruiter.email not in told:
            _PUT.run(
                tx,
                kind="to_confirm",
                recipient=recruiter.email,
                language=recruiter.language,
                context={"stand_id": stand_id},
                made_at=now,
                due_at=now + GATHERED,
            )


def called(tx: Connection, booking_id: int, *, now: datetime) -> None:
    """It is their turn: for those who are not looking at the page."""
    _put(tx, "called", booking_id, now=now)


def sign_in(
    tx: Connection, nonce: str, *, recipient: str, language: str, back: str, until: datetime, now: datetime
) -> None:
    """The link and the code to sign in with. Both are derived when the mail is written, from the nonce."""
    _PUT.run(
        tx,
        kind="sign_in",
        recipient=recipient,
        language=language,
        context={"nonce": nonce, "back": back, "until": until.isoformat()},
        made_at=now,
        due_at=now,
    )


def to_adult(tx: Connection, kind: str, *, recipient: str, candidate_id: int, about: int, now: datetime) -> None:
    """To a parent who is asked ("parent"), or an adult who was named ("adult"): in the language of the candidate.

    `about` is the row that asks or names.
    """
    language = (
        select(t.accounts.c.language)
        .join(t.candidates, t.candidates.c.account_id == t.accounts.c.id)
        .where(t.candidates.c.id == candidate_id)
    )
    _PUT.run(
        tx,
        kind=kind,
        recipient=recipient,
        language=tx.execute(language).scalar_one(),
        context={"about": about},
        made_at=now,
        due_at=now,
    )


def announced(tx: Connection, announcement_id: int, *, candidate_ids: Iterable[int], now: datetime) -> None:
    """An announcement, to the candidates it is meant for."""
    people = (
        select(t.accounts.c.email, t.accounts.c.language)
        .join(t.candidates, t.candidates.c.account_id == t.accounts.c.id)
        .where(t.candidates.c.id.in_(list(candidate_ids)))
        .order_by(t.candidates.c.id)
    )
    mails = [
        {
            "kind": "announcement",
            "recipient": person.email,
            "language": person.language,
            "context": {"announcement_id": announcement_id},
            "made_at": now,
            "due_at": now,
            "attempts": 0,
        }
        for person in tx.execute(people)
    ]
    if mails:
        tx.execute(insert(t.outbox), mails)


def _put_with_reminders(tx: Connection, kind: str, booking_id: int, *, now: datetime) -> None:
    recipient = _RECIPIENT.first(tx, booking_id=booking_id)
    starts_at: datetime | None = recipient.starts_at
    due = [starts_at - before for before in REMINDERS if starts_at and starts_at - before > now]
    messages = [_message(kind, booking_id, recipient, now=now, due_at=now)]
    messages += [_message("reminder", booking_id, recipient, now=now, due_at=due_at) for due_at in due]
    values = {f"{name}_{n}": value for n, message in enumerate(messages) for name, value in message.items()}
    _PUT_SEVERAL[len(messages)].run(tx, **values)


def _put(tx: Connection, kind: str, booking_id: int, *, now: datetime, **context: str) -> None:
    recipient = _RECIPIENT.first(tx, booking_id=booking_id)
    _PUT.run(tx, **_message(kind, booking_id, recipient, now=now, due_at=now, **context))


def _message(
    kind: str, booking_id: int, recipient: Any, *, now: datetime, due_at: datetime, **context: str
) -> dict[str, object]:
    return {
        "kind": kind,
        "recipient": recipient.email,
        "language": recipient.language,
        "context": {"booking_id": booking_id, "due_at": due_at.isoformat(), **context},
        "made_at": now,
        "due_at": due_at,
    }
