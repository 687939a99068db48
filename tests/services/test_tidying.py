"""What is kept for a time is gone when the time is over, without anybody asking for it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from jobdating.clock import SteppedClock, WallClock
from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.realtime.timekeeping import Timekeeper
from jobdating.services import idempotency, sessions, sign_in, tidying, uploads
from jobdating.services.sign_in import Asking, Device
from tests import factories as make

KEY = "a key that only these tests know, long enough"
KEPT = ("sessions", "sign_ins", "guesses", "idempotency", "uploads", "outbox")


async def counts(db: Database) -> dict[str, int]:
    def read(tx: Connection) -> dict[str, int]:
        tables = {name: t.metadata.tables[name] for name in KEPT}
        return {
            name: tx.execute(select(func.count()).select_from(table)).scalar_one() for name, table in tables.items()
        }

    return await db.read(read)


def leave_traces(tx: Connection, *, wall: Any, told: Any) -> None:
    """An organiser who signed in and put a list of people up; a stranger who asked to sign in, and guessed wrongly."""
    fair = make.make_fair(tx)
    organiser = make.make_organiser(tx, fair)
    assert organiser.account_id is not None
    sessions.open(tx, organiser.account_id, now=wall)
    asking = Asking("inconnue@ailleurs.example", "192.0.2.1", "fr", "")
    sign_in.ask(tx, asking, key=KEY, now=wall, due_at=make.BEFORE)
    tx.execute(t.outbox.update().values(sent_at=told))
    sign_in.with_code(tx, "1", email=asking.email, network="n", device=Device("", None), key=KEY, now=wall)
    once: dict[str, Any] = {"account_id": organiser.account_id, "key": "k", "request_hash": "h", "now": make.BEFORE}
    idempotency.once(tx, **once, run=lambda _: {})
    uploads.put(tx, organiser, fair_id=fair, name="candidats.csv", content=b"Besnard", now=make.BEFORE)


async def test_each_thing_stays_its_time_and_no_longer(db: Database) -> None:
    wall = make.BEFORE
    await db.write(leave_traces, wall=wall, told=wall)
    for later, gone in (
        (timedelta(minutes=59), set()),
        (timedelta(hours=1), {"guesses"}),
        (timedelta(days=1), {"guesses", "idempotency", "outbox"}),
        (timedelta(days=1, seconds=1), {"guesses", "idempotency", "outbox", "sign_ins", "uploads"}),
        (sessions.IDLE, set(KEPT)),
    ):
        await db.write(tidying.tidy, now=make.BEFORE + later, wall=wall + later)
        assert {name for name, count in (await counts(db)).items() if not count} == gone, later


async def test_the_timekeeper_tidies_by_itself(db: Database) -> None:
    wall = WallClock().now() - timedelta(days=40)
    await db.write(leave_traces, wall=wall, told=wall)
    await Timekeeper(db, SteppedClock(make.BEFORE + timedelta(days=2))).round()
    assert set((await counts(db)).values()) == {0}
