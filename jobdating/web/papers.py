"""A parent's consent on paper, noted by the organisers who hold it: for one candidate, or several. Parse, call, respond."""

from datetime import date, datetime

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import Invalid
from jobdating.queries import papers
from jobdating.rendering import consent as words
from jobdating.services import paper
from jobdating.services.paper import Signed
from jobdating.web import forms, pages, people
from jobdating.web.house import house
from jobdating.web.visit import visit


async def record(request: Request) -> Response:
    """A paper about this candidate came in."""
    seen, candidate_id, form = visit(request), request.path_params["candidate"], await forms.read(request)
    fair, typed = seen.the_fair(), (forms.text(form, "signed_on"), forms.text(form, "signed_by"))

    def note(tx: Connection) -> None:
        name = papers.paper(tx, candidate_id, fair_id=fair.id).first_name
        wording = words.parent_wording(name, fair.name, seen.language)
        paper.record(
            tx, seen.actor, fair_id=fair.id, candidate_id=candidate_id, signed=Signed(_day(form), typed[1]),
            wording=wording, now=seen.now,
        )  # fmt: skip

    try:
        await house(request).db.write(note)
    except Invalid as refusal:
        return await people.person_page(request, fields=refusal.params["fields"], signed=typed)
    return await pages.done(request, _own(request))


async def take_back(request: Request) -> Response:
    """The parent wants it no longer, or there was no such paper."""
    seen, candidate_id = visit(request), request.path_params["candidate"]
    mistaken = forms.text(await forms.read(request), "why") == "mistaken"
    await house(request).db.write(
        paper.take_back, seen.actor, fair_id=seen.the_fair().id, candidate_id=candidate_id, mistaken=mistaken,
        now=seen.now,
    )  # fmt: skip
    return await pages.done(request, _own(request))


async def record_several(request: Request) -> Response:
    """Papers about all who are ticked came in, signed on one day; who waits no longer is left as they are."""
    seen, form = visit(request), await forms.read(request)
    fair = seen.the_fair()
    ticked = forms.numbers(form, "candidate")

    def note(tx: Connection) -> int:
        found = papers.waiting(tx, fair.id, ticked)
        for candidate_id, name in found.items():
            wording = words.parent_wording(name, fair.name, seen.language)
            paper.record(
                tx, seen.actor, fair_id=fair.id, candidate_id=candidate_id, signed=Signed(_day(form)),
                wording=wording, now=seen.now,
            )  # fmt: skip
        return len(found)

    try:
        if not ticked:
            raise Invalid(fields={"candidate": "missing"})
        noted = await house(request).db.write(note)
    except Invalid as refusal:
        return await people.people_page(
            request, fields=refusal.params["fields"], signed_on=forms.text(form, "signed_on"), ticked=ticked
        )
    return RedirectResponse(f"/fairs/{fair.slug}/candidates?state=parent&saved={noted}", status_code=303)


def _day(form: FormData) -> date | None:
    """What the date field sends."""
    try:
        return datetime.strptime(forms.text(form, "signed_on").strip(), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return None


def _own(request: Request) -> str:
    return f"/fairs/{visit(request).the_fair().slug}/candidates/{request.path_params['candidate']}#paper"
