"""Where an interview is held and for whom, read for one of its parties. Decides when the door is open, opens nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, select

from jobdating.db import tables as t
from jobdating.domain import policy
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.states import WAITING, WITH_RECRUITER, BookingState, Party, RoomProvider, StandKind
from jobdating.queries.cockpit import provider, staff

EARLY = timedelta(minutes=10)


@dataclass(frozen=True)
class Door:
    """The way to one interview. `company`, `stand` and `staff` are whom the candidate meets; `candidate_phone` is
    there for the stand alone, and only where the interview is by telephone. `group` names the slot that a group
    shares; it is empty for an interview of two."""

    booking_id: int
    fair_id: int
    fair_slug: str
    stand_id: int
    party: Party
    state: BookingState
    starts_at: datetime | None
    provider: RoomProvider
    room_url: str
    hosts: tuple[str, ...]
    phone: str
    place: str
    company: str
    stand: str
    staff: tuple[str, ...]
    candidate: str
    candidate_phone: str
    guest: str
    contact_phone: str
    group: str

    @property
    def is_candidate(self) -> bool:
        return self.party is Party.CANDIDATE

    @property
    def opens_at(self) -> datetime | None:
        """When the door opens by itself; a walk-in waits for the call."""
        return self.starts_at - EARLY if self.starts_at is not None and self.state in WAITING else None

    def is_open(self, now: datetime) -> bool:
        """Called or under way, or so near its time that both may be early."""
        return self.state in WITH_RECRUITER or (self.opens_at is not None and self.opens_at <= now)


def door(tx: Connection, actor: Actor, booking_id: int) -> Door:
    """The way to a booking's interview, for its candidate, its stand or an organiser. Raises NotFound."""
    person, visitor = t.accounts.alias("person"), t.accounts.alias("visitor")
    row = tx.execute(
        select(
            t.bookings.c.fair_id,
            t.bookings.c.stand_id,
            t.bookings.c.candidate_id,
            t.bookings.c.state,
            t.bookings.c.starts_at,
            t.bookings.c.phone_asked_at,
            _slot().label("slot"),
            t.fairs.c.slug,
            t.fairs.c.room_provider.label("fair_provider"),
            t.fairs.c.room_hosts,
            t.fairs.c.contact_phone,
            t.stands.c.name.label("stand"),
            t.stands.c.room_provider,
            t.stands.c.kind,
            t.stands.c.room_url,
            t.stands.c.phone,
            t.companies.c.name.label("company"),
            t.companies.c.town,
            func.coalesce(t.sites.c.name, "").label("site"),
            func.coalesce(t.sites.c.address, "").label("address"),
            person.c.first_name,
            person.c.last_name,
            person.c.phone.label("candidate_phone"),
            visitor.c.first_name.label("own_name"),
        )
        .join(t.fairs, t.fairs.c.id == t.bookings.c.fair_id)
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .join(t.companies, t.companies.c.id == t.stands.c.company_id)
        .outerjoin(t.sites, t.sites.c.id == t.stands.c.site_id)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(person, person.c.id == t.candidates.c.account_id)
        .outerjoin(visitor, visitor.c.id == actor.account_id)
        .where(t.bookings.c.id == booking_id)
    ).first()
    if row is None:
        raise NotFound(what="booking")
    party = policy.ensure_party(actor, candidate_id=row.candidate_id, stand_id=row.stand_id, fair_id=row.fair_id)
    asked = row.phone_asked_at is not None and row.state in WITH_RECRUITER
    held_by = RoomProvider.TELEPHONE if asked else provider(row.room_provider, row.fair_provider)
    candidate = f"{row.first_name} {row.last_name}".strip()
    by_phone = held_by is RoomProvider.TELEPHONE and party is not Party.CANDIDATE
    return Door(
        booking_id=booking_id,
        fair_id=row.fair_id,
        fair_slug=row.slug,
        stand_id=row.stand_id,
        party=party,
        state=BookingState(row.state),
        starts_at=row.starts_at,
        provider=held_by,
        room_url=row.room_url,
        hosts=tuple(row.room_hosts),
        phone=row.phone,
        place=", ".join(part for part in (row.site, row.address) if part) or row.town,
        company=row.company,
        stand=row.stand,
        staff=staff(tx, row.stand_id),
        candidate=candidate,
        candidate_phone=(row.candidate_phone or "") if by_phone else "",
        guest=candidate if party is Party.CANDIDATE else f"{row.own_name or ''} ({row.company})".strip(),
        contact_phone=row.contact_phone,
        group="" if row.kind == StandKind.INTERVIEW else f"slot/{row.slot or 0}/stand/{row.stand_id}",
    )


def _slot() -> ColumnElement[int]:
    """The slot a booking shares with its group; a walk-in joins the one that is under way at the call."""
    under_way = (
        select(t.slots.c.id)
        .where(t.slots.c.stand_id == t.bookings.c.stand_id, t.slots.c.starts_at <= t.bookings.c.starts_at, t.IN_GRID)
        .order_by(t.slots.c.starts_at.desc())
        .limit(1)
        .correlate(t.bookings)
        .scalar_subquery()
    )
    return func.coalesce(t.bookings.c.slot_id, under_way)
