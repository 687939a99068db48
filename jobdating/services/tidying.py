"""Drops what was kept for a time that is over, so that nothing about anybody stays by mere forgetting.

Ended sessions, addresses that asked to sign in and the mails to them, wrong guesses, keys of commands, and files of
imports that nobody confirmed. `wall` is the time of those that live by the wall clock.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, func

from jobdating.db import tables as t
from jobdating.services import idempotency, sessions, sign_in, uploads


def tidy(tx: Connection, *, now: datetime, wall: datetime) -> None:
    """Every hour is often enough: each of these refuses by itself what is too old."""
    sessions.forget(tx, now=wall)
    sign_in.forget(tx, now=wall)
    idempotency.forget(tx, now=now)
    uploads.forget(tx, now=now)
    o = t.outbox.c
    told = func.coalesce(o.sent_at, o.failed_at) <= wall - sign_in.KEPT
    tx.execute(delete(t.outbox).where(o.kind == "sign_in", told))
