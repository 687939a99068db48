"""What a mail tells, read when it is written: an interview with everyone's names, an announcement, a sign-in."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.states import BookingState
from jobdating.queries.interviews import short_name


@dataclass(frozen=True)
class Interview:
    """A booking with all that its mails say of it. `with_whom` is "Manon D.", "" where nobody is named."""

    booking_id: int
    state: str
    previous_state: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    expires_at: datetime | None
    stand_id: int
    stand: str
    company: str
    provider: str
    site: str
    address: str
    with_whom: str
    first_name: str
    fair: str
    fair_slug: str
    zone: str
    contact: str


@dataclass(frozen=True)
class Announcement:
    """What an organiser told; `stand` is "" when it was told to more than one stand's candidates."""

    text: str
    stand: str
    fair: str
    fair_slug: str
    zone: str
    contact: str


@dataclass(frozen=True)
class Requests:
    """Who asks a stand for a time, soonest first: name and level, "Inès B., CAP", and when."""

    stand_id: int
    stand: str
    asked: tuple[tuple[str, datetime], ...]
    fair: str
    fair_slug: str
    zone: str
    contact: str


@dataclass(frozen=True)
class SignIn:
    """A request to sign in that still waits."""

    nonce: str
    newcomer: bool
    expires_at: datetime


@dataclass(frozen=True)
class Fair:
    """What the plain texts say of a fair."""

    name: str
    slug: str
    last_day: date
    contact_email: str
    contact_phone: str


def interview(tx: Connection, booking_id: int) -> Interview | None:
    """The booking as it is now; None when it is gone."""
    b, s, f, a = t.bookings.c, t.stands.c, t.fairs.c, t.accounts.c
    row = tx.execute(
        select(
            b.id, b.state, b.previous_state, b.starts_at, b.ends_at, b.expires_at, b.stand_id,
            s.name.label("stand"), t.companies.c.name.label("company"), s.room_provider, f.room_provider.label("usual"),
            t.sites.c.name.label("site"), t.sites.c.address, a.first_name,
            f.name.label("fair"), f.slug, f.timezone, f.contact_email,
        )
        .select_from(t.bookings)
        .join(t.stands, s.id == b.stand_id)
        .join(t.companies, t.companies.c.id == s.company_id)
        .join(t.fairs, f.id == b.fair_id)
        .join(t.candidates, t.candidates.c.id == b.candidate_id)
        .join(t.accounts, a.id == t.candidates.c.account_id)
        .outerjoin(t.sites, t.sites.c.id == s.site_id)
        .where(b.id == booking_id)
    ).first()  # fmt: skip
    if row is None:
        return None
    return Interview(
        booking_id=row.id,
        state=row.state,
        previous_state=row.previous_state,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        expires_at=row.expires_at,
        stand_id=row.stand_id,
        stand=row.stand,
        company=row.company,
        provider=row.usual if row.room_provider == "auto" else row.room_provider,
        site=row.site or "",
        address=row.address or "",
        with_whom=_recruiter(tx, row.stand_id),
        first_name=row.first_name,
        fair=row.fair,
        fair_slug=row.slug,
        zone=row.timezone,
        contact=row.contact_email,
    )


def announcement(tx: Connection, announcement_id: int) -> Announcement | None:
    f = t.fairs.c
    row = tx.execute(
        select(t.announcements.c.text, t.stands.c.name.label("stand"), f.name, f.slug, f.timezone, f.contact_email)
        .select_from(t.announcements)
        .join(t.fairs, f.id == t.announcements.c.fair_id)
        .outerjoin(t.stands, t.stands.c.id == t.announcements.c.stand_id)
        .where(t.announcements.c.id == announcement_id)
    ).first()
    if row is None:
        return None
    return Announcement(row.text, row.stand or "", row.name, row.slug, row.timezone, row.contact_email)


def requests(tx: Connection, stand_id: int) -> Requests | None:
    """None when nobody waits for the stand's answer."""
    a, f = t.accounts.c, t.fairs.c
    rows = tx.execute(
        select(
            t.stands.c.name.label("stand"), f.name, f.slug, f.timezone, f.contact_email, t.bookings.c.starts_at,
            a.first_name, a.last_name, t.candidates.c.level,
        )
        .select_from(t.bookings)
        .join(t.stands, t.stands.c.id == t.bookings.c.stand_id)
        .join(t.fairs, f.id == t.bookings.c.fair_id)
        .join(t.candidates, t.candidates.c.id == t.bookings.c.candidate_id)
        .join(t.accounts, a.id == t.candidates.c.account_id)
        .where(t.bookings.c.stand_id == stand_id, t.bookings.c.state == BookingState.REQUESTED.value)
        .order_by(t.bookings.c.starts_at)
    ).all()  # fmt: skip
    if not rows:
        return None
    asked = tuple((", ".join(filter(None, (short_name(row), row.level))), row.starts_at) for row in rows)
    first = rows[0]
    return Requests(stand_id, first.stand, asked, first.name, first.slug, first.timezone, first.contact_email)


def sign_in(tx: Connection, nonce: str, *, wall: datetime) -> SignIn | None:
    """None once it was used or is too old: a link that no longer works is not mailed."""
    row = tx.execute(
        select(t.sign_ins.c.nonce, t.sign_ins.c.expires_at, t.accounts.c.id.label("account_id"))
        .outerjoin(t.accounts, t.accounts.c.email == t.sign_ins.c.email)
        .where(t.sign_ins.c.nonce == nonce, t.sign_ins.c.used_at.is_(None), t.sign_ins.c.expires_at > wall)
    ).first()
    return None if row is None else SignIn(row.nonce, row.account_id is None, row.expires_at)


def _recruiter(tx: Connection, stand_id: int) -> str:
    """The first recruiter of a stand, as a candidate is told: first name and initial."""
    row = tx.execute(
        select(t.accounts.c.first_name, t.accounts.c.last_name)
        .join(t.recruiters, t.recruiters.c.account_id == t.accounts.c.id)
        .where(t.recruiters.c.stand_id == stand_id, t.accounts.c.first_name != "")
        .order_by(t.recruiters.c.lead, t.recruiters.c.id)
        .limit(1)
    ).first()
    return "" if row is None else f"{row.first_name} {row.last_name[:1]}{'.' if row.last_name else ''}".strip()
