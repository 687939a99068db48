"""The journal has no holes a reader can fall into, even when commits come in another order than ids."""

import asyncio
import random
import threading
import time
from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, text

from jobdating.db import journal
from jobdating.db.engine import Database, open_database
from jobdating.db.postgresql import driver_url
from jobdating.domain import events
from tests.factories import BEFORE, make_fair

WRITERS = 8
EACH = 40


def append(tx: Connection, fair_id: int, number: int) -> None:
    journal.append(tx, events.StandWentAway(fair_id=fair_id, stand_id=number), at=BEFORE)


def numbers(batch: journal.Batch) -> list[int]:
    return [entry.event.stand_id for entry in batch.entries if isinstance(entry.event, events.StandEvent)]


async def test_entries_come_in_order_and_a_page_at_a_time(sqlite_url: str) -> None:
    db = open_database(sqlite_url)
    fair_id = await db.write(make_fair)
    start = await db.read(journal.head)
    for number in range(7):
        await db.write(append, fair_id, number)
    first = await db.read(journal.since, start, limit=4)
    assert (numbers(first), first.more) == ([0, 1, 2, 3], True)
    rest = await db.read(journal.since, first.position, limit=4)
    assert (numbers(rest), rest.more) == ([4, 5, 6], False)
    assert await db.read(journal.backlog, start) == 7
    await db.close()


async def test_an_entry_cannot_be_changed(db: Database) -> None:
    fair_id = await db.write(make_fair)
    await db.write(append, fair_id, 1)
    with pytest.raises(Exception, match="append-only"):
        await db.write(lambda tx: tx.execute(text("UPDATE journal SET kind = 'other'")))


def write_with_delayed_commits(url: str, fair_id: int) -> None:
    """Many writers, each keeping its transaction open for a random while after taking its ids."""
    engine = create_engine(driver_url(url), pool_size=WRITERS)
    chance = random.Random(7)
    pauses = [[chance.uniform(0, 0.01) for _ in range(EACH)] for _ in range(WRITERS)]

    def writer(row: int) -> None:
        for number, pause in enumerate(pauses[row]):
            with engine.begin() as connection:
                append(connection, fair_id, row * EACH + number)
                time.sleep(pause)  # the commit comes late: that is what is tested

    threads = [threading.Thread(target=writer, args=(row,)) for row in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()


async def follow(url: str, step: Callable[[], list[int]], fair_id: int) -> list[int]:
    """What a reader that polls all the while has seen when all is written."""
    seen: list[int] = []
    writing = asyncio.create_task(asyncio.to_thread(write_with_delayed_commits, url, fair_id))
    while not writing.done():
        seen += await asyncio.to_thread(step)
    await writing
    return seen + await asyncio.to_thread(step)


async def test_a_reader_on_postgresql_misses_nothing_when_commits_are_delayed(postgresql_url: str) -> None:
    db = open_database(postgresql_url)
    fair_id = await db.write(make_fair)
    position = await db.read(journal.head)
    loop = asyncio.get_running_loop()

    def step() -> list[int]:
        nonlocal position
        batch = asyncio.run_coroutine_threadsafe(db.read(journal.since, position), loop).result()
        position = batch.position
        return numbers(batch)

    seen = await follow(postgresql_url, step, fair_id)
    async with asyncio.timeout(60):  # another transaction of the cluster may hold the horizon for a moment
        while len(seen) < WRITERS * EACH:
            seen += await asyncio.to_thread(step)
    assert sorted(seen) == list(range(WRITERS * EACH))
    await db.close()


async def test_a_reader_that_tails_ids_would_miss_some(postgresql_url: str) -> None:
    """The control: the same writers, read by `id > the last one seen`."""
    db = open_database(postgresql_url)
    fair_id = await db.write(make_fair)
    await db.close()
    last = 0
    with psycopg.connect(postgresql_url, autocommit=True) as connection:

        def step() -> list[int]:
            nonlocal last
            rows = connection.execute(
                "SELECT id, data->>'stand_id' FROM journal WHERE id > %s AND kind = 'StandWentAway' ORDER BY id",
                (last,),
            ).fetchall()
            last = max([last, *(row[0] for row in rows)])
            return [int(row[1]) for row in rows]

        seen = await follow(postgresql_url, step, fair_id)
    assert len(seen) < WRITERS * EACH


async def test_a_restored_database_begins_another_life(db: Database) -> None:
    before = await db.read(journal.epoch)
    await db.write(journal.begin_epoch)
    assert await db.read(journal.epoch) != before
