"""The way into a room: says where a button leads, records the click, and sends on. Only for the parties, near the time."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating import rooms
from jobdating.domain.errors import RoomNotOpen
from jobdating.domain.states import RoomProvider
from jobdating.queries.identity import Fair, fair_by_id
from jobdating.queries.rooms import Door
from jobdating.queries.rooms import door as read_door
from jobdating.rooms import bigbluebutton, jitsi
from jobdating.services import queue
from jobdating.web import headers, pages
from jobdating.web.house import house
from jobdating.web.visit import visit


async def door(request: Request) -> Response:
    """Where the interview is, with whom and when; closed until near the time. The form on it goes in."""
    return await (_enter(request) if request.method == "POST" else _show(request))


async def _show(request: Request) -> Response:
    found = await _door(request)
    room = rooms.describe(_meeting(found), servers(request))
    is_open = found.is_open(visit(request).now)
    page = pages.page(
        request, "rooms/door.html", status=200 if is_open else 409, door=found, room=room, is_open=is_open, failed=False
    )
    return _leading_to(page, request, room)


async def _enter(request: Request) -> Response:
    """The address is made now, then the click is recorded. Raises RoomNotOpen, NotFound."""
    seen, home = visit(request), house(request)
    found = await _door(request)
    if not found.is_open(seen.now):
        raise RoomNotOpen(opens_at=found.opens_at)
    meeting = _meeting(found)
    try:
        address = await rooms.address(meeting, servers(request), _guest(request, found), wall=datetime.now(UTC))
    except rooms.RoomUnavailable:
        room = rooms.describe(meeting, servers(request))
        return pages.page(request, "rooms/door.html", status=503, door=found, room=room, is_open=True, failed=True)
    await home.db.write(queue.enter_room, seen.actor, booking_id=found.booking_id, now=seen.now)
    return RedirectResponse(
        address, status_code=303, headers={"referrer-policy": "no-referrer", "cache-control": "no-store"}
    )


async def stand_in(request: Request) -> Response:
    """The demo's room: stands in for the video tool."""
    found = await _door(request)
    if not found.is_open(visit(request).now):
        raise RoomNotOpen(opens_at=found.opens_at)
    return pages.page(request, "rooms/demo.html", door=found)


def servers(request: Request) -> rooms.Servers:
    """The rooms' servers, as this house is set."""
    settings = house(request).settings
    ours = settings.environment
    return rooms.Servers(
        secret=settings.secret,
        jitsi=jitsi.Server(ours.jitsi_domain, ours.jitsi_app_id, ours.jitsi_secret or ""),
        bigbluebutton=bigbluebutton.Server(
            ours.bigbluebutton_url, ours.bigbluebutton_secret or "", ours.bigbluebutton_hash
        ),
        demo_host=settings.host if settings.demo else None,
    )


async def _door(request: Request) -> Door:
    """The door of the booking in the path; from here on the visit is one to its fair."""
    booking_id = request.path_params["booking"]
    seen = visit(request)

    def read(tx: Connection) -> tuple[Door, Fair | None]:
        found = read_door(tx, seen.actor, booking_id)
        return found, fair_by_id(tx, found.fair_id)

    found, fair = await house(request).db.read(read)
    request.state.visit = replace(seen, fair=fair)
    return found


def _meeting(found: Door) -> rooms.Meeting:
    return rooms.Meeting(
        found.booking_id, found.provider, f"{found.company} · {found.candidate.split(' ')[0]}",
        url=found.room_url, hosts=found.hosts, phone=found.phone, place=found.place, group=found.group,
    )  # fmt: skip


def _guest(request: Request, found: Door) -> rooms.Guest:
    seen = visit(request)
    key = rooms.unguessable(house(request).settings.secret, "guest", str(seen.actor.account_id))
    return rooms.Guest(key, found.guest, moderator=not found.is_candidate, language=seen.language)


def _leading_to(page: Response, request: Request, room: rooms.Room) -> Response:
    """Lets this page's form, and no other's, go on to the room's host.

    A browser holds the policy against every redirect on the way. Jitsi answers itself; a BigBlueButton cluster and
    plain links pass people on to hosts that nobody can list, so there it is https that is asked for.
    """
    if room.way is rooms.Way.ONLINE and not house(request).settings.demo:
        onward = f"https://{room.host}" if room.provider is RoomProvider.JITSI else "https:"
        page.headers["content-security-policy"] = headers.policy(house(request).settings.public_url, forms_to=onward)
    return page
