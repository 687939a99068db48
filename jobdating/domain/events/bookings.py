"""What happened to one booking, from the day it is made to the note after it."""

from dataclasses import dataclass

from jobdating.domain.events.base import BookingEvent


@dataclass(frozen=True, kw_only=True)
class BookingMade(BookingEvent):
    origin: str


@dataclass(frozen=True, kw_only=True)
class BookingConfirmed(BookingEvent):
    """A held place was accepted, or a request was."""


@dataclass(frozen=True, kw_only=True)
class BookingMoved(BookingEvent):
    """To another slot, of the same stand or of a colleague's."""

    from_slot_id: int | None
    from_stand_id: int


@dataclass(frozen=True, kw_only=True)
class BookingCancelled(BookingEvent):
    by: str


@dataclass(frozen=True, kw_only=True)
class BookingRestored(BookingEvent):
    """The last step was undone."""

    from_state: str


@dataclass(frozen=True, kw_only=True)
class CandidateCheckedIn(BookingEvent):
    """Said "je suis là" for this interview."""


@dataclass(frozen=True, kw_only=True)
class CandidateSteppedAside(BookingEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class CandidateRunsLate(BookingEvent):
    """Said "j'arrive dans 5 min": `minutes` from now on."""

    minutes: int


@dataclass(frozen=True, kw_only=True)
class PhoneAsked(BookingEvent):
    """Cannot connect and asks to be phoned; or, not `wanted` any more, comes by the page after all."""

    wanted: bool


@dataclass(frozen=True, kw_only=True)
class EarlyAsked(BookingEvent):
    """The stand asked whether they come before their time."""


@dataclass(frozen=True, kw_only=True)
class EarlyAnswered(BookingEvent):
    """They come before their time, or rather not; asked or of their own accord."""

    agreed: bool


@dataclass(frozen=True, kw_only=True)
class CandidateCalled(BookingEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class InterviewStarted(BookingEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class InterviewExtended(BookingEvent):
    minutes: int


@dataclass(frozen=True, kw_only=True)
class InterviewFinished(BookingEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class InterviewReviewed(BookingEvent):
    """A note, a rating or a next step was written. Not what it says."""


@dataclass(frozen=True, kw_only=True)
class CandidateMissed(BookingEvent):
    """A no-show, confirmed by a person."""


@dataclass(frozen=True, kw_only=True)
class RoomEntered(BookingEvent):
    party: str
