"""What of a repair can go back to how it was, given what has happened since. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jobdating.domain.repair.record import Left, PersonChange, Record, SlotChange, Spot
from jobdating.domain.slots import Span
from jobdating.domain.states import WITH_RECRUITER, BookingState, SlotState

HAPPENED = WITH_RECRUITER | {BookingState.DONE, BookingState.NO_SHOW}
MOVABLE = frozenset({BookingState.HELD, BookingState.REQUESTED, BookingState.BOOKED, BookingState.CHECKED_IN})


class Holder(NamedTuple):
    """Who has, or had, a seat; `live` tells that nobody else may have it."""

    slot_id: int
    seat: int
    booking_id: int
    live: bool


@dataclass(frozen=True)
class Now:
    """How things are: where the record's bookings stand, who has the seats of the stand's slots, these slots with
    their times and states, and the live interviews of the record's candidates, candidate → booking → when."""

    spots: Mapping[int, Spot]
    holders: Sequence[Holder]
    slots: Mapping[int, tuple[Span, SlotState]]
    busy: Mapping[int, Mapping[int, Span]]


@dataclass(frozen=True)
class Undoing:
    """What goes back, and who is left where they are."""

    slots: tuple[SlotChange, ...]
    people: tuple[PersonChange, ...]
    left: tuple[Left, ...]


def undo(record: Record, now: Now) -> Undoing:
    """Take back as much as can be: nobody who moved on since is touched, and nobody else loses a place or a time.

    What stays stops others in turn, until nothing changes any more.
    """
    left: dict[int, str] = {}
    people = {each.booking_id: each for each in record.people}
    for each in record.people:
        reason = _moved_on(each, now.spots.get(each.booking_id))
        if reason:
            left[each.booking_id] = reason
    slots = {each.slot_id: each for each in record.slots}
    while True:
        back = {id: each for id, each in people.items() if id not in left}
        returning = {id: each for id, each in slots.items() if _slot_can_return(each, back, now)}
        returning = _apart(returning, now)
        found = {id: why for id, each in back.items() if (why := _stopped(each, back, returning, now))}
        if not found:
            return Undoing(
                tuple(returning.values()),
                tuple(_as_now(each, now) for each in back.values()),
                tuple(Left(id, why) for id, why in sorted(left.items())),
            )
        left |= found


def _as_now(change: PersonChange, now: Now) -> PersonChange:
    """Who came in the meantime stays checked in, and what has happened has happened."""
    here = now.spots[change.booking_id].state
    state = here if here is BookingState.CHECKED_IN or here in HAPPENED else change.before.state
    return change._replace(before=change.before._replace(state=state))


def _moved_on(change: PersonChange, spot: Spot | None) -> str:
    """Why a booking is no longer where the repair put it; "" when it is."""
    if spot is None:
        return "gone"
    if change.after.state is BookingState.CANCELLED:
        return "" if spot.state is BookingState.CANCELLED else "changed"
    same = (spot.stand_id, spot.slot_id, spot.span) == (change.after.stand_id, change.after.slot_id, change.after.span)
    if spot.state in HAPPENED:  # what was planned for it may go back in time with its slot, but it took place there
        return "" if same and change.after.slot_id == change.before.slot_id else "started"
    if spot.state not in MOVABLE:
        return "cancelled"
    return "" if same else "changed"


def _slot_can_return(change: SlotChange, back: Mapping[int, PersonChange], now: Now) -> bool:
    """A slot goes back when it is as it was left and all who have it now go back with it, or leave it."""
    if now.slots.get(change.slot_id) != (change.new_span, change.new_state):
        return False
    if change.new_span == change.span:  # only its state: open again takes nothing from anybody
        return True
    return all(holder.booking_id in back for holder in now.holders if holder.slot_id == change.slot_id)


def _apart(returning: dict[int, SlotChange], now: Now) -> dict[int, SlotChange]:
    """Leave out slots whose old time meets one of the stand's that stays where it is now."""
    while True:
        staying = [span for id, (span, _) in now.slots.items() if id not in returning]
        met = {
            id
            for id, each in returning.items()
            if each.new_span != each.span and any(_meets(each.span, other) for other in staying)
        }
        if not met:
            return returning
        returning = {id: each for id, each in returning.items() if id not in met}


def _meets(one: Span, other: Span) -> bool:
    return one.overlaps(other) or one.start == other.start


def _stopped(
    change: PersonChange,
    back: Mapping[int, PersonChange],
    returning: Mapping[int, SlotChange],
    now: Now,
) -> str:
    """Why somebody cannot have their old place and time again; "" when they can."""
    before = change.before
    if before.slot_id is not None:
        span, state = now.slots.get(before.slot_id, (None, SlotState.BLOCKED))
        if before.slot_id in returning:
            span, state = returning[before.slot_id].span, returning[before.slot_id].state
        if span != before.span or (state is not SlotState.OPEN and before.slot_id not in returning):
            return "taken"
        seat = (before.slot_id, before.seat)
        holders = {each.booking_id for each in now.holders if each.live and (each.slot_id, each.seat) == seat}
        if holders - back.keys():
            return "taken"
    if before.span is not None:
        others = now.busy.get(change.candidate_id, {})
        for booking, span in others.items():
            if booking != change.booking_id and before.span.overlaps(_later(booking, span, back)):
                return "busy"
    return ""


def _later(booking: int, span: Span, back: Mapping[int, PersonChange]) -> Span:
    """When another interview of theirs will be: it may go back too."""
    change = back.get(booking)
    return change.before.span or span if change else span
