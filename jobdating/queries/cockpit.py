"""What a stand's recruiters see of their day: who is with them, who waits and how present they are, what is left to do.

One board feeds the four fragments of the cockpit. It speaks of the fair's live day as of the last moment that is
written down (`Board.moment`), never of the moment of reading: the timekeeper writes when time alone changes a turn.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection, and_, func, or_, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain import line as rules
from jobdating.domain.arbiter import TimeBox
from jobdating.domain.attendance import Finding
from jobdating.domain.line import Turn
from jobdating.domain.policy import Actor
from jobdating.domain.states import (
    LIVE,
    WITH_RECRUITER,
    BookingState,
    GapState,
    RoomProvider,
    SlotState,
    StandKind,
)
from jobdating.domain.window import day_span
from jobdating.queries import clashes, gaps, trouble
from jobdating.queries.clashes import Clash
from jobdating.queries.gaps import Gap
from jobdating.queries.interviews import Entry, Presence, entries

LONG_BREAK = timedelta(minutes=90)
_NOT_NOW = frozenset({Presence.ELSEWHERE, Presence.YIELDED, Presence.ASIDE, Presence.LATE})


@dataclass(frozen=True)
class FreeSlot:
    """A slot of the live day with places left, or one that the stand took out."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    blocked: bool
    left: int
    capacity: int


@dataclass(frozen=True)
class Colleague:
    """Another open stand of the same company, to hand somebody over to."""

    stand_id: int
    name: str


