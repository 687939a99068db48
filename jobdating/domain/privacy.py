"""What people have agreed to, and how long what names them is kept. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from jobdating.domain.states import AgeBand

KEPT_MONTHS = 3
LONGER_MONTHS = (12, 24)  # after the fair, for those who agree to it

MINORS = frozenset({AgeBand.UNDER_15, AgeBand.FROM_15_TO_17})


class Permission(StrEnum):
    """How it stands with the yes of a candidate, or, under 15, of a parent.

    `asked` were put on a list by others: their pages ask them first, and the timetable may give them places meanwhile.
    While a parent is asked, after a no, or with a consent taken back, they may look and wish, and nobody takes a place
    for them.
    """

    GIVEN = "given"
    ASKED = "asked"
    PARENT_ASKED = "parent_asked"
    PARENT_REFUSED = "parent_refused"
    WITHDRAWN = "withdrawn"


class ConsentKind(StrEnum):
    """What a consent is about: taking part, a child taking part, being kept for later fairs."""

    TAKING_PART = "taking_part"
    PARENT = "parent"
    KEEPING = "keeping"


def may_take(permission: str) -> bool:
    """Whether a place may be taken, by the candidate or for them."""
    return permission in {Permission.GIVEN, Permission.ASKED}


def needs_parent(age_band: str) -> bool:
    """Whether a parent's yes counts beside the candidate's own."""
    return age_band == AgeBand.UNDER_15


def waits_for_parent(age_band: str, permission: str) -> bool:
    """Whether a parent who has not answered keeps somebody from taking part."""
    return needs_parent(age_band) and permission in {Permission.ASKED, Permission.PARENT_ASKED}


def may_need_parent(age_band: str, permission: str) -> bool:
    """The same for who may still turn out to be under 15: put on a list by others, and not asked yet."""
    unsure = permission == Permission.ASKED and age_band in {"", AgeBand.FROM_15_TO_17}
    return unsure or needs_parent(age_band)


def purge_day(last_day: date, *, months: int = KEPT_MONTHS) -> date:
    """The day on which what names people is erased: some months after the fair, or the end of that month."""
    month = last_day.month - 1 + months
    year, month = last_day.year + month // 12, month % 12 + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    last_of_month = first_of_next - timedelta(days=1)
    return last_of_month.replace(day=min(last_day.day, last_of_month.day))
