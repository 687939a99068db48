"""A stand as one row of the lists: what it looks for, how much room it has, and the first free slots."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.db.statement import Statement
from jobdating.queries import free_places
from jobdating.queries.fair import in_order

SHOWN = 3


@dataclass(frozen=True)
class FreeSlot:
    id: int
    starts_at: datetime


@dataclass(frozen=True)
class StandRow:
    """`trades` are the stand's own; `levels` and `offers` those of its company. `next` are its first free slots.

    `live` says that the fair's days have begun, so that delay and pause mean something; `over` that all slots have passed.
    """

    id: int
    fair_id: int
    slug: str
    name: str
    town: str
    trades: tuple[str, ...]
    levels: tuple[str, ...]
    offers: int
    free: int
    next: tuple[FreeSlot, ...]
    waiting: int
    closed: bool
    over: bool
    live: bool
    away: bool
    shut_until: datetime | None
    delay_minutes: int


def _stands(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            t.stands.c.id,
            t.stands.c.fair_id,
            t.fairs.c.slug,
            t.stands.c.name,
            t.stands.c.company_id,
            t.companies.c.town,
            t.stands.c.closed,
            t.fairs.c.live_day,
            t.stands.c.away_since,
            t.stands.c.shut_until,
            t.stands.c.delay_minutes,
            t.fairs.c.free_from,
            select(func.max(t.slots.c.starts_at))
            .where(t.slots.c.stand_id == t.stands.c.id, t.IN_GRID)
            .correlate(t.stands)
            .scalar_subquery()
            .label("last_slot"),
            select(func.count())
            .where(t.waitlist.c.stand_id == t.stands.c.id)
            .correlate(t.stands)
            .scalar_subquery()
            .label("waiting"),
        )
        .select_from(t.stands.join(t.companies, t.companies.c.id == t.stands.c.company_id))
        .join(t.fairs, t.fairs.c.id == t.stands.c.fair_id)
        .where(condition)
    )


def _trades(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(t.stand_trades.c.stand_id, t.stand_trades.c.trade)
        .where(condition)
        .order_by(by_name(t.stand_trades.c.trade))
    )


def _offers(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(t.stands.c.id.label("stand_id"), t.offers.c.level)
        .join(t.offers, t.offers.c.company_id == t.stands.c.company_id)
        .where(condition)
    )


def _free(condition: ColumnElement[bool]) -> Select[Any]:
    found = free_places.slots(condition)
    return (
        select(found.c.stand_id, found.c.id, found.c.starts_at, found.c.free)
        .where(found.c.free > 0)
        .order_by(found.c.starts_at, found.c.id)
    )


_one: Any = bindparam("stand_id")
_ONE = (
    Statement(_stands(t.stands.c.id == _one)),
    Statement(_trades(t.stand_trades.c.stand_id == _one)),
    Statement(_offers(t.stands.c.id == _one)),
    Statement(_free(t.slots.c.stand_id == _one)),
)


def stand_row(tx: Connection, stand_id: int) -> StandRow | None:
    """One row, as a live page wants it again; None for a stand that does not exist. Four statements."""
    found = _assemble(*(statement.all(tx, stand_id=stand_id) for statement in _ONE))
    return found.get(stand_id)


def stand_rows(
    tx: Connection, stand_ids: Iterable[int], *, at: Callable[[datetime], bool] = lambda moment: True
) -> list[StandRow]:
    """The rows of these stands, in this order, with the places that start `at` a time. Four statements, however many."""
    ids = list(stand_ids)
    found = _assemble(
        tx.execute(_stands(t.stands.c.id.in_(ids))).all(),
        tx.execute(_trades(t.stand_trades.c.stand_id.in_(ids))).all(),
        tx.execute(_offers(t.stands.c.id.in_(ids))).all(),
        [row for row in tx.execute(_free(t.slots.c.stand_id.in_(ids))) if at(row.starts_at)],
    )
    return [found[stand_id] for stand_id in ids if stand_id in found]


def _assemble(
    stands: Iterable[Row[Any]], trades: Iterable[Row[Any]], offers: Iterable[Row[Any]], free: Iterable[Row[Any]]
) -> dict[int, StandRow]:
    by_stand: dict[str, dict[int, list[Any]]] = {name: defaultdict(list) for name in ("trades", "levels", "free")}
    for row in trades:
        by_stand["trades"][row.stand_id].append(row.trade)
    for row in offers:
        by_stand["levels"][row.stand_id].append(row.level)
    for row in free:
        by_stand["free"][row.stand_id].append(row)
    return {
        row.id: StandRow(
            id=row.id,
            fair_id=row.fair_id,
            slug=row.slug,
            name=row.name,
            town=row.town,
            trades=tuple(by_stand["trades"][row.id]),
            levels=in_order(by_stand["levels"][row.id]),
            offers=len(by_stand["levels"][row.id]),
            free=sum(slot.free for slot in by_stand["free"][row.id]),
            next=tuple(FreeSlot(slot.id, slot.starts_at) for slot in by_stand["free"][row.id][:SHOWN]),
            waiting=row.waiting,
            closed=row.closed,
            over=row.last_slot is not None and row.free_from is not None and row.last_slot < row.free_from,
            live=row.live_day is not None,
            away=row.away_since is not None,
            shut_until=row.shut_until,
            delay_minutes=row.delay_minutes,
        )
        for row in stands
    }
