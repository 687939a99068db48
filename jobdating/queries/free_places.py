"""The one way of counting free places, for the API's lists, the public pages and their filters.

A place is free when its slot is open, its stand is not closed, nobody live holds it, and it does not start too soon to
be taken (`fairs.free_from`, kept by the timekeeper, so that a count never depends on the moment of rendering).
"""

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select, text

from jobdating.db import tables as t
from jobdating.domain.states import LIVE, SlotState
from jobdating.domain.wishing import Mode

_TAKEN = (
    select(func.count())
    .where(t.bookings.c.slot_id == t.slots.c.id, text(t.one_of("bookings.state", LIVE)))
    .correlate(t.slots)
    .scalar_subquery()
)
_PASSED = and_(t.fairs.c.free_from.is_not(None), t.slots.c.starts_at < t.fairs.c.free_from)
_USABLE = and_(
    t.slots.c.state == text(repr(SlotState.OPEN.value)),
    ~t.stands.c.closed,
    or_(t.fairs.c.free_from.is_(None), t.slots.c.starts_at >= t.fairs.c.free_from),
)
_BY_WISHES = and_(t.fairs.c.mode == text(repr(Mode.WISHES.value)), ~t.fairs.c.rest_open)


def slots(condition: ColumnElement[bool]) -> Subquery:
    """Slots for which `condition` holds (on slots, stands or fairs), each with its number of free places.

    Columns: id, stand_id, fair_id, slug, timezone, starts_at, ends_at, capacity, passed, usable, by_wishes, free; and
    bookable, the free places that somebody may take by themselves: none while they come from the timetable.
    """
    left = t.slots.c.capacity - _TAKEN
    return (
        select(
            t.slots.c.id,
            t.slots.c.stand_id,
            t.stands.c.fair_id,
            t.fairs.c.slug,
            t.fairs.c.timezone,
            t.slots.c.starts_at,
            t.slots.c.ends_at,
            t.slots.c.capacity,
            _PASSED.label("passed"),
            _USABLE.label("usable"),
            _BY_WISHES.label("by_wishes"),
            case((and_(_USABLE, left > 0), left), else_=0).label("free"),
            case((and_(_USABLE, ~_BY_WISHES, left > 0), left), else_=0).label("bookable"),
        )
        .select_from(t.slots.join(t.stands, t.stands.c.id == t.slots.c.stand_id))
        .join(t.fairs, t.fairs.c.id == t.stands.c.fair_id)
        .where(condition, t.IN_GRID)
        .subquery("places")
    )
