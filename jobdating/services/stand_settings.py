"""Makes and changes stands: name, room, trades, people, hours. Its slots are laid from a plan made before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.grid import StandGrid
from jobdating.domain.naming import slug
from jobdating.domain.policy import Actor
from jobdating.domain.slots import Span
from jobdating.services import eligibility, grid, people


@dataclass(frozen=True)
class Recruiter:
    """Somebody who staffs the stand; the name is used only where the account is new."""

    email: str
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True)
class StandSettings:
    """What an organiser decides about a stand; `availability` is when it is there, UTC."""

    company_id: int
    name: str
    kind: str
    capacity: int
    site_id: int | None
    room_provider: str
    room_url: str
    phone: str
    asks_confirmation: bool
    takes_walk_ins: bool
    trades: tuple[str, ...]
    recruiters: tuple[Recruiter, ...]
    availability: tuple[Span, ...]


_COLUMNS = (
    "company_id", "name", "kind", "capacity", "site_id", "room_provider", "room_url", "phone", "asks_confirmation",
    "takes_walk_ins",
)  # fmt: skip


def create(
    tx: Connection, actor: Actor, *, fair_id: int, settings: StandSettings, laid: StandGrid, now: datetime
) -> int:
    """Make a stand with its slots; returns its id. Raises Invalid beside the field, NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    _ensure_known(tx, fair_id, settings)
    values = {name: getattr(settings, name) for name in _COLUMNS}
    values |= {"fair_id": fair_id, "slug": _free_slug(tx, fair_id, settings.name)}
    stand_id: int = tx.execute(insert(t.stands).values(values).returning(t.stands.c.id)).scalar_one()
    _fill(tx, actor, fair_id, stand_id, settings, laid, now=now)
    return stand_id


def change(
    tx: Connection,
    actor: Actor,
    *,
    fair_id: int,
    stand_id: int,
    settings: StandSettings,
    laid: StandGrid,
    now: datetime,
) -> None:
    """Change a stand, with its slots as the plan says. Raises Invalid, BookingsHurt, PlanStale, NotFound."""
    _ensure_of(tx, actor, fair_id, stand_id)
    _ensure_known(tx, fair_id, settings)
    values = {name: getattr(settings, name) for name in _COLUMNS}
    tx.execute(update(t.stands).where(t.stands.c.id == stand_id).values(values))
    _fill(tx, actor, fair_id, stand_id, settings, laid, now=now)


def close(tx: Connection, actor: Actor, *, fair_id: int, stand_id: int, closed: bool, now: datetime) -> None:
    """Close a stand to new bookings, or open it again, as who leads its company or organises the fair decides.

    Who has booked keeps their place. Raises NotFound.
    """
    policy.ensure_lead(actor, stand_id=stand_id, fair_id=fair_id)
    _ensure_in(tx, fair_id, stand_id)
    changed = tx.execute(
        update(t.stands).where(t.stands.c.id == stand_id, t.stands.c.closed != closed).values(closed=closed)
    )
    if changed.rowcount:
        journal.append(tx, events.StandChanged(fair_id=fair_id, stand_id=stand_id), at=now, by=actor.account_id)


def _fill(
    tx: Connection,
    actor: Actor,
    fair_id: int,
    stand_id: int,
    settings: StandSettings,
    laid: StandGrid,
    *,
    now: datetime,
) -> None:
    grid.set_availability(tx, stand_id, settings.availability)
    tx.execute(delete(t.stand_trades).where(t.stand_trades.c.stand_id == stand_id))
    if settings.trades:
        tx.execute(insert(t.stand_trades), [{"stand_id": stand_id, "trade": trade} for trade in settings.trades])
    eligibility.refresh(tx, stand_ids=[stand_id])
    told: list[events.Event] = [*_staff(tx, fair_id, stand_id, settings.recruiters, now=now)]
    told += grid.lay(tx, [(stand_id, settings.capacity, laid)], now=now)
    for event in (*told, events.StandChanged(fair_id=fair_id, stand_id=stand_id)):
        journal.append(tx, event, at=now, by=actor.account_id)


def _staff(
    tx: Connection, fair_id: int, stand_id: int, recruiters: tuple[Recruiter, ...], *, now: datetime
) -> list[events.RightsChanged]:
    """The people of the stand are those named; who came or went is told to their open pages."""
    wanted = {
        people.account(tx, each.email, now=now, first_name=each.first_name, last_name=each.last_name)
        for each in recruiters
    }
    mine = t.recruiters.c.stand_id == stand_id
    present = set(tx.execute(select(t.recruiters.c.account_id).where(mine)).scalars())
    gone, come = sorted(present - wanted), sorted(wanted - present)
    if gone:
        tx.execute(delete(t.recruiters).where(mine, t.recruiters.c.account_id.in_(gone)))
    if come:
        tx.execute(insert(t.recruiters), [{"stand_id": stand_id, "account_id": account} for account in come])
    return [events.RightsChanged(fair_id=fair_id, account_id=account) for account in (*gone, *come)]


def _ensure_of(tx: Connection, actor: Actor, fair_id: int, stand_id: int) -> None:
    policy.ensure_organiser(actor, fair_id=fair_id)
    _ensure_in(tx, fair_id, stand_id)


def _ensure_in(tx: Connection, fair_id: int, stand_id: int) -> None:
    if tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id == stand_id)).scalar() != fair_id:
        raise NotFound(what="stand")


def _ensure_known(tx: Connection, fair_id: int, settings: StandSettings) -> None:
    """The company and the site belong to the fair."""
    fields: dict[str, Any] = {}
    if tx.execute(select(t.companies.c.fair_id).where(t.companies.c.id == settings.company_id)).scalar() != fair_id:
        fields["company_id"] = "missing"
    site = settings.site_id
    if site is not None and tx.execute(select(t.sites.c.fair_id).where(t.sites.c.id == site)).scalar() != fair_id:
        fields["site_id"] = "site_unknown"
    if fields:
        raise Invalid(fields=fields)


def _free_slug(tx: Connection, fair_id: int, name: str) -> str:
    base = slug(name, 110) or "stand"
    like = t.stands.c.slug.startswith(base, autoescape=True)
    taken = set(tx.execute(select(t.stands.c.slug).where(t.stands.c.fair_id == fair_id, like)).scalars())
    return base if base not in taken else next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
