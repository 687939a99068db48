"""Plain pages of words: help, personal data, accessibility. Filled from the settings of a fair."""

from datetime import date

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from jobdating.domain import privacy as rules
from jobdating.queries import identity
from jobdating.queries.identity import Fair
from jobdating.web import pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def help(request: Request) -> Response:
    """What to do when something does not work, and whom to ask."""
    return pages.page(request, "texts/help.html", about=await _fair(request))


async def privacy(request: Request) -> Response:
    """What is known of people, who sees it, and when it goes."""
    fair = await _fair(request)
    purge = rules.purge_day(fair.last_day) if fair else None
    latest = rules.purge_day(fair.last_day, months=max(rules.LONGER_MONTHS)) if fair else None
    return pages.page(request, "texts/privacy.html", about=fair, purge=purge, latest=latest)


async def accessibility(request: Request) -> Response:
    """How far the pages can be used by everybody, and what to do otherwise."""
    return pages.page(request, "texts/accessibility.html", about=await _fair(request))


async def _fair(request: Request) -> Fair | None:
    """The fair that is asked about (`?fair=`), or else the next one."""
    seen = visit(request)
    return seen.fair or await house(request).db.read(_next, today=seen.now.date())


def _next(tx: Connection, *, today: date) -> Fair | None:
    fairs = identity.fairs(tx)
    return next((fair for fair in fairs if fair.last_day >= today), fairs[-1] if fairs else None)
