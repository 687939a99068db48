"""Keeps the rehearsals of a fair: asked for, under way, done. Playing happens elsewhere, outside any transaction.

Moments here are wall time, whatever the fair's clock says: they tell whether the process that plays is still there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from jobdating.db import tables as t
from jobdating.domain import policy
from jobdating.domain.policy import Actor

STUCK = timedelta(minutes=1)  # nothing was heard for so long: the process is gone
KEPT = 12  # of a fair, the latest
UNDER_WAY = ("wait", "play")


def ask(tx: Connection, actor: Actor, *, fair_id: int, asked: Mapping[str, Any], now: datetime) -> int | None:
    """Have a day rehearsed; the id, or None while another is under way. Raises NotFound for who may not."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    tx.execute(select(t.fairs.c.id).where(t.fairs.c.id == fair_id).with_for_update())  # one asks at a time
    r = t.rehearsals.c
    lost = (r.fair_id == fair_id, r.step.in_(UNDER_WAY), r.step_at < now - STUCK)
    tx.execute(update(t.rehearsals).where(*lost).values(step="failed", fault="gone"))
    if tx.execute(select(r.id).where(r.fair_id == fair_id, r.step.in_(UNDER_WAY))).first() is not None:
        return None
    values = {"fair_id": fair_id, "account_id": actor.account_id, "asked": dict(asked), "asked_at": now, "step_at": now}
    made: int = tx.execute(insert(t.rehearsals).values(**values).returning(r.id)).scalar_one()
    latest = select(r.id).where(r.fair_id == fair_id).order_by(r.id.desc()).limit(KEPT)
    tx.execute(delete(t.rehearsals).where(r.fair_id == fair_id, r.id.not_in(latest)))
    return made


def stop(tx: Connection, actor: Actor, *, fair_id: int, now: datetime) -> None:
    """End what is under way; what was drawn so far stays. Its process ends as soon as it next tells. Raises NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    r = t.rehearsals.c
    under_way = (r.fair_id == fair_id, r.step.in_(UNDER_WAY))
    tx.execute(update(t.rehearsals).where(*under_way).values(step="failed", fault="stopped", step_at=now))


def reach(tx: Connection, *, rehearsal_id: int, share: int, now: datetime) -> bool:
    """So many percent are played; whether anybody still wants to know."""
    return _change(tx, rehearsal_id, step="play", share=share, step_at=now)


def keep(tx: Connection, *, rehearsal_id: int, result: Sequence[Mapping[str, Any]], now: datetime) -> bool:
    """What the draws so far say; whether anybody wants more of them."""
    return _change(tx, rehearsal_id, step="play", step_at=now, done_at=now, result=list(result))


def finish(tx: Connection, *, rehearsal_id: int, now: datetime) -> None:
    """All is drawn."""
    _change(tx, rehearsal_id, step="done", share=100, step_at=now)


def give_up(tx: Connection, *, rehearsal_id: int, fault: str, now: datetime) -> None:
    """It ended before its end: "nothing_to_play", "too_long", "gone". What was drawn stays."""
    _change(tx, rehearsal_id, step="failed", step_at=now, fault=fault)


def _change(tx: Connection, rehearsal_id: int, **values: Any) -> bool:
    r = t.rehearsals.c
    return bool(
        tx.execute(update(t.rehearsals).where(r.id == rehearsal_id, r.step.in_(UNDER_WAY)).values(**values)).rowcount
    )
