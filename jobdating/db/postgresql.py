"""PostgreSQL: the same functions on a pool of connections, with row locks and retries."""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from jobdating.db.engine import Unavailable, ran_out
from jobdating.db.tables import metadata

P = ParamSpec("P")
T = TypeVar("T")

WRITERS = 8
READERS = 4
TRIES = 8
CHANNEL = "journal"
_RETRY = {"40001", "40P01"}  # serialisation failure, deadlock


class PostgreSQL:
    """Several processes and machines on one database."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self._loop = loop
        self._callbacks: list[Callable[[], None]] = []
        self._engine = create_engine(
            driver_url(url), pool_size=WRITERS + READERS, max_overflow=0, pool_pre_ping=True, hide_parameters=True
        )
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="reader")
        self._notify = threading.Lock()
        self._notified = 0.0
        self._seen = -1

    def on_commit(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        answer = await self._loop.run_in_executor(self._writers, lambda: self._write(fn, *args, **kwargs))
        for callback in self._callbacks:
            callback()
        return answer

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._loop.run_in_executor(self._readers, lambda: self._read(fn, *args, **kwargs))

    def _write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(TRIES):
            try:
                with self._engine.begin() as connection:
                    return fn(connection, *args, **kwargs)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _RETRY or attempt == TRIES - 1:
                    if isinstance(error, OperationalError):
                        raise Unavailable(str(error.orig)) from error
                    raise
            except StopIteration as error:
                raise ran_out(error) or error from None
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 (spreads retries, hides nothing)
        raise AssertionError("unreachable")

    def _read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with self._engine.connect() as connection:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                try:
                    return fn(connection, *args, **kwargs)
                except StopIteration as error:
                    raise ran_out(error) or error from None

    async def scrub(self, *, at_most: int | None = None) -> bool:
        """Dead rows are cleared out; its log and its archives are the keeper's."""
        await self._loop.run_in_executor(self._writers, self._vacuum)
        return True

    def _vacuum(self) -> None:
        with self._engine.connect() as connection:
            apart = connection.execution_options(isolation_level="AUTOCOMMIT")
            for table in metadata.sorted_tables:
                apart.exec_driver_sql(f"VACUUM {table.name}")

    async def changed_elsewhere(self) -> bool:
        seen = await self._loop.run_in_executor(self._readers, lambda: self._read(_horizon))
        changed = seen != self._seen
        self._seen = seen
        return changed

    async def close(self) -> None:
        self._writers.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._engine.dispose()


def _horizon(tx: Connection) -> Any:
    """Moves whenever an entry of the journal becomes readable (and at times when none does)."""
    return tx.exec_driver_sql("SELECT pg_snapshot_xmin(pg_current_snapshot())::text").scalar()


def driver_url(url: str) -> str:
    """The same address with the driver this project uses."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
