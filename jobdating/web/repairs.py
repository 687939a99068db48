"""Shifting, spreading and closing a stand: the preview, carrying it out, and taking it back. Parse, call, respond.

The same pages stand beside the organiser's sheet of a stand and beside its cockpit, for who leads it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain import policy
from jobdating.domain.errors import Invalid
from jobdating.domain.repair import Asked, Way
from jobdating.queries import repair as plans
from jobdating.queries import repairs
from jobdating.services import repair as repairing
from jobdating.services.grid import PlanStale
from jobdating.services.repair import UndoOver
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit

MINUTES = (-30, -20, -15, -10, -5, 5, 10, 15, 20, 30, 45, 60, 90)  # what is offered; any number up to these is taken
FURTHEST = 240
Values = ImmutableMultiDict[str, str] | FormData


async def preview(request: Request) -> Response:
    """Who would move where; and, agreed to, moving them."""
    seen, stand_id = visit(request), request.path_params["stand"]
    policy.ensure_lead(seen.actor, stand_id=stand_id, fair_id=seen.the_fair().id)
    if request.method == "POST":
        return await _carry_out(request, stand_id)
    return await _show(request, stand_id, await _asked(request, stand_id, request.query_params, at=seen.now))


async def show(request: Request) -> Response:
    """What was done, and the button that takes it back."""
    seen = visit(request)
    return await _done(
        request, await house(request).db.read(repairs.done, seen.the_fair().id, request.path_params["repair"])
    )


async def undo(request: Request) -> Response:
    """Take it back, as far as things have not moved on."""
    seen, repair_id = visit(request), request.path_params["repair"]
    fair = seen.the_fair()
    try:
        await house(request).db.write(repairing.undo, seen.actor, fair_id=fair.id, repair_id=repair_id, now=seen.now)
    except UndoOver:
        done = await house(request).db.read(repairs.done, fair.id, repair_id)
        if done.undone_at is None:  # twice is once; too late is said
            return await _done(request, done, status=409, too_late=True)
    return RedirectResponse(f"/fairs/{fair.slug}/repairs/{repair_id}", status_code=303)


async def _carry_out(request: Request, stand_id: int) -> Response:
    seen, form = visit(request), await forms.read(request)
    fair = seen.the_fair()
    asked = await _asked(request, stand_id, form, at=_moment(forms.text(form, "at")) or seen.now)
    chosen, agreed = _chosen(form), forms.text(form, "seen")
    try:
        repair_id = await house(request).db.write(
            repairing.carry_out,
            seen.actor,
            fair_id=fair.id,
            stand_id=stand_id,
            asked=asked,
            seen=agreed,
            chosen=chosen,
            now=seen.now,
        )
    except PlanStale:
        asked = await _asked(request, stand_id, form, at=seen.now)
        kept = _ids(forms.text(form, "offered")) - chosen.keys()
        return await _show(request, stand_id, asked, stale=True, unticked=kept, status=409)
    return RedirectResponse(f"/fairs/{fair.slug}/repairs/{repair_id}", status_code=303)


async def _show(
    request: Request,
    stand_id: int,
    asked: Asked,
    *,
    stale: bool = False,
    unticked: frozenset[int] | set[int] = frozenset(),
    status: int = 200,
) -> Response:
    fair = visit(request).the_fair()
    plan = await house(request).db.read(plans.repair, fair.id, stand_id, asked=asked)
    own = request.scope["path"].removesuffix("/repair")
    return pages.page(
        request, "organiser/repair.html", status=status, plan=plan, asked=asked, stale=stale, unticked=unticked,
        offers=MINUTES, own=own, played=(fair.live_day or fair.first_day) == asked.day,
    )  # fmt: skip


async def _done(request: Request, done: repairs.Done, *, status: int = 200, too_late: bool = False) -> Response:
    actor = visit(request).actor
    policy.ensure_lead(actor, stand_id=done.stand_id, fair_id=done.fair_id)
    place = "wall/stands" if actor.organises(done.fair_id) else "cockpit"
    back = f"/fairs/{done.fair_slug}/{place}/{done.stand_id}"
    return pages.page(request, "organiser/repaired.html", status=status, done=done, back=back, too_late=too_late)


async def _asked(request: Request, stand_id: int, values: Values, *, at: datetime) -> Asked:
    """What the form asks for; what it leaves open, or what makes no sense in an address, is the usual."""

    def text(name: str) -> str:
        value = values.get(name, "")
        return value if isinstance(value, str) else ""

    fair = visit(request).the_fair()
    way = text("way")
    return Asked(
        way=Way(way) if way in list(Way) else Way.SPREAD,
        day=_day(text("day"), fair.days) or fair.live_day or fair.first_day,
        at=at.replace(microsecond=0),
        minutes=_minutes(text("minutes")),
        since=_moment(text("from")),
        whole_day=text("until") == "evening",
        within=not visit(request).actor.organises(fair.id),
    )


def _minutes(value: str) -> int:
    sign, digits = (-1, value[1:]) if value[:1] in {"-", "−"} else (1, value)
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 5):
        return 15
    return max(-FURTHEST, min(FURTHEST, sign * int(digits)))


def _moment(value: str) -> datetime | None:
    """A moment as our pages write it, in UTC."""
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _day(value: str, days: list[date]) -> date | None:
    return next((day for day in days if day.isoformat() == value), None)


def _chosen(form: FormData) -> Mapping[int, int]:
    """The (booking, slot) pairs of a preview, as "7-12 9-14". Raises Invalid."""
    pairs = [pair.split("-") for value in form.getlist("move") for pair in str(value).split()]
    if not all(len(pair) == 2 and all(p.isascii() and p.isdecimal() and len(p) < 10 for p in pair) for pair in pairs):
        raise Invalid(fields={"move": "invalid"})
    return {int(booking): int(slot) for booking, slot in pairs}


def _ids(value: str) -> set[int]:
    return {int(word) for word in value.split() if word.isascii() and word.isdecimal() and len(word) < 10}