@dataclass(frozen=True)
class Board:
    """A stand on the fair's live day. `length` is the planned interview; `provider` never says "auto"; `grace` is how
    long a place is kept for somebody who is not to be seen. `turned_at` is when time alone last changed whom to call.
    """

    stand_id: int
    fair_id: int
    fair_slug: str
    name: str
    company: str
    staff: tuple[str, ...]
    day: date
    kind: StandKind
    capacity: int
    length: timedelta
    grace: timedelta
    begins: datetime
    turned_at: datetime | None
    provider: RoomProvider
    room_url: str
    room_hosts: tuple[str, ...]
    phone: str
    away_since: datetime | None
    shut_until: datetime | None
    delay_minutes: int
    asks_confirmation: bool
    entries: tuple[Entry, ...]
    slots: tuple[FreeSlot, ...]
    colleagues: tuple[Colleague, ...]
    waitlist: int
    gaps: tuple[Gap, ...]
    clashes: tuple[Clash, ...]
    alert: Finding | None

    @cached_property
    def current(self) -> tuple[Entry, ...]:
        """Called or in an interview, the latest call first."""
        found = [entry for entry in self.entries if entry.state in WITH_RECRUITER]
        return tuple(sorted(found, key=lambda entry: (entry.called_at or entry.due_at, entry.booking_id), reverse=True))

    @property
    def has_room(self) -> bool:
        """Whether one more person may be called."""
        return len(self.current) < (1 if self.kind is StandKind.INTERVIEW else self.capacity)

    @cached_property
    def line(self) -> tuple[Entry, ...]:
        """Who waits, in the order everybody sees."""
        waiting = (entry for entry in self.entries if entry.facts.is_waiting)
        return tuple(sorted(waiting, key=lambda entry: (entry.due_at, entry.walk_in, entry.booking_id)))

    @cached_property
    def moment(self) -> datetime:
        """The last moment that anything is known of: the arbiter's "now"."""
        known = rules.last_moment((entry.facts for entry in self.entries), self._latest, self.turned_at)
        return known or self.begins

    @cached_property
    def turn(self) -> Turn:
        """The arbiter's word on whom to call."""
        facts = [entry.facts for entry in self.entries]
        return rules.turn(facts, grace=self.grace, length=self.length, moment=self.moment, box=TimeBox())

    @cached_property
    def next(self) -> Entry | None:
        """Whom to call: the arbiter's choice, else the first who can be reached at all, though not here."""
        return self._entry(self.turn.choice.booking_id) or next(
            (entry for entry in self.line if entry.presence not in _NOT_NOW and not self._waits_for_own_time(entry)),
            None,
        )

    @cached_property
    def stop(self) -> datetime | None:
        """When a walk-in who is here must have left for the next booked person: the arbiter's hard stop."""
        inside = next((entry for entry in self.current if entry.facts.walk_in and entry.called_at), None)
        if inside is None or inside.called_at is None or self.kind is not StandKind.INTERVIEW:
            return None
        ahead = [entry.facts.booked_at for entry in self.line if entry.facts.booked_at]
        following = min((at for at in ahead if at > inside.called_at), default=None)
        return TimeBox().stop(next_booked=following) if following is not None else None

    @property
    def ask(self) -> bool:
        """Whether the next must first agree to come before their time. A group comes at its time anyway."""
        chosen = self.turn.choice.ask and self.next is self._entry(self.turn.choice.booking_id)
        return chosen and self.kind is StandKind.INTERVIEW

    @property
    def passed(self) -> Entry | None:
        """The first in line, when somebody else should be served meanwhile."""
        first = next(iter(self.line), None)
        kept = self._entry(self.turn.choice.keeps_place) or (first if first and first.presence in _NOT_NOW else None)
        return kept if kept is not self.next else None

    @cached_property
    def gone(self) -> tuple[Entry, ...]:
        """Whose grace is over: a person may say that they did not come."""
        return tuple(entry for entry in self.entries if entry.booking_id in self.turn.gone)

    def kept_until(self, entry: Entry) -> datetime | None:
        """Until when the place of somebody who is not to be seen is kept."""
        return rules.kept_until(entry.facts, grace=self.grace)

    @property
    def gap(self) -> Gap | None:
        """The gap that is offered now, or was taken by somebody who still waits to be called."""
        latest = next(iter(self.gaps), None)
        if latest is None or latest.state is GapState.CLOSED or latest.is_refilled:
            return None
        waits = latest.taken_state is None or any(entry.booking_id == latest.taker_id for entry in self.line)
        return latest if waits else None

    def gap_of(self, entry: Entry) -> Gap | None:
        """The gap that somebody's absence opened, whatever became of it."""
        return next((gap for gap in self.gaps if gap.cause_id == entry.booking_id), None)

    @property
    def refilled(self) -> list[Gap]:
        """Missed places that somebody else had, the latest first."""
        return [gap for gap in self.gaps if gap.is_refilled and gap.cause_state is BookingState.NO_SHOW]

    @cached_property
    def last(self) -> Entry | None:
        """Who left last, or was missed last: the card stays until the next call."""
        over = [entry for entry in self.entries if entry.state in {BookingState.DONE, BookingState.NO_SHOW}]
        return max(over, key=lambda entry: (entry.ended_at or entry.due_at, entry.booking_id), default=None)

    @cached_property
    def rows(self) -> list[Entry | FreeSlot]:
        """The day still to come, by time: who is here now first, then the line with the free slots between."""
        shown = [slot for slot in self.slots if self._latest is None or slot.ends_at > self._latest]
        rest: list[Entry | FreeSlot] = [*self.line]
        for slot in reversed(shown):
            place = next(
                (n for n, row in enumerate(rest) if isinstance(row, Entry) and row.due_at > slot.starts_at), None
            )
            following = next((n for n, row in enumerate(rest) if isinstance(row, FreeSlot)), len(rest))
            rest.insert(min(len(rest) if place is None else place, following), slot)
        return [*self.current, *rest]

    @cached_property
    def soon(self) -> list[Entry | FreeSlot]:
        """What concerns the stand now: `rows` up to the long break of the day, or all of them once that is near."""
        rows = self.rows
        times = [row.due_at if isinstance(row, Entry) else row.starts_at for row in rows]
        for place in range(1, len(rows)):
            far = times[place] - max(times[:place]) >= LONG_BREAK
            near = self._latest is not None and self._latest >= times[place] - LONG_BREAK / 2
            if far and not near and self.next not in rows[place:]:
                return rows[:place]
        return rows

    @property
    def later(self) -> list[Entry | FreeSlot]:
        """The rest of the day, after the long break."""
        return self.rows[len(self.soon) :]

    @property
    def later_people(self) -> int:
        return sum(isinstance(row, Entry) for row in self.later)

    @property
    def requests(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state is BookingState.REQUESTED]

    @property
    def invited(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state is BookingState.HELD]

    @property
    def done(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state is BookingState.DONE]

    @property
    def to_review(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.to_review]

    @property
    def missed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.state is BookingState.NO_SHOW]

    @property
    def mean(self) -> timedelta | None:
        """How long an interview took today, from start to end."""
        lasted = [e.ended_at - e.started_at for e in self.done if e.started_at and e.ended_at]
        return sum(lasted, timedelta()) / len(lasted) if lasted else None

    @cached_property
    def _latest(self) -> datetime | None:
        moments = (m for e in self.entries for m in (e.checked_in_at, e.called_at, e.started_at, e.ended_at) if m)
        return max(moments, default=None)

    def _waits_for_own_time(self, entry: Entry) -> bool:
        """Said no, or nothing yet, to coming before a time that is still ahead."""
        asked = entry.facts.refused_at or (entry.facts.asked_at and not entry.facts.agreed_at)
        return bool(asked) and entry.due_at > self.moment

    def _entry(self, booking_id: int | None) -> Entry | None:
        return next((entry for entry in self.entries if entry.booking_id == booking_id), None)


