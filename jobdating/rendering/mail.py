"""Writes the mails of the outbox, in the reader's language, from what is so at this moment. Sends nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from sqlalchemy import Connection

from jobdating.clock import Clock, WallClock
from jobdating.domain.states import BookingState
from jobdating.outbox import calendar
from jobdating.outbox.message import Calendar, Written
from jobdating.outbox.rows import Row
from jobdating.queries import mails, permissions
from jobdating.queries.due import REMINDERS
from jobdating.queries.mails import Interview
from jobdating.rendering import timetable_mail
from jobdating.rendering.devices import known_device
from jobdating.rendering.environment import environment
from jobdating.services import adult, parent
from jobdating.services.sign_in import code_of, link_of

CONFIRMED = {BookingState.BOOKED, BookingState.CHECKED_IN, BookingState.CALLED, BookingState.IN_PROGRESS}


@dataclass(frozen=True)
class Frame:
    """What every mail needs besides its row: who we are to the world, our secret, and the fair's time."""

    public_url: str
    host: str
    sender: str
    key: str
    clock: Clock

    def url(self, path: str) -> str:
        return self.public_url + path


def compose(tx: Connection, row: Row, *, frame: Frame) -> Written | None:
    """The mail of a row; None when what it would tell is no longer so. Raises KeyError for an unknown kind."""
    return _WRITERS[row.kind](tx, row, frame)


def _sign_in(tx: Connection, row: Row, frame: Frame) -> Written | None:
    asked = mails.sign_in(tx, row.context["nonce"], wall=WallClock().now())
    if asked is None:
        return None
    back = row.context.get("back", "")
    path = "/sign-in/link" + (f"?back={quote(back, safe='/')}" if back else "")
    code = code_of(asked.nonce, key=frame.key)
    return _write(
        "sign_in",
        row,
        frame,
        newcomer=asked.newcomer,
        code=f"{code[:4]} {code[4:]}",
        link=frame.url(f"{path}#{link_of(asked.nonce, key=frame.key)}"),
    )


def _booked(tx: Connection, row: Row, frame: Frame) -> Written | None:
    interview = mails.interview(tx, row.context["booking_id"])
    if interview is None or interview.starts_at is None:
        return None
    if interview.state == BookingState.REQUESTED:
        return _about(interview, "requested", row, frame)
    return _about(interview, "booked", row, frame, invite=True) if interview.state in CONFIRMED else None


def _moved(tx: Connection, row: Row, frame: Frame) -> Written | None:
    interview = mails.interview(tx, row.context["booking_id"])
    if interview is None or interview.starts_at is None:
        return None
    if interview.state == BookingState.REQUESTED:
        return _about(interview, "requested", row, frame)
    return _about(interview, "moved", row, frame, invite=True) if interview.state in CONFIRMED else None


def _in_line(tx: Connection, row: Row, frame: Frame) -> Written | None:
    interview = mails.interview(tx, row.context["booking_id"])
    if interview is None or interview.starts_at is not None or interview.state not in CONFIRMED:
        return None
    starts_at, ends_at = (datetime.fromisoformat(row.context[name]) for name in ("starts_at", "ends_at"))
    gone = _appointment(replace(interview, starts_at=starts_at, ends_at=ends_at), row, frame, cancelled=True)
    return _write(
        "in_line", row, frame, interview=interview, zone=interview.zone, sender_name=interview.fair,
        reply_to=interview.contact, attached=gone,
    )  # fmt: skip


def _offered(tx: Connection, row: Row, frame: Frame) -> Written | None:
    interview = mails.interview(tx, row.context["booking_id"])
    if interview is None or interview.state != BookingState.HELD or interview.expires_at is None:
        return None
    return _about(interview, "offered", row, frame) if interview.expires_at > frame.clock.now() else None


