"""Runs synchronous functions in transactions: `await db.read(fn, …)` and `await db.write(fn, …)`.

Invariants:
- A function handed over gets a connection as its first argument and cannot await, so no transaction is ever held
  across mail, a socket or HTTP, and a cancelled request cannot leave one half done.
- `write` answers only after the commit is on disk. It may run a function twice (retry), so the function has no
  effect outside the database. It may raise a domain error: then its own changes are undone, nobody else's.
- `read` sees one snapshot and never waits for a writer.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, make_url

P = ParamSpec("P")
T = TypeVar("T")
Unit = Callable[Concatenate[Connection, P], T]


class Database(Protocol):
    """What the rest of the product knows of a database. Made by `open_database`."""

    @property
    def url(self) -> str: ...

    async def read(self, fn: Unit[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def write(self, fn: Unit[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    def on_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` in the event loop after each commit of this process."""

    async def changed_elsewhere(self) -> bool:
        """Whether another process may have committed since the last call (cheap; for polling)."""

    async def scrub(self, *, at_most: int | None = None) -> bool:
        """Leave nothing of deleted rows in the database's files; writers wait meanwhile (4 ms a megabyte on SQLite).

        False, and nothing done, where the file is larger than `at_most` bytes. Raises Unavailable.
        """

    async def close(self) -> None: ...


class Unavailable(Exception):
    """The database cannot take writes now (disk full, or gone). Nothing was changed."""


def ran_out(error: BaseException) -> RuntimeError | None:
    """What to raise for a StopIteration: no future takes one, and whoever waits for the answer would wait for ever."""
    return RuntimeError("a function ran out of things to look at") if isinstance(error, StopIteration) else None


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…`. Must be called inside a running event loop.

    Raises ValueError for another kind of address.
    """
    from jobdating.db.postgresql import PostgreSQL
    from jobdating.db.sqlite import SQLite

    kind = make_url(url).get_backend_name()
    if kind == "sqlite":
        return SQLite(url, asyncio.get_running_loop())
    if kind == "postgresql":
        return PostgreSQL(url, asyncio.get_running_loop())
    raise ValueError("the database is sqlite:///path or postgresql://…")


def path_of(url: str) -> Path | None:
    """The file of a SQLite address; None for PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
