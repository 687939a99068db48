"""What axe, html-validate and a ruler find wrong with a page, in both themes, on a phone and on a desk."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

STATIC = Path(__file__).parent.parent.parent / "static"
AXE = (STATIC / "node_modules" / "axe-core" / "axe.min.js").read_text()
PHONE, DESK = 320, 1280
# All rules in one theme of each width; in the other what a theme can change.
EVERYTHING = "{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
COLOURS = "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}"
LOOKS = (
    (PHONE, "light", EVERYTHING), (PHONE, "dark", COLOURS), (DESK, "dark", EVERYTHING), (DESK, "light", COLOURS),
)  # fmt: skip
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ['violations'], runOnly: RULES}))
    .violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | '))"""


async def visitor(browser: Browser, base_url: str, cookies: Mapping[str, str]) -> BrowserContext:
    """Somebody's browser, in which nothing moves."""
    context = await browser.new_context(base_url=base_url, reduced_motion="reduce", locale="fr-FR")
    context.set_default_timeout(20_000)
    await context.add_cookies([{"name": n, "value": v, "url": base_url} for n, v in cookies.items()])
    return context


async def barriers(page: Page) -> list[str]:
    """What is wrong with the page that is open, in each of its looks."""
    faults = []
    await page.evaluate(AXE)
    for width, theme, rules in LOOKS:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        where = f"{page.url} {width} {theme}"
        faults += [f"{where}: {fault}" for fault in await page.evaluate(RUN_AXE.replace("RULES", rules))]
        scroll = await page.evaluate("document.documentElement.scrollWidth")
        if scroll > width:
            faults.append(f"{where}: scrolls sideways, {scroll} px")
    return faults


async def invalid(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What html-validate says of these pages, by address."""
    names = {}
    for number, (address, html) in enumerate(pages.items()):
        (folder / f"{number}.html").write_text(html)
        names[str(folder / f"{number}.html")] = address
    validator = STATIC / "node_modules" / ".bin" / "html-validate"
    report = folder / "report.json"
    config = ["--config", str(STATIC / ".htmlvalidate.json")]
    ran = await asyncio.create_subprocess_exec(validator, *config, "--formatter", f"json={report}", *names)
    await ran.wait()
    return [
        f"{names[result['filePath']]}:{message['line']}: {message['message']} [{message['ruleId']}]"
        for result in json.loads(report.read_text())
        for message in result["messages"]
    ]
