"""Whether a candidate may take places, as consents make it: written down, and what follows from a no.

Knows nothing of how the yes was asked for.
"""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, text, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.policy import SYSTEM
from jobdating.domain.privacy import ConsentKind, Permission
from jobdating.domain.states import BookingState
from jobdating.services import booking, waitlist

_ENDS_PLACES = frozenset({Permission.PARENT_REFUSED, Permission.WITHDRAWN})


def record(
    tx: Connection,
    *,
    account_id: int,
    fair_id: int | None,
    kind: ConsentKind,
    given_by: str,
    wording: str,
    now: datetime,
    until: date | None = None,
    signed_on: date | None = None,
    recorded_by: int | None = None,
) -> None:
    """Write down a yes in the words that were read; one of the same kind before it is replaced.

    `signed_on` and `recorded_by` are for one on paper: the day it bears, and the organiser who holds it.
    """
    take_back(tx, account_id=account_id, fair_id=fair_id, kind=kind, now=now)
    tx.execute(
        insert(t.consents).values(
            account_id=account_id, fair_id=fair_id, kind=kind.value, given_by=given_by, wording=wording, given_at=now,
            until=until, signed_on=signed_on, recorded_by=recorded_by,
        )
    )  # fmt: skip


def take_back(tx: Connection, *, account_id: int, fair_id: int | None, kind: ConsentKind, now: datetime) -> bool:
    """Whether there was such a consent; it is withdrawn now."""
    c = t.consents.c
    live = (c.account_id == account_id) & (c.fair_id == fair_id) & (c.kind == kind.value) & c.withdrawn_at.is_(None)
    return tx.execute(update(t.consents).where(live).values(withdrawn_at=now)).rowcount > 0


def has(tx: Connection, *, account_id: int, fair_id: int, kind: ConsentKind) -> bool:
    c = t.consents.c
    live = (c.account_id == account_id) & (c.fair_id == fair_id) & (c.kind == kind.value) & c.withdrawn_at.is_(None)
    return tx.execute(select(c.id).where(live)).first() is not None


def change(tx: Connection, *, candidate_id: int, permission: Permission, by: int | None, now: datetime) -> None:
    """Let the permission be this. A no gives back the places to come and leaves every waiting list.

    The same again is no change. An interview that runs is left to end.
    """
    row = tx.execute(select(t.candidates.c.fair_id, t.candidates.c.permission).where(_is(candidate_id))).one()
    if row.permission == permission:
        return
    tx.execute(update(t.candidates).where(_is(candidate_id)).values(permission=permission.value))
    if permission in _ENDS_PLACES:
        _end_places(tx, candidate_id, now=now)
    changed = events.PermissionChanged(fair_id=row.fair_id, candidate_id=candidate_id, permission=permission.value)
    journal.append(tx, changed, at=now, by=by)


def places(tx: Connection, candidate_ids: list[int]) -> list[int]:
    """The bookings that are given back when somebody goes."""
    b = t.bookings.c
    running = b.state == BookingState.IN_PROGRESS.value
    mine = b.candidate_id.in_(candidate_ids) & text(t.IS_LIVE) & ~running
    return list(tx.execute(select(b.id).where(mine).order_by(b.id)).scalars())


def _end_places(tx: Connection, candidate_id: int, *, now: datetime) -> None:
    waits = select(t.waitlist.c.stand_id).where(t.waitlist.c.candidate_id == candidate_id)
    for stand_id in sorted(tx.execute(waits).scalars()):
        waitlist.leave(tx, SYSTEM, stand_id=stand_id, candidate_id=candidate_id, now=now)
    for booking_id in places(tx, [candidate_id]):
        booking.cancel(tx, SYSTEM, booking_id=booking_id, now=now)


def _is(candidate_id: int) -> ColumnElement[bool]:
    return t.candidates.c.id == candidate_id
