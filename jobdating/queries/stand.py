"""The public page of a stand: who it is, its slots by day, and how it runs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select, text

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.db.statement import Statement
from jobdating.domain.half_day import HalfDay, half_of
from jobdating.domain.states import BookingState, RoomProvider, StandKind
from jobdating.domain.window import day_span
from jobdating.domain.wishing import Mode, Wishing
from jobdating.queries import free_places


class SlotLook(StrEnum):
    """How a slot looks to everybody."""

    FREE = "free"
    TAKEN = "taken"
    PASSED = "passed"
    CLOSED = "closed"
    WISHES = "wishes"  # the timetable gives it, nobody takes it


@dataclass(frozen=True)
class Slot:
    """One time one can take. `free` of `capacity` places are left."""

    id: int
    stand_id: int
    fair_id: int
    starts_at: datetime
    ends_at: datetime
    capacity: int
    free: int
    look: SlotLook


@dataclass(frozen=True)
class Day:
    """A day of a stand, with its free places and its slots by half-day."""

    day: date
    free: int
    passed: bool
    halves: tuple[tuple[HalfDay, tuple[Slot, ...]], ...]


@dataclass(frozen=True)
class Board:
    """The days of a stand and their slots."""

    id: int
    fair_id: int
    days: tuple[Day, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(slot for day in self.days for _, slots in day.halves for slot in slots)


@dataclass(frozen=True)
class Status:
    """How a stand runs. `plays_today` says that it has slots on the day being played; `shut_until` when it takes people
    without an appointment again, None while it does.

    `line` are the people who are here and wait that day; `waiting` those on its waitlist. `by_wishes` says that its
    places come from the timetable, `over` that all its slots have passed.
    """

    id: int
    fair_id: int
    slug: str
    free: int
    waiting: int
    closed: bool
    plays_today: bool
    takes_walk_ins: bool
    away: bool
    shut_until: datetime | None
    connected: bool
    delay_minutes: int
    line: int
    by_wishes: bool
    over: bool

    @property
    def is_full(self) -> bool:
        return self.free == 0 and not self.closed and not self.over


@dataclass(frozen=True)
class Offer:
    id: int
    title: str
    trade: str
    level: str
    contract: str
    place: str
    posts: int
    about: str


@dataclass(frozen=True)
class Stand:
    """What a stand says of itself. `recruiters` are first names with an initial; `room` is how one meets."""

    id: int
    fair_id: int
    name: str
    kind: StandKind
    capacity: int
    company_id: int
    company: str
    town: str
    headcount: str
    sector: str
    about: str
    trades: tuple[str, ...]
    offers: tuple[Offer, ...]
    recruiters: tuple[str, ...]
    room: RoomProvider
    site: str | None
    asks_confirmation: bool


_stand_id: Any = bindparam("stand_id")
_of_stand = free_places.slots(t.slots.c.stand_id == _stand_id)
_of_slot = free_places.slots(t.slots.c.id == bindparam("slot_id"))
_SLOTS = Statement(select(_of_stand).order_by(_of_stand.c.starts_at))
_SLOT = Statement(select(_of_slot))
_STATUS = Statement(
    select(
        t.stands.c.id,
        t.stands.c.fair_id,
        t.fairs.c.slug,
        t.fairs.c.timezone,
        t.fairs.c.live_day,
        t.fairs.c.mode,
        t.fairs.c.rest_open,
        t.stands.c.closed,
        t.stands.c.takes_walk_ins,
        t.stands.c.away_since,
        t.stands.c.shut_until,
        t.stands.c.connected_since,
        t.stands.c.delay_minutes,
        select(func.count())
        .where(t.waitlist.c.stand_id == t.stands.c.id)
        .correlate(t.stands)
        .scalar_subquery()
        .label("waiting"),
    )
    .join(t.fairs, t.fairs.c.id == t.stands.c.fair_id)
    .where(t.stands.c.id == _stand_id)
)
_LINE = Statement(
    select(t.bookings.c.queued_at).where(
        t.bookings.c.stand_id == _stand_id, text(t.one_of("bookings.state", [BookingState.CHECKED_IN]))
    )
)
_STAND = (
    select(
        t.stands,
        t.companies.c.name.label("company"),
        t.companies.c.town,
        t.companies.c.headcount,
        t.companies.c.sector,
        t.companies.c.about,
        t.fairs.c.room_provider.label("default_room"),
        t.sites.c.name.label("site"),
    )
    .select_from(t.stands.join(t.companies, t.companies.c.id == t.stands.c.company_id))
    .join(t.fairs, t.fairs.c.id == t.stands.c.fair_id)
    .outerjoin(t.sites, t.sites.c.id == t.stands.c.site_id)
)


def board(tx: Connection, stand_id: int) -> Board | None:
    """The slots of a stand by day and half-day; None for a stand that does not exist. Two statements."""
    status = _STATUS.first(tx, stand_id=stand_id)
    if status is None:
        return None
    zone = ZoneInfo(status.timezone)
    slots = [_slot(row) for row in _SLOTS.all(tx, stand_id=stand_id)]
    days = groupby(slots, key=lambda slot: slot.starts_at.astimezone(zone).date())
    return Board(stand_id, status.fair_id, tuple(_day(day, list(found), status.timezone) for day, found in days))


def slot(tx: Connection, slot_id: int) -> Slot | None:
    """One slot; None when it does not exist. One statement."""
    row = _SLOT.first(tx, slot_id=slot_id)
    return None if row is None else _slot(row)


def status(tx: Connection, stand_id: int) -> Status | None:
    """How the stand runs; None for one that does not exist. Three statements."""
    row = _STATUS.first(tx, stand_id=stand_id)
    if row is None:
        return None
    slots = _SLOTS.all(tx, stand_id=stand_id)
    zone = ZoneInfo(row.timezone)
    today = [each for each in slots if each.starts_at.astimezone(zone).date() == row.live_day]
    start, end = day_span(row.live_day, row.timezone) if row.live_day else (None, None)
    line = [each for each in _LINE.all(tx, stand_id=stand_id) if start and end and start <= each.queued_at < end]
    return Status(
        id=row.id,
        fair_id=row.fair_id,
        slug=row.slug,
        free=sum(each.free for each in slots),
        waiting=row.waiting,
        closed=row.closed,
        plays_today=bool(today),
        takes_walk_ins=row.takes_walk_ins,
        away=row.away_since is not None,
        shut_until=row.shut_until,
        connected=row.connected_since is not None,
        delay_minutes=row.delay_minutes,
        line=len(line),
        by_wishes=Wishing(Mode(row.mode), rest_open=row.rest_open).by_wishes,
        over=bool(slots) and all(each.passed for each in slots),
    )


def stand(tx: Connection, stand_id: int, *, fair_id: int) -> Stand | None:
    """What a stand says of itself; None for one that is not of this fair. Four statements."""
    row = tx.execute(_STAND.where(t.stands.c.id == stand_id, t.stands.c.fair_id == fair_id)).first()
    if row is None:
        return None
    trades = tx.execute(
        select(t.stand_trades.c.trade)
        .where(t.stand_trades.c.stand_id == stand_id)
        .order_by(by_name(t.stand_trades.c.trade))
    ).scalars()
    offers = tx.execute(select(t.offers).where(t.offers.c.company_id == row.company_id).order_by(t.offers.c.id))
    recruiters = tx.execute(
        select(t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.recruiters, t.recruiters.c.account_id == t.accounts.c.id)
        .where(t.recruiters.c.stand_id == stand_id)
        .order_by(t.recruiters.c.id)
    )
    room = row.default_room if row.room_provider == RoomProvider.AUTO else row.room_provider
    return Stand(
        id=row.id,
        fair_id=row.fair_id,
        name=row.name,
        kind=StandKind(row.kind),
        capacity=row.capacity,
        company_id=row.company_id,
        company=row.company,
        town=row.town,
        headcount=row.headcount,
        sector=row.sector,
        about=row.about,
        trades=tuple(trades),
        offers=tuple(offer(each) for each in offers),
        recruiters=tuple(_short(person.first_name, person.last_name) for person in recruiters if person.first_name),
        room=RoomProvider(room),
        site=row.site,
        asks_confirmation=row.asks_confirmation,
    )


def offer(row: Any) -> Offer:
    """The offer of a row of its table."""
    return Offer(row.id, row.title, row.trade, row.level, row.contract, row.place, row.posts, row.about)


def nearest(board: Board, slot: Slot, *, count: int = 3) -> tuple[Slot, ...]:
    """The free slots nearest to one that is taken, in order of time."""
    free = [each for each in board.slots if each.free and each.id != slot.id]
    chosen = sorted(free, key=lambda each: (abs(each.starts_at - slot.starts_at), each.starts_at))[:count]
    return tuple(sorted(chosen, key=lambda each: each.starts_at))


def _short(first_name: str, last_name: str) -> str:
    return f"{first_name} {last_name[:1]}." if last_name else first_name


def _slot(row: Any) -> Slot:
    if row.passed:
        look = SlotLook.PASSED
    elif not row.usable:
        look = SlotLook.CLOSED
    else:
        look = (SlotLook.WISHES if row.by_wishes else SlotLook.FREE) if row.free else SlotLook.TAKEN
    return Slot(row.id, row.stand_id, row.fair_id, row.starts_at, row.ends_at, row.capacity, row.free, look)


def _day(day: date, slots: list[Slot], timezone: str) -> Day:
    halves: dict[HalfDay, list[Slot]] = defaultdict(list)
    for each in slots:
        halves[half_of(each.starts_at, timezone)].append(each)
    return Day(
        day,
        free=sum(each.free for each in slots),
        passed=all(each.look is SlotLook.PASSED for each in slots),
        halves=tuple((half, tuple(halves[half])) for half in HalfDay if half in halves),
    )
