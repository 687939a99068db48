"""Headers on every answer, errors included. Plain ASGI, so that it also sees what the framework answers itself."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{socket}; "
    "font-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def policy(public_url: str, *, forms_to: str = "") -> str:
    """The content policy; `forms_to` is the one other origin that the page's own form may lead to."""
    socket = " " + public_url.replace("http", "ws", 1)
    own = CONTENT_POLICY.format(socket=socket)
    return own.replace("form-action 'self'", f"form-action 'self' {forms_to}") if forms_to else own


class Headers:
    """Adds the security headers. Camera and microphone are allowed on the device-test page alone."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self.app = app
        self._secure = public_url.startswith("https:")
        self._policy = policy(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                devices = "self" if scope["path"] == "/device-test" else ""
                headers.setdefault("content-security-policy", self._policy)
                headers.setdefault("cache-control", "no-store")
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("cross-origin-opener-policy", "same-origin")
                headers.setdefault("cross-origin-resource-policy", "same-origin")
                headers.setdefault("permissions-policy", f"camera=({devices}), microphone=({devices}), geolocation=()")
                if self._secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
            await send(message)

        await self.app(scope, receive, send_with_headers)
