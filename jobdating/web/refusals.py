"""One place that turns refusals into answers: a page in the reader's words, or problem+json with a stable code."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from jobdating.db.engine import Unavailable
from jobdating.domain.errors import DomainError
from jobdating.domain.policy import ANONYMOUS
from jobdating.rendering import catalogue
from jobdating.rendering.refusals import sentence
from jobdating.web import again, pages
from jobdating.web.house import house
from jobdating.web.visit import Visit

STATUS = {
    "not_found": 404,
    "not_allowed": 403,
    "not_eligible": 403,
    "consent_needed": 403,
    "foreign_form": 403,
    "second_factor_needed": 403,
    "sign_in_needed": 401,
    "invalid": 422,
    "key_reused": 422,
    "too_many": 429,
    "too_large": 413,
    "unavailable": 503,
    "room_unavailable": 503,
    "provider_unavailable": 503,
}
CONFLICT = 409
DOORS = {"sign_in_needed": "/sign-in", "second_factor_needed": "/second-factor"}  # and back, once one is through


async def refuse(request: Request, error: Exception) -> Response:
    """Any refusal of a rule, a guard or the router."""
    code, params, headers = _told(error)
    status = error.status_code if isinstance(error, HTTPException) else STATUS.get(code, CONFLICT)
    seen = _visit(request)
    words = sentence(code, params, seen.language, staff=seen.actor.is_staff)
    if request.scope["path"].startswith("/api/"):
        return problem(status, code, words, headers=headers, **_plain(code, params))
    if request.headers.get("x-live"):
        body = {"code": code, "message": words, "fields": params.get("fields", {})}
        return JSONResponse(body, status_code=status, headers=headers)
    if code in DOORS and request.method == "GET":
        query = request.scope["query_string"].decode("latin-1")
        back = request.scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"{DOORS[code]}?back={quote(back, safe='/')}", status_code=303)
    if code in again.CODES and (typed := await again.typed(request)):
        return again.page(request, typed, status=status, door=DOORS.get(code, ""), message=words)
    response = pages.page(request, "refusal.html", status=status, code=code, message=words)
    response.headers.update(headers)
    return response


def problem(
    status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **extra: Any
) -> JSONResponse:
    """An RFC 9457 problem with our stable `code`."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": detail}
    return JSONResponse(body | extra, status_code=status, media_type="application/problem+json", headers=headers)


def _told(error: Exception) -> tuple[str, dict[str, object], dict[str, str]]:
    if isinstance(error, DomainError):
        retry_after = error.params.get("retry_after")
        return error.code, error.params, {"retry-after": str(retry_after)} if retry_after else {}
    if isinstance(error, Unavailable):
        return "unavailable", {}, {"retry-after": "5"}
    if isinstance(error, HTTPException):
        code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "invalid")
        return code, {}, dict(error.headers or {})
    return "unexpected", {}, {}


def _visit(request: Request) -> Visit:
    """The visit, or a plain stranger's when the refusal came before it was resolved."""
    found = getattr(request.state, "visit", None)
    if found is None:
        language = request.cookies.get("language", "")
        if language not in catalogue.LANGUAGES:
            language = catalogue.negotiate(request.headers.get("accept-language"))
        found = Visit(ANONYMOUS, "", None, language, house(request).clock.now())
        request.state.visit = found
    return found


def _plain(code: str, params: dict[str, object]) -> dict[str, object]:
    """What a program is told besides the code; never what was not found, for it may be somebody else's."""
    if code == "not_found":
        return {}
    return {name: value for name, value in params.items() if isinstance(value, str | int | float | dict | list)}


async def gone(request: Request, error: Exception) -> Response:
    """Whoever sent half a form and went: nobody reads this answer, and nothing is wrong with us."""
    return Response(status_code=400)


async def unexpected(request: Request, error: Exception) -> Response:
    """A fault of ours: said plainly, without a trace."""
    language = _visit(request).language
    words = sentence("unexpected", {}, language)
    if request.scope["path"].startswith("/api/"):
        return problem(500, "unexpected", words)
    return pages.page(request, "refusal.html", status=500, code="unexpected", message=words)
