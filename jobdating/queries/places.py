"""Where an organiser may put a candidate: the stands, and the free slots of one."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, SlotState


@dataclass(frozen=True)
class Choice:
    """A stand to choose; `suits` says that it shares a trade with the candidate."""

    stand_id: int
    name: str
    trades: tuple[str, ...]
    suits: bool
    takes_walk_ins: bool


@dataclass(frozen=True)
class Place:
    """A free slot. `clash` is when the candidate has something else at that time."""

    slot_id: int
    starts_at: datetime
    clash: bool


def stands(tx: Connection, fair_id: int, candidate_id: int) -> list[Choice]:
    """The open stands, those that suit first. Three statements."""
    own = set(
        tx.execute(
            select(t.candidate_trades.c.trade).where(t.candidate_trades.c.candidate_id == candidate_id)
        ).scalars()
    )
    trades: dict[int, list[str]] = {}
    for row in tx.execute(select(t.stand_trades).join(t.stands).where(t.stands.c.fair_id == fair_id)):
        trades.setdefault(row.stand_id, []).append(row.trade)
    rows = tx.execute(
        select(t.stands.c.id, t.stands.c.name, t.stands.c.takes_walk_ins)
        .where(t.stands.c.fair_id == fair_id, ~t.stands.c.closed)
        .order_by(by_name(t.stands.c.name))
    )
    found = [
        Choice(
            row.id,
            row.name,
            tuple(sorted(trades.get(row.id, []))),
            suits=row.id not in trades or not own.isdisjoint(trades[row.id]),
            takes_walk_ins=row.takes_walk_ins,
        )
        for row in rows
    ]
    return sorted(found, key=lambda stand: not stand.suits)


def free(
    tx: Connection, stand_id: int, candidate_id: int, *, timezone: str, now: datetime, moving: int | None = None
) -> dict[date, list[Place]]:
    """The free slots of a stand that are not over, by local day. `moving` is the booking that would leave its place."""
    live = [state.value for state in sorted(LIVE)]
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(t.bookings.c.slot_id == t.slots.c.id, t.bookings.c.state.in_(live))
        .scalar_subquery()
    )
    busy = [
        Span(row.starts_at, row.ends_at)
        for row in tx.execute(
            select(t.bookings.c.starts_at, t.bookings.c.ends_at).where(
                t.bookings.c.candidate_id == candidate_id,
                t.bookings.c.state.in_(live),
                t.bookings.c.starts_at.is_not(None),
                t.bookings.c.id != (moving or 0),
            )
        )
    ]
    rows = tx.execute(
        select(t.slots.c.id, t.slots.c.starts_at, t.slots.c.ends_at)
        .where(
            t.slots.c.stand_id == stand_id,
            t.slots.c.state == SlotState.OPEN.value,
            t.slots.c.ends_at > now,
            taken < t.slots.c.capacity,
        )
        .order_by(t.slots.c.starts_at)
    )
    days: dict[date, list[Place]] = {}
    for row in rows:
        clash = any(span.overlaps(Span(row.starts_at, row.ends_at)) for span in busy)
        day = row.starts_at.astimezone(ZoneInfo(timezone)).date()
        days.setdefault(day, []).append(Place(row.id, row.starts_at, clash))
    return days
