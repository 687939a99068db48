"""The live door: frames through a socket, or the same frames through a long poll. Carries no commands.

Who may watch is decided for each topic by the same policy as the pages, on connect and whenever rights change.
"""

import asyncio
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection as Transaction
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from jobdating.domain import topics as names
from jobdating.domain.errors import DomainError, Invalid, NotAllowed, SignInNeeded
from jobdating.domain.policy import Actor
from jobdating.queries import watching
from jobdating.realtime.connection import Connection
from jobdating.realtime.hub import Mailbox
from jobdating.realtime.presence import Person
from jobdating.realtime.protocol import WIRE
from jobdating.realtime.relay import Relay
from jobdating.rendering import catalogue
from jobdating.web import origin
from jobdating.web.house import house
from jobdating.web.visit import Visit, resolve

SIGN_IN, FORBIDDEN = 4401, 4403
TOPICS = 20
WAIT = 25.0  # seconds a long poll lasts when nothing happens: shorter than what proxies cut


@dataclass(frozen=True)
class Wish:
    """What a page asks to follow, and from where."""

    topics: frozenset[str]
    language: str
    cursor: str


async def socket(websocket: WebSocket) -> None:
    """Frames as they come. Refused before it is accepted when it comes from another site."""
    home, wire = house(websocket), websocket.scope["extensions"].get(WIRE)
    # Without `wire` another server than ours serves us, without its protection: the long poll remains.
    if websocket.headers.get("origin") != home.settings.public_url or wire is None:
        await websocket.close()
        return
    try:
        visit, wish = await resolve(websocket), _wish(websocket)
    except DomainError:
        await websocket.close()
        return
    code = await _refusal(websocket, visit, wish)
    await websocket.accept()
    if code is not None:
        await websocket.close(code)
        return
    connection = Connection(
        home.the_relay(),
        wire,
        Mailbox(wish.topics, wish.language, account_id=visit.actor.account_id),
        still_allowed=partial(_look_again, websocket, visit, wish),
        close=websocket.close,
    )
    with home.the_presence().of(_people(visit.actor, wish.topics)):
        await connection.run(websocket.receive, wish.cursor)


async def poll(request: Request) -> Response:
    """The next frame: at once when something changed since `cursor`, else when it does, else after a while, empty."""
    visit, wish, relay = request.state.visit, _wish(request), house(request).the_relay()
    if not origin.is_own(request):
        raise NotAllowed()
    _ensure(await _refusal(request, visit, wish))
    news = asyncio.Event()
    mailbox = Mailbox(
        wish.topics, wish.language, account_id=visit.actor.account_id, on_mail=news.set, on_doubt=news.set
    )
    with relay.following(mailbox), house(request).the_presence().of(_people(visit.actor, wish.topics)):
        frame = await relay.catch_up(mailbox, wish.cursor)
        if not frame.patches:
            news.clear()
            await _until_news(request, relay, news)
            frame = mailbox.take() or frame
    _ensure(await _look_again(request, visit, wish))
    return Response(frame.text, media_type="application/json", headers={"cache-control": "no-store"})


async def _until_news(request: Request, relay: Relay, news: asyncio.Event) -> None:
    """Wait until something happens, the peer goes, the server stops, or long enough."""
    await request.body()  # what is received after it can only be that the peer is gone
    waiting = [asyncio.ensure_future(it) for it in (news.wait(), relay.stopping.wait(), request.receive())]
    try:
        await asyncio.wait(waiting, timeout=WAIT, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _wish(connection: HTTPConnection) -> Wish:
    query = connection.query_params
    topics = query.get("topics", "").split()
    language = query.get("lang", catalogue.DEFAULT)
    if not 0 < len(topics) <= TOPICS or language not in catalogue.LANGUAGES:
        raise Invalid()
    return Wish(frozenset(topics), language, query.get("cursor", ""))


async def _refusal(connection: HTTPConnection, visit: Visit, wish: Wish) -> int | None:
    """Why these topics may not be followed, as a close code; None when all of them may."""
    if await house(connection).db.read(_may_watch, visit.actor, wish.topics):
        return None
    return SIGN_IN if visit.actor.account_id is None else FORBIDDEN


async def _look_again(connection: HTTPConnection, before: Visit, wish: Wish) -> int | None:
    """The same question for a page that is open: its session may be over, its rights may be less."""
    now = await resolve(connection)
    if now.session_id != before.session_id:
        return SIGN_IN
    return await _refusal(connection, now, wish)


def _may_watch(tx: Transaction, actor: Actor, topics: frozenset[str]) -> bool:
    return all(watching.may_watch(tx, actor, topic) for topic in sorted(topics))


def _ensure(code: int | None) -> None:
    if code is not None:
        raise SignInNeeded() if code == SIGN_IN else NotAllowed()


def _people(actor: Actor, topics: frozenset[str]) -> list[Person]:
    """Whom an open page shows to be there: the candidate on their own page, a recruiter at their own stand."""
    candidates = [
        Person("candidate", number) for number in actor.candidates.values() if names.candidate(number) in topics
    ]
    return candidates + [Person("stand", number) for number in actor.stands if names.staff(number) in topics]
