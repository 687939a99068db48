"""The organiser's pages of stands: the list, one stand's form, and what a change of its hours does to who has booked."""

import re
from datetime import date, time
from typing import Annotated, Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import Invalid
from jobdating.domain.grid import StandGrid, fair_hours, merged, minus, regrid, spans
from jobdating.domain.regridding import Frame
from jobdating.domain.slots import Span
from jobdating.domain.states import StandKind
from jobdating.exchange.exporting import phone, presence
from jobdating.exchange.parsing import breaks, days, hours, people, rooms, words
from jobdating.exchange.parsing.days import Calendar
from jobdating.exchange.parsing.hours import Hours
from jobdating.exchange.parsing.words import Unclear
from jobdating.queries import importing
from jobdating.queries import settings as query
from jobdating.queries.settings import Choices, StandForm
from jobdating.rendering import imports
from jobdating.services import grid as grid_service
from jobdating.services import stand_settings as service
from jobdating.services.stand_settings import Recruiter, StandSettings
from jobdating.web import fields, forms, pages
from jobdating.web.fields import Form, Phone, Problem, Yes, needed, number, optional, text, understood
from jobdating.web.house import house
from jobdating.web.settings import refused
from jobdating.web.visit import visit

ROOMS = ("auto", "link", "jitsi", "bigbluebutton", "telephone", "on_site")
LISTS = ("trades",)
NEW: dict[str, Any] = {
    "company_id": "", "name": "", "kind": "interview", "capacity": 1, "site_id": "", "room_provider": "auto", "room_url": "",
    "phone": "", "asks_confirmation": "", "takes_walk_ins": "yes", "trades": [], "more_trades": "", "recruiters": "",
    "days": "tous", "hours": "", "breaks": "",
}  # fmt: skip


def team(value: Any) -> tuple[Recruiter, ...]:
    """One person a line: an address, or "Manon Durand, manon@firme.example". Raises Unclear("email")."""
    found: list[Recruiter] = []
    for line in re.split(r"[\n;]", str(value)):
        if line.strip():
            *named, address = line.replace("<", " ").replace(">", " ").replace(",", " ").split()
            first, last = people.full_name(" ".join(named))
            found.append(Recruiter(people.email(address), first, last))
    return tuple({one.email: one for one in found}.values())


class StandFields(Form):
    """A stand as its form sends it; days, hours and breaks are understood beside the fair."""

    company_id: Annotated[int | None, understood(needed(fields.ident))]
    name: Annotated[str, understood(needed(text(200)))]
    kind: Annotated[str, understood(fields.one_of(tuple(StandKind)))]
    capacity: Annotated[int, understood(needed(number(1, 500)))]
    site_id: Annotated[int | None, understood(fields.ident)]
    room_provider: Annotated[str, understood(fields.one_of(ROOMS))]
    room_url: str
    phone: Phone
    asks_confirmation: Yes
    takes_walk_ins: Yes
    trades: list[str]
    more_trades: Annotated[list[str], understood(lambda value: [words.prose(part, 80) for part in words.items(value)])]
    recruiters: Annotated[tuple[Recruiter, ...], understood(optional(team, ()))]
    days: str
    hours: str
    breaks: str


async def index(request: Request) -> Response:
    """All stands of the fair."""
    fair = visit(request).the_fair()
    stands = await house(request).db.read(query.stands, fair.id)
    return pages.page(request, "settings/stands.html", stands=stands)


async def edit(request: Request) -> Response:
    """A stand's form, or a new stand's; on POST it is saved, after a preview where that moves somebody."""
    home, fair = house(request), visit(request).the_fair()
    stand_id: int | None = request.path_params.get("stand")
    choices = await home.db.read(query.choices, fair.id)
    stand = None if stand_id is None else await home.db.read(query.stand, fair_id=fair.id, stand_id=stand_id)
    if request.method == "GET":
        values = NEW if stand is None else _shown(stand, fair.timezone)
        return _page(request, stand, choices, values, {})
    form = await forms.read(request)
    values = fields.typed(form, StandFields.model_fields, lists=LISTS)
    said, problems = fields.checked(StandFields, form, lists=LISTS)
    if said is None:
        return _page(request, stand, choices, values, problems)
    settings, problems = await _settings(request, said)
    if settings is None:
        return _page(request, stand, choices, values, problems)
    return await _save(request, form, stand, choices, values, settings)


