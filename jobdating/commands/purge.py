"""The command `purge`: what the timekeeper of a running server does by itself, for servers that seldom run."""

import asyncio

import typer
from sqlalchemy import Connection, select

from jobdating.clock import WallClock
from jobdating.db import tables as t
from jobdating.db.engine import open_database
from jobdating.db.migrations import migrate
from jobdating.services import erasure, purge


def run_purge(*, database_url: str) -> int:
    """Forget the people of every fair whose day has come, and say how many; the exit status."""
    migrate(database_url)
    now = WallClock().now()

    def forget(tx: Connection) -> list[tuple[str, int]]:
        slugs = {row.id: row.slug for row in tx.execute(select(t.fairs.c.id, t.fairs.c.slug))}
        return [(slugs[fair_id], purge.purge(tx, fair_id=fair_id, now=now)) for fair_id in purge.due(tx, now=now)]

    async def write() -> list[tuple[str, int]]:
        db = open_database(database_url)
        try:
            forgotten = await db.write(forget)
            if forgotten:
                await db.scrub()
                await db.write(erasure.scrubbed)
            return forgotten
        finally:
            await db.close()

    done = asyncio.run(write())
    for slug, count in done:
        typer.echo(f"{slug}: {count} accounts erased")
    if not done:
        typer.echo("no fair is due")
    return 0
