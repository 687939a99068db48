"""The organiser's timetable: have it solved, compare the drafts, publish one. Parse, call, respond."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import NotFound, TimetableStale
from jobdating.domain.weighing import STANDARD, Preset
from jobdating.domain.wishing import WISHES_AHEAD, Mode, Wishing
from jobdating.queries import timetable_page, timetables
from jobdating.queries.timetables import Draft
from jobdating.rendering import timetable as words
from jobdating.services import publishing, timetable
from jobdating.services.timetable import UNDER_WAY
from jobdating.timetabling import drafting
from jobdating.web import pages
from jobdating.web.house import House, house
from jobdating.web.visit import visit

PATIENCE = timedelta(seconds=4)  # a timetable that is solved sooner is shown at once
LEAST_GROUP = 5  # people: a smaller group would tell about persons
HIGHER = ("at_least_1", "at_least_2", "at_least_3", "first_wish", "interviews")
LOWER = ("spread", "half_days", "back_to_back", "gap")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Column:
    """A solved draft as the pages show it: its figures, and what they say."""

    letter: str
    name: str
    first_come: bool
    changed: bool
    figures: Mapping[str, Any]
    said: Mapping[str, str]


async def compare(request: Request) -> Response:
    """The drafts side by side, who gains and who loses, and what can be done next."""
    seen, fair = visit(request), visit(request).the_fair()

    def read(tx: Connection) -> dict[str, Any]:
        drafts = timetables.drafts(tx, fair.id)
        return {
            "drafts": [each for each in drafts if each.letter in STANDARD],
            "ranking": timetables.ranking(tx, fair.id),
            "size": timetable_page.size(tx, fair.id),
            "stale": timetables.is_stale(tx, fair.id),
            "names": names_of(tx, fair.id, drafts),
            "stands": timetable_page.stand_names(tx, fair.id),
        }

    found = await house(request).db.read(read)
    drafts = found.pop("drafts")
    names, stands = found.pop("names"), found.pop("stands")
    columns = columns_of(drafts, seen.language)
    chosen = chosen_of(columns, request)
    baseline = next((column for column in columns if column.first_come), None)
    busy = [each for each in drafts if is_busy(each, seen.now)]
    response = pages.page(
        request,
        "timetable/compare.html",
        **found,
        columns=columns,
        chosen=chosen,
        baseline=baseline,
        best=_best(columns),
        plots=_plots(baseline, chosen, seen.language) if baseline and chosen else None,
        said_by_trade=_said_by_trade(baseline, chosen, seen.language) if baseline and chosen else "",
        denials=_denials(chosen, seen.language) if chosen else [],
        disputed=[row for row in demand_rows(chosen.figures["stands"], stands) if row["unmet"]][:4] if chosen else [],
        solving=bool(busy),
        progress=(len(drafts) - len(busy), len(drafts)),
        faults=faults_of(drafts, names, seen.language) if not busy else [],
        solved_at=max((each.solved_at for each in drafts if each.solved_at), default=None),
        may_remind=fair.wishing.until is None or seen.now < fair.wishing.until,
        remind_at=_remind_at(fair.wishing, seen.now),
        reminded=_number(request, "reminded"),
        published=_number(request, "published"),
        count=words.count,
    )
    if busy:
        response.headers["refresh"] = "1"
    return response


async def solve(request: Request) -> Response:
    """Have the drafts solved beside the request, and wait a moment for them."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    if await home.db.write(timetable.ask, seen.actor, fair_id=fair.id, now=seen.now):
        await beside(home, drafting.draft(home.db, seen.actor, fair_id=fair.id, clock=home.clock))
    return RedirectResponse(f"/fairs/{fair.slug}/timetable", status_code=303)


