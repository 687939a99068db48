"""Stands, companies, offers and trainings of a fair, searched and filtered. Each list is a fixed number of statements.

A fair has some hundred of each: they are read whole, and matched here, so that accents and capitals do not matter.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.half_day import HalfDay, half_of
from jobdating.queries import free_places
from jobdating.queries.fair import in_order
from jobdating.queries.identity import Fair
from jobdating.queries.stand_rows import StandRow, stand_rows

T = TypeVar("T")


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; "" and None mean anything. `page` counts from 1."""

    q: str = ""
    trade: str = ""
    level: str = ""
    place: str = ""
    free: bool = False
    day: date | None = None
    half: HalfDay | None = None
    page: int = 1

    @property
    def are_any(self) -> bool:
        return self != Filters(page=self.page)

    @property
    def at_a_time(self) -> bool:
        return self.day is not None or self.half is not None

    def admits(self, starts_at: datetime, timezone: str) -> bool:
        """Whether a slot starts at the day and half-day that are asked for."""
        if self.day and starts_at.astimezone(ZoneInfo(timezone)).date() != self.day:
            return False
        return self.half is None or half_of(starts_at, timezone) is self.half


@dataclass(frozen=True)
class Choices:
    """What can be chosen in the filters, because there is some of it."""

    trades: tuple[str, ...]
    levels: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True)
class Found(Generic[T]):
    """One page of what was found, of `total`, out of `pages`."""

    items: tuple[T, ...]
    total: int
    page: int
    pages: int
    choices: Choices


@dataclass(frozen=True)
class CompanyRow:
    """`stands` are (id, name)."""

    id: int
    name: str
    town: str
    sector: str
    headcount: str
    trades: tuple[str, ...]
    levels: tuple[str, ...]
    offers: int
    free: int
    stands: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class OfferRow:
    """An offer, and the stand (id, name) where its company can be met: one that looks for its trade first."""

    id: int
    title: str
    trade: str
    level: str
    contract: str
    place: str
    posts: int
    about: str
    company_id: int
    company: str
    stand: tuple[int, str] | None
    free: int


@dataclass(frozen=True)
class TrainingRow:
    """A course, where it is taught, and how many offers ask for its trade and level."""

    id: int
    title: str
    trade: str
    level: str
    months: int | None
    sites: tuple[str, ...]
    offers: int


