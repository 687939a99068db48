"""The organiser's pages of sites, trainings, companies and offers: their lists, one form each, and removal."""

from typing import Annotated, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.content import Kind
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.states import Level
from jobdating.exchange.parsing import rooms
from jobdating.exchange.training_centre import FURTHER, town
from jobdating.queries import settings as query
from jobdating.services import catalogue as service
from jobdating.web import fields, forms, pages
from jobdating.web.fields import Form, Problem, needed, number, optional, text, understood
from jobdating.web.house import house
from jobdating.web.settings import refused
from jobdating.web.visit import visit

LEVELS = tuple(level.value for level in Level)
KINDS = {"sites": Kind.SITE, "trainings": Kind.TRAINING, "companies": Kind.COMPANY, "offers": Kind.OFFER}

Needed = Annotated[str, understood(needed(text(200)))]
Short = Annotated[str, understood(text(120))]
Prose = Annotated[str, understood(text(2_000))]


class SiteForm(Form):
    name: Annotated[str, understood(needed(text(120)))]
    address: Annotated[str, understood(text(200))]
    postcode: Annotated[str, understood(text(10))]
    visit_capacity: Annotated[int | None, understood(optional(number(1, 1_000), None))]


class TrainingForm(Form):
    title: Needed
    trade: Annotated[str, understood(needed(text(80)))]
    level: Annotated[str, understood(fields.one_of((*LEVELS, FURTHER)))]
    months: Annotated[int | None, understood(optional(number(1, 120), None))]
    sites: Annotated[list[int], understood(lambda values: [found for one in values if (found := fields.ident(one))])]


class CompanyForm(Form):
    name: Needed
    postcode: Annotated[str, understood(text(10))]
    town: Annotated[str, understood(town)]
    sector: Short
    headcount: Annotated[str, understood(text(40))]
    website: Annotated[str, understood(rooms.website)]
    about: Prose


class OfferForm(Form):
    company_id: Annotated[int | None, understood(needed(fields.ident))]
    title: Needed
    trade: Annotated[str, understood(needed(text(80)))]
    level: Annotated[str, understood(fields.one_of(LEVELS))]
    contract: Annotated[str, understood(text(40))]
    place: Annotated[str, understood(town)]
    posts: Annotated[int, understood(needed(number(1, 999)))]
    about: Prose


FORMS: dict[Kind, type[Form]] = {
    Kind.SITE: SiteForm,
    Kind.TRAINING: TrainingForm,
    Kind.COMPANY: CompanyForm,
    Kind.OFFER: OfferForm,
}
LISTS = ("sites",)


async def index(request: Request) -> Response:
    """All things of a kind."""
    kind, fair = _kind(request), visit(request).the_fair()
    things = await house(request).db.read(query.things, fair.id, kind)
    return pages.page(request, f"settings/{request.path_params['kind']}.html", things=things)


async def edit(request: Request) -> Response:
    """One thing's form, or a new one's; on POST it is saved."""
    home, seen, fair, kind = house(request), visit(request), visit(request).the_fair(), _kind(request)
    thing_id: int | None = request.path_params.get("thing")
    model = FORMS[kind]
    stored: dict[str, Any] = {**dict.fromkeys(model.model_fields, ""), "posts": 1, "sites": []}
    if thing_id is not None:
        stored = await home.db.read(query.thing, fair_id=fair.id, kind=kind, thing_id=thing_id)
    if request.method == "GET":
        return await _page(request, thing_id, {name: "" if v is None else v for name, v in stored.items()}, {})
    form = await forms.read(request)
    said, problems = fields.checked(model, form, lists=LISTS)
    if said is not None:
        values = said.model_dump()
        try:
            await home.db.write(
                service.save, seen.actor, fair_id=fair.id, kind=kind, thing_id=thing_id, values=values, now=seen.now
            )
            return RedirectResponse(_list(request), status_code=303)
        except Invalid as refusal:
            problems = refused(refusal)
    return await _page(request, thing_id, fields.typed(form, model.model_fields, lists=LISTS), problems)


async def remove(request: Request) -> Response:
    """What goes with a thing; on POST it is removed."""
    home, seen, fair, kind = house(request), visit(request), visit(request).the_fair(), _kind(request)
    thing_id: int = request.path_params["thing"]
    if request.method == "GET":
        thing = await home.db.read(query.thing, fair_id=fair.id, kind=kind, thing_id=thing_id)
        used = await home.db.read(query.used_by, kind, thing_id)
        return pages.page(request, "settings/remove.html", kind=kind.value, thing=thing, used=used, back=_list(request))
    await home.db.write(service.remove, seen.actor, fair_id=fair.id, kind=kind, thing_id=thing_id, now=seen.now)
    return RedirectResponse(_list(request), status_code=303)


def _kind(request: Request) -> Kind:
    kind = KINDS.get(request.path_params["kind"])
    if kind is None:
        raise NotFound(what="page")
    return kind


def _list(request: Request) -> str:
    return f"/fairs/{visit(request).the_fair().slug}/edit/{request.path_params['kind']}"


async def _page(request: Request, thing_id: int | None, values: Any, problems: dict[str, Problem]) -> Response:
    fair, language = visit(request).the_fair(), visit(request).language
    return pages.page(
        request,
        "settings/thing.html",
        status=422 if problems else 200,
        kind=_kind(request).value,
        thing_id=thing_id,
        values=values,
        problems={name: problem.said(language) for name, problem in problems.items()},
        choices=await house(request).db.read(query.choices, fair.id),
        levels=(*LEVELS, FURTHER) if _kind(request) is Kind.TRAINING else LEVELS,
        back=_list(request),
    )
