"""Who did what in a fair, from the journal: sign-ins, readings, exports, consents, and what staff changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, union

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.audit import KINDS, NAMED, Category, category
from jobdating.domain.window import day_span

PAGE = 100
EXPORTED = 50_000


@dataclass(frozen=True)
class Asked:
    """What is looked for. `who` is an account of the staff; `day` is local; `before` an entry's id, to read on."""

    category: Category = Category.ALL
    who: int | None = None
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Entry:
    """One act. `who` is "" for the system and for people without an account; `about` is whom it concerns.

    `detail` is a word of the event: a reason, a way, a state.
    """

    id: int
    at: datetime
    kind: str
    category: Category
    who: str
    email: str
    about: str
    stand: str
    detail: str


@dataclass(frozen=True)
class Page:
    """Entries, the latest first; `next` reads on, None at the end. `staff` are (account, name) to choose from."""

    entries: tuple[Entry, ...]
    next: int | None
    staff: tuple[tuple[int, str], ...]


def page(tx: Connection, fair_id: int, asked: Asked, *, timezone: str, limit: int = PAGE) -> Page:
    """The entries that match. Two statements."""
    j = t.journal.c
    doer, subject = t.accounts.alias("doer"), t.accounts.alias("subject")
    own, person = t.candidates.alias("own"), t.accounts.alias("person")
    account_id = j.data["account_id"].as_integer()
    query = (
        select(
            j.id, j.at, j.kind, j.data, j.account_id,
            doer.c.first_name, doer.c.last_name, doer.c.email,
            subject.c.first_name.label("subject_first"), subject.c.last_name.label("subject_last"),
            person.c.first_name.label("person_first"), person.c.last_name.label("person_last"),
            t.stands.c.name.label("stand"),
        )
        .outerjoin(doer, doer.c.id == j.account_id)
        .outerjoin(subject, subject.c.id == account_id)
        .outerjoin(own, own.c.id == j.data["candidate_id"].as_integer())
        .outerjoin(person, person.c.id == own.c.account_id)
        .outerjoin(t.stands, t.stands.c.id == j.data["stand_id"].as_integer())
        .where(_of_fair(fair_id), _wanted(fair_id, asked.category))
        .order_by(j.id.desc())
        .limit(limit + 1)
    )  # fmt: skip
    rows = tx.execute(_narrowed(query, asked, timezone)).all()
    return Page(
        tuple(_entry(row) for row in rows[:limit]),
        rows[limit - 1].id if len(rows) > limit else None,
        _staff(tx, fair_id),
    )


def _narrowed(query: Select[Any], asked: Asked, timezone: str) -> Select[Any]:
    j = t.journal.c
    if asked.who is not None:
        query = query.where(j.account_id == asked.who)
    if asked.day is not None:
        start, end = day_span(asked.day, timezone)
        query = query.where(j.at >= start, j.at < end)
    return query if asked.before is None else query.where(j.id < asked.before)


def _candidates(fair_id: int) -> Select[Any]:
    return select(t.candidates.c.account_id).where(t.candidates.c.fair_id == fair_id)


def _workers(fair_id: int) -> Any:
    recruits = select(t.recruiters.c.account_id).join(t.stands).where(t.stands.c.fair_id == fair_id)
    return union(recruits, select(t.organisers.c.account_id).where(t.organisers.c.fair_id == fair_id))


def _of_fair(fair_id: int) -> ColumnElement[bool]:
    """What happened in the fair, and what its people did that belongs to no fair: their sign-ins."""
    j = t.journal.c
    account_id = j.data["account_id"].as_integer()
    theirs = or_(account_id.in_(_candidates(fair_id)), account_id.in_(_workers(fair_id)))
    return or_(j.fair_id == fair_id, and_(j.fair_id.is_(None), theirs))


def _wanted(fair_id: int, wanted: Category) -> ColumnElement[bool]:
    j = t.journal.c
    by_staff = and_(j.account_id.is_not(None), j.account_id.not_in(_candidates(fair_id)))
    if wanted is Category.ALL:
        return or_(j.kind.in_(sorted(NAMED)), by_staff)
    if wanted is Category.CHANGES:
        return and_(j.kind.not_in(sorted(NAMED)), by_staff)
    return j.kind.in_(sorted(KINDS[wanted]))


def _staff(tx: Connection, fair_id: int) -> tuple[tuple[int, str], ...]:
    a = t.accounts.c
    rows: Sequence[Any] = tx.execute(
        select(a.id, a.first_name, a.last_name, a.email)
        .where(a.id.in_(_workers(fair_id)))
        .order_by(by_name(a.last_name), a.id)
    ).all()
    return tuple((row.id, f"{row.first_name} {row.last_name}".strip() or row.email) for row in rows)


def _entry(row: Any) -> Entry:
    data: dict[str, Any] = row.data
    about = f"{row.person_first or ''} {row.person_last or ''}".strip()
    if not about and row.subject_first is not None and data.get("account_id") != row.account_id:
        about = f"{row.subject_first} {row.subject_last}".strip()
    words = (data.get(name) for name in ("reason", "way", "change", "permission", "until", "count"))
    return Entry(
        id=row.id,
        at=row.at,
        kind=row.kind,
        category=category(row.kind),
        who=f"{row.first_name or ''} {row.last_name or ''}".strip() or row.email or "",
        email=row.email or "",
        about=about,
        stand=row.stand or "",
        detail=next((str(word) for word in words if word not in (None, "")), ""),
    )
