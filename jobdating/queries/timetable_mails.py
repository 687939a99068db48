"""What the mails of wishes and timetables tell, read when they are written."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.states import BookingState
from jobdating.domain.wishing import Mode, Wishing

_SURE = [state.value for state in (BookingState.BOOKED, BookingState.CHECKED_IN, BookingState.CALLED)]


@dataclass(frozen=True)
class Place:
    """An interview as a line of a planning; `who` is the stand to a candidate, and the candidate to a stand."""

    booking_id: int
    starts_at: datetime
    ends_at: datetime
    who: str
    where: str


@dataclass(frozen=True)
class Plan:
    """A planning, by time. `name` is its reader's first name, or the stand's."""

    name: str
    fair: str
    slug: str
    zone: str
    contact: str
    places: tuple[Place, ...]
    stand_id: int = 0


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked to rank wishes; `stand` is the one that looks for them, "" for none. `ranked` says that
    they have wishes, `wishes_it` that this stand is among them."""

    name: str
    fair: str
    slug: str
    zone: str
    contact: str
    wishing: Wishing
    stand: str
    stand_id: int | None
    trades: tuple[str, ...]
    ranked: bool
    wishes_it: bool


def planning(tx: Connection, candidate_id: int) -> Plan | None:
    """A candidate's; None for one who is gone. Two statements."""
    f, a, b = t.fairs.c, t.accounts.c, t.bookings.c
    head = tx.execute(
        select(a.first_name, f.name, f.slug, f.timezone, f.contact_email)
        .select_from(t.candidates)
        .join(t.accounts, a.id == t.candidates.c.account_id)
        .join(t.fairs, f.id == t.candidates.c.fair_id)
        .where(t.candidates.c.id == candidate_id)
    ).first()
    if head is None:
        return None
    rows = tx.execute(
        select(b.id, b.starts_at, b.ends_at, t.stands.c.name, t.companies.c.town, t.sites.c.name.label("site"))
        .select_from(t.bookings)
        .join(t.stands, t.stands.c.id == b.stand_id)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .outerjoin(t.sites, t.sites.c.id == t.stands.c.site_id)
        .where(b.candidate_id == candidate_id, b.state.in_(_SURE), b.starts_at.is_not(None))
        .order_by(b.starts_at)
    )
    places = tuple(Place(row.id, row.starts_at, row.ends_at, row.name, row.site or row.town) for row in rows)
    return Plan(head.first_name, head.name, head.slug, head.timezone, head.contact_email, places)


def of_stand(tx: Connection, stand_id: int) -> Plan | None:
    """A stand's, with first names only. Two statements."""
    f, a, b = t.fairs.c, t.accounts.c, t.bookings.c
    head = tx.execute(
        select(t.stands.c.name.label("stand"), f.name, f.slug, f.timezone, f.contact_email)
        .select_from(t.stands)
        .join(t.fairs, f.id == t.stands.c.fair_id)
        .where(t.stands.c.id == stand_id)
    ).first()
    if head is None:
        return None
    rows = tx.execute(
        select(b.id, b.starts_at, b.ends_at, a.first_name, a.last_name, t.candidates.c.level)
        .select_from(t.bookings)
        .join(t.candidates, t.candidates.c.id == b.candidate_id)
        .join(t.accounts, a.id == t.candidates.c.account_id)
        .where(b.stand_id == stand_id, b.state.in_(_SURE), b.starts_at.is_not(None))
        .order_by(b.starts_at)
    )
    places = tuple(
        Place(row.id, row.starts_at, row.ends_at, f"{row.first_name} {row.last_name[:1]}.".strip(), row.level)
        for row in rows
    )
    return Plan(head.stand, head.name, head.slug, head.timezone, head.contact_email, places, stand_id)


def asked(tx: Connection, candidate_id: int, stand_id: int | None) -> Asked | None:
    """Three statements."""
    f, a, w = t.fairs.c, t.accounts.c, t.wishes.c
    head = tx.execute(
        select(
            a.first_name, f.name, f.slug, f.timezone, f.contact_email, f.mode, f.wishes_until, f.timetable_at,
            f.rest_open,
        )
        .select_from(t.candidates)
        .join(t.accounts, a.id == t.candidates.c.account_id)
        .join(t.fairs, f.id == t.candidates.c.fair_id)
        .where(t.candidates.c.id == candidate_id)
    ).first()  # fmt: skip
    if head is None:
        return None
    stand = tx.execute(select(t.stands.c.name).where(t.stands.c.id == stand_id)).scalar() or ""
    trades = tx.execute(select(t.stand_trades.c.trade).where(t.stand_trades.c.stand_id == stand_id)).scalars().all()
    wished = set(tx.execute(select(w.stand_id).where(w.candidate_id == candidate_id)).scalars())
    wishing = Wishing(Mode(head.mode), head.wishes_until, head.timetable_at, head.rest_open)
    return Asked(
        head.first_name, head.name, head.slug, head.timezone, head.contact_email, wishing, stand, stand_id,
        tuple(trades), bool(wished), stand_id in wished,
    )  # fmt: skip
