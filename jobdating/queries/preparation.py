"""Where a fair stands before its days, and the conditions that its figures share."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from jobdating.db import tables as t
from jobdating.domain.states import LIVE, WAITING, WITH_RECRUITER, BookingState, SlotState


def is_in(*states: BookingState) -> Any:
    return t.bookings.c.state.in_([state.value for state in sorted(states)])


def count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


HERE = is_in(BookingState.CHECKED_IN, *WITH_RECRUITER)
HAS_PLACE = is_in(*LIVE, BookingState.DONE)
PLANNED = is_in(*LIVE, BookingState.DONE, BookingState.NO_SHOW)


@dataclass(frozen=True)
class Preparation:
    """Where a fair stands before its days: counts of candidates, and of places over all days."""

    registered: int
    complete: int
    with_cv: int
    with_wishes: int
    without_booking: int
    places: int
    filled: int
    stands: int
    stands_empty: int
    stands_unstaffed: int


def stands_of(tx: Connection, fair_id: int) -> Any:
    stand = t.stands
    is_open = ~stand.c.closed
    booked = select(t.bookings.c.id).where(t.bookings.c.stand_id == stand.c.id, HAS_PLACE).exists()
    staffed = select(t.recruiters.c.id).where(t.recruiters.c.stand_id == stand.c.id).exists()
    busy = select(t.bookings.c.id).where(t.bookings.c.stand_id == stand.c.id, is_in(*WAITING, *WITH_RECRUITER)).exists()
    return tx.execute(
        select(
            count(is_open).label("open"),
            count(and_(is_open, stand.c.connected_since.is_not(None))).label("connected"),
            count(and_(is_open, ~booked)).label("empty"),
            count(and_(is_open, ~staffed)).label("unstaffed"),
            func.avg(case((and_(is_open, busy), stand.c.delay_minutes))).label("delay"),
        ).where(stand.c.fair_id == fair_id)
    ).one()


def prepared(tx: Connection, fair_id: int, stands: Any) -> Preparation:
    candidate = t.candidates
    trades = select(t.candidate_trades.c.trade).where(t.candidate_trades.c.candidate_id == candidate.c.id).exists()
    document = select(t.documents.c.id).where(t.documents.c.candidate_id == candidate.c.id).exists()
    wish = select(t.wishes.c.rank).where(t.wishes.c.candidate_id == candidate.c.id).exists()
    booking = select(t.bookings.c.id).where(t.bookings.c.candidate_id == candidate.c.id, PLANNED).exists()
    people = tx.execute(
        select(
            func.count().label("registered"),
            count(and_(candidate.c.level != "", trades)).label("complete"),
            count(document).label("with_cv"),
            count(wish).label("with_wishes"),
            count(~booking).label("without_booking"),
        ).where(candidate.c.fair_id == fair_id)
    ).one()
    usable = and_(t.stands.c.fair_id == fair_id, ~t.stands.c.closed, t.slots.c.state == SlotState.OPEN.value)
    places = tx.execute(select(func.sum(t.slots.c.capacity)).select_from(t.slots.join(t.stands)).where(usable)).scalar()
    filled = tx.execute(
        select(func.count()).where(t.bookings.c.fair_id == fair_id, t.bookings.c.slot_id.is_not(None), HAS_PLACE)
    ).scalar_one()
    return Preparation(
        **{name: int(value) for name, value in people._mapping.items()},
        places=int(places or 0),
        filled=filled,
        stands=stands.open,
        stands_empty=stands.empty,
        stands_unstaffed=stands.unstaffed,
    )


def the_fair(tx: Connection, fair_id: int) -> Any:
    return tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
