"""All that a timetable is made from, in one snapshot: slots, people and wishes, bookings, decisions, opinions."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.common_grid import Place
from jobdating.domain.errors import NotFound
from jobdating.domain.privacy import may_take
from jobdating.domain.slots import Span
from jobdating.domain.states import COUNTED, BookingState, Origin, Party, SlotState
from jobdating.domain.wishing import Decision


@dataclass(frozen=True)
class Wish:
    """`eligible` says that the two share a trade."""

    stand_id: int
    eligible: bool


@dataclass(frozen=True)
class Person:
    """A candidate with the wishes in their order. `available` is None for who is free all the fair.

    `may_meet` is False for who has not agreed (or whose parents have not): nobody gives them a place.
    """

    candidate_id: int
    available: tuple[Span, ...] | None
    wishes: tuple[Wish, ...]
    registered_at: datetime
    site: str
    level: str
    age_band: str
    trades: tuple[str, ...]
    may_meet: bool


@dataclass(frozen=True)
class Held:
    """A booking that counts. `movable` says that the timetable gave it, and nothing has begun."""

    booking_id: int
    candidate_id: int
    stand_id: int
    slot_id: int | None
    span: Span | None
    movable: bool


@dataclass(frozen=True)
class StandOf:
    """A stand by name, with the trades it looks for; `site` and `town` are where it is."""

    stand_id: int
    name: str
    site: str
    town: str
    trades: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """`places` are slots that can be given now; `lengths` the spans of all slots, so that bookings find theirs.

    `favourites` are, by stand, whom it would like to meet, best first; `refused` and `given_up` are (candidate, stand):
    pairs that the stand does not want, and that one of the two cancelled or missed.
    """

    fair_id: int
    slug: str
    timezone: str
    cap: int
    gap: timedelta
    stands: tuple[StandOf, ...]
    places: tuple[Place, ...]
    closed: frozenset[int]
    people: tuple[Person, ...]
    held: tuple[Held, ...]
    decisions: dict[tuple[int, int], Decision]
    favourites: dict[int, tuple[int, ...]]
    refused: frozenset[tuple[int, int]]
    given_up: frozenset[tuple[int, int]]


def snapshot(tx: Connection, fair_id: int, *, now: datetime) -> Snapshot:
    """Eleven statements. Slots that start too soon to be taken are closed. Raises NotFound."""
    fair = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    if fair is None:
        raise NotFound(what="fair")
    places, closed = _places(tx, fair_id, now + timedelta(minutes=fair.lead_minutes))
    favourites, refused = _opinions(tx, fair_id)
    return Snapshot(
        fair_id=fair_id,
        slug=fair.slug,
        timezone=fair.timezone,
        cap=fair.cap,
        gap=timedelta(minutes=fair.gap_minutes),
        stands=_stands(tx, fair_id),
        places=places,
        closed=closed,
        people=_people(tx, fair_id),
        held=held(tx, fair_id, now),
        decisions=_decisions(tx, fair_id),
        favourites=favourites,
        refused=refused,
        given_up=_given_up(tx, fair_id),
    )


def _places(tx: Connection, fair_id: int, from_: datetime) -> tuple[tuple[Place, ...], frozenset[int]]:
    s = t.slots.c
    rows = tx.execute(
        select(s.id, s.stand_id, s.starts_at, s.ends_at, s.capacity, s.state, t.stands.c.closed)
        .join(t.stands)
        .where(t.stands.c.fair_id == fair_id)
        .order_by(s.starts_at, s.id)
    ).all()
    places = tuple(Place(row.id, row.stand_id, Span(row.starts_at, row.ends_at), row.capacity) for row in rows)
    shut = frozenset(row.id for row in rows if row.closed or row.state != SlotState.OPEN or row.starts_at < from_)
    return places, shut


def _stands(tx: Connection, fair_id: int) -> tuple[StandOf, ...]:
    trades: dict[int, list[str]] = defaultdict(list)
    of_fair = select(t.stand_trades).join(t.stands).where(t.stands.c.fair_id == fair_id)
    for row in tx.execute(of_fair.order_by(t.stand_trades.c.trade)):
        trades[row.stand_id].append(row.trade)
    rows = tx.execute(
        select(t.stands.c.id, t.stands.c.name, t.sites.c.name.label("site"), t.companies.c.town)
        .select_from(t.stands)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .outerjoin(t.sites, t.sites.c.id == t.stands.c.site_id)
        .where(t.stands.c.fair_id == fair_id)
        .order_by(by_name(t.stands.c.name), t.stands.c.id)
    )
    return tuple(StandOf(row.id, row.name, row.site or "", row.town, tuple(trades[row.id])) for row in rows)


def _people(tx: Connection, fair_id: int) -> tuple[Person, ...]:
    c = t.candidates.c
    trades: dict[int, list[str]] = defaultdict(list)
    for row in tx.execute(
        select(t.candidate_trades).join(t.candidates).where(c.fair_id == fair_id).order_by(t.candidate_trades.c.trade)
    ):
        trades[row.candidate_id].append(row.trade)
    wishes: dict[int, list[Wish]] = defaultdict(list)
    w = t.wishes.c
    ranked = select(w.candidate_id, w.stand_id, w.eligible).join(t.candidates).where(c.fair_id == fair_id)
    for row in tx.execute(ranked.order_by(w.candidate_id, w.rank, w.stand_id)):
        wishes[row.candidate_id].append(Wish(row.stand_id, row.eligible))
    rows = tx.execute(
        select(c.id, c.availability, c.registered_at, c.level, c.age_band, c.permission, t.sites.c.name.label("site"))
        .outerjoin(t.sites, t.sites.c.id == c.site_id)
        .where(c.fair_id == fair_id)
        .order_by(c.registered_at, c.id)
    )
    return tuple(
        Person(
            row.id, _spans(row.availability), tuple(wishes[row.id]), row.registered_at, row.site or "", row.level,
            row.age_band, tuple(trades[row.id]), may_take(row.permission),
        )
        for row in rows
    )  # fmt: skip


def held(tx: Connection, fair_id: int, now: datetime) -> tuple[Held, ...]:
    """The bookings that count, and whether a mending may move them. One statement."""
    b = t.bookings.c
    counted = [state.value for state in sorted(COUNTED)]
    rows = tx.execute(
        select(b.id, b.candidate_id, b.stand_id, b.slot_id, b.starts_at, b.ends_at, b.state, b.origin)
        .where(and_(b.fair_id == fair_id, b.state.in_(counted)))
        .order_by(b.id)
    )
    return tuple(
        Held(
            row.id,
            row.candidate_id,
            row.stand_id,
            row.slot_id,
            Span(row.starts_at, row.ends_at) if row.starts_at else None,
            movable=row.origin == Origin.TIMETABLE
            and row.state == BookingState.BOOKED
            and row.starts_at is not None
            and row.starts_at > now,
        )
        for row in rows
    )


def _given_up(tx: Connection, fair_id: int) -> frozenset[tuple[int, int]]:
    b = t.bookings.c
    by_choice = and_(
        b.state == BookingState.CANCELLED.value, b.cancelled_by.in_([Party.CANDIDATE.value, Party.STAND.value])
    )
    rows = tx.execute(
        select(b.candidate_id, b.stand_id)
        .where(b.fair_id == fair_id, or_(by_choice, b.state == BookingState.NO_SHOW.value))
        .distinct()
    )
    return frozenset((row.candidate_id, row.stand_id) for row in rows)


def _decisions(tx: Connection, fair_id: int) -> dict[tuple[int, int], Decision]:
    d = t.decisions.c
    rows = tx.execute(
        select(d.candidate_id, d.stand_id, d.decision).join(t.candidates).where(t.candidates.c.fair_id == fair_id)
    )
    return {(row.candidate_id, row.stand_id): Decision(row.decision) for row in rows}


def _opinions(tx: Connection, fair_id: int) -> tuple[dict[int, tuple[int, ...]], frozenset[tuple[int, int]]]:
    o = t.opinions.c
    rows = tx.execute(
        select(o.stand_id, o.candidate_id, o.rank, o.refused)
        .join(t.stands, t.stands.c.id == o.stand_id)
        .where(t.stands.c.fair_id == fair_id)
        .order_by(o.stand_id, o.rank, o.candidate_id)
    ).all()
    favourites: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if not row.refused:
            favourites[row.stand_id].append(row.candidate_id)
    return (
        {stand_id: tuple(ids) for stand_id, ids in favourites.items()},
        frozenset((row.candidate_id, row.stand_id) for row in rows if row.refused),
    )


def _spans(stored: Any) -> tuple[Span, ...] | None:
    if stored is None:
        return None
    return tuple(Span(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in stored)
