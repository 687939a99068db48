"""What services read before they decide: a slot, a booking, a candidate, with their fair's rules. Locks on PostgreSQL.

Lock order: slots by id, then the candidate, then the booking. In the live line: stands by id, then the booking.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, select, text

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.domain import booking as rules
from jobdating.domain.errors import ConsentNeeded, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import may_take
from jobdating.domain.slots import Span
from jobdating.domain.states import COUNTED, LIVE, BookingState
from jobdating.domain.window import Window
from jobdating.domain.wishing import Mode, Wishing


@dataclass(frozen=True)
class SlotRow:
    """A slot with what its stand and its fair say about taking it."""

    id: int
    stand_id: int
    fair_id: int
    span: Span
    capacity: int
    state: str
    closed: bool
    asks_confirmation: bool
    live: bool  # whether a day of the fair is going on
    rules: rules.Rules


@dataclass(frozen=True)
class BookingRow:
    """A booking as it is now; times in UTC, `span` None for a walk-in that was not called."""

    id: int
    fair_id: int
    stand_id: int
    candidate_id: int
    slot_id: int | None
    state: BookingState
    origin: str
    span: Span | None
    previous_state: str | None
    expires_at: datetime | None
    checked_in_at: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    extra_minutes: int
    cancelled_by: str | None
    stepped_aside_at: datetime | None
    late_until: datetime | None
    phone_asked_at: datetime | None


def _locked(query: Select[Any], of: Any) -> Statement:
    return Statement(query.with_for_update(of=of))


_FAIR_RULES = (
    t.fairs.c.opens_at,
    t.fairs.c.closes_at,
    t.fairs.c.lead_minutes,
    t.fairs.c.gap_minutes,
    t.fairs.c.cap,
    t.fairs.c.mode,
    t.fairs.c.rest_open,
)
_SLOT = _locked(
    select(
        t.slots.c.id,
        t.slots.c.stand_id,
        t.stands.c.fair_id,
        t.slots.c.starts_at,
        t.slots.c.ends_at,
        t.slots.c.capacity,
        t.slots.c.state,
        t.stands.c.closed,
        t.stands.c.asks_confirmation,
        t.fairs.c.live_day.is_not(None).label("live"),
        *_FAIR_RULES,
    )
    .join(t.stands, t.stands.c.id == t.slots.c.stand_id)
    .join(t.fairs, t.fairs.c.id == t.stands.c.fair_id)
    .where(t.slots.c.id == bindparam("slot_id")),
    t.slots,
)
_BOOKING_COLUMNS = (
    t.bookings.c.id,
    t.bookings.c.fair_id,
    t.bookings.c.stand_id,
    t.bookings.c.candidate_id,
    t.bookings.c.slot_id,
    t.bookings.c.state,
    t.bookings.c.origin,
    t.bookings.c.starts_at,
    t.bookings.c.ends_at,
    t.bookings.c.previous_state,
    t.bookings.c.expires_at,
    t.bookings.c.checked_in_at,
    t.bookings.c.called_at,
    t.bookings.c.started_at,
    t.bookings.c.ended_at,
    t.bookings.c.extra_minutes,
    t.bookings.c.cancelled_by,
    t.bookings.c.stepped_aside_at,
    t.bookings.c.late_until,
    t.bookings.c.phone_asked_at,
)
_BOOKING = _locked(select(*_BOOKING_COLUMNS).where(t.bookings.c.id == bindparam("booking_id")), t.bookings)
_CANDIDATE = _locked(
    select(t.candidates.c.id, t.candidates.c.fair_id, t.candidates.c.permission).where(
        t.candidates.c.id == bindparam("candidate_id")
    ),
    t.candidates,
)
_HELD = Statement(
    select(t.bookings.c.id, t.bookings.c.state, t.bookings.c.starts_at, t.bookings.c.ends_at).where(
        t.bookings.c.candidate_id == bindparam("candidate_id"),
        text(t.one_of("bookings.state", COUNTED)),
    )
)
_SHARED_TRADE = Statement(
    select(t.stand_trades.c.trade, t.candidate_trades.c.candidate_id)
    .select_from(
        t.stand_trades.outerjoin(
            t.candidate_trades,
            and_(
                t.candidate_trades.c.trade == t.stand_trades.c.trade,
                t.candidate_trades.c.candidate_id == bindparam("candidate_id"),
            ),
        )
    )
    .where(t.stand_trades.c.stand_id == bindparam("stand_id"))
)


def slot(tx: Connection, slot_id: int) -> SlotRow:
    """The slot, locked. Raises NotFound."""
    row = _SLOT.first(tx, slot_id=slot_id)
    if row is None:
        raise NotFound(what="slot")
    return SlotRow(
        id=row.id,
        stand_id=row.stand_id,
        fair_id=row.fair_id,
        span=Span(row.starts_at, row.ends_at),
        capacity=row.capacity,
        state=row.state,
        closed=row.closed,
        asks_confirmation=row.asks_confirmation,
        live=bool(row.live),
        rules=rules.Rules(
            Window(row.opens_at, row.closes_at, timedelta(minutes=row.lead_minutes)),
            timedelta(minutes=row.gap_minutes),
            row.cap,
            Wishing(Mode(row.mode), rest_open=row.rest_open).by_wishes,
        ),
    )


def booking(tx: Connection, booking_id: int) -> BookingRow:
    """The booking, locked. Raises NotFound."""
    row = _BOOKING.first(tx, booking_id=booking_id)
    if row is None:
        raise NotFound(what="booking")
    values = row._asdict()
    starts_at, ends_at = values.pop("starts_at"), values.pop("ends_at")
    values["state"] = BookingState(values["state"])
    return BookingRow(**values, span=Span(starts_at, ends_at) if starts_at else None)


def lock_candidate(tx: Connection, candidate_id: int) -> int:
    """Hold the candidate until the transaction ends, so that limits are counted by one at a time; their fair's id.

    Raises NotFound.
    """
    row = _CANDIDATE.first(tx, candidate_id=candidate_id)
    if row is None:
        raise NotFound(what="candidate")
    return int(row.fair_id)


def lock_taker(tx: Connection, candidate_id: int) -> int:
    """As `lock_candidate`, for somebody who takes a place or for whom others take one.

    Raises NotFound; ConsentNeeded where they, or under 15 a parent, have not agreed.
    """
    row = _CANDIDATE.first(tx, candidate_id=candidate_id)
    if row is None:
        raise NotFound(what="candidate")
    if not may_take(row.permission):
        raise ConsentNeeded(permission=row.permission)
    return int(row.fair_id)


def ensure_may_take(tx: Connection, candidate_id: int) -> None:
    """The same question without a lock, after the booking was locked. Raises ConsentNeeded."""
    query = select(t.candidates.c.permission).where(t.candidates.c.id == candidate_id)
    permission = tx.execute(query).scalar_one()
    if not may_take(permission):
        raise ConsentNeeded(permission=permission)


def held(tx: Connection, candidate_id: int) -> list[rules.Held]:
    """The interviews that count for a candidate: live ones and those that are done."""
    return [
        rules.Held(
            row.id,
            Span(row.starts_at, row.ends_at) if row.starts_at else None,
            live=row.state in LIVE,
        )
        for row in _HELD.all(tx, candidate_id=candidate_id)
    ]


def is_eligible(tx: Connection, *, candidate_id: int, stand_id: int) -> bool:
    rows = _SHARED_TRADE.all(tx, candidate_id=candidate_id, stand_id=stand_id)
    return not rows or any(row.candidate_id is not None for row in rows)


def stand(tx: Connection, stand_id: int) -> Any:
    """The stand with its fair's `cap`, `interview_minutes` and `grace_minutes`, not locked. Raises NotFound."""
    of_fair = (t.fairs.c.cap, t.fairs.c.interview_minutes, t.fairs.c.grace_minutes)
    row = tx.execute(select(t.stands, *of_fair).join(t.fairs).where(t.stands.c.id == stand_id)).first()
    if row is None:
        raise NotFound(what="stand")
    return row


