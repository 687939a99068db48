"""Finds or makes the account of somebody who is given a part by another: a recruiter, an organiser."""

from datetime import datetime

from sqlalchemy import Connection, insert, select

from jobdating.db import tables as t


def account(tx: Connection, email: str, *, now: datetime, first_name: str = "", last_name: str = "") -> int:
    """The account of that address (lower case), made when there is none; a known person keeps their name."""
    found = tx.execute(select(t.accounts.c.id).where(t.accounts.c.email == email)).scalar()
    if found is not None:
        return int(found)
    row = {"email": email, "first_name": first_name, "last_name": last_name, "created_at": now}
    return int(tx.execute(insert(t.accounts).values(row).returning(t.accounts.c.id)).scalar_one())
