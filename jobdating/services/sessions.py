"""Who is signed in on which device. The cookie's secret is known to the browser alone: its hash is kept.

A session ends after two weeks without a visit, a month after it was opened, or when its owner closes it. Times are
those of the wall clock, not of the fair's: a demo that plays a day in an hour signs nobody out.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.domain import events
from jobdating.domain.errors import NotFound, SignInNeeded

IDLE = timedelta(days=14)
LASTS = timedelta(days=30)
SEEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Session:
    """An open session; `id` is the hash of its secret, `csrf` the token of its forms."""

    id: str
    account_id: int
    csrf: str
    agent: str
    opened_at: datetime
    seen_at: datetime
    expires_at: datetime
    second_factor_at: datetime | None

    def is_open(self, *, now: datetime) -> bool:
        return now < self.expires_at and now < self.seen_at + IDLE

    def is_stale(self, *, now: datetime) -> bool:
        """Whether its last visit should be written down again."""
        return now >= self.seen_at + SEEN_EVERY


_COLUMNS = (
    t.sessions.c.id,
    t.sessions.c.account_id,
    t.sessions.c.csrf,
    t.sessions.c.agent,
    t.sessions.c.opened_at,
    t.sessions.c.seen_at,
    t.sessions.c.expires_at,
    t.sessions.c.second_factor_at,
)
_FIND = Statement(select(*_COLUMNS).where(t.sessions.c.id == bindparam("id")))


def open(
    tx: Connection, account_id: int, *, now: datetime, agent: str = "", second_factor: bool = False
) -> tuple[str, str]:
    """Sign the account in on a device. The secret for its cookie, and the token for its forms.

    `second_factor` where whoever opens it has seen to it that it is held.
    """
    secret, csrf = _new()
    tx.execute(
        insert(t.sessions).values(
            id=_hash(secret),
            account_id=account_id,
            csrf=csrf,
            agent=agent[:200],
            opened_at=now,
            seen_at=now,
            expires_at=now + LASTS,
            second_factor_at=now if second_factor else None,
        )
    )
    tx.execute(delete(t.sessions).where(t.sessions.c.account_id == account_id, t.sessions.c.expires_at <= now))
    return secret, csrf


def resolve(tx: Connection, secret: str, *, now: datetime) -> Session | None:
    """The open session of a cookie's secret, or None. Only reads."""
    row = _FIND.first(tx, id=_hash(secret))
    if row is None:
        return None
    session = Session(**row._asdict())
    return session if session.is_open(now=now) else None


def seen(tx: Connection, session_id: str, *, now: datetime) -> None:
    """Its owner is still about. Called at most once an hour for a session."""
    tx.execute(update(t.sessions).where(t.sessions.c.id == session_id, t.sessions.c.seen_at < now).values(seen_at=now))


def hold_second_factor(tx: Connection, session_id: str, *, account_id: int, now: datetime) -> str:
    """The session becomes another one that holds the second factor: its cookie's new secret. The old one is good for
    nothing from here on, and neither are its open pages. Raises SignInNeeded when it is over.
    """
    secret, csrf = _new()
    tx.execute(delete(t.passkey_challenges).where(t.passkey_challenges.c.session_id == session_id))
    mine = (t.sessions.c.id == session_id) & (t.sessions.c.account_id == account_id)
    changed = tx.execute(
        update(t.sessions).where(mine).values(id=_hash(secret), csrf=csrf, seen_at=now, second_factor_at=now)
    )
    if changed.rowcount == 0:
        raise SignInNeeded()
    _tell(tx, account_id, now=now)
    return secret


def drop_second_factor(tx: Connection, account_id: int, *, now: datetime, but: str | None = None) -> None:
    """Every session of the account, except `but`, has to confirm again; its staff pages close."""
    condition = t.sessions.c.account_id == account_id
    if but is not None:
        condition &= t.sessions.c.id != but
    tx.execute(update(t.sessions).where(condition).values(second_factor_at=None))
    _tell(tx, account_id, now=now)


def close(tx: Connection, session_id: str, *, account_id: int, now: datetime) -> None:
    """End one session of the account; its sockets close. Raises NotFound for one that is not theirs."""
    mine = (t.sessions.c.id == session_id) & (t.sessions.c.account_id == account_id)
    if tx.execute(delete(t.sessions).where(mine)).rowcount == 0:
        raise NotFound(what="session")
    _tell(tx, account_id, now=now)


def close_all(tx: Connection, account_id: int, *, now: datetime, but: str | None = None) -> int:
    """End every session of the account, except `but`; how many there were."""
    condition = t.sessions.c.account_id == account_id
    if but is not None:
        condition &= t.sessions.c.id != but
    closed = tx.execute(delete(t.sessions).where(condition)).rowcount
    if closed:
        _tell(tx, account_id, now=now)
    return closed


def of_account(tx: Connection, account_id: int, *, now: datetime) -> tuple[Session, ...]:
    """The open sessions of an account, the last used first."""
    rows = tx.execute(
        select(*_COLUMNS)
        .where(t.sessions.c.account_id == account_id)
        .order_by(t.sessions.c.seen_at.desc(), t.sessions.c.id)
    )
    sessions = (Session(**row._asdict()) for row in rows)
    return tuple(session for session in sessions if session.is_open(now=now))


def forget(tx: Connection, *, now: datetime) -> int:
    """Drop the sessions that have ended by themselves; how many."""
    ended = (t.sessions.c.expires_at <= now) | (t.sessions.c.seen_at <= now - IDLE)
    return tx.execute(delete(t.sessions).where(ended)).rowcount


def _tell(tx: Connection, account_id: int, *, now: datetime) -> None:
    journal.append(tx, events.RightsChanged(fair_id=None, account_id=account_id), at=now, by=account_id)


def _new() -> tuple[str, str]:
    return secrets.token_urlsafe(32), secrets.token_urlsafe(24)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
