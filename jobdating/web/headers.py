"""Headers on every answer, errors included. Plain ASGI, so that it also sees what the framework answers itself."""

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


def fixed(public_url: str, *, devices: str) -> list[tuple[bytes, bytes]]:
    """What every answer says unless it says otherwise; `devices` may be "self", for camera and microphone."""
    headers = {
        "content-security-policy": policy(public_url),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": f"camera=({devices}), microphone=({devices}), geolocation=()",
    }
    if public_url.startswith("https:"):
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


class Headers:
    """Adds the security headers. Camera and microphone are allowed on the device-test page alone."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self.app = app
        self._usual = fixed(public_url, devices="")
        self._on_device_test = fixed(public_url, devices="self")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ours = self._on_device_test if scope["path"] == "/device-test" else self._usual

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = message.get("headers", ())
                names = {name for name, _ in said}
                message["headers"] = [*said, *(header for header in ours if header[0] not in names)]
            await send(message)

        await self.app(scope, receive, send_with_headers)
