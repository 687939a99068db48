"""The days and slots of a fair: another grid with its preview, and stretches of time taken out or given back."""

import asyncio
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.regridding import Frame, GridPlan, change
from jobdating.domain.slots import Span
from jobdating.exchange.parsing import days
from jobdating.exchange.parsing.words import Unclear
from jobdating.exchange.stands import local as hour
from jobdating.queries import importing
from jobdating.queries import settings as query
from jobdating.services import blocking
from jobdating.services import grid as service
from jobdating.web import fields, forms, pages
from jobdating.web.fields import Form, Problem, needed, number, understood
from jobdating.web.house import house
from jobdating.web.visit import visit

TRIES = 3


class GridForm(Form):
    """The days, the hours of each, and how slots are cut."""

    first_day: Annotated[date, understood(needed(days.single))]
    last_day: Annotated[date, understood(needed(days.single))]
    hours: Annotated[tuple[tuple[str, str], ...], understood(needed(fields.hour_pairs))]
    interview_minutes: Annotated[int, understood(needed(number(3, 240)))]
    buffer_minutes: Annotated[int, understood(needed(number(0, 120)))]


class BlockForm(Form):
    """A stretch of one day, at one stand or at all."""

    stand: Annotated[int | None, understood(fields.ident)]
    day: Annotated[date, understood(needed(days.single))]
    start: Annotated[time, understood(needed(lambda value: _time(value)))]
    end: Annotated[time, understood(needed(lambda value: _time(value)))]


async def edit(request: Request) -> Response:
    """The grid; on POST what another would do, and once that was seen, it is applied."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    if request.method == "GET":
        return _page(request, _shown(await home.db.read(query.frame, fair.id)), {})
    form = await forms.read(request)
    said, problems = fields.checked(GridForm, form)
    if said is not None:
        problems = _compared(said)
    typed = fields.typed(form, GridForm.model_fields)
    if said is None or problems:
        return _page(request, typed, problems)
    keep, sure = form.get("keep") == "yes", form.get("sure") == "yes"
    for attempt in range(TRIES):
        plan = await _plan(request, said, keep=keep)
        agreed = sure and not plan.lost and form.get("moves") == str(len(plan.moves))
        if not agreed:
            return await _preview(request, typed, plan, keep=keep)
        try:
            await home.db.write(service.change, seen.actor, fair_id=fair.id, plan=plan, now=seen.now)
            break
        except service.PlanStale:
            if attempt == TRIES - 1:
                raise
    return RedirectResponse(f"/fairs/{fair.slug}/edit/grid?saved=yes", status_code=303)


async def blocks(request: Request) -> Response:
    """Stretches in which nobody can book, and how to take one out or give it back."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    values: dict[str, Any] = {"stand": "", "day": fair.first_day.isoformat(), "start": "12:00", "end": "14:00"}
    problems: dict[str, Problem] = {}
    done: blocking.Blocked | None = None
    if request.method == "POST":
        form = await forms.read(request)
        said, problems = fields.checked(BlockForm, form)
        values = fields.typed(form, BlockForm.model_fields)
        if said is not None and said.end <= said.start:
            problems = {"end": Problem("hours_order")}
        elif said is not None:
            act = blocking.reopen if form.get("act") == "reopen" else blocking.block
            span = _span(said, fair.timezone)
            done = await home.db.write(act, seen.actor, fair_id=fair.id, stand_id=said.stand, span=span, now=seen.now)
    stands = await home.db.read(query.stands, fair.id)
    blocked = await home.db.read(query.blocked, fair.id, now=seen.now)
    said_problems = {name: problem.said(seen.language) for name, problem in problems.items()}
    return pages.page(
        request, "settings/blocks.html", status=422 if problems else 200, values=values, problems=said_problems,
        stands=stands, blocked=blocked, done=done,
    )  # fmt: skip


async def _plan(request: Request, form: GridForm, *, keep: bool) -> GridPlan:
    fair = visit(request).the_fair()
    before, stands, grids = await house(request).db.read(query.grid_of, fair.id)
    after = Frame(
        form.first_day, form.last_day, form.hours, before.timezone, form.interview_minutes, form.buffer_minutes
    )
    now = visit(request).now
    return await asyncio.to_thread(change, before, after, stands, grids, now=now, keep=keep)


async def _preview(request: Request, typed: dict[str, Any], plan: GridPlan, *, keep: bool) -> Response:
    candidates = [move.place.candidate_id for _, move in plan.moves] + [place.candidate_id for _, place in plan.lost]
    kept = sum(len(each.grid.kept) for each in plan.stands)
    names = await house(request).db.read(importing.names_of, candidates)
    return pages.page(request, "settings/grid_preview.html", values=typed, plan=plan, names=names, keep=keep, kept=kept)


def _page(request: Request, values: dict[str, Any], problems: dict[str, Problem]) -> Response:
    language = visit(request).language
    return pages.page(
        request,
        "settings/grid.html",
        status=422 if problems else 200,
        values=values,
        problems={name: problem.said(language) for name, problem in problems.items()},
        saved="saved" in request.query_params and not problems,
    )


def _compared(form: GridForm) -> dict[str, Problem]:
    if form.last_day < form.first_day:
        return {"last_day": Problem("days_order")}
    if (form.last_day - form.first_day).days >= 31:
        return {"last_day": Problem("fair_long", {"limit": 31})}
    return {}


def _shown(frame: Frame) -> dict[str, Any]:
    pairs = [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in frame.hours]
    return {
        "first_day": frame.first_day.isoformat(),
        "last_day": frame.last_day.isoformat(),
        "hours": ", ".join(f"{hour(start)}-{hour(end)}" for start, end in pairs),
        "interview_minutes": frame.interview_minutes,
        "buffer_minutes": frame.buffer_minutes,
    }


def _span(form: BlockForm, zone: str) -> Span:
    start = datetime.combine(form.day, form.start, ZoneInfo(zone)).astimezone(UTC)
    return Span(start, datetime.combine(form.day, form.end, ZoneInfo(zone)).astimezone(UTC))


def _time(value: Any) -> time:
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        raise Unclear("hour", hour=str(value)[:10]) from None
