"""What a candidate has already promised: the interviews that count, the rules they are under, where they wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.db.statement import Statement
from jobdating.domain.booking import Held, Rules, check
from jobdating.domain.errors import ConsentNeeded, DomainError, SlotBlocked, SlotTaken, WindowClosed, WishesFirst
from jobdating.domain.privacy import Permission, may_take
from jobdating.domain.slots import Span
from jobdating.domain.states import COUNTED, LIVE, BookingState
from jobdating.domain.window import Window
from jobdating.domain.wishing import Mode, Wishing
from jobdating.queries.identity import Fair
from jobdating.queries.stand import Slot, SlotLook


@dataclass(frozen=True)
class Interview:
    """One that counts. Times are None for a walk-in that was not called."""

    booking_id: int
    stand_id: int
    stand: str
    slot_id: int | None
    state: BookingState
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def may_move(self) -> bool:
        return self.state in {BookingState.REQUESTED, BookingState.BOOKED, BookingState.CHECKED_IN}

    @property
    def may_cancel(self) -> bool:
        return self.is_live and self.state is not BookingState.IN_PROGRESS


@dataclass(frozen=True)
class Wait:
    stand_id: int
    stand: str


@dataclass(frozen=True)
class Commitments:
    """`trades` decide where the candidate is eligible; `cap` bounds the number of `interviews`."""

    id: int
    fair_id: int
    slug: str
    gap: timedelta
    cap: int
    window: Window
    trades: tuple[str, ...]
    interviews: tuple[Interview, ...]
    waits: tuple[Wait, ...]
    by_wishes: bool = False
    permission: str = Permission.GIVEN

    @property
    def rules(self) -> Rules:
        return Rules(self.window, self.gap, self.cap, self.by_wishes)

    def refusal(self, slot: Slot, *, eligible: bool, moving: int | None, now: datetime) -> DomainError | None:
        """Why the candidate cannot take the slot (or move the booking `moving` there) at `now`; None when they can."""
        if slot.look is not SlotLook.FREE:
            return _unavailable(slot)
        if not may_take(self.permission):
            return ConsentNeeded(permission=self.permission)
        try:
            check(
                Span(slot.starts_at, slot.ends_at),
                held=self.held(),
                rules=self.rules,
                eligible=eligible,
                now=now,
                moving=moving,
            )
        except DomainError as refusal:
            return refusal
        return None

    def held(self) -> list[Held]:
        return [
            Held(
                each.booking_id,
                Span(each.starts_at, each.ends_at) if each.starts_at and each.ends_at else None,
                live=each.is_live,
            )
            for each in self.interviews
        ]


def refusal_of_window(fair: Fair, slot: Slot, *, now: datetime) -> DomainError | None:
    """Why nobody can take the slot at `now`, whoever they are; None when somebody could."""
    if slot.look is not SlotLook.FREE:
        return _unavailable(slot)
    if fair.wishing.by_wishes:
        return WishesFirst()
    window = Window(fair.opens_at, fair.closes_at, fair.lead)
    return (
        None if window.admits(slot.starts_at, now) else WindowClosed(opens_at=fair.opens_at, closes_at=fair.closes_at)
    )


def _unavailable(slot: Slot) -> DomainError:
    return {SlotLook.PASSED: WindowClosed(), SlotLook.CLOSED: SlotBlocked(), SlotLook.WISHES: WishesFirst()}.get(
        slot.look
    ) or SlotTaken()


_candidate_id: Any = bindparam("candidate_id")
_CANDIDATE = Statement(
    select(
        t.candidates.c.id,
        t.candidates.c.fair_id,
        t.candidates.c.permission,
        t.fairs.c.slug,
        t.fairs.c.gap_minutes,
        t.fairs.c.lead_minutes,
        t.fairs.c.cap,
        t.fairs.c.opens_at,
        t.fairs.c.closes_at,
        t.fairs.c.mode,
        t.fairs.c.rest_open,
    )
    .join(t.fairs, t.fairs.c.id == t.candidates.c.fair_id)
    .where(t.candidates.c.id == _candidate_id)
)
_TRADES = Statement(
    select(t.candidate_trades.c.trade)
    .where(t.candidate_trades.c.candidate_id == _candidate_id)
    .order_by(by_name(t.candidate_trades.c.trade))
)
_INTERVIEWS = Statement(
    select(
        t.bookings.c.id,
        t.bookings.c.stand_id,
        t.stands.c.name.label("stand"),
        t.bookings.c.slot_id,
        t.bookings.c.state,
        t.bookings.c.starts_at,
        t.bookings.c.ends_at,
    )
    .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
    .where(t.bookings.c.candidate_id == _candidate_id, text(t.one_of("bookings.state", COUNTED)))
    .order_by(t.bookings.c.queued_at, t.bookings.c.id)
)
_WAITS = Statement(
    select(t.waitlist.c.stand_id, t.stands.c.name.label("stand"))
    .join(t.stands, t.stands.c.id == t.waitlist.c.stand_id)
    .where(t.waitlist.c.candidate_id == _candidate_id)
    .order_by(t.waitlist.c.joined_at, t.waitlist.c.id)
)


def commitments(tx: Connection, candidate_id: int) -> Commitments | None:
    """None for a candidate who does not exist. Four statements."""
    row = _CANDIDATE.first(tx, candidate_id=candidate_id)
    if row is None:
        return None
    return Commitments(
        id=row.id,
        fair_id=row.fair_id,
        permission=row.permission,
        slug=row.slug,
        gap=timedelta(minutes=row.gap_minutes),
        cap=row.cap,
        window=Window(row.opens_at, row.closes_at, timedelta(minutes=row.lead_minutes)),
        by_wishes=Wishing(Mode(row.mode), rest_open=row.rest_open).by_wishes,
        trades=tuple(each.trade for each in _TRADES.all(tx, candidate_id=candidate_id)),
        interviews=tuple(
            Interview(
                each.id,
                each.stand_id,
                each.stand,
                each.slot_id,
                BookingState(each.state),
                each.starts_at,
                each.ends_at,
            )
            for each in _INTERVIEWS.all(tx, candidate_id=candidate_id)
        ),
        waits=tuple(Wait(each.stand_id, each.stand) for each in _WAITS.all(tx, candidate_id=candidate_id)),
    )
