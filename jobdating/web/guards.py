"""Who may use a route. Declared on the route, so that the permission matrix can be read from the URL map.

A guard runs before the handler. What depends on one booking or stand is decided by the service or query with the
same policy; a foreign thing answers exactly as a missing one.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable
from enum import Enum

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from jobdating.domain.errors import NotAllowed, NotFound, SecondFactorNeeded, SignInNeeded
from jobdating.web import origin
from jobdating.web.forms import MAX_ID
from jobdating.web.house import house
from jobdating.web.visit import Visit, bearer_of, network_of, resolve

Handler = Callable[[Request], Awaitable[Response]]


class Guard(Enum):
    """The least one must be. `FORM` in a comment on the route is not needed: unsafe methods check the form token."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    CONFIRMED = "signed in with a browser; with the second factor, who works here"
    TEAM = "works at a stand or for a fair; before the second factor too, for this is where it is asked"
    CANDIDATE = "candidate of the fair in the path"
    STAFF = "recruiter or organiser of the stand in the path"
    LEAD = "lead recruiter of the company of the stand in the path, or organiser"
    ORGANISER = "organiser of the fair in the path"
    ADMINISTRATOR = "administrator"
    DEMO = "anyone, in a demo"


def guarded(handler: Handler, guard: Guard, *, uploads: bool = False) -> Handler:
    """The handler behind its guard: resolves the visit, checks the form token, the right, the ids, then the rate."""

    async def behind_guard(request: Request) -> Response:
        if request.method == "HEAD":  # so that no handler takes "not GET" for a form; the server drops the body
            request = Request({**request.scope, "method": "GET"}, request.receive)
        try:
            visit = await resolve(request)
            request.state.visit = visit
            if request.method != "GET" and not visit.bearer:
                await _ensure_ours(guard, request, visit)
            _ensure(guard, request, visit)
            _ensure_possible(request)
            if request.method != "GET":
                _ensure_within_rate(request, uploads=uploads)
            return await handler(request)
        except (NotFound, NotAllowed):
            if _is_held_back(request):
                raise SecondFactorNeeded() from None
            raise
        finally:
            await request.close()  # files of a form

    behind_guard.__name__ = getattr(handler, "__name__", "handler")
    behind_guard.__doc__ = handler.__doc__
    behind_guard.guard = guard  # type: ignore[attr-defined]
    return behind_guard


def command(handler: Handler, guard: Guard) -> Handler:
    """A command of the API for whoever is signed in. Who a bearer token is, is asked in the transaction that acts:
    one turn of the database instead of two, and a token that was revoked meanwhile does nothing."""
    behind_guard = guarded(handler, guard)

    async def command(request: Request) -> Response:
        if bearer_of(request) is None:
            return await behind_guard(request)
        _ensure_within_rate(request)
        return await handler(request)

    command.guard = guard  # type: ignore[attr-defined]
    return command


class Unguarded(Exception):
    """A route says nobody's right: the product does not start with it."""


def ensure_guarded(routes: Iterable[BaseRoute], *, but: frozenset[str]) -> None:
    """Raises Unguarded unless every route declares its guard, except the paths in `but`, which read no session
    or decide for themselves."""
    for route in routes:
        path = getattr(route, "path", "")
        if path not in but and not (isinstance(route, Route) and hasattr(route.endpoint, "guard")):
            raise Unguarded(path or repr(route))


async def _ensure_ours(guard: Guard, request: Request, visit: Visit) -> None:
    """A form of ours; the doors of a demo need no token, for nobody has anything there that could be taken."""
    if guard is not Guard.DEMO:
        await origin.ensure_own_form(request, visit)
    elif not origin.is_own(request):
        raise origin.ForeignForm()


def _ensure_within_rate(request: Request, *, uploads: bool = False) -> None:
    """Count a command of the account, the token or the strangers' network. Raises TooMany."""
    rates, now = house(request).rates, time.monotonic()
    token = bearer_of(request)
    account_id = None if token is not None else request.state.visit.actor.account_id
    if token is not None:
        rates.account.take(hashlib.sha256(token.encode()).hexdigest(), now)
    elif account_id is not None:
        rates.account.take(str(account_id), now)
    else:
        rates.strangers.take(network_of(request), now)
    if uploads:
        rates.uploads.take(str(account_id), now)


def _ensure(guard: Guard, request: Request, visit: Visit) -> None:
    actor = visit.actor
    match guard:
        case Guard.ANYONE if visit.hidden:
            raise NotFound(what="fair")
        case Guard.ANYONE:
            return
        case Guard.DEMO:
            allowed = house(request).settings.demo
        case Guard.SIGNED_IN:
            allowed = actor.account_id is not None
        case Guard.CONFIRMED:
            allowed = visit.session is not None and actor.account_id is not None and not visit.awaits_factor
        case Guard.TEAM:
            allowed = visit.works_here and visit.session is not None
        case Guard.CANDIDATE:
            allowed = visit.the_fair().id in actor.candidates
        case Guard.STAFF:
            stand_id = request.path_params.get("stand")
            allowed = (stand_id in actor.stands) if stand_id else bool(actor.stands)
            allowed = allowed or (visit.fair is not None and actor.organises(visit.fair.id))
        case Guard.LEAD:
            stand_id = request.path_params.get("stand")
            allowed = (stand_id in actor.led) if stand_id else bool(actor.led)
            allowed = allowed or (visit.fair is not None and actor.organises(visit.fair.id))
        case Guard.ORGANISER:
            allowed = actor.organises(visit.the_fair().id)
        case Guard.ADMINISTRATOR:
            allowed = actor.administrator
    if not allowed:
        raise SignInNeeded() if actor.account_id is None and guard is not Guard.DEMO else NotFound()


def _ensure_possible(request: Request) -> None:
    """Every id in the path is one that a row can have. Raises NotFound."""
    if any(isinstance(value, int) and value > MAX_ID for value in request.path_params.values()):
        raise NotFound()


def _is_held_back(request: Request) -> bool:
    """What is not there for somebody who works here may be there once they have confirmed who they are."""
    visit: Visit | None = getattr(request.state, "visit", None)
    return visit is not None and visit.awaits_factor
