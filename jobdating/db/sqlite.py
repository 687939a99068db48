"""SQLite: one writer thread with group commit, and a few readers with their own snapshots."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from jobdating.db.engine import Unavailable, ran_out
from jobdating.db.ordering import know_names

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2
BATCH = 256  # calls in one commit; bounds how long the first of them waits
BUSY_SECONDS = 10
_FULL_OR_BROKEN = ("database or disk is full", "disk I/O error", "readonly database", "unable to open")


class _Call(NamedTuple):
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: asyncio.Future[Any]


def engine_for(url: str, *, writes: bool) -> Engine:
    """An engine whose connections leave transactions to us and hold the settings every connection needs."""
    path = make_url(url).database or ":memory:"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        know_names(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten at once
        connection.execute("PRAGMA cache_size = -65536")
        if not writes:
            connection.execute("PRAGMA query_only = ON")
        return connection

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


class SQLite:
    """The embedded database. One writer, first come first served; nothing is acknowledged before it is on disk."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self._loop = loop
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._callbacks: list[Callable[[], None]] = []
        self._read_engine = engine_for(url, writes=False)
        self._asked: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._readers = [
            threading.Thread(target=self._read_all, name=f"reader-{number}", daemon=True) for number in range(READERS)
        ]
        self._version: int | None = None
        self._writer = threading.Thread(target=self._write_all, name="writer", daemon=True)
        self._begin_wal()
        self._writer.start()
        for reader in self._readers:
            reader.start()

    def _begin_wal(self) -> None:
        """Once, before anybody connects: two connections that change the mode at once do not wait for each other."""
        connection = sqlite3.connect(make_url(self.url).database or ":memory:", timeout=BUSY_SECONDS)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()

    def on_commit(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    async def scrub(self, *, at_most: int | None = None) -> bool:
        """Copies that SQLite left in the gaps of its pages when it split them go with a rewriting of the file."""
        if at_most is not None and self._size() > at_most:
            return False
        future: asyncio.Future[bool] = self._loop.create_future()
        self._calls.put(_Call(_scrub, (), {}, future))
        return await future

    def _size(self) -> int:
        """Bytes of the file; 0 for one in memory."""
        path = make_url(self.url).database
        return Path(path).stat().st_size if path else 0

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        self._calls.put(_Call(fn, args, kwargs, future))
        return await future

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        future: asyncio.Future[T] = self._loop.create_future()
        self._asked.put(_Call(fn, args, kwargs, future))
        return await future

    async def changed_elsewhere(self) -> bool:
        version = await self.read(lambda _: self._data_version())
        changed = version != self._version
        self._version = version
        return changed

    def _data_version(self) -> int:
        # Each connection has its own count, so ask the same one each time: a connection of its own.
        connection: sqlite3.Connection | None = getattr(self, "_watcher", None)
        if connection is None:
            connection = sqlite3.connect(
                make_url(self.url).database or ":memory:", isolation_level=None, check_same_thread=False
            )
            self._watcher = connection
        return int(connection.execute("PRAGMA data_version").fetchone()[0])

    async def close(self) -> None:
        """Finish the writes that were handed over, then close."""
        self._calls.put(None)
        await self._loop.run_in_executor(None, self._writer.join)
        for _ in self._readers:
            self._asked.put(None)
        for reader in self._readers:
            await self._loop.run_in_executor(None, reader.join)
        if watcher := getattr(self, "_watcher", None):
            watcher.close()

    # A reader thread

    def _read_all(self) -> None:
        with self._read_engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            cursor = connection.connection.cursor()
            while (call := self._asked.get()) is not None:
                if call.future.cancelled():
                    continue
                answer = self._read(connection, cursor, call)
                if not self._loop.is_closed():
                    self._loop.call_soon_threadsafe(self._settle, *answer)

    def _read(self, connection: Connection, cursor: Any, call: _Call) -> tuple[_Call, Any, bool]:
        cursor.execute("BEGIN")
        try:
            return call, call.fn(connection, *call.args, **call.kwargs), True
        except BaseException as error:  # whatever it is, it must not end the reader
            return call, ran_out(error) or error, False
        finally:
            cursor.execute("ROLLBACK")

    def _settle(self, call: _Call, value: Any, fine: bool) -> None:
        if call.future.done():  # its request was cancelled
            return
        if fine:
            call.future.set_result(value)
        else:
            call.future.set_exception(value)

    # The writer thread

    def _write_all(self) -> None:
        with engine_for(self.url, writes=True).connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            closing = False
            while not closing:
                first = self._calls.get()
                if first is None:
                    return
                batch = [first]
                while len(batch) < BATCH and not self._calls.empty():
                    call = self._calls.get()
                    if call is None:
                        closing = True
                        break
                    batch.append(call)
                # What cannot be part of a transaction is done after those that came with it.
                alone = [call for call in batch if call.fn is _scrub]
                together = [call for call in batch if call.fn is not _scrub]
                answers = self._commit_together(connection, together) if together else []
                answers += [self._alone(connection, call) for call in alone]
                if not self._loop.is_closed():
                    self._loop.call_soon_threadsafe(self._answer, answers)

    def _alone(self, connection: Connection, call: _Call) -> tuple[_Call, Any, bool]:
        try:
            return call, call.fn(connection), True
        except BaseException as error:  # whatever it is, it must not end the only writer
            return call, _translated(error), False

    def _commit_together(self, connection: Connection, batch: list[_Call]) -> list[tuple[_Call, Any, bool]]:
        """Run each call in a savepoint, commit once. If the commit fails, every caller in it fails."""
        cursor = connection.connection.cursor()
        answers: list[tuple[_Call, Any, bool]] = []
        try:
            cursor.execute("BEGIN IMMEDIATE")
            for call in batch:
                cursor.execute("SAVEPOINT call")
                try:
                    answers.append((call, call.fn(connection, *call.args, **call.kwargs), True))
                    cursor.execute("RELEASE call")
                except BaseException as error:  # whatever it is, it must not end the only writer
                    if not _in_transaction(connection):  # a full disk undoes all of it, everybody's
                        raise
                    cursor.execute("ROLLBACK TO call")
                    cursor.execute("RELEASE call")
                    answers.append((call, _translated(error), False))
            cursor.execute("COMMIT")
        except BaseException as error:
            if _in_transaction(connection):
                cursor.execute("ROLLBACK")
            return [(call, _translated(error), False) for call in batch]
        finally:
            cursor.close()
        return answers

    def _answer(self, answers: list[tuple[_Call, Any, bool]]) -> None:
        committed = False
        for call, value, fine in answers:
            committed = committed or fine
            self._settle(call, value, fine)
        if committed:
            for callback in self._callbacks:
                callback()


def _scrub(connection: Connection) -> bool:
    """Outside of any transaction: rewrite the file, then empty the log beside it. Waits for readers."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute("VACUUM")
        (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        cursor.close()
    if busy:
        raise Unavailable("somebody reads the log of the database all the time")
    return True


def _in_transaction(connection: Connection) -> bool:
    return bool(connection.connection.dbapi_connection.in_transaction)  # type: ignore[union-attr]


def _translated(error: BaseException) -> BaseException:
    plain = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, OperationalError | sqlite3.OperationalError) and any(
        words in str(plain) for words in _FULL_OR_BROKEN
    ):
        return Unavailable(str(plain))
    return ran_out(error) or error
