"""A demo's own pages: three doors, and the speed of its time. Present in a demo only."""

from math import isfinite

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.clock import PlayedClock, WallClock
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.queries import demo as queries
from jobdating.queries.demo import DemoClock
from jobdating.services import demo, sessions
from jobdating.simulation.crowd import Crowd
from jobdating.simulation.fair import SLUG
from jobdating.web import cookies, pages
from jobdating.web.house import House, house

FASTEST = 120.0
ROOM_TO_BOOK = 2
PLACES = {"candidate": "planning", "recruiter": "cockpit", "organiser": "wall"}


async def home(request: Request) -> Response:
    """A demo begins at its doors."""
    return RedirectResponse("/demo", status_code=303)


async def start(request: Request) -> Response:
    """The three doors, and what is behind them."""
    return pages.page(request, "demo/start.html", slug=SLUG)


async def enter(request: Request) -> Response:
    """Sign in as a ready-made person, whom the crowd leaves alone from then on."""
    role = str((await request.form(max_files=1, max_fields=20)).get("role", ""))
    if role not in PLACES:
        raise Invalid(fields={"role": "invalid"})
    home = house(request)
    if home.crowd is None:
        raise NotFound(what="demo")
    actor = await _become(home, home.crowd, role)
    assert actor.account_id is not None
    agent = request.headers.get("user-agent", "")
    secret, _ = await home.db.write(
        sessions.open, actor.account_id, now=WallClock().now(), agent=agent, second_factor=True
    )
    response = RedirectResponse(f"/fairs/{SLUG}/{PLACES[role]}", status_code=303)
    cookies.open_session(response, request, secret)
    return response


async def clock(request: Request) -> Response:
    """Play at another speed, or pause; every open page is told."""
    home, value = house(request), str((await request.form(max_files=1, max_fields=20)).get("rate", ""))
    if not isinstance(home.clock, PlayedClock):
        raise NotFound(what="demo")
    try:
        rate = float(value)
    except ValueError:
        raise Invalid(fields={"rate": "invalid"}) from None
    if not isfinite(rate) or not 0 <= rate <= FASTEST:
        raise Invalid(fields={"rate": "invalid"})
    home.clock.set_rate(rate)
    await tell_clock(home)
    return await pages.done(request, "/demo")


async def tell_clock(home: House) -> None:
    """Write down how the clock runs now, for pages that are open and for those to come."""
    moment = home.clock.now()
    told = DemoClock(home.clock.rate, moment, WallClock().now())
    await home.db.write(demo.tell_clock, told, now=moment)
    home.extras["demo_clock"] = told


async def _become(home: House, crowd: Crowd, role: str) -> Actor:
    cast, now = crowd.cast, home.clock.now()
    if role == "organiser":
        return cast.organisers[0]
    first = cast.stands[0].id
    stand_id = await home.db.read(queries.stand_with_a_line, fair_id=cast.fair_id, now=now, first=first)
    if role == "recruiter":
        crowd.spare_stand(stand_id)
        return next(place.actor for place in cast.stands if place.id == stand_id)

    def choose(tx: Connection) -> int:
        return queries.candidate_with_something_ahead(
            tx, fair_id=cast.fair_id, stand_id=stand_id, now=now, first=cast.candidates[0].id, spare=ROOM_TO_BOOK
        )

    candidate_id = await home.db.read(choose)
    crowd.spare_candidate(candidate_id)
    return next(player.actor for player in cast.candidates if player.id == candidate_id)
