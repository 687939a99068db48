"""Where interviews happen, and addresses of sites: "auto", "téléphone", an https address. Pure, looks nothing up."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from jobdating.domain.states import RoomProvider
from jobdating.exchange.parsing.words import Unclear, Value, fold, text

_WORDS = {
    "": RoomProvider.AUTO,
    "auto": RoomProvider.AUTO,
    "automatique": RoomProvider.AUTO,
    "par defaut": RoomProvider.AUTO,
    "jitsi": RoomProvider.JITSI,
    "bigbluebutton": RoomProvider.BIGBLUEBUTTON,
    "bbb": RoomProvider.BIGBLUEBUTTON,
    "telephone": RoomProvider.TELEPHONE,
    "tel": RoomProvider.TELEPHONE,
    "par telephone": RoomProvider.TELEPHONE,
    "sur place": RoomProvider.ON_SITE,
    "presentiel": RoomProvider.ON_SITE,
    "en presentiel": RoomProvider.ON_SITE,
}


def room(value: Value, *, hosts: Collection[str] = ()) -> tuple[RoomProvider, str]:
    """The provider and, for a link, its address. `hosts` are those allowed; none given allows any public one.

    Raises Unclear: "room" (neither a known word nor an address), "link_https", "link_host", "link_not_allowed".
    """
    said = text(value)
    provider = _WORDS.get(fold(said))
    if provider:
        return provider, ""
    return RoomProvider.LINK, link(said, hosts=hosts)


def link(said: str, *, hosts: Collection[str] = ()) -> str:
    """A room's address: https, a public host by name, nothing hidden in it. Raises Unclear as `room`."""
    try:
        parts = urlsplit(said)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unclear("room") from None
    if parts.scheme not in {"http", "https"} or not host or any(sign.isspace() for sign in said):
        raise Unclear("room")
    if _is_private(host):
        raise Unclear("link_host", host=host)
    if parts.scheme != "https":
        raise Unclear("link_https")
    if parts.username or parts.password or len(said) > 500 or (port not in {None, 443}):
        raise Unclear("room")
    if hosts and host not in hosts:
        raise Unclear("link_not_allowed", host=host, hosts=", ".join(sorted(hosts)))
    return said


def website(value: Value) -> str:
    """A company's site, http or https; "www.x.example" gets its https. Raises Unclear("website")."""
    said = text(value)
    if not said:
        return ""
    full = said if "://" in said or said.startswith(("javascript:", "data:")) else f"https://{said}"
    try:
        parts = urlsplit(full)
        host = parts.hostname or ""
    except ValueError:
        raise Unclear("website") from None
    fine = parts.scheme in {"http", "https"} and "." in host and not parts.username and len(full) <= 300
    if not fine or any(sign.isspace() for sign in full):
        raise Unclear("website")
    return full


def _is_private(host: str) -> bool:
    """A number instead of a name, or a name that means this machine or this network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))
    return True
