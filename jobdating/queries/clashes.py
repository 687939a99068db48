"""People whom a stand expects at about the same time as another stand does: stored when it was found, in time to act."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, text

from jobdating.db import tables as t
from jobdating.domain.states import WAITING, WITH_RECRUITER


@dataclass(frozen=True)
class Clash:
    """One person, wanted here at `own_at` and at the other stand at `other_at`. `yielded` says which stand lets go."""

    clash_id: int
    booking_id: int
    name: str
    own_at: datetime
    other_stand_id: int
    other: str
    other_at: datetime
    yields: bool
    other_yields: bool


_FIRST, _SECOND = t.bookings.alias("first"), t.bookings.alias("second")
_HERE, _THERE = t.stands.alias("here"), t.stands.alias("there")
_LIVE = WAITING | WITH_RECRUITER
_OF_STAND = (
    select(
        t.clashes,
        _FIRST.c.stand_id.label("first_stand"),
        _SECOND.c.stand_id.label("second_stand"),
        _HERE.c.name.label("first_name_of_stand"),
        _THERE.c.name.label("second_name_of_stand"),
        t.accounts.c.first_name,
        t.accounts.c.last_name,
    )
    .join(_FIRST, _FIRST.c.id == t.clashes.c.first_id)
    .join(_SECOND, _SECOND.c.id == t.clashes.c.second_id)
    .join(_HERE, _HERE.c.id == _FIRST.c.stand_id)
    .join(_THERE, _THERE.c.id == _SECOND.c.stand_id)
    .join(t.candidates, t.candidates.c.id == t.clashes.c.candidate_id)
    .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
    .where(
        or_(_FIRST.c.stand_id == bindparam("stand_id"), _SECOND.c.stand_id == bindparam("stand_id")),
        text(t.one_of("first.state", _LIVE)),
        text(t.one_of("second.state", _LIVE)),
    )
    .order_by(t.clashes.c.second_at, t.clashes.c.id)
)


def of_stand(tx: Connection, stand_id: int) -> tuple[Clash, ...]:
    """The clashes of those who wait at a stand, soonest first. One statement."""
    rows = tx.execute(_OF_STAND, {"stand_id": stand_id})
    found = []
    for row in rows:
        is_first = row.first_stand == stand_id
        own, other = (row.first_id, row.second_id) if is_first else (row.second_id, row.first_id)
        found.append(
            Clash(
                clash_id=row.id,
                booking_id=own,
                name=f"{row.first_name} {row.last_name}".strip(),
                own_at=row.first_at if is_first else row.second_at,
                other_stand_id=row.second_stand if is_first else row.first_stand,
                other=row.second_name_of_stand if is_first else row.first_name_of_stand,
                other_at=row.second_at if is_first else row.first_at,
                yields=row.yielded_id == own,
                other_yields=row.yielded_id == other,
            )
        )
    return tuple(found)
