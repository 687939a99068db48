"""What a candidate is asked before they take a place: their age, their yes and, under 15, which parent to ask."""

from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.clock import WallClock
from jobdating.domain.errors import Invalid
from jobdating.domain.privacy import Permission
from jobdating.domain.states import AgeBand
from jobdating.queries import accounts, permissions
from jobdating.queries.permissions import Standing
from jobdating.rendering import consent as words
from jobdating.services import consent
from jobdating.services.consent import Answer
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def welcome(request: Request) -> Response:
    """The questions; then on to where the candidate wanted to go, or how it stands with the parent."""
    seen, home = visit(request), house(request)
    if request.method == "GET":
        return await _page(request)
    form = await forms.read(request)
    band = forms.text(form, "age_band")
    ticked = bool(form.get("consent"))
    answer = Answer(
        AgeBand(band) if band in set(AgeBand) else None,
        words.wording(words.TAKING_PART, seen.language) if ticked else None,
        forms.text(form, "parent_email"),
    )
    try:
        outcome = await home.db.write(
            consent.give,
            seen.actor,
            candidate_id=_own_id(request),
            answer=answer,
            key=home.settings.secret,
            wall=WallClock().now(),
            now=seen.now,
        )
    except Invalid as refusal:
        return await _page(request, answer=answer, fields=refusal.params["fields"])
    back = pages.own_path(forms.text(form, "back")) or f"/fairs/{seen.the_fair().slug}/planning"
    if outcome is Permission.PARENT_ASKED:
        back = f"{request.scope['path']}?saved=1"
    return RedirectResponse(back, status_code=303)


async def unanswered(request: Request, back: str) -> Response | None:
    """The way to the questions, for a candidate of the fair who was not asked yet; None for everybody else."""
    seen = visit(request)
    fair = seen.the_fair()
    candidate_id = seen.actor.candidates.get(fair.id)
    if candidate_id is None:
        return None
    standing = await house(request).db.read(permissions.standing, candidate_id)
    if standing.permission is not Permission.ASKED:
        return None
    return RedirectResponse(f"/fairs/{fair.slug}/welcome?back={quote(back, safe='/')}", status_code=303)


async def _page(request: Request, *, answer: Answer | None = None, fields: object = None) -> Response:
    seen, candidate_id = visit(request), _own_id(request)

    def read(tx: Connection) -> tuple[Standing, accounts.Account | None]:
        return permissions.standing(tx, candidate_id), accounts.account(tx, seen.actor.account_id or 0)

    standing, account = await house(request).db.read(read)
    form = await forms.read(request) if request.method == "POST" else request.query_params
    return pages.page(
        request,
        "candidate/welcome.html",
        status=422 if fields else 200,
        standing=standing,
        account=account,
        age_band=answer.age_band if answer else standing.age_band,
        parent_email=answer.parent_email if answer else standing.parent_email,
        ticked=bool(answer and answer.consent),
        fields=fields or {},
        target=pages.own_path(str(form.get("back", ""))) or "",
        saved="saved" in request.query_params and not fields,
        consent=words.wording(words.TAKING_PART, seen.language),
    )


def _own_id(request: Request) -> int:
    """The visitor's candidate of the fair in the path; the route's guard has made sure of it."""
    seen = visit(request)
    return seen.actor.candidates[seen.the_fair().id]
