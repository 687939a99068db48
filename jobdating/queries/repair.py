"""What a repair may work with: who is expected at a stand, its slots, and where else there is room.

A fixed number of statements. The same facts make the preview and, in the transaction that acts, the check of it.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from jobdating.db import tables as t
from jobdating.domain.errors import NotFound
from jobdating.domain.repair import NOTICE, Asked, Busy, Facts, Move, Outcome, OwnSlot, Person, Place, Plan, Way, plan
from jobdating.domain.slots import Span
from jobdating.domain.states import COUNTED, LIVE, WAITING, WITH_RECRUITER, BookingState, SlotState
from jobdating.domain.timeline import Column
from jobdating.domain.window import day_span
from jobdating.queries.interviews import short_name
from jobdating.queries.wall import grid

_LIVE = [state.value for state in sorted(LIVE)]
_FIRM = WAITING
_HAPPENED = (COUNTED - LIVE) | WITH_RECRUITER | {BookingState.NO_SHOW}


@dataclass(frozen=True)
class Repair:
    """The plan for a stand, with what its page says around it. `starts` are the times it can begin at; `more` counts
    those who are booked after `until`; `trades` are the stand's."""

    stand_id: int
    fair_id: int
    name: str
    trades: tuple[str, ...]
    asked: Asked
    until: datetime
    starts: tuple[datetime, ...]
    plan: Plan
    more: int
    undo_minutes: int

    def having(self, *outcomes: Outcome) -> list[Move]:
        """Those with one of these outcomes."""
        return [move for move in self.plan.moves if move.outcome in outcomes]

    @property
    def placed(self) -> list[Move]:
        return self.having(Outcome.PLACED)

    @property
    def told(self) -> list[Move]:
        """Who gets a mail: everybody but those who stay as they are."""
        return [move for move in self.plan.moves if move.outcome is not Outcome.STAYS]

    @property
    def free_slots(self) -> int:
        """How many free slots move or close along."""
        return sum(not each.slot.people for each in self.plan.slots)

    @property
    def last_end(self) -> datetime | None:
        """When the stand would be done with the slots that move."""
        return max((each.span.end for each in self.plan.slots), default=None)


@dataclass(frozen=True)
class _Scene:
    """One reading of everything."""

    stand: Any
    facts: Facts
    starts: tuple[datetime, ...]
    more: int


def repair(tx: Connection, fair_id: int, stand_id: int, *, asked: Asked) -> Repair:
    """Who would move where. Raises NotFound."""
    scene = _scene(tx, fair_id, stand_id, asked)
    return Repair(
        stand_id=stand_id,
        fair_id=fair_id,
        name=scene.stand.name,
        trades=tuple(sorted(scene.facts.trades)),
        asked=asked,
        until=scene.facts.until,
        starts=scene.starts,
        plan=plan(scene.facts, asked),
        more=scene.more,
        undo_minutes=scene.stand.undo_minutes,
    )


def facts(tx: Connection, fair_id: int, stand_id: int, *, asked: Asked, slots: Collection[int]) -> Facts:
    """What the plan is made of, as it is now; of other stands' places only these `slots`. Raises NotFound."""
    return _scene(tx, fair_id, stand_id, asked, slots).facts


def candidates(tx: Connection, stand_id: int, start: datetime, end: datetime) -> list[int]:
    """Whom a repair of that time may move."""
    b = t.bookings.c
    query = select(b.candidate_id).where(b.stand_id == stand_id, b.queued_at >= start, b.queued_at < end)
    return list(tx.execute(query.where(b.state.in_(_LIVE))).scalars())


def _scene(tx: Connection, fair_id: int, stand_id: int, asked: Asked, slots: Collection[int] | None = None) -> _Scene:
    stand = _stand(tx, fair_id, stand_id)
    start, end = day_span(asked.day, stand.timezone)
    trades = frozenset(
        tx.execute(select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == stand_id)).scalars()
    )
    since = asked.since or start
    until = end if asked.whole_day else _next_break(grid(stand, asked.day), max(asked.at, since), end)
    rows = _bookings(tx, stand_id, start, end)
    everybody = _people(tx, rows, trades, together=asked.way is Way.SHIFT)
    due = [each for each in everybody if since <= each.span.start < until]
    own = _own(tx, stand_id, start, end, rows, {each.booking_id: each for each in everybody})
    places = _places(tx, stand, trades, Span(start, end), asked, slots) if _looks_elsewhere(asked, due) else ()
    return _Scene(
        stand,
        Facts(
            stand_id=stand_id,
            stand=stand.name,
            trades=trades,
            people=tuple(due),
            own=own,
            places=places,
            since=since,
            until=until,
            gap=timedelta(minutes=stand.gap_minutes),
        ),
        tuple(slot.span.start for slot in own if slot.span.start > asked.at and not slot.busy),
        sum(each.span.start >= until for each in everybody),
    )


