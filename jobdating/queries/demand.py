"""How contested stands are: who wishes for them against the places they have. Never depends on the moment."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.domain.states import BookingState, SlotState

CALM, BUSY = 0.5, 1.2  # wishes a place


class Contest(StrEnum):
    """How hard it is to meet a stand."""

    CALM = "calm"
    FAIR = "fair"
    BUSY = "busy"


@dataclass(frozen=True)
class Demand:
    """`wishes` are those of people whom the stand suits, `firsts` those that are somebody's first."""

    fair_id: int
    stand_id: int
    wishes: int
    firsts: int
    places: int

    @property
    def contest(self) -> Contest:
        ratio = self.wishes / self.places if self.places else float(self.wishes > 0) * 2
        return Contest.CALM if ratio < CALM else Contest.BUSY if ratio > BUSY else Contest.FAIR


@dataclass(frozen=True)
class Outcome:
    """What became of a wish: an interview (its moment, None for one without a time), or why not (None: still open)."""

    rank: int
    stand_id: int
    stand: str
    booked: bool
    starts_at: Any
    code: str | None


@dataclass(frozen=True)
class Outcomes:
    """A candidate's wishes as the published timetable answered them; nothing before it is published."""

    fair_id: int
    candidate_id: int
    slug: str
    published: bool
    outcomes: tuple[Outcome, ...]

    @property
    def met(self) -> int:
        return sum(each.booked for each in self.outcomes)


_stand_id: Any = bindparam("stand_id")
_candidate_id: Any = bindparam("candidate_id")
_WISHES = (
    select(func.count())
    .where(t.wishes.c.stand_id == t.stands.c.id, t.wishes.c.eligible)
    .correlate(t.stands)
    .scalar_subquery()
)
_FIRSTS = (
    select(func.coalesce(func.sum(case((t.wishes.c.rank == 1, 1), else_=0)), 0))
    .where(t.wishes.c.stand_id == t.stands.c.id, t.wishes.c.eligible)
    .correlate(t.stands)
    .scalar_subquery()
)
_PLACES = (
    select(func.coalesce(func.sum(t.slots.c.capacity), 0))
    .where(t.slots.c.stand_id == t.stands.c.id, t.slots.c.state == SlotState.OPEN.value, ~t.stands.c.closed)
    .correlate(t.stands)
    .scalar_subquery()
)
_DEMAND = Statement(
    select(
        t.stands.c.fair_id,
        t.stands.c.id,
        _WISHES.label("wishes"),
        _FIRSTS.label("firsts"),
        _PLACES.label("places"),
    ).where(t.stands.c.id == _stand_id)
)


def demand(tx: Connection, stand_id: int) -> Demand | None:
    """One stand. One statement."""
    row = _DEMAND.first(tx, stand_id=stand_id)
    return None if row is None else Demand(row.fair_id, row.id, row.wishes, int(row.firsts), int(row.places))


def demands(tx: Connection, fair_id: int) -> dict[int, Demand]:
    """Every stand of a fair. One statement."""
    rows = tx.execute(
        select(t.stands.c.id, _WISHES.label("wishes"), _FIRSTS.label("firsts"), _PLACES.label("places"))
        .where(t.stands.c.fair_id == fair_id)
        .order_by(t.stands.c.id)
    )
    return {row.id: Demand(fair_id, row.id, row.wishes, int(row.firsts), int(row.places)) for row in rows}


def outcomes(tx: Connection, candidate_id: int) -> Outcomes | None:
    """None for a candidate who does not exist. Two statements."""
    c, w, b = t.candidates.c, t.wishes.c, t.bookings.c
    head = tx.execute(
        select(c.fair_id, t.fairs.c.slug, t.fairs.c.timetable_at).join(t.fairs).where(c.id == candidate_id)
    ).first()
    if head is None:
        return None
    published = head.timetable_at is not None
    if not published:
        return Outcomes(head.fair_id, candidate_id, head.slug, published, ())
    gone = (BookingState.CANCELLED.value, BookingState.HELD.value, BookingState.NO_SHOW.value)
    met = select(
        b.stand_id, func.min(b.starts_at).label("starts_at"), func.count().label("bookings")
    ).where(b.candidate_id == candidate_id, b.state.not_in(gone)).group_by(b.stand_id).subquery()  # fmt: skip
    rows = tx.execute(
        select(w.stand_id, t.stands.c.name, w.denied, met.c.starts_at, met.c.bookings)
        .join(t.stands, t.stands.c.id == w.stand_id)
        .outerjoin(met, met.c.stand_id == w.stand_id)
        .where(w.candidate_id == candidate_id)
        .order_by(w.rank, w.stand_id)
    )
    return Outcomes(
        head.fair_id,
        candidate_id,
        head.slug,
        published,
        tuple(
            Outcome(rank, row.stand_id, row.name, bool(row.bookings), row.starts_at, row.denied)
            for rank, row in enumerate(rows, 1)
        ),
    )
