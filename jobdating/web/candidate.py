"""What candidates prepare: their profile, their CV and who read it, their wishes, their camera and microphone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain import topics
from jobdating.domain.errors import Invalid
from jobdating.domain.slots import Span
from jobdating.domain.states import AgeBand, Level
from jobdating.queries import access, demand, permissions
from jobdating.queries import profile as profiles
from jobdating.queries import wishes as wished
from jobdating.queries.access import Reading
from jobdating.queries.permissions import Standing
from jobdating.services import adult, candidate, documents, wishes
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.planning import own_id
from jobdating.web.visit import visit

# A CV is saved, never shown inside our pages; should a browser show it all the same, it may do nothing.
CV_HEADERS = {"content-security-policy": "default-src 'none'; sandbox", "x-content-type-options": "nosniff"}


async def profile(request: Request) -> Response:
    """The form; then what was typed, kept, or shown again with what is wrong beside it."""
    if request.method == "GET":
        return await _profile_page(request)
    seen, form = visit(request), await forms.read(request)
    typed = _typed(form, profiles.half_days(seen.the_fair()))
    try:
        await house(request).db.write(
            candidate.change, seen.actor, candidate_id=own_id(request), profile=typed, now=seen.now
        )
    except Invalid as refusal:
        return await _profile_page(request, typed=typed, fields=refusal.params["fields"])
    return RedirectResponse(f"{request.scope['path']}?saved=profile", status_code=303)


async def upload_cv(request: Request) -> Response:
    """Keep the PDF that was chosen."""
    seen, form = visit(request), await forms.read(request)
    file = form.get("cv")
    content = await file.read() if isinstance(file, UploadFile) else b""
    name = (file.filename or "") if isinstance(file, UploadFile) else ""
    document = documents.Document(name, content)
    try:
        await house(request).db.write(
            documents.keep, seen.actor, candidate_id=own_id(request), document=document, now=seen.now
        )
    except Invalid as refusal:
        return await _profile_page(request, fields=refusal.params["fields"])
    return RedirectResponse(f"{_own(request, 'profile')}?saved=cv#cv", status_code=303)


async def delete_cv(request: Request) -> Response:
    """Keep the CV no longer."""
    seen = visit(request)
    await house(request).db.write(documents.forget, seen.actor, candidate_id=own_id(request), now=seen.now)
    return RedirectResponse(f"{_own(request, 'profile')}?saved=gone#cv", status_code=303)


async def name_adult(request: Request) -> Response:
    """Who gets copies of a minor's messages from now on; an empty address: nobody."""
    seen, email = visit(request), forms.text(await forms.read(request), "adult_email")
    try:
        if email.strip():
            await house(request).db.write(
                adult.name, seen.actor, candidate_id=own_id(request), email=email, now=seen.now
            )
        else:
            await house(request).db.write(adult.end, seen.actor, candidate_id=own_id(request), now=seen.now)
    except Invalid as refusal:
        return await _profile_page(request, fields=refusal.params["fields"], adult_email=email)
    return RedirectResponse(f"{_own(request, 'profile')}?saved=adult#adult", status_code=303)


async def cv(request: Request) -> Response:
    """The CV as a file to save; who reads somebody else's is written down."""
    seen, candidate_id = visit(request), request.path_params["candidate"]
    found = await house(request).db.write(documents.read, seen.actor, candidate_id=candidate_id, now=seen.now)
    plain = found.filename.encode("ascii", "replace").decode().replace("?", "_")
    names = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.filename)}"
    return Response(found.content, media_type="application/pdf", headers={**CV_HEADERS, "content-disposition": names})


async def wish_list(request: Request) -> Response:
    """The wishes in their order, how contested each is, and what the timetable gave; live."""
    seen, candidate_id = visit(request), own_id(request)
    fair = seen.the_fair()

    def read(tx: Connection) -> dict[str, Any]:
        return {
            "cursor": pages.cursor(tx),
            "wishes": wished.wishes(tx, candidate_id),
            "demands": demand.demands(tx, fair.id),
            "outcomes": demand.outcomes(tx, candidate_id),
            "may_rank": wished.may_rank(tx, candidate_id, now=seen.now),
        }

    found = await house(request).db.read(read)
    live = [topics.candidates(fair.id), topics.candidate(candidate_id)]
    return pages.page(request, "candidate/wishes.html", live=live, most=wishes.MOST, **found)


async def add_wish(request: Request) -> Response:
    """Wish for a stand."""
    await _on_wish(request, wishes.add)
    return await pages.done(request, _own(request, "wishes"))


async def remove_wish(request: Request) -> Response:
    """Wish for it no longer."""
    await _on_wish(request, wishes.remove)
    return await pages.done(request, _own(request, "wishes"))


async def place_wish(request: Request) -> Response:
    """Give a wish another rank."""
    await _on_wish(request, wishes.place, rank=forms.number(await forms.read(request), "rank"))
    return await pages.done(request, _own(request, "wishes"))


async def device_test(request: Request) -> Response:
    """Camera and microphone, tried in the browser alone: nothing leaves the device."""
    return pages.page(request, "candidate/device_test.html")


async def _on_wish(request: Request, service: Callable[..., None], **more: object) -> None:
    seen, stand_id = visit(request), request.path_params["stand"]
    await house(request).db.write(
        service, seen.actor, candidate_id=own_id(request), stand_id=stand_id, now=seen.now, **more
    )


async def _profile_page(
    request: Request, *, typed: candidate.Profile | None = None, fields: object = None, adult_email: str | None = None
) -> Response:
    seen, candidate_id = visit(request), own_id(request)

    def read(tx: Connection) -> tuple[profiles.Profile, Standing, tuple[Reading, ...]]:
        known = profiles.profile(tx, candidate_id, seen.the_fair())
        return known, permissions.standing(tx, candidate_id), access.readings(tx, candidate_id)

    known, standing, readings = await house(request).db.read(read)
    return pages.page(
        request,
        "candidate/profile.html",
        status=422 if fields else 200,
        known=known,
        standing=standing,
        readings=readings,
        adult_email=standing.adult_email if adult_email is None else adult_email,
        typed=typed or _as_typed(known),
        fields=fields or {},
        saved=request.query_params.get("saved", ""),
        levels=list(Level),
        ages=list(AgeBand),
        about_length=candidate.ABOUT_LENGTH,
    )


def _as_typed(known: profiles.Profile) -> candidate.Profile:
    return candidate.Profile(
        level=known.level,
        trades=frozenset(known.trades),
        site_id=known.site_id,
        age_band=known.age_band,
        availability=known.available,
        phone=known.phone,
        about=known.about,
    )


def _typed(form: FormData, halves: tuple[Span, ...]) -> candidate.Profile:
    site = forms.text(form, "site_id")
    chosen = {str(value) for value in form.getlist("availability")}
    kept = tuple(half for half in halves if _key(half.start) in chosen)
    return candidate.Profile(
        level=forms.text(form, "level"),
        trades=frozenset(str(trade) for trade in form.getlist("trades")),
        site_id=int(site) if site.isascii() and site.isdecimal() and len(site) < 10 else None,
        age_band=forms.text(form, "age_band"),
        availability=None if forms.text(form, "whole_fair") or len(kept) == len(halves) else kept,
        phone=forms.text(form, "phone"),
        about=forms.text(form, "about"),
    )


def _key(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _own(request: Request, page: str) -> str:
    return f"/fairs/{visit(request).the_fair().slug}/{page}"
