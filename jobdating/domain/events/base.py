"""What every event says."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Event:
    """`fair_id` is None for what belongs to no fair (a session)."""

    fair_id: int | None


@dataclass(frozen=True, kw_only=True)
class BookingEvent(Event):
    """Something about one booking. `slot_id` is None for a walk-in; `state` is the one it has now."""

    booking_id: int
    stand_id: int
    candidate_id: int
    slot_id: int | None
    state: str


@dataclass(frozen=True, kw_only=True)
class StandEvent(Event):
    stand_id: int


@dataclass(frozen=True, kw_only=True)
class CandidateEvent(Event):
    candidate_id: int