def lock_stand(tx: Connection, stand_id: int) -> Any:
    """The stand with its fair's `cap`, locked: one at a time calls, joins or hands over there. Raises NotFound."""
    # Its key is left to others: who books holds a slot, and their booking refers to the stand.
    tx.execute(select(t.stands.c.id).where(t.stands.c.id == stand_id).with_for_update(key_share=True))
    return stand(tx, stand_id)


def stand_of(tx: Connection, booking_id: int) -> int:
    """Whose line a booking is in, read before that stand is locked. Raises NotFound."""
    stand_id: int | None = tx.execute(select(t.bookings.c.stand_id).where(t.bookings.c.id == booking_id)).scalar()
    if stand_id is None:
        raise NotFound(what="booking")
    return stand_id


def ensure_known(tx: Connection, actor: Actor, *, stand_id: int, fair_id: int, candidate_id: int) -> None:
    """Who works at the stand may give a place to somebody who has said yes to an interview with it before; an
    organiser to anybody. An offer is no yes, and what was cancelled is none any more.

    Raises NotFound, as for nobody: a stand does not learn who there is.
    """
    b = t.bookings.c
    no = [BookingState.HELD.value, BookingState.CANCELLED.value]
    met = select(b.id).where(b.stand_id == stand_id, b.candidate_id == candidate_id, b.state.not_in(no)).limit(1)
    if not actor.organises(fair_id) and tx.execute(met).first() is None:
        raise NotFound(what="candidate")


def may_send(tx: Connection, actor: Actor, row: BookingRow, stand_id: int) -> bool:
    """Whether who works at the booking's stand may send its people to that one: a colleague's, not another firm's."""
    if row.stand_id == stand_id or actor.staffs(stand_id, row.fair_id):
        return True
    return bool(stand(tx, stand_id).company_id == stand(tx, row.stand_id).company_id)


def live_at(tx: Connection, *, stand_id: int, candidate_id: int) -> Any:
    """The live booking a candidate has at a stand, if any: its id and slot."""
    return tx.execute(
        select(t.bookings.c.id, t.bookings.c.slot_id).where(
            t.bookings.c.stand_id == stand_id,
            t.bookings.c.candidate_id == candidate_id,
            t.bookings.c.state.in_([state.value for state in sorted(LIVE)]),
        )
    ).first()


def queued_at(tx: Connection, booking_id: int) -> datetime:
    moment: datetime = tx.execute(select(t.bookings.c.queued_at).where(t.bookings.c.id == booking_id)).scalar_one()
    return moment
