"""BigBlueButton: create the meeting, then an address to join it, each signed with the shared secret.

The checksum is the hash of the call's name, its query and the secret, as docs.bigbluebutton.org/development/api says
under "API Security Model". Creating a meeting that exists is no change, so whoever comes first creates it.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import httpx2

from jobdating.rooms.room import Guest, Meeting, Room, RoomUnavailable, Way, unguessable

SECONDS = 5.0
MINUTES = 180  # a meeting that everybody forgot ends by itself
ANSWER_BYTES = 64 * 1024
HASHES = ("sha256", "sha1", "sha384", "sha512")


@dataclass(frozen=True)
class Server:
    """`url` is the address of the API, as `bbb-conf --secret` prints it, with or without its final `/api`."""

    url: str
    secret: str
    algorithm: str = "sha256"

    @property
    def api(self) -> str:
        plain = self.url.rstrip("/")
        return plain if plain.endswith("/api") else f"{plain}/api"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def checksum(call: str, query: str, secret: str, *, algorithm: str = "sha256") -> str:
    """The signature of a call. `query` is exactly as it is sent."""
    if algorithm not in HASHES:
        raise ValueError(f"one of {', '.join(HASHES)}")
    return hashlib.new(algorithm, f"{call}{query}{secret}".encode(), usedforsecurity=False).hexdigest()


def signed(server: Server, call: str, parameters: Mapping[str, str]) -> str:
    """The address of a call."""
    query = urlencode(parameters)
    return f"{server.api}/{call}?{query}&checksum={checksum(call, query, server.secret, algorithm=server.algorithm)}"


def describe(meeting: Meeting, server: Server) -> Room:
    if not server.secret or urlsplit(server.url).scheme != "https" or not server.host:
        return Room(Way.MISSING, meeting.provider, phone=meeting.phone)
    return Room(Way.ONLINE, meeting.provider, host=server.host, phone=meeting.phone)


async def address(
    meeting: Meeting,
    server: Server,
    guest: Guest,
    *,
    own_secret: str,
) -> str:
    """Create the meeting unless it exists, and give the guest's address. Raises RoomUnavailable."""
    passwords = {
        "moderatorPW": unguessable(own_secret, "bigbluebutton/moderator", meeting.key),
        "attendeePW": unguessable(own_secret, "bigbluebutton/attendee", meeting.key),
    }
    meeting_id = unguessable(own_secret, "bigbluebutton", meeting.key)
    await _create(
        signed(
            server,
            "create",
            {
                "name": meeting.title[:64], "meetingID": meeting_id, **passwords,
                "record": "false", "duration": str(MINUTES), "guestPolicy": "ALWAYS_ACCEPT",
            },
        ),
    )  # fmt: skip
    return signed(
        server,
        "join",
        {
            "fullName": guest.name, "meetingID": meeting_id, "userID": guest.key,
            "role": "MODERATOR" if guest.moderator else "VIEWER",
            "password": passwords["moderatorPW" if guest.moderator else "attendeePW"],
            "redirect": "true",
        },
    )  # fmt: skip


async def _create(url: str) -> None:
    """Call the server once: no redirect is followed, and only a bounded answer that says SUCCESS counts."""
    try:
        async with (
            asyncio.timeout(2 * SECONDS),  # also for a server that answers a byte at a time
            httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url) as answer,
        ):
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > ANSWER_BYTES:
                    raise RoomUnavailable()
            if answer.status_code != 200 or _code(body) != "SUCCESS":
                raise RoomUnavailable()
    except (httpx2.HTTPError, TimeoutError) as error:
        raise RoomUnavailable() from error


def _code(body: bytes) -> str | None:
    if b"<!" in body:  # no document types: an answer needs none, and entities are a way to harm
        return None
    try:
        return ElementTree.fromstring(body).findtext("returncode")  # noqa: S314 (no entities, bounded)
    except ElementTree.ParseError:
        return None
