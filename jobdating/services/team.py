"""Makes recruiters lead their company, and no longer; lets who lost their device begin anew. As organisers decide."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.errors import NotFound
from jobdating.domain.policy import Actor
from jobdating.services import second_factor


@dataclass(frozen=True)
class Place:
    """Somebody's place at a stand, and the company it is of."""

    account_id: int
    company_id: int


def set_lead(tx: Connection, actor: Actor, *, fair_id: int, recruiter_id: int, lead: bool, now: datetime) -> None:
    """The recruiter leads their company at this fair, all its stands, or no longer. Raises NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    place = _place(tx, fair_id, recruiter_id)
    note_lead(tx, place, fair_id=fair_id, lead=lead, by=actor.account_id, now=now)


def note_lead(tx: Connection, place: Place, *, fair_id: int, lead: bool, by: int | None, now: datetime) -> None:
    """The same once it is known who is meant and that it may be decided; the same again is no change."""
    stands = select(t.stands.c.id).where(t.stands.c.company_id == place.company_id)
    r = t.recruiters.c
    theirs = (r.account_id == place.account_id) & r.stand_id.in_(stands) & (r.lead != lead)
    changed = tx.execute(update(t.recruiters).where(theirs).values(lead=lead).returning(r.stand_id)).scalars().all()
    if not changed:
        return
    told = (
        events.RightsChanged(fair_id=fair_id, account_id=place.account_id),
        events.LeadChanged(
            fair_id=fair_id,
            account_id=place.account_id,
            company_id=place.company_id,
            lead=lead,
            stand_ids=sorted(changed),
        ),
    )
    for event in told:
        journal.append(tx, event, at=now, by=by)


def reset_factor(tx: Connection, actor: Actor, *, fair_id: int, recruiter_id: int, now: datetime) -> None:
    """The recruiter lost their device: they confirm anew from their mail. Raises NotFound."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    place = _place(tx, fair_id, recruiter_id)
    second_factor.reset(tx, actor, account_id=place.account_id, fair_id=fair_id, now=now)


def _place(tx: Connection, fair_id: int, recruiter_id: int) -> Place:
    row = tx.execute(
        select(t.recruiters.c.account_id, t.stands.c.company_id, t.stands.c.fair_id)
        .join(t.stands, t.stands.c.id == t.recruiters.c.stand_id)
        .where(t.recruiters.c.id == recruiter_id)
    ).first()
    if row is None or row.fair_id != fair_id:
        raise NotFound(what="recruiter")
    return Place(row.account_id, row.company_id)
