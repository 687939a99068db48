"""The command `rehearse`: a day of a fair played on a copy, told in one fact a line. The database is only read."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import open_database
from jobdating.queries import identity
from jobdating.simulation import draws, rehearsal
from jobdating.simulation.rehearsal import NothingToPlay, Plan, Rows
from jobdating.simulation.variations import Variation

REFUSED = 2
Result = Mapping[str, Any]


def run_rehearsal(
    fair: str,
    *,
    database_url: str,
    plan: tuple[date | None, int, float, float, int],
    variations: Sequence[Variation],
    to: Path | None,
) -> int:
    """Draw the day as it is and with each variation, and say what came of it; the exit status.

    `plan` is the day (None: the first), the seed, the shares of places taken and of people who do not come, and how
    many draws. Interrupted, it tells the draws that are played.
    """
    day, seed, fill, no_show, most = plan
    found = asyncio.run(_read(database_url, fair))
    if found is None:
        return _refuse(f"there is no fair {fair}")
    fair_id, days, rows = found
    if day is not None and day not in days:
        return _refuse(f"{fair} has no day {day}")
    asked = Plan(day or days[0], seed, fill, no_show, most)
    results: list[Result] = []
    try:
        with typer.progressbar(length=100, label="playing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

            def told(share: float) -> None:
                bar.update(int(100 * share) - bar.pos)

            for said in draws.play(rows, fair_id, asked, variations, tell=told):
                results = list(said)
    except NothingToPlay:
        return _refuse(f"no stand of {fair} has a slot on {asked.day}")
    except KeyboardInterrupt:
        if not results:
            raise
    typer.echo(f"draws: {len(results[0]['figures']['done'])} of {asked.draws}")
    for result in results:
        _tell(result, results[0])
    if to is not None:
        to.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")
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


# A name, its unit, how many digits it is told with, and the figure.
_FACTS = (
    ("stands", "", 0, "stands"),
    ("people", "", 0, "people"),
    ("people seen", "", 0, "served"),
    ("came and were not seen", "", 0, "not_served"),
    ("bookings", "", 0, "booked"),
    ("bookings lost by the change", "", 0, "lost"),
    ("interviews", "", 0, "done"),
    ("interviews without appointment", "", 0, "walk_ins"),
    ("no-shows", "", 0, "no_shows"),
    ("mean delay", " min", 1, "delay"),
    ("delay of nine in ten at most", " min", 1, "delay_p90"),
    ("called more than 10 min late", "", 1, "late_share"),
    ("mean wait with an appointment", " min", 1, "wait"),
    ("mean wait without", " min", 1, "walk_in_wait"),
    ("idle time of a recruiter", " min", 0, "idle"),
    ("share of idle time", "", 1, "idle_share"),
    ("the last stand ends after its time by", " min", 0, "over"),
    ("stands in trouble", "", 0, "stands_in_trouble"),
)
_SHARES = frozenset({"late_share", "idle_share"})


def _tell(result: Result, usual: Result) -> None:
    """One fact a line: the middle draw, the least and the most, and what differs from the day as it is."""
    name = _name(Variation(**result["variation"]))
    if result["helped"]:
        stands = ", ".join(result["helped"])
        delay = _told("helped_delay", result["helped_delay"], result, usual, (" min", 1))
        typer.echo(f"{name}: mean delay at the reinforced stands ({stands}): {delay}")
    for fact, unit, digits, key in _FACTS:
        typer.echo(f"{name}: {fact}: {_told(key, result['figures'][key], result, usual, (unit, digits))}")
    if result is usual:
        load = result["load"]
        typer.echo(f"{name}: load: {load['commands']:.0f} commands, {load['busiest_minute'] / 60:.1f} a second at most")
        typer.echo(f"{name}: a durable command: {load['median_ms']:.1f} ms, {load['p95_ms']:.1f} for the slowest in 20")


def _told(key: str, values: Sequence[float], result: Result, usual: Result, shape: tuple[str, int]) -> str:
    unit, digits = shape
    plus = f"+.{digits}%" if key in _SHARES else f"+.{digits}f"
    plain = plus.removeprefix("+")
    found = draws.spread(values)
    said = f"{found.median:{plain}}{unit}"
    if found.low != found.high:
        said += f" ({found.low:{plain}} to {found.high:{plain}})"
    if result is usual:
        return said
    differs = draws.compared(key, result, usual)
    if differs.spread.low == differs.spread.high == 0:
        return said
    return f"{said}, {differs.spread.median:{plus}}{unit}" if differs.clear else f"{said}, no clear difference"


def _name(variation: Variation) -> str:
    if variation.recruiters:
        return f"{variation.recruiters} more recruiters"
    if variation.buffer_minutes:
        return f"{variation.buffer_minutes} more minutes of buffer"
    return "as it is" if variation.cap is None else f"a cap of {variation.cap}"


def _refuse(why: str) -> int:
    typer.echo(f"jobdating: {why}", err=True)
    return REFUSED
