"""What the organiser's settings pages show and fill their forms with. A fixed number of statements for each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.content import Kind
from jobdating.domain.errors import NotFound
from jobdating.domain.importing import Grids
from jobdating.domain.regridding import Frame, StandHours, covered
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, SlotState
from jobdating.queries import importing

_LIVE = [state.value for state in sorted(LIVE)]


@dataclass(frozen=True)
class StandLine:
    """A stand in the list of settings."""

    id: int
    name: str
    company: str
    recruiters: int
    slots: int
    blocked: int
    booked: int
    closed: bool


@dataclass(frozen=True)
class Option:
    """Something to choose in a form."""

    id: int
    name: str


@dataclass(frozen=True)
class Choices:
    """What the forms of a fair offer to choose from."""

    companies: tuple[Option, ...]
    sites: tuple[Option, ...]
    trades: tuple[str, ...]


@dataclass(frozen=True)
class StandForm:
    """A stand as its form shows it; `booked` are live bookings ahead or under way."""

    id: int
    values: dict[str, Any]
    availability: tuple[Span, ...]
    closed: bool
    booked: int


@dataclass(frozen=True)
class BlockedSlot:
    stand_id: int
    stand: str
    starts_at: datetime
    ends_at: datetime


def fair(tx: Connection, fair_id: int) -> Row[Any]:
    """The whole row of the fair. Raises NotFound."""
    row = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    if row is None:
        raise NotFound(what="fair")
    return row


def stands(tx: Connection, fair_id: int) -> list[StandLine]:
    """All stands of the fair by name."""
    of_fair = t.stands.c.fair_id == fair_id
    in_grid = (of_fair, t.IN_GRID)
    slots = _counts(
        tx, select(t.slots.c.stand_id, func.count()).join(t.stands).where(*in_grid).group_by(t.slots.c.stand_id)
    )
    is_blocked = case((t.slots.c.state == SlotState.BLOCKED.value, 1), else_=0)
    blocked = _counts(
        tx, select(t.slots.c.stand_id, func.sum(is_blocked)).join(t.stands).where(*in_grid).group_by(t.slots.c.stand_id)
    )
    live = (t.bookings.c.fair_id == fair_id, t.bookings.c.state.in_(_LIVE))
    booked = _counts(tx, select(t.bookings.c.stand_id, func.count()).where(*live).group_by(t.bookings.c.stand_id))
    people = _counts(
        tx,
        select(t.recruiters.c.stand_id, func.count()).join(t.stands).where(of_fair).group_by(t.recruiters.c.stand_id),
    )
    rows = tx.execute(
        select(t.stands, t.companies.c.name.label("company"))
        .join(t.companies)
        .where(of_fair)
        .order_by(by_name(t.stands.c.name))
    )
    return [
        StandLine(
            row.id, row.name, row.company, people[row.id], slots[row.id], blocked[row.id], booked[row.id], row.closed
        )
        for row in rows
    ]


def choices(tx: Connection, fair_id: int) -> Choices:
    """Companies, sites and trades of the fair."""
    companies = tx.execute(
        select(t.companies.c.id, t.companies.c.name)
        .where(t.companies.c.fair_id == fair_id)
        .order_by(by_name(t.companies.c.name))
    )
    sites = tx.execute(
        select(t.sites.c.id, t.sites.c.name).where(t.sites.c.fair_id == fair_id).order_by(by_name(t.sites.c.name))
    )
    offered = select(t.offers.c.trade).join(t.companies).where(t.companies.c.fair_id == fair_id)
    taught = select(t.trainings.c.trade).where(t.trainings.c.fair_id == fair_id)
    shown = select(t.stand_trades.c.trade).join(t.stands).where(t.stands.c.fair_id == fair_id)
    trades = tx.execute(offered.union(taught, shown)).scalars()
    return Choices(
        tuple(Option(row.id, row.name) for row in companies),
        tuple(Option(row.id, row.name) for row in sites),
        tuple(sorted(trades)),
    )


def stand(tx: Connection, *, fair_id: int, stand_id: int) -> StandForm:
    """One stand of the fair for its form. Raises NotFound."""
    row = tx.execute(select(t.stands).where(t.stands.c.id == stand_id, t.stands.c.fair_id == fair_id)).first()
    if row is None:
        raise NotFound(what="stand")
    trades = tx.execute(
        select(t.stand_trades.c.trade)
        .where(t.stand_trades.c.stand_id == stand_id)
        .order_by(by_name(t.stand_trades.c.trade))
    ).scalars()
    team = tx.execute(
        select(t.accounts.c.email, t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.recruiters)
        .where(t.recruiters.c.stand_id == stand_id)
        .order_by(t.recruiters.c.id)
    )
    live = (t.bookings.c.stand_id == stand_id, t.bookings.c.state.in_(_LIVE))
    booked = tx.execute(select(func.count()).select_from(t.bookings).where(*live)).scalar_one()
    values = {
        name: getattr(row, name)
        for name in (
            "company_id", "name", "kind", "capacity", "site_id", "room_provider", "room_url", "phone",
            "asks_confirmation", "takes_walk_ins",
        )
    }  # fmt: skip
    values["trades"] = list(trades)
    values["recruiters"] = "\n".join(
        f"{one.first_name} {one.last_name}".strip() + f", {one.email}" if one.first_name else one.email for one in team
    )
    there = _spans(row.availability)
    if not there:
        slots = tx.execute(select(t.slots).where(t.slots.c.stand_id == stand_id, t.IN_GRID)).all()
        there = covered([Span(slot.starts_at, slot.ends_at) for slot in slots], frame(tx, fair_id).rhythm.buffer)
    return StandForm(row.id, values, there, row.closed, booked)


def grid_of(tx: Connection, fair_id: int) -> tuple[Frame, list[StandHours], Grids]:
    """All that a change of the grid is worked out from, in one snapshot."""
    rows = tx.execute(
        select(t.stands).where(t.stands.c.fair_id == fair_id).order_by(by_name(t.stands.c.name), t.stands.c.id)
    )
    now, grids = frame(tx, fair_id), importing.grids(tx, fair_id)
    hours = [
        StandHours(
            row.id,
            row.name,
            row.capacity,
            _spans(row.availability)
            or covered([slot.span for slot in grids.slots.get(row.id, ()) if not slot.retired], now.rhythm.buffer),
        )
        for row in rows
    ]
    return now, hours, grids


def frame(tx: Connection, fair_id: int) -> Frame:
    """The grid of the fair as it is. Raises NotFound."""
    row = fair(tx, fair_id)
    hours = tuple((start, end) for start, end in row.hours)
    return Frame(row.first_day, row.last_day, hours, row.timezone, row.interview_minutes, row.buffer_minutes)


def blocked(tx: Connection, fair_id: int, *, now: datetime) -> list[BlockedSlot]:
    """The blocked slots ahead, by stand and time."""
    rows = tx.execute(
        select(t.slots, t.stands.c.name)
        .join(t.stands)
        .where(
            t.stands.c.fair_id == fair_id,
            t.slots.c.state == SlotState.BLOCKED.value,
            t.IN_GRID,
            t.slots.c.ends_at > now,
        )
        .order_by(by_name(t.stands.c.name), t.slots.c.starts_at)
    )
    return [BlockedSlot(row.stand_id, row.name, row.starts_at, row.ends_at) for row in rows]


def things(tx: Connection, fair_id: int, kind: Kind) -> list[Row[Any]]:
    """All sites, trainings, companies or offers of the fair."""
    if kind is Kind.OFFER:
        query = (
            select(t.offers, t.companies.c.name.label("company"))
            .join(t.companies)
            .where(t.companies.c.fair_id == fair_id)
            .order_by(by_name(t.companies.c.name), by_name(t.offers.c.title), t.offers.c.id)
        )
    elif kind is Kind.TRAINING:
        query = select(t.trainings).where(t.trainings.c.fair_id == fair_id).order_by(by_name(t.trainings.c.title))
    elif kind is Kind.COMPANY:
        query = select(t.companies).where(t.companies.c.fair_id == fair_id).order_by(by_name(t.companies.c.name))
    else:
        query = select(t.sites).where(t.sites.c.fair_id == fair_id).order_by(by_name(t.sites.c.name))
    return list(tx.execute(query).all())


def thing(tx: Connection, *, fair_id: int, kind: Kind, thing_id: int) -> dict[str, Any]:
    """The columns of one thing, with the sites of a training. Raises NotFound."""
    found = next((row for row in things(tx, fair_id, kind) if row.id == thing_id), None)
    if found is None:
        raise NotFound(what=kind.value)
    values = dict(found._mapping)
    if kind is Kind.TRAINING:
        at = select(t.training_sites.c.site_id).where(t.training_sites.c.training_id == thing_id)
        values["sites"] = list(tx.execute(at).scalars())
    return values


def used_by(tx: Connection, kind: Kind, thing_id: int) -> dict[str, int]:
    """What refers to a thing: shown before it is removed."""
    tables = {
        Kind.SITE: {"stands": t.stands, "candidates": t.candidates},
        Kind.COMPANY: {"stands": t.stands, "offers": t.offers},
    }
    column = {Kind.SITE: "site_id", Kind.COMPANY: "company_id"}.get(kind, "")
    return {
        name: tx.execute(select(func.count()).select_from(table).where(table.c[column] == thing_id)).scalar_one()
        for name, table in tables.get(kind, {}).items()
    }


def _counts(tx: Connection, query: Any) -> defaultdict[int, int]:
    return defaultdict(int, {row[0]: int(row[1]) for row in tx.execute(query)})


def _spans(stored: list[list[str]]) -> tuple[Span, ...]:
    return tuple(Span(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in stored)
