"""Finds another place for people: the nearest time, then their company, then their wishes. Pure; moves nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from jobdating.domain.slots import Span

SPARE = timedelta(minutes=5)  # between two interviews of one person: they are at a screen, not on a train

# What a person's place costs: a minute away from their time outweighs the company, and the company their wishes.
_MINUTE, _ELSEWHERE, _NOT_WISHED, _RANKS = 1_000, 300, 200, 20
_NOWHERE = 10_000_000


class Way(StrEnum):
    """What is done with the people of a stand."""

    SHIFT = "shift"  # the stand's times move, earlier or later
    SPREAD = "spread"  # to other stands that suit them
    LATER = "later"  # to this stand's own free slots
    CLOSE = "close"  # the stand takes nobody for a while: to other stands, or here once that is over


class Outcome(StrEnum):
    """What becomes of one person."""

    SHIFTED = "shifted"  # the same slot, at its new time
    PLACED = "placed"  # another slot
    LINE = "line"  # the place in the line is kept, without a time
    STAYS = "stays"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why somebody does not simply move."""

    CLASH = "clash"  # another interview of theirs at the new time
    NO_PLACE = "no_place"  # nothing is free that suits them
    NO_COMMON_TIME = "no_common_time"  # whatever is free meets other interviews of theirs, or is wanted more by others
    TOO_SOON = "too_soon"  # the new time would come before they could know
    IN_THE_WAY = "in_the_way"  # an interview of the stand that does not move lies there
    NOT_CONFIRMED = "not_confirmed"  # only offered or asked for


@dataclass(frozen=True)
class Busy:
    """Another interview of somebody, and where."""

    span: Span
    stand: str


@dataclass(frozen=True)
class Person:
    """Somebody of the stand. `span` is their time; `slot_id` None for who has none and waits in the line.

    `wanted` is the earliest start they are to be given. `wishes` are ranks by stand. `firm` is False for a place that
    is only offered or asked for.
    """

    booking_id: int
    candidate_id: int
    name: str
    slot_id: int | None
    span: Span
    wanted: datetime
    busy: tuple[Busy, ...] = ()
    trades: frozenset[str] = frozenset()
    wishes: dict[int, int] = field(default_factory=dict)
    firm: bool = True

    def clash(self, span: Span) -> Busy | None:
        """What of theirs overlaps `span`."""
        return next((busy for busy in self.busy if busy.span.overlaps(span)), None)

    def near(self, span: Span, gap: timedelta) -> Busy | None:
        """What of theirs lies within `gap` of `span`."""
        wide = Span(span.start - gap, span.end + gap)
        return next((busy for busy in self.busy if busy.span.overlaps(wide)), None)


@dataclass(frozen=True)
class Place:
    """A free place somewhere; `seats` of them in the same slot. `ours` tells that the company is the same.

    `trades` are those the stand looks for; none means everybody.
    """

    slot_id: int
    stand_id: int
    stand: str
    span: Span
    seats: int = 1
    ours: bool = False
    trades: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Move:
    """What becomes of one person: `to` is their new time, `place` their new slot. `near` is what it comes close to."""

    person: Person
    outcome: Outcome
    to: Span | None = None
    place: Place | None = None
    reason: Reason | None = None
    near: Busy | None = None


def suits(person: Person, place: Place) -> bool:
    """Whether somebody may be given this place: a trade in common, not before their time, nothing of theirs touched."""
    return (
        place.span.start >= person.wanted
        and (not place.trades or not place.trades.isdisjoint(person.trades))
        and person.near(place.span, SPARE) is None
    )


def settle(people: Iterable[Person], places: Sequence[Place], *, otherwise: Outcome) -> list[Move]:
    """Place as many as can be, all together as near to their times as can be; `otherwise` is for those who cannot."""
    people = sorted(people, key=lambda person: (person.span.start, person.booking_id))
    places = sorted(places, key=lambda place: (place.span.start, place.stand, place.slot_id))
    found = _without_meetings(people, _assign(people, places))
    return [
        Move(person, Outcome.PLACED, place.span, place)
        if (place := found.get(person.booking_id))
        else Move(person, otherwise, reason=_why(person, places))
        for person in people
    ]


def _why(person: Person, places: Sequence[Place]) -> Reason:
    """Somebody whom no trade and no time fits is told apart from who is only kept by their own day."""
    alone = [
        place
        for place in places
        if place.span.start >= person.wanted and (not place.trades or not place.trades.isdisjoint(person.trades))
    ]
    return Reason.NO_COMMON_TIME if alone else Reason.NO_PLACE


def _assign(people: Sequence[Person], places: Sequence[Place]) -> dict[int, Place]:
    """The cheapest whole: a flow of one from each person to a place, or to nowhere."""
    choices = [
        (number, index)
        for number, person in enumerate(people)
        for index, place in enumerate(places)
        if suits(person, place)
    ]
    if not choices:
        return {}
    from ortools.graph.python import min_cost_flow

    flow = min_cost_flow.SimpleMinCostFlow()
    source, nowhere, sink = range(3)
    first_place = 3 + len(people)
    for number in range(len(people)):
        flow.add_arc_with_capacity_and_unit_cost(source, 3 + number, 1, 0)
        flow.add_arc_with_capacity_and_unit_cost(3 + number, nowhere, 1, _NOWHERE)
    flow.add_arc_with_capacity_and_unit_cost(nowhere, sink, len(people), 0)
    arcs = {}
    for number, index in choices:
        cost = _cost(people[number], places[index])
        arcs[flow.add_arc_with_capacity_and_unit_cost(3 + number, first_place + index, 1, cost)] = (number, index)
    for index in {index for _, index in choices}:
        flow.add_arc_with_capacity_and_unit_cost(first_place + index, sink, places[index].seats, 0)
    flow.set_node_supply(source, len(people))
    flow.set_node_supply(sink, -len(people))
    if flow.solve() != flow.OPTIMAL:
        raise AssertionError("everybody can go nowhere: there is always a solution")
    return {people[number].booking_id: places[index] for arc, (number, index) in arcs.items() if flow.flow(arc)}


def _cost(person: Person, place: Place) -> int:
    minutes = (place.span.start - person.wanted) // timedelta(minutes=1)
    wished = _RANKS - min(person.wishes.get(place.stand_id, _RANKS), _RANKS)
    return minutes * _MINUTE + (0 if place.ours else _ELSEWHERE) + _NOT_WISHED - wished * _NOT_WISHED // _RANKS


def _without_meetings(people: Sequence[Person], found: dict[int, Place]) -> dict[int, Place]:
    """Two interviews of one person that move together must not meet: the later one is left where it is."""
    kept: dict[int, Place] = {}
    taken: dict[int, list[Span]] = {}
    for person in people:
        place = found.get(person.booking_id)
        if place is None:
            continue
        wide = Span(place.span.start - SPARE, place.span.end + SPARE)
        if not any(wide.overlaps(span) for span in taken.get(person.candidate_id, [])):
            kept[person.booking_id] = place
            taken.setdefault(person.candidate_id, []).append(place.span)
    return kept
