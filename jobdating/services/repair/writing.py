"""What agreeing and undoing write: slots and bookings in bulk, and who is told. Decides nothing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from jobdating.db import tables as t
from jobdating.db.violations import refused_as
from jobdating.domain import events
from jobdating.domain.repair import PersonChange, SlotChange, Spot
from jobdating.domain.repair.undoing import HAPPENED
from jobdating.domain.slots import Span
from jobdating.domain.states import BookingState, Party
from jobdating.services import notes, notices
from jobdating.services.booking import NO_PROMISES
from jobdating.services.grid import PlanStale

_ASIDE = timedelta(days=36_500)  # where slots are put while they change places: no two have one time meanwhile


def lock_slots(tx: Connection, stand_id: int, start: datetime, end: datetime, *, others: Iterable[int] = ()) -> None:
    """Hold the stand's slots of a day, and others: nobody books, blocks or moves them until the transaction ends."""
    own = (t.slots.c.stand_id == stand_id) & (t.slots.c.starts_at >= start) & (t.slots.c.starts_at < end)
    tx.execute(
        select(t.slots.c.id).where(or_(own, t.slots.c.id.in_(list(others)))).order_by(t.slots.c.id).with_for_update()
    ).all()


def lock_candidates(tx: Connection, ids: Iterable[int]) -> None:
    """Hold these people: none of them takes or changes another interview meanwhile."""
    chosen = t.candidates.c.id.in_(sorted(set(ids)))
    tx.execute(select(t.candidates.c.id).where(chosen).order_by(t.candidates.c.id).with_for_update()).all()


def spots(tx: Connection, ids: Collection[int]) -> dict[int, Spot]:
    """Where these bookings stand, locked."""
    b = t.bookings.c
    query = select(b.id, b.stand_id, b.slot_id, b.seat, b.starts_at, b.ends_at, b.queued_at, b.state)
    found = tx.execute(query.where(b.id.in_(list(ids))).order_by(b.id).with_for_update())
    return {
        row.id: Spot(
            row.stand_id, row.slot_id, row.seat, Span(row.starts_at, row.ends_at) if row.starts_at else None,
            row.queued_at, BookingState(row.state),
        )
        for row in found
    }  # fmt: skip


def apply(
    tx: Connection, slots: Sequence[SlotChange], people: Sequence[PersonChange], *, party: Party, now: datetime
) -> None:
    """Put slots and bookings where they are to be. Places and times are given up first and taken afterwards, so that
    two that change with each other never seem to meet. Raises PlanStale where a rule of the tables says no."""
    with refused_as({"no_overlap": PlanStale(), "one_booking_per_seat": PlanStale()}):
        ids = [each.booking_id for each in people]
        if ids:
            given_up = {"slot_id": None, "seat": None, "starts_at": None, "ends_at": None}
            tx.execute(update(t.bookings).where(t.bookings.c.id.in_(ids)).values(given_up))
            tx.execute(delete(t.estimates).where(t.estimates.c.booking_id.in_(ids)))
        _lay(tx, slots)
        cancelled = [each for each in people if each.after.state is BookingState.CANCELLED]
        restored = [each for each in people if each.before.state is BookingState.CANCELLED]
        _put(tx, [each for each in people if each not in cancelled and each not in restored], {})
        _put(tx, cancelled, {"cancelled_by": party.value, "ended_at": now, "previous_state": bindparam("was")})
        _put(tx, restored, {"cancelled_by": None, "ended_at": None, "previous_state": None})
    notes.leave(tx, [(each.booking_id, each.before.stand_id, each.after.stand_id) for each in people])
    waiting = [each for each in people if each.waits]
    if waiting:
        made = {
            row.id: row.made_at
            for row in tx.execute(
                select(t.bookings.c.id, t.bookings.c.made_at).where(
                    t.bookings.c.id.in_([each.booking_id for each in waiting])
                )
            )
        }  # they had a place before anybody waited for one
        tx.execute(
            insert(t.waitlist),
            [
                {"stand_id": e.before.stand_id, "candidate_id": e.candidate_id, "joined_at": made[e.booking_id]}
                for e in waiting
            ],
        )


def _lay(tx: Connection, slots: Sequence[SlotChange]) -> None:
    if not slots:
        return
    change = (
        update(t.slots)
        .where(t.slots.c.id == bindparam("slot"))
        .values(starts_at=bindparam("start"), ends_at=bindparam("end"), state=bindparam("to"))
    )
    for aside in (_ASIDE, timedelta()):
        tx.execute(
            change,
            [
                {
                    "slot": each.slot_id, "to": each.new_state.value,
                    "start": each.new_span.start + aside, "end": each.new_span.end + aside,
                }
                for each in slots
            ],
        )  # fmt: skip


def _put(tx: Connection, people: Sequence[PersonChange], ended: dict[str, Any]) -> None:
    """Where each booking is to be; `ended` besides for those that are cancelled, or no longer are."""
    if not people:
        return
    names = ("stand_id", "slot_id", "seat", "starts_at", "ends_at", "queued_at", "state")
    values = {name: bindparam(f"new_{name}", type_=t.bookings.c[name].type) for name in names}
    tx.execute(
        update(t.bookings).where(t.bookings.c.id == bindparam("booking")).values({**values, **ended, **NO_PROMISES}),
        [
            {
                "booking": each.booking_id,
                "new_stand_id": each.after.stand_id,
                "new_slot_id": each.after.slot_id,
                "new_seat": each.after.seat,
                "new_starts_at": each.after.span.start if each.after.span else None,
                "new_ends_at": each.after.span.end if each.after.span else None,
                "new_queued_at": each.after.queued_at,
                "new_state": each.after.state.value,
                **({"was": each.before.state.value} if "previous_state" in ended and ended["cancelled_by"] else {}),
            }
            for each in people
        ],
    )


def events_of(fair_id: int, people: Iterable[PersonChange], *, by: Party) -> list[events.Event]:
    """What to journal of those who moved, lost their place or got it back."""
    told: list[events.Event] = []
    for each in people:
        before, after = each.before, each.after
        ids: dict[str, Any] = {
            "fair_id": fair_id, "booking_id": each.booking_id, "stand_id": after.stand_id,
            "candidate_id": each.candidate_id, "slot_id": after.slot_id, "state": after.state.value,
        }  # fmt: skip
        if after.state is BookingState.CANCELLED:
            told.append(events.BookingCancelled(**ids, by=by.value))
        elif before.state is BookingState.CANCELLED:
            told.append(events.BookingRestored(**ids, from_state=before.state.value))
        else:
            told.append(events.BookingMoved(**ids, from_slot_id=before.slot_id, from_stand_id=before.stand_id))
    return told


def tell(tx: Connection, people: Iterable[PersonChange], *, by: Party, now: datetime) -> None:
    """A mail to everybody: the new time, that they are in the line without one, or that it is cancelled."""
    moved: list[int] = []
    for each in people:
        if each.after.state is BookingState.CANCELLED:
            notices.cancelled(tx, each.booking_id, by=by, now=now)
        elif each.before.state is BookingState.CANCELLED:
            notices.booked(tx, each.booking_id, now=now)
        elif each.after.state in HAPPENED:
            continue
        elif each.after.state is BookingState.HELD:
            notices.offered(tx, each.booking_id, now=now)
        elif each.after.span is None and each.before.span is not None:
            notices.in_line(tx, each.booking_id, was=each.before.span, now=now)
        elif each.after.span is not None:
            moved.append(each.booking_id)
    if moved:
        notices.moved_together(tx, moved, now=now)
