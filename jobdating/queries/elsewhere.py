"""Who is with another recruiter, or is left to one for now, and until about when. For a stand or for all of a fair."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, select

from jobdating.db import tables as t
from jobdating.domain.states import WAITING, WITH_RECRUITER


@dataclass(frozen=True)
class Elsewhere:
    """The stand that has somebody, or goes first. `until` is by the plan: started or foreseen, and an interview."""

    stand_id: int
    stand: str
    since: datetime
    until: datetime


def elsewhere(tx: Connection, *conditions: ColumnElement[bool]) -> dict[int, Elsewhere]:
    """Candidates who are called or in an interview, by id: nobody is in two rooms. Conditions are on `bookings`."""
    rows = tx.execute(
        select(
            t.bookings.c.candidate_id,
            t.bookings.c.stand_id,
            t.stands.c.name,
            t.bookings.c.called_at,
            t.bookings.c.started_at,
            t.bookings.c.extra_minutes,
            t.fairs.c.interview_minutes,
        )
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .join(t.fairs, t.fairs.c.id == t.bookings.c.fair_id)
        .where(t.bookings.c.state.in_([state.value for state in sorted(WITH_RECRUITER)]), *conditions)
    )
    found = {}
    for row in rows:
        since = row.started_at or row.called_at
        until = since + timedelta(minutes=row.interview_minutes + row.extra_minutes)
        found[row.candidate_id] = Elsewhere(row.stand_id, row.name, since, until)
    return found


def yielded(tx: Connection, *conditions: ColumnElement[bool]) -> dict[int, Elsewhere]:
    """Bookings that let another go first, by id, while that other is not over. Conditions are on `bookings`."""
    other = t.bookings.alias("other")
    is_first = t.clashes.c.yielded_id == t.clashes.c.first_id
    going_first = case((is_first, t.clashes.c.second_id), else_=t.clashes.c.first_id)
    live = [state.value for state in sorted(WAITING | WITH_RECRUITER)]
    rows = tx.execute(
        select(
            t.bookings.c.id,
            other.c.stand_id,
            t.stands.c.name,
            t.clashes.c.found_at,
            case((is_first, t.clashes.c.second_at), else_=t.clashes.c.first_at).label("at"),
            t.fairs.c.interview_minutes,
        )
        .join(t.clashes, t.clashes.c.yielded_id == t.bookings.c.id)
        .join(other, and_(other.c.id == going_first, other.c.state.in_(live)))
        .join(t.stands, t.stands.c.id == other.c.stand_id)
        .join(t.fairs, t.fairs.c.id == t.bookings.c.fair_id)
        .where(*conditions)
    )
    return {
        row.id: Elsewhere(row.stand_id, row.name, row.found_at, row.at + timedelta(minutes=row.interview_minutes))
        for row in rows
    }


def left_at(row: Any) -> datetime | None:
    """When the connection of somebody who had checked in was lost; None for who is connected, or never was since."""
    if row.connected_since is not None or row.seen_at is None or row.checked_in_at is None:
        return None
    moment: datetime = row.seen_at
    return moment if moment >= row.checked_in_at else None
