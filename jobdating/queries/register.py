"""The attendance register: every interview of a fair, who came and who did not. One statement."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain.states import BookingState, Origin
from jobdating.domain.window import day_span


@dataclass(frozen=True)
class Line:
    """One interview, for a list or a spreadsheet. Times in UTC; a walk-in who was not called has no `starts_at`."""

    booking_id: int
    candidate_id: int
    first_name: str
    last_name: str
    email: str
    phone: str
    site: str
    stand_id: int
    stand: str
    company: str
    state: BookingState
    origin: Origin
    starts_at: datetime | None
    checked_in_at: datetime | None
    called_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    cancelled_by: str

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


def lines(tx: Connection, fair_id: int, *, day: date | None = None, timezone: str, missed: bool = False) -> list[Line]:
    """The interviews by time, of one day or all; `missed` keeps the absences only. Cancelled ones on demand of all days."""
    query = (
        select(
            t.bookings.c.id.label("booking_id"),
            t.bookings.c.candidate_id,
            t.accounts.c.first_name,
            t.accounts.c.last_name,
            t.accounts.c.email,
            func.coalesce(t.accounts.c.phone, "").label("phone"),
            func.coalesce(t.sites.c.name, "").label("site"),
            t.bookings.c.stand_id,
            t.stands.c.name.label("stand"),
            t.companies.c.name.label("company"),
            t.bookings.c.state,
            t.bookings.c.origin,
            t.bookings.c.starts_at,
            t.bookings.c.checked_in_at,
            t.bookings.c.called_at,
            t.bookings.c.started_at,
            t.bookings.c.ended_at,
            func.coalesce(t.bookings.c.cancelled_by, "").label("cancelled_by"),
        )
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .outerjoin(t.sites, t.sites.c.id == t.candidates.c.site_id)
        .where(t.bookings.c.fair_id == fair_id)
        .order_by(
            t.bookings.c.queued_at, by_name(t.accounts.c.last_name), by_name(t.accounts.c.first_name), t.bookings.c.id
        )
    )
    if day is not None:
        start, end = day_span(day, timezone)
        query = query.where(t.bookings.c.queued_at >= start, t.bookings.c.queued_at < end)
    if missed:
        query = query.where(t.bookings.c.state == BookingState.NO_SHOW.value)
    return [
        Line(**{**row._mapping, "state": BookingState(row.state), "origin": Origin(row.origin)})
        for row in tx.execute(query)
    ]
