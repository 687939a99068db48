"""The day before the day: what to rehearse, how far it is, what came out. Parse, call, respond."""

import asyncio
import logging
from contextlib import aclosing
from datetime import date, timedelta
from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.clock import WallClock
from jobdating.exchange.parsing import days
from jobdating.queries import rehearsals as query
from jobdating.queries.identity import Fair
from jobdating.rendering import rehearsal as rendering
from jobdating.services import rehearsals as service
from jobdating.simulation import process, rehearsal
from jobdating.simulation.draws import MOST_DRAWS
from jobdating.simulation.process import TooLong
from jobdating.simulation.rehearsal import Plan
from jobdating.simulation.variations import Variation, each_of
from jobdating.web import fields, forms, pages
from jobdating.web.fields import Form, Problem, needed, number, understood
from jobdating.web.house import House, house
from jobdating.web.visit import visit

NOTED_EVERY = timedelta(seconds=3)  # how far it is
RELOADS = 2  # seconds between two looks of the page while it is empty
RELOADS_READ = 15  # and when there is something to read

logger = logging.getLogger(__name__)


class RehearsalForm(Form):
    """The day, how full it is at least and how many stay away, in percent; and what to try beside it, 0 for nothing."""

    day: Annotated[date, understood(needed(days.single))]
    fill: Annotated[int, understood(needed(number(0, 100)))]
    no_show: Annotated[int, understood(needed(number(0, 60)))]
    seed: Annotated[int, understood(needed(number(1, 9999)))]
    recruiters: Annotated[int, understood(needed(number(0, 10)))]
    buffer_minutes: Annotated[int, understood(needed(number(0, 30)))]
    cap: Annotated[int, understood(needed(number(0, 20)))]
    draws: Annotated[int, understood(needed(number(1, MOST_DRAWS)))]

    @property
    def plan(self) -> Plan:
        return Plan(self.day, self.seed, self.fill / 100, self.no_show / 100, self.draws)

    @property
    def variations(self) -> list[Variation]:
        return each_of(self.recruiters, self.buffer_minutes, self.cap or None)


async def rehearse(request: Request) -> Response:
    """The form beside the latest rehearsal; on POST another one begins."""
    fair = visit(request).the_fair()
    if request.method == "GET":
        return await _page(request, {}, {})
    form = await forms.read(request)
    said, problems = fields.checked(RehearsalForm, form)
    if said is not None and said.day not in fair.days:
        problems = {"day": Problem("missing")}
    if said is None or problems:
        return await _page(request, fields.typed(form, RehearsalForm.model_fields), problems)
    home, actor = house(request), visit(request).actor
    asked = said.model_dump(mode="json")
    found = await home.db.write(service.ask, actor, fair_id=fair.id, asked=asked, now=WallClock().now())
    if found is not None:
        _beside(home, _play(home, fair.id, found, said))
    return RedirectResponse(f"/fairs/{fair.slug}/rehearsal", status_code=303)


async def stop(request: Request) -> Response:
    """No further draw; what was played stays."""
    fair = visit(request).the_fair()
    await house(request).db.write(service.stop, visit(request).actor, fair_id=fair.id, now=WallClock().now())
    return RedirectResponse(f"/fairs/{fair.slug}/rehearsal", status_code=303)


async def _page(request: Request, values: dict[str, Any], problems: dict[str, Problem]) -> Response:
    seen, fair = visit(request), visit(request).the_fair()
    found = await house(request).db.read(query.of_fair, fair.id)
    now = WallClock().now()
    busy = next((each for each in found if each.is_under_way(now, stuck=service.STUCK)), None)
    shown = next((each for each in found if each.result), None)
    latest = found[0] if found else None
    response = pages.page(
        request,
        "organiser/rehearsal.html",
        status=422 if problems else 200,
        values=values or (dict(latest.asked) if latest else _usual(fair)),
        problems={name: problem.said(seen.language) for name, problem in problems.items()},
        busy=busy,
        minutes_left=_minutes(busy.left(now)) if busy else None,
        fault=(latest.fault or "gone") if latest and not latest.result and latest is not busy else "",
        report=rendering.report(shown, seen.language) if shown else None,
        shown=shown,
    )
    if busy and request.method == "GET":
        response.headers["refresh"] = str(RELOADS_READ if shown is busy else RELOADS)
    return response


def _minutes(left: timedelta | None) -> int | None:
    return None if left is None else max(1, round(left / timedelta(minutes=1)))


def _usual(fair: Fair) -> dict[str, Any]:
    """What the form holds at first: the first day to come, a full day, and whether one more recruiter would help."""
    return {
        "day": fair.first_day.isoformat(), "fill": 85, "no_show": 12, "seed": 1, "draws": 5, "recruiters": 1,
        "buffer_minutes": 0, "cap": 0,
    }  # fmt: skip


def _beside(home: House, work: Any) -> None:
    """Carry on with the work when the request has been answered. It ends with the server."""
    running: set[asyncio.Task[None]] = home.extras.setdefault("rehearsals", set())
    task = asyncio.create_task(work, name="rehearsal")
    running.add(task)
    task.add_done_callback(running.discard)


async def _play(home: House, fair_id: int, rehearsal_id: int, form: RehearsalForm) -> None:
    """Play it in its process, and keep what it says. A fault is in the log, and the page says that there was one."""
    fault = "gone"
    try:
        rows = await home.db.read(rehearsal.copy_of, fair_id)
        noted = WallClock().now()
        async with aclosing(process.run(rows, fair_id, form.plan, form.variations)) as lines:
            async for said in lines:
                now = WallClock().now()
                fault, wanted = said.get("fault", fault), True
                if "done" in said:
                    await home.db.write(service.finish, rehearsal_id=rehearsal_id, now=now)
                    return
                if "result" in said:
                    wanted = await home.db.write(
                        service.keep, rehearsal_id=rehearsal_id, result=said["result"], now=now
                    )
                elif "share" in said and now - noted >= NOTED_EVERY:
                    noted, share = now, int(100 * said["share"])
                    wanted = await home.db.write(service.reach, rehearsal_id=rehearsal_id, share=share, now=now)
                if not wanted:
                    return
    except TooLong:
        fault = "too_long"
    except Exception:
        logger.exception("a rehearsal could not be played")
    await home.db.write(service.give_up, rehearsal_id=rehearsal_id, fault=fault, now=WallClock().now())
