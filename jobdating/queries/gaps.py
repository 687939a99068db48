"""The gaps of a day: what a stand sees of those it had, and what a candidate is offered. Stored facts only."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from jobdating.db import tables as t
from jobdating.domain.naming import short
from jobdating.domain.states import BookingState, GapState, OfferState

TOLD_FOR = timedelta(minutes=3)  # how long a phone says that another was quicker


@dataclass(frozen=True)
class Asked:
    """Somebody a gap was offered to, by short name: no more than that until they say yes."""

    candidate_id: int
    name: str
    state: OfferState
    expires_at: datetime


@dataclass(frozen=True)
class Gap:
    """A gap as its stand sees it. `missed` is who did not come or was done early; `taker` who took it."""

    gap_id: int
    state: GapState
    cause_id: int
    cause_state: BookingState
    missed: str
    missed_at: datetime
    until: datetime
    opened_at: datetime
    taker_id: int | None
    taker: str
    taken_state: BookingState | None
    taken_called_at: datetime | None
    asked: tuple[Asked, ...]

    @property
    def pending(self) -> tuple[Asked, ...]:
        return tuple(each for each in self.asked if each.state is OfferState.OFFERED)

    @property
    def is_refilled(self) -> bool:
        """Whether whoever took it was called."""
        return self.taken_called_at is not None


@dataclass(frozen=True)
class Offer:
    """A gap as the candidate sees it. `told_until` is how long it is said that it is gone."""

    offer_id: int
    stand_id: int
    stand: str
    state: OfferState
    expires_at: datetime
    until: datetime
    ended_at: datetime | None

    @property
    def told_until(self) -> datetime | None:
        return self.ended_at + TOLD_FOR if self.ended_at is not None else None


_CAUSE, _TAKER = t.bookings.alias("cause"), t.bookings.alias("taker")
_MISSING, _COMING = t.accounts.alias("missing"), t.accounts.alias("coming")
_OF_CAUSE, _OF_TAKER = t.candidates.alias("of_cause"), t.candidates.alias("of_taker")
_OF_STAND = (
    select(
        t.gaps,
        _CAUSE.c.state.label("cause_state"),
        _CAUSE.c.queued_at.label("missed_at"),
        _MISSING.c.first_name.label("missing_first"),
        _MISSING.c.last_name.label("missing_last"),
        _TAKER.c.state.label("taken_state"),
        _TAKER.c.called_at.label("taken_called_at"),
        _COMING.c.first_name.label("coming_first"),
        _COMING.c.last_name.label("coming_last"),
    )
    .join(_CAUSE, _CAUSE.c.id == t.gaps.c.cause_id)
    .join(_OF_CAUSE, _OF_CAUSE.c.id == _CAUSE.c.candidate_id)
    .join(_MISSING, _MISSING.c.id == _OF_CAUSE.c.account_id)
    .outerjoin(_TAKER, _TAKER.c.id == t.gaps.c.taken_by)
    .outerjoin(_OF_TAKER, _OF_TAKER.c.id == _TAKER.c.candidate_id)
    .outerjoin(_COMING, _COMING.c.id == _OF_TAKER.c.account_id)
    .where(
        t.gaps.c.stand_id == bindparam("stand_id"),
        t.gaps.c.opened_at >= bindparam("start"),
        t.gaps.c.opened_at < bindparam("end"),
    )
    .order_by(t.gaps.c.opened_at.desc(), t.gaps.c.id.desc())
)


def of_stand(tx: Connection, stand_id: int, start: datetime, end: datetime) -> tuple[Gap, ...]:
    """The gaps of a stand's day, the latest first. At most two statements."""
    rows = tx.execute(_OF_STAND, {"stand_id": stand_id, "start": start, "end": end}).all()
    asked = _asked(tx, [row.id for row in rows])
    return tuple(_gap(row, tuple(asked[row.id])) for row in rows)


def of_candidate(tx: Connection, candidate_id: int, start: datetime, end: datetime) -> tuple[Offer, ...]:
    """The gaps that are offered to a candidate, and the last one that went to another."""
    o, g = t.gap_offers.c, t.gaps.c
    rows = tx.execute(
        select(o.id, g.stand_id, t.stands.c.name, o.state, o.expires_at, g.until, o.ended_at)
        .join(t.gaps, g.id == o.gap_id)
        .join(t.stands, t.stands.c.id == g.stand_id)
        .where(
            o.candidate_id == candidate_id,
            o.made_at >= start,
            o.made_at < end,
            o.state.in_([OfferState.OFFERED.value, OfferState.WITHDRAWN.value]),
        )
        .order_by(o.made_at.desc(), o.id.desc())
        .limit(1)
    )
    return tuple(
        Offer(row.id, row.stand_id, row.name, OfferState(row.state), row.expires_at, row.until, row.ended_at)
        for row in rows
    )


def _asked(tx: Connection, gap_ids: list[int]) -> dict[int, list[Asked]]:
    found: dict[int, list[Asked]] = defaultdict(list)
    if not gap_ids:
        return found
    rows = tx.execute(
        select(
            t.gap_offers.c.gap_id,
            t.gap_offers.c.candidate_id,
            t.gap_offers.c.state,
            t.gap_offers.c.expires_at,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
        )
        .join(t.candidates, t.candidates.c.id == t.gap_offers.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .where(t.gap_offers.c.gap_id.in_(gap_ids))
        .order_by(t.gap_offers.c.id)
    )
    for row in rows:
        name = short(row.first_name, row.last_name)
        found[row.gap_id].append(Asked(row.candidate_id, name, OfferState(row.state), row.expires_at))
    return found


def _gap(row: Any, asked: tuple[Asked, ...]) -> Gap:
    return Gap(
        gap_id=row.id,
        state=GapState(row.state),
        cause_id=row.cause_id,
        cause_state=BookingState(row.cause_state),
        missed=short(row.missing_first, row.missing_last),
        missed_at=row.missed_at,
        until=row.until,
        opened_at=row.opened_at,
        taker_id=row.taken_by,
        taker=short(row.coming_first or "", row.coming_last or ""),
        taken_state=BookingState(row.taken_state) if row.taken_state else None,
        taken_called_at=row.taken_called_at,
        asked=asked,
    )
