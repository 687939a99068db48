"""A candidate's planning: what is next and how it runs, what is offered, what is over. Speaks of stored facts only.

"Today" is the fair's live day, and expected times are those the timekeeper published: never the moment of reading.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, and_, func, or_, select

from jobdating.db import tables as t
from jobdating.domain.arbiter import ASK_LASTS
from jobdating.domain.booking import UNDO_LASTS
from jobdating.domain.line import LATE_AT_MOST
from jobdating.domain.queue import Place, people_before
from jobdating.domain.states import LIVE, WAITING, WITH_RECRUITER, BookingState, OfferState, Origin, Party, RoomProvider
from jobdating.domain.window import day_span
from jobdating.queries import expected as expecting
from jobdating.queries import gaps
from jobdating.queries.cockpit import provider
from jobdating.queries.expected import Expected
from jobdating.queries.gaps import Offer
from jobdating.queries.interviews import short_name
from jobdating.queries.subjects import subjects

AHEAD = 0.78  # of the rail lies before the end of the honest range
LEAST_RAIL = timedelta(minutes=12)


@dataclass(frozen=True)
class Rail:
    """A line from the moment an estimate was published to a little after its end; places in per cent."""

    start: datetime
    end: datetime
    low: float
    high: float

    @property
    def width(self) -> float:
        return max(self.high - self.low, 1.5)


@dataclass(frozen=True)
class Interview:
    """One place of the candidate. `day` is local; `before` counts who comes first in the line of that day.

    `low`, `high`, `not_before` are expected times, None until they are published. Times in UTC.
    """

    booking_id: int
    stand_id: int
    stand: str
    staff: tuple[str, ...]
    subject: str
    state: BookingState
    walk_in: bool
    provider: RoomProvider
    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    due_at: datetime
    day: date
    low: datetime | None
    high: datetime | None
    not_before: datetime | None
    published_at: datetime | None
    expected: Expected | None
    before: int
    delay_minutes: int
    away_since: datetime | None
    expires_at: datetime | None
    checked_in_at: datetime | None
    stepped_aside_at: datetime | None
    late_until: datetime | None
    phone_asked_at: datetime | None
    asked_at: datetime | None
    agreed_at: datetime | None
    refused_at: datetime | None
    gap_taken_at: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    cancelled_by: Party | None
    made_at: datetime

    @property
    def waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_asked(self) -> bool:
        """Whether the stand waits to hear if they come before their time."""
        return self.asked_at is not None and self.agreed_at is None and self.refused_at is None and self.waiting

    @property
    def asked_until(self) -> datetime | None:
        """Until when an answer to that helps."""
        return self.asked_at + ASK_LASTS if self.asked_at is not None else None

    @property
    def late_at_most(self) -> datetime | None:
        """Until when "j'arrive dans 5 min" can be said."""
        return self.starts_at + LATE_AT_MOST if self.starts_at is not None and not self.walk_in else None

    @property
    def kept_until(self) -> datetime | None:
        """Until when a cancellation can be undone by the one who cancelled."""
        if self.state is not BookingState.CANCELLED or self.cancelled_by is not Party.CANDIDATE or not self.ended_at:
            return None
        return self.ended_at + UNDO_LASTS

    @cached_property
    def rail(self) -> Rail | None:
        if self.low is None or self.high is None or self.published_at is None:
            return None
        start = min(self.published_at, self.low)
        span = max((self.high - start) / AHEAD, LEAST_RAIL)
        return Rail(start, start + span, 100 * ((self.low - start) / span), 100 * ((self.high - start) / span))


@dataclass(frozen=True)
class Wait:
    """A place on the waitlist of a full stand. `position` is 1 for the first."""

    stand_id: int
    stand: str
    joined_at: datetime
    position: int


@dataclass(frozen=True)
class Planning:
    """All of a candidate's day. `live_day` is None before the fair's first day; `grace` is how long a call waits."""

    fair_id: int
    fair_slug: str
    candidate_id: int
    first_name: str
    phone: str
    live_day: date | None
    permission: str
    cap: int
    length: timedelta
    grace: timedelta
    contact_phone: str
    interviews: tuple[Interview, ...]
    waits: tuple[Wait, ...]
    gaps: tuple[Offer, ...]

    @property
    def gap(self) -> Offer | None:
        """A stand that could see them at once, and waits for a yes."""
        return next((each for each in self.gaps if each.state is OfferState.OFFERED), None)

    @property
    def gone(self) -> Offer | None:
        """The last such place, when it went to another."""
        return next((each for each in self.gaps if each.state is OfferState.WITHDRAWN), None)

    @cached_property
    def called(self) -> Interview | None:
        return next((each for each in self.interviews if each.state is BookingState.CALLED), None)

    @cached_property
    def lead(self) -> Interview | None:
        """What the page is about: the interview that runs, else the next one expected, today's first."""
        running = next((each for each in self.interviews if each.state in WITH_RECRUITER), None)
        return running or next(iter(self._coming), None)

    @property
    def today(self) -> list[Interview]:
        """Today's others, after the one the page is about."""
        return [each for each in self._coming if each.day == self.live_day and each is not self.lead]

    @property
    def later(self) -> list[tuple[date, list[Interview]]]:
        """Days after today, each with its interviews."""
        rest = [each for each in self._coming if each.day != self.live_day and each is not self.lead]
        return [(day, list(each)) for day, each in groupby(rest, key=lambda interview: interview.day)]

    @property
    def offers(self) -> list[Interview]:
        return [each for each in self.interviews if each.state is BookingState.HELD and not self._is_gone(each)]

    @property
    def requests(self) -> list[Interview]:
        return [each for each in self.interviews if each.state is BookingState.REQUESTED and not self._is_gone(each)]

    @property
    def past(self) -> list[Interview]:
        """What is over, the latest first."""
        over = [each for each in self.interviews if each.state not in LIVE or self._is_gone(each)]
        return sorted(over, key=lambda each: (each.ended_at or each.due_at, each.booking_id), reverse=True)

    @property
    def is_empty(self) -> bool:
        return not (self.lead or self.offers or self.requests)

    @property
    def taken(self) -> int:
        """How many interviews count towards the limit."""
        return sum(each.state in LIVE or each.state is BookingState.DONE for each in self.interviews)

    @cached_property
    def _coming(self) -> list[Interview]:
        waiting = [each for each in self.interviews if each.waiting and not self._is_gone(each)]
        return sorted(waiting, key=lambda each: (each.day, each.low or each.due_at, each.booking_id))

    def _is_gone(self, interview: Interview) -> bool:
        """Whether its day is over without it."""
        before = self.live_day is not None and interview.day < self.live_day
        return before and interview.state not in WITH_RECRUITER


