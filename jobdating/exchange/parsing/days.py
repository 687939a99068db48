"""Days of a fair: "tous", "17, 18", "17 et 19 juin", "jeudi, vendredi", "sauf 18/06", "jeudi matin". Pure.

English is put into French words first: "Thursday morning", "June 17th to 19th", "all but 18 June".
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobdating.exchange.parsing.words import Unclear, Value, fold, text

_MONTHS = {
    "janvier": 1, "janv": 1, "fevrier": 2, "fevr": 2, "mars": 3, "avril": 4, "avr": 4, "mai": 5, "juin": 6,
    "juillet": 7, "juil": 7, "aout": 8, "septembre": 9, "sept": 9, "octobre": 10, "oct": 10, "novembre": 11,
    "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
_WEEKDAYS = {"lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6}
_ENGLISH = {
    "january": "janvier", "february": "fevrier", "march": "mars", "april": "avril", "may": "mai", "june": "juin",
    "july": "juillet", "august": "aout", "september": "septembre", "october": "octobre", "november": "novembre",
    "december": "decembre", "monday": "lundi", "tuesday": "mardi", "wednesday": "mercredi", "thursday": "jeudi",
    "friday": "vendredi", "saturday": "samedi", "sunday": "dimanche", "mon": "lundi", "tue": "mardi", "wed": "mercredi",
    "thu": "jeudi", "fri": "vendredi", "sat": "samedi", "sun": "dimanche", "morning": "matin", "afternoon": "apres-midi",
    "all": "tous", "every": "tous", "each": "tous", "day": "", "days": "", "and": "et", "to": "au", "until": "au",
    "from": "du", "on": "le", "the": "le", "except": "sauf", "but": "sauf", "not": "sauf", "only": "seulement",
}  # fmt: skip
_TOKEN = re.compile(
    rf"""\s*(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})
    |(?P<slash>\d{{1,2}}\s*[/.]\s*\d{{1,2}}(?:\s*[/.]\s*(?:\d{{4}}|\d{{2}}))?)
    |(?P<number>\d{{1,2}})(?:er\b)?(?:\s*(?P<month>{"|".join(_MONTHS)})\b\.?(?:\s+(?P<year>\d{{4}}))?)?
    |(?P<weekday>(?:lun|mar|jeu)(?:di)?s?|mer(?:credi)?s?|ven(?:dredi)?s?|sam(?:edi)?s?|dim(?:anche)?s?)\b\.?
    |(?P<all>tous(?:\ les\ jours)?|toute\ la\ duree|chaque\ jour|tout)\b
    |(?P<part>matins?|matinee|apres[ -]midis?|journee)\b
    |(?P<but>sauf|hors|excepte)\b
    |(?P<to>au|a|jusqu'au|jusqu'a|-)(?![a-z])
    |(?P<join>et|[,;/+&])
    |(?P<filler>du|de|le|les|la|l'|uniquement|seulement))""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Calendar:
    """The days of a fair. When its frame is wrong (`sure` is false), no day is said to lie outside."""

    first: date
    last: date
    sure: bool = True

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, order=True)
class DayPart:
    """A day, or its "morning" or "afternoon"; "" is all of it."""

    day: date
    part: str = ""


@dataclass
class _Day:
    number: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    part: str = ""


def days(value: Value, calendar: Calendar) -> list[DayPart]:
    """The days meant, in order; nothing means all.

    Raises Unclear: "days" (not understood), "date" (no such date), "day_outside" (not a day of the fair),
    "weekday" ("jeudi 18" when the 18th is a Friday).
    """
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return [DayPart(_inside(day, calendar))]
    if isinstance(value, float) and not value.is_integer():
        value = f"{value:.2f}".replace(".", ", ")  # a spreadsheet that took "18,19" for a number
    said = _in_french(value)
    if not said:
        return [DayPart(day) for day in calendar.days]
    before, but, after = _parted(said)
    kept = _mentioned(before, calendar) if before else [DayPart(day) for day in calendar.days]
    if but:
        out = {part.day for part in _mentioned(after, calendar)}
        kept = [part for part in kept if part.day not in out]
    return sorted(set(kept))


