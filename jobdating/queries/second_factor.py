"""What ways an account has to confirm who it is. Never how."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.domain.policy import Actor


@dataclass(frozen=True)
class Passkey:
    """A key that lives in a phone, a computer or a fob, as its owner tells it from others."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Ways:
    """How an account may confirm: passkeys, an app since when, and how many codes on paper are left."""

    passkeys: tuple[Passkey, ...]
    app_since: datetime | None
    codes: int

    @property
    def any(self) -> bool:
        return bool(self.passkeys or self.app_since)


def ways(tx: Connection, account_id: int) -> Ways:
    """In three reads."""
    p, c = t.passkeys.c, t.recovery_codes.c
    keys = select(p.id, p.name, p.made_at, p.used_at).where(p.account_id == account_id).order_by(p.id)
    app = select(t.second_factors.c.app_since).where(t.second_factors.c.account_id == account_id)
    left = select(func.count()).where(c.account_id == account_id, c.used_at.is_(None))
    return Ways(
        tuple(Passkey(**row._asdict()) for row in tx.execute(keys)),
        tx.execute(app).scalar_one_or_none(),
        tx.execute(left).scalar_one(),
    )


def has_any(tx: Connection, account_id: int) -> bool:
    """Whether the account has a way to confirm, in one read."""
    key = select(t.passkeys.c.id).where(t.passkeys.c.account_id == account_id).exists()
    app = select(t.second_factors.c.account_id).where(
        t.second_factors.c.account_id == account_id, t.second_factors.c.app_since.is_not(None)
    )
    return bool(tx.execute(select(key | app.exists())).scalar_one())


def is_asked(tx: Connection, actor: Actor, *, required: bool) -> bool:
    """Whether the actor's sessions confirm a second time: who works here, where all must or they have a way to."""
    if actor.account_id is None or not actor.works_here:
        return False
    return required or has_any(tx, actor.account_id)