def _looks_elsewhere(asked: Asked, due: list[Person]) -> bool:
    """Whether anybody may be given a place at another stand."""
    if asked.way is Way.SHIFT:
        by = timedelta(minutes=asked.minutes)
        return any(each.clash(Span(each.span.start + by, each.span.end + by)) for each in due)
    return asked.way is not Way.LATER and bool(due)


def _stand(tx: Connection, fair_id: int, stand_id: int) -> Any:
    stand = tx.execute(
        select(
            t.stands,
            t.fairs.c.timezone,
            t.fairs.c.hours,
            t.fairs.c.interview_minutes,
            t.fairs.c.buffer_minutes,
            t.fairs.c.gap_minutes,
            t.fairs.c.undo_minutes,
        )
        .join(t.fairs)
        .where(t.stands.c.id == stand_id, t.stands.c.fair_id == fair_id)
    ).first()
    if stand is None:
        raise NotFound(what="stand")
    return stand


def _next_break(columns: tuple[Column, ...], now: datetime, end: datetime) -> datetime:
    """When the stretch that runs now ends, or the next one; the end of the day after the last."""
    last = [column.end for column, after in zip(columns, columns[1:], strict=False) if after.gap]
    return min((moment for moment in last if moment > now), default=end)


def _bookings(tx: Connection, stand_id: int, start: datetime, end: datetime) -> list[Any]:
    """All that is or was at the stand that day."""
    query = (
        select(t.bookings, t.accounts.c.first_name, t.accounts.c.last_name, t.fairs.c.interview_minutes)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .join(t.fairs, t.fairs.c.id == t.bookings.c.fair_id)
        .where(
            t.bookings.c.stand_id == stand_id,
            t.bookings.c.queued_at >= start,
            t.bookings.c.queued_at < end,
            t.bookings.c.state != BookingState.CANCELLED.value,
        )
        .order_by(t.bookings.c.queued_at, t.bookings.c.id)
    )
    return list(tx.execute(query))


def _people(tx: Connection, rows: list[Any], stand_trades: frozenset[str], *, together: bool) -> list[Person]:
    """Who can be moved: all who have a place here and were not called yet. Moving `together`, nobody meets themselves."""
    rows = [row for row in rows if row.state in LIVE - WITH_RECRUITER]
    ids = [row.candidate_id for row in rows]
    own = {row.id for row in rows if together}
    busy: dict[int, list[tuple[int, Busy]]] = defaultdict(list)
    for row in tx.execute(
        select(
            t.bookings.c.id,
            t.bookings.c.candidate_id,
            t.bookings.c.starts_at,
            t.bookings.c.ends_at,
            t.stands.c.name,
        )
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .where(
            t.bookings.c.candidate_id.in_(ids),
            t.bookings.c.starts_at.is_not(None),
            t.bookings.c.state.in_(_LIVE),
        )
        .order_by(t.bookings.c.starts_at)
    ):
        if row.id not in own:
            busy[row.candidate_id].append((row.id, Busy(Span(row.starts_at, row.ends_at), row.name)))
    trades: dict[int, set[str]] = defaultdict(set)
    for row in tx.execute(select(t.candidate_trades).where(t.candidate_trades.c.candidate_id.in_(ids))):
        trades[row.candidate_id].add(row.trade)
    wishes: dict[int, dict[int, int]] = defaultdict(dict)
    for row in tx.execute(select(t.wishes).where(t.wishes.c.candidate_id.in_(ids))):
        wishes[row.candidate_id][row.stand_id] = row.rank
    return [
        Person(
            booking_id=row.id,
            candidate_id=row.candidate_id,
            name=short_name(row),
            slot_id=row.slot_id,
            span=_span(row),
            wanted=_span(row).start,
            busy=tuple(found for id, found in busy[row.candidate_id] if id != row.id),
            # Somebody whom the stand took although their trades are others came for the stand's.
            trades=frozenset(trades[row.candidate_id])
            if not stand_trades.isdisjoint(trades[row.candidate_id])
            else frozenset(trades[row.candidate_id]) | stand_trades,
            wishes=dict(wishes[row.candidate_id]),
            firm=row.state in _FIRM,
        )
        for row in rows
    ]


