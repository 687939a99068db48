"""Lays new slots over the hours of stands, and brings along those who have booked. Loses nobody.

What is to be done is worked out before, outside the transaction; here it is checked that it still holds and applied
in bulk.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.violations import refused_as
from jobdating.domain import events, policy
from jobdating.domain.errors import DomainError
from jobdating.domain.grid import StandGrid
from jobdating.domain.policy import Actor
from jobdating.domain.regridding import GridPlan
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, SlotState
from jobdating.queries import settings
from jobdating.services import notices
from jobdating.services.booking import NO_PROMISES

_SLOT = t.slots.c.id == bindparam("slot")
_RETIRE = update(t.slots).where(_SLOT, t.IN_GRID).values(retired_as=t.slots.c.state, state=SlotState.BLOCKED.value)
_REVIVE = update(t.slots).where(_SLOT, ~t.IN_GRID).values(state=t.slots.c.retired_as, retired_as=None)

Laid = tuple[int, int, StandGrid]  # stand, capacity of its slots, what happens to them


class PlanStale(DomainError):
    """Somebody booked or changed what the plan was made for: it has to be made again."""

    code = "plan_stale"


class BookingsHurt(DomainError):
    """Bookings would lose their slot; `params["bookings"]` are their ids."""

    code = "bookings_hurt"


def change(tx: Connection, actor: Actor, *, fair_id: int, plan: GridPlan, now: datetime) -> None:
    """Give the fair another grid, and move who has booked as the plan says; they are told by mail.

    Raises BookingsHurt, PlanStale, NotFound.
    """
    policy.ensure_organiser(actor, fair_id=fair_id)
    if settings.frame(tx, fair_id) != plan.before:
        raise PlanStale()
    after = plan.after
    tx.execute(
        update(t.fairs)
        .where(t.fairs.c.id == fair_id)
        .values(
            first_day=after.first_day, last_day=after.last_day, hours=[list(pair) for pair in after.hours],
            interview_minutes=after.interview_minutes, buffer_minutes=after.buffer_minutes,
        )
    )  # fmt: skip
    for each in plan.stands:
        if each.availability != each.stand.availability:
            set_availability(tx, each.stand.id, each.availability)
    laid = [(each.stand.id, each.stand.capacity, each.grid) for each in plan.stands]
    moved = lay(tx, laid, now=now)
    for event in (
        events.FairChanged(fair_id=fair_id),
        *(events.StandChanged(fair_id=fair_id, stand_id=each.stand.id) for each in plan.stands),
        *moved,
    ):
        journal.append(tx, event, at=now, by=actor.account_id)


def set_availability(tx: Connection, stand_id: int, stretches: Iterable[Span]) -> None:
    """Write down when the stand is there; its slots are laid apart."""
    stored = [[span.start.isoformat(), span.end.isoformat()] for span in stretches]
    tx.execute(update(t.stands).where(t.stands.c.id == stand_id).values(availability=stored))


def lay(tx: Connection, grids: Iterable[Laid], *, now: datetime) -> list[events.BookingMoved]:
    """Apply the grids of stands, with the bookings that move or change their length; what to journal of the moves.

    Raises BookingsHurt when a grid loses a booking, PlanStale when bookings came or went since it was made.
    """
    grids = list(grids)
    lost = [place.booking_id for _, _, grid in grids for place in grid.lost]
    if lost:
        raise BookingsHurt(bookings=sorted(lost))
    _ensure_fresh(tx, grids)
    with refused_as({"no_overlap": PlanStale(), "one_booking_per_seat": PlanStale()}):
        return _apply(tx, grids, now=now)


def _apply(tx: Connection, grids: list[Laid], *, now: datetime) -> list[events.BookingMoved]:
    _lengthen(tx, grids)
    revived = [slot for _, _, grid in grids for slot in grid.revived]
    if revived:
        tx.execute(_REVIVE, [{"slot": slot} for slot in revived])
    added = [
        {"stand_id": stand_id, "starts_at": span.start, "ends_at": span.end, "capacity": capacity}
        for stand_id, capacity, grid in grids
        for span in grid.added
    ]
    if added:
        tx.execute(insert(t.slots), added)
    moved: list[events.BookingMoved] = []
    for stand_id, capacity, grid in grids:
        if grid.recapped:
            tx.execute(update(t.slots).where(t.slots.c.id.in_(grid.recapped)).values(capacity=capacity))
        moved += _move(tx, stand_id, grid, now=now)
    removed = [slot for _, _, grid in grids for slot in grid.removed]
    retired = [slot for _, _, grid in grids for slot in grid.retired]
    if removed:
        tx.execute(delete(t.slots).where(t.slots.c.id == bindparam("slot")), [{"slot": slot} for slot in removed])
    if moved:
        notices.moved_together(tx, [event.booking_id for event in moved], now=now)
    if retired:
        tx.execute(_RETIRE, [{"slot": slot} for slot in retired])
    return moved


def _ensure_fresh(tx: Connection, grids: list[Laid]) -> None:
    """The live bookings of slots that go or change are those the plan knew. Locks the slots, by id."""
    leaving = {
        slot for _, _, grid in grids for slot in (*grid.removed, *grid.retired, *(slot for slot, _ in grid.resized))
    }
    moving = {move.place.slot_id: set[int]() for _, _, grid in grids for move in grid.moves}
    for _, _, grid in grids:
        for move in grid.moves:
            moving[move.place.slot_id].add(move.place.booking_id)
    touched = sorted(leaving | moving.keys())
    stays = {slot for _, _, grid in grids for slot, _ in grid.resized}
    for start in range(0, len(touched), 500):
        chunk = touched[start : start + 500]
        there = tx.execute(
            select(t.slots.c.id).where(t.slots.c.id.in_(chunk)).order_by(t.slots.c.id).with_for_update()
        ).all()
        live = tx.execute(
            select(t.bookings.c.id, t.bookings.c.slot_id).where(
                t.bookings.c.slot_id.in_(chunk), t.bookings.c.state.in_([state.value for state in sorted(LIVE)])
            )
        ).all()
        unknown = [row for row in live if row.slot_id not in stays and row.id not in moving.get(row.slot_id, set())]
        if len(there) != len(chunk) or unknown:
            raise PlanStale()
        present = {row.id for row in live}
        if any(booking not in present for slot in chunk for booking in moving.get(slot, set())):
            raise PlanStale()


def _lengthen(tx: Connection, grids: list[Laid]) -> None:
    """Slots that keep their start and change their end, with their live bookings and those that move.

    The times of bookings are taken off first and set afterwards, so that two interviews of one person that change
    together never seem to overlap on the way.
    """
    resized = [(slot, span) for _, _, grid in grids for slot, span in grid.resized]
    moving = [move.place.booking_id for _, _, grid in grids for move in grid.moves]
    live = text(t.one_of("bookings.state", LIVE))
    if moving:
        tx.execute(
            update(t.bookings).where(t.bookings.c.id == bindparam("booking")).values(starts_at=None, ends_at=None),
            [{"booking": booking} for booking in moving],
        )
    if not resized:
        return
    tx.execute(
        update(t.slots).where(t.slots.c.id == bindparam("slot")).values(ends_at=bindparam("end")),
        [{"slot": slot, "end": span.end} for slot, span in resized],
    )
    for values in ({"starts_at": None, "ends_at": None}, None):
        tx.execute(
            update(t.bookings)
            .where(t.bookings.c.slot_id == bindparam("slot"), live)
            .values(values or {"starts_at": bindparam("start"), "ends_at": bindparam("end")}),
            [{"slot": slot} | ({} if values else {"start": span.start, "end": span.end}) for slot, span in resized],
        )


def _move(tx: Connection, stand_id: int, grid: StandGrid, *, now: datetime) -> list[events.BookingMoved]:
    if not grid.moves:
        return []
    fair_id = tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == stand_id)).scalar_one()
    at = {
        row.starts_at: row.id
        for row in tx.execute(select(t.slots.c.id, t.slots.c.starts_at).where(t.slots.c.stand_id == stand_id))
    }
    columns = ("slot_id", "seat", "starts_at", "ends_at", "queued_at")
    tx.execute(
        update(t.bookings)
        .where(t.bookings.c.id == bindparam("booking"))
        .values({**{name: bindparam(f"new_{name}") for name in columns}, **NO_PROMISES}),
        [
            {
                "booking": move.place.booking_id, "new_slot_id": at[move.to.start], "new_seat": move.seat,
                "new_starts_at": move.to.start, "new_ends_at": move.to.end, "new_queued_at": move.to.start,
            }
            for move in grid.moves
        ],
    )  # fmt: skip
    told = []
    for move in grid.moves:
        place = move.place
        told.append(
            events.BookingMoved(
                fair_id=fair_id, booking_id=place.booking_id, stand_id=stand_id, candidate_id=place.candidate_id,
                slot_id=at[move.to.start], state=place.state.value, from_slot_id=place.slot_id, from_stand_id=stand_id,
            )
        )  # fmt: skip
    return told
