"""Gives the time that a stand has to spare to somebody who fits: opens, offers, takes, declines, closes.

Lock order: the stand, then the candidate, then the gap. The first who accepts has it: one taker a gap is a constraint,
and a call at the stand closes the gap in the same transaction, so an acceptance and a call never both succeed unseen.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.violations import refused_as
from jobdating.domain import errors, events, policy
from jobdating.domain.arbiter import TimeBox
from jobdating.domain.policy import Actor
from jobdating.domain.refill import fits_before
from jobdating.domain.slots import Span
from jobdating.domain.states import WITH_RECRUITER, BookingState, GapState, OfferState, Origin
from jobdating.services import closing, rows
from jobdating.services.booking import Booking, booking_of, ids_of

JUST = timedelta(seconds=5)  # a call that crossed an acceptance is refused; pressed again later it is a decision


def offer(
    tx: Connection,
    *,
    stand_id: int,
    cause_id: int,
    candidate_ids: Sequence[int],
    until: datetime,
    answer_by: datetime,
    now: datetime,
) -> int | None:
    """Ask these candidates whether they come now; opens the gap when none is open. The gap's id, None when it is too late.

    Called by the timekeeper, which read who fits; here it only counts what must not be wrong: the stand is still free.
    """
    stand = rows.lock_stand(tx, stand_id)
    if _is_unready(tx, stand, now) or answer_by <= now:
        return None
    gap_id = _open_gap(tx, stand_id)
    if gap_id is None:
        gap_id = tx.execute(
            insert(t.gaps)
            .values(fair_id=stand.fair_id, stand_id=stand_id, cause_id=cause_id, opened_at=now, until=until)
            .returning(t.gaps.c.id)
        ).scalar_one()
        opened = events.GapOpened(fair_id=stand.fair_id, stand_id=stand_id, gap_id=gap_id, cause_id=cause_id)
        journal.append(tx, opened, at=now)
    else:
        tx.execute(update(t.gaps).where(t.gaps.c.id == gap_id).values(until=until))
    elsewhere = select(t.gap_offers.c.candidate_id).where(t.gap_offers.c.state == OfferState.OFFERED.value)
    here = select(t.gap_offers.c.candidate_id).where(t.gap_offers.c.gap_id == gap_id)
    taken = {*tx.execute(elsewhere).scalars(), *tx.execute(here).scalars()}
    for candidate_id in candidate_ids:
        if candidate_id in taken:
            continue
        tx.execute(
            insert(t.gap_offers).values(gap_id=gap_id, candidate_id=candidate_id, made_at=now, expires_at=answer_by)
        )
        asked = events.GapOffered(fair_id=stand.fair_id, stand_id=stand_id, gap_id=gap_id, candidate_id=candidate_id)
        journal.append(tx, asked, at=now)
    return gap_id


def accept(tx: Connection, actor: Actor, *, offer_id: int, now: datetime) -> Booking:
    """ "J'arrive": the candidate takes the gap and goes first at the stand; accepting twice is accepting once.

    Raises NotFound, OfferExpired, GapTaken (another was quicker), CandidateBusy, LimitReached, Overlap.
    """
    offered = _offer(tx, offer_id)
    stand = rows.lock_stand(tx, offered.stand_id)
    if rows.lock_taker(tx, offered.candidate_id) != stand.fair_id:
        raise errors.NotFound(what="offer")
    policy.ensure_own(actor, candidate_id=offered.candidate_id, fair_id=stand.fair_id)
    gap = _lock_gap(tx, offered.gap_id)
    offered = _offer(tx, offer_id)
    if offered.state == OfferState.ACCEPTED and gap.taken_by is not None:
        return booking_of(rows.booking(tx, gap.taken_by))
    if gap.state != GapState.OPEN or offered.state == OfferState.WITHDRAWN:
        raise errors.GapTaken()
    if offered.state != OfferState.OFFERED or offered.expires_at <= now:
        raise errors.OfferExpired()
    _ensure_free(tx, offered, gap, stand, now)
    with refused_as({"one_taker_per_gap": errors.GapTaken()}):
        tx.execute(
            update(t.gap_offers)
            .where(t.gap_offers.c.id == offer_id)
            .values(state=OfferState.ACCEPTED.value, ended_at=now)
        )
    booking_id = _go_first(tx, actor, stand, offered.candidate_id, now)
    tx.execute(
        update(t.gaps)
        .where(t.gaps.c.id == gap.id)
        .values(state=GapState.TAKEN.value, taken_by=booking_id, closed_at=now)
    )
    _withdraw(tx, gap.id, now)
    taken = events.GapTaken(
        fair_id=stand.fair_id, stand_id=stand.id, gap_id=gap.id, candidate_id=offered.candidate_id,
        booking_id=booking_id,
    )  # fmt: skip
    journal.append(tx, taken, at=now, by=actor.account_id)
    return booking_of(rows.booking(tx, booking_id))


def decline(tx: Connection, actor: Actor, *, offer_id: int, now: datetime) -> None:
    """ "Non merci": the next is asked. Declining what is over already changes nothing. Raises NotFound."""
    offered = _offer(tx, offer_id)
    stand = rows.lock_stand(tx, offered.stand_id)
    policy.ensure_own(actor, candidate_id=offered.candidate_id, fair_id=stand.fair_id)
    _end(tx, offer_id, OfferState.DECLINED, now=now, by=actor.account_id)


def expire(tx: Connection, *, offer_id: int, now: datetime) -> None:
    """Nobody answered in time. Does nothing when somebody did meanwhile."""
    offered = _offer(tx, offer_id)
    rows.lock_stand(tx, offered.stand_id)
    if offered.expires_at <= now:
        _end(tx, offer_id, OfferState.EXPIRED, now=now, by=None)


def close(tx: Connection, *, stand_id: int, now: datetime, by: int | None = None) -> bool:
    """The stand has no time to spare any more: offers are withdrawn. Whether there was a gap.

    Part of a call, a pause and an undone absence too; the stand must be locked by the caller then.
    """
    stand = rows.lock_stand(tx, stand_id)
    gap_id = _open_gap(tx, stand_id)
    if gap_id is None:
        return False
    tx.execute(update(t.gaps).where(t.gaps.c.id == gap_id).values(state=GapState.CLOSED.value, closed_at=now))
    _withdraw(tx, gap_id, now)
    journal.append(tx, events.GapClosed(fair_id=stand.fair_id, stand_id=stand_id, gap_id=gap_id), at=now, by=by)
    return True


def ensure_not_crossed(tx: Connection, *, stand_id: int, candidate_id: int, now: datetime) -> None:
    """Somebody else accepted the stand's gap a moment ago: whoever calls has not seen it yet. Raises GapTaken."""
    crossed = tx.execute(
        select(t.gaps.c.id)
        .join(t.bookings, t.bookings.c.id == t.gaps.c.taken_by)
        .where(
            t.gaps.c.stand_id == stand_id,
            t.gaps.c.state == GapState.TAKEN.value,
            t.gaps.c.closed_at > now - JUST,
            t.bookings.c.candidate_id != candidate_id,
            t.bookings.c.state == BookingState.CHECKED_IN.value,
        )
    ).first()
    if crossed is not None:
        raise errors.GapTaken()


