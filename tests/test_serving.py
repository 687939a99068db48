"""Told to stop, the server finishes what it was given, tells sockets to come back, and is gone within ten seconds."""

import asyncio
import signal
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx2
from sqlalchemy import Connection, select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from jobdating.db import tables as t
from jobdating.db.engine import open_database
from jobdating.domain import topics
from jobdating.services import tokens
from tests import factories as make
from tests.server import running_server

BOUND = 10.0  # seconds, which a supervisor waits before it kills


class World:
    """A fair that is running now, by the wall's clock, with more candidates than can be served in a moment."""

    def __init__(self, tx: Connection) -> None:
        now = datetime.now(UTC)
        self.fair = make.make_fair(
            tx, slug="ici", first_day=now.date(), last_day=now.date() + timedelta(days=9),
            opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=8),
        )  # fmt: skip
        stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, stand, count=4, capacity=200, start=now + timedelta(days=2))
        people = [make.make_candidate(tx, self.fair) for _ in range(150)]
        self.tokens = [tokens.make(tx, person.account_id or 0, name="robot", now=now) for person in people]


async def test_what_was_acknowledged_is_on_disk_and_everybody_is_told_within_ten_seconds(sqlite_url: str) -> None:
    db = open_database(sqlite_url)
    world = await db.write(World)
    answers: list[httpx2.Response] = []
    query = urlencode({"fair": "ici", "topics": topics.fair(world.fair), "lang": "fr", "cursor": ""})

    async with running_server("--database-url", sqlite_url) as server:
        live = f"{server.url.replace('http', 'ws')}/live?{query}"
        sockets = [await connect(live, origin=Origin(server.url)) for _ in range(5)]
        limits = httpx2.Limits(max_connections=150)
        async with httpx2.AsyncClient(base_url=server.url, timeout=30, limits=limits) as client:
            poll = asyncio.create_task(client.get(f"/live/poll?{query}"))

            async def book(number: int, token: str) -> None:
                bearer = {"authorization": f"Bearer {token}"}
                path = f"/api/v1/slots/{world.slots[number % 4]}/bookings"
                answers.append(await client.post(path, headers=bearer))

            rush = [asyncio.create_task(book(*each)) for each in enumerate(world.tokens)]
            await asyncio.wait(rush, return_when=asyncio.FIRST_COMPLETED)
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            codes = [await closed(socket) for socket in sockets]
            await asyncio.gather(*rush, poll, return_exceptions=True)  # those who came too late found nobody
            await asyncio.wait_for(server.process.wait(), BOUND)
            lasted = time.monotonic() - began
        assert server.process.returncode in {0, -signal.SIGTERM}
    assert codes == [1012] * 5
    assert lasted < BOUND
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    kept = set(await db.read(lambda tx: list(tx.execute(select(t.bookings.c.id)).scalars())))
    await db.close()
    assert made and made <= kept
    assert {answer.status_code for answer in answers} == {201}  # nobody was told of a fault
    assert poll.exception() is None and poll.result().status_code == 200


async def closed(socket) -> int | None:  # type: ignore[no-untyped-def]
    """The code with which the server ends a socket."""
    try:
        while True:
            await asyncio.wait_for(socket.recv(), BOUND)
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None
