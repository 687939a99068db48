"""The page of who leads a company's recruiters: all its stands as they are now, and closing one. Parse, call, respond."""

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from jobdating.domain import topics
from jobdating.domain.errors import NotFound
from jobdating.queries import wall
from jobdating.services import stand_settings
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit

MOST = 20  # topics that one page may follow


async def show(request: Request) -> Response:
    """The company's stands, live."""
    seen = visit(request)
    fair = seen.the_fair()

    def read(tx: Connection) -> tuple[str, list[wall.Row]]:
        return pages.cursor(tx), wall.rows_of(tx, fair.id, seen.actor.led)

    cursor, stands = await house(request).db.read(read)
    if not stands:
        raise NotFound(what="company")
    live = [topics.stand_lead(stand.stand_id) for stand in stands[:MOST]]
    return pages.page(request, "recruiter/company.html", live=live, cursor=cursor, stands=stands)


async def close(request: Request) -> Response:
    """Close a stand to new bookings, or open it again."""
    seen, stand_id = visit(request), request.path_params["stand"]
    fair = seen.the_fair()
    closed = forms.text(await forms.read(request), "closed") == "yes"
    await house(request).db.write(
        stand_settings.close, seen.actor, fair_id=fair.id, stand_id=stand_id, closed=closed, now=seen.now
    )
    return await pages.done(request, f"/fairs/{fair.slug}/company")
