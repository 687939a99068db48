"""The audit of a fair for its organisers: who signed in, read, took away and changed what. Parse, call, respond."""

from datetime import date, datetime

from starlette.requests import Request
from starlette.responses import Response

from jobdating.domain.audit import Category
from jobdating.domain.errors import NotFound
from jobdating.exchange import interviews as files
from jobdating.queries import audit as audits
from jobdating.queries.audit import EXPORTED, Asked
from jobdating.rendering import audit as words
from jobdating.rendering.environment import translator
from jobdating.services import audit
from jobdating.web import pages
from jobdating.web.cockpit import XLSX
from jobdating.web.house import house
from jobdating.web.visit import visit


async def show(request: Request) -> Response:
    """A page of it, by what is in the address."""
    seen, asked = visit(request), _asked(request)
    fair = seen.the_fair()
    found = await house(request).db.read(audits.page, fair.id, asked, timezone=fair.timezone)
    say = translator(seen.language)
    return pages.page(
        request,
        "organiser/audit.html",
        found=found,
        lines=[
            (each, *(say_(each, seen.language) for say_ in (words.who, words.said, words.detail)))
            for each in found.entries
        ],
        asked=asked,
        categories=[(category.value, say(name)) for category, name in words.CATEGORIES.items()],
    )


async def export(request: Request) -> Response:
    """All that matches, as a file; that it was taken is in the audit too."""
    seen, asked, kind = visit(request), _asked(request), request.path_params["kind"]
    if kind not in {"csv", "xlsx"}:
        raise NotFound(what="file")
    fair, home = seen.the_fair(), house(request)
    await home.db.write(audit.exported, seen.actor, fair_id=fair.id, now=seen.now)
    found = await home.db.read(audits.page, fair.id, asked, timezone=fair.timezone, limit=EXPORTED)
    headings, rows = words.headings(seen.language), words.rows(found.entries, seen.language, zone=fair.timezone)
    content = files.as_csv(headings, rows) if kind == "csv" else files.as_xlsx("Audit", headings, rows)
    media = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    name = f"audit-{fair.slug}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media, headers=headers)


def _asked(request: Request) -> Asked:
    category = request.query_params.get("what", "")
    return Asked(
        Category(category) if category in set(Category) else Category.ALL,
        _number(request, "who"),
        _day(request),
        _number(request, "before"),
    )


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None


def _day(request: Request) -> date | None:
    try:
        return datetime.strptime(request.query_params.get("day", ""), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return None
