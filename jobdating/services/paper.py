"""A parent's yes on paper, as an organiser who holds the paper notes it; and that it holds no longer.

Says nothing for the candidate: their own yes, and their own no, stand beside it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy, text
from jobdating.domain.errors import Invalid, NotFound
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import ConsentKind, Permission, may_need_parent, needs_parent
from jobdating.domain.states import AgeBand
from jobdating.services import permission, rows

NAME_LENGTH = 240
OLDEST = timedelta(days=2 * 366)  # an older date is a slip of the pen


@dataclass(frozen=True)
class Signed:
    """What the paper says: the day on it (None: not told), and who signed, "" where nobody can read it."""

    on: date | None
    by: str = ""


@dataclass(frozen=True)
class _Child:
    candidate_id: int
    account_id: int
    fair_id: int
    zone: ZoneInfo
    age_band: AgeBand | str
    permission: Permission


def record(
    tx: Connection, actor: Actor, *, fair_id: int, candidate_id: int, signed: Signed, wording: str, now: datetime
) -> None:
    """Note the yes of a parent; who waited for it may take places. A yes that holds already stays as it is.

    After a no, the paper has to be as young as that. Raises NotFound, Invalid.
    """
    child = _child(tx, actor, fair_id, candidate_id)
    if permission.has(tx, account_id=child.account_id, fair_id=fair_id, kind=ConsentKind.PARENT):
        return
    day, name = _checked(tx, child, signed, now)
    permission.record(
        tx, account_id=child.account_id, fair_id=fair_id, kind=ConsentKind.PARENT, given_by=name, wording=wording,
        signed_on=day, recorded_by=actor.account_id, now=now,
    )  # fmt: skip
    own = permission.has(tx, account_id=child.account_id, fair_id=fair_id, kind=ConsentKind.TAKING_PART)
    _conclude(tx, actor, child, Permission.GIVEN if own else Permission.ASKED, "recorded", now)


def take_back(tx: Connection, actor: Actor, *, fair_id: int, candidate_id: int, mistaken: bool, now: datetime) -> None:
    """The parent wants it no longer, which gives back the places; or there was no such paper (`mistaken`).

    Twice is once. Only a yes on paper: one by mail is the parent's to take back. Raises NotFound.
    """
    child = _child(tx, actor, fair_id, candidate_id)
    c = t.consents.c
    held = (c.account_id == child.account_id) & (c.fair_id == fair_id) & (c.kind == ConsentKind.PARENT.value)
    if tx.execute(select(c.id).where(held, c.signed_on.is_not(None), c.withdrawn_at.is_(None))).first() is None:
        return
    permission.take_back(tx, account_id=child.account_id, fair_id=fair_id, kind=ConsentKind.PARENT, now=now)
    outcome = Permission.PARENT_ASKED if mistaken else Permission.PARENT_REFUSED
    _conclude(tx, actor, child, outcome, "mistaken" if mistaken else "revoked", now)


def _conclude(tx: Connection, actor: Actor, child: _Child, outcome: Permission, change: str, now: datetime) -> None:
    """What it means: nothing where the candidate has said no themselves, or is old enough to say yes alone."""
    if needs_parent(child.age_band) and child.permission is not Permission.WITHDRAWN:
        by = actor.account_id
        permission.change(tx, candidate_id=child.candidate_id, permission=outcome, by=by, now=now)
    noted = events.PaperChanged(fair_id=child.fair_id, candidate_id=child.candidate_id, change=change)
    journal.append(tx, noted, at=now, by=actor.account_id)


def _child(tx: Connection, actor: Actor, fair_id: int, candidate_id: int) -> _Child:
    policy.ensure_organiser(actor, fair_id=fair_id)
    if rows.lock_candidate(tx, candidate_id) != fair_id:
        raise NotFound(what="candidate")
    c = t.candidates.c
    query = (
        select(c.account_id, c.age_band, c.permission, t.fairs.c.timezone)
        .join(t.fairs, t.fairs.c.id == c.fair_id)
        .where(c.id == candidate_id)
    )
    row = tx.execute(query).one()
    return _Child(
        candidate_id, row.account_id, fair_id, ZoneInfo(row.timezone), row.age_band, Permission(row.permission)
    )


def _checked(tx: Connection, child: _Child, signed: Signed, now: datetime) -> tuple[date, str]:
    wrong, name = {}, ""
    today = now.astimezone(child.zone).date()
    if not may_need_parent(child.age_band, child.permission):
        wrong["signed_on"] = "not_needed"
    elif signed.on is None:
        wrong["signed_on"] = "missing"
    elif signed.on > today:
        wrong["signed_on"] = "future"
    elif signed.on < today - OLDEST:
        wrong["signed_on"] = "too_old"
    elif (no := _last_no(tx, child)) is not None and signed.on < no.astimezone(child.zone).date():
        wrong["signed_on"] = "before_refusal"
    try:
        name = text.line(signed.by, limit=NAME_LENGTH)
    except text.Unfit as unfit:
        wrong["signed_by"] = unfit.code
    if wrong or signed.on is None:
        raise Invalid(fields=wrong)
    return signed.on, name


def _last_no(tx: Connection, child: _Child) -> datetime | None:
    """When a parent last said no, or took a yes back, where that is what holds."""
    if child.permission is not Permission.PARENT_REFUSED:
        return None
    p, c = t.parents.c, t.consents.c
    refused = select(func.max(p.answered_at)).where(p.candidate_id == child.candidate_id, p.agreed.is_(False))
    ended = select(func.max(c.withdrawn_at)).where(
        c.account_id == child.account_id, c.fair_id == child.fair_id, c.kind == ConsentKind.PARENT.value
    )
    found = [tx.execute(query).scalar() for query in (refused, ended)]
    return max((moment for moment in found if moment is not None), default=None)
