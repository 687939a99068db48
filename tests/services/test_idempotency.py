"""A command with a key is carried out once, however often it is asked."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database
from jobdating.domain.errors import KeyReused, SlotTaken
from jobdating.services import idempotency
from tests import factories as make


def command(tx: Connection) -> dict[str, Any]:
    """Something that shows how often it ran."""
    return {"fair": make.make_fair(tx)}


def refuse(tx: Connection) -> dict[str, Any]:
    raise SlotTaken()


def fairs(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(t.fairs)).scalar_one()


async def test_the_same_key_gives_the_same_answer_and_runs_once(db: Database) -> None:
    ask: dict[str, Any] = {"account_id": 1, "key": "k", "request_hash": "a", "now": make.BEFORE, "run": command}
    answers = await asyncio.gather(*(db.write(idempotency.once, **ask) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert await db.read(fairs) == 1


async def test_the_same_key_for_another_request_is_refused(db: Database) -> None:
    ask: dict[str, Any] = {"account_id": 1, "key": "k", "now": make.BEFORE, "run": command}
    await db.write(idempotency.once, request_hash="a", **ask)
    with pytest.raises(KeyReused):
        await db.write(idempotency.once, request_hash="b", **ask)
    await db.write(idempotency.once, request_hash="b", **(ask | {"account_id": 2}))


async def test_a_refusal_is_not_kept_and_a_key_is_forgotten_after_a_day(db: Database) -> None:
    ask: dict[str, Any] = {"account_id": 1, "key": "k", "request_hash": "a"}
    with pytest.raises(SlotTaken):
        await db.write(idempotency.once, **ask, now=make.BEFORE, run=refuse)
    await db.write(idempotency.once, **ask, now=make.BEFORE, run=command)
    await db.write(idempotency.once, **ask, now=make.BEFORE + idempotency.KEPT - timedelta(seconds=1), run=command)
    assert await db.read(fairs) == 1
    await db.write(idempotency.once, **ask, now=make.BEFORE + idempotency.KEPT, run=command)
    assert await db.read(fairs) == 2