def planning(tx: Connection, candidate_id: int) -> Planning | None:
    """The candidate's planning, or None when there is no such candidate. Eight statements."""
    c = t.candidates.c
    head = tx.execute(
        select(c.fair_id, c.permission, t.accounts.c.first_name, t.accounts.c.phone, t.fairs)
        .join(t.accounts, t.accounts.c.id == c.account_id)
        .join(t.fairs, t.fairs.c.id == c.fair_id)
        .where(c.id == candidate_id)
    ).first()
    if head is None:
        return None
    rows = _bookings(tx, candidate_id)
    stands = {row.stand_id for row in rows}
    people, abouts = names(tx, stands), subjects(tx, candidate_id, stands)
    lines = _lines(tx, {row.stand_id for row in rows if row.state in WAITING})
    zone = ZoneInfo(head.timezone)
    return Planning(
        fair_id=head.fair_id,
        fair_slug=head.slug,
        candidate_id=candidate_id,
        first_name=head.first_name,
        phone=head.phone or "",
        live_day=head.live_day,
        permission=head.permission,
        cap=head.cap,
        length=timedelta(minutes=head.interview_minutes),
        grace=timedelta(minutes=head.grace_minutes),
        contact_phone=head.contact_phone,
        interviews=tuple(
            _interview(row, people[row.stand_id], abouts[row.stand_id], lines[row.stand_id], zone, head.room_provider)
            for row in rows
        ),
        waits=_waits(tx, candidate_id),
        gaps=gaps.of_candidate(tx, candidate_id, *day_span(head.live_day, head.timezone)) if head.live_day else (),
    )


def names(tx: Connection, stand_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Who sits at each stand, as a candidate is told: "Manon D."."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = tx.execute(
        select(t.recruiters.c.stand_id, t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.accounts, t.accounts.c.id == t.recruiters.c.account_id)
        .where(t.recruiters.c.stand_id.in_(list(stand_ids)))
        .order_by(t.recruiters.c.id)
    )
    for row in rows:
        found[row.stand_id].append(short_name(row).replace(" ", "\u00a0"))
    return defaultdict(tuple, {stand_id: tuple(each) for stand_id, each in found.items()})


