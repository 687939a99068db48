"""How handlers answer: a page, a live form's receipt, or a redirect. The frame around every page is here."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from jobdating.db import journal
from jobdating.rendering.environment import render
from jobdating.rendering.words import PARIS
from jobdating.web.house import house
from jobdating.web.visit import visit


def cursor(tx: Connection) -> str:
    """The opaque place in the journal that a page is drawn after: read it before the page's own state."""
    return f"{journal.epoch(tx)}.{journal.head(tx)}"


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    live: Iterable[str] = (),
    cursor: str = "",
    **context: Any,
) -> HTMLResponse:
    """Render a whole page. `live` are the topics it follows, from `cursor` on."""
    home, seen = house(request), visit(request)
    demo_clock = home.extras.get("demo_clock")
    html = render(
        template,
        seen.language,
        **{
            "actor": seen.actor,
            "awaits_factor": seen.awaits_factor,
            "csrf": seen.csrf,
            "who": seen.name,
            "fair": seen.home,
            "zone": seen.fair.timezone if seen.fair else PARIS,
            "now": seen.now,
            "rate": home.clock.rate,
            "demo": home.settings.demo,
            "path": request.scope["path"],
            "query": request.scope["query_string"].decode("latin-1"),
            "demo_clock": demo_clock,
            "live_topics": " ".join((*topics, "demo:1") if (topics := tuple(live)) and demo_clock else topics),
            "live_cursor": cursor,
            **context,
        },
    )
    return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


async def done(request: Request, otherwise: str) -> Response:
    """The answer to a form that was carried out: a receipt for a live page, a redirect for a plain one.

    A live page gets the cursor of its commit and waits for the frame; without scripts one goes `back` or `otherwise`.
    """
    home = house(request)
    if request.headers.get("x-live"):
        return Response(status_code=204, headers={"x-cursor": await home.db.read(cursor)})
    form = await request.form(max_files=1, max_fields=100)
    return RedirectResponse(own_path(str(form.get("back", ""))) or otherwise, status_code=303)


def own_path(value: str) -> str | None:
    """The value when it is a path on this site, else None: nobody is redirected elsewhere."""
    if not value.startswith("/") or value.startswith("//") or "\\" in value or any(ord(c) < 33 for c in value):
        return None
    parts = urlsplit(value)
    return None if parts.scheme or parts.netloc else value
