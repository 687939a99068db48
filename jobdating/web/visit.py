"""Who is asking, and about which fair: resolved once a request, in one read, before its guard."""

import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from jobdating.clock import WallClock
from jobdating.db.engine import Unavailable
from jobdating.domain.errors import NotFound, SignInNeeded
from jobdating.domain.policy import ANONYMOUS, Actor, held_back
from jobdating.queries import identity, second_factor
from jobdating.queries.identity import Fair
from jobdating.rendering import catalogue
from jobdating.services import sessions, tokens
from jobdating.services.sessions import Session
from jobdating.services.tokens import Holder
from jobdating.web.house import house

COOKIE = "session"
LANGUAGE_COOKIE = "language"


@dataclass(frozen=True)
class Visit:
    """The actor, their session's form token, the fair in the path (or None), and the language of the answer.

    While it `awaits_factor`, the actor has none of the rights that the second factor protects.
    """

    actor: Actor
    csrf: str
    fair: Fair | None
    language: str
    now: datetime
    session: Session | None = None
    works_here: bool = False  # at a stand or for a fair, whether or not the second factor is held
    awaits_factor: bool = False
    hidden: bool = False  # the fair is not published, and the visitor has no part in it
    bearer: bool = False
    home: Fair | None = None  # for the links of the bar, on pages that belong to no fair too
    name: str = ""  # the account's first name
    stale: bool = False  # the session's last visit should be written down again

    @property
    def session_id(self) -> str | None:
        return self.session.id if self.session else None

    def the_session(self) -> Session:
        """The session of who is signed in with a browser. Raises SignInNeeded."""
        if self.session is None:
            raise SignInNeeded()
        return self.session

    def the_fair(self) -> Fair:
        """The fair of the path. Raises NotFound when the path names none."""
        if self.fair is None:
            raise NotFound(what="fair")
        return self.fair


def cookie_name(secure: bool, name: str = COOKIE) -> str:
    """The session's cookie, or another; bound to this host where the connection is safe."""
    return f"__Host-{name}" if secure else name


def bearer_of(connection: HTTPConnection) -> str | None:
    """The bearer token that was sent, or None."""
    scheme, _, bearer = connection.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else None


def network_of(connection: HTTPConnection) -> str:
    """The network somebody asks from; one home has many addresses of version 6."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return host


def actor_of_token(tx: Connection, token: str, *, wall: datetime) -> Actor:
    """Whom a token acts for. Raises SignInNeeded for one that is not (or no longer) known."""
    found = _behind(tx, tokens.resolve(tx, token, now=wall))
    if found.account_id is None:
        raise SignInNeeded()
    return found


def _behind(tx: Connection, holder: Holder | None) -> Actor:
    """The actor of a token, without the rights of staff where it was made without them."""
    if holder is None:
        return ANONYMOUS
    actor = identity.actor(tx, holder.account_id)
    return actor if holder.confirmed else held_back(actor)


async def resolve(connection: HTTPConnection) -> Visit:
    """Read session or bearer token, actor and fair in one snapshot. Raises NotFound for an unknown fair."""
    home = house(connection)
    secret = connection.cookies.get(cookie_name(home.settings.secure))
    token = bearer_of(connection)
    slug = connection.path_params.get("fair") or connection.query_params.get("fair")
    wall = WallClock().now()
    found = await home.db.read(
        _read,
        secret=secret,
        token=token,
        slug=slug,
        language=_language(connection),
        factor_required=home.settings.second_factor_required,
        now=home.clock.now(),
        wall=wall,
    )
    if found.stale and found.session_id is not None:
        with suppress(Unavailable):  # a full disk does not keep anybody from reading
            await home.db.write(sessions.seen, found.session_id, now=wall)
    return found


def _read(
    tx: Connection,
    *,
    secret: str | None,
    token: str | None,
    slug: str | None,
    language: str,
    factor_required: bool,
    now: datetime,
    wall: datetime,
) -> Visit:
    found = None if token is not None or secret is None else sessions.resolve(tx, secret, now=wall)
    fair = None if slug is None or "\0" in slug else identity.fair(tx, slug)
    if slug is not None and fair is None:
        raise NotFound(what="fair")
    if token is not None:
        actor = _behind(tx, tokens.resolve(tx, token, now=wall))
    else:
        actor = identity.actor(tx, found.account_id) if found else ANONYMOUS
    confirmed = found is None or found.second_factor_at is not None
    awaits = not confirmed and second_factor.is_asked(tx, actor, required=factor_required)
    return Visit(
        actor=held_back(actor) if awaits else actor,
        csrf=found.csrf if found else "",
        fair=fair,
        language=language,
        now=now,
        session=found,
        works_here=actor.works_here,
        awaits_factor=awaits,
        hidden=fair is not None and not fair.published and not identity.is_shown(tx, actor, fair.id),
        bearer=token is not None,
        home=fair or (identity.home(tx, actor) if found else None),
        name=identity.first_name(tx, found.account_id) if found else "",
        stale=found is not None and found.is_stale(now=wall),
    )


def _language(connection: HTTPConnection) -> str:
    chosen = connection.cookies.get(LANGUAGE_COOKIE)
    if chosen in catalogue.LANGUAGES:
        return chosen
    return catalogue.negotiate(connection.headers.get("accept-language"))


def visit(connection: HTTPConnection) -> Visit:
    """The visit that the guard resolved."""
    found: Visit = connection.state.visit
    return found
