"""The server is killed in the middle of a rush: what was acknowledged is there, once."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx2
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database, open_database
from jobdating.domain.states import LIVE
from jobdating.services import tokens
from tests import factories as make
from tests.server import running_server

RUSH = 1_000
CLIENTS = 64
KILL_AFTER = 300


def prepare(tx: Connection) -> list[tuple[int, str]]:
    """A slot and a token for each of a thousand people. Real time: the server's clock is the wall's."""
    now = datetime.now(UTC)
    fair_id = make.make_fair(
        tx,
        first_day=now.date(),
        last_day=now.date() + timedelta(days=30),
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=20),
    )
    slots: list[int] = []
    while len(slots) < RUSH:
        slots += make.make_slots(tx, make.make_stand(tx, fair_id), count=50, start=now + timedelta(days=2))
    people = [make.make_candidate(tx, fair_id) for _ in range(RUSH)]
    return [
        (slot_id, tokens.make(tx, actor.account_id or 0, name="rush", now=now))
        for slot_id, actor in zip(slots, people, strict=True)
    ]


async def rush(url: str, wanted: list[tuple[int, str]], acknowledged: dict[int, int], enough: asyncio.Event) -> None:
    """Book each slot with its token; note the booking of each slot that was acknowledged."""
    queue = iter(wanted)

    async def client(http: httpx2.AsyncClient) -> None:
        for slot_id, token in queue:
            try:
                answer = await http.post(
                    f"/api/v1/slots/{slot_id}/bookings", headers={"authorization": f"Bearer {token}"}
                )
            except httpx2.TransportError:
                return
            if answer.status_code == 201:
                acknowledged[slot_id] = answer.json()["id"]
                if len(acknowledged) >= KILL_AFTER:
                    enough.set()

    limits = httpx2.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    async with httpx2.AsyncClient(base_url=url, limits=limits, timeout=20) as http:
        await asyncio.gather(*(client(http) for _ in range(CLIENTS)))
    enough.set()


async def test_nothing_acknowledged_is_lost_or_doubled_when_the_server_is_killed(sqlite_url: str) -> None:
    db = open_database(sqlite_url)
    wanted = await db.write(prepare)
    acknowledged: dict[int, int] = {}
    enough = asyncio.Event()

    async with running_server("--database-url", sqlite_url) as server:
        task = asyncio.create_task(rush(server.url, wanted, acknowledged, enough))
        await enough.wait()
        await server.kill()
        await task
    assert KILL_AFTER <= len(acknowledged) < RUSH
    await everything_is_there_once(db, acknowledged)

    async with running_server("--database-url", sqlite_url) as server:
        left = [each for each in wanted if each[0] not in acknowledged]
        await rush(server.url, left, acknowledged, asyncio.Event())
    assert len(acknowledged) == RUSH
    await everything_is_there_once(db, acknowledged)
    await db.close()


async def everything_is_there_once(db: Database, acknowledged: dict[int, int]) -> None:
    def read(tx: Connection) -> tuple[dict[int, int], Counter[int], Counter[int]]:
        rows = tx.execute(
            select(t.bookings.c.id, t.bookings.c.slot_id).where(t.bookings.c.state.in_([s.value for s in LIVE]))
        ).all()
        told = tx.execute(
            select(func.json_extract(t.journal.c.data, "$.booking_id")).where(t.journal.c.kind == "BookingMade")
        ).scalars()
        return {row.slot_id: row.id for row in rows}, Counter(row.slot_id for row in rows), Counter(told)

    bookings, per_slot, told = await db.read(read)
    assert acknowledged.items() <= bookings.items()
    assert set(per_slot.values()) == {1}
    assert told == Counter(bookings.values())
