"""Confirms with what is typed: six digits of an app, or a code on paper. Wrong ones are counted in the database."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, literal, or_, select, update

from jobdating.db import tables as t
from jobdating.db.types import Moment
from jobdating.domain import authenticator
from jobdating.domain.errors import NotFound, TooMany
from jobdating.services import audit, recovery, safety, second_factor
from jobdating.services.safety import Change
from jobdating.services.second_factor import Added, ensure_may_change, row_of
from jobdating.services.sessions import Session

ATTEMPTS = 5
WITHIN = timedelta(minutes=15)


def confirm(tx: Connection, session: Session, typed: str, *, key: str, now: datetime) -> str | None:
    """The session's new secret, once it holds the factor.

    None when the code is wrong or was used: the guess is counted, so nothing is raised for it. Raises TooMany.
    """
    row = _count(tx, session.account_id, now=now)
    code = recovery.plain(typed)
    if row is None:
        return None
    if authenticator.looks_like_code(code):
        way, good = "app", row.nonce is not None and _spend(tx, session.account_id, row.nonce, code, key=key, now=now)
    else:
        way, good = "recovery", recovery.spend(tx, session.account_id, code, key=key, now=now)
    if good and way == "recovery":
        safety.tell(tx, session.account_id, Change.CODE_USED, agent=session.agent, wall=now)
    if good:
        return second_factor.hold(tx, session, way=way, now=now)
    audit.factor_refused(tx, session.account_id, now=now)
    return None


def add(tx: Connection, session: Session, typed: str, *, key: str, now: datetime) -> Added | None:
    """Add the app that the session was offered, once it shows the right code; None for a wrong one.

    An app that was there is replaced. Raises SecondFactorNeeded.
    """
    ensure_may_change(tx, session)
    nonce = authenticator.offer(session.id, email="", key=key).nonce
    step = authenticator.step_of(nonce, recovery.plain(typed), key=key, now=now)
    if step is None:
        return None
    row = second_factor.ensure_row(tx, session.account_id)
    tx.execute(update(t.second_factors).where(row).values(nonce=nonce, app_since=now, last_step=step))
    return second_factor.added(tx, session, Change.APP_ADDED, way="app", key=key, now=now)


def remove(tx: Connection, session: Session, *, now: datetime) -> None:
    """The app's codes work no longer. Raises NotFound, SecondFactorNeeded."""
    ensure_may_change(tx, session)
    has_app = row_of(session.account_id) & t.second_factors.c.app_since.is_not(None)
    nothing = {"nonce": None, "app_since": None, "last_step": None}
    if tx.execute(update(t.second_factors).where(has_app).values(nothing)).rowcount == 0:
        raise NotFound(what="app")
    second_factor.removed(tx, session, Change.APP_REMOVED, now=now)


def _count(tx: Connection, account_id: int, *, now: datetime) -> Row[Any] | None:
    """Count a guess and give the account's row; None for an account without one. Raises TooMany."""
    # Counting first locks the row: guesses sent at once are counted one by one.
    c = t.second_factors.c
    fresh = or_(c.attempts_since.is_(None), c.attempts_since <= now - WITHIN)
    counted = (
        update(t.second_factors)
        .where(row_of(account_id), or_(fresh, c.attempts < ATTEMPTS))
        .values(
            attempts=case((fresh, 1), else_=c.attempts + 1),
            attempts_since=case((fresh, literal(now, Moment)), else_=c.attempts_since),
        )
        .returning(c.nonce)
    )
    row = tx.execute(counted).first()
    if row is None:
        since = tx.execute(select(c.attempts_since).where(row_of(account_id))).scalar_one_or_none()
        if since is not None:
            raise TooMany(retry_after=max(1, round((since + WITHIN - now).total_seconds())))
    return row


def _spend(tx: Connection, account_id: int, nonce: str, code: str, *, key: str, now: datetime) -> bool:
    """Use a code; False for a wrong one, and when it or a later one was used already."""
    step = authenticator.step_of(nonce, code, key=key, now=now)
    if step is None:
        return False
    c = t.second_factors.c
    # One conditional update decides: a code that is sent twice at once works once.
    newer = row_of(account_id) & or_(c.last_step.is_(None), c.last_step < step)
    return tx.execute(update(t.second_factors).where(newer).values(last_step=step)).rowcount == 1
