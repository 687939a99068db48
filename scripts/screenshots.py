"""Pictures of the demo: those of the README, or every page a person can reach, to be looked at.

`python -m scripts.screenshots` draws docs/*.png; `python -m scripts.screenshots FOLDER` draws everything.
"""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from playwright.async_api import Browser, async_playwright

from tests.e2e.crawl import walk
from tests.eventually import eventually
from tests.server import Server, running_server

DOCS = Path(__file__).parent.parent / "docs"
ROLES = ("stranger", "candidate", "recruiter", "organiser")
PICTURES = (  # name, role, page, width, height
    ("fair", "stranger", r"/fairs/[^/]+", 1280, 900),
    ("stand", "candidate", r"/fairs/[^/]+/stands/\d+", 390, 844),
    ("planning", "candidate", r"/fairs/[^/]+/planning", 390, 844),
    ("cockpit", "recruiter", r"/fairs/[^/]+/cockpit/\d+", 1280, 800),
    ("wall", "organiser", r"/fairs/[^/]+/wall", 1280, 900),
    ("repair", "organiser", r"/fairs/[^/]+/wall/stands/\d+/repair", 1280, 900),
    ("timetable", "organiser", r"/fairs/[^/]+/timetable", 1280, 1000),
    ("replay", "organiser", r"/fairs/[^/]+/replay\?day=[^&]+", 1280, 900),
    ("rehearsal", "organiser", r"/fairs/[^/]+/rehearsal", 1280, 1500),
)
AT = "&at=09:47"  # of the replay
REHEARSAL = {
    "day": "2027-06-18", "fill": "85", "no_show": "12", "seed": "1", "recruiters": "3", "buffer_minutes": "5", "cap": "0",
    "draws": "3",
}  # fmt: skip
SIZES = (320, 768, 1280)


@asynccontextmanager
async def entered(server: Server, role: str) -> AsyncIterator[tuple[str, dict[str, str], httpx2.AsyncClient]]:
    """Become one of them: where they land, their cookies, and a client that is them."""
    async with httpx2.AsyncClient(
        base_url=server.url, follow_redirects=True, headers={"accept-language": "fr"}, timeout=30
    ) as client:
        if role == "stranger":
            answer = await client.get("/demo")
        else:
            answer = await client.post("/demo/enter", data={"role": role})
        yield answer.url.path, dict(client.cookies), client


async def draw(
    browser: Browser,
    server: Server,
    cookies: dict[str, str],
    address: str,
    file: Path,
    *,
    size: tuple[int, int],
    theme: str,
) -> None:
    """One picture; the whole page when the height is 0."""
    context = await browser.new_context(
        base_url=server.url,
        viewport={"width": size[0], "height": size[1] or 800},
        color_scheme="dark" if theme == "dark" else "light",
        locale="fr-FR",
    )
    await context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in cookies.items()])
    page = await context.new_page()
    await page.goto(address)
    await page.wait_for_timeout(1000)
    await page.screenshot(path=file, full_page=size[1] == 0)
    await context.close()


async def readme(browser: Browser, server: Server) -> None:
    """The pictures that the README shows."""
    DOCS.mkdir(exist_ok=True)
    for name, role, wanted, width, height in PICTURES:
        async with entered(server, role) as (home, cookies, client):
            found = await walk(client, home)
            address = next(page for page in [home, *found.pages] if re.fullmatch(wanted, page))
            if name == "rehearsal":
                await ask(client, address, address, REHEARSAL)
            if name == "timetable":
                await ask(client, address, f"{address}/solve", {})
        address += AT if name == "replay" else ""
        for theme in ("light", "dark"):
            file = DOCS / f"{name}-{theme}.png"
            await draw(browser, server, cookies, address, file, size=(width, height), theme=theme)


async def ask(client: httpx2.AsyncClient, address: str, action: str, values: dict[str, str]) -> None:
    """Have a day rehearsed or timetables made, so that there is something to show: some minutes."""
    form = re.search(r'name="csrf" value="([^"]+)"', (await client.get(address)).text)
    assert form is not None
    await client.post(action, data={**values, "csrf": form.group(1)})

    async def is_done() -> bool:
        return "refresh" not in (await client.get(address)).headers

    await eventually(is_done, within=1800)


async def everything(browser: Browser, server: Server, folder: Path) -> None:
    """Every page of everybody, at three widths and in both themes."""
    for role in ROLES:
        async with entered(server, role) as (home, cookies, client):
            found = await walk(client, home)
        for address in found.pages:
            for width in SIZES:
                for theme in ("light", "dark") if width != 768 else ("light",):
                    name = re.sub(r"\W+", "-", address).strip("-") or "home"
                    file = folder / role / f"{name}-{width}-{theme}.png"
                    await draw(browser, server, cookies, address, file, size=(width, 0), theme=theme)


async def main() -> None:
    async with (
        running_server("--speed", "1", command="demo") as server,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        await (everything(browser, server, Path(sys.argv[1])) if len(sys.argv) > 1 else readme(browser, server))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
