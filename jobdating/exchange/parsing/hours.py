"""Hours of a day: "9h-12h, 14h-17h", "10h à 12h et 14h à 17h", "matin". Pure, in local time.

English is put into French words first: "9am to 12, 2-5pm", "morning".
"""

import re
from datetime import time

from jobdating.exchange.parsing.words import Unclear, Value, fold

Hours = tuple[tuple[time, time], ...]

NOON = time(13)
_TIME = r"(\d{1,2})(?:\s*(?:h|:|heures?)\s*(\d{2})?)?"
_RANGE = re.compile(rf"(?:de\s+|entre\s+)?{_TIME}\s*(?:-|a|jusqu'a|et)\s*{_TIME}")
_MORNING = {"matin", "le matin", "matinee", "matins", "am"}
_AFTERNOON = {"apres-midi", "l'apres-midi", "apres midi", "aprem", "pm"}
_ENGLISH = {
    "morning": "matin", "mornings": "matin", "afternoon": "apres-midi", "afternoons": "apres-midi", "all day": "tout",
    "whole day": "tout", "noon": "12h", "from": "de", "between": "entre", "to": "a", "until": "a", "and": "et",
    "then": "puis",
}  # fmt: skip
_WHOLE = {"", "tout", "toute la journee", "journee", "la journee", "tous", "matin et apres-midi", "idem"}


def hours(value: Value, *, usual: Hours) -> Hours:
    """The stretches of a day, in order. A part of the day, or nothing, is taken from the `usual` hours.

    Raises Unclear: "hours" (not understood), "hour" (no such time), "hours_order" (ends before it begins),
    "hours_overlap".
    """
    said = _in_french(fold(str(value if value is not None else "")))
    if said in _WHOLE:
        return usual
    if said in _MORNING:
        return part("morning", usual)
    if said in _AFTERNOON:
        return part("afternoon", usual)
    found: list[tuple[time, time]] = []
    for piece in re.split(r"\s*(?:[,;/+&\n]|(?<=[\dh])\s+et\s+(?=\d|de\b|entre\b)|\bpuis\b)\s*", said):
        found += _stretch(piece.strip(" ."), usual)
    ordered = tuple(sorted(found))
    if any(first[1] > second[0] for first, second in zip(ordered, ordered[1:], strict=False)):
        raise Unclear("hours_overlap")
    return ordered


def _in_french(said: str) -> str:
    """The folded words with those that are English put into French; "2pm" is "14:00", and so is the 2 of "2-5pm"."""
    said = re.sub(r"\b(\d{1,2})((?::\d{2})?)(\s*(?:-|to)\s*)(\d{1,2})(?=(?::\d{2})?\s*pm\b)", _same_half_day, said)
    said = re.sub(r"\b(\d{1,2})(?::(\d{2}))?\s*([ap])m\b", _of_half_day, said)
    words = "|".join(sorted(_ENGLISH, key=len, reverse=True))
    return re.sub(rf"\b({words})\b", lambda found: _ENGLISH[found[0]], said)


def _same_half_day(found: re.Match[str]) -> str:
    start, minutes, to, end = found.groups()
    return f"{start}{minutes}{'pm' if int(start) < int(end) < 12 else ''}{to}{end}"


def _of_half_day(found: re.Match[str]) -> str:
    hour = int(found[1])
    later = 12 if found[3] == "p" else 0
    return f"{hour % 12 + later if hour <= 12 else hour}:{found[2] or '00'}"


def part(name: str, usual: Hours) -> Hours:
    """The "morning" or the "afternoon" of the usual hours: before and after 13:00."""
    if name == "morning":
        kept = [(start, min(end, NOON)) for start, end in usual if start < NOON]
    else:
        kept = [(max(start, NOON), end) for start, end in usual if end > NOON]
    return tuple(kept)


def _stretch(piece: str, usual: Hours) -> Hours:
    if piece in _MORNING:
        return part("morning", usual)
    if piece in _AFTERNOON:
        return part("afternoon", usual)
    match = _RANGE.fullmatch(piece)
    if not match:
        raise Unclear("hours")
    start, end = _time(match[1], match[2]), _time(match[3], match[4])
    if end <= start:
        raise Unclear("hours_order")
    return ((start, end),)


def _time(hour: str, minute: str | None) -> time:
    if int(hour) > 23 or int(minute or 0) > 59:
        raise Unclear("hour", hour=f"{int(hour)}:{int(minute or 0):02d}")
    return time(int(hour), int(minute or 0))
