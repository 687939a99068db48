"""A candidate's profile as they see it: what they said, and what they can choose from."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.slots import Span
from jobdating.queries import accounts
from jobdating.queries.identity import Fair


@dataclass(frozen=True)
class Cv:
    """The CV that is kept; `size` in bytes."""

    filename: str
    size: int
    uploaded_at: datetime


@dataclass(frozen=True)
class Profile:
    """What is known. `available` is None for all the fair; `days` are the half-days to choose from, by day."""

    candidate_id: int
    name: str
    phone: str
    level: str
    age_band: str
    site_id: int | None
    about: str
    trades: tuple[str, ...]
    available: tuple[Span, ...] | None
    days: tuple[tuple[Span, ...], ...]
    all_trades: tuple[str, ...]
    sites: tuple[tuple[int, str], ...]
    cv: Cv | None


def profile(tx: Connection, candidate_id: int, fair: Fair) -> Profile:
    """The profile of a candidate of the fair. Five statements."""
    c = t.candidates.c
    row = tx.execute(
        select(t.candidates, t.accounts.c.first_name, t.accounts.c.last_name, t.accounts.c.phone)
        .join(t.accounts, t.accounts.c.id == c.account_id)
        .where(c.id == candidate_id)
    ).one()
    mine = select(t.candidate_trades.c.trade).where(t.candidate_trades.c.candidate_id == candidate_id)
    sites = select(t.sites.c.id, t.sites.c.name).where(t.sites.c.fair_id == fair.id).order_by(by_name(t.sites.c.name))
    said = None if row.availability is None else tuple(_span(each) for each in row.availability)
    halves, step = half_days(fair), max(1, len(fair.hours))
    return Profile(
        candidate_id=candidate_id,
        name=f"{row.first_name} {row.last_name}".strip(),
        phone=row.phone or "",
        level=row.level,
        age_band=row.age_band,
        site_id=row.site_id,
        about=row.about,
        trades=tuple(sorted(tx.execute(mine).scalars())),
        available=None if said is None else tuple(half for half in halves if any(half.overlaps(each) for each in said)),
        days=tuple(halves[at : at + step] for at in range(0, len(halves), step)),
        all_trades=accounts.trades(tx, fair.id),
        sites=tuple((each.id, each.name) for each in tx.execute(sites)),
        cv=_cv(tx, candidate_id),
    )


def half_days(fair: Fair) -> tuple[Span, ...]:
    """Every stretch of hours of every day of the fair, in order."""
    zone = ZoneInfo(fair.timezone)

    def moment(day: Any, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)

    return tuple(Span(moment(day, start), moment(day, end)) for day in fair.days for start, end in fair.hours)


def _span(stored: list[str]) -> Span:
    start, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in stored)
    return Span(start, end)


def _cv(tx: Connection, candidate_id: int) -> Cv | None:
    d = t.documents.c
    row = tx.execute(select(d.filename, d.size, d.uploaded_at).where(d.candidate_id == candidate_id)).first()
    return None if row is None else Cv(row.filename, row.size, row.uploaded_at)
