"""A candidate's interviews for their own calendar. Stable ids, UTC, and nothing about the room."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Appointment:
    """One entry. `sure` is False for a place that is only held or asked for."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    url: str
    stamped_at: datetime
    sure: bool


def agenda(appointments: Iterable[Appointment], *, name: str) -> bytes:
    """An iCalendar file: taken in again, it replaces what it brought before."""
    calendar = Calendar()
    calendar.add("prodid", "-//Job dating//Planning//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for each in appointments:
        event = Event()
        event.add("uid", each.uid)
        event.add("dtstamp", each.stamped_at)
        event.add("dtstart", each.starts_at)
        event.add("dtend", each.ends_at)
        event.add("summary", each.summary)
        event.add("description", each.description)
        event.add("url", each.url)
        event.add("status", "CONFIRMED" if each.sure else "TENTATIVE")
        calendar.add_component(event)
    return calendar.to_ical()
