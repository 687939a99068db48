"""Whom a stand may invite to a free slot: those who asked for it, fit it, and are free then. First names only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from jobdating.db import tables as t
from jobdating.domain.states import COUNTED, LIVE, BookingState, SlotState
from jobdating.queries.cockpit import Board
from jobdating.queries.interviews import short_name, trades_of

SHOWN = 30


@dataclass(frozen=True)
class Guest:
    """A candidate as a stand may know them before they have said yes. `wish` is the rank they gave the stand."""

    candidate_id: int
    name: str
    level: str
    trades: tuple[str, ...]
    age_band: str
    site: str
    wish: int | None
    waits: bool
    connected: bool


@dataclass(frozen=True)
class OpenSlot:
    slot_id: int
    starts_at: datetime
    ends_at: datetime


def open_slots(tx: Connection, stand_id: int, *, now: datetime) -> list[OpenSlot]:
    """The stand's slots still to come that have a place left, on all days."""
    live = [state.value for state in sorted(LIVE)]
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(t.bookings.c.slot_id == t.slots.c.id, t.bookings.c.state.in_(live))
        .scalar_subquery()
    )
    rows = tx.execute(
        select(t.slots.c.id, t.slots.c.starts_at, t.slots.c.ends_at)
        .where(t.slots.c.stand_id == stand_id, t.slots.c.state == SlotState.OPEN.value, t.slots.c.starts_at > now)
        .where(taken < t.slots.c.capacity)
        .order_by(t.slots.c.starts_at)
    )
    return [OpenSlot(row.id, row.starts_at, row.ends_at) for row in rows]


def guests(tx: Connection, board: Board, slot: OpenSlot) -> list[Guest]:
    """Who could be asked for this slot: on the waitlist first, then by rank of wish, then who is online. Two statements.

    Left out: who has an interview with the stand or had one, who has another within the fair's gap or the most
    allowed, who shares no trade with the stand, and who said they are not free then.
    """
    gap, cap = tx.execute(select(t.fairs.c.gap_minutes, t.fairs.c.cap).where(t.fairs.c.id == board.fair_id)).one()
    mine = t.bookings.alias("mine")
    met = select(mine.c.id).where(
        mine.c.candidate_id == t.candidates.c.id,
        mine.c.stand_id == board.stand_id,
        mine.c.state != BookingState.CANCELLED.value,
    )
    near = select(mine.c.id).where(
        mine.c.candidate_id == t.candidates.c.id,
        mine.c.state.in_([state.value for state in sorted(LIVE)]),
        mine.c.starts_at < slot.ends_at + timedelta(minutes=gap),
        mine.c.ends_at > slot.starts_at - timedelta(minutes=gap),
    )
    counted = (
        select(func.count())
        .select_from(mine)
        .where(mine.c.candidate_id == t.candidates.c.id, mine.c.state.in_([state.value for state in sorted(COUNTED)]))
        .scalar_subquery()
    )
    waits = (
        select(t.waitlist.c.id)
        .where(t.waitlist.c.stand_id == board.stand_id, t.waitlist.c.candidate_id == t.candidates.c.id)
        .exists()
    )
    rows = tx.execute(
        select(
            t.candidates,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            func.coalesce(t.sites.c.name, "").label("site"),
            t.wishes.c.rank,
            waits.label("waits"),
        )
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .outerjoin(t.sites, t.sites.c.id == t.candidates.c.site_id)
        .outerjoin(
            t.wishes, and_(t.wishes.c.candidate_id == t.candidates.c.id, t.wishes.c.stand_id == board.stand_id)
        )
        .where(t.candidates.c.fair_id == board.fair_id, ~met.exists(), ~near.exists(), counted < cap)
        .where(_fits(board.stand_id))
        .where(or_(t.wishes.c.rank.is_not(None), waits, t.candidates.c.connected_since.is_not(None)))
        .order_by(
            waits.desc(), t.wishes.c.rank.is_(None), t.wishes.c.rank, t.candidates.c.connected_since.is_(None),
            t.candidates.c.id,
        )
    ).all()  # fmt: skip
    free = [row for row in rows if _is_free(row, slot)][:SHOWN]
    trades = trades_of(tx, [row.id for row in free])
    return [
        Guest(
            row.id, short_name(row), row.level, tuple(trades[row.id]), row.age_band, row.site, row.rank,
            waits=bool(row.waits), connected=row.connected_since is not None,
        )
        for row in free
    ]  # fmt: skip


def _fits(stand_id: int) -> Any:
    """A trade in common; a stand without trades takes everybody."""
    of_stand = select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == stand_id)
    shared = select(t.candidate_trades.c.trade).where(
        t.candidate_trades.c.candidate_id == t.candidates.c.id, t.candidate_trades.c.trade.in_(of_stand)
    )
    return or_(shared.exists(), ~of_stand.exists())


def _is_free(row: Row[Any], slot: OpenSlot) -> bool:
    """Whether the slot lies in the hours the candidate gave; no hours means all."""
    if row.availability is None:
        return True
    return any(
        datetime.fromisoformat(start) <= slot.starts_at and slot.ends_at <= datetime.fromisoformat(end)
        for start, end in row.availability
    )
