"""Dates, times and numbers as people say them. Pure; the only place that turns UTC into local time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context

PARIS = "Europe/Paris"
_DAY = {"fr": "EEEE d MMMM", "en": "EEEE d MMMM"}
_SHORT_DAY = {"fr": "EEE d", "en": "EEE d"}
_DAY_AND_MONTH = {"fr": "EEE d MMMM", "en": "EEE d MMMM"}


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def clock_time(moment: datetime, zone: str = PARIS) -> str:
    """ "9:45": hours without a leading zero, as on a departures board."""
    there = local(moment, zone)
    return f"{there.hour}:{there.minute:02d}"


def _language(context: Context) -> str:
    return str(context.get("language", "fr"))


def _date(context: Context, value: date | datetime) -> date:
    if isinstance(value, datetime):
        return local(value, context.get("zone", PARIS)).date()
    return value


@pass_context
def time_filter(context: Context, moment: datetime) -> str:
    return clock_time(moment, context.get("zone", PARIS))


def day_words(value: date, language: str) -> str:
    """ "jeudi 17 juin"."""
    return format_date(value, _DAY[language], locale=language)


@pass_context
def day_filter(context: Context, value: date | datetime) -> str:
    """ "jeudi 17 juin"."""
    language = _language(context)
    return format_date(_date(context, value), _DAY[language], locale=language)


@pass_context
def short_day_filter(context: Context, value: date | datetime) -> str:
    """ "jeu. 17"."""
    language = _language(context)
    return format_date(_date(context, value), _SHORT_DAY[language], locale=language)


@pass_context
def weekday_filter(context: Context, value: date | datetime) -> str:
    """ "jeu."."""
    return format_date(_date(context, value), "EEE", locale=_language(context))


@pass_context
def day_and_month_filter(context: Context, value: date | datetime) -> str:
    """ "jeu. 17 juin"."""
    language = _language(context)
    return format_date(_date(context, value), _DAY_AND_MONTH[language], locale=language)


@pass_context
def clock_filter(context: Context, moment: datetime) -> str:
    """ "09:45", as fields for a time and addresses hold it."""
    return f"{local(moment, context.get('zone', PARIS)):%H:%M}"


def iso_filter(moment: datetime) -> str:
    """For `<time datetime>` and the scripts: UTC with Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minutes_filter(duration: timedelta | int) -> int:
    return duration if isinstance(duration, int) else round(duration / timedelta(minutes=1))


def phone_filter(number: str) -> str:
    """ "06 39 98 01 02", of the "+33639980102" that is stored; another as it was written. Never cut in two."""
    if not (number.startswith("+33") and len(number) == 12):
        return unbroken_filter(number)
    national = f"0{number[3:]}"
    return "\u00a0".join(national[n : n + 2] for n in range(0, 10, 2))


def dial_filter(number: str) -> str:
    """What a telephone dials: the number without its spaces."""
    return "".join(number.split())


def duration_filter(duration: timedelta) -> str:
    """ "14 min 35 s": not to be taken for a time of day."""
    minutes, seconds = divmod(round(duration.total_seconds()), 60)
    parts = [f"{count}\u00a0{unit}" for count, unit in ((minutes, "min"), (seconds, "s")) if count]
    return " ".join(parts) or "0\u00a0s"


def hour_filter(written: str) -> str:
    """ "9:00", of the "09:00" that settings hold."""
    return written.removeprefix("0")


@pass_context
def tenth_filter(context: Context, value: float) -> str:
    """ "2,4": one decimal, as it is written in the language."""
    return format_decimal(value, format="0.0", locale=_language(context))


@pass_context
def number_filter(context: Context, value: int) -> str:
    """ "3 879" or "3,879": thousands as they are written in the language."""
    return format_decimal(value, format="#,##0", locale=_language(context))


def unbroken_filter(words: str) -> str:
    """Words that stay on one line: a level, a telephone number."""
    return words.replace(" ", "\u00a0")


def first_upper_filter(words: str) -> str:
    """ "Thursday 17 June": the first letter alone; `capitalize` would make the others small."""
    return words[:1].upper() + words[1:]


FILTERS = {
    "time": time_filter,
    "day": day_filter,
    "first_upper": first_upper_filter,
    "phone": phone_filter,
    "dial": dial_filter,
    "short_day": short_day_filter,
    "weekday": weekday_filter,
    "day_and_month": day_and_month_filter,
    "clock": clock_filter,
    "iso": iso_filter,
    "hour": hour_filter,
    "duration": duration_filter,
    "minutes": minutes_filter,
    "tenth": tenth_filter,
    "number": number_filter,
    "unbroken": unbroken_filter,
}