async def close(request: Request) -> Response:
    """Close a stand to new bookings, after a page that says what stays."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    stand = await home.db.read(query.stand, fair_id=fair.id, stand_id=request.path_params["stand"])
    if request.method == "GET":
        return pages.page(request, "settings/close.html", stand=stand)
    closed = not stand.closed
    await home.db.write(service.close, seen.actor, fair_id=fair.id, stand_id=stand.id, closed=closed, now=seen.now)
    return RedirectResponse(f"/fairs/{fair.slug}/edit/stands", status_code=303)


async def _save(
    request: Request,
    form: FormData,
    stand: StandForm | None,
    choices: Choices,
    values: dict[str, Any],
    settings: StandSettings,
) -> Response:
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    keep, sure = form.get("keep") == "yes", form.get("moves")
    for attempt in range(3):
        laid = await _grid(request, stand, settings, keep=keep)
        if laid.lost or (laid.moves and sure != str(len(laid.moves))):
            return await _preview(request, stand, values, laid, keep=keep)
        try:
            if stand is None:
                await home.db.write(
                    service.create, seen.actor, fair_id=fair.id, settings=settings, laid=laid, now=seen.now
                )
            else:
                await home.db.write(
                    service.change, seen.actor,
                    fair_id=fair.id, stand_id=stand.id, settings=settings, laid=laid, now=seen.now,
                )  # fmt: skip
            break
        except Invalid as refusal:
            return _page(request, stand, choices, values, refused(refusal))
        except grid_service.PlanStale:
            if attempt == 2:
                raise
    return RedirectResponse(f"/fairs/{fair.slug}/edit/stands?saved=yes", status_code=303)


async def _settings(request: Request, said: StandFields) -> tuple[StandSettings | None, dict[str, Problem]]:
    """The form beside its fair: when the stand is there, and whether its room is allowed."""
    fair = visit(request).the_fair()
    row = await house(request).db.read(query.fair, fair.id)
    frame = await house(request).db.read(query.frame, fair.id)
    problems: dict[str, Problem] = {}
    url = ""
    if said.room_provider == "link":
        try:
            url = rooms.link(said.room_url, hosts=row.room_hosts)
        except Unclear as unclear:
            problems["room_url"] = Problem(unclear.code, unclear.params)
    there = _availability(said, frame, problems)
    if not problems and not spans(there, frame.rhythm):
        problems["hours"] = Problem("no_slot")
    if problems or said.company_id is None:
        return None, problems or {"company_id": Problem("missing")}
    return (
        StandSettings(
            company_id=said.company_id, name=said.name, kind=said.kind, capacity=said.capacity, site_id=said.site_id,
            room_provider=said.room_provider, room_url=url, phone=said.phone, asks_confirmation=said.asks_confirmation,
            takes_walk_ins=said.takes_walk_ins, trades=tuple(sorted({*said.trades, *said.more_trades})),
            recruiters=said.recruiters, availability=tuple(there),
        ),
        {},
    )  # fmt: skip


def _availability(said: StandFields, frame: Frame, problems: dict[str, Problem]) -> list[Span]:
    calendar = Calendar(frame.first_day, frame.last_day)
    usual: Hours = tuple((_time(start), _time(end)) for start, end in frame.hours)
    found: dict[str, Any] = {"days": [], "hours": usual, "breaks": []}
    for name, parse in (
        ("days", lambda value: days.days(value, calendar)),
        ("hours", lambda value: hours.hours(value, usual=usual)),
        ("breaks", lambda value: breaks.breaks(value, calendar)),
    ):
        try:
            found[name] = parse(getattr(said, name))
        except Unclear as unclear:
            problems[name] = Problem(unclear.code, unclear.params)
    present = [
        span
        for part in found["days"]
        for start, end in (hours.part(part.part, found["hours"]) if part.part else found["hours"])
        for span in _spans(part.day, start, end, frame)
    ]
    away = [span for day, start, end in found["breaks"] for span in _spans(day, start, end, frame)]
    return minus(merged(present), away)


def _spans(day: date, start: time, end: time, frame: Frame) -> tuple[Span, ...]:
    return fair_hours([day], [(start.isoformat("minutes"), end.isoformat("minutes"))], frame.timezone)


def _time(said: str) -> time:
    return time.fromisoformat(said)


async def _grid(request: Request, stand: StandForm | None, settings: StandSettings, *, keep: bool) -> StandGrid:
    """What the slots of this stand become."""
    fair = visit(request).the_fair()
    frame, _, grids = await house(request).db.read(query.grid_of, fair.id)
    stand_id = stand.id if stand else 0
    return regrid(
        grids.slots.get(stand_id, ()),
        grids.places.get(stand_id, ()),
        spans(settings.availability, frame.rhythm),
        capacity=settings.capacity,
        now=visit(request).now,
        busy=grids.busy(),
        may_move=True,
        keep_lost=keep,
    )


async def _preview(
    request: Request, stand: StandForm | None, values: dict[str, Any], laid: StandGrid, *, keep: bool
) -> Response:
    candidates = [move.place.candidate_id for move in laid.moves] + [place.candidate_id for place in laid.lost]
    names = await house(request).db.read(importing.names_of, candidates)
    return pages.page(
        request, "settings/stand_preview.html", stand=stand, values=values, laid=laid, names=names, keep=keep
    )


def _page(
    request: Request, stand: StandForm | None, choices: Choices, values: Any, problems: dict[str, Problem]
) -> Response:
    language = visit(request).language
    return pages.page(
        request,
        "settings/stand.html",
        status=422 if problems else 200,
        stand=stand,
        choices=choices,
        values=values,
        problems={name: problem.said(language) for name, problem in problems.items()},
        rooms=[(name, imports.provider(name, language)) for name in ROOMS],
        kinds=[(kind.value, imports.stand_kind(kind.value, language)) for kind in StandKind],
    )


def _shown(stand: StandForm, zone: str) -> dict[str, Any]:
    there, when, away = presence([(span.start, span.end) for span in stand.availability], zone)
    values = {**stand.values, "more_trades": "", "days": there, "hours": when, "breaks": away}
    values["phone"] = phone(values["phone"])
    for name in ("asks_confirmation", "takes_walk_ins"):
        values[name] = "yes" if values[name] else ""
    return values
