"""The parts of a day as people speak of them. Pure."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

NOON, EVENING = 13, 18  # a slot at 12:30 still belongs to the morning


class HalfDay(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


def half_of(moment: datetime, timezone: str) -> HalfDay:
    """The part of the local day in which a moment lies."""
    hour = moment.astimezone(ZoneInfo(timezone)).hour
    if hour < NOON:
        return HalfDay.MORNING
    return HalfDay.AFTERNOON if hour < EVENING else HalfDay.EVENING
