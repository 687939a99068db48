"""Stretches of days with their hours: "17 juin 14h à 15h30", "18/06 10h-11h ; vendredi matin". Pure, in local time."""

import re
from datetime import date, time

from jobdating.exchange.parsing.days import Calendar, days
from jobdating.exchange.parsing.hours import Hours, hours, part
from jobdating.exchange.parsing.words import Value, fold, text

_TIME = r"\d{1,2}\s*(?:h\s*\d{0,2}|:\s*\d{2})"
_RANGE = re.compile(rf"(?:\bde\s+|\bentre\s+)?{_TIME}\s*(?:-|a|et)\s*{_TIME}")

Break = tuple[date, time, time]


def has_hours(said: str) -> bool:
    """Whether a text speaks of hours of the clock, not only of days."""
    return _RANGE.search(fold(said)) is not None


def breaks(value: Value, calendar: Calendar) -> list[Break]:
    """The stretches meant: of a stand, those in which nobody is there.

    Hours without a day mean every day, a day without hours all of it. Raises Unclear as `days` and `hours`.
    """
    found: list[Break] = []
    for piece in re.split(";", fold(text(value) if not isinstance(value, str) else value.replace("\n", ";"))):
        if piece.strip():
            found += _piece(piece.strip(), calendar)
    return sorted(set(found))


def _piece(piece: str, calendar: Calendar) -> list[Break]:
    found: list[Break] = []
    at, named = 0, [(part_.day, part_.part) for part_ in days("", calendar)]
    ranges = list(_RANGE.finditer(piece))
    for match in ranges:
        before = piece[at : match.start()].strip(" ,/&+:").removesuffix(" et").removesuffix(" de").strip(" ,")
        at = match.end()
        if before and before != "et":
            named = [(part_.day, part_.part) for part_ in days(before.removeprefix("et "), calendar)]
        stretch = hours(match.group(), usual=())
        found += [(day, start, end) for day, _ in named for start, end in stretch]
    after = piece[at:].strip(" ,/&+.")
    if after:
        whole: Hours = ((time(0), time(23, 59)),)
        for said in days(after, calendar):
            stretch = part(said.part, whole) if said.part else whole
            found += [(said.day, start, end) for start, end in stretch]
    return found
