"""Keeps the files of an import between preview and confirmation, and how far it is. Understands nothing in them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from jobdating.db import tables as t
from jobdating.domain import policy
from jobdating.domain.policy import Actor

KEPT = timedelta(days=1)
STUCK = timedelta(minutes=2)  # no step for so long: the process that worked on it is gone


def put(tx: Connection, actor: Actor, *, fair_id: int, name: str, content: bytes, now: datetime) -> int:
    """Keep the files for a day; returns the id. Raises NotFound for who may not import."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    row = {
        "fair_id": fair_id,
        "account_id": actor.account_id,
        "name": name[:200],
        "content": content,
        "made_at": now,
        "step_at": now,
    }
    return int(tx.execute(insert(t.uploads).values(row).returning(t.uploads.c.id)).scalar_one())


def start(tx: Connection, actor: Actor, *, upload_id: int, fair_id: int, now: datetime) -> bool:
    """Take the import in hand; False when somebody has already, so that two clicks are one import."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    waiting = (t.uploads.c.step == "uploaded") | (t.uploads.c.step_at < now - STUCK)
    done = tx.execute(
        update(t.uploads)
        .where(t.uploads.c.id == upload_id, t.uploads.c.fair_id == fair_id, t.uploads.c.step != "done", waiting)
        .values(step="read", step_at=now)
    )
    return done.rowcount == 1


def reach(tx: Connection, *, upload_id: int, step: str, now: datetime) -> None:
    """How far the import is."""
    tx.execute(update(t.uploads).where(t.uploads.c.id == upload_id).values(step=step, step_at=now))


def forget(tx: Connection, *, now: datetime) -> None:
    """Drop the files that nobody confirmed within a day, and what older imports told."""
    tx.execute(delete(t.uploads).where(t.uploads.c.made_at < now - KEPT))


def finish(tx: Connection, *, upload_id: int, result: dict[str, Any] | None, now: datetime) -> None:
    """It is done, and its files are forgotten; without a result it goes back to its preview."""
    values: dict[str, Any] = {"step": "uploaded", "step_at": now}
    if result is not None:
        values |= {"step": "done", "result": result, "content": b""}
    tx.execute(update(t.uploads).where(t.uploads.c.id == upload_id).values(values))
