"""How it stands with a parent's consent on paper, for the organisers who hold it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, select

from jobdating.db import tables as t
from jobdating.domain.errors import NotFound
from jobdating.domain.privacy import ConsentKind, Permission, may_need_parent, waits_for_parent


def _has(kind: ConsentKind) -> ColumnElement[bool]:
    """Of a candidate in the same statement."""
    c = t.consents.c
    theirs = (c.account_id == t.candidates.c.account_id) & (c.fair_id == t.candidates.c.fair_id)
    return select(c.id).where(theirs, c.kind == kind.value, c.withdrawn_at.is_(None)).exists()


HAS_YES = _has(ConsentKind.PARENT)


@dataclass(frozen=True)
class Held:
    """A parent's yes that holds: by mail (`signed_on` is None) or on paper. `recorded_by` is "" where nobody is known."""

    given_by: str
    given_at: datetime
    signed_on: date | None
    recorded_by: str


@dataclass(frozen=True)
class Paper:
    """`wanted`: a parent's yes is missing, or may turn out to be; `asked` is the last parent who was written to.

    `own` says that the candidate's own yes is there.
    """

    first_name: str
    permission: Permission
    own: bool
    wanted: bool
    held: Held | None
    asked: str
    asked_at: datetime | None


def paper(tx: Connection, candidate_id: int, *, fair_id: int) -> Paper:
    """Three statements. Raises NotFound."""
    c, p = t.candidates.c, t.parents.c
    query = (
        select(
            c.account_id, c.age_band, c.permission, t.accounts.c.first_name, _has(ConsentKind.TAKING_PART).label("own")
        )
        .join(t.accounts, t.accounts.c.id == c.account_id)
        .where(c.id == candidate_id, c.fair_id == fair_id)
    )
    row = tx.execute(query).first()
    if row is None:
        raise NotFound(what="candidate")
    held = _held(tx, row.account_id, fair_id)
    last = select(p.email, p.asked_at).where(p.candidate_id == candidate_id).order_by(p.id.desc()).limit(1)
    asked = tx.execute(last).first()
    return Paper(
        first_name=row.first_name,
        permission=Permission(row.permission),
        own=row.own,
        wanted=held is None and may_need_parent(row.age_band, row.permission),
        held=held,
        asked=asked.email if asked else "",
        asked_at=asked.asked_at if asked else None,
    )


def waiting(tx: Connection, fair_id: int, candidate_ids: list[int]) -> dict[int, str]:
    """The first names of those among these who wait for a parent's yes. One statement."""
    c = t.candidates.c
    query = (
        select(c.id, c.age_band, c.permission, t.accounts.c.first_name)
        .join(t.accounts, t.accounts.c.id == c.account_id)
        .where(c.fair_id == fair_id, c.id.in_(candidate_ids), c.forgotten_at.is_(None), ~HAS_YES)
        .order_by(c.id)
    )
    return {row.id: row.first_name for row in tx.execute(query) if waits_for_parent(row.age_band, row.permission)}


def _held(tx: Connection, account_id: int, fair_id: int) -> Held | None:
    c, keeper = t.consents.c, t.accounts.alias("keeper")
    mine = (c.account_id == account_id) & (c.fair_id == fair_id) & (c.kind == ConsentKind.PARENT.value)
    query = (
        select(c.given_by, c.given_at, c.signed_on, keeper.c.first_name, keeper.c.last_name)
        .outerjoin(keeper, keeper.c.id == c.recorded_by)
        .where(mine, c.withdrawn_at.is_(None))
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    name = f"{row.first_name or ''} {row.last_name or ''}".strip()
    return Held(row.given_by, row.given_at, row.signed_on, name)
