"""Who an account is: the actor that policy decides about, and the fair a request speaks of."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Row,
    bindparam,
    case,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.domain.grid import fair_hours
from jobdating.domain.policy import ANONYMOUS, Actor
from jobdating.domain.wishing import Mode, Wishing

OPEN = Wishing(Mode.OPEN)


@dataclass(frozen=True)
class Fair:
    """A fair's frame, as every page needs it. `live_day` is the day being played, None before the first."""

    id: int
    slug: str
    name: str
    first_day: date
    last_day: date
    timezone: str
    hours: list[list[str]]
    opens_at: datetime
    closes_at: datetime
    interview: timedelta
    buffer: timedelta
    gap: timedelta
    lead: timedelta
    cap: int
    contact_email: str
    contact_phone: str
    live_day: date | None
    wishing: Wishing = OPEN
    published: bool = True

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    @property
    def ends_at(self) -> datetime:
        """When the hours of the last day end."""
        return max(span.end for span in fair_hours([self.last_day], self.hours or [["00:00", "23:59"]], self.timezone))


_OF_ACCOUNT: BindParameter[int] = bindparam("account_id")
_NONE = null()
# One statement, for every request begins with it: each row is one thing that the account is.
_RIGHTS = Statement(
    union_all(
        select(
            literal_column("'account'").label("kind"),
            cast(t.accounts.c.administrator, Integer).label("id"),
            cast(_NONE, Integer).label("other_id"),
        ).where(t.accounts.c.id == _OF_ACCOUNT),
        select(literal_column("'candidate'"), t.candidates.c.id, t.candidates.c.fair_id).where(
            t.candidates.c.account_id == _OF_ACCOUNT
        ),
        select(literal_column("'organiser'"), t.organisers.c.fair_id, cast(_NONE, Integer)).where(
            t.organisers.c.account_id == _OF_ACCOUNT
        ),
        select(
            literal_column("'recruiter'"),
            t.recruiters.c.stand_id,
            case((t.recruiters.c.lead, t.stands.c.company_id), else_=cast(_NONE, Integer)),
        )
        .join(t.stands, t.stands.c.id == t.recruiters.c.stand_id)
        .where(t.recruiters.c.account_id == _OF_ACCOUNT),
    )
)


def actor(tx: Connection, account_id: int | None) -> Actor:
    """What an account may be, in one or two short reads. An unknown account is anonymous."""
    rights: dict[str, list[Any]] = {"account": [], "candidate": [], "organiser": [], "recruiter": []}
    if account_id is not None:
        for row in _RIGHTS.all(tx, account_id=account_id):
            rights[row.kind].append(row)
    if not rights["account"]:
        return ANONYMOUS
    companies = frozenset(row.other_id for row in rights["recruiter"] if row.other_id is not None)
    led = frozenset(
        tx.execute(select(t.stands.c.id).where(t.stands.c.company_id.in_(companies))).scalars() if companies else ()
    )
    return Actor(
        account_id,
        candidates={row.other_id: row.id for row in rights["candidate"]},
        stands=frozenset(row.id for row in rights["recruiter"]) | led,
        companies=companies,
        led=led,
        fairs=frozenset(row.id for row in rights["organiser"]),
        administrator=bool(rights["account"][0].id),
    )


def first_name(tx: Connection, account_id: int) -> str:
    """How the pages call the owner of an account; "" for one without a name."""
    query = select(t.accounts.c.first_name).where(t.accounts.c.id == account_id)
    return tx.execute(query).scalar_one_or_none() or ""


def fair(tx: Connection, slug: str) -> Fair | None:
    row = tx.execute(select(t.fairs).where(t.fairs.c.slug == slug)).first()
    return None if row is None else _fair(row)


def home(tx: Connection, actor: Actor) -> Fair | None:
    """Where pages outside of any fair lead back to: the fair that the actor takes part in, the last one of several."""
    ids = {*actor.candidates, *actor.fairs}
    if actor.stands:
        ids |= set(tx.execute(select(t.stands.c.fair_id).where(t.stands.c.id.in_(actor.stands)).distinct()).scalars())
    query = select(t.fairs).where(t.fairs.c.id.in_(ids)).order_by(t.fairs.c.first_day.desc(), t.fairs.c.id.desc())
    row = tx.execute(query.limit(1)).first() if ids else None
    return None if row is None else _fair(row)


def is_shown(tx: Connection, actor: Actor, fair_id: int) -> bool:
    """Whether the actor may know of the fair: anybody once it is published, until then who has a part in it."""
    published = tx.execute(select(t.fairs.c.published).where(t.fairs.c.id == fair_id)).scalar()
    if published is None:
        return False
    if published or fair_id in actor.candidates or actor.organises(fair_id):
        return True
    here = select(t.stands.c.id).where(t.stands.c.fair_id == fair_id, t.stands.c.id.in_(actor.stands))
    return tx.execute(here.limit(1)).first() is not None


def fair_by_id(tx: Connection, fair_id: int) -> Fair | None:
    row = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    return None if row is None else _fair(row)


def fairs(tx: Connection) -> list[Fair]:
    """All fairs, the next one first."""
    return [_fair(row) for row in tx.execute(select(t.fairs).order_by(t.fairs.c.first_day, t.fairs.c.id))]


def published_fairs(tx: Connection) -> list[Fair]:
    """Those that anybody may see, by their first day."""
    query = select(t.fairs).where(t.fairs.c.published).order_by(t.fairs.c.first_day, t.fairs.c.id)
    return [_fair(row) for row in tx.execute(query)]


def _fair(row: Row[Any]) -> Fair:
    return Fair(
        id=row.id,
        slug=row.slug,
        name=row.name,
        first_day=row.first_day,
        last_day=row.last_day,
        timezone=row.timezone,
        hours=row.hours,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        interview=timedelta(minutes=row.interview_minutes),
        buffer=timedelta(minutes=row.buffer_minutes),
        gap=timedelta(minutes=row.gap_minutes),
        lead=timedelta(minutes=row.lead_minutes),
        cap=row.cap,
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
        live_day=row.live_day,
        wishing=Wishing(Mode(row.mode), row.wishes_until, row.timetable_at, row.rest_open),
        published=row.published,
    )
