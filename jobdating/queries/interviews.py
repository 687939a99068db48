"""Bookings as their stand sees them: who they are, how present, and what was written. Nothing of other stands' notes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain import naming
from jobdating.domain.line import Facts
from jobdating.domain.queue import due_at
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState, NextStep, Origin
from jobdating.queries import expected as expecting
from jobdating.queries.elsewhere import Elsewhere, elsewhere, left_at, yielded
from jobdating.queries.expected import Expected


class Presence(StrEnum):
    """How present somebody really is, the strongest sign first."""

    ELSEWHERE = "elsewhere"  # called or in an interview at another stand
    YIELDED = "yielded"  # this stand lets another go first with them
    ASIDE = "aside"  # asked for a moment
    LATE = "late"  # on the way: said when they come
    IN_ROOM = "in_room"  # clicked into the room
    PHONE = "phone"  # cannot connect, waits to be phoned
    HERE = "here"  # checked in, and connected
    LOST = "lost"  # checked in, but the connection is gone
    CONNECTED = "connected"  # has the page open, has not said "je suis là"
    EXPECTED = "expected"  # not yet


_PRESENT = frozenset({Presence.IN_ROOM, Presence.PHONE, Presence.HERE, Presence.LOST, Presence.CONNECTED})


@dataclass(frozen=True)
class Entry:
    """One booking as its stand sees it. Times in UTC; `low` is the expected call of somebody who waits.

    Walk-ins have no `starts_at` until they are called. `since` is when the presence began, where that is known.
    `elsewhere` is the other stand that has them, or goes first. `phone` is theirs to this stand alone, from the call
    to the end of an interview they asked to have by telephone. `facts` is what the rules of the line decide by.
    """

    booking_id: int
    candidate_id: int
    first_name: str
    name: str
    level: str
    trades: tuple[str, ...]
    age_band: str
    site: str
    wish: int | None
    has_cv: bool
    state: BookingState
    origin: Origin
    starts_at: datetime | None
    ends_at: datetime | None
    due_at: datetime
    low: datetime | None
    expected: Expected | None
    presence: Presence
    since: datetime | None
    elsewhere: Elsewhere | None
    phone: str
    facts: Facts
    checked_in_at: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    extra: timedelta
    candidate_in_room_at: datetime | None
    expires_at: datetime | None
    note: str
    rating: int | None
    next_step: NextStep
    reviewed_at: datetime | None

    @property
    def walk_in(self) -> bool:
        return self.origin is Origin.WALK_IN

    @property
    def present(self) -> bool:
        """Can be called: a dropped connection (a locked phone) costs nobody their turn."""
        return self.presence in _PRESENT

    @property
    def by_phone(self) -> bool:
        return self.facts.by_phone

    @property
    def may_be_called(self) -> bool:
        return self.state in WAITING and self.presence is not Presence.ELSEWHERE

    @property
    def to_review(self) -> bool:
        """Done, and nothing is decided: the stand still owes an answer."""
        return self.state is BookingState.DONE and self.next_step is NextStep.UNDECIDED


def entries(tx: Connection, stand_id: int, *conditions: Any) -> tuple[Entry, ...]:
    """Bookings of a stand that were not cancelled, by time. Four statements."""
    rows = tx.execute(
        select(
            t.bookings,
            t.candidates.c.level,
            t.candidates.c.age_band,
            t.candidates.c.connected_since,
            t.candidates.c.seen_at,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.accounts.c.phone,
            func.coalesce(t.sites.c.name, "").label("site"),
            *expecting.COLUMNS,
            t.wishes.c.rank.label("wish"),
            t.documents.c.id.is_not(None).label("has_cv"),
        )
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .outerjoin(t.sites, t.sites.c.id == t.candidates.c.site_id)
        .outerjoin(t.estimates, t.estimates.c.booking_id == t.bookings.c.id)
        .outerjoin(
            t.wishes,
            and_(t.wishes.c.candidate_id == t.bookings.c.candidate_id, t.wishes.c.stand_id == t.bookings.c.stand_id),
        )
        .outerjoin(t.documents, t.documents.c.candidate_id == t.bookings.c.candidate_id)
        .where(t.bookings.c.stand_id == stand_id, t.bookings.c.state != BookingState.CANCELLED.value, *conditions)
        .order_by(t.bookings.c.queued_at, t.bookings.c.id)
    ).all()
    ids = {row.candidate_id for row in rows}
    trades = trades_of(tx, ids)
    busy = elsewhere(tx, t.bookings.c.candidate_id.in_(ids), t.bookings.c.stand_id != stand_id)
    behind = yielded(tx, t.bookings.c.stand_id == stand_id)
    return tuple(
        _entry(row, tuple(trades[row.candidate_id]), busy.get(row.candidate_id), behind.get(row.id)) for row in rows
    )


def trades_of(tx: Connection, candidate_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    chosen = t.candidate_trades.c.candidate_id.in_(list(candidate_ids))
    for row in tx.execute(select(t.candidate_trades).where(chosen).order_by(by_name(t.candidate_trades.c.trade))):
        found[row.candidate_id].append(row.trade)
    return found


# The columns of a booking that `facts` reads.
FACTS = tuple(
    t.bookings.c[name]
    for name in (
        "id", "stand_id", "candidate_id", "slot_id", "state", "origin", "starts_at", "queued_at", "checked_in_at",
        "stepped_aside_at", "late_until", "phone_asked_at", "early_asked_at", "early_agreed_at", "early_refused_at",
        "gap_taken_at", "called_at", "candidate_in_room_at",
    )
)  # fmt: skip


def facts(row: Any, other: Elsewhere | None) -> Facts:
    """What the rules of the line need of a row of `bookings` with the candidate's presence and the expected `low`."""
    booked_at: datetime | None = row.starts_at if row.slot_id is not None else None
    walk_in = row.origin == Origin.WALK_IN
    due = due_at(booked_at=booked_at, queued_at=row.queued_at, walk_in=walk_in, expected_at=row.low)
    return Facts(
        booking_id=row.id,
        candidate_id=row.candidate_id,
        state=BookingState(row.state),
        due_at=row.gap_taken_at or due,
        booked_at=booked_at if booked_at or walk_in else row.queued_at,
        connected=row.connected_since is not None,
        left_at=left_at(row),
        checked_in_at=row.checked_in_at,
        stepped_aside_at=row.stepped_aside_at,
        late_until=row.late_until,
        phone_asked_at=row.phone_asked_at,
        asked_at=row.early_asked_at,
        agreed_at=row.early_agreed_at,
        refused_at=row.early_refused_at,
        gap_taken_at=row.gap_taken_at,
        called_at=row.called_at,
        in_room_at=row.candidate_in_room_at,
        busy_until=other.until if other else None,
        walk_in=walk_in,
    )