def _go_first(tx: Connection, actor: Actor, stand: Any, candidate_id: int, now: datetime) -> int:
    """The candidate's place in the line, before all others: the one they had there, or a new one."""
    mine = rows.live_at(tx, stand_id=stand.id, candidate_id=candidate_id)
    if mine is not None:
        tx.execute(update(t.bookings).where(t.bookings.c.id == mine.id).values(gap_taken_at=now))
        return int(mine.id)
    booking_id: int = tx.execute(
        insert(t.bookings)
        .values(
            fair_id=stand.fair_id, stand_id=stand.id, candidate_id=candidate_id, state=BookingState.CHECKED_IN.value,
            origin=Origin.WALK_IN.value, queued_at=now, checked_in_at=now, gap_taken_at=now, made_at=now,
        )
        .returning(t.bookings.c.id)
    ).scalar_one()  # fmt: skip
    tx.execute(t.waitlist.delete().where(t.waitlist.c.stand_id == stand.id, t.waitlist.c.candidate_id == candidate_id))
    row = rows.booking(tx, booking_id)
    journal.append(tx, events.BookingMade(**ids_of(row), origin=row.origin), at=now, by=actor.account_id)
    return booking_id


def _ensure_free(tx: Connection, offered: Any, gap: Any, stand: Any, now: datetime) -> None:
    """They may have booked, or been called elsewhere, since they were asked."""
    rows.ensure_may_take(tx, offered.candidate_id)
    if _is_unready(tx, stand, now):
        raise errors.GapTaken()
    b = t.bookings.c
    with_other = b.state.in_([state.value for state in sorted(WITH_RECRUITER)])
    if tx.execute(select(b.id).where(b.candidate_id == offered.candidate_id, with_other)).first() is not None:
        raise errors.CandidateBusy()
    held = rows.held(tx, offered.candidate_id)
    mine = rows.live_at(tx, stand_id=stand.id, candidate_id=offered.candidate_id)
    if mine is not None and mine.slot_id is not None:
        raise errors.AlreadyInLine()
    if mine is None and len(held) >= stand.cap:
        raise errors.LimitReached(cap=stand.cap)
    length = timedelta(minutes=stand.interview_minutes)
    spans: list[Span] = [each.span for each in held if each.live and each.span is not None and each.span.end > now]
    first = min((span.start for span in spans), default=None)
    if not fits_before(first, until=gap.until, now=now, length=length):
        raise errors.Overlap(starts_at=first)
    if gap.until - now < TimeBox().least:
        raise errors.OfferExpired()