def _called(tx: Connection, row: Row, frame: Frame) -> Written | None:
    interview = mails.interview(tx, row.context["booking_id"])
    if interview is None or interview.state != BookingState.CALLED:
        return None
    return _about(interview, "called", row, frame)


def _cancelled(tx: Connection, row: Row, frame: Frame) -> Written | None:
    interview = mails.interview(tx, row.context["booking_id"])
    if interview is None or interview.state != BookingState.CANCELLED:
        return None
    asked = interview.previous_state == BookingState.REQUESTED
    offered = interview.previous_state == BookingState.HELD
    return _about(
        interview,
        "declined" if asked and row.context["by"] in {"stand", "organiser"} else "cancelled",
        row,
        frame,
        cancel=interview.starts_at is not None and not asked and not offered,
        by=row.context["by"],
    )


def _reminder(tx: Connection, row: Row, frame: Frame) -> Written | None:
    interview = mails.interview(tx, row.context["booking_id"])
    if interview is None or interview.starts_at is None or interview.starts_at <= frame.clock.now():
        return None
    still_so = any(interview.starts_at - before == row.due_at for before in REMINDERS)
    if not still_so or interview.state not in {BookingState.BOOKED, BookingState.CHECKED_IN}:
        return None
    return _about(interview, "reminder", row, frame, soon=interview.starts_at - row.due_at < timedelta(hours=1))


def _announcement(tx: Connection, row: Row, frame: Frame) -> Written | None:
    told = mails.announcement(tx, row.context["announcement_id"])
    if told is None:
        return None
    return _write("announcement", row, frame, told=told, zone=told.zone, sender_name=told.fair, reply_to=told.contact)


def _to_confirm(tx: Connection, row: Row, frame: Frame) -> Written | None:
    asked = mails.requests(tx, row.context["stand_id"])
    if asked is None:
        return None
    return _write(
        "to_confirm", row, frame, requests=asked, zone=asked.zone, sender_name=asked.fair, reply_to=asked.contact
    )


def _parent(tx: Connection, row: Row, frame: Frame) -> Written | None:
    asked = permissions.asked(tx, row.context["about"], wall=WallClock().now())
    if asked is None:
        return None
    code = parent.code_of(asked.nonce, key=frame.key)
    return _write(
        "parent",
        row,
        frame,
        sender_name=asked.fair.name,
        reply_to=asked.fair.contact,
        asked=asked,
        code=f"{code[:4]} {code[4:]}",
        link=frame.url(f"/parent#{row.recipient}"),
    )


def _adult(tx: Connection, row: Row, frame: Frame) -> Written | None:
    named = permissions.named(tx, row.context["about"])
    return None if named is None else _to_adult("adult", row, frame, named)


def _copy(tx: Connection, row: Row, frame: Frame) -> Written | None:
    """What the message itself says, as long as it is so, for the adult who was named."""
    named = permissions.named(tx, row.context["adult_id"])
    if named is None:
        return None
    written = _WRITERS[row.context["of"]](
        tx, replace(row, kind=row.context["of"], context=row.context["context"]), frame
    )
    if written is None:
        return None
    said = written.text.rpartition("\n--\n")[0].split("\n\n")
    lines = [" ".join(part.split()) for part in said if part.strip()]
    return _to_adult("copy", row, frame, named, about=written.subject, lines=lines)


def _to_adult(template: str, row: Row, frame: Frame, named: permissions.Named, **context: Any) -> Written:
    stop = frame.url(f"/copies/{named.id}/{adult.link_of(named.nonce, key=frame.key)}")
    fair = named.fair
    return _write(
        template, row, frame, sender_name=fair.name, reply_to=fair.contact, zone=fair.zone, named=named, stop=stop,
        **context,
    )  # fmt: skip


def _safety(tx: Connection, row: Row, frame: Frame) -> Written | None:
    """What changed is past: it is told whatever came after. The device is named in our words, never in a browser's."""
    agent, at = row.context["agent"], datetime.fromisoformat(row.context["at"])
    device = None if agent is None else known_device(agent)
    return _write("safety", row, frame, change=row.context["change"], device=device, at=at)


