"""What happened, as frozen facts in the past tense. Ids only: no names, no words for the screen.

Every event carries the ids its topics need, so that who must be told is known without asking the database twice.
"""

from dataclasses import fields
from typing import Any

from jobdating.domain.events.accounts import (
    AccountErased,
    LeadChanged,
    RightsChanged,
    SecondFactorChanged,
    SecondFactorHeld,
    SignedIn,
    SignInRefused,
)
from jobdating.domain.events.base import (
    BookingEvent,
    CandidateEvent,
    Event,
    StandEvent,
)
from jobdating.domain.events.bookings import (
    BookingCancelled,
    BookingConfirmed,
    BookingMade,
    BookingMoved,
    BookingRestored,
    CandidateCalled,
    CandidateCheckedIn,
    CandidateMissed,
    CandidateRunsLate,
    CandidateSteppedAside,
    EarlyAnswered,
    EarlyAsked,
    InterviewExtended,
    InterviewFinished,
    InterviewReviewed,
    InterviewStarted,
    PhoneAsked,
    RoomEntered,
)
from jobdating.domain.events.candidates import (
    AdultChanged,
    CandidatePresenceChanged,
    CandidateRegistered,
    DocumentRead,
    KeepingChanged,
    PaperChanged,
    ParentAsked,
    PermissionChanged,
    ProfileChanged,
    ProfileRead,
    WishesRanked,
)
from jobdating.domain.events.fairs import (
    AnnouncementSent,
    AttendanceSampled,
    AuditExported,
    DayTurned,
    DemoClockSet,
    FairChanged,
    FairExported,
    FairImported,
    PeopleForgotten,
    PlacesPassed,
)
from jobdating.domain.events.stands import (
    ClashFound,
    ClashGone,
    EstimatesMoved,
    GapClosed,
    GapDeclined,
    GapOffered,
    GapOpened,
    GapTaken,
    InterviewsExported,
    NotesRead,
    PlaceYielded,
    RepairSettled,
    RepairUndone,
    SlotBlocked,
    SlotReopened,
    StandCameBack,
    StandChanged,
    StandPresenceChanged,
    StandRepaired,
    StandTurned,
    StandWentAway,
    TroubleChanged,
    TurnChanged,
    WaitlistJoined,
    WaitlistLeft,
)
from jobdating.domain.events.timetable import (
    OpinionGiven,
    PairDecided,
    PolicyWeighed,
    RestOpened,
    TimetableDrafted,
    TimetablePublished,
    WishesAsked,
)

__all__ = [
    "KINDS",
    "AccountErased",
    "AdultChanged",
    "AnnouncementSent",
    "AttendanceSampled",
    "AuditExported",
    "BookingCancelled",
    "BookingConfirmed",
    "BookingEvent",
    "BookingMade",
    "BookingMoved",
    "BookingRestored",
    "CandidateCalled",
    "CandidateCheckedIn",
    "CandidateEvent",
    "CandidateMissed",
    "CandidatePresenceChanged",
    "CandidateRegistered",
    "CandidateRunsLate",
    "CandidateSteppedAside",
    "ClashFound",
    "ClashGone",
    "DayTurned",
    "DemoClockSet",
    "DocumentRead",
    "EarlyAnswered",
    "EarlyAsked",
    "EstimatesMoved",
    "Event",
    "FairChanged",
    "FairExported",
    "FairImported",
    "GapClosed",
    "GapDeclined",
    "GapOffered",
    "GapOpened",
    "GapTaken",
    "InterviewExtended",
    "InterviewFinished",
    "InterviewReviewed",
    "InterviewStarted",
    "InterviewsExported",
    "KeepingChanged",
    "LeadChanged",
    "NotesRead",
    "OpinionGiven",
    "PairDecided",
    "PaperChanged",
    "ParentAsked",
    "PeopleForgotten",
    "PermissionChanged",
    "PhoneAsked",
    "PlaceYielded",
    "PlacesPassed",
    "PolicyWeighed",
    "ProfileChanged",
    "ProfileRead",
    "RepairSettled",
    "RepairUndone",
    "RestOpened",
    "RightsChanged",
    "RoomEntered",
    "SecondFactorChanged",
    "SecondFactorHeld",
    "SignInRefused",
    "SignedIn",
    "SlotBlocked",
    "SlotReopened",
    "StandCameBack",
    "StandChanged",
    "StandEvent",
    "StandPresenceChanged",
    "StandRepaired",
    "StandTurned",
    "StandWentAway",
    "TimetableDrafted",
    "TimetablePublished",
    "TroubleChanged",
    "TurnChanged",
    "WaitlistJoined",
    "WaitlistLeft",
    "WishesAsked",
    "WishesRanked",
    "decode",
    "encode",
]


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
