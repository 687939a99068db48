"""Copies a database while it is used, and puts a copy back. Knows rows, not people.

SQLite: its own online backup in one step, a consistent snapshot that writers do not wait for. PostgreSQL: pg_dump and
pg_restore, which must be at hand. A copy is readable by its owner only.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url

from jobdating.db import journal
from jobdating.db.engine import path_of
from jobdating.db.migrations import migrate
from jobdating.db.postgresql import driver_url
from jobdating.db.sqlite import engine_for

Mend = Callable[[Connection], None]


class BackupError(Exception):
    """It was not done, and nothing was changed; the words say why."""


def save(url: str, target: Path) -> None:
    """Write a copy of the database to `target`. Raises BackupError."""
    if target.exists():
        raise BackupError(f"{target} is there already: nothing is overwritten")
    part = target.with_name(f"{target.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"):
            pass
        _copy(url, part)
        _to_disk(part)
        part.rename(target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def put_back(url: str, source: Path, *, mend: Mend) -> None:
    """Replace the database by the copy, brought to the newest shape, with a new epoch, so that open pages draw all anew.

    `mend` runs on the copy before anybody sees it. No server may use the database. Raises BackupError.
    """
    if not source.is_file():
        raise BackupError(f"{source} is not a file")
    if path_of(url) is None:
        _put_back_postgresql(url, source, mend)
    else:
        _put_back_sqlite(url, source, mend)


@contextmanager
def reading(url: str) -> Iterator[Connection | None]:
    """The database as it is now, to read; None when there is none yet."""
    path = path_of(url)
    if path is not None and not path.is_file():
        yield None
        return
    engine = engine_for(url, writes=False) if path is not None else create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            yield connection if engine.dialect.has_table(connection, "meta") else None
    finally:
        engine.dispose()


def _copy(url: str, part: Path) -> None:
    path = path_of(url)
    if path is None:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--file", str(part))
        return
    if not path.is_file():
        raise BackupError(f"there is no database at {path}")
    with closing(sqlite3.connect(path, timeout=10)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)  # all pages in one step: one snapshot, however much is written meanwhile
        copy.execute("PRAGMA journal_mode = DELETE")
        _ensure_whole(copy, part)


def _put_back_sqlite(url: str, source: Path, mend: Mend) -> None:
    path = path_of(url)
    assert path is not None
    _ensure_unused(path)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"):
            pass
        with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(part)) as ours:
            _ensure_whole(copy, source)
            copy.backup(ours)
        migrate(f"sqlite:///{part}")
        engine = engine_for(f"sqlite:///{part}", writes=True)
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            mend(connection)
            journal.begin_epoch(connection)
            cursor.execute("COMMIT")
            cursor.execute("VACUUM")  # what was mended away leaves no copy in the file
            cursor.close()
        engine.dispose()
        _to_disk(part)
        for beside in ("-wal", "-shm", "-journal"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        part.replace(path)
        _to_disk(path.parent)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{source} cannot be read as a copy of a database") from error
    finally:
        part.unlink(missing_ok=True)


def _put_back_postgresql(url: str, source: Path, mend: Mend) -> None:
    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            others = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if connection.exec_driver_sql(others).scalar_one():
                raise BackupError("the database is in use: stop every server first")
        restore = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        _run("pg_restore", url, *restore, str(source))
        migrate(url)
        with engine.begin() as connection:
            # Transactions of another cluster may lie in the future here: its entries would not be read.
            connection.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER journal_is_append_only")
            connection.exec_driver_sql(
                "UPDATE journal SET xid = 0 WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            )
            connection.exec_driver_sql("ALTER TABLE journal ENABLE TRIGGER journal_is_append_only")
            mend(connection)
            journal.begin_epoch(connection)
    finally:
        engine.dispose()


def _ensure_unused(path: Path) -> None:
    """Leaving the write-ahead log needs the database for oneself: whoever has it open keeps us from it."""
    if not path.exists():
        return
    with closing(sqlite3.connect(path, timeout=0.2)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise BackupError("the database is in use: stop the server first") from error


def _ensure_whole(connection: sqlite3.Connection, path: Path) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"meta", "journal", "accounts"} <= tables:
        raise BackupError(f"{path} is not a copy of our database")
    if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
        raise BackupError(f"{path} is damaged")


def _run(program: str, url: str, *arguments: str) -> None:
    """A tool of PostgreSQL's; the password goes through its environment, where other users do not see it."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is needed for PostgreSQL and is not on the PATH: install its client tools")
    address = make_url(url).set(drivername="postgresql")
    environment = os.environ | ({"PGPASSWORD": str(address.password)} if address.password else {})
    plain = address.set(password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 (the tool, with words of our own and an address of the keeper's)
        [found, *arguments, "--dbname", plain], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {' '.join(done.stderr.split())[:300]}")


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
