"""Jitsi Meet: a room that nobody can guess on a configured domain, with a signed token where the server wants one.

The token is HS256 with the claims of Jitsi's token authentication (aud, iss, sub, room, exp, context.user), and
lets one person into one room for a short while.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from jobdating.rooms.room import Guest, Meeting, Room, Way, unguessable

LASTS = timedelta(hours=1)
EARLY = timedelta(minutes=1)  # for clocks that differ


@dataclass(frozen=True)
class Server:
    """`domain` is empty when none is configured; without a secret the room is open to who knows its name."""

    domain: str
    app_id: str = ""
    secret: str = ""


def describe(meeting: Meeting, server: Server) -> Room:
    if not server.domain:
        return Room(Way.MISSING, meeting.provider, phone=meeting.phone)
    return Room(Way.ONLINE, meeting.provider, host=server.domain, phone=meeting.phone)


def room_name(own_secret: str, key: str) -> str:
    """The same for all of a meeting, and for nobody else."""
    return unguessable(own_secret, "jitsi", key)


def address(meeting: Meeting, server: Server, guest: Guest, *, own_secret: str, wall: datetime) -> str:
    """Where to send the guest now. `wall` is the machine's time: the server checks the token by its own clock."""
    name = room_name(own_secret, meeting.key)
    if not server.secret:
        return f"https://{server.domain}/{name}"
    return f"https://{server.domain}/{name}?jwt={_token(name, server, guest, wall)}"


def _token(name: str, server: Server, guest: Guest, wall: datetime) -> str:
    claims = {
        "aud": server.app_id or "jitsi",
        "iss": server.app_id,
        "sub": server.domain,
        "room": name,
        "nbf": int((wall - EARLY).timestamp()),
        "exp": int((wall + LASTS).timestamp()),
        "moderator": guest.moderator,
        "context": {
            "user": {
                "id": guest.key,
                "name": guest.name,
                "moderator": guest.moderator,
                "affiliation": "owner" if guest.moderator else "member",
            }
        },
    }
    return jwt.encode(claims, server.secret, algorithm="HS256")
