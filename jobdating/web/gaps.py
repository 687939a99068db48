"""The answer of a candidate to a stand that could see them at once: one address, two answers. No rules here."""

from starlette.requests import Request
from starlette.responses import Response

from jobdating.domain.errors import NotFound
from jobdating.services import gaps
from jobdating.web import pages
from jobdating.web.house import house
from jobdating.web.visit import visit

ANSWERS = {"accept": gaps.accept, "decline": gaps.decline}


async def answer(request: Request) -> Response:
    """Take the gap, or leave it to others. An offer that does not exist answers as one that is somebody else's."""
    service = ANSWERS.get(request.path_params["answer"])
    offer_id = request.path_params["offer"]
    if service is None:
        raise NotFound(what="offer")
    seen = visit(request)
    await house(request).db.write(service, seen.actor, offer_id=offer_id, now=seen.now)
    return await pages.done(request, "/")
