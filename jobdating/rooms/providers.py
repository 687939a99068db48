"""From a stand's provider to its module. The only place that knows all of them."""

from dataclasses import dataclass
from datetime import datetime

from jobdating.domain.states import RoomProvider
from jobdating.rooms import bigbluebutton, demo, jitsi, link, on_site, telephone
from jobdating.rooms.room import Guest, Meeting, Room, RoomUnavailable, Way


@dataclass(frozen=True)
class Servers:
    """What is configured. `secret` is ours: names of rooms come from it. `demo_host` is set in a demo alone."""

    secret: str
    jitsi: jitsi.Server
    bigbluebutton: bigbluebutton.Server
    demo_host: str | None = None


def describe(meeting: Meeting, servers: Servers) -> Room:
    """Where the meeting is, without opening it."""
    room = _describe(meeting, servers)
    return room if servers.demo_host is None else demo.stand_in(room, servers.demo_host)


def _describe(meeting: Meeting, servers: Servers) -> Room:
    match meeting.provider:
        case RoomProvider.LINK:
            return link.describe(meeting)
        case RoomProvider.JITSI:
            return jitsi.describe(meeting, servers.jitsi)
        case RoomProvider.BIGBLUEBUTTON:
            return bigbluebutton.describe(meeting, servers.bigbluebutton)
        case RoomProvider.TELEPHONE:
            return telephone.describe(meeting)
        case RoomProvider.ON_SITE:
            return on_site.describe(meeting)
        case _:
            return Room(Way.MISSING, meeting.provider, phone=meeting.phone)


async def address(meeting: Meeting, servers: Servers, guest: Guest, *, wall: datetime) -> str:
    """The address for this guest, made now. Raises RoomUnavailable where there is nothing to open."""
    if describe(meeting, servers).way is not Way.ONLINE:
        raise RoomUnavailable()
    if servers.demo_host is not None:
        return demo.address(meeting)
    match meeting.provider:
        case RoomProvider.LINK:
            return link.address(meeting)
        case RoomProvider.JITSI:
            return jitsi.address(meeting, servers.jitsi, guest, own_secret=servers.secret, wall=wall)
        case RoomProvider.BIGBLUEBUTTON:
            return await bigbluebutton.address(meeting, servers.bigbluebutton, guest, own_secret=servers.secret)
    raise RoomUnavailable()
