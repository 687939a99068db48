"""The commands `import` and `export`: a bar on a terminal, one fact a line elsewhere."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from jobdating.clock import WallClock
from jobdating.db.engine import open_database
from jobdating.db.migrations import migrate
from jobdating.domain.content import Kind
from jobdating.domain.policy import SYSTEM
from jobdating.exchange import exporting, importing
from jobdating.exchange.importing import Prepared
from jobdating.exchange.reading import Unreadable, read_path
from jobdating.queries import importing as queries
from jobdating.rendering import imports as words
from jobdating.rendering.environment import translator
from jobdating.rendering.words import clock_time, day_words, local
from jobdating.services.grid import PlanStale

REFUSED = 2


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


_STEPS = {
    "read": _("Lecture du fichier"),
    "understand": _("Vérification"),
    "compare": _("Comparaison"),
    "apply": _("Enregistrement"),
}


def run_import(path: Path, *, database_url: str, dry_run: bool, keep: bool, language: str) -> int:
    """Import a workbook or a folder of CSV files; the exit status: 0 when it was (or could be) done, 2 when refused."""
    say = translator(language)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    migrate(database_url)
    try:
        with _bar(console, language) as progress:
            prepared = asyncio.run(_import(path, database_url, dry_run=dry_run, keep=keep, progress=progress))
    except Unreadable as error:
        console.print(words.refusal(error.code, error.params, language))
        return REFUSED
    except PlanStale:
        console.print(words.refusal("plan_stale", {}, language))
        return REFUSED
    for line in _lines(prepared, language, dry_run=dry_run):
        console.print(line)
    if prepared.mistakes or prepared.plan.hurts:
        console.print(say(_("Rien n’a été importé.")))
        return REFUSED
    return 0


def run_export(slug: str, path: Path, *, database_url: str, language: str) -> int:
    """Write a fair as a workbook in the format that `import` reads."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    migrate(database_url)

    async def export() -> bytes | None:
        db = open_database(database_url)
        try:
            current = await db.read(queries.current, slug)
            return None if current.fair_id is None else exporting.workbook(current)
        finally:
            await db.close()

    content = asyncio.run(export())
    if content is None:
        console.print(words.refusal("missing", {"name": slug}, language))
        return REFUSED
    path.write_bytes(content)
    console.print(str(path))
    return 0


async def _import(
    path: Path, database_url: str, *, dry_run: bool, keep: bool, progress: importing.Progress
) -> Prepared:
    progress("read")
    sheets = await asyncio.to_thread(read_path, path)
    db = open_database(database_url)
    now = WallClock().now()
    try:
        if dry_run:
            return await importing.prepare(db, sheets, slug=None, now=now, keep=keep, progress=progress)
        return await importing.carry_out(db, SYSTEM, sheets, slug=None, now=now, keep=keep, progress=progress)
    finally:
        await db.close()


@contextmanager
def _bar(console: Console, language: str) -> Iterator[importing.Progress]:
    """A bar with the step under way, on a terminal only."""
    say = translator(language)
    if not console.is_terminal:
        yield lambda step: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=len(importing.STEPS))

        def show(step: str) -> None:
            bar.update(task, completed=importing.STEPS.index(step), description=say(_STEPS[step]))

        yield show


def _lines(prepared: Prepared, language: str, *, dry_run: bool) -> Iterator[str]:
    say = translator(language)
    plan = prepared.plan
    for mistake in prepared.mistakes:
        yield say(_("%(sheet)s, ligne %(row)s, %(column)s : « %(value)s » : %(reason)s")) % {
            "sheet": mistake.sheet,
            "row": mistake.row,
            "column": mistake.column,
            "value": mistake.value,
            "reason": words.reason(mistake.code, mistake.params, language),
        }
    if prepared.mistakes:
        return
    for hurt in plan.hurts:
        yield say(_("%(stand)s, %(day)s à %(time)s : %(candidate)s y a rendez-vous, et ce créneau disparaîtrait")) % {
            "stand": hurt.stand,
            "day": day_words(local(hurt.starts_at, _zone(prepared)), language),
            "time": clock_time(hurt.starts_at, _zone(prepared)),
            "candidate": prepared.names.get(hurt.candidate_id, ""),
        }
    for ignored in prepared.ignored:
        yield say(_("pas reconnu, laissé de côté : %(name)s")) % {"name": ignored}
    for name, added, changed, absent in counts(prepared):
        yield say(
            _("%(kind)s : %(added)s à ajouter, %(changed)s à modifier, %(absent)s gardés bien qu’absents du fichier")
        ) % {
            "kind": words.kind(name, language),
            "added": added,
            "changed": changed,
            "absent": absent,
        }
    slots = [each.grid for each in plan.slots]
    yield say(_("Créneaux : %(added)s à ajouter, %(removed)s à retirer")) % {
        "added": sum(grid.coming for grid in slots),
        "removed": sum(grid.going for grid in slots),
    }
    for change in plan.changes if dry_run else ():
        for name, (before, after) in change.differences.items():
            yield say(_("%(label)s, %(field)s : %(before)s → %(after)s")) % {
                "label": change.item.label,
                "field": words.field(name, language),
                "before": words.value(before, language, _zone(prepared), name=name),
                "after": words.value(after, language, _zone(prepared), name=name),
            }
    if not plan.hurts:
        yield say(_("Essai : rien n’a été enregistré.")) if dry_run else say(_("C’est enregistré."))


def counts(prepared: Prepared) -> Iterator[tuple[str, int, int, int]]:
    """For each kind of thing that people know: how many are new, changed, and not in the file."""
    plan = prepared.plan
    added = Counter(item.kind for item in plan.additions)
    changed = Counter(change.item.kind for change in plan.changes)
    absent = Counter(known.item.kind for known in plan.absent)
    for kind in Kind:
        if kind is not Kind.ACCOUNT:
            yield kind.value, added[kind], changed[kind], absent[kind]


def _zone(prepared: Prepared) -> str:
    values: list[Any] = [item.values.get("timezone") for item in prepared.content.of(Kind.FAIR)]
    return next(filter(None, values), "Europe/Paris")
