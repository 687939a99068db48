"""The words of rooms: the meeting, who comes, and where it is. Data only."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from jobdating.domain.errors import DomainError
from jobdating.domain.states import RoomProvider


class RoomUnavailable(DomainError):
    """The server of the room does not answer, or does not want us."""

    code = "room_unavailable"


class Way(StrEnum):
    """How one gets there."""

    ONLINE = "online"  # a link to another host
    TELEPHONE = "telephone"
    ON_SITE = "on_site"
    MISSING = "missing"  # nothing is configured: said in words, and a telephone number instead


@dataclass(frozen=True)
class Meeting:
    """An interview, as a provider needs it. `url` is the stand's own link, `hosts` what it may lead to ([] means any).

    Whoever has the same `key` meets in the same room: the two of an interview, or all of a group.
    """

    booking_id: int
    provider: RoomProvider
    title: str
    url: str = ""
    hosts: tuple[str, ...] = ()
    phone: str = ""
    place: str = ""
    group: str = ""

    @property
    def key(self) -> str:
        return self.group or f"booking/{self.booking_id}"


@dataclass(frozen=True)
class Guest:
    """Who comes in. `key` is opaque and stable; the recruiter is the moderator."""

    key: str
    name: str
    moderator: bool
    language: str = "fr"


@dataclass(frozen=True)
class Room:
    """Where a button leads, for people to read: a host, a number, or a place."""

    way: Way
    provider: RoomProvider
    host: str = ""
    phone: str = ""
    place: str = ""


def unguessable(secret: str, purpose: str, key: str) -> str:
    """A name that all of a meeting get and nobody else can find: 26 letters and digits, 130 bits of a keyed hash."""
    digest = hmac.digest(secret.encode(), f"room/{purpose}/{key}".encode(), hashlib.sha256)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    number = int.from_bytes(digest, "big")
    return "".join(alphabet[(number >> (5 * place)) & 31] for place in range(26))
