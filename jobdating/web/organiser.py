"""The organiser's wall, a stand's sheet, and the attendance register. Parse, call, respond."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from jobdating.domain import topics
from jobdating.domain.errors import NotFound
from jobdating.exchange import register as sheets
from jobdating.queries import accuracy, register, trouble, wall
from jobdating.queries import attendance as attending
from jobdating.queries import sheet as sheets_of_stands
from jobdating.queries.wall import Sort
from jobdating.services import importing
from jobdating.web import pages
from jobdating.web.house import house
from jobdating.web.visit import visit

TIGHT_FROM = 33  # stands: as many rows as fit a laptop screen at full height
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def show_wall(request: Request) -> Response:
    """The wall: figures, what needs a hand, attendance, and every stand's day."""
    fair = visit(request).the_fair()
    played = fair.live_day or fair.first_day
    day = _day(request) or played
    sort = _sort(request)

    def read(tx: Connection) -> dict[str, object]:
        return {
            "cursor": pages.cursor(tx),
            "figures": attending.figures(tx, fair.id),
            "trouble": trouble.trouble(tx, fair.id),
            "attendance": attending.attendance(tx, fair.id, day=day),
            "columns": wall.columns(tx, fair.id, day),
            "rows": wall.ordered(wall.rows(tx, fair.id, day=day), sort),
        }

    found = await house(request).db.read(read)
    view = request.query_params.get("view", "")
    tight = view == "tight" or (view != "wide" and len(found["rows"]) >= TIGHT_FROM)  # type: ignore[arg-type]
    return pages.page(
        request,
        "organiser/wall.html",
        live=[topics.organisers(fair.id)] if day == played else [],
        **found,  # type: ignore[arg-type]
        shown_day=day,
        is_live=day == played,
        days_left=(fair.first_day - visit(request).now.astimezone(ZoneInfo(fair.timezone)).date()).days,
        sort=sort.value,
        view_name=view if view in {"tight", "wide"} else "",
        tight=tight,
    )


async def show_stand(request: Request) -> Response:
    """A stand's sheet, on a page of its own; the wall shows the same part at its side. `day` is another day's."""
    fair, stand_id = visit(request).the_fair(), request.path_params["stand"]
    played = fair.live_day or fair.first_day
    day = _day(request) or played

    def read(tx: Connection) -> tuple[str, sheets_of_stands.Sheet | None, list[sheets_of_stands.Neighbour]]:
        near = sheets_of_stands.neighbours(tx, stand_id) if day == played else []
        return pages.cursor(tx), sheets_of_stands.sheet(tx, stand_id, day=day), near

    cursor, sheet, near = await house(request).db.read(read)
    if sheet is None or sheet.fair_id != fair.id:
        raise NotFound(what="stand")
    live = [topics.stand_organisers(stand_id)] if day == played else []
    return pages.page(
        request, "organiser/stand.html", live=live, cursor=cursor, sheet=sheet, near=near, is_live=day == played
    )


async def attendance(request: Request) -> Response:
    """The register of a day: who is expected when, who came; to print and sign, or to take away."""
    fair = visit(request).the_fair()
    day = _day(request) or fair.live_day or fair.first_day
    missed = request.query_params.get("state") == "absent"

    def read(tx: Connection) -> dict[str, Any]:
        return {
            "lines": register.lines(tx, fair.id, day=day, timezone=fair.timezone, missed=missed),
            "accuracy": accuracy.accuracy(tx, fair.id, day=day, timezone=fair.timezone),
        }

    found = await house(request).db.read(read)
    return pages.page(request, "organiser/attendance.html", shown_day=day, missed=missed, **found)


async def interviews(request: Request) -> Response:
    """The fair's interviews as a workbook or as CSV, once it is written down who took them.

    `state=absent` keeps the absences, `day` one day.
    """
    seen, home = visit(request), house(request)
    fair = seen.the_fair()
    missed = request.query_params.get("state") == "absent"
    await home.db.write(importing.exported, seen.actor, fair_id=fair.id, now=seen.now)
    lines = await home.db.read(register.lines, fair.id, day=_day(request), timezone=fair.timezone, missed=missed)
    kind = request.scope["path"].rpartition(".")[2]
    write, media = {"xlsx": (sheets.workbook, WORKBOOK), "csv": (sheets.comma_separated, "text/csv; charset=utf-8")}[
        kind
    ]
    name = f"{'absences' if missed else 'entretiens'}-{fair.slug}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(write(lines, timezone=fair.timezone), media_type=media, headers=headers)


def _sort(request: Request) -> Sort:
    asked = request.query_params.get("sort", "")
    return Sort(asked) if asked in list(Sort) else Sort.TROUBLE


def _day(request: Request) -> date | None:
    """The day of the address, when it is one of the fair's."""
    try:
        day = datetime.strptime(request.query_params.get("day", ""), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return None
    return day if day in visit(request).the_fair().days else None
