"""What a stand writes about an interview. Two who write at once lose nothing: neither silently replaces the other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import errors, events, policy
from jobdating.domain.policy import Actor
from jobdating.domain.states import BookingState, NextStep
from jobdating.domain.text import tidied
from jobdating.services import rows
from jobdating.services.booking import Booking, booking_of, ids_of

RATINGS = range(1, 6)
NOTE_LENGTH = 4_000


@dataclass(frozen=True)
class Review:
    """A note, 1–5 or nothing, and what follows."""

    note: str
    rating: int | None
    next_step: NextStep


class NoteChanged(errors.DomainError):
    """Somebody else wrote into the note meanwhile; `params["fields"]["note"]` is what they wrote."""

    code = "note_changed"


def write(
    tx: Connection,
    actor: Actor,
    *,
    booking_id: int,
    note: str,
    rating: int | None,
    next_step: NextStep,
    now: datetime,
    base: Review | None = None,
    keep_both: bool = False,
) -> Booking:
    """Before, during or after an interview: facts, 1–5, and what follows. Writing the same again is no change.

    `base` is what the writer began from: what they left alone stays as others have it by now, and where both changed
    the note NoteChanged is raised, or (`keep_both`) theirs is kept above. Without it everything is replaced.
    Raises NotFound, WrongState (not a place at this stand), Invalid, NoteChanged.
    """
    typed = Review(tidied(note), rating, next_step)
    _ensure_fit(typed)
    row = rows.booking(tx, booking_id)
    policy.ensure_staff(actor, stand_id=row.stand_id, fair_id=row.fair_id)
    if row.state in {BookingState.HELD, BookingState.REQUESTED, BookingState.CANCELLED}:
        raise errors.WrongState(state=row.state)
    stored = _stored(tx, row.id)
    written = Review(stored.note, stored.rating, NextStep(stored.next_step))
    wanted = typed if base is None else _merged(typed, base, written, keep_both=keep_both)
    if stored.reviewed_at and wanted == written:
        return booking_of(row)
    _ensure_fit(wanted)
    tx.execute(
        update(t.bookings)
        .where(t.bookings.c.id == row.id)
        .values(note=wanted.note, rating=wanted.rating, next_step=wanted.next_step.value, reviewed_at=now)
    )
    journal.append(tx, events.InterviewReviewed(**ids_of(row)), at=now, by=actor.account_id)
    return booking_of(row)


def _stored(tx: Connection, booking_id: int) -> Any:
    c = t.bookings.c
    return tx.execute(select(c.note, c.rating, c.next_step, c.reviewed_at).where(c.id == booking_id)).one()


def _merged(typed: Review, base: Review, written: Review, *, keep_both: bool) -> Review:
    """What the writer changed, and of the rest what is written by now."""
    begun = tidied(base.note)
    note = written.note if typed.note == begun else typed.note
    if typed.note not in {begun, written.note} and written.note != begun:
        if not keep_both:
            raise NoteChanged(fields={"note": written.note})
        note = f"{written.note}\n\n{typed.note}"
    return Review(
        note,
        written.rating if typed.rating == base.rating else typed.rating,
        written.next_step if typed.next_step is base.next_step else typed.next_step,
    )


def _ensure_fit(review: Review) -> None:
    wrong = {"rating": "out_of_range"} if review.rating is not None and review.rating not in RATINGS else {}
    if len(review.note) > NOTE_LENGTH:
        wrong["note"] = "too_long"
    if wrong:
        raise errors.Invalid(fields=wrong)
