"""The URL map, with the guard of each route beside it. Everything the product answers to is on this screen."""

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from jobdating.assets import STATIC
from jobdating.web import account, health, live
from jobdating.web.guards import Guard, Handler, guarded


def get(path: str, handler: Handler, guard: Guard) -> Route:
    return Route(path, guarded(handler, guard), methods=["GET"])


def post(path: str, handler: Handler, guard: Guard) -> Route:
    return Route(path, guarded(handler, guard), methods=["POST"])


def both(path: str, handler: Handler, guard: Guard) -> Route:
    """A form's page and its submission."""
    return Route(path, guarded(handler, guard), methods=["GET", "POST"])


def routes(*, demo: bool) -> list[BaseRoute]:
    """Every route; the demo's doors exist only in a demo."""
    return [
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
        WebSocketRoute("/live", live.socket),
        get("/live/poll", live.poll, Guard.ANYONE),
        # Public
        # Account
        post("/sign-out", account.sign_out, Guard.ANYONE),
        get("/language/{language}", account.language, Guard.ANYONE),
        # Candidate
        # Recruiter
        # Organiser
        # API
        # Demo
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