def _offer(tx: Connection, offer_id: int) -> Any:
    row = tx.execute(
        select(t.gap_offers, t.gaps.c.stand_id)
        .join(t.gaps, t.gaps.c.id == t.gap_offers.c.gap_id)
        .where(t.gap_offers.c.id == offer_id)
    ).first()
    if row is None:
        raise errors.NotFound(what="offer")
    return row


def _lock_gap(tx: Connection, gap_id: int) -> Any:
    return tx.execute(select(t.gaps).where(t.gaps.c.id == gap_id).with_for_update()).one()


def _end(tx: Connection, offer_id: int, state: OfferState, *, now: datetime, by: int | None) -> None:
    ended = tx.execute(
        update(t.gap_offers)
        .where(t.gap_offers.c.id == offer_id, t.gap_offers.c.state == OfferState.OFFERED.value)
        .values(state=state.value, ended_at=now)
    )
    if not ended.rowcount:
        return
    offered = _offer(tx, offer_id)
    fair_id = tx.execute(select(t.gaps.c.fair_id).where(t.gaps.c.id == offered.gap_id)).scalar_one()
    declined = events.GapDeclined(
        fair_id=fair_id, stand_id=offered.stand_id, gap_id=offered.gap_id, candidate_id=offered.candidate_id,
        expired=state is OfferState.EXPIRED,
    )  # fmt: skip
    journal.append(tx, declined, at=now, by=by)


def _withdraw(tx: Connection, gap_id: int, now: datetime) -> None:
    tx.execute(
        update(t.gap_offers)
        .where(t.gap_offers.c.gap_id == gap_id, t.gap_offers.c.state == OfferState.OFFERED.value)
        .values(state=OfferState.WITHDRAWN.value, ended_at=now)
    )


def _open_gap(tx: Connection, stand_id: int) -> int | None:
    found: int | None = tx.execute(
        select(t.gaps.c.id)
        .where(t.gaps.c.stand_id == stand_id, t.gaps.c.state == GapState.OPEN.value)
        .with_for_update()
    ).scalar()
    return found


def _is_unready(tx: Connection, stand: Any, now: datetime) -> bool:
    away = stand.closed or stand.away_since is not None or closing.until(tx, stand.id, now=now) is not None
    return away or _busy(tx, stand.id)


def _busy(tx: Connection, stand_id: int) -> bool:
    states = [state.value for state in sorted(WITH_RECRUITER)]
    found = select(t.bookings.c.id).where(t.bookings.c.stand_id == stand_id, t.bookings.c.state.in_(states))
    return tx.execute(found.limit(1)).first() is not None
