"""A candidate's wishes in their order, with what can be done about each now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from jobdating.db import tables as t
from jobdating.domain.states import LIVE
from jobdating.queries import timetables


@dataclass(frozen=True)
class Wish:
    """A stand that is wished for. `booked` when there is a live interview with it."""

    stand_id: int
    stand: str
    town: str
    rank: int
    eligible: bool
    booked: bool


def wishes(tx: Connection, candidate_id: int) -> tuple[Wish, ...]:
    """The first wish first. One statement."""
    w, b = t.wishes.c, t.bookings.c
    live = and_(
        b.candidate_id == candidate_id,
        b.stand_id == w.stand_id,
        b.state.in_([state.value for state in sorted(LIVE)]),
    )
    booked = select(func.count()).select_from(t.bookings).where(live).scalar_subquery()
    rows = tx.execute(
        select(w.stand_id, w.eligible, t.stands.c.name, t.companies.c.town, booked.label("booked"))
        .join(t.stands, t.stands.c.id == w.stand_id)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .where(w.candidate_id == candidate_id)
        .order_by(w.rank, w.stand_id)
    )
    return tuple(
        Wish(row.stand_id, row.name, row.town, rank, row.eligible, row.booked > 0)
        for rank, row in enumerate(rows, start=1)
    )


def may_rank(tx: Connection, candidate_id: int, *, now: datetime) -> bool:
    """Whether the candidate may still change their wishes. Two statements."""
    c = t.candidates.c
    row = tx.execute(select(c.fair_id, c.registered_at).where(c.id == candidate_id)).one()
    return timetables.wishing(tx, row.fair_id).may_rank(registered_at=row.registered_at, now=now)
