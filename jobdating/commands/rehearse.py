"""The command `rehearse`: a day of a fair played on a copy, told in one fact a line. The database is only read."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import open_database
from jobdating.queries import identity
from jobdating.simulation import rehearsal
from jobdating.simulation.rehearsal import NothingToPlay, Plan, Played, Rows
from jobdating.simulation.variations import Variation

REFUSED = 2


def run_rehearsal(
    fair: str,
    *,
    database_url: str,
    plan: tuple[date | None, int, float, float],
    variations: Sequence[Variation],
    to: Path | None,
) -> int:
    """Play the day as it is and with each variation, and say what came of it; the exit status.

    `plan` is the day (None: the first), the seed, the shares of places taken and of people who do not come.
    """
    day, seed, fill, no_show = plan
    found = asyncio.run(_read(database_url, fair))
    if found is None:
        return _refuse(f"there is no fair {fair}")
    fair_id, days, rows = found
    if day is not None and day not in days:
        return _refuse(f"{fair} has no day {day}")
    asked = Plan(day or days[0], seed, fill, no_show)
    try:
        with typer.progressbar(length=100, label="playing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
            played = rehearsal.rehearse(
                rows, fair_id, asked, variations, tell=lambda share: bar.update(int(100 * share) - bar.pos)
            )
    except NothingToPlay:
        return _refuse(f"no stand of {fair} has a slot on {asked.day}")
    for each in played:
        _tell(each)
    if to is not None:
        to.write_text(json.dumps([each.plain() for each in played], ensure_ascii=False, indent=1) + "\n")
        typer.echo(f"written to {to}")
    return 0


async def _read(database_url: str, slug: str) -> tuple[int, list[date], Rows] | None:
    def read(tx: Connection) -> tuple[int, list[date], Rows] | None:
        fair_id = tx.execute(select(t.fairs.c.id).where(t.fairs.c.slug == slug)).scalar()
        fair = None if fair_id is None else identity.fair_by_id(tx, fair_id)
        return None if fair is None else (fair.id, fair.days, rehearsal.copy_of(tx, fair.id))

    db = open_database(database_url)
    try:
        return await db.read(read)
    finally:
        await db.close()


def _tell(played: Played) -> None:
    told, load = played.outcome, played.load.plain()
    facts: dict[str, Any] = {
        "stands": told.stands,
        "people": f"{told.people}, {told.served} served, {told.not_served} came and were not",
        "bookings": f"{told.booked}, {told.lost} lost by the change",
        "interviews": f"{told.done}, {told.walk_ins} without appointment, {told.no_shows} no-shows",
        "delay": f"{told.delay:.1f} min on average, {told.delay_p90:.1f} for nine in ten, {told.late_share:.0%} over 10",
        "wait": f"{told.wait:.1f} min with an appointment, {told.walk_in_wait:.1f} without",
        "idle": f"{told.idle:.0f} min a recruiter, {told.idle_share:.0%} of the day",
        "stands in trouble": told.stands_in_trouble,
        "last end": f"{told.over:.0f} min after the last slot",
        "load": f"{load['commands']:.0f} commands, {load['busiest_minute'] / 60:.1f} a second in the busiest minute",
    }
    if played.load.times:
        facts["a durable command"] = f"{load['median_ms']:.1f} ms, {load['p95_ms']:.1f} for the slowest in twenty"
    for name, fact in facts.items():
        typer.echo(f"{_name(played.variation)}: {name}: {fact}")


def _name(variation: Variation) -> str:
    if variation.recruiters:
        return f"{variation.recruiters} more recruiters"
    if variation.buffer_minutes:
        return f"{variation.buffer_minutes} more minutes of buffer"
    return "as it is" if variation.cap is None else f"a cap of {variation.cap}"


def _refuse(why: str) -> int:
    typer.echo(f"jobdating: {why}", err=True)
    return REFUSED
