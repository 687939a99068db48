"""What if: one more recruiter, a longer buffer, another cap. Each changes the copy before the day begins."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from jobdating.db import tables as t
from jobdating.domain.errors import DomainError
from jobdating.domain.policy import Actor
from jobdating.domain.regridding import GridPlan, change
from jobdating.domain.states import LIVE, SlotState, StandKind
from jobdating.queries import settings
from jobdating.services import booking, grid

_LIVE = [state.value for state in sorted(LIVE)]


@dataclass(frozen=True)
class Variation:
    """What differs from the fair as it is. Nothing does by default."""

    recruiters: int = 0  # one more at each of so many of the fullest stands
    buffer_minutes: int = 0  # more between two interviews
    cap: int | None = None  # interviews of a person


def each_of(recruiters: int, buffer_minutes: int, cap: int | None) -> list[Variation]:
    """One variation for each thing that is to be tried."""
    asked = (Variation(recruiters=recruiters), Variation(buffer_minutes=buffer_minutes), Variation(cap=cap))
    return [each for each in asked if each != Variation()]


@dataclass(frozen=True)
class Varied:
    """What came of applying it: how many people lost their place, and which stand is beside which."""

    lost: int
    doubled: Mapping[int, int]


def vary(tx: Connection, fair_id: int, variation: Variation, *, organiser: Actor, now: datetime) -> Varied:
    """Apply a variation."""
    lost = 0
    if variation.cap is not None:
        lost += _cap(tx, fair_id, variation.cap, organiser, now)
    if variation.buffer_minutes:
        lost += _lengthen(tx, fair_id, variation.buffer_minutes, organiser, now)
    doubled = {
        stand_id: _double(tx, stand_id, organiser, now) for stand_id in _fullest(tx, fair_id, variation.recruiters)
    }
    return Varied(lost, doubled)


def _cap(tx: Connection, fair_id: int, cap: int, organiser: Actor, now: datetime) -> int:
    """Nobody has more than `cap` interviews: the last they took are given back."""
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(cap=cap))
    mine: dict[int, list[int]] = defaultdict(list)
    b = t.bookings.c
    for row in tx.execute(
        select(b.id, b.candidate_id).where(b.fair_id == fair_id, b.state.in_(_LIVE)).order_by(b.made_at, b.id)
    ):
        mine[row.candidate_id].append(row.id)
    over = [booking_id for ids in mine.values() for booking_id in ids[cap:]]
    for booking_id in over:
        booking.cancel(tx, organiser, booking_id=booking_id, now=now)
    return len(over)


def _lengthen(tx: Connection, fair_id: int, minutes: int, organiser: Actor, now: datetime) -> int:
    """The grid with a longer buffer, as the settings would lay it; who finds no place in it is cancelled."""
    lost = [place.booking_id for _, place in _plan(tx, fair_id, minutes, now).lost]
    for booking_id in lost:
        booking.cancel(tx, organiser, booking_id=booking_id, now=now)
    grid.change(tx, organiser, fair_id=fair_id, plan=_plan(tx, fair_id, minutes, now), now=now)
    return len(lost)


def _plan(tx: Connection, fair_id: int, minutes: int, now: datetime) -> GridPlan:
    before, stands, grids = settings.grid_of(tx, fair_id)
    single = t.stands.c.kind == StandKind.INTERVIEW.value
    alone = set(tx.execute(select(t.stands.c.id).where(t.stands.c.fair_id == fair_id, single)).scalars())
    after = replace(before, buffer_minutes=before.buffer_minutes + minutes)
    return change(before, after, [stand for stand in stands if stand.id in alone], grids, now=now)


def _fullest(tx: Connection, fair_id: int, count: int) -> list[int]:
    """The stands with the fewest places left, and among them those with the most people."""
    if not count:
        return []
    places, taken = func.coalesce(func.sum(t.slots.c.capacity), 0), func.count(t.bookings.c.id)
    slots = (
        select(t.slots.c.stand_id, places.label("places"))
        .where(t.slots.c.state == SlotState.OPEN.value)
        .group_by(t.slots.c.stand_id)
        .subquery()
    )
    rows = tx.execute(
        select(t.stands.c.id, slots.c.places, taken.label("taken"))
        .join(slots, slots.c.stand_id == t.stands.c.id)
        .outerjoin(
            t.bookings,
            (t.bookings.c.stand_id == t.stands.c.id) & t.bookings.c.state.in_(_LIVE),
        )
        .where(t.stands.c.fair_id == fair_id, ~t.stands.c.closed, t.stands.c.kind == StandKind.INTERVIEW.value)
        .group_by(t.stands.c.id, slots.c.places)
    ).all()
    ranked = sorted(rows, key=lambda row: (-row.taken / row.places, -row.taken, row.id))
    return [row.id for row in ranked[:count]]


def _double(tx: Connection, stand_id: int, organiser: Actor, now: datetime) -> int:
    """A colleague beside the stand, with the same hours and trades, who takes every second person of its line; their
    stand."""
    stand = dict(tx.execute(select(t.stands).where(t.stands.c.id == stand_id)).one()._mapping)
    stand.pop("id")
    stand |= {"slug": f"{stand['slug']}-bis", "name": f"{stand['name']} (2)"}
    other: int = tx.execute(insert(t.stands).values(**stand).returning(t.stands.c.id)).scalar_one()
    for trade in (
        tx.execute(select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == stand_id)).scalars().all()
    ):
        tx.execute(insert(t.stand_trades).values(stand_id=other, trade=trade))
    there: dict[Any, int] = {}
    for row in tx.execute(select(t.slots).where(t.slots.c.stand_id == stand_id).order_by(t.slots.c.starts_at)).all():
        values = {"stand_id": other, "starts_at": row.starts_at, "ends_at": row.ends_at, "capacity": row.capacity}
        there[row.starts_at] = tx.execute(
            insert(t.slots).values(**values, state=row.state).returning(t.slots.c.id)
        ).scalar_one()
    b = t.bookings.c
    line = tx.execute(
        select(b.id, b.starts_at)
        .where(b.stand_id == stand_id, b.slot_id.is_not(None), b.state.in_(_LIVE))
        .order_by(b.starts_at, b.id)
    ).all()
    for row in line[1::2]:
        try:
            booking.move(tx, organiser, booking_id=row.id, slot_id=there[row.starts_at], now=now)
        except DomainError:  # offered or asked for: stays
            continue
    return other
