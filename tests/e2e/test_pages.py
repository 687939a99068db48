"""Every page that a person can reach, in a fair that is going on: no dead link, valid HTML, no barrier, no sideways scroll."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser
from starlette.routing import Route

from tests.e2e.barriers import barriers, invalid, visitor
from tests.e2e.crawl import ROUTES, Walk, walk
from tests.server import Server, running_server

ROLES = {"stranger": "/demo", "candidate": "/", "recruiter": "/", "organiser": "/"}
# Not pages, or pages that no link leads to: they are reached by a form, a mail or a machine.
NOT_LINKED = {
    "/healthz", "/readyz", "/live/poll", "/sign-in/code", "/sign-in/link", "/language/{language}",
    "/fairs/{fair}/import/{upload:int}",
    "/fairs/{fair}/repairs/{repair:int}", "/fairs/{fair}/replay/frame",
    "/fairs/{fair}/planning/meanwhile", "/demo/room/{booking:int}",
    "/demo/mailbox/{mail:int}", "/demo/mailbox/{mail:int}/html",
    "/fairs/{fair}/timetable/publish/{letter}",  # once it is solved: `test_timetable` looks at it
    "/second-factor", "/sign-in/provider", "/sign-in/provider/back", "/fairs/{fair}/company",  # `test_identity_pages`
    "/parent", "/parent/answer", "/parent/done", "/copies/{adult:int}/{secret}",
    "/fairs/{fair}/welcome",  # of those who have not agreed yet; everybody in the demo has: `test_consents`
}  # fmt: skip


@pytest.fixture(scope="session")
async def demo() -> AsyncIterator[Server]:
    """A demo in the middle of its first morning, with its clock standing still."""
    async with running_server("--speed", "0", command="demo") as server:
        yield server


async def enter(demo: Server, role: str, client: httpx2.AsyncClient) -> str:
    """Become one of them; the page they land on."""
    if role == "stranger":
        return ROLES[role]
    answer = await client.post("/demo/enter", data={"role": role})
    assert answer.status_code == 200, answer.text
    return answer.url.path


@pytest.fixture(scope="session")
async def walks(demo: Server) -> dict[str, tuple[Walk, dict[str, str]]]:
    """What each person found, with their cookies."""
    found = {}
    for role in ROLES:
        async with httpx2.AsyncClient(
            base_url=demo.url, follow_redirects=True, headers={"accept-language": "fr"}, timeout=30
        ) as client:
            start = await enter(demo, role, client)
            found[role] = (await walk(client, start), dict(client.cookies))
    return found


@pytest.mark.parametrize("role", ROLES)
async def test_no_link_leads_nowhere(walks: dict[str, tuple[Walk, dict[str, str]]], role: str) -> None:
    found, _ = walks[role]
    assert not found.broken, "\n".join(found.broken)
    assert len(found.pages) > 3


async def test_every_page_of_the_map_can_be_reached_by_a_link(walks: dict[str, tuple[Walk, dict[str, str]]]) -> None:
    reached = {path for found, _ in walks.values() for path in found.routes}
    pages = {
        route.path
        for route in ROUTES
        if isinstance(route, Route) and "GET" in (route.methods or ()) and not route.path.startswith("/api/")
    }
    assert pages - reached - NOT_LINKED == set()


@pytest.mark.parametrize("role", ROLES)
async def test_the_html_is_valid(walks: dict[str, tuple[Walk, dict[str, str]]], role: str, tmp_path: Path) -> None:
    faults = await invalid(walks[role][0].pages, tmp_path)
    assert not faults, "\n".join(faults)


def first_seen_by(role: str, walks: dict[str, tuple[Walk, dict[str, str]]]) -> list[str]:
    """The pages whose main part none of the people before them has: the same page is not looked at four times."""
    roles = list(ROLES)
    before = {_main_of(html) for other in roles[: roles.index(role)] for html in walks[other][0].pages.values()}
    return [address for address, html in walks[role][0].pages.items() if _main_of(html) not in before]


def _main_of(html: str) -> str:
    return re.sub(r'name="csrf" value="[^"]*"', "", html[html.index("<main") : html.index("</main>")])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ROLES)
async def test_nobody_meets_a_barrier(
    browser: Browser, demo: Server, walks: dict[str, tuple[Walk, dict[str, str]]], role: str
) -> None:
    pages, cookies = first_seen_by(role, walks), walks[role][1]
    assert len(pages) > 10
    faults = []
    async with await visitor(browser, demo.url, cookies) as context:
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        for address in pages:
            await page.goto(address, wait_until="load")
            faults += await barriers(page)
    assert not faults, "\n".join(faults)
