"""Mends a published timetable: choose a strength, see who moves, confirm once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import NotFound, TimetableStale
from jobdating.domain.timetable import Strength
from jobdating.domain.weighing import MENDING
from jobdating.queries import mending as changes
from jobdating.queries import timetables
from jobdating.services import publishing, timetable
from jobdating.timetabling import drafting
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.timetable import beside, faults_of, is_busy, names_of, refused_of
from jobdating.web.visit import visit

SHOWN = 200  # lines of a preview


@dataclass(frozen=True)
class Preview:
    """Who would move. `stamp` is the draft that was looked at: only that one can be confirmed."""

    added: list[Any]
    moved: list[Any]
    dropped: list[Any]
    kept: int
    people: int
    rows: list[changes.Change]
    more: int
    stamp: str


async def mend(request: Request) -> Response:
    """The strengths, and the preview once it is worked out; on POST, work it out, or carry out what was seen."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    if request.method == "GET":
        return await _page(request)
    if fair.wishing.published_at is None:
        raise NotFound(what="timetable")
    form = await forms.read(request)
    stamp = forms.text(form, "confirm")
    if stamp:
        return await _confirm(request, stamp)
    strength = forms.choice(form, "strength", Strength, Strength.KEEP_ALL)
    if await home.db.write(timetable.ask_mending, seen.actor, fair_id=fair.id, strength=strength.value, now=seen.now):
        work = drafting.mend(home.db, seen.actor, fair_id=fair.id, strength=strength, clock=home.clock)
        await beside(home, work)
    return RedirectResponse(f"/fairs/{fair.slug}/timetable/mend?strength={strength.value}", status_code=303)


async def _confirm(request: Request, stamp: str) -> Response:
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    drafts = await home.db.read(timetables.drafts, fair.id)
    draft = next((each for each in drafts if each.letter == MENDING), None)
    if draft is None or draft.solved_at is None or _stamp(draft.solved_at) != stamp:
        return await _page(request, TimetableStale(count=0))
    try:
        await home.db.write(publishing.publish, seen.actor, fair_id=fair.id, letter=MENDING, now=seen.now)
    except TimetableStale as refusal:
        return await _page(request, refusal)
    return RedirectResponse(f"/fairs/{fair.slug}/timetable/mend?mended=yes", status_code=303)


async def _page(request: Request, refusal: TimetableStale | None = None) -> Response:
    seen, fair = visit(request), visit(request).the_fair()
    asked = request.query_params.get("strength", "")

    def read(tx: Connection) -> tuple[Any, Any, Any]:
        drafts = [each for each in timetables.drafts(tx, fair.id) if each.letter == MENDING]
        draft = drafts[0] if drafts else None
        ready = draft is not None and draft.preset == asked and draft.figures is not None and not draft.trouble
        preview = changes.preview(tx, fair.id, now=seen.now) if ready and not refusal else None
        return draft, preview, names_of(tx, fair.id, tuple(drafts))

    draft, preview, names = await house(request).db.read(read)
    solving = draft is not None and is_busy(draft, seen.now)
    response = pages.page(
        request,
        "timetable/mend.html",
        status=409 if refusal else 200,
        strength=asked or Strength.KEEP_ALL.value,
        solving=solving,
        preview=_shown(preview, draft.solved_at) if preview and not solving else None,
        faults=faults_of([draft], names, seen.language) if draft and not solving and asked else [],
        refused=refused_of(refusal, seen.language) if refusal else None,
        mended=request.query_params.get("mended"),
    )
    if solving:
        response.headers["refresh"] = "1"
    return response


def _shown(found: changes.Changed, solved_at: datetime) -> Preview:
    rows = [*found.dropped, *found.moved, *found.added]
    people = len({row.candidate_id for row in rows})
    return Preview(
        found.added, found.moved, found.dropped, found.kept, people, rows[:SHOWN], max(0, len(rows) - SHOWN),
        _stamp(solved_at),
    )  # fmt: skip


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S%f")
