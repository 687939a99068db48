"""How the people of a stand's line look to the arbiter at a moment, and until when each place is kept. Pure.

Every rule that turns stored facts into "here", "late" or "gone" is here, so that the cockpit, the timekeeper and
whoever offers a gap decide alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobdating.domain.arbiter import Choice, Entry, TimeBox, choose
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState

LATE_BY = timedelta(minutes=5)  # what "j'arrive" promises
LATE_AT_MOST = timedelta(minutes=10)  # after one's time; nobody keeps a stand waiting for longer by promises
_A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is stored of one live booking of a stand. `due_at` orders the line; `booked_at` is None for a walk-in.

    `left_at` is when a lost connection was noticed, None for who is connected or never was. `busy_until` is about
    when they come out of another room, or may be wanted again by this stand, which let another go first.
    """

    booking_id: int
    candidate_id: int
    state: BookingState
    due_at: datetime
    booked_at: datetime | None
    connected: bool
    left_at: datetime | None
    checked_in_at: datetime | None
    stepped_aside_at: datetime | None
    late_until: datetime | None
    phone_asked_at: datetime | None
    asked_at: datetime | None
    agreed_at: datetime | None
    refused_at: datetime | None
    gap_taken_at: datetime | None
    called_at: datetime | None
    in_room_at: datetime | None
    busy_until: datetime | None
    walk_in: bool = False

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def by_phone(self) -> bool:
        return self.phone_asked_at is not None


def kept_until(facts: Facts, *, grace: timedelta) -> datetime | None:
    """Until when the place of somebody who is not to be seen is kept; None while they are here, or busy elsewhere.

    The grace runs from their time, from the moment their connection was lost, or from the moment they promised,
    whichever is last; for somebody who was called, from the call until they are in the room.
    """
    if facts.state is BookingState.CALLED:
        if facts.called_at is None or facts.in_room_at is not None or facts.by_phone:
            return None
        return facts.called_at + grace
    if not facts.is_waiting or facts.busy_until is not None or is_here(facts):
        return None
    moments = (facts.due_at, facts.left_at, facts.late_until, facts.stepped_aside_at)
    return max(each for each in moments if each is not None) + grace


def is_here(facts: Facts) -> bool:
    """Checked in or with the page open, and not gone or running late since; or waits by the telephone."""
    if facts.stepped_aside_at is not None or facts.late_until is not None:
        return False
    return facts.by_phone or facts.connected or (facts.checked_in_at is not None and facts.left_at is None)


def is_gone(facts: Facts, *, grace: timedelta, moment: datetime) -> bool:
    """Whether the grace is over: a person may say that they did not come."""
    kept = kept_until(facts, grace=grace)
    return kept is not None and kept <= moment


def entry(facts: Facts, *, grace: timedelta, moment: datetime) -> Entry:
    """One of the line as the arbiter sees them at `moment`. A lost connection costs nobody their turn within the grace."""
    kept = kept_until(facts, grace=grace)
    lost = facts.checked_in_at is not None and facts.stepped_aside_at is None and facts.late_until is None
    busy = facts.busy_until
    return Entry(
        facts.booking_id,
        facts.booked_at,
        present=is_here(facts) or (lost and kept is not None and moment < kept),
        busy_until=max(busy, moment + _A_MOMENT) if busy is not None else None,
        refused_at=facts.refused_at,
        asked_at=facts.asked_at,
        agreed_at=facts.agreed_at,
        ready=facts.checked_in_at is not None,
        took_gap=facts.gap_taken_at is not None,
        comes_at=facts.late_until,
    )


@dataclass(frozen=True)
class Turn:
    """Whom to call at a moment, and whose grace is over by then."""

    choice: Choice
    gone: tuple[int, ...]


def turn(people: Iterable[Facts], *, grace: timedelta, length: timedelta, moment: datetime, box: TimeBox) -> Turn:
    """The arbiter's word on a line at `moment`; who is with the recruiter does not wait in it."""
    people = list(people)
    waiting = sorted(
        (each for each in people if each.is_waiting), key=lambda each: (each.due_at, each.walk_in, each.booking_id)
    )
    choice = choose([entry(each, grace=grace, moment=moment) for each in waiting], now=moment, length=length, box=box)
    return Turn(choice, tuple(each.booking_id for each in people if is_gone(each, grace=grace, moment=moment)))


def last_moment(people: Iterable[Facts], *more: datetime | None) -> datetime | None:
    """The latest moment that the line knows of: a page speaks as of then, whenever it is read."""
    known = [each for each in more if each is not None]
    for facts in people:
        known += [
            each
            for each in (
                facts.checked_in_at, facts.stepped_aside_at, facts.phone_asked_at, facts.asked_at, facts.agreed_at,
                facts.refused_at, facts.gap_taken_at, facts.called_at, facts.in_room_at,
            )
            if each is not None
        ]  # fmt: skip
    return max(known, default=None)


def is_free(people: Iterable[Facts], *, places: int) -> bool:
    """Whether one more person may be called."""
    return sum(each.state in WITH_RECRUITER for each in people) < places
