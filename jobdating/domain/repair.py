"""Finds another time for the people of a stand that fails. Pure: says who would move where, moves nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from jobdating.domain.slots import Span

SPARE = timedelta(minutes=5)  # between two interviews of one person: they are at a screen, not on a train


@dataclass(frozen=True)
class Person:
    """Somebody who is booked at the stand, and when they have something else."""

    booking_id: int
    candidate_id: int
    name: str
    span: Span
    busy: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Place:
    """A free place somewhere; `seats` of them in the same slot."""

    slot_id: int
    stand_id: int
    stand: str
    span: Span
    seats: int = 1


@dataclass(frozen=True)
class Move:
    """Who would go where; `place` is None when no time suits."""

    person: Person
    place: Place | None


def plan(people: Iterable[Person], places: Sequence[Place]) -> list[Move]:
    """Give each the earliest place that is free, not before their own time, and touches nothing of theirs.

    Whoever has the fewest times to choose from is placed first, so that one easy person does not take the only time
    of another.
    """
    people = sorted(people, key=lambda person: (person.span.start, person.booking_id))
    places = sorted(places, key=lambda place: (place.span.start, place.stand, place.slot_id))
    seats = {place.slot_id: place.seats for place in places}
    choices = {person.booking_id: [place for place in places if _suits(person, place)] for person in people}
    found: dict[int, Place] = {}
    for person in sorted(people, key=lambda person: (len(choices[person.booking_id]), person.span.start)):
        for place in choices[person.booking_id]:
            if seats[place.slot_id]:
                seats[place.slot_id] -= 1
                found[person.booking_id] = place
                break
    return [Move(person, found.get(person.booking_id)) for person in people]


def _suits(person: Person, place: Place) -> bool:
    if place.span.start < person.span.start:
        return False
    wide = Span(place.span.start - SPARE, place.span.end + SPARE)
    return not any(wide.overlaps(span) for span in person.busy)
