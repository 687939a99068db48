"""Codes on paper for who has lost every other way to confirm. Each works once; keyed hashes are kept."""

import hmac
import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, insert, update

from jobdating.db import tables as t

COUNT = 10
LENGTH = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another: 10 of them are 49 bits


def renew(tx: Connection, account_id: int, *, key: str) -> tuple[str, ...]:
    """Ten new codes, to be shown once; those before stop working."""
    codes = tuple("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(COUNT))
    forget(tx, account_id)
    rows = [{"account_id": account_id, "hash": _hash(code, account_id, key)} for code in codes]
    tx.execute(insert(t.recovery_codes), rows)
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def spend(tx: Connection, account_id: int, code: str, *, key: str, now: datetime) -> bool:
    """Use a code; False for one that is none of theirs or was used."""
    # One conditional update decides: a code sent twice at once works once.
    c = t.recovery_codes.c
    mine = (c.account_id == account_id) & (c.hash == _hash(plain(code), account_id, key)) & c.used_at.is_(None)
    return tx.execute(update(t.recovery_codes).where(mine).values(used_at=now)).rowcount == 1


def forget(tx: Connection, account_id: int) -> None:
    tx.execute(delete(t.recovery_codes).where(t.recovery_codes.c.account_id == account_id))


def plain(typed: str) -> str:
    """A code as it was made, however it was typed."""
    return "".join(letter for letter in typed.lower() if letter.isalnum())


def _hash(code: str, account_id: int, key: str) -> str:
    """Keyed, so that the database alone does not let anybody try them out."""
    return hmac.digest(key.encode(), f"recovery {account_id} {code}".encode(), "sha256").hex()