def single(value: Value) -> date:
    """One full date, "17/06/2027" or a spreadsheet's own. Raises Unclear("date" or "date_form")."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    said = _in_french(value)
    if found := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", said):
        return _date(int(found[3]), int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", said):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if (found := re.fullmatch(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})", said)) and found[2] in _MONTHS:
        return _date(int(found[3]), _MONTHS[found[2]], int(found[1]))
    raise Unclear("date_form")


def moment(value: Value) -> datetime:
    """A date with a time, naive and local: "01/11/2026 09:00"; midnight without a time. Raises Unclear."""
    if isinstance(value, datetime):
        return value
    said = text(value)
    found = re.fullmatch(r"(.+?)(?:\s+(?:à\s+)?(\d{1,2})\s*[h:]\s*(\d{2})?)?", said)
    if not found or isinstance(value, date):
        return datetime.combine(single(value), datetime.min.time())
    hour, minute = int(found[2] or 0), int(found[3] or 0)
    if hour > 23 or minute > 59:
        raise Unclear("hour", hour=f"{hour}:{minute:02d}")
    return datetime.combine(single(found[1]), datetime.min.time()).replace(hour=hour, minute=minute)


def open_days(value: Value) -> list[DayPart]:
    """A stretch outside the fair, with its years: "du 29/06/2027 au 04/07/2027 matin". Raises Unclear."""
    said = _in_french(value).removeprefix("du ").removeprefix("le ")
    start, _, end = said.partition(" au ")
    first, last = _with_part(start), _with_part(end or start)
    if last.day < first.day:
        raise Unclear("days_order")
    if last.day - first.day > timedelta(days=60):
        raise Unclear("days_many")
    whole = [DayPart(first.day + timedelta(days=n)) for n in range((last.day - first.day).days + 1)]
    return [first if part.day == first.day and first.part else last if part.day == last.day else part for part in whole]


def _in_french(value: Value) -> str:
    """The words folded, with those that are English put into French: "June 17th" is "17 juin"."""
    said = re.sub(r"\b(\d{1,2})(?:st|nd|rd|th)\b", r"\1", fold(text(value)))
    months = "|".join(name for name, french in _ENGLISH.items() if french in _MONTHS)
    said = re.sub(rf"\b({months})\s+(\d{{1,2}})\b(?!\d)", r"\2 \1", said)
    said = re.sub(
        r"[a-z]+", lambda found: _ENGLISH.get(found[0].removesuffix("s"), _ENGLISH.get(found[0], found[0])), said
    )
    return " ".join(said.split())


def _with_part(said: str) -> DayPart:
    found = re.fullmatch(r"(.+?)(?:\s+(matin|apres-midi))?", said.strip())
    if not found:
        raise Unclear("date_form")
    return DayPart(single(found[1]), {"matin": "morning", "apres-midi": "afternoon"}.get(found[2] or "", ""))


def _parted(said: str) -> tuple[str, bool, str]:
    found = re.search(r"\b(sauf|hors|excepte)\b", said)
    if not found:
        return said, False, ""
    return said[: found.start()].strip(" ,;("), True, said[found.end() :].strip(" )")


def _mentioned(said: str, calendar: Calendar) -> list[DayPart]:
    """The days that a list or a stretch speaks of."""
    runs: list[list[_Day]] = [[]]  # each run is joined by "au" or "-"
    everything, whole_part, at, linked = False, "", 0, False
    while at < len(said):
        found = _TOKEN.match(said, at)
        if not found or found.end() == at:
            raise Unclear("days")
        at, kind = found.end(), found.lastgroup if found.lastgroup not in {"month", "year"} else "number"
        if kind in {"iso", "slash", "number", "weekday"}:
            for day in _day(kind, found):
                previous = runs[-1][-1] if runs[-1] else None
                if previous and not linked and previous.weekday is not None and previous.number is None:
                    previous.number, previous.month, previous.year = day.number, day.month, day.year
                elif linked or not runs[-1]:
                    runs[-1].append(day)
                else:
                    runs.append([day])
                linked = False
        elif kind == "to":
            linked = True
        elif kind == "join":
            runs += [[]] if runs[-1] else []
        elif kind == "all":
            everything = True
        elif kind == "part":
            name = {"m": "morning", "a": "afternoon"}.get(found["part"][0], "")
            if runs[-1]:
                runs[-1][-1].part = name
            else:
                whole_part = name
    runs = [run for run in runs if run]
    _lend_months(runs)
    if everything or not runs:
        if not everything and not whole_part:
            raise Unclear("days")
        return [DayPart(day, whole_part) for day in calendar.days]
    return [part for run in runs for part in _resolved(run, calendar, whole_part)]


def _day(kind: str, found: re.Match[str]) -> list[_Day]:
    if kind == "iso":
        day = _iso(found["iso"])
        return [_Day(day.day, day.month, day.year)]
    if kind == "slash":
        numbers = [int(n) for n in re.split(r"\s*[/.]\s*", found["slash"])]
        if len(numbers) == 2 and numbers[1] > 12:
            return [_Day(numbers[0]), _Day(numbers[1])]  # "17/18": two days
        years = [n + 2000 if n < 100 else n for n in numbers[2:]]
        return [_Day(numbers[0], numbers[1], years[0] if years else None)]
    if kind == "weekday":
        return [_Day(weekday=_WEEKDAYS[found["weekday"][:3]])]
    month = _MONTHS[found["month"]] if found["month"] else None
    return [_Day(int(found["number"]), month, int(found["year"]) if found["year"] else None)]


def _iso(said: str) -> date:
    year, month, day = (int(part) for part in said.split("-"))
    return _date(year, month, day)


def _lend_months(runs: list[list[_Day]]) -> None:
    """In "17 et 19 juin" the month is said once, at the end."""
    month: int | None = None
    year: int | None = None
    for day in reversed([day for run in runs for day in run]):
        if day.month:
            month, year = day.month, day.year
        elif day.number is not None:
            day.month, day.year = month, year


def _resolved(run: list[_Day], calendar: Calendar, whole_part: str) -> list[DayPart]:
    found = [DayPart(_on(day, calendar), day.part or whole_part) for day in run]
    if len(found) == 2:
        first, last = found
        if last.day < first.day:
            raise Unclear("days_order")
        inner = [d for d in calendar.days if first.day < d < last.day]
        return [first, *(DayPart(d, whole_part) for d in inner), last]
    return found


def _on(day: _Day, calendar: Calendar) -> date:
    if day.number is None:
        for candidate in calendar.days:
            if candidate.weekday() == day.weekday:
                return candidate
        raise Unclear("day_outside", first=calendar.first, last=calendar.last)
    if day.month is None:
        found = next((d for d in calendar.days if d.day == day.number), None)
        if found is None:
            raise Unclear("day_outside", first=calendar.first, last=calendar.last)
    else:
        found = _date(day.year or calendar.first.year, day.month, day.number)
    if day.weekday is not None and found.weekday() != day.weekday:
        raise Unclear("weekday", day=found)
    return _inside(found, calendar)


def _inside(day: date, calendar: Calendar) -> date:
    if calendar.sure and not calendar.first <= day <= calendar.last:
        raise Unclear("day_outside", first=calendar.first, last=calendar.last)
    return day


def _date(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unclear("date") from None
    if not 2000 <= year <= 2100:
        raise Unclear("date")
    return found
