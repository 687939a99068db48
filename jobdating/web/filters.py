"""Reads the filters of a list from its address, and writes the address of the same list elsewhere in it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from jobdating.domain.half_day import HalfDay
from jobdating.queries.catalogue import Filters

LONGEST = 80


def read(request: Request) -> Filters:
    """What the address asks for. What cannot be understood is left out: a link never fails for its filters."""
    given = request.query_params
    day, half = _when(given.get("when", ""))
    page = given.get("page", "")
    return Filters(
        q=" ".join(given.get("q", "").split())[:LONGEST],
        trade=given.get("trade", "")[:LONGEST],
        level=given.get("level", "")[:LONGEST],
        place=given.get("place", "")[:LONGEST],
        free=given.get("free") == "1",
        day=day,
        half=half,
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
    )


def address(path: str, filters: Filters, **other: Any) -> str:
    """The list at `path` with the filters, `other` ones in their place; without those that ask for nothing."""
    values: dict[str, Any] = {
        "q": filters.q,
        "trade": filters.trade,
        "level": filters.level,
        "place": filters.place,
        "free": "1" if filters.free else "",
        "when": when(filters.day, filters.half) if filters.day and filters.half else "",
        "page": "",
        **other,
    }
    given = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path


def when(day: date, half: HalfDay) -> str:
    """Half a day, as an address says it."""
    return f"{day.isoformat()}.{half}"


def _when(value: str) -> tuple[date | None, HalfDay | None]:
    day, _, half = value.partition(".")
    try:
        return date.fromisoformat(day), HalfDay(half)
    except ValueError:
        return None, None
