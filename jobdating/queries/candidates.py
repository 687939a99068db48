"""The candidates of a fair, for its organiser: finding somebody, and all there is to know of one person."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.errors import NotFound
from jobdating.domain.privacy import Permission, waits_for_parent
from jobdating.domain.states import LIVE, WITH_RECRUITER, BookingState, Origin
from jobdating.queries.interviews import trades_of
from jobdating.queries.papers import HAS_YES
from jobdating.queries.preparation import HERE, count, is_in

PAGE = 50


class Kind(StrEnum):
    """Which candidates are listed."""

    ALL = "all"
    HERE = "here"
    BOOKED = "booked"
    NO_BOOKING = "no_booking"
    ABSENT = "absent"
    INCOMPLETE = "incomplete"
    NO_CV = "no_cv"
    CONSENT = "consent"
    PARENT = "parent"


@dataclass(frozen=True)
class Search:
    """What was asked for: words of a name, e-mail or telephone, a site, a kind, a page from 1."""

    words: str = ""
    site_id: int | None = None
    kind: Kind = Kind.ALL
    page: int = 1


@dataclass(frozen=True)
class Listed:
    """One candidate in the list."""

    candidate_id: int
    name: str
    email: str
    phone: str
    site: str
    level: str
    trades: tuple[str, ...]
    live: int
    done: int
    absent: int
    here: bool
    has_cv: bool
    next_at: datetime | None
    permission: str


@dataclass(frozen=True)
class Found:
    """A page of candidates; `total` counts all that match. `sites` are (id, name) to choose from."""

    people: tuple[Listed, ...]
    total: int
    pages: int
    sites: tuple[tuple[int, str], ...]


def search(tx: Connection, fair_id: int, asked: Search) -> Found:
    """The candidates that match, by name; accents and case do not matter. Four statements."""
    rows = [row for row in _candidates(tx, fair_id) if _matches(row, asked)]
    first = (max(1, asked.page) - 1) * PAGE
    shown = rows[first : first + PAGE]
    trades = trades_of(tx, [row.id for row in shown])
    sites = tx.execute(
        select(t.sites.c.id, t.sites.c.name).where(t.sites.c.fair_id == fair_id).order_by(by_name(t.sites.c.name))
    )
    return Found(
        people=tuple(_listed(row, tuple(trades[row.id])) for row in shown),
        total=len(rows),
        pages=-(-len(rows) // PAGE) or 1,
        sites=tuple((row.id, row.name) for row in sites),
    )


def fold(text: str) -> str:
    """Without accents, case or spaces at the ends: how names are compared."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()


def _candidates(tx: Connection, fair_id: int) -> Sequence[Any]:
    booking = t.bookings
    summary = (
        select(
            booking.c.candidate_id,
            count(is_in(*LIVE)).label("live"),
            count(is_in(BookingState.DONE)).label("done"),
            count(is_in(BookingState.NO_SHOW)).label("absent"),
            count(HERE).label("here"),
            func.min(booking.c.starts_at).filter(is_in(*LIVE)).label("next_at"),
        )
        .where(booking.c.fair_id == fair_id)
        .group_by(booking.c.candidate_id)
        .subquery()
    )
    has_trade = (
        select(t.candidate_trades.c.trade).where(t.candidate_trades.c.candidate_id == t.candidates.c.id).exists()
    )
    return tx.execute(
        select(
            t.candidates.c.id,
            t.candidates.c.site_id,
            t.candidates.c.level,
            t.candidates.c.permission,
            t.candidates.c.age_band,
            HAS_YES.label("parent_agreed"),
            t.candidates.c.connected_since,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.accounts.c.email,
            t.accounts.c.phone,
            t.sites.c.name.label("site"),
            t.documents.c.id.label("document"),
            has_trade.label("has_trade"),
            summary,
        )
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .outerjoin(t.sites, t.sites.c.id == t.candidates.c.site_id)
        .outerjoin(t.documents, t.documents.c.candidate_id == t.candidates.c.id)
        .outerjoin(summary, summary.c.candidate_id == t.candidates.c.id)
        .where(t.candidates.c.fair_id == fair_id)
        .order_by(by_name(t.accounts.c.last_name), by_name(t.accounts.c.first_name), t.candidates.c.id)
    ).all()


def _matches(row: Any, asked: Search) -> bool:
    if asked.site_id is not None and row.site_id != asked.site_id:
        return False
    wanted = {
        Kind.ALL: True,
        Kind.HERE: bool(row.here) or row.connected_since is not None,
        Kind.BOOKED: bool(row.live),
        Kind.NO_BOOKING: not (row.live or row.done or row.absent),
        Kind.ABSENT: bool(row.absent),
        Kind.INCOMPLETE: not (row.level and row.has_trade),
        Kind.NO_CV: row.document is None,
        Kind.CONSENT: row.permission != Permission.GIVEN,
        Kind.PARENT: waits_for_parent(row.age_band, row.permission) and not row.parent_agreed,
    }[asked.kind]
    if not wanted:
        return False
    digits = "".join(c for c in asked.words if c.isdigit())
    phone = "".join(c for c in row.phone or "" if c.isdigit())
    if len(digits) >= 4 and digits.removeprefix("33").removeprefix("0") in phone:
        return True
    said = fold(f"{row.first_name} {row.last_name} {row.email}")
    return all(word in said for word in fold(asked.words).split())


def _listed(row: Any, trades: tuple[str, ...]) -> Listed:
    return Listed(
        candidate_id=row.id,
        name=f"{row.first_name} {row.last_name}".strip(),
        email=row.email,
        phone=row.phone or "",
        site=row.site or "",
        level=row.level,
        trades=trades,
        live=row.live or 0,
        done=row.done or 0,
        absent=row.absent or 0,
        here=bool(row.here) or row.connected_since is not None,
        has_cv=row.document is not None,
        next_at=row.next_at,
        permission=row.permission,
    )


