"""The organiser's spreadsheets: a template to fill in, an upload, its preview, its confirmation, and an export."""

import asyncio
from datetime import timedelta
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import DomainError
from jobdating.domain.policy import Actor
from jobdating.exchange import exporting, importing, parcel
from jobdating.exchange.importing import Prepared
from jobdating.exchange.reading import Unreadable, read
from jobdating.exchange.template import template
from jobdating.queries import importing as queries
from jobdating.queries import uploads as uploads_query
from jobdating.queries.uploads import Upload
from jobdating.rendering import imports as words
from jobdating.services import importing as importing_service
from jobdating.services import uploads
from jobdating.web import forms, pages
from jobdating.web.house import House, house
from jobdating.web.visit import visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE = timedelta(seconds=3)  # an import that is done sooner shows its result at once


async def offer(request: Request) -> Response:
    """What to upload, and what to download; on POST, the files are kept and their preview is shown."""
    if request.method == "GET":
        return _offer_page(request)
    seen, fair = visit(request), visit(request).the_fair()
    form = await forms.read(request)
    sent = [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.filename]
    files = {str(part.filename): await part.read() for part in sent}
    try:
        await asyncio.to_thread(read, files)
    except Unreadable as error:
        return _offer_page(request, (error.code, error.params))
    upload_id = await house(request).db.write(
        uploads.put, seen.actor, fair_id=fair.id, name=", ".join(files), content=parcel.pack(files), now=seen.now
    )
    return RedirectResponse(f"/fairs/{fair.slug}/import/{upload_id}", status_code=303)


async def preview(request: Request) -> Response:
    """What the import would do, what is wrong, how far it is, or what it did; on POST, it is carried out."""
    home, fair = house(request), visit(request).the_fair()
    upload_id = request.path_params["upload"]
    if request.method == "POST":
        await _start(request, upload_id)
        return RedirectResponse(f"/fairs/{fair.slug}/import/{upload_id}", status_code=303)
    upload = await home.db.read(uploads_query.upload, upload_id=upload_id, fair_id=fair.id)
    if upload.step == "done":
        return _page(request, "settings/imported.html", upload=upload, result=upload.result)
    if upload.step != "uploaded" and visit(request).now - upload.step_at < uploads.STUCK:
        return _running_page(request, upload)
    try:
        sheets = await asyncio.to_thread(_read, upload)
        prepared = await importing.prepare(home.db, sheets, slug=fair.slug, now=visit(request).now)
    except Unreadable as error:
        return _offer_page(request, (error.code, error.params))
    return _page(
        request,
        "settings/preview.html",
        status=422 if prepared.mistakes else 200,
        upload=upload,
        prepared=prepared,
        plan=prepared.plan,
        summary=summary(prepared),
        slots=_slots(prepared),
        mistakes=_mistakes(prepared, visit(request).language),
        changes=_changes(prepared, visit(request).language, fair.timezone),
    )


async def download_template(request: Request) -> Response:
    """An empty workbook for this fair, with examples and notes."""
    fair = visit(request).the_fair()
    content = await asyncio.to_thread(
        template, name=fair.name, slug=fair.slug, first_day=fair.first_day, last_day=fair.last_day
    )
    return _attachment(content, f"modele-{fair.slug}.xlsx")


async def export(request: Request) -> Response:
    """The whole fair as a workbook that can be imported again."""
    fair = visit(request).the_fair()
    home, seen = house(request), visit(request)
    await home.db.write(importing_service.exported, seen.actor, fair_id=fair.id, now=seen.now)
    current = await home.db.read(queries.current, fair.slug)
    return _attachment(await asyncio.to_thread(exporting.workbook, current), f"{fair.slug}.xlsx")


