"""What the estimates need to know of a fair's day, and what they say now. The only query that takes the time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.estimate import Current, Estimate, Finished, Prior, StandState, Waiting, estimate_fair, refit
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState, StandKind
from jobdating.domain.window import day_span
from jobdating.queries.identity import Fair


@dataclass(frozen=True)
class Forecast:
    """The estimates of one stand that differ from the stored ones, and its delay in whole minutes."""

    stand_id: int
    delay_minutes: int
    moved: tuple[tuple[int, Estimate], ...]
    stored_delay: int

    @property
    def is_news(self) -> bool:
        return bool(self.moved) or self.delay_minutes != self.stored_delay


AWAY = timedelta(minutes=5)  # what a stand that is away is expected to need from now
NEWS = timedelta(minutes=1)
A_MOMENT = timedelta(minutes=2)  # what somebody who stepped aside asked for


def forecast(tx: Connection, fair: Fair, *, now: datetime) -> list[Forecast]:
    """Every stand's news at `now`; nothing outside the days of the fair. Four statements."""
    if fair.live_day is None:
        return []
    start, end = day_span(fair.live_day, fair.timezone)
    if not start <= now < end:
        return []
    bookings = tx.execute(
        select(
            t.bookings.c.id,
            t.bookings.c.stand_id,
            t.bookings.c.candidate_id,
            t.bookings.c.state,
            t.bookings.c.slot_id,
            t.bookings.c.starts_at,
            t.bookings.c.queued_at,
            t.bookings.c.stepped_aside_at,
            t.bookings.c.checked_in_at,
            t.bookings.c.called_at,
            t.bookings.c.started_at,
            t.bookings.c.ended_at,
            t.candidates.c.connected_since,
        )
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .where(t.bookings.c.fair_id == fair.id, t.bookings.c.queued_at >= start, t.bookings.c.queued_at < end)
        .order_by(t.bookings.c.queued_at, t.bookings.c.id)
    ).all()
    stands = tx.execute(
        select(t.stands.c.id, t.stands.c.away_since, t.stands.c.delay_minutes).where(
            t.stands.c.fair_id == fair.id, ~t.stands.c.closed, t.stands.c.kind == StandKind.INTERVIEW.value
        )
    ).all()
    by_stand: dict[int, list[Any]] = defaultdict(list)
    for booking in bookings:
        by_stand[booking.stand_id].append(booking)
    busy = {b.candidate_id: b for b in bookings if b.state in WITH_RECRUITER}
    states = [
        _state(stand, by_stand[stand.id], busy=busy, planned=fair.interview, now=now)
        for stand in stands
        if by_stand[stand.id]
    ]
    if not states:
        return []
    stored = {
        row.booking_id: row
        for row in tx.execute(
            select(t.estimates).where(
                t.estimates.c.booking_id.in_(
                    select(t.bookings.c.id).where(
                        t.bookings.c.fair_id == fair.id,
                        t.bookings.c.state.in_([state.value for state in sorted(WAITING)]),
                    )
                )
            )
        )
    }
    delays = {stand.id: stand.delay_minutes for stand in stands}
    found = estimate_fair(states, prior=refit(Prior(), states, now=now), now=now)
    return [
        _forecast(state, estimates, stored, delays[state.stand_id], now)
        for state, estimates in zip(states, found, strict=True)
    ]


def _state(stand: Any, bookings: list[Any], *, busy: dict[int, Any], planned: timedelta, now: datetime) -> StandState:
    waiting = [b for b in bookings if b.state in WAITING]
    current = next((b for b in bookings if b.state in WITH_RECRUITER), None)
    return StandState(
        stand_id=stand.id,
        planned=planned,
        queue=tuple(
            Waiting(
                b.id,
                b.starts_at if b.slot_id is not None else None,
                present=b.state == BookingState.CHECKED_IN or b.connected_since is not None,
                ready_at=_ready_at(b, busy.get(b.candidate_id), planned, now),
            )
            for b in waiting
        ),
        current=Current(current.called_at, current.started_at) if current and current.called_at else None,
        finished=tuple(
            Finished(b.started_at, b.ended_at, b.called_at, b.starts_at, b.checked_in_at)
            for b in bookings
            if b.state == BookingState.DONE and b.started_at and b.ended_at and b.started_at < b.ended_at
        ),
        no_shows=tuple(b.ended_at for b in bookings if b.state == BookingState.NO_SHOW and b.ended_at),
        away_until=now + AWAY if stand.away_since else None,
    )


def _ready_at(booking: Any, elsewhere: Any, planned: timedelta, now: datetime) -> datetime | None:
    """When somebody who is with another recruiter, or asked for a moment, can come; None for who can come now."""
    if elsewhere is not None and elsewhere.stand_id != booking.stand_id:
        began: datetime = elsewhere.started_at or elsewhere.called_at
        return max(began + planned, now + A_MOMENT)
    if booking.stepped_aside_at is not None:
        aside: datetime = booking.stepped_aside_at
        return max(aside + A_MOMENT, now + A_MOMENT / 2)
    return None


def _forecast(
    state: StandState, estimates: tuple[Estimate, ...], stored: dict[int, Any], stored_delay: int, now: datetime
) -> Forecast:
    moved = []
    delay: int | None = None
    for waiting, estimate in zip(state.queue, estimates, strict=True):
        # Somebody who is due and not here keeps nobody waiting: the delay is that of the first who can be called.
        if delay is None and waiting.booked_at is not None and (waiting.present or waiting.booked_at > now):
            delay = max(0, (estimate.likely - waiting.booked_at) // timedelta(minutes=1))
        if _is_news(stored.get(waiting.booking_id), estimate):
            moved.append((waiting.booking_id, estimate))
    return Forecast(state.stand_id, delay or 0, tuple(moved), stored_delay)


def _is_news(before: Any, estimate: Estimate) -> bool:
    if before is None:
        return True
    return any(abs(getattr(before, name) - getattr(estimate, name)) >= NEWS for name in ("not_before", "low", "high"))