@dataclass(frozen=True)
class Interview:
    """One booking of a person, cancelled ones too."""

    booking_id: int
    stand_id: int
    stand: str
    state: BookingState
    origin: Origin
    starts_at: datetime | None
    queued_at: datetime
    ended_at: datetime | None
    aside: bool
    cancelled_by: str


@dataclass(frozen=True)
class Wish:
    """A stand somebody ranked."""

    rank: int
    stand_id: int
    stand: str
    eligible: bool


@dataclass(frozen=True)
class Person:
    """All an organiser needs to help one candidate."""

    candidate_id: int
    fair_id: int
    name: str
    email: str
    phone: str
    language: str
    site: str
    level: str
    age_band: str
    permission: str
    trades: tuple[str, ...]
    about: str
    registered_at: datetime
    connected_since: datetime | None
    seen_at: datetime | None
    cv: str
    interviews: tuple[Interview, ...]
    wishes: tuple[Wish, ...]
    waits_at: tuple[str, ...]


def person(tx: Connection, fair_id: int, candidate_id: int) -> Person:
    """One candidate of the fair. Six statements. Raises NotFound."""
    row = tx.execute(
        select(
            t.candidates,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.accounts.c.email,
            t.accounts.c.phone,
            t.accounts.c.language,
            func.coalesce(t.sites.c.name, "").label("site"),
            func.coalesce(t.documents.c.filename, "").label("cv"),
        )
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .outerjoin(t.sites, t.sites.c.id == t.candidates.c.site_id)
        .outerjoin(t.documents, t.documents.c.candidate_id == t.candidates.c.id)
        .where(t.candidates.c.id == candidate_id, t.candidates.c.fair_id == fair_id)
    ).first()
    if row is None:
        raise NotFound(what="candidate")
    wishes = tx.execute(
        select(t.wishes, t.stands.c.name)
        .join(t.stands, t.stands.c.id == t.wishes.c.stand_id)
        .where(t.wishes.c.candidate_id == candidate_id)
        .order_by(t.wishes.c.rank)
    )
    waits = tx.execute(
        select(t.stands.c.name)
        .join(t.waitlist, t.waitlist.c.stand_id == t.stands.c.id)
        .where(t.waitlist.c.candidate_id == candidate_id)
        .order_by(t.waitlist.c.joined_at)
    ).scalars()
    return Person(
        candidate_id=row.id,
        fair_id=fair_id,
        name=f"{row.first_name} {row.last_name}".strip() or row.email,
        email=row.email,
        phone=row.phone or "",
        language=row.language,
        site=row.site,
        level=row.level,
        age_band=row.age_band,
        permission=row.permission,
        trades=tuple(trades_of(tx, [candidate_id])[candidate_id]),
        about=row.about,
        registered_at=row.registered_at,
        connected_since=row.connected_since,
        seen_at=row.seen_at,
        cv=row.cv,
        interviews=_interviews(tx, candidate_id),
        wishes=tuple(Wish(wish.rank, wish.stand_id, wish.name, wish.eligible) for wish in wishes),
        waits_at=tuple(waits),
    )


def _interviews(tx: Connection, candidate_id: int) -> tuple[Interview, ...]:
    rows = tx.execute(
        select(t.bookings, t.stands.c.name.label("stand"))
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .where(t.bookings.c.candidate_id == candidate_id)
        .order_by(t.bookings.c.queued_at, t.bookings.c.id)
    )
    return tuple(
        Interview(
            booking_id=row.id,
            stand_id=row.stand_id,
            stand=row.stand,
            state=BookingState(row.state),
            origin=Origin(row.origin),
            starts_at=row.starts_at,
            queued_at=row.queued_at,
            ended_at=row.ended_at,
            aside=row.stepped_aside_at is not None and row.state not in WITH_RECRUITER,
            cancelled_by=row.cancelled_by or "",
        )
        for row in rows
    )


@dataclass(frozen=True)
class Happened:
    """One thing that was done about somebody: when, what, at which stand, and by whom ("" for the system)."""

    at: datetime
    kind: str
    stand: str
    starts_at: datetime | None
    by: str
    own: bool


def history(tx: Connection, fair_id: int, candidate_id: int, *, limit: int = 60) -> list[Happened]:
    """What the journal says about somebody, the latest first. One statement."""
    data = t.journal.c.data
    doer = t.accounts
    rows = tx.execute(
        select(
            t.journal.c.at,
            t.journal.c.kind,
            t.journal.c.account_id,
            t.stands.c.name.label("stand"),
            t.slots.c.starts_at,
            doer.c.first_name,
            doer.c.last_name,
            t.candidates.c.account_id.label("own"),
        )
        .select_from(t.journal)
        .join(t.candidates, t.candidates.c.id == candidate_id)
        .outerjoin(t.stands, t.stands.c.id == data["stand_id"].as_integer())
        .outerjoin(t.slots, t.slots.c.id == data["slot_id"].as_integer())
        .outerjoin(doer, doer.c.id == t.journal.c.account_id)
        .where(
            t.journal.c.fair_id == fair_id,
            data["candidate_id"].as_integer() == candidate_id,
            t.journal.c.kind != "CandidatePresenceChanged",
        )
        .order_by(t.journal.c.id.desc())
        .limit(limit)
    )
    return [
        Happened(
            at=row.at,
            kind=row.kind,
            stand=row.stand or "",
            starts_at=row.starts_at,
            by=f"{row.first_name or ''} {row.last_name or ''}".strip(),
            own=row.account_id is not None and row.account_id == row.own,
        )
        for row in rows
    ]
