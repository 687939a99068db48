"""Says in the API's own shape that a body is too large: the limit answers in plain text, before any handler. Plain ASGI."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobdating.rendering import catalogue
from jobdating.rendering.refusals import sentence
from jobdating.web.refusals import STATUS, problem


class TooLarge:
    """Stands outside the limit of bodies; touches no other answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
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

        await self.app(scope, receive, send_problem)


def _is_plain_limit(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return bool(message["status"] == STATUS["too_large"] and kind.startswith("text/plain"))
