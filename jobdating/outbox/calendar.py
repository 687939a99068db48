"""An interview as a calendar invitation. Stable ids, times in UTC; a later mail has a higher sequence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

from jobdating.outbox import message


@dataclass(frozen=True)
class Appointment:
    """What a calendar shows of an interview; times in UTC."""

    booking_id: int
    host: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    place: str
    url: str
    attendee: str
    organiser: str
    organiser_name: str
    sequence: int
    stamped_at: datetime


def uid(booking_id: int, host: str) -> str:
    """The same in every mail and in the feed, so that a calendar replaces what it has."""
    return f"booking-{booking_id}@{host}"


def invitation(appointment: Appointment, *, cancelled: bool = False) -> message.Calendar:
    """A REQUEST to put in a calendar, or the CANCEL that takes it out."""
    method = "CANCEL" if cancelled else "REQUEST"
    calendar = _calendar(method)
    event = _event(appointment, cancelled=cancelled)
    attendee = vCalAddress(f"mailto:{appointment.attendee}")
    attendee.params["partstat"] = vText("ACCEPTED")
    attendee.params["rsvp"] = vText("FALSE")
    event.add("attendee", attendee, encode=False)
    calendar.add_component(event)
    return message.Calendar(method, calendar.to_ical())


def planning(appointments: Iterable[Appointment]) -> message.Calendar:
    """Several at once, to put in a calendar together; later mails about one of them replace it by its id."""
    calendar = _calendar("PUBLISH")
    for appointment in appointments:
        calendar.add_component(_event(appointment, cancelled=False))
    return message.Calendar("PUBLISH", calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Job dating//Invitations//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(appointment: Appointment, *, cancelled: bool) -> Event:
    event = Event()
    event.add("uid", uid(appointment.booking_id, appointment.host))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.stamped_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", appointment.summary)
    event.add("description", appointment.description)
    event.add("location", appointment.place)
    event.add("url", appointment.url)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    organiser = vCalAddress(f"mailto:{appointment.organiser}")
    organiser.params["cn"] = vText(appointment.organiser_name)
    event["organizer"] = organiser
    return event