def _bookings(tx: Connection, candidate_id: int) -> list[Row[Any]]:
    return list(
        tx.execute(
            select(
                t.bookings,
                t.stands.c.name.label("stand"),
                t.stands.c.room_provider,
                t.stands.c.delay_minutes,
                t.stands.c.away_since,
                func.coalesce(t.sites.c.name, "").label("place"),
                *expecting.COLUMNS,
            )
            .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
            .outerjoin(t.sites, t.sites.c.id == t.stands.c.site_id)
            .outerjoin(t.estimates, t.estimates.c.booking_id == t.bookings.c.id)
            .where(t.bookings.c.candidate_id == candidate_id)
            .order_by(t.bookings.c.queued_at, t.bookings.c.id)
        )
    )


def _lines(tx: Connection, stand_ids: set[int]) -> dict[int, list[Any]]:
    """Who is in the lines of these stands, with the moment each is due."""
    lines: dict[int, list[Any]] = defaultdict(list)
    states = [state.value for state in sorted(WAITING | WITH_RECRUITER)]
    b = t.bookings.c
    rows = tx.execute(
        select(
            b.id, b.stand_id, b.state, b.slot_id, b.starts_at, b.queued_at, b.origin, b.gap_taken_at, t.estimates.c.low
        )
        .outerjoin(t.estimates, t.estimates.c.booking_id == b.id)
        .where(b.stand_id.in_(list(stand_ids)), b.state.in_(states))
    )
    for row in rows:
        lines[row.stand_id].append(row)
    return lines


def _interview(
    row: Row[Any], staff: tuple[str, ...], subject: str, line: list[Row[Any]], zone: ZoneInfo, fair_provider: str
) -> Interview:
    due_at = row.starts_at or row.queued_at
    day = due_at.astimezone(zone).date()
    places = [_place(each) for each in line if each.queued_at.astimezone(zone).date() == day]
    return Interview(
        booking_id=row.id,
        stand_id=row.stand_id,
        stand=row.stand,
        staff=staff,
        subject=subject,
        state=BookingState(row.state),
        walk_in=row.slot_id is None,
        provider=provider(row.room_provider, fair_provider),
        place=row.place,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        due_at=due_at,
        day=day,
        low=row.low,
        high=row.high,
        not_before=row.not_before,
        published_at=row.published_at,
        expected=expecting.of(row),
        before=people_before(row.id, places) if row.state in WAITING else 0,
        delay_minutes=row.delay_minutes,
        away_since=row.away_since,
        expires_at=row.expires_at,
        checked_in_at=row.checked_in_at,
        stepped_aside_at=row.stepped_aside_at,
        late_until=row.late_until,
        phone_asked_at=row.phone_asked_at,
        asked_at=row.early_asked_at,
        agreed_at=row.early_agreed_at,
        refused_at=row.early_refused_at,
        gap_taken_at=row.gap_taken_at,
        called_at=row.called_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        cancelled_by=Party(row.cancelled_by) if row.cancelled_by else None,
        made_at=row.made_at,
    )


def _place(row: Row[Any]) -> Place:
    """As the stand orders its line: a walk-in's turn is when the estimates see a gap for them."""
    walk_in = row.origin == Origin.WALK_IN
    due: datetime = row.starts_at if row.slot_id is not None else row.queued_at
    if row.state in WITH_RECRUITER:
        due = datetime.min.replace(tzinfo=row.queued_at.tzinfo)  # whoever is inside comes first
    elif row.gap_taken_at is not None:
        due = row.gap_taken_at
    elif walk_in and row.low is not None:
        due = max(due, row.low)
    return Place(row.id, BookingState(row.state), due, walk_in=walk_in)


def _waits(tx: Connection, candidate_id: int) -> tuple[Wait, ...]:
    other = t.waitlist.alias("other")
    before = (
        select(func.count())
        .select_from(other)
        .where(
            other.c.stand_id == t.waitlist.c.stand_id,
            or_(
                other.c.joined_at < t.waitlist.c.joined_at,
                and_(other.c.joined_at == t.waitlist.c.joined_at, other.c.id < t.waitlist.c.id),
            ),
        )
        .scalar_subquery()
    )
    rows = tx.execute(
        select(t.waitlist.c.stand_id, t.stands.c.name, t.waitlist.c.joined_at, before.label("before"))
        .join(t.stands, t.stands.c.id == t.waitlist.c.stand_id)
        .where(t.waitlist.c.candidate_id == candidate_id)
        .order_by(t.waitlist.c.joined_at, t.waitlist.c.id)
    )
    return tuple(Wait(row.stand_id, row.name, row.joined_at, row.before + 1) for row in rows)
