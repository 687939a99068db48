"""Takes a repair back, as far as things have not moved on, while there is time. Lock order as in `agreeing`."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.domain.repair import Holder, Now, PersonChange, Record, SlotChange, Undoing, decode, encode
from jobdating.domain.repair import undo as worked_out
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, BookingState, SlotState
from jobdating.queries.due import turning
from jobdating.services import closing, rows
from jobdating.services.repair import writing

_HOLDING = LIVE | {BookingState.DONE, BookingState.NO_SHOW}


class UndoOver(errors.DomainError):
    """The time to take it back is over, or it was taken back already."""

    code = "undo_over"


def undo(tx: Connection, actor: Actor, *, fair_id: int, repair_id: int, now: datetime) -> Undoing:
    """Put back what can go back; the rest is named and stays. Everybody who moves is told.

    Raises UndoOver, NotFound.
    """
    row = tx.execute(select(t.repairs).where(t.repairs.c.id == repair_id, t.repairs.c.fair_id == fair_id)).first()
    if row is None:
        raise errors.NotFound(what="repair")
    rows.lock_stand(tx, row.stand_id)
    party = policy.ensure_lead(actor, stand_id=row.stand_id, fair_id=fair_id)
    row = tx.execute(select(t.repairs).where(t.repairs.c.id == repair_id)).one()  # as it is under the lock
    if row.settled_at is not None or now > row.undo_until:
        raise UndoOver()
    record = decode(row.data)
    done = worked_out(record, _present(tx, row.stand_id, record))
    back = [_reversed(each) for each in done.people]
    writing.apply(tx, [_turned(each) for each in done.slots], back, party=party, now=now)
    _leave_waitlist(tx, record, {each.booking_id for each in done.people})
    writing.tell(tx, back, by=party, now=now)
    tx.execute(
        update(t.repairs)
        .where(t.repairs.c.id == repair_id)
        .values(settled_at=now, undone_at=now, data=encode(replace(record, left=done.left)))
    )
    closing.show(tx, row.stand_id, now=now)
    for event in writing.events_of(fair_id, back, by=party):
        journal.append(tx, event, at=now, by=actor.account_id)
    undone = events.RepairUndone(fair_id=fair_id, stand_id=row.stand_id, repair_id=repair_id)
    journal.append(tx, undone, at=now, by=actor.account_id)
    return done


def settle(tx: Connection, *, now: datetime) -> None:
    """Repairs that can no longer be taken back, and stands that close for a while or open again: their pages are told."""
    for stand_id in turning(tx, now=now):
        closing.turn(tx, stand_id=stand_id, now=now)
    over = tx.execute(
        select(t.repairs.c.id, t.repairs.c.fair_id, t.repairs.c.stand_id)
        .where(t.repairs.c.settled_at.is_(None), t.repairs.c.undo_until < now)
        .order_by(t.repairs.c.id)
        .with_for_update()
    ).all()
    if over:
        tx.execute(update(t.repairs).where(t.repairs.c.id.in_([row.id for row in over])).values(settled_at=now))
    for row in over:
        event = events.RepairSettled(fair_id=row.fair_id, stand_id=row.stand_id, repair_id=row.id)
        journal.append(tx, event, at=now)


def _reversed(change: PersonChange) -> PersonChange:
    return PersonChange(change.booking_id, change.candidate_id, change.after, change.before)


def _turned(change: SlotChange) -> SlotChange:
    return SlotChange(change.slot_id, change.new_span, change.new_state, change.span, change.state)


def _present(tx: Connection, stand_id: int, record: Record) -> Now:
    """How things are, with all of it locked."""
    start, end = _reach(record)
    writing.lock_slots(tx, stand_id, start, end)
    writing.lock_candidates(tx, [each.candidate_id for each in record.people])
    slots = {
        row.id: (Span(row.starts_at, row.ends_at), SlotState(row.state))
        for row in tx.execute(
            select(t.slots).where(
                t.slots.c.stand_id == stand_id, t.slots.c.starts_at >= start, t.slots.c.starts_at < end, t.IN_GRID
            )
        )
    }
    b = t.bookings.c
    holders = tx.execute(
        select(b.id, b.slot_id, b.seat, b.state).where(
            b.slot_id.in_(list(slots)), b.state.in_([state.value for state in sorted(_HOLDING)])
        )
    )
    busy: dict[int, dict[int, Span]] = defaultdict(dict)
    for row in tx.execute(
        select(b.id, b.candidate_id, b.starts_at, b.ends_at).where(
            b.candidate_id.in_([each.candidate_id for each in record.people]),
            b.starts_at.is_not(None),
            b.state.in_([state.value for state in sorted(LIVE)]),
        )
    ):
        busy[row.candidate_id][row.id] = Span(row.starts_at, row.ends_at)
    return Now(
        writing.spots(tx, [each.booking_id for each in record.people]),
        [Holder(row.slot_id, row.seat, row.id, row.state in LIVE) for row in holders],
        slots,
        busy,
    )


def _reach(record: Record) -> tuple[datetime, datetime]:
    """All that the repair can have touched, and what it could meet: a day around it."""
    moments = [record.since, record.until, *(each.span.start for each in record.slots)]
    moments += [each.new_span.end for each in record.slots]
    return min(moments) - timedelta(hours=12), max(moments) + timedelta(hours=12)


def _leave_waitlist(tx: Connection, record: Record, back: set[int]) -> None:
    for each in record.people:
        if each.waits and each.booking_id in back:
            tx.execute(
                delete(t.waitlist).where(
                    t.waitlist.c.stand_id == each.before.stand_id, t.waitlist.c.candidate_id == each.candidate_id
                )
            )
