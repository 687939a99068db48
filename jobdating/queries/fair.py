"""A fair as its home page shows it: what it offers, and where there is room."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.db.statement import Statement
from jobdating.domain.half_day import HalfDay, half_of
from jobdating.domain.states import Level
from jobdating.queries import free_places


@dataclass(frozen=True)
class Room:
    """Half a day of a fair: its free places, all it has, and whether it is over."""

    day: date
    half: HalfDay
    free: int
    places: int
    passed: bool


@dataclass(frozen=True)
class FairRoom:
    """Where there is room: for each half-day, the rooms by day (None where nothing takes place)."""

    fair_id: int
    slug: str
    days: tuple[date, ...]
    halves: tuple[tuple[HalfDay, tuple[Room | None, ...]], ...]

    @property
    def over(self) -> bool:
        """Whether every half-day has passed."""
        return all(room.passed for _, rooms in self.halves for room in rooms if room)

    @property
    def free(self) -> int:
        return sum(room.free for _, rooms in self.halves for room in rooms if room)

    @property
    def places(self) -> int:
        return sum(room.places for _, rooms in self.halves for room in rooms if room)


@dataclass(frozen=True)
class OpenDoors:
    """A site that opens its workshops, on these days."""

    site: str
    days: tuple[date, ...]


@dataclass(frozen=True)
class Facts:
    """What a fair offers. `levels` from the first diploma to the highest; `sites` are its centres by name."""

    companies: int
    offers: int
    stands: int
    trainings: int
    levels: tuple[str, ...]
    sites: tuple[str, ...]
    open_doors: tuple[OpenDoors, ...]


_of_fair = free_places.slots(t.stands.c.fair_id == bindparam("fair_id"))
_ROOM = Statement(
    select(
        _of_fair.c.starts_at,
        func.max(_of_fair.c.slug).label("slug"),
        func.max(_of_fair.c.timezone).label("timezone"),
        func.sum(_of_fair.c.capacity).label("places"),
        func.sum(_of_fair.c.free).label("free"),
        func.count().filter(~_of_fair.c.passed).label("ahead"),
    )
    .group_by(_of_fair.c.starts_at)
    .order_by(_of_fair.c.starts_at)
)
_FAIR = Statement(select(t.fairs.c.slug, t.fairs.c.timezone).where(t.fairs.c.id == bindparam("fair_id")))


def room(tx: Connection, fair_id: int) -> FairRoom | None:
    """Free places by day and half-day; None for a fair that does not exist. Two statements."""
    fair = _FAIR.first(tx, fair_id=fair_id)
    if fair is None:
        return None
    zone = ZoneInfo(fair.timezone)
    cells: dict[tuple[HalfDay, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in _ROOM.all(tx, fair_id=fair_id):
        cell = cells[half_of(row.starts_at, fair.timezone), row.starts_at.astimezone(zone).date()]
        for index, number in enumerate((row.free, row.places, row.ahead)):
            cell[index] += int(number)
    days = tuple(sorted({day for _, day in cells}))
    halves = [half for half in HalfDay if any(there is half for there, _ in cells)]
    return FairRoom(
        fair_id, fair.slug, days, tuple((half, tuple(_room(cells, half, day) for day in days)) for half in halves)
    )


def _room(cells: dict[tuple[HalfDay, date], list[int]], half: HalfDay, day: date) -> Room | None:
    if (half, day) not in cells:
        return None
    free, places_, ahead = cells[half, day]
    return Room(day, half, free, places_, passed=ahead == 0)


def facts(tx: Connection, fair_id: int) -> Facts:
    """What a fair offers. Five statements."""
    companies = select(func.count()).select_from(t.companies).where(t.companies.c.fair_id == fair_id)
    stands = select(func.count()).select_from(t.stands).where(t.stands.c.fair_id == fair_id)
    trainings = select(func.count()).select_from(t.trainings).where(t.trainings.c.fair_id == fair_id)
    levels = tx.execute(
        select(t.offers.c.level, func.count().label("offers"))
        .join(t.companies)
        .where(t.companies.c.fair_id == fair_id)
        .group_by(t.offers.c.level)
    ).all()
    sites = tx.execute(
        select(t.sites.c.name, t.sites.c.open_days)
        .where(t.sites.c.fair_id == fair_id)
        .order_by(by_name(t.sites.c.name))
    ).all()
    return Facts(
        companies=tx.execute(companies).scalar_one(),
        offers=sum(row.offers for row in levels),
        stands=tx.execute(stands).scalar_one(),
        trainings=tx.execute(trainings).scalar_one(),
        levels=in_order(row.level for row in levels),
        sites=tuple(row.name for row in sites),
        open_doors=tuple(
            OpenDoors(row.name, tuple(sorted(date.fromisoformat(day["day"]) for day in row.open_days)))
            for row in sites
            if row.open_days
        ),
    )


def in_order(levels: Iterable[str]) -> tuple[str, ...]:
    """Diplomas from the first to the highest, each once; unknown ones last."""
    known = [level.value for level in Level]
    return tuple(sorted(set(levels), key=lambda level: (known.index(level) if level in known else len(known), level)))