def _span(row: Any) -> Span:
    """A booking's time; who waits without one counts from when they joined."""
    start = row.starts_at or row.queued_at
    return Span(start, row.ends_at or start + timedelta(minutes=row.interview_minutes))


def _own(
    tx: Connection, stand_id: int, start: datetime, end: datetime, bookings: list[Any], people: dict[int, Person]
) -> tuple[OwnSlot, ...]:
    here: dict[int | None, list[Any]] = defaultdict(list)
    for row in bookings:
        here[row.slot_id].append(row)
    slots = tx.execute(
        select(t.slots)
        .where(t.slots.c.stand_id == stand_id, t.slots.c.starts_at >= start, t.slots.c.starts_at < end, t.IN_GRID)
        .order_by(t.slots.c.starts_at, t.slots.c.id)
    )
    return tuple(
        OwnSlot(
            slot.id,
            Span(slot.starts_at, slot.ends_at),
            SlotState(slot.state),
            tuple(people[row.id] for row in here[slot.id] if row.id in people),
            busy=any(row.state in _HAPPENED for row in here[slot.id]),
            left=slot.capacity - sum(row.state in LIVE for row in here[slot.id]),
        )
        for slot in slots
    )


def _places(
    tx: Connection, stand: Any, trades: frozenset[str], day: Span, asked: Asked, slots: Collection[int] | None
) -> tuple[Place, ...]:
    """Free places of the day at other stands that belong to the same company or, unless asked to stay within it, look
    for the same trades.

    Nobody is sent to a stand that is closed, away, or has not been opened though its day has begun.
    """
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(t.bookings.c.slot_id == t.slots.c.id, text(t.one_of("bookings.state", LIVE)))  # by the partial index
        .scalar_subquery()
    )
    early = t.slots.alias()
    begun = select(early.c.id).where(
        early.c.stand_id == t.stands.c.id, early.c.starts_at >= day.start, early.c.starts_at <= min(asked.at, day.end)
    )
    same = select(t.stand_trades.c.stand_id).where(t.stand_trades.c.trade.in_(sorted(trades)))
    query = (
        select(
            t.slots.c.id,
            t.slots.c.stand_id,
            t.slots.c.starts_at,
            t.slots.c.ends_at,
            t.stands.c.name,
            t.stands.c.company_id,
            (t.slots.c.capacity - taken).label("seats"),
        )
        .join(t.stands, t.stands.c.id == t.slots.c.stand_id)
        .where(
            t.stands.c.fair_id == stand.fair_id,
            t.stands.c.id != stand.id,
            t.stands.c.kind == stand.kind,  # a meeting does not stand in for an interview
            ~t.stands.c.closed,
            t.stands.c.away_since.is_(None),
            or_(t.stands.c.connected_since.is_not(None), t.stands.c.seen_at >= day.start, ~begun.exists()),
            t.stands.c.company_id == stand.company_id
            if asked.within
            else or_(t.stands.c.id.in_(same), t.stands.c.company_id == stand.company_id),
            t.slots.c.state == SlotState.OPEN.value,
            t.slots.c.starts_at >= max(day.start, asked.at + NOTICE),
            t.slots.c.starts_at < day.end,
            taken < t.slots.c.capacity,
        )
    )
    rows = tx.execute(query if slots is None else query.where(t.slots.c.id.in_(list(slots)))).all()
    known: dict[int, set[str]] = defaultdict(set)
    for row in tx.execute(
        select(t.stand_trades).where(t.stand_trades.c.stand_id.in_(sorted({row.stand_id for row in rows})))
    ):
        known[row.stand_id].add(row.trade)
    return tuple(
        Place(
            row.id,
            row.stand_id,
            row.name,
            Span(row.starts_at, row.ends_at),
            row.seats,
            ours=row.company_id == stand.company_id,
            trades=frozenset(known[row.stand_id]),
        )
        for row in rows
    )
