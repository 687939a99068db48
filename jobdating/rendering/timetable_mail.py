"""What the mails of wishes and timetables are written from. Sends nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jobdating.outbox import calendar
from jobdating.outbox.message import Calendar
from jobdating.outbox.rows import Row
from jobdating.queries import timetable_mails
from jobdating.queries.timetable_mails import Plan


@dataclass(frozen=True)
class Parts:
    """A template of `templates/mail` and what it is filled with."""

    template: str
    context: dict[str, Any]


def wishes(tx: Connection, row: Row, *, now: datetime) -> Parts | None:
    """The request to rank; None once it was done, or is too late."""
    asked = timetable_mails.asked(tx, row.context["candidate_id"], row.context["stand_id"])
    if asked is None or (asked.wishing.until is not None and asked.wishing.until <= now):
        return None
    if asked.wishes_it if row.context["stand_id"] is not None else asked.ranked:
        return None
    return Parts("wishes", {"asked": asked, "zone": asked.zone, "sender_name": asked.fair, "reply_to": asked.contact})


def timetable(tx: Connection, row: Row, *, host: str, url: str, sender: str) -> Parts | None:
    """A candidate's planning with all of it for their calendar."""
    plan = timetable_mails.planning(tx, row.context["candidate_id"])
    if plan is None:
        return None
    address = f"{url}/fairs/{plan.slug}/planning"
    return Parts("timetable", _context(plan, row, address, host, sender) | {"changed": row.context["changed"]})


def stand_timetable(tx: Connection, row: Row, *, host: str, url: str, sender: str) -> Parts | None:
    """A stand's planning for one of its recruiters."""
    plan = timetable_mails.of_stand(tx, row.context["stand_id"])
    if plan is None:
        return None
    address = f"{url}/fairs/{plan.slug}/cockpit/{plan.stand_id}"
    return Parts("stand_timetable", _context(plan, row, address, host, sender))


def _context(plan: Plan, row: Row, address: str, host: str, sender: str) -> dict[str, Any]:
    return {
        "plan": plan,
        "zone": plan.zone,
        "sender_name": plan.fair,
        "reply_to": plan.contact,
        "attached": _agenda(plan, row, address, host, sender) if plan.places else None,
    }


def _agenda(plan: Plan, row: Row, address: str, host: str, sender: str) -> Calendar:
    return calendar.planning(
        [
            calendar.Appointment(
                booking_id=place.booking_id,
                host=host,
                starts_at=place.starts_at.replace(microsecond=0),
                ends_at=place.ends_at.replace(microsecond=0),
                summary=f"{place.who} · {plan.fair}",
                description=address,
                place=address,
                url=address,
                attendee=row.recipient,
                organiser=plan.contact or sender,
                organiser_name=plan.fair,
                sequence=row.id,
                stamped_at=row.made_at.replace(microsecond=0),
            )
            for place in plan.places
        ]
    )
