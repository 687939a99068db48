"""A plain https link that the stand gave. Only to hosts that the fair allows."""

from urllib.parse import urlsplit

from jobdating.rooms.room import Meeting, Room, RoomUnavailable, Way


def host_of(url: str) -> str | None:
    """The host of a link that may be opened; None for anything but plain https (no user, no odd port or letters)."""
    if any(ord(letter) <= 32 or letter == "\\" for letter in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or parts.username is not None or parts.password is not None or port not in {None, 443}:
        return None
    return parts.hostname.rstrip(".") if parts.hostname and "." in parts.hostname else None


def is_allowed(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether a host, or the domain above it, is one the fair allows; every host when the fair names none."""
    allowed = [each.lower().rstrip(".") for each in hosts]
    return not allowed or any(host == each or host.endswith(f".{each}") for each in allowed)


def describe(meeting: Meeting) -> Room:
    host = host_of(meeting.url)
    if host is None or not is_allowed(host, meeting.hosts):
        return Room(Way.MISSING, meeting.provider, phone=meeting.phone)
    return Room(Way.ONLINE, meeting.provider, host=host, phone=meeting.phone)


def address(meeting: Meeting) -> str:
    """Raises RoomUnavailable for a link that may not be opened."""
    if describe(meeting).way is not Way.ONLINE:
        raise RoomUnavailable()
    return meeting.url
