"""What a firm wrote of somebody stays with the firm: it does not go along when a booking goes to another one."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from jobdating.db import tables as t
from jobdating.domain.states import NextStep

_NOTHING = {"note": "", "rating": None, "next_step": NextStep.UNDECIDED.value, "reviewed_at": None}


def leave(tx: Connection, moves: Iterable[tuple[int, int, int]]) -> None:
    """Forget the notes of the bookings (id, stand before, stand after) that change firms. A colleague keeps them."""
    changed = [each for each in moves if each[1] != each[2]]
    if not changed:
        return
    s = t.stands.c
    stands = {stand_id for each in changed for stand_id in each[1:]}
    firms = {row.id: row.company_id for row in tx.execute(select(s.id, s.company_id).where(s.id.in_(stands)))}
    ids = [booking_id for booking_id, before, after in changed if firms[before] != firms[after]]
    tx.execute(update(t.bookings).where(t.bookings.c.id.in_(ids)).values(_NOTHING))
