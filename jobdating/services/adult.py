"""A minor may name an adult who gets copies of the messages; the adult can stop them by one link, and resume.

The link's secret is derived from a nonce with the server's secret. It opens nothing but that choice.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.errors import Invalid, NotAllowed, NotFound, TooMany
from jobdating.domain.policy import Actor
from jobdating.domain.privacy import MINORS
from jobdating.services import notices, rows
from jobdating.services.addresses import address
from jobdating.services.sign_in import Limit

PER_CANDIDATE = Limit(3, timedelta(days=1))
SECRET_LENGTH = 40


def name(tx: Connection, actor: Actor, *, candidate_id: int, email: str, now: datetime) -> None:
    """Send copies to this adult from now on, and tell them so; another one is named no longer.

    The same address again is no change. Raises NotFound, NotAllowed (not a minor), Invalid, TooMany.
    """
    fair_id = rows.lock_candidate(tx, candidate_id)
    _ensure_own(actor, candidate_id)
    row = tx.execute(
        select(t.candidates.c.age_band, t.accounts.c.email)
        .join(t.accounts, t.accounts.c.id == t.candidates.c.account_id)
        .where(t.candidates.c.id == candidate_id)
    ).one()
    if row.age_band not in MINORS:
        raise NotAllowed()
    adult = _address(email)
    if adult == row.email:
        raise Invalid(fields={"adult_email": "own_address"})
    current = named(tx, candidate_id)
    if current is not None and current.email == adult:
        return
    _ensure_seldom(tx, candidate_id, now=now)
    _end(tx, candidate_id, now=now)
    nonce = secrets.token_hex(16)
    made = insert(t.adults).values(candidate_id=candidate_id, email=adult, nonce=nonce, named_at=now)
    adult_id = tx.execute(made.returning(t.adults.c.id)).scalar_one()
    notices.to_adult(tx, "adult", recipient=adult, candidate_id=candidate_id, about=adult_id, now=now)
    _tell(tx, actor.account_id, fair_id, candidate_id, "named", now)


def end(tx: Connection, actor: Actor, *, candidate_id: int, now: datetime) -> None:
    """No more copies, by the candidate. Twice is once. Raises NotFound."""
    fair_id = rows.lock_candidate(tx, candidate_id)
    _ensure_own(actor, candidate_id)
    if _end(tx, candidate_id, now=now):
        _tell(tx, actor.account_id, fair_id, candidate_id, "ended", now)


def named(tx: Connection, candidate_id: int) -> Any:
    """The adult who is named now: `id`, `email`, `stopped_at`; None for nobody."""
    a = t.adults.c
    query = select(a.id, a.email, a.stopped_at).where(a.candidate_id == candidate_id, a.ended_at.is_(None))
    return tx.execute(query.order_by(a.id.desc()).limit(1)).first()


def link_of(nonce: str, *, key: str) -> str:
    """The secret of the link that stops the copies."""
    return hmac.digest(key.encode(), f"copies {nonce}".encode(), "sha256").hex()[:SECRET_LENGTH]


def behind(tx: Connection, adult_id: int, secret: str, *, key: str) -> Any:
    """Whose copies a link is about: `id`, `candidate_id`, `stopped_at`. Raises NotFound for no or a wrong link."""
    a = t.adults.c
    query = select(a.id, a.candidate_id, a.nonce, a.stopped_at).where(a.id == adult_id, a.ended_at.is_(None))
    row = tx.execute(query).first()
    if row is None or not hmac.compare_digest(link_of(row.nonce, key=key).encode(), secret.encode()):
        raise NotFound(what="copies")
    return row


def stop(tx: Connection, adult_id: int, secret: str, *, key: str, stopped: bool, now: datetime) -> None:
    """The adult wants no copies, or wants them again. Raises NotFound."""
    row = behind(tx, adult_id, secret, key=key)
    if (row.stopped_at is not None) == stopped:
        return
    mine = t.adults.c.id == adult_id
    tx.execute(update(t.adults).where(mine).values(stopped_at=now if stopped else None))
    fair_id = rows.lock_candidate(tx, row.candidate_id)
    _tell(tx, None, fair_id, row.candidate_id, "stopped" if stopped else "resumed", now)


def _end(tx: Connection, candidate_id: int, *, now: datetime) -> bool:
    mine = (t.adults.c.candidate_id == candidate_id) & t.adults.c.ended_at.is_(None)
    return tx.execute(update(t.adults).where(mine).values(ended_at=now)).rowcount > 0


def _address(email: str) -> str:
    try:
        return address(email)
    except Invalid as refusal:
        raise Invalid(fields={"adult_email": refusal.params["fields"]["email"]}) from refusal  # type: ignore[index]


def _ensure_own(actor: Actor, candidate_id: int) -> None:
    if not actor.is_candidate(candidate_id):
        raise NotFound(what="candidate")


def _ensure_seldom(tx: Connection, candidate_id: int, *, now: datetime) -> None:
    a = t.adults.c
    recent = select(func.count()).where(a.candidate_id == candidate_id, a.named_at > now - PER_CANDIDATE.window)
    if tx.execute(recent).scalar_one() >= PER_CANDIDATE.count:
        raise TooMany(retry_after=round(PER_CANDIDATE.window.total_seconds()))


def _tell(tx: Connection, account_id: int | None, fair_id: int, candidate_id: int, change: str, now: datetime) -> None:
    changed = events.AdultChanged(fair_id=fair_id, candidate_id=candidate_id, change=change)
    journal.append(tx, changed, at=now, by=account_id)
