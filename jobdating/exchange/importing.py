"""An import from the file to the database: read, understand, compare, apply. Says nothing; the caller does.

The work that takes time happens in a thread, outside any transaction; only the last step holds the writer.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from jobdating.db.engine import Database
from jobdating.domain.content import Content, Current, Key, Kind
from jobdating.domain.importing import Grids, Plan, plan
from jobdating.domain.policy import Actor
from jobdating.exchange.reading import Sheet
from jobdating.exchange.tables import Mistake
from jobdating.exchange.understanding import slug_in, understand
from jobdating.queries import importing as queries
from jobdating.services import importing as service
from jobdating.services.grid import PlanStale

STEPS = ("read", "understand", "compare", "apply")
TRIES = 5

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """What an import would do, or what is wrong with its file. `names` are those of the candidates of hurt bookings."""

    content: Content
    plan: Plan
    ids: dict[Kind, dict[Key, int]]
    mistakes: tuple[Mistake, ...]
    ignored: tuple[str, ...]
    names: dict[int, str]


def _silent(step: str) -> None:
    """Progress that nobody watches."""


async def prepare(
    db: Database,
    sheets: list[Sheet],
    *,
    slug: str | None,
    now: datetime,
    keep: bool = False,
    progress: Progress = _silent,
) -> Prepared:
    """Work out what importing the sheets would do. `slug` is the fair they must be about, None for the one they name.

    Raises Unreadable when the file as a whole cannot be used.
    """
    progress("understand")
    named = slug or await asyncio.to_thread(slug_in, sheets)
    stored = await db.read(queries.current, named)
    understood = await asyncio.to_thread(understand, sheets, stored, slug=slug)
    content = understood.content
    if understood.mistakes:
        return Prepared(content, Plan(content.slug, None), {}, understood.mistakes, understood.ignored, {})
    progress("compare")
    emails = [item.key[0] for item in content.of(Kind.ACCOUNT)]
    current, grids = await db.read(_snapshot, content.slug, emails)
    made = await asyncio.to_thread(plan, content, current, grids, now=now, keep=keep)
    names = await db.read(queries.names_of, [hurt.candidate_id for hurt in made.hurts]) if made.hurts else {}
    ids = {kind: {key: known.id for key, known in current.of(kind).items()} for kind in Kind}
    return Prepared(content, made, ids, (), understood.ignored, names)


async def carry_out(
    db: Database,
    actor: Actor,
    sheets: list[Sheet],
    *,
    slug: str | None,
    now: datetime,
    keep: bool = False,
    progress: Progress = _silent,
) -> Prepared:
    """Import the sheets, and tell what was done; nothing is done when there are mistakes or hurt bookings.

    When somebody books while it is being worked out, it is worked out again. Raises Unreadable, PlanStale, NotFound.
    """
    for attempt in range(TRIES):
        prepared = await prepare(db, sheets, slug=slug, now=now, keep=keep, progress=progress)
        if prepared.mistakes or prepared.plan.hurts or not prepared.plan.changes_anything:
            return prepared
        progress("apply")
        try:
            await db.write(service.apply, actor, plan=prepared.plan, ids=prepared.ids, now=now)
        except PlanStale:
            if attempt == TRIES - 1:
                raise
            continue
        return prepared
    raise AssertionError("unreachable")


def _snapshot(tx: Connection, slug: str, emails: list[str]) -> tuple[Current, Grids]:
    current = queries.current(tx, slug, emails=emails)
    return current, queries.grids(tx, current.fair_id)
