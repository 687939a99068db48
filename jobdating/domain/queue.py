"""The live line of a stand: booked people and walk-ins together. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from jobdating.domain.arbiter import WITHIN, Reason
from jobdating.domain.states import WAITING, BookingState


@dataclass(frozen=True)
class Place:
    """One person in the line. `due_at` is the booked start, or for a walk-in the moment they joined.

    `present` means checked in or connected; `busy` that they are called or in an interview elsewhere.
    """

    booking_id: int
    state: BookingState
    due_at: datetime
    walk_in: bool
    present: bool
    busy: bool
    aside: bool


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


def next_up(places: Iterable[Place], *, latest: datetime | None = None) -> Place | None:
    """Whom the stand should call: the first who is present and free, else the first who is waiting at all.

    Someone who is busy elsewhere or has stepped aside keeps the place; the next who can come is served meanwhile, if
    their own time is not far: at most `WITHIN` after the first's time, or after the `latest` moment the line knows of.
    """
    waiting = [place for place in order(places) if place.state in WAITING]
    ready = [place for place in waiting if place.present and not place.busy and not place.aside]
    if ready and ready[0].due_at <= max(waiting[0].due_at, latest or waiting[0].due_at) + WITHIN:
        return ready[0]
    return next((place for place in waiting if not place.busy and not place.aside), None)


@dataclass(frozen=True)
class Suggestion:
    """Whom to call and why. `passed` is the first in line when somebody else is served meanwhile: the place is kept."""

    reason: Reason
    place: Place | None = None
    passed: Place | None = None


def suggest(places: Iterable[Place], *, latest: datetime | None = None) -> Suggestion:
    """`next_up` with its reason, for the person who presses the button. The arbiter's words, without its clock."""
    waiting = [place for place in order(places) if place.state in WAITING]
    if not waiting:
        return Suggestion(Reason.EMPTY)
    head, chosen = waiting[0], next_up(waiting, latest=latest)
    if chosen is None:
        return Suggestion(Reason.WAIT, passed=head)
    if chosen is head:
        return Suggestion(Reason.WALK_IN if head.walk_in else Reason.TURN, head)
    return Suggestion(Reason.HEAD_BUSY if head.busy else Reason.HEAD_ABSENT, chosen, passed=head)


def people_before(booking_id: int, places: Iterable[Place]) -> int:
    """How many wait or sit in front of this person."""
    count = 0
    for place in order(places):
        if place.booking_id == booking_id:
            return count
        count += place.state in WAITING or place.state in {BookingState.CALLED, BookingState.IN_PROGRESS}
    return count
