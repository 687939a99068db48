"""Carries out a command once for each key a caller gives: a timeout is not a failure, so they may ask again.

The answer is stored in the transaction of the command. Refusals are not stored. Keys are forgotten after a day.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.domain.errors import KeyReused

KEPT = timedelta(hours=24)

_FIND = Statement(
    select(t.idempotency.c.request_hash, t.idempotency.c.answer, t.idempotency.c.made_at).where(
        t.idempotency.c.account_id == bindparam("account_id"), t.idempotency.c.key == bindparam("key")
    )
)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(:account_id, hashtext(:key))")
_KEEP = Statement(
    insert(t.idempotency).values(
        {name: bindparam(name) for name in ("account_id", "key", "request_hash", "answer", "made_at")}
    )
)


def once(
    tx: Connection,
    *,
    account_id: int,
    key: str,
    request_hash: str,
    now: datetime,
    run: Callable[[Connection], dict[str, Any]],
) -> dict[str, Any]:
    """The answer of `run`, or the stored one of the first time. Raises KeyReused for another request with the key."""
    if tx.dialect.name == "postgresql":  # one at a time for a key; SQLite has one writer
        tx.execute(_ONE_AT_A_TIME, {"account_id": account_id, "key": key})
    stored = _FIND.first(tx, account_id=account_id, key=key)
    if stored is not None and now - stored.made_at < KEPT:
        if stored.request_hash != request_hash:
            raise KeyReused()
        answer: dict[str, Any] = stored.answer
        return answer
    if stored is not None:
        forget(tx, now=now)
    answer = run(tx)
    _KEEP.run(tx, account_id=account_id, key=key, request_hash=request_hash, answer=answer, made_at=now)
    return answer


def forget(tx: Connection, *, now: datetime) -> None:
    """Drop keys older than a day."""
    tx.execute(delete(t.idempotency).where(t.idempotency.c.made_at <= now - KEPT))
