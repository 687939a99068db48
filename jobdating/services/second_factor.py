"""What it means that a session holds the second factor, and what changes when a way to confirm comes or goes.

The ways themselves are next door: passkeys, an authenticator's codes, codes on paper. Times are the wall clock's.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.domain import events
from jobdating.domain.errors import NotFound, SecondFactorNeeded
from jobdating.domain.policy import Actor
from jobdating.queries import second_factor as query
from jobdating.services import recovery, safety, sessions
from jobdating.services.safety import Change
from jobdating.services.sessions import Session


@dataclass(frozen=True)
class Added:
    """What adding a way gives: the session's new secret, and codes on paper where there were none."""

    secret: str = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)


def hold(tx: Connection, session: Session, *, way: str, now: datetime) -> str:
    """The session holds the second factor from now on, under a new secret. Raises SignInNeeded when it is over."""
    forgotten = {"attempts": 0, "attempts_since": None}
    tx.execute(update(t.second_factors).where(row_of(session.account_id)).values(forgotten))
    secret = sessions.hold_second_factor(tx, session.id, account_id=session.account_id, now=now)
    held = events.SecondFactorHeld(fair_id=None, account_id=session.account_id, way=way)
    journal.append(tx, held, at=now, by=session.account_id)
    return secret


def ensure_may_change(tx: Connection, session: Session) -> None:
    """The first way is added after the mail alone; every change after it needs the factor. Raises SecondFactorNeeded."""
    if session.second_factor_at is None and query.has_any(tx, session.account_id):
        raise SecondFactorNeeded()


def added(tx: Connection, session: Session, change: Change, *, way: str, key: str, now: datetime) -> Added:
    """A way was added by somebody who has just shown that it works: the session holds the factor."""
    has_codes = select(t.recovery_codes.c.id).where(t.recovery_codes.c.account_id == session.account_id)
    codes = () if tx.execute(has_codes).first() else recovery.renew(tx, session.account_id, key=key)
    secret = hold(tx, session, way=way, now=now)
    _tell(tx, session.account_id, change, by=session.account_id, agent=session.agent, now=now)
    return Added(secret, codes)


def removed(tx: Connection, session: Session, change: Change, *, now: datetime) -> None:
    """A way was taken away: the account's other devices confirm again; with the last way the codes on paper go too."""
    last = not query.has_any(tx, session.account_id)
    if last:
        recovery.forget(tx, session.account_id)
    sessions.drop_second_factor(tx, session.account_id, but=None if last else session.id, now=now)
    _tell(tx, session.account_id, change, by=session.account_id, agent=session.agent, now=now)


def renew_codes(tx: Connection, session: Session, *, key: str, now: datetime) -> tuple[str, ...]:
    """New codes on paper; those before work no longer. Raises NotFound without another way, SecondFactorNeeded."""
    ensure_may_change(tx, session)
    if not query.has_any(tx, session.account_id):
        raise NotFound(what="second factor")
    codes = recovery.renew(tx, session.account_id, key=key)
    _tell(tx, session.account_id, Change.CODES_RENEWED, by=session.account_id, agent=session.agent, now=now)
    return codes


def reset(tx: Connection, actor: Actor, *, account_id: int, fair_id: int | None, now: datetime) -> None:
    """Somebody lost their device: every way and token is forgotten, every session ends, they begin again by mail.

    By an organiser for the recruiters of the fair, by an administrator or the system for anybody. Raises NotFound.
    """
    if not may_reset(tx, actor, account_id=account_id, fair_id=fair_id):
        raise NotFound(what="account")
    for table in (t.passkeys, t.second_factors, t.recovery_codes, t.api_tokens):
        tx.execute(delete(table).where(table.c.account_id == account_id))
    sessions.close_all(tx, account_id, now=now)
    _tell(tx, account_id, Change.RESET, by=actor.account_id, agent=None, fair_id=fair_id, now=now)


def may_reset(tx: Connection, actor: Actor, *, account_id: int, fair_id: int | None) -> bool:
    """An organiser decides for recruiters of the fair, never for somebody with more rights than a recruiter."""
    if actor.system or actor.administrator:
        return True
    if fair_id is None or not actor.organises(fair_id):
        return False
    works = select(t.recruiters.c.id).join(t.stands).where(t.stands.c.fair_id == fair_id)
    organises = select(t.organisers.c.id).where(t.organisers.c.account_id == account_id)
    administers = select(t.accounts.c.id).where(t.accounts.c.id == account_id, t.accounts.c.administrator)
    return (
        tx.execute(works.where(t.recruiters.c.account_id == account_id)).first() is not None
        and tx.execute(organises).first() is None
        and tx.execute(administers).first() is None
    )


def ensure_row(tx: Connection, account_id: int) -> ColumnElement[bool]:
    """The condition that finds the account's row, made when there is none."""
    if tx.execute(select(t.second_factors.c.account_id).where(row_of(account_id))).first() is None:
        tx.execute(insert(t.second_factors).values(account_id=account_id))
    return row_of(account_id)


def row_of(account_id: int) -> ColumnElement[bool]:
    return t.second_factors.c.account_id == account_id


def _tell(
    tx: Connection,
    account_id: int,
    change: Change,
    *,
    by: int | None,
    agent: str | None,
    now: datetime,
    fair_id: int | None = None,
) -> None:
    """The owner by mail, and whoever reads the audit."""
    safety.tell(tx, account_id, change, agent=agent, wall=now)
    changed = events.SecondFactorChanged(fair_id=fair_id, account_id=account_id, change=change.value)
    journal.append(tx, changed, at=now, by=by)
