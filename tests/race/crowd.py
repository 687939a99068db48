"""Sends a crowd at one scarce thing, with the product's guards or, as a control, without them."""

import asyncio
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from jobdating.db.engine import Database
from jobdating.db.postgresql import driver_url
from jobdating.db.statement import Statement
from jobdating.domain.errors import DomainError
from jobdating.services import rows

Call = Callable[[Connection], Any]
THREADS = 8


async def at_once(db: Database, calls: Iterable[Call]) -> Counter[str]:
    """How many were carried out ("done"), and how many were refused with which code."""

    async def one(call: Call) -> str:
        try:
            await db.write(call)
        except DomainError as error:
            return error.code
        return "done"

    return Counter(await asyncio.gather(*(one(call) for call in calls)))


def at_once_unguarded(url: str, calls: Iterable[Call]) -> Counter[str]:
    """The same crowd on plain connections, a thread each, with transactions as a driver begins them by default."""
    engine = _plain_engine(url)

    def one(call: Call) -> str:
        try:
            with engine.begin() as connection:
                call(connection)
        except DomainError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        outcome = Counter(pool.map(one, calls))
    engine.dispose()
    return outcome


@contextmanager
def guards_off(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No row locks, no constraint on scarce things; what remains is "look, then write"."""
    with monkeypatch.context() as patch:
        for name in ("_SLOT", "_BOOKING", "_CANDIDATE"):
            locked = getattr(rows, name)
            patch.setattr(rows, name, Statement(locked._core.with_for_update(read=True, key_share=True)))
        engine = _plain_engine(url)
        with engine.begin() as connection:
            for statement in _DROPS[connection.dialect.name]:
                connection.execute(text(statement))
        engine.dispose()
        yield


def all_look_first(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Make every caller of `module.name` wait until as many have looked as there are threads: the worst timing."""
    look = getattr(module, name)
    everybody = threading.Barrier(THREADS)

    def look_and_wait(*args: Any, **kwargs: Any) -> Any:
        seen = look(*args, **kwargs)
        try:
            everybody.wait(timeout=2)
        except threading.BrokenBarrierError:
            everybody.reset()
        return seen

    monkeypatch.setattr(module, name, look_and_wait)


_DROPS = {
    "sqlite": (
        "DROP INDEX one_booking_per_seat",
        "DROP INDEX one_room_per_candidate",
        "DROP INDEX one_taker_per_gap",
        "DROP TRIGGER bookings_no_overlap_insert",
        "DROP TRIGGER bookings_no_overlap_update",
    ),
    "postgresql": (
        "DROP INDEX one_booking_per_seat",
        "DROP INDEX one_room_per_candidate",
        "DROP INDEX one_taker_per_gap",
        "ALTER TABLE bookings DROP CONSTRAINT no_overlap",
    ),
}


def _plain_engine(url: str) -> Any:
    if make_url(url).get_backend_name() == "sqlite":
        path = make_url(url).database or ""
        return create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(path, timeout=30, check_same_thread=False),
            poolclass=NullPool,
        )
    return create_engine(driver_url(url), poolclass=NullPool)