async def _start(request: Request, upload_id: int) -> None:
    """Carry the import out beside the request, and wait for it a moment."""
    home, seen, fair = house(request), visit(request), visit(request).the_fair()
    upload = await home.db.read(uploads_query.upload, upload_id=upload_id, fair_id=fair.id)
    keep = bool((await forms.read(request)).get("keep"))
    if not await home.db.write(uploads.start, seen.actor, upload_id=upload_id, fair_id=fair.id, now=seen.now):
        return
    task = asyncio.create_task(_carry_out(home, seen.actor, upload, slug=fair.slug, keep=keep))
    running: set[asyncio.Task[None]] = home.extras.setdefault("imports", set())
    running.add(task)
    task.add_done_callback(running.discard)
    await asyncio.wait({task}, timeout=PATIENCE.total_seconds())


async def _carry_out(home: House, actor: Actor, upload: Upload, *, slug: str, keep: bool) -> None:
    result: dict[str, Any] | None = None
    steps: set[asyncio.Task[None]] = set()

    def progress(step: str) -> None:
        reached = home.db.write(uploads.reach, upload_id=upload.id, step=step, now=home.clock.now())
        steps.add(asyncio.ensure_future(reached))

    try:
        sheets = await asyncio.to_thread(_read, upload)
        now = home.clock.now()
        prepared = await importing.carry_out(home.db, actor, sheets, slug=slug, now=now, keep=keep, progress=progress)
        if not (prepared.mistakes or prepared.plan.hurts):
            result = {"rows": [list(row) for row in summary(prepared)], "slots": _slots(prepared)}
    except (Unreadable, DomainError):
        result = None  # the preview says what is in the way
    finally:
        await asyncio.gather(*steps)
        await home.db.write(uploads.finish, upload_id=upload.id, result=result, now=home.clock.now())


def _read(upload: Upload) -> Any:
    return read(parcel.unpack(upload.content))


def _offer_page(request: Request, refused: tuple[str, Any] | None = None) -> Response:
    problem = words.refusal(*refused, visit(request).language) if refused else ""
    return _page(request, "settings/import.html", status=422 if refused else 200, problem=problem)


def _running_page(request: Request, upload: Upload) -> Response:
    """Asks to be loaded again by a header: it works without scripts."""
    done = importing.STEPS.index(upload.step) if upload.step in importing.STEPS else 0
    response = _page(request, "settings/importing.html", upload=upload, done=done + 1, steps=len(importing.STEPS) + 1)
    response.headers["refresh"] = "1"
    return response


def _page(request: Request, template_name: str, *, status: int = 200, **context: Any) -> Response:
    return pages.page(request, template_name, status=status, imports=words, **context)


def _attachment(content: bytes, filename: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{filename}"', "cache-control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)


def summary(prepared: Prepared) -> list[tuple[str, int, int, int]]:
    """For each kind of thing: how many are new, changed, and stored but not in the file."""
    plan = prepared.plan
    kinds = ("fair", "site", "training", "company", "offer", "stand", "candidate")
    return [
        (
            kind,
            sum(item.kind == kind for item in plan.additions),
            sum(change.item.kind == kind for change in plan.changes),
            sum(known.item.kind == kind for known in plan.absent),
        )
        for kind in kinds
    ]


def _slots(prepared: Prepared) -> dict[str, int]:
    grids = [each.grid for each in prepared.plan.slots]
    return {
        "added": sum(grid.coming for grid in grids),
        "removed": sum(grid.going for grid in grids),
    }


def _mistakes(prepared: Prepared, language: str) -> list[dict[str, Any]]:
    return [
        {
            "sheet": mistake.sheet,
            "row": mistake.row,
            "column": mistake.column,
            "value": mistake.value,
            "reason": words.reason(mistake.code, mistake.params, language),
        }
        for mistake in prepared.mistakes
    ]


def _changes(prepared: Prepared, language: str, zone: str, limit: int = 200) -> list[tuple[str, str, str, str]]:
    lines = [
        (
            change.item.label,
            words.field(name, language),
            words.value(before, language, zone, name=name),
            words.value(after, language, zone, name=name),
        )
        for change in prepared.plan.changes
        for name, (before, after) in change.differences.items()
    ]
    return lines[:limit]
