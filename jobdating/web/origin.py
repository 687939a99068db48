"""Refuses requests that another site made: by what the browser says of their origin, and by a token in forms."""

import hmac

from starlette.requests import HTTPConnection, Request

from jobdating.domain.errors import DomainError
from jobdating.web.house import house
from jobdating.web.visit import Visit


class ForeignForm(DomainError):
    """The request does not come from one of our own pages."""

    code = "foreign_form"


def is_own(connection: HTTPConnection) -> bool:
    """Whether Origin, where there is one, is exactly ours, and the browser does not say "cross-site"."""
    sent = connection.headers.get("origin")
    if sent is not None and sent != house(connection).settings.public_url:
        return False
    return connection.headers.get("sec-fetch-site") in {None, "same-origin", "none"}


async def ensure_own_form(request: Request, visit: Visit) -> None:
    """Raises ForeignForm unless the request is ours; a session's forms also carry its token."""
    if not is_own(request):
        raise ForeignForm()
    if visit.session_id is None:
        return
    token = request.headers.get("x-csrf-token")
    if token is None:
        token = str((await request.form(max_files=8, max_fields=100)).get("csrf", ""))
    if not hmac.compare_digest(token.encode(), visit.csrf.encode()):
        raise ForeignForm()
