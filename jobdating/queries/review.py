"""What a stand knows of its own interviews: one person's profile, and the whole list to finish and to export."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.errors import NotFound
from jobdating.domain.states import BookingState
from jobdating.queries.cockpit import Board
from jobdating.queries.interviews import Entry, entries


@dataclass(frozen=True)
class Profile:
    """Somebody who has an interview with the stand. Contact is there once both have said yes."""

    fair_id: int
    entry: Entry
    about: str
    email: str
    phone: str
    made_at: datetime


def profile(tx: Connection, board: Board, booking_id: int) -> Profile:
    """The person of one of the stand's bookings. Raises NotFound: also when it was cancelled, or is only offered."""
    found = entries(tx, board.stand_id, t.bookings.c.id == booking_id)
    if not found or found[0].state is BookingState.HELD:
        raise NotFound(what="booking")
    row = tx.execute(
        select(t.candidates.c.about, t.accounts.c.email, t.accounts.c.phone, t.bookings.c.made_at)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .where(t.bookings.c.id == booking_id)
    ).one()
    asked = found[0].state is BookingState.REQUESTED
    return Profile(
        board.fair_id, found[0], row.about, "" if asked else row.email, "" if asked else row.phone or "", row.made_at
    )


def interviews(tx: Connection, board: Board) -> tuple[Entry, ...]:
    """All interviews of the stand on all days, done, missed or to come, by time."""
    offered = [BookingState.HELD.value, BookingState.REQUESTED.value]
    found = entries(tx, board.stand_id, t.bookings.c.state.not_in(offered))
    return tuple(sorted(found, key=lambda entry: (entry.due_at, entry.booking_id)))
