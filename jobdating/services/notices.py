"""Puts the messages a booking causes in the outbox, in its own transaction. Sends nothing itself.

The context of a message holds ids only; the outbox reads names and times when it composes, so a message that waits
never tells an old time.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    cast,
    insert,
    literal,
    literal_column,
    select,
)

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.db.types import Moment
from jobdating.domain.slots import Span
from jobdating.domain.states import Party

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # due by every clock: for what happens on the wall's, not on the fair's
GATHERED = timedelta(minutes=30)  # requests of that time are one mail to the stand

_COLUMNS = ("kind", "recipient", "language", "context", "made_at", "due_at")
_PUT = Statement(insert(t.outbox).values({name: bindparam(name) for name in _COLUMNS} | {"attempts": 0}))
_OF_BOOKINGS = t.bookings.join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id).join(
    t.accounts, t.accounts.c.id == t.candidates.c.account_id
)
_PUT_ABOUT = Statement(
    insert(t.outbox).from_select(
        [*_COLUMNS, "attempts"],
        select(
            bindparam("kind", type_=String), t.accounts.c.email, t.accounts.c.language, bindparam("context", type_=JSON),
            bindparam("now", type_=Moment), bindparam("now", type_=Moment), literal_column("0"),
        )
        .select_from(_OF_BOOKINGS)
        .where(t.bookings.c.id == bindparam("booking_id")),
    )
)  # fmt: skip


def booked(tx: Connection, booking_id: int, *, now: datetime) -> None:
    """A confirmation."""
    _put(tx, "booked", booking_id, now=now)


def moved(tx: Connection, booking_id: int, *, now: datetime) -> None:
    """The new time."""
    _put(tx, "moved", booking_id, now=now)


def moved_together(tx: Connection, booking_ids: Iterable[int], *, now: datetime) -> None:
    """The same as `moved` for many at once, in one statement: when a whole grid moves."""
    put_about(tx, "moved", t.bookings.c.id.in_(list(booking_ids)), now=now)


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


def to_owner(tx: Connection, account_id: int, *, context: dict[str, Any], now: datetime) -> None:
    """Something about an account itself, at a time of the wall: its owner is told at once."""
    owner = tx.execute(select(t.accounts.c.email, t.accounts.c.language).where(t.accounts.c.id == account_id)).one()
    _PUT.run(
        tx, kind="safety", recipient=owner.email, language=owner.language, context=context, made_at=now,
        due_at=AT_ONCE,
    )  # fmt: skip


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
    context = {"announcement_id": announcement_id}
    put_all(
        tx,
        [
            {
                "kind": "announcement", "recipient": person.email, "language": person.language, "context": context,
                "made_at": now, "due_at": now,
            }
            for person in tx.execute(people)
        ],
    )  # fmt: skip


def put_about(
    tx: Connection, kind: str, *which: ColumnElement[bool], now: datetime, due_at: ColumnElement[Any] | None = None
) -> None:
    """A mail about each of the bookings for which `which` holds, in one statement: they may be thousands."""
    context = in_sql(tx, "'{\"booking_id\": ' || bookings.id || '}'")
    at = literal(now, Moment)
    mails = select(context, t.accounts.c.email, t.accounts.c.language, at, at if due_at is None else due_at)
    put_selected(tx, kind, mails.select_from(_OF_BOOKINGS).where(*which).order_by(t.bookings.c.id))


def put_all(tx: Connection, mails: Iterable[Mapping[str, Any]]) -> None:
    """Mails that were made in Python, each with all of the columns."""
    _PUT.run_all(tx, mails)


def in_sql(tx: Connection, json: str) -> ColumnElement[Any]:
    """The context of mails that a query makes."""
    context: ColumnElement[Any] = literal_column(json)
    return context if tx.dialect.name == "sqlite" else cast(context, JSON)


def put_selected(tx: Connection, kind: str, mails: Select[Any]) -> None:
    """Mails from a query of (context, recipient, language, made_at, due_at)."""
    columns = ["context", "recipient", "language", "made_at", "due_at", "kind", "attempts"]
    tx.execute(insert(t.outbox).from_select(columns, mails.add_columns(literal(kind), literal(0))))


def _put(tx: Connection, kind: str, booking_id: int, *, now: datetime, **context: str) -> None:
    _PUT_ABOUT.run(tx, kind=kind, booking_id=booking_id, context={"booking_id": booking_id, **context}, now=now)
