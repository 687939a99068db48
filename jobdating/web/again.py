"""What was typed into a form whose session had ended is kept on the page that says so, to be sent again by hand.

Only for a form that the browser says is ours: another site's words are never put into a form of ours.
"""

from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit

CODES = frozenset({"sign_in_needed", "second_factor_needed", "foreign_form"})
FRAME = frozenset({"csrf", "back"})
FORM = "application/x-www-form-urlencoded"

Field = tuple[str, str]


async def typed(request: Request) -> list[Field]:
    """The fields of the form that was refused, its frame among them; empty when there is nothing to keep."""
    headers = request.headers
    ours = headers.get("origin") == house(request).settings.public_url
    if request.method != "POST" or not ours or headers.get("content-type", "").partition(";")[0] != FORM:
        return []
    sent = await forms.read(request)
    fields = [(name, value) for name, value in sent.multi_items() if isinstance(value, str) and name != "csrf"]
    return fields if any(value.strip() for name, value in fields if name not in FRAME) else []


def page(request: Request, fields: list[Field], *, status: int, door: str, message: str) -> Response:
    """Sign in (at `door`) elsewhere and come back, or, once that is done, send it again."""
    seen = visit(request)
    signed_in = seen.session is not None and not door
    return pages.page(
        request,
        "account/again.html",
        status=status,
        message=message,
        address=request.scope["path"],
        typed=fields,
        door="" if signed_in else f"{door}?back={quote(came_from(request), safe='/')}",
    )


def came_from(request: Request) -> str:
    """The page of ours that the form was on, as the browser tells; else the start."""
    sent = urlsplit(request.headers.get("referer", ""))
    told = f"{sent.path}?{sent.query}" if sent.query else sent.path
    here = house(request).settings.public_url == f"{sent.scheme}://{sent.netloc}"
    return (pages.own_path(told) if here else None) or "/"
