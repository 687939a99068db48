"""When sessions end by themselves. Ids are those of OWASP ASVS 5.0."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.services import sessions
from tests.factories import make_account

NOW = datetime(2027, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
async def account_id(db: Database) -> int:
    return await db.write(make_account)


async def is_open(db: Database, secret: str, *, now: datetime) -> bool:
    return await db.read(sessions.resolve, secret, now=now) is not None


async def test_session_that_nobody_uses_ends_after_fourteen_days(db: Database, account_id: int) -> None:
    """[7.3.1]"""
    secret, _ = await db.write(sessions.open, account_id, now=NOW)
    assert await is_open(db, secret, now=NOW + 14 * DAY - INSTANT)
    assert not await is_open(db, secret, now=NOW + 14 * DAY)


async def test_session_in_daily_use_ends_after_thirty_days(db: Database, account_id: int) -> None:
    """[7.3.2]"""
    secret, _ = await db.write(sessions.open, account_id, now=NOW)
    for day in range(30):
        now = NOW + day * DAY
        session = await db.read(sessions.resolve, secret, now=now)
        assert session is not None, day
        assert session.is_stale(now=now) is (day > 0)
        await db.write(sessions.seen, session.id, now=now)
    assert await is_open(db, secret, now=NOW + 30 * DAY - INSTANT)
    assert not await is_open(db, secret, now=NOW + 30 * DAY)


async def test_holding_the_second_factor_makes_no_session_last_longer(db: Database, account_id: int) -> None:
    """[7.3.2] The clock of the first sign-in goes on."""
    secret, _ = await db.write(sessions.open, account_id, now=NOW)
    session = await db.read(sessions.resolve, secret, now=NOW)
    assert session is not None
    held = await db.write(sessions.hold_second_factor, session.id, account_id=account_id, now=NOW + 13 * DAY)
    assert await is_open(db, held, now=NOW + 27 * DAY - INSTANT)
    assert not await is_open(db, held, now=NOW + 27 * DAY)
    again = await db.read(sessions.resolve, held, now=NOW + 20 * DAY)
    assert again is not None and again.expires_at == NOW + 30 * DAY


async def test_ended_sessions_are_dropped_and_no_others(db: Database, account_id: int) -> None:
    idle, _ = await db.write(sessions.open, account_id, now=NOW)
    fresh, _ = await db.write(sessions.open, account_id, now=NOW + 10 * DAY)
    now = NOW + 14 * DAY
    assert [len(await db.read(sessions.of_account, account_id, now=at)) for at in (now - INSTANT, now)] == [2, 1]
    assert await db.write(sessions.forget, now=now) == 1
    assert await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.sessions)).scalar_one()) == 1
    assert await is_open(db, fresh, now=now) and not await is_open(db, idle, now=NOW)
