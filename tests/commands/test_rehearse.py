"""`jobdating rehearse`, as a process: facts, a line each, and a file; the database is only read."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Connection

from jobdating.db import tables as t
from jobdating.db.engine import open_database
from tests.commands.test_accounts import jobdating
from tests.simulation.test_rehearsal import everything, small_fair


def a_fair(tx: Connection) -> None:
    fair_id = small_fair(tx)
    tx.execute(t.fairs.update().where(t.fairs.c.id == fair_id).values(slug="juin-2027"))


@pytest.fixture
async def url(sqlite_url: str) -> str:
    db = open_database(sqlite_url)
    await db.write(a_fair)
    await db.close()
    return sqlite_url


@pytest.mark.timeout(300)
async def test_a_day_is_told_in_facts_and_kept_in_a_file(url: str, tmp_path: Path) -> None:
    db = open_database(url)
    before = await db.read(everything)
    file = tmp_path / "result.json"
    done = jobdating(
        "rehearse", "juin-2027", "--cap", "1", "--draws", "1", "--json", str(file), database_url=url, within=250
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:2] == ["draws: 1 of 1", "as it is: stands: 3"]
    assert any(line.startswith("as it is: interviews: ") for line in lines)
    assert any(line.startswith("a cap of 1: bookings: ") for line in lines)
    assert any(line.endswith(", no clear difference") for line in lines)
    usual, capped = json.loads(file.read_text())
    assert usual["variation"]["cap"] is None and capped["variation"]["cap"] == 1
    assert f"as it is: interviews: {usual['figures']['done'][0]}" in done.stdout
    assert await db.read(everything) == before
    await db.close()


def test_what_cannot_be_played_is_said_in_one_line_with_status_2(url: str) -> None:
    for arguments, why in (
        (("nowhere",), "there is no fair nowhere"),
        (("juin-2027", "--day", "2027-06-18"), "no stand of juin-2027 has a slot on 2027-06-18"),
        (("juin-2027", "--day", "2027-07-01"), "juin-2027 has no day 2027-07-01"),
        (("juin-2027", "--day", "thursday"), "2027-06-17"),
    ):
        done = jobdating("rehearse", *arguments, database_url=url)
        assert done.returncode == 2
        assert why in done.stderr and "Traceback" not in done.stderr
