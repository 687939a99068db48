"""What becomes due: held places that expire, promotions, the turn of the day, estimates, and the attendance plot.

Called by a loop as the system. Every decision compares the due time itself, so a late call is never wrong, only late.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, literal, select, text, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.states import LIVE, WAITING, WITH_RECRUITER, BookingState
from jobdating.domain.window import day_span
from jobdating.queries.due import SAMPLE_EVERY
from jobdating.queries.forecast import Forecast, Told
from jobdating.services import booking, reminders, repair, waitlist

TIMEKEEPER = "timekeeper"  # the row of `meta` that says which process keeps the time

_CLAIM = select(t.meta.c.value).with_for_update()


def keep(tx: Connection, *, now: datetime) -> None:
    """Do all that is due at `now`, but the estimates. Cheap when nothing is."""
    _expire(tx, now)
    _promote(tx, now)
    repair.settle(tx, now=now)
    reminders.remind(tx, now=now)
    for fair_id in list(tx.execute(select(t.fairs.c.id).order_by(t.fairs.c.id)).scalars()):
        keep_fair(tx, fair_id=fair_id, now=now)


def keep_fair(tx: Connection, *, fair_id: int, now: datetime) -> None:
    """Turn the day of a fair, note attendance, and tell which places have passed."""
    fair = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    if fair is None:
        return
    today = now.astimezone(ZoneInfo(fair.timezone)).date()
    if fair.first_day <= today <= fair.last_day:
        if fair.live_day != today:
            tx.execute(update(t.fairs).where(t.fairs.c.id == fair.id).values(live_day=today))
            journal.append(tx, events.DayTurned(fair_id=fair.id), at=now)
        _sample(tx, fair.id, *day_span(today, fair.timezone), now)
    until = now + timedelta(minutes=fair.lead_minutes)
    if until >= day_span(fair.first_day, fair.timezone)[0] and today <= fair.last_day:
        _pass_places(tx, fair.id, fair.free_from, until, now)


def publish(tx: Connection, fair_id: int, forecasts: Sequence[Forecast], *, now: datetime) -> None:
    """Store estimates that moved by a minute or more; one journal entry a stand."""
    news = [forecast for forecast in forecasts if forecast.is_news]
    if not news:
        return
    _tell(tx, {told.booking_id: told for forecast in news for told in forecast.moved}, now)
    for forecast in news:
        if forecast.delay_minutes != forecast.stored_delay:
            here = t.stands.c.id == forecast.stand_id
            tx.execute(update(t.stands).where(here).values(delay_minutes=forecast.delay_minutes))
    for forecast in news:
        event = events.EstimatesMoved(fair_id=fair_id, stand_id=forecast.stand_id, delay_minutes=forecast.delay_minutes)
        journal.append(tx, event, at=now)


def _tell(tx: Connection, moved: Mapping[int, Told], now: datetime) -> None:
    """Store the times of those who still wait: as what is told now, and with all that was told before."""
    waiting = [state.value for state in sorted(WAITING)]
    found = tx.execute(select(t.bookings.c.id).where(t.bookings.c.id.in_(list(moved)), t.bookings.c.state.in_(waiting)))
    still = list(found.scalars())
    if not still:
        return
    tx.execute(t.estimates.delete().where(t.estimates.c.booking_id.in_(still)))
    tx.execute(
        t.estimates.insert(),
        [
            {
                "booking_id": booking_id,
                "not_before": moved[booking_id].estimate.not_before,
                "low": moved[booking_id].estimate.low,
                "high": moved[booking_id].estimate.high,
                "why": moved[booking_id].explanation.why.value,
                "pace_minutes": moved[booking_id].explanation.pace,
                "published_at": now,
            }
            for booking_id in still
        ],
    )
    again = t.told_times.c.booking_id.in_(still) & (t.told_times.c.published_at == now)
    tx.execute(t.told_times.delete().where(again))  # the clock of a demo may stand still
    tx.execute(
        t.told_times.insert(),
        [
            {
                "booking_id": booking_id,
                "published_at": now,
                "low": moved[booking_id].estimate.low,
                "likely": moved[booking_id].estimate.likely,
                "high": moved[booking_id].estimate.high,
            }
            for booking_id in still
        ],
    )


def claim(tx: Connection, *, name: str, now: datetime, until: datetime) -> bool:
    """Whether `name` keeps the time until `until`: nobody else does, or whoever did has not said so since. Wall time."""
    if tx.execute(_CLAIM.where(t.meta.c.key == TIMEKEEPER)).first() is None:
        # Two processes may start together: the second waits here for the first, and finds its claim.
        tx.execute(text("INSERT INTO meta (key, value) VALUES ('timekeeper', '') ON CONFLICT (key) DO NOTHING"))
    held_by, _, held_until = tx.execute(_CLAIM.where(t.meta.c.key == TIMEKEEPER)).scalar_one().partition(" ")
    if held_by not in {"", name} and datetime.fromisoformat(held_until) > now:
        return False
    tx.execute(update(t.meta).where(t.meta.c.key == TIMEKEEPER).values(value=f"{name} {until.isoformat()}"))
    return True


def release(tx: Connection, *, name: str) -> None:
    """Stop keeping the time."""
    tx.execute(update(t.meta).where(t.meta.c.key == TIMEKEEPER, t.meta.c.value.startswith(name)).values(value=""))


def _expire(tx: Connection, now: datetime) -> None:
    due = tx.execute(
        select(t.bookings.c.id).where(t.bookings.c.state == BookingState.HELD.value, t.bookings.c.expires_at <= now)
    ).scalars()
    for booking_id in list(due):
        booking.expire(tx, booking_id=booking_id, now=now)


def _promote(tx: Connection, now: datetime) -> None:
    """Stands where somebody waits for a place and none is held for them."""
    for stand_id in list(
        tx.execute(select(t.waitlist.c.stand_id).distinct().order_by(t.waitlist.c.stand_id)).scalars()
    ):
        waitlist.promote(tx, stand_id=stand_id, now=now)


def _pass_places(tx: Connection, fair_id: int, since: datetime | None, until: datetime, now: datetime) -> None:
    """Nobody can take a slot any more that starts before `until`: told once for each slot that it passes."""
    passed = select(t.slots.c.id).join(t.stands).where(t.stands.c.fair_id == fair_id, t.slots.c.starts_at < until)
    if since is not None:
        passed = passed.where(t.slots.c.starts_at >= since)
    if tx.execute(passed.limit(1)).first() is None:
        return
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(free_from=until))
    journal.append(tx, events.PlacesPassed(fair_id=fair_id), at=now)


def _sample(tx: Connection, fair_id: int, start: datetime, end: datetime, now: datetime) -> None:
    latest = tx.execute(select(func.max(t.attendance.c.at)).where(t.attendance.c.fair_id == fair_id)).scalar()
    at = now - (now - start) % SAMPLE_EVERY
    if latest is not None and latest >= at:
        return
    tx.execute(t.attendance.insert().values(fair_id=fair_id, at=at, **_count(tx, fair_id, start, end, at)))
    late = select(t.stands.c.id, literal(at, t.delays.c.at.type), t.stands.c.delay_minutes).where(
        t.stands.c.fair_id == fair_id, t.stands.c.delay_minutes > 0
    )
    tx.execute(t.delays.insert().from_select(["stand_id", "at", "minutes"], late))
    journal.append(tx, events.AttendanceSampled(fair_id=fair_id), at=now)


def _count(tx: Connection, fair_id: int, start: datetime, end: datetime, at: datetime) -> dict[str, int]:
    """People, not bookings: with a recruiter, in a line, around between two, and those expected within the hour."""
    rows = tx.execute(
        select(t.bookings.c.candidate_id, t.bookings.c.state, t.bookings.c.starts_at, t.bookings.c.ends_at).where(
            t.bookings.c.fair_id == fair_id, t.bookings.c.queued_at >= start, t.bookings.c.queued_at < end
        )
    ).all()
    running = {row.candidate_id for row in rows if row.state in WITH_RECRUITER}
    waiting = {row.candidate_id for row in rows if row.state == BookingState.CHECKED_IN} - running
    connected = set(
        tx.execute(
            select(t.candidates.c.id).where(
                t.candidates.c.fair_id == fair_id, t.candidates.c.connected_since.is_not(None)
            )
        ).scalars()
    )
    hour = timedelta(minutes=30)
    expected = {
        row.candidate_id
        for row in rows
        if row.starts_at
        and row.state in LIVE | {BookingState.DONE, BookingState.NO_SHOW}
        and row.starts_at - hour <= at < row.ends_at + hour
    }
    return {
        "expected": len(expected),
        "around": len(connected - running - waiting),
        "waiting": len(waiting),
        "running": len(running),
    }
