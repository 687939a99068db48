"""The pages that anybody may read: a fair, its stands, companies, offers and trainings. Reads only."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain import topics
from jobdating.domain.errors import NotFound
from jobdating.queries import catalogue, company, fair, identity
from jobdating.queries.catalogue import Filters, Found
from jobdating.queries.identity import Fair
from jobdating.web import filters as asked
from jobdating.web import pages
from jobdating.web.house import house
from jobdating.web.visit import visit

ON_HOME, ON_LIST = 8, 20


async def home(request: Request) -> Response:
    """The fair that is on or comes next; where there are several ahead, the choice."""
    seen = visit(request)
    fairs = await house(request).db.read(identity.published_fairs)
    ahead = [each for each in fairs if each.last_day >= seen.now.date()] or fairs[-1:]
    if len(ahead) == 1:
        return RedirectResponse(f"/fairs/{ahead[0].slug}", status_code=303)
    return pages.page(request, "public/fairs.html", fairs=ahead)


async def fair_home(request: Request) -> Response:
    """What, when, how it works, where there is room, and the first stands."""
    the_fair, filters = visit(request).the_fair(), asked.read(request)

    def read(tx: Connection) -> dict[str, Any]:
        return {
            "cursor": pages.cursor(tx),
            "facts": fair.facts(tx, the_fair.id),
            "room": fair.room(tx, the_fair.id),
            "found": catalogue.stands(tx, the_fair, filters, size=ON_HOME),
        }

    found = await house(request).db.read(read)
    return pages.page(request, "public/fair.html", live=[topics.fair(the_fair.id)], **_list(request, filters), **found)


async def stands(request: Request) -> Response:
    the_fair, filters = visit(request).the_fair(), asked.read(request)

    def read(tx: Connection) -> dict[str, Any]:
        return {
            "cursor": pages.cursor(tx),
            "room": fair.room(tx, the_fair.id),
            "found": catalogue.stands(tx, the_fair, filters, size=ON_LIST),
        }

    found = await house(request).db.read(read)
    return pages.page(
        request, "public/stands.html", live=[topics.fair(the_fair.id)], **_list(request, filters), **found
    )


async def companies(request: Request) -> Response:
    return await _page(request, "companies", catalogue.companies)


async def offers(request: Request) -> Response:
    return await _page(request, "offers", catalogue.offers)


async def trainings(request: Request) -> Response:
    return await _page(request, "trainings", catalogue.trainings)


async def company_page(request: Request) -> Response:
    """A company, its offers and its stands."""
    the_fair, company_id = visit(request).the_fair(), request.path_params["company"]

    def read(tx: Connection) -> dict[str, Any]:
        return {"cursor": pages.cursor(tx), "company": company.company(tx, company_id, fair_id=the_fair.id)}

    found = await house(request).db.read(read)
    if found["company"] is None:
        raise NotFound(what="company")
    return pages.page(request, "public/company.html", live=[topics.fair(the_fair.id)], **found)


async def _page(request: Request, name: str, query: Callable[..., Found[Any]]) -> Response:
    the_fair, filters = visit(request).the_fair(), asked.read(request)
    found = await house(request).db.read(query, the_fair, filters, size=ON_LIST)
    return pages.page(request, f"public/{name}.html", found=found, **_list(request, filters))


def _list(request: Request, filters: Filters) -> dict[str, Any]:
    """What every list needs: its filters, and the addresses of its other pages."""
    path: str = request.scope["path"]
    the_fair: Fair = visit(request).the_fair()

    def page_address(page: int) -> str:
        return asked.address(path if path != f"/fairs/{the_fair.slug}" else f"{path}/stands", filters, page=page)

    return {
        "filters": filters,
        "page_address": page_address,
        "address": asked.address,
        "when": asked.when,
        "none_asked": Filters(),
    }
