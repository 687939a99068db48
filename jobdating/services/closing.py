"""For how long a stand that was closed by a repair takes nobody without an appointment: the rest of a half-day, or a day.

What holds is in the repairs and compared with the time itself; `stands.shut_until` is what the pages show of it, brought
up to date here. The stand must be locked by whoever asks in order to act.
"""

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.services import rows


def until(tx: Connection, stand_id: int, *, now: datetime) -> datetime | None:
    """When the stand takes people again; None while it does."""
    r = t.repairs.c
    stands = (r.stand_id == stand_id, r.undone_at.is_(None), r.shuts_at <= now, r.reopens_at > now)
    found: datetime | None = tx.execute(select(func.max(r.reopens_at)).where(*stands)).scalar()
    return found


def ensure_open(tx: Connection, stand_id: int, *, now: datetime) -> None:
    """Raises StandShut."""
    shut_until = until(tx, stand_id, now=now)
    if shut_until is not None:
        raise errors.StandShut(until=shut_until)


def show(tx: Connection, stand_id: int, *, now: datetime) -> bool:
    """Bring what the pages show up to date; whether it changed."""
    shown, holds = t.stands.c.shut_until, until(tx, stand_id, now=now)
    changed = tx.execute(
        update(t.stands).where(t.stands.c.id == stand_id, shown.is_distinct_from(holds)).values(shut_until=holds)
    )
    return bool(changed.rowcount)


def turn(tx: Connection, *, stand_id: int, now: datetime) -> None:
    """The time has come to close or to open again: the pages are told."""
    stand = rows.lock_stand(tx, stand_id)
    if show(tx, stand_id, now=now):
        journal.append(tx, events.StandTurned(fair_id=stand.fair_id, stand_id=stand_id), at=now)


def reopen(tx: Connection, actor: Actor, *, stand_id: int, now: datetime) -> None:
    """The stand takes people again before the time that was said; slots stay as they are. Twice is once. Raises NotFound."""
    stand = rows.lock_stand(tx, stand_id)
    policy.ensure_staff(actor, stand_id=stand_id, fair_id=stand.fair_id)
    r = t.repairs.c
    tx.execute(
        update(t.repairs)
        .where(r.stand_id == stand_id, r.undone_at.is_(None), r.shuts_at <= now, r.reopens_at > now)
        .values(reopens_at=now)
    )
    if show(tx, stand_id, now=now):
        event = events.StandTurned(fair_id=stand.fair_id, stand_id=stand_id)
        journal.append(tx, event, at=now, by=actor.account_id)
