"""Bounds the bodies of requests, and says in the API's own shape that one is too large. Plain ASGI.

A request that declares no body or a small one goes straight on: the server's parser holds it to what it declared.
"""

from starlette.datastructures import Headers
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobdating.rendering import catalogue
from jobdating.rendering.refusals import sentence
from jobdating.web.refusals import STATUS, problem


class BodyLimit:
    """At most `most` bytes, unless the route allows more. The library's limit counts, and answers in plain text."""

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._limited = RequestBodyLimitMiddleware(app, max_body_size=most)
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_small(scope):
            await self._app(scope, receive, send)
        elif scope["path"].startswith("/api/"):
            await self._limited(scope, receive, _as_problem(scope, receive, send))
        else:
            await self._limited(scope, receive, send)

    def _is_small(self, scope: Scope) -> bool:
        length = b"0"
        for name, value in scope["headers"]:
            if name == b"transfer-encoding":
                return False
            if name == b"content-length":
                length = value
        return len(length) < 20 and length.isdigit() and int(length) <= self._most


def _as_problem(scope: Scope, receive: Receive, send: Send) -> Send:
    """Sends what it is given, but for the limit's own answer, which becomes a problem+json."""
    replaced = False

    async def send_problem(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and _is_plain_limit(message):
            replaced = True
            language = catalogue.negotiate(Request(scope).headers.get("accept-language"))
            answer = problem(STATUS["too_large"], "too_large", sentence("too_large", {}, language))
            await answer(scope, receive, send)
        elif not replaced:
            await send(message)

    return send_problem


def _is_plain_limit(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return bool(message["status"] == STATUS["too_large"] and kind.startswith("text/plain"))
