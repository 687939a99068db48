"""Tells which rule of the database a failed statement broke."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

# What SQLite says in its message → the constraint's name, which PostgreSQL gives directly.
_SQLITE = {
    "bookings.slot_id, bookings.seat": "one_booking_per_seat",
    "index 'one_booking_per_seat'": "one_booking_per_seat",
    "failed: bookings.candidate_id": "one_room_per_candidate",
    "gap_offers.gap_id": "one_taker_per_gap",
    "gap_offers.candidate_id": "one_offer_per_candidate",
    "gaps.stand_id": "one_open_gap_per_stand",
    "no_overlap": "no_overlap",
}


@contextmanager
def refused_as(refusals: Mapping[str, Exception]) -> Iterator[None]:
    """Turn the violation of a named constraint into the refusal given for it; let all else through."""
    try:
        yield
    except Exception as error:
        name = constraint(error)
        if name is not None and name in refusals:
            raise refusals[name] from error
        raise


def constraint(error: Exception) -> str | None:
    """The name of the violated constraint, or None when the error is something else."""
    plain = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(plain, sqlite3.IntegrityError):
        message = str(plain)
        return next((name for words, name in _SQLITE.items() if words in message), None)
    return getattr(getattr(plain, "diag", None), "constraint_name", None)
