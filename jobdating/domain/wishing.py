"""Who may rank wishes, and who may book, in each of a fair's two modes. Pure.

`open`: places are booked, first come first served; wishes only inform. `wishes`: candidates rank wishes until a
deadline, a timetable is made from them and published; what is left may be booked once the organiser opens it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WISHES_AHEAD = timedelta(days=2)  # before the deadline, who has not ranked is reminded


class Mode(StrEnum):
    """How places are given at a fair."""

    OPEN = "open"
    WISHES = "wishes"


class Decision(StrEnum):
    """What an organiser decided about a candidate and a stand."""

    PIN = "pin"
    FORBID = "forbid"


class Denied(StrEnum):
    """Why a published timetable did not meet a wish, as the candidate is told."""

    INELIGIBLE = "ineligible"
    CONSENT = "consent"  # theirs, or a parent's, is missing
    GIVEN_UP = "given_up"  # there was an interview, and it was cancelled or missed
    REFUSED = "refused"  # the stand would rather see others
    FORBIDDEN = "forbidden"  # an organiser took the pair out
    NO_COMMON_TIME = "no_common_time"
    CAP = "cap"
    STAND_FULL = "stand_full"
    CLASH = "clash"


@dataclass(frozen=True)
class Wishing:
    """Where a fair stands between wishes and bookings. Moments in UTC; `until` None means no deadline yet."""

    mode: Mode
    until: datetime | None = None
    published_at: datetime | None = None
    rest_open: bool = False

    @property
    def by_wishes(self) -> bool:
        """Whether candidates wait for the timetable, rather than book."""
        return self.mode is Mode.WISHES and not self.rest_open

    def may_rank(self, *, registered_at: datetime, now: datetime) -> bool:
        """Before the deadline; newcomers may rank after it, for the next mending."""
        if self.mode is Mode.OPEN or self.until is None:
            return True
        return now < self.until or registered_at >= self.until
