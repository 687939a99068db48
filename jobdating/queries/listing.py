"""Lists as the API gives them: in order of id, a page at a time. Each page is a fixed number of statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.queue import Place, due_at, order
from jobdating.domain.states import WITH_RECRUITER, BookingState, OfferState, Origin
from jobdating.queries import free_places


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the id to go on after; None at the end."""

    rows: list[Any]
    next_id: int | None


def fairs(tx: Connection, *, after: int, limit: int) -> Page:
    return _page(tx, select(t.fairs).where(t.fairs.c.published), t.fairs.c.id, after, limit)


def counts(tx: Connection, fair_id: int) -> dict[str, int]:
    """What a fair offers: companies, offers, stands, slots and free places."""
    of_fair = t.companies.c.fair_id == fair_id
    places = free_places.slots(t.stands.c.fair_id == fair_id)
    return {
        "companies": tx.execute(select(func.count()).select_from(t.companies).where(of_fair)).scalar_one(),
        "offers": tx.execute(select(func.count()).select_from(t.offers.join(t.companies)).where(of_fair)).scalar_one(),
        "stands": tx.execute(
            select(func.count()).select_from(t.stands).where(t.stands.c.fair_id == fair_id)
        ).scalar_one(),
        "free": tx.execute(select(func.coalesce(func.sum(places.c.bookable), 0))).scalar_one(),
    }


def stands(tx: Connection, fair_id: int, *, after: int, limit: int) -> Page:
    """Stands with their company, their trades and their free places."""
    query = (
        select(t.stands, t.companies.c.name.label("company"), t.companies.c.town)
        .join(t.companies)
        .where(t.stands.c.fair_id == fair_id)
    )
    page = _page(tx, query, t.stands.c.id, after, limit)
    ids = [row.id for row in page.rows]
    trades: dict[int, list[str]] = {stand_id: [] for stand_id in ids}
    chosen = t.stand_trades.c.stand_id.in_(ids)
    for row in tx.execute(select(t.stand_trades).where(chosen).order_by(by_name(t.stand_trades.c.trade))):
        trades[row.stand_id].append(row.trade)
    places = free_places.slots(t.slots.c.stand_id.in_(ids))
    counted = tx.execute(select(places.c.stand_id, func.sum(places.c.bookable)).group_by(places.c.stand_id))
    free = {stand_id: int(count) for stand_id, count in counted}
    return Page([(row, trades[row.id], free.get(row.id, 0)) for row in page.rows], page.next_id)


def slots(tx: Connection, fair_id: int, *, stand_id: int | None, free: bool, after: int, limit: int) -> Page:
    """Slots with the number of places that may be taken: none in a blocked slot, at a closed stand, where it is too late,
    or while the fair gives its places by wishes."""
    condition = t.stands.c.fair_id == fair_id
    if stand_id is not None:
        condition &= t.slots.c.stand_id == stand_id
    places = free_places.slots(condition)
    query = select(places)
    if free:
        query = query.where(places.c.bookable > 0)
    return _page(tx, query, places.c.id, after, limit)


def bookings(tx: Connection, actor: Actor, *, after: int, limit: int) -> Page:
    """The caller's own, as a candidate of any fair."""
    mine = t.bookings.c.candidate_id.in_(list(actor.candidates.values()))
    return _page(tx, select(t.bookings).where(mine), t.bookings.c.id, after, limit)


def booking(tx: Connection, actor: Actor, booking_id: int) -> Any:
    """One booking, for its parties. Raises NotFound."""
    row = tx.execute(select(t.bookings).where(t.bookings.c.id == booking_id)).first()
    if row is None or not (actor.is_candidate(row.candidate_id) or actor.staffs(row.stand_id, row.fair_id)):
        raise NotFound(what="booking")
    return row


def gap_offers(tx: Connection, actor: Actor, *, pending: bool, after: int, limit: int) -> Page:
    """What stands with time to spare offered to the caller; with `pending`, only what still can be answered."""
    mine = _OFFERS.where(t.gap_offers.c.candidate_id.in_(list(actor.candidates.values())))
    if pending:
        mine = mine.where(t.gap_offers.c.state == OfferState.OFFERED.value)
    return _page(tx, mine, t.gap_offers.c.id, after, limit)


def gap_offer(tx: Connection, offer_id: int) -> Any:
    """One of them, for whom it is already known to be."""
    return tx.execute(_OFFERS.where(t.gap_offers.c.id == offer_id)).one()


_OFFERS = (
    select(
        t.gap_offers.c.id,
        t.gaps.c.stand_id,
        t.stands.c.name.label("stand"),
        t.gap_offers.c.state,
        t.gap_offers.c.made_at,
        t.gap_offers.c.expires_at,
        t.gaps.c.until,
    )
    .join(t.gaps, t.gaps.c.id == t.gap_offers.c.gap_id)
    .join(t.stands, t.stands.c.id == t.gaps.c.stand_id)
)


@dataclass(frozen=True)
class QueueEntry:
    """One person in a stand's line. `name` is for staff only; times in UTC."""

    position: int
    booking_id: int
    state: str
    walk_in: bool
    starts_at: datetime | None
    present: bool
    mine: bool
    name: str | None
    low: datetime | None
    high: datetime | None


def queue(tx: Connection, actor: Actor, stand_id: int) -> list[QueueEntry]:
    """The line of a stand, next first: names for its staff, places alone for candidates of the fair. Raises NotFound."""
    fair_id = tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == stand_id)).scalar()
    if fair_id is None or not (actor.staffs(stand_id, fair_id) or fair_id in actor.candidates):
        raise NotFound(what="stand")
    rows = tx.execute(
        select(
            t.bookings,
            t.candidates.c.connected_since,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.estimates.c.low,
            t.estimates.c.high,
        )
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .outerjoin(t.estimates, t.estimates.c.booking_id == t.bookings.c.id)
        .where(
            t.bookings.c.stand_id == stand_id,
            t.bookings.c.state.in_(
                [BookingState.BOOKED.value, BookingState.CHECKED_IN.value, *(s.value for s in sorted(WITH_RECRUITER))]
            ),
        )
    ).all()
    by_id = {row.id: row for row in rows}
    line = order(
        Place(
            row.id,
            BookingState(row.state),
            row.gap_taken_at
            or due_at(
                booked_at=row.starts_at if row.slot_id is not None else None,
                queued_at=row.queued_at,
                walk_in=row.origin == Origin.WALK_IN,
                expected_at=row.low,
            ),
            walk_in=row.origin == Origin.WALK_IN,
        )
        for row in rows
    )
    staff = actor.staffs(stand_id, fair_id)
    return [_entry(position, place, by_id[place.booking_id], actor, staff) for position, place in enumerate(line, 1)]


def _entry(position: int, place: Place, row: Any, actor: Actor, staff: bool) -> QueueEntry:
    return QueueEntry(
        position=position,
        booking_id=row.id,
        state=row.state,
        walk_in=place.walk_in,
        starts_at=row.starts_at,
        present=row.state == BookingState.CHECKED_IN or row.connected_since is not None,
        mine=actor.is_candidate(row.candidate_id),
        name=f"{row.first_name} {row.last_name}".strip() if staff else None,
        low=row.low,
        high=row.high,
    )


def _page(tx: Connection, query: Select[Any], key: Any, after: int, limit: int) -> Page:
    rows = tx.execute(query.where(key > after).order_by(key).limit(limit + 1)).all()
    more = len(rows) > limit
    return Page(list(rows[:limit]), rows[limit - 1].id if more else None)
