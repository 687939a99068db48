"""Publishes a draft: its interviews become bookings, in one transaction of bulk statements, and everybody is told.

What was worked out from a snapshot is checked again here, place by place, by the rules of every booking: either all of
it holds, or nothing is done. The constraints of the tables stand behind.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.db.violations import refused_as
from jobdating.domain import booking as rules
from jobdating.domain import events, policy
from jobdating.domain.errors import DomainError, NotFound, NothingToPublish, TimetableStale
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import may_take
from jobdating.domain.slots import Span
from jobdating.domain.states import COUNTED, LIVE, BookingState, Origin, Party, SlotState
from jobdating.domain.weighing import MENDING, Preset
from jobdating.domain.window import Window
from jobdating.domain.wishing import Decision
from jobdating.queries import timetables
from jobdating.services import notices, timetable_notices

CHUNK = 5_000  # values in one list of a statement


_COLUMNS = (
    "fair_id", "stand_id", "candidate_id", "slot_id", "seat", "state", "origin", "starts_at", "ends_at", "queued_at",
    "made_at",
)  # fmt: skip
_INSERT = Statement(insert(t.bookings).values({name: bindparam(name) for name in _COLUMNS}))


@dataclass(frozen=True)
class Published:
    """How many bookings it made, moved and dropped."""

    made: int
    moved: int
    dropped: int


@dataclass(frozen=True)
class _Booking:
    """A booking that counts, as it is now."""

    id: int
    candidate_id: int
    stand_id: int
    slot_id: int | None
    seat: int | None
    span: Span | None
    live: bool
    movable: bool
    state: str


@dataclass(frozen=True)
class _Slot:
    id: int
    stand_id: int
    span: Span
    capacity: int
    is_open: bool


@dataclass
class _Plan:
    """What is to change: (candidate, slot), (booking, slot), and bookings to cancel."""

    added: list[tuple[int, int]] = field(default_factory=list)
    moved: list[tuple[_Booking, int]] = field(default_factory=list)
    dropped: list[_Booking] = field(default_factory=list)
    seats: dict[tuple[int, int], int] = field(default_factory=dict)  # (candidate, slot) → seat

    @property
    def wanted(self) -> list[tuple[int, int]]:
        return self.added + [(booking.candidate_id, slot_id) for booking, slot_id in self.moved]


def publish(tx: Connection, actor: Actor, *, fair_id: int, letter: str, now: datetime) -> Published:
    """Make the draft of that letter the fair's timetable. The mending of a timetable moves and drops bookings too.

    Raises NotFound, NothingToPublish; TimetableStale when a place was meanwhile taken, closed or limited: then nothing
    was done.
    """
    policy.ensure_organiser(actor, fair_id=fair_id)
    fair = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    if fair is None:
        raise NotFound(what="fair")
    draft = timetables.solved(tx, fair_id, letter)
    if draft.interviews is None or draft.preset == Preset.FIRST_COME:
        raise NothingToPublish()
    slots = _lock_slots(tx, sorted({each[1] for each in draft.interviews}))
    people = _lock_candidates(tx, sorted({each[0] for each in draft.interviews}))
    current = _bookings(tx, fair_id, now)
    plan = _plan(draft.interviews, slots, current, mending=letter == MENDING)
    _ensure_still_so(tx, fair, plan, slots, people, current, now)
    made = _write(tx, fair_id, plan, slots, now)
    _deny(tx, fair_id, draft.denied or [])
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(timetable_at=now))
    if fair.timetable_at is None:
        timetable_notices.published(tx, fair_id, now=now)
    else:
        timetable_notices.changed(tx, sorted({candidate for candidate, _ in plan.wanted}), now=now)
    for booking in plan.dropped:
        notices.cancelled(tx, booking.id, by=Party.ORGANISER, now=now)
    outcome = Published(len(plan.added), len(plan.moved), len(plan.dropped))
    _journal(tx, actor, fair_id, letter, plan, made, slots, outcome, now=now)
    return outcome


def _lock_slots(tx: Connection, ids: Sequence[int]) -> dict[int, _Slot]:
    """Lock order: slots by id, then candidates by id, as for every booking."""
    s = t.slots.c
    found: dict[int, _Slot] = {}
    for some in _chunks(ids):
        rows = tx.execute(
            select(s.id, s.stand_id, s.starts_at, s.ends_at, s.capacity, s.state, t.stands.c.closed)
            .join(t.stands, t.stands.c.id == s.stand_id)
            .where(s.id.in_(some))
            .order_by(s.id)
            .with_for_update(of=t.slots)
        )
        for row in rows:
            is_open = row.state == SlotState.OPEN and not row.closed
            found[row.id] = _Slot(row.id, row.stand_id, Span(row.starts_at, row.ends_at), row.capacity, is_open)
    return found


def _lock_candidates(tx: Connection, ids: Sequence[int]) -> set[int]:
    """Those who may be given a place."""
    c = t.candidates.c
    found: set[int] = set()
    for some in _chunks(ids):
        rows = tx.execute(select(c.id, c.permission).where(c.id.in_(some)).order_by(c.id).with_for_update())
        found |= {row.id for row in rows if may_take(row.permission)}
    return found


def _bookings(tx: Connection, fair_id: int, now: datetime) -> list[_Booking]:
    b = t.bookings.c
    rows = tx.execute(
        select(b.id, b.candidate_id, b.stand_id, b.slot_id, b.seat, b.starts_at, b.ends_at, b.state, b.origin)
        .where(b.fair_id == fair_id, b.state.in_([state.value for state in sorted(COUNTED)]))
        .order_by(b.id)
    )
    return [
        _Booking(
            row.id, row.candidate_id, row.stand_id, row.slot_id, row.seat,
            Span(row.starts_at, row.ends_at) if row.starts_at else None,
            live=row.state in LIVE,
            movable=row.origin == Origin.TIMETABLE and row.state == BookingState.BOOKED
            and row.starts_at is not None and row.starts_at > now,
            state=row.state,
        )
        for row in rows
    ]  # fmt: skip


def _plan(
    interviews: Iterable[Sequence[int]], slots: dict[int, _Slot], current: Iterable[_Booking], *, mending: bool
) -> _Plan:
    """What the draft changes. A booking that it kept and that is gone by now was cancelled: it stays so."""
    there = {(booking.candidate_id, booking.slot_id) for booking in current}
    wanted = {(candidate, slot): kept for candidate, slot, kept in interviews}
    plan = _Plan(added=[pair for pair, kept in wanted.items() if pair not in there and not kept])
    if not mending:
        return plan
    new = {(candidate, slots[slot].stand_id): slot for candidate, slot in plan.added if slot in slots}
    for booking in current:
        if booking.movable and (booking.candidate_id, booking.slot_id) not in wanted:
            slot = new.get((booking.candidate_id, booking.stand_id))
            if slot is None:
                plan.dropped.append(booking)
            else:
                plan.moved.append((booking, slot))
                plan.added.remove((booking.candidate_id, slot))
    return plan


def _ensure_still_so(
    tx: Connection,
    fair: Any,
    plan: _Plan,
    slots: dict[int, _Slot],
    people: set[int],
    current: Iterable[_Booking],
    now: datetime,
) -> None:
    """Every place by the rules of every booking, with what is moved or dropped out of the way."""
    always = Window(fair.opens_at, fair.closes_at, timedelta())
    limits = rules.Rules(always, timedelta(minutes=fair.gap_minutes), fair.cap).at_any_time()
    leaving = {booking.id for booking, _ in plan.moved} | {booking.id for booking in plan.dropped}
    held: dict[int, list[rules.Held]] = defaultdict(list)
    seats: dict[int, set[int]] = defaultdict(set)
    for booking in current:
        if booking.id not in leaving:
            held[booking.candidate_id].append(rules.Held(booking.id, booking.span, live=booking.live))
            if booking.live and booking.slot_id is not None and booking.seat is not None:
                seats[booking.slot_id].add(booking.seat)
    unwanted = _unwanted(tx, fair.id)
    problems: list[tuple[int, str]] = []
    for candidate, slot_id in plan.wanted:
        slot = slots.get(slot_id)
        if slot is None or not slot.is_open:
            problems.append((slot_id, "slot_blocked"))
            continue
        seat = next((seat for seat in range(1, slot.capacity + 1) if seat not in seats[slot_id]), None)
        if seat is None:
            problems.append((slot_id, "slot_taken"))
            continue
        welcome = candidate in people and (candidate, slot.stand_id) not in unwanted
        try:
            rules.check(slot.span, held=held[candidate], rules=limits, eligible=welcome, now=now)
        except DomainError as refusal:
            problems.append((slot_id, refusal.code))
            continue
        seats[slot_id].add(seat)
        plan.seats[candidate, slot_id] = seat
        held[candidate].append(rules.Held(0, slot.span))
    if problems:
        raise TimetableStale(count=len(problems), places=_places(tx, slots, problems))


def _unwanted(tx: Connection, fair_id: int) -> set[tuple[int, int]]:
    """Pairs that are out by now: taken out by hand, refused by the stand, or without a trade in common."""
    d, o, w = t.decisions.c, t.opinions.c, t.wishes.c
    of_fair = t.candidates.c.fair_id == fair_id
    decided = tx.execute(select(d.candidate_id, d.stand_id, d.decision).join(t.candidates).where(of_fair)).all()
    pinned = {(row.candidate_id, row.stand_id) for row in decided if row.decision == Decision.PIN}
    out = {(row.candidate_id, row.stand_id) for row in decided if row.decision == Decision.FORBID}
    refused = tx.execute(select(o.candidate_id, o.stand_id).join(t.candidates).where(of_fair, o.refused))
    unfit = tx.execute(select(w.candidate_id, w.stand_id).join(t.candidates).where(of_fair, ~w.eligible))
    return out | ({(row.candidate_id, row.stand_id) for row in (*refused, *unfit)} - pinned)


def _places(
    tx: Connection, slots: dict[int, _Slot], problems: list[tuple[int, str]]
) -> list[tuple[str, datetime, str]]:
    names = {row.id: row.name for row in tx.execute(select(t.stands.c.id, t.stands.c.name))}
    return [
        (names.get(slots[slot_id].stand_id, ""), slots[slot_id].span.start, code)
        for slot_id, code in problems
        if slot_id in slots
    ]


def _write(tx: Connection, fair_id: int, plan: _Plan, slots: dict[int, _Slot], now: datetime) -> list[int]:
    """The bookings; the ids of the new ones, in the order of `plan.added`."""
    with refused_as({"one_booking_per_seat": TimetableStale(count=1), "no_overlap": TimetableStale(count=1)}):
        _drop(tx, plan, now)
        _move(tx, plan, slots)
        return _add(tx, fair_id, plan, slots, now)


def _drop(tx: Connection, plan: _Plan, now: datetime) -> None:
    for some in _chunks([booking.id for booking in plan.dropped]):
        tx.execute(
            update(t.bookings)
            .where(t.bookings.c.id.in_(some))
            .values(
                state=BookingState.CANCELLED.value, previous_state=BookingState.BOOKED.value,
                cancelled_by=Party.ORGANISER.value, ended_at=now,
            )
        )  # fmt: skip


def _move(tx: Connection, plan: _Plan, slots: dict[int, _Slot]) -> None:
    """First out of their places, all of them, then into the new ones: some change places with each other."""
    if not plan.moved:
        return
    nowhere: dict[str, Any] = {"slot_id": None, "seat": None, "starts_at": None, "ends_at": None}
    for some in _chunks([booking.id for booking, _ in plan.moved]):
        tx.execute(update(t.bookings).where(t.bookings.c.id.in_(some)).values(nowhere))
    values = [
        {
            "booking": booking.id, "slot_id": slot_id, "seat": plan.seats[booking.candidate_id, slot_id],
            "starts_at": slots[slot_id].span.start, "ends_at": slots[slot_id].span.end,
            "queued_at": slots[slot_id].span.start,
        }
        for booking, slot_id in plan.moved
    ]  # fmt: skip
    names = [name for name in values[0] if name != "booking"]
    statement = update(t.bookings).where(t.bookings.c.id == bindparam("booking"))
    tx.execute(statement.values({name: bindparam(name) for name in names}), values)


def _add(tx: Connection, fair_id: int, plan: _Plan, slots: dict[int, _Slot], now: datetime) -> list[int]:
    rows = [
        {
            "fair_id": fair_id, "stand_id": slots[slot].stand_id, "candidate_id": candidate, "slot_id": slot,
            "seat": plan.seats[candidate, slot], "state": BookingState.BOOKED.value, "origin": Origin.TIMETABLE.value,
            "starts_at": slots[slot].span.start, "ends_at": slots[slot].span.end,
            "queued_at": slots[slot].span.start, "made_at": now,
        }
        for candidate, slot in plan.added
    ]  # fmt: skip
    _INSERT.run_all(tx, rows)
    b = t.bookings.c
    query = select(b.id, b.candidate_id, b.slot_id).where(b.fair_id == fair_id, b.state == BookingState.BOOKED.value)
    ids = {(row.candidate_id, row.slot_id): row.id for row in tx.execute(query)}
    return [ids[pair] for pair in plan.added]


def _deny(tx: Connection, fair_id: int, denied: Iterable[Sequence[Any]]) -> None:
    """Why each wish was not met, for the candidate's page."""
    w = t.wishes.c
    of_fair = select(t.candidates.c.id).where(t.candidates.c.fair_id == fair_id)
    tx.execute(update(t.wishes).where(w.candidate_id.in_(of_fair), w.denied.is_not(None)).values(denied=None))
    values = [{"candidate": candidate, "stand": stand, "code": code} for candidate, stand, code in denied]
    if values:
        pair = (w.candidate_id == bindparam("candidate"), w.stand_id == bindparam("stand"))
        tx.execute(update(t.wishes).where(*pair).values(denied=bindparam("code")), values)


