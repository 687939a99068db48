"""The commands `backup` and `restore`. Whoever was erased since the backup is erased again, before anybody sees them."""

from datetime import datetime
from pathlib import Path

import typer
from sqlalchemy import Connection, func, select

from jobdating.clock import WallClock
from jobdating.db import backup
from jobdating.db import tables as t
from jobdating.services import erasure

REFUSED = 2
People = dict[int, datetime]  # ids and when they were made: the same person in the copy and now


def run_backup(path: Path, *, database_url: str) -> int:
    """Copy the database to `path` while it is used; the exit status."""
    try:
        backup.save(database_url, path)
    except backup.BackupError as error:
        return _refuse(error)
    typer.echo(f"{path}: {path.stat().st_size} bytes, readable by you alone")
    typer.echo("the server's secret is not in it: keep that apart")
    return 0


def run_restore(path: Path, *, database_url: str) -> int:
    """Put a copy back in place of the database; the exit status."""
    try:
        with backup.reading(database_url) as now:
            gone = ({}, {}) if now is None else (_erased(now), _forgotten(now))
        again: list[int] = []

        def mend(tx: Connection) -> None:
            again.append(_forget(tx, *gone))

        backup.put_back(database_url, path, mend=mend)
        with backup.reading(database_url) as restored:
            assert restored is not None
            counts = [
                restored.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (t.fairs, t.accounts, t.bookings)
            ]
    except backup.BackupError as error:
        return _refuse(error)
    typer.echo("restored: {} fairs, {} accounts, {} bookings".format(*counts))
    if again[0]:
        typer.echo(f"{again[0]} accounts that were erased since are erased again")
    return 0


def _erased(tx: Connection) -> People:
    a = t.accounts.c
    rows = tx.execute(select(a.id, a.created_at).where(a.email.endswith(erasure.ERASED)))
    return {row.id: row.created_at for row in rows}


def _forgotten(tx: Connection) -> People:
    c = t.candidates.c
    rows = tx.execute(select(c.id, c.registered_at).where(c.forgotten_at.is_not(None)))
    return {row.id: row.registered_at for row in rows}


def _forget(tx: Connection, accounts: People, candidates: People) -> int:
    a, c = t.accounts.c, t.candidates.c
    alive = tx.execute(select(a.id, a.created_at).where(~a.email.endswith(erasure.ERASED)))
    account_ids = [row.id for row in alive if accounts.get(row.id) == row.created_at]
    here = tx.execute(select(c.id, c.registered_at).where(c.forgotten_at.is_(None)))
    candidate_ids = [row.id for row in here if candidates.get(row.id) == row.registered_at]
    erasure.forget_candidates(tx, candidate_ids, now=WallClock().now())
    erasure.forget_accounts(tx, account_ids)
    return len(account_ids)


def _refuse(error: Exception) -> int:
    typer.echo(f"jobdating: {error}", err=True)
    return REFUSED
