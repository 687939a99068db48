"""What one does with one's own account: language, signing out."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import NotFound
from jobdating.rendering import catalogue
from jobdating.services import sessions
from jobdating.web import cookies, pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def sign_out(request: Request) -> Response:
    """End this session; its sockets close."""
    seen = visit(request)
    if seen.session_id is not None and seen.actor.account_id is not None:
        await house(request).db.write(
            sessions.close, seen.session_id, account_id=seen.actor.account_id, now=datetime.now(UTC)
        )
    response = RedirectResponse("/", status_code=303)
    cookies.close_session(response, request)
    return response


async def language(request: Request) -> Response:
    """Answer this browser in another language from now on. Changes nothing but a cookie."""
    chosen = request.path_params["language"]
    if chosen not in catalogue.LANGUAGES:
        raise NotFound(what="language")
    response = RedirectResponse(pages.own_path(request.query_params.get("back", "")) or "/", status_code=303)
    cookies.speak(response, request, chosen)
    return response
