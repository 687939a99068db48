"""The mode of a fair, its deadline for wishes, reminders, opening what is left; and what stands think of who wishes."""

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.wishing import Mode
from jobdating.queries import cockpit, demand, wishers
from jobdating.services import opinions, wishing
from jobdating.services.opinions import Opinion
from jobdating.web import fields, forms, pages
from jobdating.web.fields import Form, understood
from jobdating.web.house import house
from jobdating.web.settings import refused
from jobdating.web.visit import visit


class WishesForm(Form):
    """How places are given, and until when wishes are ranked."""

    mode: Annotated[str, understood(fields.one_of(tuple(Mode)))]
    wishes_until: Annotated[datetime | None, understood(fields.optional(fields.local_moment, None))]


async def edit(request: Request) -> Response:
    """The mode and the deadline; on POST they are changed."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    if request.method == "GET":
        until = fair.wishing.until
        shown = until.astimezone(ZoneInfo(fair.timezone)).strftime("%Y-%m-%dT%H:%M") if until else ""
        return _page(request, {"mode": fair.wishing.mode.value, "wishes_until": shown}, {})
    form = await forms.read(request)
    said, problems = fields.checked(WishesForm, form)
    if said is not None:
        until = said.wishes_until
        if until is not None:
            until = until.replace(tzinfo=ZoneInfo(fair.timezone)).astimezone(UTC)
        try:
            await home.db.write(
                wishing.change, seen.actor, fair_id=fair.id, mode=Mode(said.mode), until=until, now=seen.now
            )
            return RedirectResponse(f"/fairs/{fair.slug}/edit/wishes?saved=yes", status_code=303)
        except Invalid as refusal:
            problems = refused(refusal)
    return _page(request, fields.typed(form, WishesForm.model_fields), problems)


async def remind(request: Request) -> Response:
    """Mail those who have not ranked."""
    seen, fair = visit(request), visit(request).the_fair()
    reached = await house(request).db.write(wishing.remind, seen.actor, fair_id=fair.id, now=seen.now)
    return RedirectResponse(f"/fairs/{fair.slug}/timetable?reminded={reached}", status_code=303)


async def open_rest(request: Request) -> Response:
    """Let candidates book what the timetable left."""
    seen, fair = visit(request), visit(request).the_fair()
    await house(request).db.write(wishing.open_rest, seen.actor, fair_id=fair.id, now=seen.now)
    return RedirectResponse(f"/fairs/{fair.slug}/timetable", status_code=303)


async def of_stand(request: Request) -> Response:
    """Who wishes for the stand; on POST, what the stand thinks of one of them."""
    seen, fair, stand_id = visit(request), visit(request).the_fair(), request.path_params["stand"]
    if request.method == "POST":
        form = await forms.read(request)
        opinion = forms.choice(form, "opinion", Opinion, Opinion.NONE)
        await house(request).db.write(
            opinions.give, seen.actor, stand_id=stand_id, candidate_id=forms.number(form, "candidate_id"),
            opinion=opinion, now=seen.now,
        )  # fmt: skip
        return await pages.done(request, f"/fairs/{fair.slug}/cockpit/{stand_id}/wishes")

    def read(tx: Connection) -> tuple[Any, list[wishers.Wisher], demand.Demand | None]:
        return cockpit.board(tx, stand_id), wishers.wishers(tx, stand_id), demand.demand(tx, stand_id)

    board, found, wanted = await house(request).db.read(read)
    if board is None or board.fair_id != fair.id or wanted is None:
        raise NotFound(what="stand")
    return pages.page(
        request, "recruiter/wishes.html", board=board, wishers=found, places=wanted.places,
        decided=fair.wishing.published_at is not None,
    )  # fmt: skip


def _page(request: Request, values: Any, problems: dict[str, fields.Problem]) -> Response:
    language = visit(request).language
    return pages.page(
        request,
        "settings/wishes.html",
        status=422 if problems else 200,
        values=values,
        problems={name: problem.said(language) for name, problem in problems.items()},
        saved="saved" in request.query_params and not problems,
    )
