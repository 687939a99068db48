"""What was done with a stand's people, as its page and the stand's sheet tell it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from jobdating.db import tables as t
from jobdating.domain.errors import NotFound
from jobdating.domain.repair import Way, decode
from jobdating.domain.states import BookingState
from jobdating.queries.interviews import short_name


@dataclass(frozen=True)
class Line:
    """One person: where they were and where they are to be; `left` says why undoing did not bring them back."""

    name: str
    before: datetime | None
    after: datetime | None
    stand: str  # "" when it is the same one
    cancelled: bool
    waits: bool
    left: str


@dataclass(frozen=True)
class Done:
    """A repair. `by` is "" for the system; `undone_at` None while it stands; `settled_at` None while it can go back."""

    repair_id: int
    fair_id: int
    fair_slug: str
    stand_id: int
    stand: str
    way: Way
    minutes: int
    since: datetime
    until: datetime
    by: str
    made_at: datetime
    undo_until: datetime
    settled_at: datetime | None
    undone_at: datetime | None
    lines: tuple[Line, ...]

    @property
    def moved(self) -> int:
        """How many have another time or place."""
        return sum(not line.cancelled for line in self.lines)

    @property
    def cancelled(self) -> int:
        return sum(line.cancelled for line in self.lines)

    @property
    def left(self) -> list[Line]:
        """Who could not be brought back."""
        return [line for line in self.lines if line.left]


def done(tx: Connection, fair_id: int, repair_id: int) -> Done:
    """One repair with everybody in it. Three statements. Raises NotFound."""
    row = _row(tx, t.repairs.c.id == repair_id, t.repairs.c.fair_id == fair_id)
    if row is None:
        raise NotFound(what="repair")
    return _done(tx, row)


def latest(tx: Connection, stand_id: int) -> Done | None:
    """The last one at a stand, if any. At most three statements."""
    row = _row(tx, t.repairs.c.stand_id == stand_id)
    return None if row is None else _done(tx, row)


def _row(tx: Connection, *which: ColumnElement[bool]) -> Any:
    query = (
        select(
            t.repairs,
            t.stands.c.name.label("stand"),
            t.fairs.c.slug,
            t.fairs.c.timezone,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
        )
        .join(t.stands, t.stands.c.id == t.repairs.c.stand_id)
        .join(t.fairs, t.fairs.c.id == t.repairs.c.fair_id)
        .outerjoin(t.accounts, t.accounts.c.id == t.repairs.c.account_id)
        .where(*which)
        .order_by(t.repairs.c.made_at.desc(), t.repairs.c.id.desc())
        .limit(1)
    )
    return tx.execute(query).first()


def _done(tx: Connection, row: Any) -> Done:
    record = decode(row.data)
    names = {
        each.id: short_name(each)
        for each in tx.execute(
            select(t.candidates.c.id, t.accounts.c.first_name, t.accounts.c.last_name)
            .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
            .where(t.candidates.c.id.in_([each.candidate_id for each in record.people]))
        )
    }
    elsewhere = {each.after.stand_id for each in record.people} - {row.stand_id}
    query = select(t.stands.c.id, t.stands.c.name).where(t.stands.c.id.in_(sorted(elsewhere)))
    stands = {each.id: each.name for each in tx.execute(query)}
    left = {each.booking_id: each.reason for each in record.left}
    people = sorted(record.people, key=lambda each: (each.before.queued_at, each.booking_id))
    return Done(
        repair_id=row.id,
        fair_id=row.fair_id,
        fair_slug=row.slug,
        stand_id=row.stand_id,
        stand=row.stand,
        way=Way(row.way),
        minutes=record.minutes,
        since=record.since,
        until=record.until,
        by=f"{row.first_name or ''} {row.last_name or ''}".strip(),
        made_at=row.made_at,
        undo_until=row.undo_until,
        settled_at=row.settled_at,
        undone_at=row.undone_at,
        lines=tuple(
            Line(
                name=names.get(each.candidate_id, ""),
                before=each.before.span.start if each.before.span else None,
                after=each.after.span.start if each.after.span else None,
                stand=stands.get(each.after.stand_id, ""),
                cancelled=each.after.state is BookingState.CANCELLED,
                waits=each.waits,
                left=left.get(each.booking_id, ""),
            )
            for each in people
        ),
    )
