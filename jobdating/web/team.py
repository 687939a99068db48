"""Who works for a fair, for its organisers: who leads a company, who lost their device. Parse, call, respond."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from jobdating.queries import team as query
from jobdating.services import team
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def show(request: Request) -> Response:
    """Recruiters by company, and organisers."""
    seen = visit(request)
    found = await house(request).db.read(query.team, seen.the_fair().id)
    return pages.page(request, "settings/team.html", team=found, saved="saved" in request.query_params)


async def lead(request: Request) -> Response:
    """Somebody leads their company from now on, or no longer."""
    leads = forms.text(await forms.read(request), "lead") == "yes"
    await _write(request, team.set_lead, lead=leads)
    return await pages.done(request, _own(request))


async def reset_factor(request: Request) -> Response:
    """Somebody lost their device."""
    await _write(request, team.reset_factor)
    return await pages.done(request, _own(request))


async def _write(request: Request, service: Any, **named: Any) -> None:
    seen, recruiter_id = visit(request), request.path_params["recruiter"]
    await house(request).db.write(
        service, seen.actor, fair_id=seen.the_fair().id, recruiter_id=recruiter_id, now=seen.now, **named
    )


def _own(request: Request) -> str:
    return f"/fairs/{visit(request).the_fair().slug}/edit/team?saved=1"
