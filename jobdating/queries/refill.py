"""What is to do about the gaps of a fair now: which open, whom to ask next, what is over. Read without the writer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from jobdating.db import tables as t
from jobdating.domain import refill as rules
from jobdating.domain.line import entry
from jobdating.domain.privacy import may_take
from jobdating.domain.refill import FRESH, Circle, Fit
from jobdating.domain.states import COUNTED, LIVE, WITH_RECRUITER, BookingState, GapState, OfferState, Origin, StandKind
from jobdating.queries.lines import BOX, Day, StandLine, closes_at


@dataclass(frozen=True)
class Plan:
    """Offer a gap to these candidates until `answer_by`. `gap_id` is None for one that is not open yet."""

    stand_id: int
    gap_id: int | None
    cause_id: int
    until: datetime
    answer_by: datetime
    candidate_ids: tuple[int, ...]


@dataclass(frozen=True)
class ToDo:
    """Offers without an answer in time, stands whose gap is no more, and offers to make."""

    expired: tuple[int, ...] = ()
    closing: tuple[int, ...] = ()
    plans: tuple[Plan, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.expired or self.closing or self.plans)


def to_do(tx: Connection, day: Day, found: Sequence[StandLine], *, now: datetime) -> ToDo:
    """All that is due about gaps at `now`, given the lines of the fair. At most eight statements."""
    open_gaps = {row.stand_id: row for row in _open(tx, day)}
    free = {each.stand_id: each for each in found if _may_have_a_gap(each, day, now) or each.stand_id in open_gaps}
    hours = closes_at(tx, free, day=day, now=now) if free else {}
    until = {stand_id: gap_until(each, day, hours.get(stand_id), now=now) for stand_id, each in free.items()}
    closing = tuple(stand_id for stand_id in open_gaps if until.get(stand_id) is None)
    asked = _asked(tx, [gap.id for gap in open_gaps.values()])
    expired = tuple(
        row.id for rows in asked.values() for row in rows if row.state == OfferState.OFFERED and row.expires_at <= now
    )
    asking = {
        stand_id
        for stand_id, gap in open_gaps.items()
        if any(row.state == OfferState.OFFERED and row.expires_at > now for row in asked[gap.id])
    }
    seen = _causes(tx, [each.over.booking_id for each in free.values() if each.over])
    plans = []
    for stand_id, each in free.items():
        gap, end = open_gaps.get(stand_id), until[stand_id]
        if end is None or stand_id in asking or each.over is None:
            continue
        if gap is None and each.over.ended_at <= seen.get(each.over.booking_id, day.start):
            continue  # this absence had its gap
        by = rules.answer_by(until=end, now=now, box=BOX)
        already = {row.candidate_id for row in asked[gap.id]} if gap else set()
        people = fitting(tx, each, day, until=end, now=now) if by is not None else []
        chosen = rules.group(people, size=day.group, asked=already)
        if by is not None and chosen:
            plans.append(Plan(stand_id, gap.id if gap else None, each.over.booking_id, end, by, tuple(chosen)))
    return ToDo(expired, closing, tuple(plans))


def gap_until(line: StandLine, day: Day, hours_end: datetime | None, *, now: datetime) -> datetime | None:
    """When a gap that begins now at this stand ends; None when it has none."""
    if not line.is_free or hours_end is None:
        return None
    choice = line.turn(day, now).choice
    queue = [entry(each, grace=day.grace, moment=now) for each in line.people if each.is_waiting]
    return rules.ends(queue, choice, now=now, closes_at=hours_end, box=BOX)


def fitting(tx: Connection, line: StandLine, day: Day, *, until: datetime, now: datetime) -> list[Fit]:
    """Who may, is connected, of the trade, with an interview left to have, and free until their next. Four statements."""
    candidates = {row.id: row for row in _connected(tx, day, line.stand_id) if may_take(row.permission)}
    bookings: dict[int, list[Any]] = defaultdict(list)
    for row in tx.execute(
        select(t.bookings, t.estimates.c.not_before)
        .outerjoin(t.estimates, t.estimates.c.booking_id == t.bookings.c.id)
        .where(t.bookings.c.fair_id == day.fair_id, t.bookings.c.candidate_id.in_(list(candidates)))
    ):
        bookings[row.candidate_id].append(row)
    spoken = _spoken_to(tx, line.stand_id, day)
    found = []
    for candidate_id, row in candidates.items():
        if candidate_id in spoken:
            continue
        fit = _fit(row, bookings[candidate_id], line.stand_id, day, until=until, now=now)
        if fit is not None:
            found.append(fit)
    return found


def _may_have_a_gap(line: StandLine, day: Day, now: datetime) -> bool:
    fresh = line.over is not None and now - line.over.ended_at <= FRESH
    return day.refill and fresh and line.takes_walk_ins and line.kind is StandKind.INTERVIEW and line.is_free


def _fit(row: Any, mine: Iterable[Any], stand_id: int, day: Day, *, until: datetime, now: datetime) -> Fit | None:
    mine = list(mine)
    here = [each for each in mine if each.stand_id == stand_id and each.state in LIVE | {BookingState.DONE}]
    waits = next((each for each in here if _waits_here(each)), None)
    counted = sum(each.state in COUNTED for each in mine)
    if (here and waits is None) or any(each.state in WITH_RECRUITER for each in mine):
        return None
    if waits is None and counted >= day.cap:
        return None
    times = [
        max(each.not_before or each.starts_at, each.starts_at)
        for each in mine
        if each.state in LIVE and each.slot_id is not None and each.ends_at > now
    ]
    if not rules.fits_before(min(times, default=None), until=until, now=now, length=day.length):
        return None
    if waits is not None:
        circle, since = Circle.LINE, waits.queued_at
    elif row.joined_at is not None:
        circle, since = Circle.WAITLIST, row.joined_at
    elif row.rank is not None:
        circle, since = Circle.WISH, row.connected_since
    else:
        circle, since = Circle.AROUND, row.connected_since
    return Fit(row.id, circle, counted - (waits is not None), row.rank, since)


def _waits_here(booking: Any) -> bool:
    return (
        booking.origin == Origin.WALK_IN
        and booking.state == BookingState.CHECKED_IN
        and booking.gap_taken_at is None
        and booking.stepped_aside_at is None
        and booking.late_until is None
    )


def _connected(tx: Connection, day: Day, stand_id: int) -> list[Any]:
    """Candidates who are here now and suit the stand: by trade, and by a sign that they came for interviews."""
    c = t.candidates.c
    shared = (
        select(t.stand_trades.c.trade)
        .join(t.candidate_trades, t.candidate_trades.c.trade == t.stand_trades.c.trade)
        .where(t.stand_trades.c.stand_id == stand_id, t.candidate_trades.c.candidate_id == c.id)
    )
    any_trade = select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == stand_id)
    return list(
        tx.execute(
            select(c.id, c.connected_since, c.permission, t.wishes.c.rank, t.waitlist.c.joined_at)
            .outerjoin(t.wishes, (t.wishes.c.candidate_id == c.id) & (t.wishes.c.stand_id == stand_id))
            .outerjoin(t.waitlist, (t.waitlist.c.candidate_id == c.id) & (t.waitlist.c.stand_id == stand_id))
            .where(
                c.fair_id == day.fair_id,
                c.connected_since.is_not(None),
                or_(shared.exists(), ~any_trade.exists()),
            )
            .order_by(c.id)
        )
    )


def _spoken_to(tx: Connection, stand_id: int, day: Day) -> set[int]:
    """Who has a question on the screen already, or said no (or nothing) to this stand today: nobody is pestered."""
    o = t.gap_offers.c
    silent = [OfferState.DECLINED.value, OfferState.EXPIRED.value]
    return set(
        tx.execute(
            select(o.candidate_id)
            .join(t.gaps, t.gaps.c.id == o.gap_id)
            .where(
                t.gaps.c.fair_id == day.fair_id,
                o.made_at >= day.start,
                or_(
                    o.state == OfferState.OFFERED.value,
                    (t.gaps.c.stand_id == stand_id) & o.state.in_(silent),
                ),
            )
        ).scalars()
    )


def _open(tx: Connection, day: Day) -> list[Any]:
    query = select(t.gaps).where(t.gaps.c.fair_id == day.fair_id, t.gaps.c.state == GapState.OPEN.value)
    return list(tx.execute(query.order_by(t.gaps.c.id)))


def _asked(tx: Connection, gap_ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    if gap_ids:
        for row in tx.execute(
            select(t.gap_offers).where(t.gap_offers.c.gap_id.in_(gap_ids)).order_by(t.gap_offers.c.id)
        ):
            found[row.gap_id].append(row)
    return found


def _causes(tx: Connection, booking_ids: list[int]) -> dict[int, datetime]:
    """When each of these opened a gap last."""
    if not booking_ids:
        return {}
    rows = tx.execute(
        select(t.gaps.c.cause_id, t.gaps.c.opened_at)
        .where(t.gaps.c.cause_id.in_(booking_ids))
        .order_by(t.gaps.c.opened_at)
    )
    return {row.cause_id: row.opened_at for row in rows}
