"""The organiser's wall, a stand's sheet, repairs, and the attendance register. Parse, call, respond."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain import topics
from jobdating.domain.errors import Invalid, NotFound
from jobdating.exchange import register as sheets
from jobdating.queries import attendance as attending
from jobdating.queries import register, trouble, wall
from jobdating.queries import repair as repairs
from jobdating.queries import sheet as sheets_of_stands
from jobdating.queries.repair import Way
from jobdating.queries.wall import Sort
from jobdating.services import importing
from jobdating.services import repair as repairing
from jobdating.web import forms, pages
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
    """A stand's sheet, on a page of its own; the wall shows the same part at its side."""
    fair, stand_id = visit(request).the_fair(), _stand_id(request)

    def read(tx: Connection) -> tuple[str, sheets_of_stands.Sheet | None, list[sheets_of_stands.Neighbour]]:
        return pages.cursor(tx), sheets_of_stands.sheet(tx, stand_id), sheets_of_stands.neighbours(tx, stand_id)

    cursor, sheet, near = await house(request).db.read(read)
    if sheet is None or sheet.fair_id != fair.id:
        raise NotFound(what="stand")
    live = [topics.stand_organisers(stand_id)]
    return pages.page(request, "organiser/stand.html", live=live, cursor=cursor, sheet=sheet, near=near)


async def repair(request: Request) -> Response:
    """Who would move where, and the button that moves them."""
    seen, stand_id = visit(request), _stand_id(request)
    fair, home = seen.the_fair(), house(request)
    if request.method == "POST":
        moves = _moves(await forms.read(request))
        await home.db.write(repairing.move_all, seen.actor, stand_id=stand_id, moves=moves, now=seen.now)
        return RedirectResponse(f"/fairs/{fair.slug}/wall/stands/{stand_id}", status_code=303)
    way = Way.LATER if request.query_params.get("way") == Way.LATER else Way.SPREAD
    whole_day = request.query_params.get("until") == "evening"
    plan = await home.db.read(repairs.repair, fair.id, stand_id, way=way, whole_day=whole_day, now=seen.now)
    return pages.page(request, "organiser/repair.html", plan=plan, whole_day=whole_day)


async def attendance(request: Request) -> Response:
    """The register of a day: who is expected when, who came; to print and sign, or to take away."""
    fair = visit(request).the_fair()
    day = _day(request) or fair.live_day or fair.first_day
    missed = request.query_params.get("state") == "absent"
    lines = await house(request).db.read(register.lines, fair.id, day=day, timezone=fair.timezone, missed=missed)
    return pages.page(request, "organiser/attendance.html", lines=lines, shown_day=day, missed=missed)


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


def _moves(form: FormData) -> list[tuple[int, int]]:
    """The (booking, slot) pairs of a preview, as "7-12". Raises Invalid."""
    values = form.getlist("move")
    pairs = [str(value).split("-") for value in values]
    if not pairs or not all(len(pair) == 2 and all(p.isdecimal() and len(p) < 10 for p in pair) for pair in pairs):
        raise Invalid(fields={"move": "invalid"})
    return [(int(booking), int(slot)) for booking, slot in pairs]


def _stand_id(request: Request) -> int:
    stand_id: int = request.path_params["stand"]
    if stand_id > forms.MAX_ID:
        raise NotFound(what="stand")
    return stand_id


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
