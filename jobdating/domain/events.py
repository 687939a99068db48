"""What happened, as frozen facts in the past tense. Ids only: no names, no words for the screen.

Every event carries the ids its topics need, so that who must be told is known without asking the database twice.
"""

from dataclasses import dataclass, field, fields
from typing import Any


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


@dataclass(frozen=True, kw_only=True)
class StandEvent(Event):
    stand_id: int


@dataclass(frozen=True, kw_only=True)
class StandChanged(StandEvent):
    """Its name, room, trades, hours or slots."""


@dataclass(frozen=True, kw_only=True)
class StandRepaired(StandEvent):
    """Its people moved together, and its slots: what exactly is the row `repair_id`."""

    repair_id: int
    way: str


@dataclass(frozen=True, kw_only=True)
class RepairUndone(StandEvent):
    """What could go back went back."""

    repair_id: int


@dataclass(frozen=True, kw_only=True)
class RepairSettled(StandEvent):
    """It can no longer be taken back."""

    repair_id: int


@dataclass(frozen=True, kw_only=True)
class StandWentAway(StandEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class StandCameBack(StandEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class StandPresenceChanged(StandEvent):
    connected: bool


@dataclass(frozen=True, kw_only=True)
class SlotBlocked(StandEvent):
    slot_id: int


@dataclass(frozen=True, kw_only=True)
class SlotReopened(StandEvent):
    slot_id: int


@dataclass(frozen=True, kw_only=True)
class WaitlistJoined(StandEvent):
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class WaitlistLeft(StandEvent):
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class EstimatesMoved(StandEvent):
    """The stand's expected times moved by a minute or more."""

    delay_minutes: int


@dataclass(frozen=True, kw_only=True)
class TurnChanged(StandEvent):
    """Time alone changed whom the stand should call: a grace is over, somebody is due."""


@dataclass(frozen=True, kw_only=True)
class TroubleChanged(StandEvent):
    """What needs a hand at the stand is another thing now."""


@dataclass(frozen=True, kw_only=True)
class GapOpened(StandEvent):
    """The stand has time to spare, since the booking `cause_id` was missed or over early."""

    gap_id: int
    cause_id: int


@dataclass(frozen=True, kw_only=True)
class GapOffered(StandEvent):
    gap_id: int
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class GapDeclined(StandEvent):
    """They said no, or (`expired`) nothing in time."""

    gap_id: int
    candidate_id: int
    expired: bool


@dataclass(frozen=True, kw_only=True)
class GapTaken(StandEvent):
    gap_id: int
    candidate_id: int
    booking_id: int


@dataclass(frozen=True, kw_only=True)
class GapClosed(StandEvent):
    """Nobody can take it any more: it is past, somebody else was called, or the missed person came."""

    gap_id: int


@dataclass(frozen=True, kw_only=True)
class ClashFound(StandEvent):
    """Somebody is expected here and at `other_stand_id` at about the same time."""

    other_stand_id: int
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class ClashGone(StandEvent):
    other_stand_id: int
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceYielded(StandEvent):
    """The stand lets the other go first with the person both expect; or, `back`, no longer."""

    other_stand_id: int
    candidate_id: int
    back: bool


@dataclass(frozen=True, kw_only=True)
class InterviewsExported(Event):
    """Somebody took the list of the stand's interviews away. The journal's account says who; no page shows it."""

    stand_id: int


@dataclass(frozen=True, kw_only=True)
class NotesRead(Event):
    """Somebody who does not work at the stand opened pages that show its notes. The journal's account says who."""

    stand_id: int


@dataclass(frozen=True, kw_only=True)
class CandidateEvent(Event):
    candidate_id: int


@dataclass(frozen=True, kw_only=True)
class CandidateRegistered(CandidateEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(CandidateEvent):
    pass


@dataclass(frozen=True, kw_only=True)
class WishesRanked(CandidateEvent):
    """`stand_ids` are those wished for before or now: how contested they are may have changed."""

    stand_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CandidatePresenceChanged(CandidateEvent):
    connected: bool


@dataclass(frozen=True, kw_only=True)
class DocumentRead(CandidateEvent):
    """Somebody other than the candidate opened the CV. The journal's account says who."""

    stand_id: int | None


@dataclass(frozen=True, kw_only=True)
class ProfileRead(CandidateEvent):
    """Somebody other than the candidate opened their page. The journal's account says who."""

    stand_id: int | None


@dataclass(frozen=True, kw_only=True)
class ParentAsked(CandidateEvent):
    """A mail asks a parent whether the candidate may take part."""


@dataclass(frozen=True, kw_only=True)
class PermissionChanged(CandidateEvent):
    """The candidate, or a parent, said yes, said no, or took it back; `permission` is what holds now."""

    permission: str


@dataclass(frozen=True, kw_only=True)
class KeepingChanged(CandidateEvent):
    """Wants to be kept longer, or no longer (`until` is None)."""

    until: str | None


@dataclass(frozen=True, kw_only=True)
class AdultChanged(CandidateEvent):
    """An adult was named for copies of the messages, stopped them, or is named no longer."""

    change: str


@dataclass(frozen=True, kw_only=True)
class AnnouncementSent(Event):
    announcement_id: int
    stand_id: int | None
    site_id: int | None


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


@dataclass(frozen=True, kw_only=True)
class FairChanged(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class FairImported(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class FairExported(Event):
    """Somebody took all its data away as a file. The journal's account says who."""


@dataclass(frozen=True, kw_only=True)
class AuditExported(Event):
    """Somebody took the list of who did what away as a file. The journal's account says who."""


@dataclass(frozen=True, kw_only=True)
class PeopleForgotten(Event):
    """The purge of the fair erased what names people; `count` accounts."""

    count: int


@dataclass(frozen=True, kw_only=True)
class DayTurned(Event):
    """The live day of the fair is another one."""


@dataclass(frozen=True, kw_only=True)
class PlacesPassed(Event):
    """Slots that nobody took start too soon to be taken now."""


@dataclass(frozen=True, kw_only=True)
class AttendanceSampled(Event):
    pass


@dataclass(frozen=True, kw_only=True)
class DemoClockSet(Event):
    """The demo's time runs at another speed."""


@dataclass(frozen=True, kw_only=True)
class RightsChanged(Event):
    """The account lost or gained a right, or a session was revoked: its sockets close and its pages reload."""

    account_id: int


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """The account proved its address and opened a session."""

    account_id: int


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    """Somebody tried to be this account and was refused; `reason` is the refusal's code."""

    account_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorHeld(Event):
    """The account confirmed who it is; `way` is "passkey", "app", "recovery" or "provider"."""

    account_id: int
    way: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorChanged(Event):
    """A way to confirm was added, removed or reset; `change` says which. Who did it is the journal's account."""

    account_id: int
    change: str


@dataclass(frozen=True, kw_only=True)
class LeadChanged(Event):
    """The account leads the recruiters of the company from now on, or no longer; it works at `stand_ids` of it."""

    account_id: int
    company_id: int
    lead: bool
    stand_ids: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class AccountErased(Event):
    """Its person asked for it. Counts remain, names do not."""

    account_id: int


def _concrete(cls: type[Event]) -> list[type[Event]]:
    found = [] if cls in (Event, BookingEvent, StandEvent, CandidateEvent) else [cls]
    for child in cls.__subclasses__():
        found += _concrete(child)
    return found


KINDS: dict[str, type[Event]] = {cls.__name__: cls for cls in _concrete(Event)}
_FIELDS = {name: frozenset(field.name for field in fields(cls)) for name, cls in KINDS.items()}


def encode(event: Event) -> tuple[str, dict[str, Any]]:
    """The event's kind and its plain values."""
    return type(event).__name__, dict(vars(event))


def decode(kind: str, data: dict[str, Any]) -> Event:
    """The event as it was. Raises KeyError for a kind this version does not know."""
    known = _FIELDS[kind]
    return KINDS[kind](**{name: value for name, value in data.items() if name in known})
