"""Moves a stand's slots in time, with everybody in them. Pure: says what the times would be and whom they do not suit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobdating.domain.repair.moving import Move, Outcome, Person, Reason
from jobdating.domain.slots import Span
from jobdating.domain.states import SlotState


@dataclass(frozen=True)
class OwnSlot:
    """A slot of the stand, with who waits in it. `busy` tells that somebody of it is called or in an interview, or was:
    such a slot is part of what happened and does not move. `left` are its free places."""

    id: int
    span: Span
    state: SlotState
    people: tuple[Person, ...] = ()
    busy: bool = False
    left: int = 1


@dataclass(frozen=True)
class SlotMove:
    """A slot that gets another time, or is taken out."""

    slot: OwnSlot
    span: Span
    state: SlotState


@dataclass(frozen=True)
class Shift:
    """What a shift does: the slots that move, the people in them, and those who need another place (`adrift`)."""

    slots: tuple[SlotMove, ...]
    moves: tuple[Move, ...]
    adrift: tuple[Move, ...]


def shift(
    slots: Sequence[OwnSlot],
    *,
    by: timedelta,
    since: datetime,
    until: datetime,
    at: datetime,
    notice: timedelta,
    gap: timedelta,
) -> Shift:
    """Move what starts in [since, until) and is not over at `at`; nothing earlier than `at` + `notice`.

    A slot whose new time meets an interview that does not move keeps its time, and so does what would meet it in turn.
    Free slots that are in the way of people who come earlier are laid behind them, where the last ones were.
    `gap` is the free time that the fair asks for between two interviews: what comes closer is told.
    """
    first = min((slot.span.start for slot in slots if slot.people or slot.span.end > at), default=until)
    asked = [slot for slot in slots if max(since, first) <= slot.span.start < until and not slot.busy]
    soon = {slot.id for slot in asked if by < timedelta() and slot.span.start + by < at + notice}
    moving, behind = _settled([slot for slot in asked if slot.id not in soon], slots, by)
    moved = [SlotMove(slot, _at(slot, by), slot.state) for slot in moving]
    reasons = {slot.id: Reason.TOO_SOON if slot.id in soon else Reason.IN_THE_WAY for slot in asked}
    moves: list[Move] = []
    adrift: list[Move] = []
    for slot in asked:
        for person in slot.people:
            if slot not in moving:
                moves.append(Move(person, Outcome.STAYS, slot.span, reason=reasons[slot.id]))
                continue
            span = _at(slot, by)
            clash = person.clash(span)
            if clash:
                adrift.append(Move(replace(person, wanted=span.start), Outcome.LINE, span, None, Reason.CLASH, clash))
            else:
                moves.append(Move(person, Outcome.SHIFTED, span, near=person.near(span, gap)))
    return Shift((*moved, *behind), tuple(moves), tuple(adrift))


def _at(slot: OwnSlot, by: timedelta) -> Span:
    return Span(slot.span.start + by, slot.span.end + by)


def _settled(wanted: list[OwnSlot], slots: Sequence[OwnSlot], by: timedelta) -> tuple[list[OwnSlot], list[SlotMove]]:
    """The slots that can move, and the free ones laid behind them. What cannot move stops others, until that ends."""
    moving = list(wanted)
    while True:
        still = [slot for slot in slots if slot not in moving]
        free = [slot for slot in still if not slot.people and not slot.busy and by < timedelta()]
        in_the_way = [slot for slot in free if any(_meets(_at(other, by), slot) for other in moving)]
        firm = [slot for slot in still if slot not in in_the_way]
        there = [_at(slot, by) for slot in moving] + [slot.span for slot in firm]
        vacated = [slot.span for slot in moving if not any(span.overlaps(slot.span) for span in there)]
        firm += in_the_way[len(vacated) :]  # nowhere to lay them: they hold their ground
        stopped = [slot for slot in moving if any(_meets(_at(slot, by), other) for other in firm)]
        if not stopped:
            spans = sorted(vacated, reverse=True)
            return moving, [SlotMove(slot, span, slot.state) for slot, span in zip(in_the_way, spans, strict=False)]
        moving = [slot for slot in moving if slot not in stopped]


def _meets(span: Span, slot: OwnSlot) -> bool:
    return span.overlaps(slot.span) or span.start == slot.span.start