def _journal(
    tx: Connection,
    actor: Actor,
    fair_id: int,
    letter: str,
    plan: _Plan,
    made: Sequence[int],
    slots: dict[int, _Slot],
    outcome: Published,
    *,
    now: datetime,
) -> None:
    """One entry a booking, as if each had been made by itself, then one for the whole."""
    told: list[events.Event] = []
    for booking in plan.dropped:
        ids = _ids(fair_id, booking.id, booking.stand_id, booking.candidate_id, booking.slot_id)
        told.append(events.BookingCancelled(**ids, state=BookingState.CANCELLED.value, by=Party.ORGANISER.value))
    for booking, slot in plan.moved:
        ids = _ids(fair_id, booking.id, slots[slot].stand_id, booking.candidate_id, slot)
        told.append(
            events.BookingMoved(
                **ids, state=booking.state, from_slot_id=booking.slot_id, from_stand_id=booking.stand_id
            )
        )
    for booking_id, (candidate, slot) in zip(made, plan.added, strict=True):
        ids = _ids(fair_id, booking_id, slots[slot].stand_id, candidate, slot)
        told.append(events.BookingMade(**ids, state=BookingState.BOOKED.value, origin=Origin.TIMETABLE.value))
    told.append(
        events.TimetablePublished(
            fair_id=fair_id, letter=letter, made=outcome.made, moved=outcome.moved, dropped=outcome.dropped
        )
    )
    journal.append_all(tx, told, at=now, by=actor.account_id)


def _ids(fair_id: int, booking_id: int, stand_id: int, candidate_id: int, slot_id: int | None) -> dict[str, Any]:
    return {
        "fair_id": fair_id, "booking_id": booking_id, "stand_id": stand_id, "candidate_id": candidate_id,
        "slot_id": slot_id,
    }  # fmt: skip


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
