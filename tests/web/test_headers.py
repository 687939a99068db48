"""Every answer has the security headers, those to faults and to unknown paths too. [ASVS 3.4]"""

from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobdating.clock import SteppedClock
from jobdating.web.headers import Headers
from tests.site import Site, running_site

EXPECTED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


async def fault(request: Request) -> Response:
    raise RuntimeError("a fault of ours, with a secret in it")


@pytest.fixture
def faulty(site: Site) -> Iterator[Site]:
    site.app.router.routes.insert(0, Route("/fault", fault))
    yield site
    site.app.router.routes.pop(0)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sign-in", 200),
        ("GET", "/nothing/here", 404),
        ("POST", "/help", 405),
        ("GET", "/account", 303),
        ("GET", "/healthz", 200),
        ("GET", "/static/css/tokens.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/fault", 500),
    ],
)
async def test_headers_are_on_every_answer(faulty: Site, method: str, path: str, status: int) -> None:
    async with faulty.client() as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    policy = answer.headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    cached = "no-cache" if path == "/static/css/tokens.css" else "no-store"
    assert answer.headers["cache-control"] == cached


async def test_fault_is_told_without_a_trace(faulty: Site) -> None:
    async with faulty.client() as client:
        answer = await client.get("/fault")
    assert "Quelque chose s’est mal passé de notre côté" in answer.text
    assert "secret" not in answer.text and "Traceback" not in answer.text


async def test_body_that_is_too_large_is_refused_before_it_is_read(site: Site) -> None:
    async with site.client() as client:
        answer = await client.post("/sign-in", content=b"email=" + b"a" * 1_000_001)
        assert answer.status_code == 413
        assert answer.headers["x-content-type-options"] == "nosniff"

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"a" * 100_000

    async with site.client() as client:
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert (await client.post("/sign-in", content=pieces(), headers=form)).status_code == 413


async def test_camera_and_microphone_are_for_the_test_page_alone(site: Site) -> None:
    async with site.client() as client:
        answer = await client.get("/device-test")
    assert answer.headers["permissions-policy"] == "camera=(self), microphone=(self), geolocation=()"


async def test_behind_tls_browsers_are_told_to_stay_there(sqlite_url: str, clock: SteppedClock) -> None:
    sent: list[dict[str, object]] = []

    async def app(scope, receive, send):  # type: ignore[no-untyped-def]
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):  # type: ignore[no-untyped-def]
        sent.append(message)

    scope = {"type": "http", "path": "/"}
    await Headers(app, public_url="https://jobdating.example")(scope, None, send)  # type: ignore[arg-type]
    names = dict(sent[0]["headers"])  # type: ignore[call-overload]
    assert b"strict-transport-security" in names
    async with running_site(sqlite_url, clock) as site, site.client() as client:
        assert "strict-transport-security" not in (await client.get("/help")).headers
