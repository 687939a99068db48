"""The frame of a fair, and new fairs: name, booking window, limits, rooms, contact."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.regridding import Frame
from jobdating.exchange.exporting import phone
from jobdating.exchange.parsing import days
from jobdating.queries import settings as query
from jobdating.rendering import imports as words
from jobdating.rendering.words import PARIS
from jobdating.services import fair as service
from jobdating.services.fair import FairSettings
from jobdating.web import fields, forms, pages
from jobdating.web.fields import Email, Form, Phone, Problem, Yes, needed, number, text, understood
from jobdating.web.house import house
from jobdating.web.visit import visit

PROVIDERS = ("jitsi", "bigbluebutton", "telephone", "on_site")


class FrameForm(Form):
    """What can be changed at any time without moving a slot."""

    name: Annotated[str, understood(needed(text(200)))]
    opens_at: Annotated[datetime, understood(needed(fields.local_moment))]
    closes_at: Annotated[datetime, understood(needed(fields.local_moment))]
    cap: Annotated[int, understood(needed(number(1, 50)))]
    gap_minutes: Annotated[int, understood(needed(number(0, 240)))]
    lead_minutes: Annotated[int, understood(needed(number(0, 10_000)))]
    grace_minutes: Annotated[int, understood(needed(number(0, 60)))]
    room_provider: Annotated[str, understood(fields.one_of(PROVIDERS))]
    room_hosts: Annotated[tuple[str, ...], understood(fields.hosts)]
    contact_email: Email
    contact_phone: Phone
    published: Yes
    refill: Yes
    refill_group: Annotated[int, understood(needed(number(1, 10)))]
    undo_minutes: Annotated[int, understood(needed(number(1, 120)))]


class NewForm(FrameForm):
    """The same, with what is asked only once or moves slots."""

    slug: Annotated[str, understood(needed(fields.identifier))]
    first_day: Annotated[date, understood(needed(days.single))]
    last_day: Annotated[date, understood(needed(days.single))]
    hours: Annotated[tuple[tuple[str, str], ...], understood(needed(fields.hour_pairs))]
    interview_minutes: Annotated[int, understood(needed(number(3, 240)))]
    buffer_minutes: Annotated[int, understood(needed(number(0, 120)))]


NEW: dict[str, Any] = {
    "name": "", "slug": "", "first_day": "", "last_day": "", "hours": "9h-12h, 14h-17h", "interview_minutes": 10,
    "buffer_minutes": 5, "opens_at": "", "closes_at": "", "cap": 5, "gap_minutes": 15, "lead_minutes": 30,
    "grace_minutes": 5, "room_provider": "jitsi", "room_hosts": "", "contact_email": "", "contact_phone": "",
    "published": "yes", "refill": "yes", "refill_group": 3, "undo_minutes": 10,
}  # fmt: skip


async def edit(request: Request) -> Response:
    """The frame of the fair; on POST it is changed."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    if request.method == "GET":
        row = await home.db.read(query.fair, fair.id)
        return _page(request, "settings/edit.html", _shown(row._mapping, fair.timezone), {})
    form = await forms.read(request)
    said, problems = fields.checked(FrameForm, form)
    if said is not None:
        try:
            changed = _settings(said, fair.timezone)
            await home.db.write(service.change, seen.actor, fair_id=fair.id, settings=changed, now=seen.now)
            return RedirectResponse(f"/fairs/{fair.slug}/edit?saved=yes", status_code=303)
        except Invalid as refusal:
            problems = refused(refusal)
    return _page(request, "settings/edit.html", fields.typed(form, FrameForm.model_fields), problems)


async def new(request: Request) -> Response:
    """A new fair, for who organises one already."""
    home, seen = house(request), visit(request)
    if not (seen.actor.fairs or seen.actor.administrator):
        raise NotFound(what="fair")
    if request.method == "GET":
        return _page(request, "settings/new.html", NEW, {})
    form = await forms.read(request)
    said, problems = fields.checked(NewForm, form)
    if said is not None and said.last_day < said.first_day:
        problems = {"last_day": Problem("days_order")}
    elif said is not None:
        frame = Frame(said.first_day, said.last_day, said.hours, PARIS, said.interview_minutes, said.buffer_minutes)
        try:
            made = _settings(said, PARIS)
            await home.db.write(service.create, seen.actor, slug=said.slug, settings=made, frame=frame, now=seen.now)
            return RedirectResponse(f"/fairs/{said.slug}/import", status_code=303)
        except Invalid as refusal:
            problems = refused(refusal)
    return _page(request, "settings/new.html", fields.typed(form, NewForm.model_fields), problems)


def refused(refusal: Invalid) -> dict[str, Problem]:
    """What a service said is wrong, beside its fields."""
    named: Any = refusal.params["fields"]
    rest = {name: value for name, value in refusal.params.items() if name != "fields"}
    return {name: Problem(code, rest) for name, code in named.items()}


def _page(request: Request, template: str, values: Any, problems: dict[str, Problem]) -> Response:
    language = visit(request).language
    return pages.page(
        request,
        template,
        status=422 if problems else 200,
        values=values,
        problems={name: problem.said(language) for name, problem in problems.items()},
        providers=[(name, words.provider(name, language)) for name in PROVIDERS],
        saved="saved" in request.query_params and not problems,
    )


def _settings(form: FrameForm, zone: str) -> FairSettings:
    values = {name: getattr(form, name) for name in FrameForm.model_fields}
    for name in ("opens_at", "closes_at"):
        values[name] = values[name].replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return FairSettings(**values)


def _shown(row: Any, zone: str) -> dict[str, Any]:
    values = {name: row[name] for name in FrameForm.model_fields}
    for name in ("opens_at", "closes_at"):
        values[name] = values[name].astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    values["room_hosts"] = ", ".join(values["room_hosts"])
    values["contact_phone"] = phone(values["contact_phone"])
    for name in ("published", "refill"):
        values[name] = "yes" if values[name] else ""
    return values
