"""The words for states, shared by tables, services and templates. Data only."""

from enum import StrEnum


class BookingState(StrEnum):
    """Where a booking stands. `held` and `requested` occupy their seat before the candidate or the stand has said yes."""

    HELD = "held"
    REQUESTED = "requested"
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CALLED = "called"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """How a booking came to be."""

    SLOT = "slot"
    TIMETABLE = "timetable"
    WAITLIST = "waitlist"
    INVITATION = "invitation"
    WALK_IN = "walk_in"


class Party(StrEnum):
    """Who did something to a booking."""

    CANDIDATE = "candidate"
    STAND = "stand"
    ORGANISER = "organiser"
    SYSTEM = "system"


class SlotState(StrEnum):
    """A slot can be taken (`open`) or has been taken out by the stand or an organiser (`blocked`)."""

    OPEN = "open"
    BLOCKED = "blocked"


class StandKind(StrEnum):
    """`interview` sees one candidate at a time; `meeting` and `visit` take as many as their capacity."""

    INTERVIEW = "interview"
    MEETING = "meeting"
    VISIT = "visit"


class GapState(StrEnum):
    """A stretch of a stand's day that came free: offered, given, or past."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class OfferState(StrEnum):
    """What became of a gap that was offered to somebody. `withdrawn`: another was quicker, or the gap closed."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Why(StrEnum):
    """What moves the expected time of somebody who waits most."""

    ON_TIME = "on_time"
    BUSY_ELSEWHERE = "busy_elsewhere"
    STAND_AWAY = "stand_away"
    OVERRUN = "overrun"
    SLOW_PACE = "slow_pace"
    LATE = "late"
    WALK_IN_NEXT = "walk_in_next"
    WALK_IN_LINE = "walk_in_line"


class NextStep(StrEnum):
    """What a recruiter wants to do after an interview."""

    UNDECIDED = "undecided"
    SHORTLIST = "shortlist"
    SECOND_INTERVIEW = "second_interview"
    OFFER = "offer"
    NO = "no"


class AgeBand(StrEnum):
    """Collected instead of a date of birth."""

    UNDER_15 = "under_15"
    FROM_15_TO_17 = "15_17"
    FROM_18_TO_25 = "18_25"
    FROM_26 = "26_plus"


class Level(StrEnum):
    """Diplomas of the trade schools, from the first to the highest."""

    CAP = "CAP"
    BAC_PRO = "Bac pro"
    TITRE_PRO = "Titre pro"
    BTS = "BTS"
    LICENCE_PRO = "Licence pro"


class RoomProvider(StrEnum):
    """Where an interview happens. `auto` follows the fair's default."""

    AUTO = "auto"
    LINK = "link"
    JITSI = "jitsi"
    BIGBLUEBUTTON = "bigbluebutton"
    TELEPHONE = "telephone"
    ON_SITE = "on_site"


# Occupies a seat and the candidate's time.
LIVE = frozenset(
    {
        BookingState.HELD,
        BookingState.REQUESTED,
        BookingState.BOOKED,
        BookingState.CHECKED_IN,
        BookingState.CALLED,
        BookingState.IN_PROGRESS,
    }
)
# Stands in the live line of a stand.
WAITING = frozenset({BookingState.BOOKED, BookingState.CHECKED_IN})
# In front of the recruiter, or on the way there.
WITH_RECRUITER = frozenset({BookingState.CALLED, BookingState.IN_PROGRESS})
# Counts towards a candidate's limit of interviews.
COUNTED = LIVE | {BookingState.DONE}

ALLOWED: dict[BookingState, frozenset[BookingState]] = {
    BookingState.HELD: frozenset({BookingState.BOOKED, BookingState.REQUESTED, BookingState.CANCELLED}),
    BookingState.REQUESTED: frozenset({BookingState.BOOKED, BookingState.CANCELLED}),
    BookingState.BOOKED: frozenset(
        {BookingState.CHECKED_IN, BookingState.CALLED, BookingState.NO_SHOW, BookingState.CANCELLED}
    ),
    BookingState.CHECKED_IN: frozenset(
        {BookingState.BOOKED, BookingState.CALLED, BookingState.NO_SHOW, BookingState.CANCELLED}
    ),
    BookingState.CALLED: frozenset(
        {BookingState.IN_PROGRESS, BookingState.CHECKED_IN, BookingState.NO_SHOW, BookingState.CANCELLED}
    ),
    BookingState.IN_PROGRESS: frozenset({BookingState.DONE, BookingState.CALLED}),
    BookingState.DONE: frozenset({BookingState.IN_PROGRESS}),
    BookingState.NO_SHOW: frozenset({BookingState.BOOKED, BookingState.CHECKED_IN}),
    BookingState.CANCELLED: frozenset({BookingState.BOOKED}),
}


def may_become(state: BookingState, target: BookingState) -> bool:
    """Whether a booking in `state` may turn into `target`; undo is a transition like any other."""
    return target in ALLOWED[state]
