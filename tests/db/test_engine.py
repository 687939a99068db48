"""What a transaction promises: on disk before it is acknowledged, one snapshot a read, nobody undone by another."""

import asyncio

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database, Unavailable, open_database, path_of
from jobdating.domain.errors import NotAllowed
from tests.eventually import eventually


def _note(tx: Connection, key: str) -> None:
    tx.execute(t.meta.insert().values(key=key, value="written"))


def _note_and_refuse(tx: Connection, key: str) -> None:
    _note(tx, key)
    raise NotAllowed()


def _count(tx: Connection) -> int:
    return tx.execute(select(func.count()).where(t.meta.c.value == "written")).scalar_one()


async def test_a_refused_call_undoes_its_own_changes_and_nobody_elses(db: Database) -> None:
    calls = [db.write(_note_and_refuse if n % 3 == 0 else _note, f"note-{n}") for n in range(60)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, NotAllowed) for outcome in outcomes) == 20
    assert await db.read(_count) == 40


async def test_what_was_acknowledged_is_read_by_another_process(db: Database) -> None:
    await db.write(_note, "one")
    other = open_database(db.url)
    assert await other.read(_count) == 1
    await other.close()


async def test_a_cancelled_caller_leaves_nothing_half_done(db: Database) -> None:
    def two_notes(tx: Connection) -> None:
        _note(tx, "first")
        _note(tx, "second")

    task = asyncio.create_task(db.write(two_notes))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await db.write(_note, "after")
    assert await db.read(_count) in {1, 3}


async def test_a_reader_keeps_one_snapshot_while_others_write(db: Database) -> None:
    loop = asyncio.get_running_loop()

    def read_twice(tx: Connection) -> tuple[int, int]:
        before = _count(tx)
        asyncio.run_coroutine_threadsafe(db.write(_note, "meanwhile"), loop).result(timeout=10)
        return before, _count(tx)

    assert await db.read(read_twice) == (0, 0)
    assert await db.read(_count) == 1


async def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await db.read(_note, "sneaky")


async def test_a_commit_of_another_process_is_noticed(db: Database) -> None:
    other = open_database(db.url)
    await db.changed_elsewhere()
    await other.write(_journalled)
    await eventually(db.changed_elsewhere)  # another transaction of the cluster may hold the horizon for a moment
    await other.close()


async def test_nothing_is_noticed_when_nothing_was_written(sqlite_url: str) -> None:
    db = open_database(sqlite_url)
    await db.changed_elsewhere()
    assert not await db.changed_elsewhere()
    await db.close()


def _journalled(tx: Connection) -> None:
    from jobdating.db import journal
    from jobdating.domain import events
    from tests.factories import BEFORE

    journal.append(tx, events.RightsChanged(fair_id=None, account_id=1), at=BEFORE)


async def test_every_waiting_write_is_answered_when_the_database_closes(sqlite_url: str) -> None:
    db = open_database(sqlite_url)
    writes = [asyncio.create_task(db.write(_note, f"note-{n}")) for n in range(50)]
    await asyncio.sleep(0)
    await db.close()
    await asyncio.gather(*writes)
    reopened = open_database(sqlite_url)
    assert await reopened.read(_count) == 50
    await reopened.close()


async def test_a_full_disk_refuses_writes_loses_nothing_and_needs_no_restart(sqlite_url: str) -> None:
    db = open_database(sqlite_url)
    await db.write(_note, "before")
    pages = await db.read(lambda tx: int(tx.exec_driver_sql("PRAGMA page_count").scalar_one()))
    await db.write(lambda tx: tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close())
    with pytest.raises(Unavailable):
        await db.write(lambda tx: tx.execute(t.meta.insert().values(key="large", value="x" * 1_000_000)))
    assert await db.read(_count) == 1
    await db.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 1000000").close())
    await db.write(_note, "after")
    assert await db.read(_count) == 2
    await db.close()


def test_only_known_kinds_of_address_are_opened() -> None:
    assert path_of("postgresql://x/y") is None
    assert str(path_of("sqlite:///a/b.db")) == "a/b.db"
    with pytest.raises(ValueError, match="sqlite"):
        open_database("mysql://x/y")


async def test_a_function_that_finds_nothing_in_an_iterator_keeps_nobody_waiting(db: Database) -> None:
    for run in (db.write, db.read):
        with pytest.raises(RuntimeError):
            async with asyncio.timeout(5):
                await run(lambda tx: next(iter(())))