def _wishes(tx: Connection, row: Row, frame: Frame) -> Written | None:
    return _of_parts(timetable_mail.wishes(tx, row, now=frame.clock.now()), row, frame)


def _timetable(tx: Connection, row: Row, frame: Frame) -> Written | None:
    where = {"host": frame.host.split(":")[0], "url": frame.public_url, "sender": frame.sender}
    return _of_parts(timetable_mail.timetable(tx, row, **where), row, frame)


def _stand_timetable(tx: Connection, row: Row, frame: Frame) -> Written | None:
    where = {"host": frame.host.split(":")[0], "url": frame.public_url, "sender": frame.sender}
    return _of_parts(timetable_mail.stand_timetable(tx, row, **where), row, frame)


def _of_parts(parts: timetable_mail.Parts | None, row: Row, frame: Frame) -> Written | None:
    return None if parts is None else _write(parts.template, row, frame, **parts.context)


_WRITERS: dict[str, Callable[[Connection, Row, Frame], Written | None]] = {
    "sign_in": _sign_in,
    "booked": _booked,
    "moved": _moved,
    "in_line": _in_line,
    "offered": _offered,
    "called": _called,
    "cancelled": _cancelled,
    "reminder": _reminder,
    "announcement": _announcement,
    "to_confirm": _to_confirm,
    "parent": _parent,
    "adult": _adult,
    "copy": _copy,
    "safety": _safety,
    "wishes": _wishes,
    "timetable": _timetable,
    "stand_timetable": _stand_timetable,
}


def _about(
    interview: Interview,
    template: str,
    row: Row,
    frame: Frame,
    *,
    invite: bool = False,
    cancel: bool = False,
    **more: Any,
) -> Written:
    attached = _appointment(interview, row, frame, cancelled=cancel) if invite or cancel else None
    return _write(
        template,
        row,
        frame,
        interview=interview,
        zone=interview.zone,
        sender_name=interview.fair,
        reply_to=interview.contact,
        attached=attached,
        **more,
    )


def _write(
    template: str,
    row: Row,
    frame: Frame,
    *,
    sender_name: str = "Job dating",
    reply_to: str = "",
    attached: Calendar | None = None,
    **context: Any,
) -> Written:
    values = {"url": frame.url, "zone": "Europe/Paris", "interview": None, "attached": attached, **context}
    subject, text, html = (
        _environment(row.language, plain).get_template(f"mail/{template}.html").render(layout=layout, **values)
        for layout, plain in (("mail/subject.txt", True), ("mail/layout.txt", True), ("mail/layout.html", False))
    )
    return Written(" ".join(subject.split()), text.strip() + "\n", html, sender_name, reply_to, attached)


@cache
def _environment(language: str, plain: bool) -> Environment:
    env = environment(language)
    return env.overlay(autoescape=False) if plain else env


def _appointment(interview: Interview, row: Row, frame: Frame, *, cancelled: bool) -> Calendar:
    assert interview.starts_at is not None and interview.ends_at is not None
    url = frame.url(f"/fairs/{interview.fair_slug}/planning")
    appointment = calendar.Appointment(
        booking_id=interview.booking_id,
        host=frame.host.split(":")[0],
        starts_at=_whole(interview.starts_at),
        ends_at=_whole(interview.ends_at),
        summary=f"{interview.stand} · {interview.fair}",
        description=url,
        place=", ".join(filter(None, (interview.site, interview.address))) if interview.provider == "on_site" else url,
        url=url,
        attendee=row.recipient,
        organiser=interview.contact or frame.sender,
        organiser_name=interview.fair,
        sequence=row.id,
        stamped_at=_whole(row.made_at),
    )
    return calendar.invitation(appointment, cancelled=cancelled)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
