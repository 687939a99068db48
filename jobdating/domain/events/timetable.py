"""What leads from wishes to a published timetable."""

from dataclasses import dataclass

from jobdating.domain.events.base import Event


@dataclass(frozen=True, kw_only=True)
class OpinionGiven(Event):
    """A stand ranked a candidate, refuses to meet them, or takes that back. No candidate's page shows it."""

    stand_id: int
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class PairDecided(Event):
    """An organiser wants the two to meet, or not, or leaves it to the timetable again (`decision` is None)."""

    stand_id: int
    candidate_id: int
    decision: str | None


@dataclass(frozen=True, kw_only=True)
class WishesAsked(Event):
    """Candidates were asked by mail to rank their wishes, or to wish for the stand."""

    stand_id: int | None
    count: int


@dataclass(frozen=True, kw_only=True)
class PolicyWeighed(Event):
    """The draft of that letter weighs other things; it is to be solved anew."""

    letter: str


@dataclass(frozen=True, kw_only=True)
class TimetableDrafted(Event):
    """The drafts were solved anew."""


@dataclass(frozen=True, kw_only=True)
class TimetablePublished(Event):
    """The draft became bookings: `made` new ones, `moved`, and `dropped` when it mends what was published before."""

    letter: str
    made: int
    moved: int
    dropped: int


@dataclass(frozen=True, kw_only=True)
class RestOpened(Event):
    """What the timetable left may be booked."""
