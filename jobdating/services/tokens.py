"""Tokens with which a program acts as an account through the API. Shown once, kept as a hash, good for a year."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.statement import Statement
from jobdating.domain import events
from jobdating.domain.errors import NotFound
from jobdating.domain.text import tidied
from jobdating.services import safety
from jobdating.services.safety import Change

PREFIX = "jd_"
LASTS = timedelta(days=365)

_FIND = Statement(
    select(t.api_tokens.c.account_id, t.api_tokens.c.confirmed, t.api_tokens.c.made_at).where(
        t.api_tokens.c.hash == bindparam("hash")
    )
)


@dataclass(frozen=True)
class Token:
    """A token without its secret, as its owner sees it in a list."""

    id: int
    name: str
    made_at: datetime


@dataclass(frozen=True)
class Holder:
    """Whom a token acts for; `confirmed` whether with the rights that the second factor protects."""

    account_id: int
    confirmed: bool


def make(
    tx: Connection, account_id: int, *, name: str, now: datetime, confirmed: bool = True, agent: str | None = None
) -> str:
    """A new token's secret; nobody can read it again.

    `confirmed` where whoever makes it has, and has confirmed, the rights over other people's interviews: one that was
    made before does not gain them when its account does. Made on a device
    (`agent` is what it calls itself), its owner is told; None where who keeps the server makes it.
    """
    secret = PREFIX + secrets.token_urlsafe(32)
    tx.execute(
        insert(t.api_tokens).values(
            account_id=account_id, hash=_hash(secret), name=tidied(name)[:80], confirmed=confirmed, made_at=now
        )
    )
    if agent is not None:
        safety.tell(tx, account_id, Change.TOKEN_MADE, agent=agent, wall=now)
    return secret


def resolve(tx: Connection, secret: str, *, now: datetime) -> Holder | None:
    """Whom a token acts for, or None. Only reads."""
    row = _FIND.first(tx, hash=_hash(secret))
    return None if row is None or now >= row.made_at + LASTS else Holder(int(row.account_id), bool(row.confirmed))


def revoke(tx: Connection, account_id: int, *, token_id: int, now: datetime) -> None:
    """The token stops working at once. Raises NotFound for one that is not theirs."""
    mine = (t.api_tokens.c.id == token_id) & (t.api_tokens.c.account_id == account_id)
    if tx.execute(delete(t.api_tokens).where(mine)).rowcount == 0:
        raise NotFound(what="token")
    journal.append(tx, events.RightsChanged(fair_id=None, account_id=account_id), at=now, by=account_id)


def of_account(tx: Connection, account_id: int, *, now: datetime) -> tuple[Token, ...]:
    """The tokens of an account that still work, the newest first."""
    columns = (t.api_tokens.c.id, t.api_tokens.c.name, t.api_tokens.c.made_at)
    mine = (t.api_tokens.c.account_id == account_id) & (t.api_tokens.c.made_at > now - LASTS)
    rows = tx.execute(select(*columns).where(mine).order_by(t.api_tokens.c.id.desc()))
    return tuple(Token(**row._asdict()) for row in rows)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
