"""The same rush through the front door: real requests to a real server, on both databases."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx2
from sqlalchemy import Connection

from jobdating.db.engine import open_database
from jobdating.services import tokens
from tests import factories as make
from tests.server import running_server
from tests.site import SECRET

CROWD = 200


def prepare(tx: Connection) -> tuple[int, list[str]]:
    """One slot, and two hundred people with a token. Real time: the server's clock is the wall's."""
    now = datetime.now(UTC)
    fair_id = make.make_fair(
        tx,
        first_day=now.date(),
        last_day=now.date() + timedelta(days=9),
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=9),
    )
    [slot_id] = make.make_slots(tx, make.make_stand(tx, fair_id), count=1, start=now + timedelta(days=2))
    people = [make.make_candidate(tx, fair_id) for _ in range(CROWD)]
    return slot_id, [tokens.make(tx, actor.account_id or 0, name="rush", now=now) for actor in people]


async def test_of_two_hundred_requests_for_one_slot_one_is_created_and_all_others_say_why(database_url: str) -> None:
    db = open_database(database_url)
    slot_id, people = await db.write(prepare)
    await db.close()
    async with (
        running_server("--database-url", database_url, JOBDATING_SECRET=SECRET) as server,
        httpx2.AsyncClient(base_url=server.url, timeout=30, limits=httpx2.Limits(max_connections=CROWD)) as http,
    ):

        async def book(token: str) -> httpx2.Response:
            headers = {"authorization": f"Bearer {token}"}
            return await http.post(f"/api/v1/slots/{slot_id}/bookings", headers=headers)

        answers = await asyncio.gather(*(book(token) for token in people))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CROWD - 1}
    refusals = [answer for answer in answers if answer.status_code == 409]
    assert {answer.headers["content-type"] for answer in refusals} == {"application/problem+json"}
    assert {answer.json()["code"] for answer in refusals} == {"slot_taken"}
