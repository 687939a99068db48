"""One stand as its organiser sees it: the wall's row, the cockpit's board, and who works there."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.states import LIVE, WITH_RECRUITER, BookingState
from jobdating.domain.window import day_span
from jobdating.queries import cockpit, repairs, wall
from jobdating.queries.cockpit import Board
from jobdating.queries.interviews import short_name
from jobdating.queries.repairs import Done
from jobdating.queries.wall import Row


@dataclass(frozen=True)
class Colleague:
    """Somebody who staffs the stand; `phone` is "" when there is none."""

    name: str
    email: str
    phone: str
    lead: bool


@dataclass(frozen=True)
class Sheet:
    """All an organiser needs to help a stand, with every act its recruiter has. `done` is the day's last repair."""

    stand_id: int
    fair_id: int
    fair_slug: str
    row: Row
    board: Board
    staff: tuple[Colleague, ...]
    done: Done | None
    takes_walk_ins: bool
    connected_since: datetime | None
    seen_at: datetime | None


def sheet(tx: Connection, stand_id: int, *, day: date | None = None) -> Sheet | None:
    """The sheet of a stand on a day, the live one unless told; None when there is no such stand."""
    row, board = wall.row(tx, stand_id, day=day), cockpit.board(tx, stand_id, day=day)
    if row is None or board is None:
        return None
    stand = tx.execute(
        select(t.stands.c.takes_walk_ins, t.stands.c.connected_since, t.stands.c.seen_at, t.fairs.c.timezone)
        .join(t.fairs)
        .where(t.stands.c.id == stand_id)
    ).one()
    done = repairs.latest(tx, stand_id)
    return Sheet(
        stand_id=stand_id,
        fair_id=row.fair_id,
        fair_slug=row.fair_slug,
        row=row,
        board=board,
        staff=_staff(tx, stand_id),
        done=done if done and done.made_at >= day_span(row.day, stand.timezone)[0] else None,
        takes_walk_ins=stand.takes_walk_ins,
        connected_since=stand.connected_since,
        seen_at=stand.seen_at,
    )


def _staff(tx: Connection, stand_id: int) -> tuple[Colleague, ...]:
    people = tx.execute(
        select(t.accounts, t.recruiters.c.lead)
        .join(t.recruiters, t.recruiters.c.account_id == t.accounts.c.id)
        .where(t.recruiters.c.stand_id == stand_id)
        .order_by(t.recruiters.c.id)
    )
    return tuple(
        Colleague(f"{person.first_name} {person.last_name}".strip(), person.email, person.phone or "", person.lead)
        for person in people
    )


@dataclass(frozen=True)
class Neighbour:
    """Somebody who is here, waits at another stand, and looks for a trade of this one."""

    candidate_id: int
    name: str
    trades: tuple[str, ...]
    stand_id: int
    stand: str
    due_at: datetime


def neighbours(tx: Connection, stand_id: int, *, limit: int = 12) -> list[Neighbour]:
    """Who could come over, the longest expected first: present, free, and not in this stand’s line. Two statements."""
    fair = tx.execute(
        select(t.stands.c.fair_id, t.fairs.c.live_day, t.fairs.c.timezone)
        .join(t.fairs)
        .where(t.stands.c.id == stand_id)
    ).first()
    if fair is None or fair.live_day is None:
        return []
    start, end = day_span(fair.live_day, fair.timezone)
    other = t.bookings.alias()
    here_already = (
        select(other.c.id)
        .where(
            other.c.candidate_id == t.bookings.c.candidate_id,
            other.c.state.in_([state.value for state in sorted(LIVE)]),
            (other.c.stand_id == stand_id) | other.c.state.in_([state.value for state in sorted(WITH_RECRUITER)]),
        )
        .exists()
    )
    rows = tx.execute(
        select(
            t.bookings.c.candidate_id,
            t.bookings.c.stand_id,
            t.bookings.c.queued_at,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.stands.c.name.label("stand"),
            t.stand_trades.c.trade,
        )
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .join(t.candidate_trades, t.candidate_trades.c.candidate_id == t.bookings.c.candidate_id)
        .join(
            t.stand_trades,
            (t.stand_trades.c.trade == t.candidate_trades.c.trade) & (t.stand_trades.c.stand_id == stand_id),
        )
        .where(
            t.bookings.c.fair_id == fair.fair_id,
            t.bookings.c.state == BookingState.CHECKED_IN.value,
            t.bookings.c.queued_at >= start,
            t.bookings.c.queued_at < end,
            t.bookings.c.stand_id != stand_id,
            ~here_already,
        )
        .order_by(t.bookings.c.queued_at, t.bookings.c.id, by_name(t.stand_trades.c.trade))
    )
    found: dict[int, Neighbour] = {}
    for row in rows:
        before = found.get(row.candidate_id)
        if before is None:
            person = Neighbour(row.candidate_id, short_name(row), (row.trade,), row.stand_id, row.stand, row.queued_at)
            found[row.candidate_id] = person
    return list(found.values())[:limit]
