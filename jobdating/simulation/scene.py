"""What the simulated crowd sees before it acts: the lines of the day, who is connected, what is just over. Reads only."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, or_, select

from jobdating.db import tables as t
from jobdating.domain.states import LIVE, WITH_RECRUITER, BookingState, OfferState
from jobdating.domain.window import day_span

AHEAD = timedelta(minutes=75)
JUST_OVER = timedelta(minutes=12)
_LIVE = [state.value for state in sorted(LIVE)]
_ANSWERS = [BookingState.HELD.value, BookingState.REQUESTED.value]
_COLUMNS = (
    t.bookings.c.id,
    t.bookings.c.stand_id,
    t.bookings.c.candidate_id,
    t.bookings.c.slot_id,
    t.bookings.c.state,
    t.bookings.c.starts_at,
    t.bookings.c.ends_at,
    t.bookings.c.queued_at,
    t.bookings.c.made_at,
    t.bookings.c.checked_in_at,
    t.bookings.c.stepped_aside_at,
    t.bookings.c.called_at,
    t.bookings.c.started_at,
    t.bookings.c.ended_at,
    t.bookings.c.extra_minutes,
    t.bookings.c.candidate_in_room_at,
    t.bookings.c.recruiter_in_room_at,
    t.bookings.c.reviewed_at,
    t.bookings.c.late_until,
    t.bookings.c.early_asked_at,
    t.bookings.c.early_agreed_at,
    t.bookings.c.early_refused_at,
    t.bookings.c.gap_taken_at,
)


@dataclass(frozen=True)
class Scene:
    """`lines` are the live bookings of today by stand, in order of time; `over` what ended a little while ago, by stand."""

    lines: dict[int, list[Any]]
    over: dict[int, list[Any]]
    asked: list[Any]  # held or requested, of any day
    here: frozenset[int]  # candidates who are connected
    stands: dict[int, Any]
    offers: list[Any] = field(default_factory=list)  # gaps that wait for an answer

    @cached_property
    def with_recruiter(self) -> list[Any]:
        """Bookings that are called or under way, at any stand."""
        return [row for rows in self.lines.values() for row in rows if row.state in WITH_RECRUITER]


def look(tx: Connection, *, fair_id: int, timezone: str, now: datetime) -> Scene:
    """The fair as it is now, in five statements."""
    start, _ = day_span(now.astimezone(ZoneInfo(timezone)).date(), timezone)
    of_fair = t.bookings.c.fair_id == fair_id
    today = and_(t.bookings.c.queued_at >= start, t.bookings.c.queued_at < now + AHEAD)
    live = tx.execute(
        select(*_COLUMNS)
        .where(of_fair, t.bookings.c.state.in_(_LIVE), or_(today, t.bookings.c.state.in_(_ANSWERS)))
        .order_by(t.bookings.c.queued_at, t.bookings.c.id)
    ).all()
    done = tx.execute(
        select(*_COLUMNS)
        .where(of_fair, t.bookings.c.state == BookingState.DONE.value, t.bookings.c.ended_at >= now - JUST_OVER)
        .order_by(t.bookings.c.ended_at, t.bookings.c.id)
    ).all()
    here = tx.execute(
        select(t.candidates.c.id).where(t.candidates.c.fair_id == fair_id, t.candidates.c.connected_since.is_not(None))
    ).scalars()
    stands = tx.execute(
        select(t.stands.c.id, t.stands.c.away_since, t.stands.c.connected_since, t.stands.c.closed)
        .where(t.stands.c.fair_id == fair_id)
        .order_by(t.stands.c.id)
    )
    lines: dict[int, list[Any]] = defaultdict(list)
    asked = []
    for row in live:
        if row.state in _ANSWERS:
            asked.append(row)
        else:
            lines[row.stand_id].append(row)
    over: dict[int, list[Any]] = defaultdict(list)
    for row in done:
        over[row.stand_id].append(row)
    offers = select(t.gap_offers.c.id, t.gap_offers.c.candidate_id, t.gap_offers.c.made_at, t.gaps.c.stand_id)
    waiting = (t.gaps.c.fair_id == fair_id, t.gap_offers.c.state == OfferState.OFFERED.value)
    open_offers = tx.execute(offers.join(t.gaps).where(*waiting).order_by(t.gap_offers.c.id)).all()
    return Scene(lines, over, asked, frozenset(here), {row.id: row for row in stands}, list(open_offers))