def _entry(row: Row[Any], trades: tuple[str, ...], busy: Elsewhere | None, behind: Elsewhere | None) -> Entry:
    known = facts(row, busy or behind)
    presence, since = _presence(row, known, busy, behind)
    offered = row.state == BookingState.HELD  # has not said yes: no surname yet
    phoned = known.by_phone and row.state in WITH_RECRUITER
    return Entry(
        booking_id=row.id,
        candidate_id=row.candidate_id,
        first_name=row.first_name,
        name=short_name(row) if offered else f"{row.first_name} {row.last_name}".strip(),
        level=row.level,
        trades=trades,
        age_band=row.age_band,
        site=row.site,
        wish=row.wish,
        has_cv=bool(row.has_cv) and not offered,
        state=BookingState(row.state),
        origin=Origin(row.origin),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        due_at=known.due_at,
        low=row.low,
        expected=expecting.of(row),
        presence=presence,
        since=since,
        elsewhere=busy or behind,
        phone=(row.phone or "") if phoned else "",
        facts=known,
        checked_in_at=row.checked_in_at,
        called_at=row.called_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        extra=timedelta(minutes=row.extra_minutes),
        candidate_in_room_at=row.candidate_in_room_at,
        expires_at=row.expires_at,
        note=row.note,
        rating=row.rating,
        next_step=NextStep(row.next_step),
        reviewed_at=row.reviewed_at,
    )


def short_name(row: Any) -> str:
    """ "Camille G.": all a stand may know of somebody who has no interview with it."""
    return naming.short(row.first_name, row.last_name)


def _presence(
    row: Row[Any], known: Facts, busy: Elsewhere | None, behind: Elsewhere | None
) -> tuple[Presence, datetime | None]:
    if busy is not None:
        return Presence.ELSEWHERE, busy.since
    if behind is not None and known.is_waiting:
        return Presence.YIELDED, behind.since
    if row.stepped_aside_at is not None:
        return Presence.ASIDE, row.stepped_aside_at
    if row.late_until is not None and known.is_waiting:
        return Presence.LATE, row.late_until
    if row.candidate_in_room_at is not None:
        return Presence.IN_ROOM, row.candidate_in_room_at
    if row.phone_asked_at is not None:
        return Presence.PHONE, row.phone_asked_at
    if row.checked_in_at is not None:
        return (Presence.HERE, row.checked_in_at) if known.left_at is None else (Presence.LOST, known.left_at)
    if row.connected_since is not None:
        return Presence.CONNECTED, row.connected_since
    return Presence.EXPECTED, None
