"""What a parent who is asked, and an adult who gets copies, are told: about whom, which fair, and how it stands."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from jobdating.db import tables as t
from jobdating.domain.privacy import MINORS, ConsentKind, Permission, purge_day


@dataclass(frozen=True)
class Fair:
    """What others than its people are told of a fair."""

    id: int
    name: str
    slug: str
    zone: str
    contact: str
    phone: str
    first_day: date
    last_day: date

    @property
    def purge_day(self) -> date:
        return purge_day(self.last_day)


@dataclass(frozen=True)
class Asked:
    """A request to a parent. `agreed` is the answer that holds now, None while there is none."""

    id: int
    candidate_id: int
    nonce: str
    email: str
    first_name: str
    fair: Fair
    agreed: bool | None


@dataclass(frozen=True)
class Named:
    """An adult who gets copies."""

    id: int
    nonce: str
    first_name: str
    fair: Fair
    stopped_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """How it stands with the consents of a candidate: which parent was asked when, which adult gets copies."""

    candidate_id: int
    permission: Permission
    age_band: str
    parent_email: str
    parent_asked_at: datetime | None
    adult_email: str
    adult_stopped: bool

    @property
    def is_minor(self) -> bool:
        return self.age_band in MINORS


def asked(tx: Connection, request_id: int, *, wall: datetime) -> Asked | None:
    """The request, while its code can be typed: one that no longer works is not mailed."""
    p = t.parents.c
    return _asked(tx, (p.id == request_id) & (p.expires_at > wall) & p.opened_at.is_(None))


def opened(tx: Connection, request_id: int) -> Asked | None:
    """The request, for the parent who has typed its code."""
    return _asked(tx, t.parents.c.id == request_id)


def named(tx: Connection, adult_id: int) -> Named | None:
    """The adult, while copies go to them."""
    found = adult(tx, adult_id)
    return None if found is None or found.stopped_at is not None else found


def adult(tx: Connection, adult_id: int) -> Named | None:
    """The adult who is named, whether or not they stopped the copies."""
    a = t.adults.c
    query = _with_fair(
        select(a.id, a.nonce, a.stopped_at, *_SHOWN).join(t.candidates, t.candidates.c.id == a.candidate_id)
    )
    row = tx.execute(query.where(a.id == adult_id, a.ended_at.is_(None))).first()
    return None if row is None else Named(row.id, row.nonce, row.first_name, _fair(row), row.stopped_at)


def standing(tx: Connection, candidate_id: int) -> Standing:
    """Three statements."""
    c, p, a = t.candidates.c, t.parents.c, t.adults.c
    row = tx.execute(select(c.permission, c.age_band).where(c.id == candidate_id)).one()
    parent = select(p.email, p.asked_at).where(p.candidate_id == candidate_id).order_by(p.id.desc()).limit(1)
    asked = tx.execute(parent).first()
    copies = select(a.email, a.stopped_at).where(a.candidate_id == candidate_id, a.ended_at.is_(None))
    adult = tx.execute(copies.order_by(a.id.desc()).limit(1)).first()
    return Standing(
        candidate_id=candidate_id,
        permission=Permission(row.permission),
        age_band=row.age_band,
        parent_email=asked.email if asked else "",
        parent_asked_at=asked.asked_at if asked else None,
        adult_email=adult.email if adult else "",
        adult_stopped=adult is not None and adult.stopped_at is not None,
    )


_SHOWN = (
    t.accounts.c.first_name,
    t.candidates.c.account_id,
    t.fairs.c.id.label("fair_id"),
    t.fairs.c.name,
    t.fairs.c.slug,
    t.fairs.c.timezone,
    t.fairs.c.contact_email,
    t.fairs.c.contact_phone,
    t.fairs.c.first_day,
    t.fairs.c.last_day,
)


def _with_fair(query: Select[Any]) -> Select[Any]:
    """The candidate is joined already."""
    return query.join(t.accounts, t.accounts.c.id == t.candidates.c.account_id).join(
        t.fairs, t.fairs.c.id == t.candidates.c.fair_id
    )


def _asked(tx: Connection, condition: Any) -> Asked | None:
    p = t.parents.c
    query = select(p.id, p.candidate_id, p.nonce, p.email, *_SHOWN).join(
        t.candidates, t.candidates.c.id == p.candidate_id
    )
    row = tx.execute(_with_fair(query).where(condition)).first()
    if row is None:
        return None
    c = t.consents.c
    mine = (c.account_id == row.account_id) & (c.fair_id == row.fair_id) & (c.kind == ConsentKind.PARENT.value)
    given = tx.execute(select(c.id).where(mine, c.withdrawn_at.is_(None))).first() is not None
    refused = select(p.id).where(p.candidate_id == row.candidate_id, p.agreed.is_(False))
    agreed = True if given else False if tx.execute(refused).first() is not None else None
    return Asked(row.id, row.candidate_id, row.nonce, row.email, row.first_name, _fair(row), agreed)


def _fair(row: Any) -> Fair:
    return Fair(
        row.fair_id, row.name, row.slug, row.timezone, row.contact_email, row.contact_phone, row.first_day, row.last_day
    )
