"""Announcements of a fair: whom one may write to, how many that reaches, and what was sent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, union

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.states import LIVE


@dataclass(frozen=True)
class Audience:
    """Whom an announcement may be for; `people` are reached by it now. `id` is None for everybody."""

    kind: str  # "all", "site" or "stand"
    id: int | None
    name: str
    people: int

    @property
    def key(self) -> str:
        return self.kind if self.id is None else f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class Sent:
    """An announcement that went out; `stand` or `site` name its audience, both "" for everybody."""

    id: int
    text: str
    sent_at: datetime
    stand: str
    site: str
    by: str


def audiences(tx: Connection, fair_id: int) -> list[Audience]:
    """Everybody, then the sites, then the stands where somebody waits. Five statements."""
    of_fair = t.candidates.c.fair_id == fair_id
    everybody = tx.execute(select(func.count()).select_from(t.candidates).where(of_fair)).scalar_one()
    counts = select(t.candidates.c.site_id, func.count()).where(of_fair).group_by(t.candidates.c.site_id)
    by_site: dict[int | None, int] = {site_id: int(count) for site_id, count in tx.execute(counts)}
    by_stand: dict[int, int] = defaultdict(int)
    live = t.bookings.c.state.in_([state.value for state in sorted(LIVE)])
    for row in tx.execute(
        union(
            select(t.bookings.c.stand_id, t.bookings.c.candidate_id).where(t.bookings.c.fair_id == fair_id, live),
            select(t.waitlist.c.stand_id, t.waitlist.c.candidate_id)
            .join(t.stands, t.stands.c.id == t.waitlist.c.stand_id)
            .where(t.stands.c.fair_id == fair_id),
        )
    ):
        by_stand[row.stand_id] += 1
    return [
        Audience("all", None, "", everybody),
        *(Audience("site", row.id, row.name, by_site.get(row.id, 0)) for row in _named(tx, t.sites, fair_id)),
        *(Audience("stand", row.id, row.name, by_stand[row.id]) for row in _named(tx, t.stands, fair_id)),
    ]


def sent(tx: Connection, fair_id: int) -> list[Sent]:
    """What was sent, the latest first."""
    rows = tx.execute(
        select(
            t.announcements,
            func.coalesce(t.stands.c.name, "").label("stand"),
            func.coalesce(t.sites.c.name, "").label("site"),
            t.accounts.c.first_name,
            t.accounts.c.last_name,
        )
        .outerjoin(t.stands, t.stands.c.id == t.announcements.c.stand_id)
        .outerjoin(t.sites, t.sites.c.id == t.announcements.c.site_id)
        .outerjoin(t.accounts, t.accounts.c.id == t.announcements.c.account_id)
        .where(t.announcements.c.fair_id == fair_id)
        .order_by(t.announcements.c.sent_at.desc(), t.announcements.c.id.desc())
        .limit(100)
    )
    return [
        Sent(
            row.id, row.text, row.sent_at, row.stand, row.site, f"{row.first_name or ''} {row.last_name or ''}".strip()
        )
        for row in rows
    ]


def _named(tx: Connection, table: Any, fair_id: int) -> list[Any]:
    return list(
        tx.execute(select(table.c.id, table.c.name).where(table.c.fair_id == fair_id).order_by(by_name(table.c.name)))
    )