async def publish(request: Request) -> Response:
    """What publishing a draft does; on POST, it is done, or it is said what stands in the way."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    letter = request.path_params["letter"]
    if letter not in STANDARD or STANDARD[letter][0] is Preset.FIRST_COME:
        raise NotFound(what="draft")
    if request.method == "GET":
        return await _publish_page(request, letter)
    try:
        done = await home.db.write(publishing.publish, seen.actor, fair_id=fair.id, letter=letter, now=seen.now)
    except TimetableStale as refusal:
        return await _publish_page(request, letter, refusal)
    return RedirectResponse(f"/fairs/{fair.slug}/timetable?draft={letter}&published={done.made}", status_code=303)


async def groups(request: Request) -> Response:
    """Who is served, by trade, level, site and age band."""
    seen, fair = visit(request), visit(request).the_fair()
    drafts = await house(request).db.read(timetables.drafts, fair.id)
    columns = columns_of([each for each in drafts if each.letter in STANDARD], seen.language)
    chosen = chosen_of(columns, request)
    titles = words.groups(seen.language)
    tables = []
    for name in titles if chosen else ():
        shown = [group for group in chosen.figures["groups"][name] if group["people"] >= LEAST_GROUP] if chosen else []
        if name == "age":
            shown = [group | {"name": words.age(group["name"], seen.language)} for group in shown]
        tables.append((titles[name], shown))
    return pages.page(
        request, "timetable/groups.html", columns=columns, chosen=chosen, tables=tables, count=words.count
    )  # fmt: skip


async def beside(home: House, work: Coroutine[Any, Any, Any]) -> None:
    """Carry on with the work when the request has been answered; a fault is in the log, and the draft says so."""

    async def done() -> None:
        try:
            await work
        except Exception:
            logger.exception("a timetable could not be made")

    task = asyncio.create_task(done())
    running: set[asyncio.Task[None]] = home.extras.setdefault("timetables", set())
    running.add(task)
    task.add_done_callback(running.discard)
    await asyncio.wait({task}, timeout=PATIENCE.total_seconds())


def columns_of(drafts: list[Draft], language: str) -> list[Column]:
    """The solved drafts, by letter."""
    return [
        Column(
            each.letter,
            words.preset(each.preset, language),
            each.preset == Preset.FIRST_COME,
            dict(each.policy) != STANDARD[each.letter][1].stored(),
            each.figures,
            _said(each.figures, language),
        )
        for each in drafts
        if each.figures is not None and each.letter in STANDARD
    ]


def demand_rows(figures: list[dict[str, int]], names: Mapping[int, str]) -> list[dict[str, Any]]:
    """What each stand was asked for and gives, the least met demand first; shares in percent of the longest line."""
    most = max((max(each["wanted"], each["places"], each["met"]) for each in figures), default=0) or 1
    rows = [
        each
        | {
            "name": names.get(each["stand_id"], ""),
            "unmet": max(0, each["wanted"] - each["met"]),
            "wanted_share": round(100 * max(each["wanted"], each["met"]) / most, 1),
            "met_share": round(100 * each["met"] / most, 1),
            "places_share": round(100 * each["places"] / most, 1),
        }
        for each in figures
        if each["stand_id"] in names
    ]
    return sorted(rows, key=lambda row: (-row["unmet"], row["name"]))


def chosen_of(columns: list[Column], request: Request) -> Column | None:
    """The draft of the address, or the first that follows wishes."""
    asked = request.query_params.get("draft", "")
    candidates = [column for column in columns if not column.first_come]
    return next((column for column in candidates if column.letter == asked), candidates[0] if candidates else None)


def is_busy(draft: Draft, now: datetime) -> bool:
    return draft.step in UNDER_WAY and draft.step_at > now - timetable.STUCK


def faults_of(drafts: list[Draft], names: tuple[dict[int, str], dict[int, str]], language: str) -> list[str]:
    """Why drafts could not be solved, each reason once."""
    told = [fault for each in drafts for fault in each.trouble or ()]
    return words.trouble(told, language, people=names[0], stands=names[1])


def refused_of(refusal: TimetableStale, language: str) -> dict[str, Any]:
    """What stands in the way of publishing, for a page."""
    places: Any = refusal.params.get("places", ())
    shown = [(stand, starts_at, words.problem(code, language)) for stand, starts_at, code in places][:20]
    return {"count": refusal.params["count"], "places": shown}


async def _publish_page(request: Request, letter: str, refusal: TimetableStale | None = None) -> Response:
    seen, fair = visit(request), visit(request).the_fair()

    def read(tx: Connection) -> tuple[tuple[Draft, ...], bool]:
        return timetables.drafts(tx, fair.id), timetables.is_stale(tx, fair.id)

    drafts, stale = await house(request).db.read(read)
    columns = columns_of([each for each in drafts if each.letter == letter], seen.language)
    if not columns:
        raise NotFound(what="draft")
    refused = refused_of(refusal, seen.language) if refusal else None
    status = 409 if refusal else 200
    return pages.page(
        request,
        "timetable/publish.html",
        status=status,
        chosen=columns[0],
        refused=refused,
        stale=stale,
        count=words.count,
    )


def names_of(tx: Connection, fair_id: int, drafts: tuple[Draft, ...]) -> tuple[dict[int, str], dict[int, str]]:
    """Whom faults speak of; read only when there are any."""
    if not any(each.trouble for each in drafts):
        return {}, {}
    people = {id_: each.name for id_, each in timetable_page.names(tx, fair_id).items()}
    return people, timetable_page.stand_names(tx, fair_id)


def _remind_at(wishing: Wishing, now: datetime) -> datetime | None:
    """When those who have not ranked are reminded by themselves; None when that is over, or there is no deadline."""
    if wishing.mode is not Mode.WISHES or wishing.until is None or wishing.until - WISHES_AHEAD <= now:
        return None
    return wishing.until - WISHES_AHEAD


def _said(figures: Mapping[str, Any], language: str) -> dict[str, str]:
    values = _values(figures)
    said = {name: words.count(values[name], language) for name in (*HIGHER, "spread", "back_to_back", "people")}
    said["half_days"] = words.count(figures["half_days"], language, digits=1)
    gap = round(100 * figures["gap"], 1)
    said["gap"] = f"{words.count(gap, language, digits=1 if gap else 0)} %"
    return said


def _values(figures: Mapping[str, Any]) -> dict[str, float]:
    return {
        "at_least_1": figures["at_least"][0], "at_least_2": figures["at_least"][1],
        "at_least_3": figures["at_least"][2], "first_wish": figures["by_rank"][0],
        **{name: figures[name] for name in ("interviews", "spread", "half_days", "back_to_back", "gap", "people")},
    }  # fmt: skip


def _best(columns: list[Column]) -> dict[str, set[str]]:
    """The letters that are best at each figure, where what they say differs."""
    found: dict[str, set[str]] = {}
    for names, best in ((HIGHER, max), (LOWER, min)):
        for name in names:
            top = best((_values(column.figures)[name] for column in columns), default=0)
            said = {column.said[name] for column in columns if _values(column.figures)[name] == top}
            if len({column.said[name] for column in columns}) > 1:
                found[name] = {column.letter for column in columns if column.said[name] in said}
    return found


def _plots(a: Column, b: Column, language: str) -> dict[str, Any]:
    counts = ["0", "1", "2", "3", "4+"]
    return {
        "by_count": words.bars(counts, a.figures["by_count"], b.figures["by_count"]),
        "by_rank": words.bars(words.ranks(language), a.figures["by_rank"], b.figures["by_rank"]),
        "by_tenth": words.lines(a.figures["by_tenth"], b.figures["by_tenth"]),
        "by_trade": words.dots(a.figures["groups"]["trade"], b.figures["groups"]["trade"]),
    }


def _said_by_trade(a: Column, b: Column, language: str) -> str:
    rows, _ = words.dots(a.figures["groups"]["trade"], b.figures["groups"]["trade"])
    return words.shares([(row.label, row.share_a, row.share_b) for row in rows], b.letter, language)


def _denials(chosen: Column, language: str) -> list[tuple[str, str]]:
    codes = sorted(chosen.figures["denied"].items(), key=lambda each: -each[1])
    return [(words.denial(code, language), words.count(number, language)) for code, number in codes]


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 8 else None
