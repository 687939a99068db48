"""Every route says who may use it, or nothing starts; who may what is tried in test_rights. [ASVS 8.2.1]"""

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from jobdating import app
from jobdating.clock import SteppedClock
from jobdating.web.guards import Guard, Unguarded, ensure_guarded, guarded
from jobdating.web.routes import WITHOUT_GUARD, routes
from tests.site import settings_for

OPEN = {"/healthz", "/readyz"}  # for who keeps the machine; they read no session
GUARDED = [route for route in routes(demo=False) if isinstance(route, Route) and route.path not in OPEN]


def test_every_route_has_a_guard() -> None:
    assert len(GUARDED) > 60
    for route in GUARDED:
        assert isinstance(getattr(route.endpoint, "guard", None), Guard), route.path


def test_a_route_without_a_guard_does_not_start_the_app(
    sqlite_url: str, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def secret(request: Request) -> Response:
        return Response("for whom?")

    ensure_guarded(routes(demo=True), but=WITHOUT_GUARD)
    ensure_guarded([Route("/secret", guarded(secret, Guard.ORGANISER))], but=WITHOUT_GUARD)
    for forgotten in (
        Route("/secret", secret),
        WebSocketRoute("/secret", secret),
        Mount("/secret", Route("/", secret).app),
    ):
        monkeypatch.setattr(app, "routes", lambda demo, forgotten=forgotten: [*routes(demo=demo), forgotten])
        with pytest.raises(Unguarded, match="/secret"):
            app.create_app(settings_for(sqlite_url, "http://127.0.0.1:1"), clock=clock)


def test_nothing_of_a_demo_is_there_in_production() -> None:
    demo = {route.path for route in routes(demo=True) if isinstance(route, Route)}
    always = {route.path for route in GUARDED}
    assert "/demo/enter" in demo
    assert not [path for path in always if path.startswith("/demo")]
