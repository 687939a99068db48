"""The whole plan of a repair: what becomes of each person and of each slot of the stand. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from jobdating.domain.repair.moving import Move, Outcome, Person, Place, Reason, Way, settle, suits
from jobdating.domain.repair.shifting import OwnSlot, Shift, SlotMove, shift
from jobdating.domain.states import SlotState

NOTICE = timedelta(minutes=10)  # nobody is given a time that begins sooner


@dataclass(frozen=True)
class Asked:
    """What is asked of a repair. `minutes` count for a shift alone, below zero for earlier. `since` is the first start
    it is about, None for all that are due; it reaches to the next break, or over the `whole_day`. `at` is when the
    plan was made: made again with it, it is the same plan unless something else has changed. `within` the company,
    nobody is sent to another one: only organisers do that."""

    way: Way
    day: date
    at: datetime
    minutes: int = 0
    since: datetime | None = None
    whole_day: bool = False
    within: bool = False


@dataclass(frozen=True)
class Facts:
    """What a plan is made of. `people` are those it is about, in [since, until); `own` the stand's slots of the day;
    `places` the free ones at other stands. `gap` is the free time the fair asks for between two interviews."""

    stand_id: int
    stand: str
    trades: frozenset[str]
    people: tuple[Person, ...]
    own: tuple[OwnSlot, ...]
    places: tuple[Place, ...]
    since: datetime
    until: datetime
    gap: timedelta


@dataclass(frozen=True)
class Outline:
    """A plan before people are given other places: who is to be given one (`open`), among which, and what else those
    get who find none. `fixed` moves and `slots` follow from what was asked alone. `seen` names what it was made from."""

    seen: str
    open: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    otherwise: Outcome = Outcome.STAYS
    fixed: tuple[Move, ...] = ()
    slots: tuple[SlotMove, ...] = ()
    clashes: tuple[Move, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What would happen. `seen` names what it was made from, as far as somebody who agrees to it has seen it."""

    slots: tuple[SlotMove, ...]
    moves: tuple[Move, ...]
    seen: str


def plan(facts: Facts, asked: Asked) -> Plan:
    """What becomes of everybody, by their time."""
    outline = _outline(facts, asked)
    return _whole(outline, settle(outline.open, outline.places, otherwise=outline.otherwise))


def agreed(facts: Facts, asked: Asked, chosen: Mapping[int, int]) -> Plan | None:
    """The plan with the places that somebody agreed to, booking → slot; None when one of them no longer suits."""
    outline = _outline(facts, asked)
    seats = {place.slot_id: place.seats for place in outline.places}
    places = {place.slot_id: place for place in outline.places}
    if not chosen.keys() <= {person.booking_id for person in outline.open}:
        return None
    moves = []
    for person in outline.open:
        if person.booking_id not in chosen:
            moves.append(Move(person, outline.otherwise))
            continue
        place = places.get(chosen[person.booking_id])
        if place is None or not suits(person, place) or not seats[place.slot_id]:
            return None
        seats[place.slot_id] -= 1
        moves.append(Move(person, Outcome.PLACED, place.span, place))
    return _whole(outline, moves)


def _outline(facts: Facts, asked: Asked) -> Outline:
    if asked.way is Way.SHIFT:
        return _shifted(facts, asked)
    seen = _fingerprint(*((each.booking_id, each.slot_id, each.span.start, each.firm) for each in facts.people))
    firm = tuple(person for person in facts.people if person.firm)
    here = tuple(place for slot in facts.own if (place := _free(facts, slot, asked.at)))
    if asked.way is Way.SPREAD:
        return Outline(seen, firm, facts.places)
    if asked.way is Way.LATER:
        return Outline(seen, firm, here)
    return Outline(
        seen,
        firm,
        (*facts.places, *(place for place in here if place.span.start >= facts.until)),
        Outcome.CANCELLED,
        tuple(Move(each, Outcome.CANCELLED, reason=Reason.NOT_CONFIRMED) for each in facts.people if not each.firm),
        tuple(SlotMove(slot, slot.span, SlotState.BLOCKED) for slot in facts.own if _closes(facts, slot, asked)),
    )


def _shifted(facts: Facts, asked: Asked) -> Outline:
    done = shift(
        facts.own, by=timedelta(minutes=asked.minutes), since=facts.since, until=facts.until, at=asked.at,
        notice=NOTICE, gap=facts.gap,
    )  # fmt: skip
    seen = _fingerprint(
        *((each.slot.id, each.span.start, each.state) for each in done.slots),
        *((each.person.booking_id, each.outcome, each.to.start if each.to else None) for each in done.moves),
        *((each.person.booking_id, each.near) for each in done.adrift),
    )
    lost = (replace(each, outcome=Outcome.CANCELLED, to=None) for each in done.adrift if not each.person.firm)
    return Outline(
        seen,
        tuple(each.person for each in done.adrift if each.person.firm),
        (*facts.places, *_here_after(facts, done, asked)),
        Outcome.LINE,
        (*done.moves, *lost),
        done.slots,
        done.adrift,
    )


def _whole(outline: Outline, found: Sequence[Move]) -> Plan:
    """The fixed moves and those that were found; who finds no other place says which interview they clash with."""
    clashes = {each.person.booking_id: each for each in outline.clashes}
    moves = [
        replace(clashes[move.person.booking_id], outcome=move.outcome, to=None)
        if move.place is None and move.person.booking_id in clashes
        else move
        for move in found
    ]
    by_time = sorted((*outline.fixed, *moves), key=lambda move: (move.person.span.start, move.person.booking_id))
    return Plan(_kept(outline.slots, by_time), tuple(by_time), outline.seen)


def _here_after(facts: Facts, done: Shift, asked: Asked) -> list[Place]:
    """The stand's own free places at their new times; those of people who cannot come then are free too."""
    moved = {each.slot.id: each for each in done.slots}
    away: dict[int | None, int] = {}
    for each in done.adrift:
        away[each.person.slot_id] = away.get(each.person.slot_id, 0) + 1
    found = []
    for slot in facts.own:
        later = replace(slot, left=slot.left + away.get(slot.id, 0))
        if slot.id in moved:
            later = replace(later, span=moved[slot.id].span, state=moved[slot.id].state)
        place = _free(facts, later, asked.at)
        if place:
            found.append(place)
    return found


def _kept(slots: Sequence[SlotMove], moves: Sequence[Move]) -> tuple[SlotMove, ...]:
    """Nobody books the time of somebody who is to be served then without a time of their own."""
    waiting = {move.person.slot_id for move in moves if move.outcome is Outcome.LINE}
    taken = {move.place.slot_id for move in moves if move.place}
    return tuple(
        replace(each, state=SlotState.BLOCKED)
        if each.slot.id in waiting - taken and len(each.slot.people) == 1 and not each.slot.left
        else each
        for each in slots
    )


def _free(facts: Facts, slot: OwnSlot, at: datetime) -> Place | None:
    if slot.state is not SlotState.OPEN or slot.left < 1 or slot.span.start < at + NOTICE:
        return None
    return Place(slot.id, facts.stand_id, facts.stand, slot.span, slot.left, ours=True)


def _closes(facts: Facts, slot: OwnSlot, asked: Asked) -> bool:
    within = facts.since <= slot.span.start < facts.until
    return within and not slot.busy and slot.state is SlotState.OPEN and (bool(slot.people) or slot.span.end > asked.at)


def _fingerprint(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]