def board(tx: Connection, stand_id: int, *, day: date | None = None) -> Board | None:
    """The stand's board, or None when there is no such stand; of another `day` for who plans it. Sixteen statements."""
    stand = tx.execute(
        select(
            t.stands,
            t.companies.c.name.label("company"),
            t.fairs.c.slug.label("fair_slug"),
            t.fairs.c.timezone,
            t.fairs.c.interview_minutes,
            t.fairs.c.grace_minutes,
            t.fairs.c.room_provider.label("fair_provider"),
            t.fairs.c.room_hosts,
            func.coalesce(t.fairs.c.live_day, t.fairs.c.first_day).label("day"),
        )
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .join(t.fairs, t.fairs.c.id == t.stands.c.fair_id)
        .where(t.stands.c.id == stand_id)
    ).first()
    if stand is None:
        return None
    start, end = day_span(day or stand.day, stand.timezone)
    return Board(
        stand_id=stand_id,
        fair_id=stand.fair_id,
        fair_slug=stand.fair_slug,
        name=stand.name,
        company=stand.company,
        staff=staff(tx, stand_id),
        day=day or stand.day,
        kind=StandKind(stand.kind),
        capacity=stand.capacity,
        length=timedelta(minutes=stand.interview_minutes),
        grace=timedelta(minutes=stand.grace_minutes),
        begins=start,
        turned_at=stand.turned_at if stand.turned_at and start <= stand.turned_at < end else None,
        provider=provider(stand.room_provider, stand.fair_provider),
        room_url=stand.room_url,
        room_hosts=tuple(stand.room_hosts),
        phone=stand.phone,
        away_since=stand.away_since,
        shut_until=stand.shut_until,
        delay_minutes=stand.delay_minutes,
        asks_confirmation=stand.asks_confirmation,
        entries=entries(
            tx,
            stand_id,
            or_(
                and_(t.bookings.c.queued_at >= start, t.bookings.c.queued_at < end),
                t.bookings.c.state.in_([BookingState.REQUESTED.value, BookingState.HELD.value]),
            ),
        ),
        slots=_free(tx, stand_id, start, end),
        colleagues=_colleagues(tx, stand_id, stand.company_id),
        waitlist=tx.execute(
            select(func.count()).select_from(t.waitlist).where(t.waitlist.c.stand_id == stand_id)
        ).scalar_one(),
        gaps=gaps.of_stand(tx, stand_id, start, end),
        clashes=clashes.of_stand(tx, stand_id),
        alert=trouble.of_stand(tx, stand_id),
    )


@dataclass(frozen=True)
class OwnStand:
    """A stand that the visitor may open, with what it needs to be told apart."""

    stand_id: int
    name: str
    company: str
    staff: tuple[str, ...]


def stands_of(tx: Connection, actor: Actor, fair_id: int) -> list[OwnStand]:
    """The stands of a fair that the actor works at; all of them for who organises it."""
    query = (
        select(t.stands.c.id, t.stands.c.name, t.companies.c.name.label("company"))
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .where(t.stands.c.fair_id == fair_id)
        .order_by(by_name(t.stands.c.name), t.stands.c.id)
    )
    if not actor.organises(fair_id):
        query = query.where(t.stands.c.id.in_(actor.stands))
    rows = tx.execute(query).all()
    staff = _staff_of(tx, [row.id for row in rows])
    return [OwnStand(row.id, row.name, row.company, tuple(staff[row.id])) for row in rows]


def provider(of_stand: str, of_fair: str) -> RoomProvider:
    """Where a stand's interviews happen, once "auto" has followed the fair."""
    return RoomProvider(of_fair if of_stand == RoomProvider.AUTO else of_stand)


def _free(tx: Connection, stand_id: int, start: datetime, end: datetime) -> tuple[FreeSlot, ...]:
    live = [state.value for state in sorted(LIVE | {BookingState.DONE})]
    taken = (
        select(func.count())
        .select_from(t.bookings)
        .where(t.bookings.c.slot_id == t.slots.c.id, t.bookings.c.state.in_(live))
        .scalar_subquery()
    )
    rows = tx.execute(
        select(t.slots, (t.slots.c.capacity - taken).label("left_over"))
        .where(t.slots.c.stand_id == stand_id, t.slots.c.starts_at >= start, t.slots.c.starts_at < end, t.IN_GRID)
        .where(or_(taken < t.slots.c.capacity, t.slots.c.state == SlotState.BLOCKED.value))
        .order_by(t.slots.c.starts_at)
    )
    return tuple(
        FreeSlot(row.id, row.starts_at, row.ends_at, row.state == SlotState.BLOCKED, row.left_over, row.capacity)
        for row in rows
    )


def staff(tx: Connection, stand_id: int) -> tuple[str, ...]:
    """Who works at a stand, by name."""
    return tuple(_staff_of(tx, [stand_id])[stand_id])


def _staff_of(tx: Connection, stand_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = tx.execute(
        select(t.recruiters.c.stand_id, t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.recruiters, t.recruiters.c.account_id == t.accounts.c.id)
        .where(t.recruiters.c.stand_id.in_(stand_ids))
        .order_by(t.recruiters.c.id)
    )
    for row in rows:
        found[row.stand_id].append(f"{row.first_name} {row.last_name}".strip())
    return found


def _colleagues(tx: Connection, stand_id: int, company_id: int) -> tuple[Colleague, ...]:
    rows = tx.execute(
        select(t.stands.c.id, t.stands.c.name)
        .where(t.stands.c.company_id == company_id, t.stands.c.id != stand_id, ~t.stands.c.closed)
        .order_by(by_name(t.stands.c.name))
    )
    return tuple(Colleague(row.id, row.name) for row in rows)
