"""What SQLite leaves behind of rows that changed, and that rewriting the file leaves nothing."""

import asyncio
import random
import sqlite3
from contextlib import closing
from pathlib import Path

from jobdating.db.engine import open_database, path_of

CANARY = b"canari"
ROWS = 3_000


def crowd(path: Path, seed: int) -> None:
    """Rows of many sizes that grow while others come, so that pages split around the canaries; then these go."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        run = connection.execute
        run("PRAGMA secure_delete = ON")
        run("PRAGMA synchronous = OFF")
        run("DROP TABLE IF EXISTS people")
        run("DROP TABLE IF EXISTS mails")
        run(
            "CREATE TABLE people (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT, grown TEXT, about TEXT)"
        )
        run("CREATE TABLE mails (id INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT, context TEXT)")
        run("CREATE INDEX mails_of ON mails (recipient)")
        named = []
        for number in range(ROWS):
            is_canary = number % 50 == 7
            email = f"canari{number}@x.example" if is_canary else f"p{chance.randrange(10**9)}@x.example"
            name, about = ("canari-first", "canari-about ") if is_canary else ("Ines", "x")
            row = (email, name, "B" * chance.randrange(20), about * chance.randrange(1, 60))
            made = run("INSERT INTO people (email, name, grown, about) VALUES (?, ?, ?, ?)", row).lastrowid
            if is_canary:
                named.append((made,))
            for _ in range(2):
                run("INSERT INTO mails (recipient, context) VALUES (?, '{}')", (email,))
            if number % 7 == 0:
                more = "canari-late" if is_canary else "y" * 40
                run("UPDATE people SET about = about || ? WHERE id = ?", (more, chance.randrange(1, (made or 0) + 1)))
        for one in named:
            run("DELETE FROM mails WHERE recipient = (SELECT email FROM people WHERE id = ?)", one)
            run("UPDATE people SET email = id || '@erased', name = '-', grown = '', about = '' WHERE id = ?", one)
        run("UPDATE people SET about = '' WHERE about LIKE '%canari%'")


def traces(path: Path) -> int:
    """How often the canary is in the bytes of the database's files."""
    return sum(file.read_bytes().count(CANARY) for file in path.parent.glob(f"{path.name}*"))


async def test_copies_in_the_gaps_of_split_pages_go_with_the_rewriting(sqlite_url: str) -> None:
    """`secure_delete` overwrites what is deleted, not what a split left lying: the control finds some of it."""
    path = path_of(sqlite_url)
    assert path is not None
    left = []
    for seed in range(1, 4):
        await asyncio.to_thread(crowd, path, seed)
        left.append(traces(path))
        db = open_database(sqlite_url)
        assert await db.scrub()
        assert traces(path) == 0
        await db.close()
    assert sum(left) > 0, left
