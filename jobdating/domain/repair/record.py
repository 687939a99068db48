"""What a repair did, in a form that can be kept: ids, times and states, before and after. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from jobdating.domain.slots import Span
from jobdating.domain.states import BookingState, SlotState


class Spot(NamedTuple):
    """Where and when a booking stands."""

    stand_id: int
    slot_id: int | None
    seat: int | None
    span: Span | None
    queued_at: datetime
    state: BookingState


class SlotChange(NamedTuple):
    """A slot of the stand, before and after."""

    slot_id: int
    span: Span
    state: SlotState
    new_span: Span
    new_state: SlotState


class PersonChange(NamedTuple):
    """A booking, before and after; `waits` tells that its candidate was put on the stand's waitlist instead."""

    booking_id: int
    candidate_id: int
    before: Spot
    after: Spot
    waits: bool = False


class Left(NamedTuple):
    """Somebody whom undoing could not bring back, and why."""

    booking_id: int
    reason: str


@dataclass(frozen=True)
class Record:
    """All that a repair changed. `minutes` is 0 unless it shifted; [since, until) is what it was made for."""

    minutes: int
    since: datetime
    until: datetime
    slots: tuple[SlotChange, ...]
    people: tuple[PersonChange, ...]
    left: tuple[Left, ...] = ()


def encode(record: Record) -> dict[str, Any]:
    """As plain values for a JSON column."""
    return {
        "minutes": record.minutes,
        "since": record.since.isoformat(),
        "until": record.until.isoformat(),
        "slots": [[s.slot_id, *_span(s.span), s.state, *_span(s.new_span), s.new_state] for s in record.slots],
        "people": [
            [p.booking_id, p.candidate_id, _spot(p.before), _spot(p.after), p.waits] for p in record.people
        ],
        "left": [list(each) for each in record.left],
    }  # fmt: skip


def decode(data: dict[str, Any]) -> Record:
    """What `encode` wrote."""
    return Record(
        minutes=data["minutes"],
        since=datetime.fromisoformat(data["since"]),
        until=datetime.fromisoformat(data["until"]),
        slots=tuple(
            SlotChange(slot, _to_span(a, b), SlotState(state), _to_span(c, d), SlotState(new))
            for slot, a, b, state, c, d, new in data["slots"]
        ),
        people=tuple(
            PersonChange(booking, candidate, _to_spot(before), _to_spot(after), waits)
            for booking, candidate, before, after, waits in data["people"]
        ),
        left=tuple(Left(*each) for each in data["left"]),
    )


def _span(span: Span | None) -> list[str | None]:
    return [span.start.isoformat(), span.end.isoformat()] if span else [None, None]


def _to_span(start: str, end: str) -> Span:
    return Span(datetime.fromisoformat(start), datetime.fromisoformat(end))


def _spot(spot: Spot) -> list[Any]:
    return [spot.stand_id, spot.slot_id, spot.seat, *_span(spot.span), spot.queued_at.isoformat(), spot.state.value]


def _to_spot(values: list[Any]) -> Spot:
    stand, slot, seat, start, end, queued, state = values
    span = _to_span(start, end) if start else None
    return Spot(stand, slot, seat, span, datetime.fromisoformat(queued), BookingState(state))
