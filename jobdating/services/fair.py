"""Makes fairs and changes their frame: names, window, limits, rooms, contact. The grid is changed by `grid`."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.ordering import by_name
from jobdating.domain import events, policy
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.regridding import Frame
from jobdating.domain.states import RoomProvider
from jobdating.services import people


@dataclass(frozen=True)
class FairSettings:
    """What an organiser decides, but for the grid. Moments in UTC; `room_hosts` are hosts links may lead to, () for any.

    `refill` is whether gaps of the day are offered to those who fit, `refill_group` to how many at a time.
    `undo_minutes` is how long a stand's shift, spreading or closing can be taken back.
    """

    name: str
    opens_at: datetime
    closes_at: datetime
    cap: int
    gap_minutes: int
    lead_minutes: int
    grace_minutes: int
    room_provider: str
    room_hosts: tuple[str, ...]
    contact_email: str
    contact_phone: str
    published: bool
    refill: bool = True
    refill_group: int = 3
    undo_minutes: int = 10


def create(tx: Connection, actor: Actor, *, slug: str, settings: FairSettings, frame: Frame, now: datetime) -> int:
    """Make a fair, organised by the actor and by its contact; returns its id.

    Raises Invalid beside the field, NotFound for who organises nothing.
    """
    if not (actor.system or actor.administrator or actor.fairs):
        raise NotFound(what="fair")
    _ensure_window(settings)
    if tx.execute(select(t.fairs.c.id).where(t.fairs.c.slug == slug)).first():
        raise Invalid(fields={"slug": "slug_taken"})
    values = _columns(settings) | {
        "slug": slug,
        "first_day": frame.first_day,
        "last_day": frame.last_day,
        "hours": [list(pair) for pair in frame.hours],
        "timezone": frame.timezone,
        "interview_minutes": frame.interview_minutes,
        "buffer_minutes": frame.buffer_minutes,
    }
    fair_id: int = tx.execute(insert(t.fairs).values(values).returning(t.fairs.c.id)).scalar_one()
    if actor.account_id is not None:
        _organise(tx, fair_id, actor.account_id)
        journal.append(
            tx, events.RightsChanged(fair_id=fair_id, account_id=actor.account_id), at=now, by=actor.account_id
        )
    _contact(tx, fair_id, settings.contact_email, now=now)
    journal.append(tx, events.FairChanged(fair_id=fair_id), at=now, by=actor.account_id)
    return fair_id


def change(tx: Connection, actor: Actor, *, fair_id: int, settings: FairSettings, now: datetime) -> None:
    """Change the frame of a fair. Raises Invalid beside the field, NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    _ensure_window(settings)
    _ensure_hosts(tx, fair_id, settings.room_hosts)
    row = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).first()
    if row is None:
        raise NotFound(what="fair")
    values = {name: value for name, value in _columns(settings).items() if getattr(row, name) != value}
    if not values:
        return
    tx.execute(update(t.fairs).where(t.fairs.c.id == fair_id).values(values))
    _contact(tx, fair_id, settings.contact_email, now=now)
    journal.append(tx, events.FairChanged(fair_id=fair_id), at=now, by=actor.account_id)


def _columns(settings: FairSettings) -> dict[str, Any]:
    return asdict(settings) | {"room_hosts": list(settings.room_hosts)}


def _ensure_window(settings: FairSettings) -> None:
    if settings.closes_at <= settings.opens_at:
        raise Invalid(fields={"closes_at": "closes_before_opens"})


def _ensure_hosts(tx: Connection, fair_id: int, hosts: tuple[str, ...]) -> None:
    """The rooms of stands stay allowed: a host in use cannot be taken off the list."""
    links = (t.stands.c.fair_id == fair_id, t.stands.c.room_provider == RoomProvider.LINK.value)
    rows = tx.execute(
        select(t.stands.c.name, t.stands.c.room_url).where(*links).order_by(by_name(t.stands.c.name))
    ).all()
    outside = [row.name for row in rows if hosts and urlsplit(row.room_url).hostname not in hosts]
    if outside:
        raise Invalid(fields={"room_hosts": "hosts_used"}, stands=", ".join(outside))


def _contact(tx: Connection, fair_id: int, email: str, *, now: datetime) -> None:
    if email:
        _organise(tx, fair_id, people.account(tx, email, now=now))


def _organise(tx: Connection, fair_id: int, account_id: int) -> None:
    mine = (t.organisers.c.fair_id == fair_id, t.organisers.c.account_id == account_id)
    if not tx.execute(select(t.organisers.c.id).where(*mine)).first():
        tx.execute(insert(t.organisers).values(fair_id=fair_id, account_id=account_id))