def folded(words: str) -> str:
    """Without capitals and accents, for comparing."""
    plain = unicodedata.normalize("NFKD", words.replace("œ", "oe").replace("’", "'"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def stands(tx: Connection, fair: Fair, filters: Filters, *, size: int) -> Found[StandRow]:
    """Those with the earliest free slot first, full ones last. Nine statements."""
    found = _everything(tx, fair, filters)
    choices = found.choices()
    matching = [row for row in found.stands if found.suits(row, filters)]
    matching.sort(key=lambda row: (found.first_free(row.id), folded(row.name), row.id))
    page, pages = _page(matching, filters.page, size)
    rows = stand_rows(tx, [row.id for row in page], at=lambda moment: filters.admits(moment, fair.timezone))
    return Found(tuple(rows), len(matching), min(max(filters.page, 1), pages), pages, choices)


def companies(tx: Connection, fair: Fair, filters: Filters, *, size: int) -> Found[CompanyRow]:
    """In the order of their names. Six statements."""
    found = _everything(tx, fair, filters)
    matching = sorted(
        (row for row in found.companies if found.company_suits(row, filters)),
        key=lambda row: (folded(row.name), row.id),
    )
    page, pages = _page(matching, filters.page, size)
    items = tuple(found.company_row(row) for row in page)
    return Found(items, len(matching), min(max(filters.page, 1), pages), pages, found.choices())


def offers(tx: Connection, fair: Fair, filters: Filters, *, size: int) -> Found[OfferRow]:
    """In the order of trades, levels and titles. Six statements."""
    found = _everything(tx, fair, filters)
    order = in_order(row.level for row in found.offers)
    matching = sorted(
        (row for row in found.offers if found.offer_suits(row, filters)),
        key=lambda row: (folded(row.trade), order.index(row.level), folded(row.title), row.id),
    )
    page, pages = _page(matching, filters.page, size)
    items = tuple(found.offer_row(row) for row in page)
    return Found(items, len(matching), min(max(filters.page, 1), pages), pages, found.choices())


def trainings(tx: Connection, fair: Fair, filters: Filters, *, size: int) -> Found[TrainingRow]:
    """In the order of trades and levels. Four statements."""
    rows = tx.execute(select(t.trainings).where(t.trainings.c.fair_id == fair.id)).all()
    sites: dict[int, list[str]] = defaultdict(list)
    for row in tx.execute(
        select(t.training_sites.c.training_id, t.sites.c.name)
        .join(t.sites)
        .where(t.sites.c.fair_id == fair.id)
        .order_by(by_name(t.sites.c.name))
    ):
        sites[row.training_id].append(row.name)
    counted = {
        (row.trade, row.level): row.offers
        for row in tx.execute(
            select(t.offers.c.trade, t.offers.c.level, func.count().label("offers"))
            .join(t.companies)
            .where(t.companies.c.fair_id == fair.id)
            .group_by(t.offers.c.trade, t.offers.c.level)
        )
    }
    order = in_order(row.level for row in rows)
    matching = [
        row
        for row in rows
        if filters.trade in {"", row.trade}
        and filters.level in {"", row.level}
        and (not filters.place or filters.place in sites[row.id])
        and _holds(filters.q, row.title, row.trade, row.level, *sites[row.id])
    ]
    matching.sort(key=lambda row: (folded(row.trade), order.index(row.level), folded(row.title), row.id))
    page, pages = _page(matching, filters.page, size)
    items = tuple(
        TrainingRow(
            row.id, row.title, row.trade, row.level, row.months, tuple(sites[row.id]),
            counted.get((row.trade, row.level), 0),
        )
        for row in page
    )  # fmt: skip
    choices = Choices(
        _sorted(row.trade for row in rows), order, _sorted(name for names in sites.values() for name in names)
    )
    return Found(items, len(matching), min(max(filters.page, 1), pages), pages, choices)


@dataclass(frozen=True)
class _Everything:
    companies: Sequence[Any]
    stands: Sequence[Any]
    offers: Sequence[Any]
    trades: dict[int, list[str]]  # by stand
    room: dict[int, tuple[int, datetime]]  # free places and the first of them, by stand with any

    def first_free(self, stand_id: int) -> tuple[bool, float]:
        there = self.room.get(stand_id)
        return (there is None, there[1].timestamp() if there else 0.0)

    def choices(self) -> Choices:
        trades = {trade for found in self.trades.values() for trade in found} | {row.trade for row in self.offers}
        places_ = {row.town for row in self.companies} | {row.place for row in self.offers}
        return Choices(_sorted(trades), in_order(row.level for row in self.offers), _sorted(places_))

    @cached_property
    def stands_of(self) -> dict[int, list[Any]]:
        return _by_company(self.stands)

    @cached_property
    def offers_of(self) -> dict[int, list[Any]]:
        return _by_company(self.offers)

    def suits(self, stand: Any, filters: Filters) -> bool:
        offers_ = self.offers_of.get(stand.company_id, [])
        trades = self.trades[stand.id]
        wanted = [each for each in offers_ if filters.trade in {"", each.trade}]
        return (
            (not filters.trade or filters.trade in trades or bool(wanted))
            and (not filters.level or any(each.level == filters.level for each in wanted))
            and (not filters.place or filters.place in {stand.town, *(each.place for each in offers_)})
            and (not (filters.free or filters.at_a_time) or stand.id in self.room)
            and _holds(filters.q, stand.name, stand.company, stand.town, *trades, *(each.title for each in offers_))
        )

    def company_suits(self, company: Any, filters: Filters) -> bool:
        stands_ = self.stands_of.get(company.id, [])
        offers_ = self.offers_of.get(company.id, [])
        trades = {trade for each in stands_ for trade in self.trades[each.id]}
        wanted = [each for each in offers_ if filters.trade in {"", each.trade}]
        return (
            (not filters.trade or filters.trade in trades or bool(wanted))
            and (not filters.level or any(each.level == filters.level for each in wanted))
            and (not filters.place or filters.place in {company.town, *(each.place for each in offers_)})
            and (not filters.free or any(each.id in self.room for each in stands_))
            and _holds(filters.q, company.name, company.town, company.sector, *(each.title for each in offers_))
        )

    def offer_suits(self, offer: Any, filters: Filters) -> bool:
        return (
            filters.trade in {"", offer.trade}
            and filters.level in {"", offer.level}
            and filters.place in {"", offer.place}
            and (not filters.free or any(row.id in self.room for row in self.stands_of.get(offer.company_id, [])))
            and _holds(filters.q, offer.title, offer.trade, offer.level, offer.place, offer.company, offer.about)
        )

    def company_row(self, company: Any) -> CompanyRow:
        stands_ = self.stands_of.get(company.id, [])
        offers_ = self.offers_of.get(company.id, [])
        return CompanyRow(
            company.id, company.name, company.town, company.sector, company.headcount,
            trades=_sorted(
                {row.trade for row in offers_} | {trade for row in stands_ for trade in self.trades[row.id]}
            ),
            levels=in_order(row.level for row in offers_),
            offers=len(offers_),
            free=sum(self.room[row.id][0] for row in stands_ if row.id in self.room),
            stands=tuple((row.id, row.name) for row in stands_),
        )  # fmt: skip

    def offer_row(self, offer: Any) -> OfferRow:
        stands_ = sorted(
            self.stands_of.get(offer.company_id, []),
            key=lambda row: (offer.trade not in self.trades[row.id], self.first_free(row.id), row.id),
        )
        return OfferRow(
            offer.id, offer.title, offer.trade, offer.level, offer.contract, offer.place, offer.posts, offer.about,
            offer.company_id, offer.company,
            stand=(stands_[0].id, stands_[0].name) if stands_ else None,
            free=sum(self.room[row.id][0] for row in stands_ if row.id in self.room),
        )  # fmt: skip


def _everything(tx: Connection, fair: Fair, filters: Filters) -> _Everything:
    """Five statements."""
    companies_ = tx.execute(select(t.companies).where(t.companies.c.fair_id == fair.id)).all()
    stands_ = tx.execute(
        select(
            t.stands.c.id,
            t.stands.c.name,
            t.stands.c.company_id,
            t.companies.c.name.label("company"),
            t.companies.c.town,
        )
        .join(t.companies)
        .where(t.stands.c.fair_id == fair.id)
    ).all()
    offers_ = tx.execute(
        select(t.offers, t.companies.c.name.label("company")).join(t.companies).where(t.companies.c.fair_id == fair.id)
    ).all()
    trades: dict[int, list[str]] = defaultdict(list)
    for row in tx.execute(
        select(t.stand_trades)
        .join(t.stands)
        .where(t.stands.c.fair_id == fair.id)
        .order_by(by_name(t.stand_trades.c.trade))
    ):
        trades[row.stand_id].append(row.trade)
    return _Everything(companies_, stands_, offers_, trades, _room(tx, fair, filters))


def _room(tx: Connection, fair: Fair, filters: Filters) -> dict[int, tuple[int, datetime]]:
    """Free places and the first of them by stand, at the day and half-day that are asked for. One statement."""
    slots = free_places.slots(t.stands.c.fair_id == fair.id)
    found: dict[int, tuple[int, datetime]] = {}
    for row in tx.execute(
        select(slots.c.stand_id, slots.c.starts_at, slots.c.free).where(slots.c.free > 0).order_by(slots.c.starts_at)
    ):
        if filters.admits(row.starts_at, fair.timezone):
            free, first = found.get(row.stand_id, (0, row.starts_at))
            found[row.stand_id] = (free + row.free, first)
    return found


def _by_company(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.company_id].append(row)
    return found


def _holds(q: str, *texts: str) -> bool:
    """Whether each word of `q` is in one of the texts."""
    if not q:
        return True
    everything = folded(" ".join(texts))
    return all(word in everything for word in folded(q).split())


def _page(rows: Sequence[Any], page: int, size: int) -> tuple[Sequence[Any], int]:
    """The rows of a page, the last one where there are fewer, and how many pages there are."""
    pages = max(1, -(-len(rows) // size))
    start = (min(max(page, 1), pages) - 1) * size
    return rows[start : start + size], pages


def _sorted(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word}, key=folded))
