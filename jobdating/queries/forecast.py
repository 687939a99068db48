"""What the estimates need to know of a fair's day, and what they say now. The only query that takes the time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.estimate import (
    Current,
    Estimate,
    Explanation,
    Finished,
    Pace,
    Prior,
    Shown,
    StandState,
    Waiting,
    estimate_fair,
    explain,
    learn,
    refit,
    summed,
)
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState, Origin, StandKind
from jobdating.domain.window import day_span
from jobdating.queries.elsewhere import Elsewhere, yielded
from jobdating.queries.identity import Fair

AWAY = timedelta(minutes=5)  # what a stand that is away is expected to need from now
NEWS = timedelta(minutes=1)
A_MOMENT = timedelta(minutes=2)  # what somebody who stepped aside asked for


@dataclass(frozen=True)
class Told:
    """One estimate that is news, and why it is what it is."""

    booking_id: int
    estimate: Estimate
    explanation: Explanation


@dataclass(frozen=True)
class Forecast:
    """The estimates of one stand that differ from the stored ones, and its delay in whole minutes."""

    stand_id: int
    delay_minutes: int
    moved: tuple[Told, ...]
    stored_delay: int

    @property
    def is_news(self) -> bool:
        return bool(self.moved) or self.delay_minutes != self.stored_delay


def shown_before(tx: Connection, fair: Fair) -> dict[int, Shown]:
    """What each stand has shown on the days before the live one. One statement; the same all day."""
    if fair.live_day is None:
        return {}
    start, _ = day_span(fair.live_day, fair.timezone)
    b = t.bookings.c
    over = b.state.in_([BookingState.DONE.value, BookingState.NO_SHOW.value])
    finished: dict[int, list[Finished]] = defaultdict(list)
    missed: dict[int, int] = defaultdict(int)
    for row in tx.execute(
        select(b.stand_id, b.state, b.started_at, b.ended_at).where(b.fair_id == fair.id, b.queued_at < start, over)
    ):
        if row.state == BookingState.NO_SHOW:
            missed[row.stand_id] += 1
        elif row.started_at and row.ended_at and row.started_at < row.ended_at:
            finished[row.stand_id].append(Finished(row.started_at, row.ended_at))
    return {
        stand_id: replace(summed(finished[stand_id], planned=fair.interview, prior=Prior()), missed=missed[stand_id])
        for stand_id in {*finished, *missed}
    }


def forecast(
    tx: Connection, fair: Fair, *, now: datetime, before: Mapping[int, Shown] = MappingProxyType({})
) -> list[Forecast]:
    """Every stand's news at `now`; nothing outside the days of the fair. `before` is that of `shown_before`.

    Four statements.
    """
    if fair.live_day is None:
        return []
    start, end = day_span(fair.live_day, fair.timezone)
    if not start <= now < end:
        return []
    stands = tx.execute(
        select(t.stands.c.id, t.stands.c.away_since, t.stands.c.delay_minutes).where(
            t.stands.c.fair_id == fair.id, ~t.stands.c.closed, t.stands.c.kind == StandKind.INTERVIEW.value
        )
    ).all()
    states = _states(tx, fair, stands, start, end, before=before, now=now)
    if not states:
        return []
    stored = _stored(tx, fair)
    delays = {stand.id: stand.delay_minutes for stand in stands}
    prior = refit(Prior(), states, now=now)
    return [
        _forecast(state, estimates, learn(state, prior=prior, now=now), stored, delays[state.stand_id], now)
        for state, estimates in zip(states, estimate_fair(states, prior=prior, now=now), strict=True)
    ]


def _states(
    tx: Connection,
    fair: Fair,
    stands: Any,
    start: datetime,
    end: datetime,
    *,
    before: Mapping[int, Shown],
    now: datetime,
) -> list[StandState]:
    """What is known of each stand that has somebody today."""
    bookings = _bookings(tx, fair, start, end)
    by_stand: dict[int, list[Any]] = defaultdict(list)
    for booking in bookings:
        by_stand[booking.stand_id].append(booking)
    busy = {b.candidate_id: b for b in bookings if b.state in WITH_RECRUITER}
    behind = yielded(tx, t.bookings.c.fair_id == fair.id)
    planned = fair.interview
    return [
        _state(
            stand,
            by_stand[stand.id],
            ready={b.id: _ready_at(b, busy.get(b.candidate_id), behind, planned, now) for b in by_stand[stand.id]},
            planned=planned,
            before=before.get(stand.id, Shown()),
            now=now,
        )
        for stand in stands
        if by_stand[stand.id]
    ]


def _bookings(tx: Connection, fair: Fair, start: datetime, end: datetime) -> list[Any]:
    b = t.bookings.c
    return list(
        tx.execute(
            select(
                b.id, b.stand_id, b.candidate_id, b.state, b.slot_id, b.origin, b.starts_at, b.queued_at,
                b.stepped_aside_at, b.late_until, b.phone_asked_at, b.checked_in_at, b.called_at, b.started_at, b.ended_at,
                b.extra_minutes, t.candidates.c.connected_since,
            )
            .join(t.candidates, t.candidates.c.id == b.candidate_id)
            .where(b.fair_id == fair.id, b.queued_at >= start, b.queued_at < end)
            .order_by(b.queued_at, b.id)
        )
    )  # fmt: skip


def _stored(tx: Connection, fair: Fair) -> dict[int, Any]:
    """What those who wait are told now, by booking."""
    waiting = t.bookings.c.state.in_([state.value for state in sorted(WAITING)])
    of_fair = select(t.bookings.c.id).where(t.bookings.c.fair_id == fair.id, waiting)
    return {row.booking_id: row for row in tx.execute(select(t.estimates).where(t.estimates.c.booking_id.in_(of_fair)))}


def _state(
    stand: Any,
    bookings: list[Any],
    *,
    ready: Mapping[int, datetime | None],
    planned: timedelta,
    before: Shown,
    now: datetime,
) -> StandState:
    current = next((b for b in bookings if b.state in WITH_RECRUITER), None)
    return StandState(
        stand_id=stand.id,
        planned=planned,
        queue=tuple(
            Waiting(
                b.id,
                _booked_at(b),
                present=_is_present(b),
                ready_at=ready[b.id],
            )
            for b in bookings
            if b.state in WAITING
        ),
        current=_current(current, planned) if current and current.called_at else None,
        finished=tuple(
            Finished(b.started_at, b.ended_at, b.called_at, _booked_at(b), b.checked_in_at)
            for b in bookings
            if b.state == BookingState.DONE and b.started_at and b.ended_at and b.started_at < b.ended_at
        ),
        no_shows=tuple(b.ended_at for b in bookings if b.state == BookingState.NO_SHOW and b.ended_at),
        away_until=now + AWAY if stand.away_since else None,
        before=before,
    )


def _is_present(booking: Any) -> bool:
    """Said so, is connected, or waits to be phoned."""
    said = booking.state == BookingState.CHECKED_IN or booking.phone_asked_at is not None
    return said or booking.connected_since is not None


def _booked_at(booking: Any) -> datetime | None:
    """A walk-in has no time; who was handed over by a colleague keeps the time they had."""
    if booking.slot_id is not None:
        at: datetime | None = booking.starts_at
        return at
    return None if booking.origin == Origin.WALK_IN else booking.queued_at


def _current(booking: Any, planned: timedelta) -> Current:
    extended_to = None
    if booking.started_at is not None and booking.extra_minutes:
        extended_to = booking.started_at + planned + timedelta(minutes=booking.extra_minutes)
    return Current(booking.called_at, booking.started_at, extended_to=extended_to)


def _ready_at(
    booking: Any, elsewhere: Any, behind: Mapping[int, Elsewhere], planned: timedelta, now: datetime
) -> datetime | None:
    """When somebody can come who is with another recruiter, lets another stand go first, runs late, or asked for a
    moment; None for who can come now."""
    if elsewhere is not None and elsewhere.stand_id != booking.stand_id:
        began: datetime = elsewhere.started_at or elsewhere.called_at
        return max(began + planned + timedelta(minutes=elsewhere.extra_minutes), now + A_MOMENT)
    if booking.id in behind:
        return max(behind[booking.id].until, now + A_MOMENT)
    if booking.stepped_aside_at is not None:
        aside: datetime = booking.stepped_aside_at
        return max(aside + A_MOMENT, now + A_MOMENT / 2)
    promised: datetime | None = booking.late_until
    return promised if promised is not None and promised > now else None


def _forecast(
    state: StandState,
    estimates: tuple[Estimate, ...],
    pace: Pace,
    stored: dict[int, Any],
    stored_delay: int,
    now: datetime,
) -> Forecast:
    moved = []
    delay: int | None = None
    for place, (waiting, estimate) in enumerate(zip(state.queue, estimates, strict=True)):
        # Somebody who is due and not here keeps nobody waiting: the delay is that of the first who can be called.
        if delay is None and waiting.booked_at is not None and (waiting.present or waiting.booked_at > now):
            delay = max(0, (estimate.likely - waiting.booked_at) // timedelta(minutes=1))
        explanation = explain(state, place, estimate=estimate, pace=pace, now=now)
        if _is_news(stored.get(waiting.booking_id), estimate, explanation):
            moved.append(Told(waiting.booking_id, estimate, explanation))
    return Forecast(state.stand_id, delay or 0, tuple(moved), stored_delay)


def _is_news(before: Any, estimate: Estimate, explanation: Explanation) -> bool:
    if before is None or before.why != explanation.why:
        return True
    return any(abs(getattr(before, name) - getattr(estimate, name)) >= NEWS for name in ("not_before", "low", "high"))
