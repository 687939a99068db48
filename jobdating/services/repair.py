"""Moves the people of a stand together, as an organiser agreed to: all of them or none."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain import errors, policy
from jobdating.domain.policy import Actor
from jobdating.services import booking, rows
from jobdating.services.booking import Booking


def move_all(
    tx: Connection, actor: Actor, *, stand_id: int, moves: Sequence[tuple[int, int]], now: datetime
) -> list[Booking]:
    """Carry out (booking, slot) pairs of a preview. Each candidate is told, each move is its own journal entry.

    Raises NotFound, and what `booking.move` raises: then nobody was moved, and the preview is to be made again.
    """
    stand = rows.stand(tx, stand_id)
    policy.ensure_organiser(actor, fair_id=stand.fair_id)
    known = set(
        tx.execute(
            select(t.bookings.c.id).where(
                t.bookings.c.stand_id == stand_id, t.bookings.c.id.in_([booking_id for booking_id, _ in moves])
            )
        ).scalars()
    )
    if known != {booking_id for booking_id, _ in moves}:
        raise errors.WrongState()
    # Lock order: slots by id, all of them before the first move.
    for slot_id in sorted({slot_id for _, slot_id in moves}):
        rows.slot(tx, slot_id)
    return [booking.move(tx, actor, booking_id=booking_id, slot_id=slot_id, now=now) for booking_id, slot_id in moves]
