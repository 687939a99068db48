"""The day again: the wall at any minute, and what a page that plays it asks for. Parse, call, respond."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobdating.domain.errors import NotFound
from jobdating.queries.identity import Fair
from jobdating.queries.replay import RecordedDay
from jobdating.queries.wall import Sort, ordered
from jobdating.rendering import replay as rendering
from jobdating.rendering.words import iso_filter
from jobdating.web import pages
from jobdating.web.house import House, house
from jobdating.web.organiser import TIGHT_FROM
from jobdating.web.replays import Replays
from jobdating.web.visit import visit

SPEEDS = (1, 10, 60, 300)


async def show(request: Request) -> Response:
    """The wall as it was at a moment, with the means to go to another."""
    seen, replays = visit(request), _replays(house(request))
    fair = seen.the_fair()
    days = await replays.days(fair)
    recorded = _recorded(request, days, fair)
    if recorded is None:
        return pages.page(request, "organiser/replay_empty.html")
    there = await replays.see(fair, recorded, at=_moment(request, "at", recorded, fair), now=seen.now)
    sort = Sort(asked) if (asked := request.query_params.get("sort", "")) in list(Sort) else Sort.NAME
    return pages.page(
        request,
        "organiser/replay.html",
        there=there,
        rows=ordered(there.wall.rows, sort),
        days=[each.day for each in days],
        shown_day=recorded.day,
        sort=sort.value,
        tight=len(there.wall.rows) >= TIGHT_FROM,
        speeds=SPEEDS,
    )


async def frame(request: Request) -> Response:
    """What differs on the wall between two moments, for a page that shows the first."""
    seen, replays = visit(request), _replays(house(request))
    fair = seen.the_fair()
    recorded = _recorded(request, await replays.days(fair), fair)
    if recorded is None:
        raise NotFound(what="day")
    at, since = (_moment(request, name, recorded, fair) for name in ("at", "since"))
    there = await replays.see(fair, recorded, at=at, since=since, now=seen.now)
    drawn = rendering.patches(there.wall, there.changed, seen.language, zone=fair.timezone)
    ends = {"at": iso_filter(there.at), "ends": iso_filter(there.ends_at)}
    return JSONResponse({**ends, "patches": drawn}, headers={"cache-control": "no-store"})


def _replays(home: House) -> Replays:
    found: Replays = home.extras.setdefault("replays", Replays(home.db))
    return found


def _recorded(request: Request, days: tuple[RecordedDay, ...], fair: Fair) -> RecordedDay | None:
    """The day of the address, else the latest that was kept."""
    known = {each.day.isoformat(): each for each in days}
    return known.get(request.query_params.get("day", "")) or (days[-1] if days else None)


def _moment(request: Request, name: str, recorded: RecordedDay, fair: Fair) -> datetime | None:
    """ "10:20" or "10:20:30" on the day, in the fair's time; None when it is not a time."""
    try:
        clock = time.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        return None
    return _on(recorded.day, clock, fair.timezone) if clock.tzinfo is None else None


def _on(day: date, clock: time, timezone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(timezone)).astimezone(ZoneInfo("UTC"))
