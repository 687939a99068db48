"""Takes a stretch of time out of one stand or of all of them, and gives it back. Touches no booked slot."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.slots import Span
from jobdating.domain.states import LIVE, SlotState


@dataclass(frozen=True)
class Blocked:
    """How many slots changed, and how many were left because somebody has booked them."""

    changed: int
    booked: int


def block(tx: Connection, actor: Actor, *, fair_id: int, stand_id: int | None, span: Span, now: datetime) -> Blocked:
    """Block every free slot that touches `span`, of one stand or (None) of all. Raises NotFound."""
    return _turn(tx, actor, SlotState.BLOCKED, fair_id=fair_id, stand_id=stand_id, span=span, now=now)


def reopen(tx: Connection, actor: Actor, *, fair_id: int, stand_id: int | None, span: Span, now: datetime) -> Blocked:
    """Open the blocked slots that touch `span` again. Raises NotFound."""
    return _turn(tx, actor, SlotState.OPEN, fair_id=fair_id, stand_id=stand_id, span=span, now=now)


def _turn(
    tx: Connection, actor: Actor, state: SlotState, *, fair_id: int, stand_id: int | None, span: Span, now: datetime
) -> Blocked:
    policy.ensure_organiser(actor, fair_id=fair_id)
    touched = (
        select(t.slots.c.id, t.slots.c.stand_id)
        .join(t.stands)
        .where(
            t.stands.c.fair_id == fair_id,
            t.slots.c.starts_at < span.end,
            t.slots.c.ends_at > max(span.start, now),
            t.slots.c.state != state.value,
            t.IN_GRID,
        )
        .order_by(t.slots.c.id)
        .with_for_update(of=t.slots)
    )
    if stand_id is not None:
        if tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == stand_id)).scalar() != fair_id:
            raise NotFound(what="stand")
        touched = touched.where(t.slots.c.stand_id == stand_id)
    rows = tx.execute(touched).all()
    ids = [row.id for row in rows]
    live = t.bookings.c.state.in_([each.value for each in sorted(LIVE)])
    taken = set(tx.execute(select(t.bookings.c.slot_id).where(t.bookings.c.slot_id.in_(ids), live)).scalars())
    if state is SlotState.OPEN:
        taken = set()
    free = [row for row in rows if row.id not in taken]
    if free:
        tx.execute(update(t.slots).where(t.slots.c.id.in_([row.id for row in free])).values(state=state.value))
    for stand in sorted({row.stand_id for row in free}):
        journal.append(tx, events.StandChanged(fair_id=fair_id, stand_id=stand), at=now, by=actor.account_id)
    return Blocked(len(free), len(taken))
