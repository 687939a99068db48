"""Writes down who read what, who was refused, and who took things away. The journal is the audit: nobody changes it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events, policy
from jobdating.domain.policy import Actor

AGAIN_AFTER = timedelta(hours=1)  # the same page opened again before is the same reading


def record(tx: Connection, event: events.Event, *, by: int | None, now: datetime) -> None:
    """Write an event that changes nothing else: a factor held, a file taken away."""
    journal.append(tx, event, at=now, by=by)


def profile_read(tx: Connection, actor: Actor, *, candidate_id: int, stand_id: int | None, now: datetime) -> None:
    """Somebody other than the candidate opened their page, as a recruiter of the stand or (None) an organiser."""
    if actor.is_candidate(candidate_id):
        return
    fair_id = tx.execute(select(t.candidates.c.fair_id).where(t.candidates.c.id == candidate_id)).scalar()
    if fair_id is None:
        return
    j = t.journal.c
    recent = select(j.id).where(
        j.fair_id == fair_id,
        j.kind == events.ProfileRead.__name__,
        j.account_id == actor.account_id,
        j.at > now - AGAIN_AFTER,
        j.data["candidate_id"].as_integer() == candidate_id,
    )
    if tx.execute(recent.limit(1)).first() is None:
        read = events.ProfileRead(fair_id=fair_id, candidate_id=candidate_id, stand_id=stand_id)
        journal.append(tx, read, at=now, by=actor.account_id)


def refused(tx: Connection, *, email: str, reason: str, now: datetime) -> None:
    """Somebody tried to sign in with this address and was refused.

    For an address that nobody has, account 0 is written: both cost the same, so the time tells nothing.
    """
    account_id = tx.execute(select(t.accounts.c.id).where(t.accounts.c.email == email)).scalar()
    event = events.SignInRefused(fair_id=None, account_id=account_id or 0, reason=reason)
    journal.append(tx, event, at=now)


def factor_refused(tx: Connection, account_id: int, *, now: datetime) -> None:
    """Somebody who is signed in as this account gave a wrong code as the second proof."""
    event = events.SignInRefused(fair_id=None, account_id=account_id, reason="factor_wrong")
    journal.append(tx, event, at=now, by=account_id)


def exported(tx: Connection, actor: Actor, *, fair_id: int, now: datetime) -> None:
    """The actor takes the audit of the fair away. Raises NotFound for who may not."""
    policy.ensure_organiser(actor, fair_id=fair_id)
    journal.append(tx, events.AuditExported(fair_id=fair_id), at=now, by=actor.account_id)
