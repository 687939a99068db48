"""The command `timetable fair`: solves a fair's drafts, tells their figures, one fact a line, and publishes one."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from sqlalchemy import Connection

from jobdating.clock import WallClock
from jobdating.db.engine import Database, open_database
from jobdating.db.migrations import migrate
from jobdating.domain.errors import TimetableStale
from jobdating.domain.policy import SYSTEM
from jobdating.domain.weighing import STANDARD
from jobdating.queries import identity, timetable_page, timetables
from jobdating.rendering import imports
from jobdating.rendering import timetable as words
from jobdating.rendering.environment import translator
from jobdating.rendering.words import clock_time, day_words, local
from jobdating.services import publishing, timetable
from jobdating.timetabling import drafting
from jobdating.timetabling.process import Failed

REFUSED = 2


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


@dataclass(frozen=True)
class _Done:
    """What was solved, what is wrong in words, what was published, and what stood in the way."""

    zone: str
    drafts: tuple[timetables.Draft, ...] = ()
    faults: tuple[str, ...] = ()
    published: publishing.Published | None = None
    refusal: TimetableStale | None = None
    busy: bool = False


def run_fair(slug: str, *, database_url: str, letter: str | None, language: str) -> int:
    """Solve the drafts of a fair, and publish the one of that letter; the exit status: 0, or 2 when it was refused."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    mistakes = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
    say = translator(language)
    migrate(database_url)
    done = asyncio.run(_fair(slug, database_url, letter, language))
    if done is None:
        mistakes.print(imports.refusal("missing", {"name": slug}, language))
        return REFUSED
    if done.busy:
        mistakes.print(say(_("Un calcul est déjà en cours ; réessayez dans un instant.")))
        return REFUSED
    for fault in done.faults:
        mistakes.print(fault)
    for draft in done.drafts:
        for line in _lines(draft, language):
            console.print(line)
    if done.published is not None:
        console.print(
            say(_("publié : %(letter)s, %(made)s entretiens")) % {"letter": letter, "made": done.published.made}
        )
    for line in _refusal(done, language):
        mistakes.print(line)
    return REFUSED if done.faults or done.refusal else 0


async def _fair(slug: str, database_url: str, letter: str | None, language: str) -> _Done | None:
    db, clock = open_database(database_url), WallClock()
    try:
        fair = await db.read(identity.fair, slug)
        if fair is None:
            return None
        if not await db.write(timetable.ask, SYSTEM, fair_id=fair.id, now=clock.now()):
            return _Done(fair.timezone, busy=True)
        try:
            outcome = await drafting.draft(db, SYSTEM, fair_id=fair.id, clock=clock)
        except Failed:
            return _Done(fair.timezone, faults=tuple(words.trouble([["failed", {}]], language, people={}, stands={})))
        if outcome.mistakes:
            return _Done(fair.timezone, faults=await db.read(_faults, fair.id, language))
        drafts = tuple(each for each in await db.read(timetables.drafts, fair.id) if each.letter in STANDARD)
        return await _published(db, _Done(fair.timezone, drafts), fair.id, letter, clock)
    finally:
        await db.close()


async def _published(db: Database, done: _Done, fair_id: int, letter: str | None, clock: WallClock) -> _Done:
    if letter is None:
        return done
    try:
        published = await db.write(publishing.publish, SYSTEM, fair_id=fair_id, letter=letter, now=clock.now())
    except TimetableStale as refusal:
        return _Done(done.zone, done.drafts, refusal=refusal)
    return _Done(done.zone, done.drafts, published=published)


def _faults(tx: Connection, fair_id: int, language: str) -> tuple[str, ...]:
    people = {id_: each.name for id_, each in timetable_page.names(tx, fair_id).items()}
    stands = timetable_page.stand_names(tx, fair_id)
    told = [fault for each in timetables.drafts(tx, fair_id) for fault in each.trouble or ()]
    return tuple(words.trouble(told, language, people=people, stands=stands))


def _lines(draft: timetables.Draft, language: str) -> Iterator[str]:
    say = translator(language)
    figures: Any = draft.figures or {}
    at_least, by_rank = figures["at_least"], figures["by_rank"]
    gap = words.count(100 * figures["gap"], language, digits=2)
    facts = (
        (say(_("au moins un entretien")), f"{at_least[0]} / {figures['people']}"),
        (say(_("au moins deux")), at_least[1]),
        (say(_("au moins trois")), at_least[2]),
        (say(_("premier vœu obtenu")), by_rank[0]),
        (say(_("entretiens")), figures["interviews"]),
        (say(_("demi-journées par candidat")), words.count(figures["half_days"], language, digits=2)),
        (say(_("sans pause")), figures["back_to_back"]),
        (say(_("au plus à gagner encore")), f"{gap} %"),
        *((words.denial(code, language), number) for code, number in sorted(figures["denied"].items())),
    )
    name = words.preset(draft.preset, language)
    for label, value in facts:
        yield f"{draft.letter}, {name}, {label} : {value}"


def _refusal(done: _Done, language: str) -> Iterator[str]:
    if done.refusal is None:
        return
    say = translator(language)
    yield say(_("Entre-temps, des places ne sont plus possibles. Rien n’a été publié."))
    places: Any = done.refusal.params.get("places", ())
    for stand, starts_at, code in places:
        there = local(starts_at, done.zone)
        yield f"{stand}, {day_words(there.date(), language)}, {clock_time(starts_at, done.zone)} : " + words.problem(
            code, language
        )
