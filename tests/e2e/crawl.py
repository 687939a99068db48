"""Walks through the product as one of its people: every link, one page for each address of the URL map."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2
from starlette.routing import BaseRoute, Match, Route

from jobdating.web.routes import routes

ROUTES: list[BaseRoute] = routes(demo=True)


@dataclass
class Walk:
    """What one person found: a page for each route, and what did not answer as a page should."""

    pages: dict[str, str] = field(default_factory=dict)  # path and query → HTML
    routes: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "a" and (href := values.get("href")):
            self.found.append(href)


def route_of(path: str) -> Route | None:
    """The route that a GET of `path` reaches."""
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "root_path": ""}
    for route in ROUTES:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            return route
    return None


async def walk(client: httpx2.AsyncClient, start: str, *, most: int = 150) -> Walk:
    """Follow links from `start` on; a second page of the same route (and the same kind of query) is not asked for."""
    found, waiting, kinds = Walk(), deque([start]), set()
    while waiting and len(found.pages) < most:
        address = waiting.popleft()
        parts = urlsplit(address)
        route = route_of(parts.path)
        if route is None:
            found.broken.append(f"no route for {address}")
            continue
        kind = (route.path, tuple(sorted(pair.partition("=")[0] for pair in parts.query.split("&"))))
        if kind in kinds or parts.path.startswith("/language/"):
            continue
        kinds.add(kind)
        answer = await client.get(address)
        final = answer.url.path + (f"?{answer.url.query.decode()}" if answer.url.query else "")
        found.routes |= {route.path, getattr(route_of(answer.url.path), "path", "")}
        if answer.status_code != 200:
            found.broken.append(f"{address}: {answer.status_code}")
        elif answer.headers["content-type"].startswith("text/html"):
            found.pages.setdefault(final, answer.text)
            waiting.extend(_own_links(answer.text, final))
    return found


def _own_links(html: str, base: str) -> Iterator[str]:
    parser = _Links()
    parser.feed(html)
    for href in parser.found:
        parts = urlsplit(urljoin(f"http://here{base}", href))
        if parts.scheme == "http" and parts.netloc == "here" and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")
