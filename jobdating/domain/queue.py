"""The live line of a stand: booked people and walk-ins together. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from jobdating.domain.states import WAITING, BookingState


@dataclass(frozen=True)
class Place:
    """One person in the line. `due_at` is the booked start, or for a walk-in the moment they joined."""

    booking_id: int
    state: BookingState
    due_at: datetime
    walk_in: bool


def due_at(*, booked_at: datetime | None, queued_at: datetime, walk_in: bool, expected_at: datetime | None) -> datetime:
    """When it is somebody's turn: their time, or, without an appointment, when the estimates see a gap for them.

    So a walk-in pushes nobody back who booked. Who was handed over by a colleague keeps `queued_at`, the time they had.
    """
    if booked_at is not None:
        return booked_at
    return max(queued_at, expected_at) if walk_in and expected_at is not None else queued_at


def order(places: Iterable[Place]) -> list[Place]:
    """The line as everybody sees it: by due time, a booked person before a walk-in of the same minute."""
    return sorted(places, key=lambda place: (place.due_at, place.walk_in, place.booking_id))


def people_before(booking_id: int, places: Iterable[Place]) -> int:
    """How many wait or sit in front of this person."""
    count = 0
    for place in order(places):
        if place.booking_id == booking_id:
            return count
        count += place.state in WAITING or place.state in {BookingState.CALLED, BookingState.IN_PROGRESS}
    return count
