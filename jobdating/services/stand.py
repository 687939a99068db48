"""What a stand says of itself: away, back, a slot taken out or put back. Touches nobody's booking.

A slot is locked as when somebody books it, so that the two cannot cross.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.domain.states import LIVE, SlotState
from jobdating.services import rows


def away(tx: Connection, actor: Actor, *, stand_id: int, now: datetime) -> None:
    """The stand takes a break; those who wait are told. Being away twice is being away once. Raises NotFound."""
    stand = _staffed(tx, actor, stand_id)
    if stand.away_since is None:
        tx.execute(update(t.stands).where(t.stands.c.id == stand_id).values(away_since=now))
        event = events.StandWentAway(fair_id=stand.fair_id, stand_id=stand_id)
        journal.append(tx, event, at=now, by=actor.account_id)


def back(tx: Connection, actor: Actor, *, stand_id: int, now: datetime) -> None:
    """The break is over. Raises NotFound."""
    stand = _staffed(tx, actor, stand_id)
    if stand.away_since is not None:
        tx.execute(update(t.stands).where(t.stands.c.id == stand_id).values(away_since=None))
        event = events.StandCameBack(fair_id=stand.fair_id, stand_id=stand_id)
        journal.append(tx, event, at=now, by=actor.account_id)


def block_slot(tx: Connection, actor: Actor, *, slot_id: int, now: datetime) -> None:
    """Take a free slot out, so that nobody books it. Raises SlotTaken when somebody has it, NotFound."""
    slot = _slot(tx, actor, slot_id)
    if slot.state == SlotState.BLOCKED:
        return
    live = [state.value for state in sorted(LIVE)]
    taken = select(t.bookings.c.id).where(t.bookings.c.slot_id == slot_id, t.bookings.c.state.in_(live)).limit(1)
    if tx.execute(taken).scalar() is not None:
        raise errors.SlotTaken()
    _set(tx, slot_id, SlotState.BLOCKED)
    event = events.SlotBlocked(fair_id=slot.fair_id, stand_id=slot.stand_id, slot_id=slot_id)
    journal.append(tx, event, at=now, by=actor.account_id)


def reopen_slot(tx: Connection, actor: Actor, *, slot_id: int, now: datetime) -> None:
    """Put a slot that was taken out back on offer. Raises NotFound."""
    slot = _slot(tx, actor, slot_id)
    if slot.state == SlotState.OPEN:
        return
    _set(tx, slot_id, SlotState.OPEN)
    event = events.SlotReopened(fair_id=slot.fair_id, stand_id=slot.stand_id, slot_id=slot_id)
    journal.append(tx, event, at=now, by=actor.account_id)


def record_export(tx: Connection, actor: Actor, *, stand_id: int, now: datetime) -> None:
    """Write down that the actor takes the stand's interviews away in a file. Raises NotFound."""
    stand = _staffed(tx, actor, stand_id)
    event = events.InterviewsExported(fair_id=stand.fair_id, stand_id=stand_id)
    journal.append(tx, event, at=now, by=actor.account_id)


def record_reading(tx: Connection, actor: Actor, *, stand_id: int, now: datetime) -> None:
    """Write down that somebody who does not work at the stand sees its notes. Raises NotFound."""
    stand = _staffed(tx, actor, stand_id)
    event = events.NotesRead(fair_id=stand.fair_id, stand_id=stand_id)
    journal.append(tx, event, at=now, by=actor.account_id)


def _staffed(tx: Connection, actor: Actor, stand_id: int) -> Any:
    stand = rows.lock_stand(tx, stand_id)
    policy.ensure_staff(actor, stand_id=stand_id, fair_id=stand.fair_id)
    return stand


def _slot(tx: Connection, actor: Actor, slot_id: int) -> rows.SlotRow:
    slot = rows.slot(tx, slot_id)
    policy.ensure_staff(actor, stand_id=slot.stand_id, fair_id=slot.fair_id)
    return slot


def _set(tx: Connection, slot_id: int, state: SlotState) -> None:
    done = tx.execute(update(t.slots).where(t.slots.c.id == slot_id, t.IN_GRID).values(state=state.value))
    if not done.rowcount:
        raise errors.NotFound(what="slot")
