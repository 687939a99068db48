"""Style sheets and scripts: kept for a year at an address that changes with them, and nothing else of the folder."""

import re

from jobdating.assets import VERSION
from tests.site import Site


async def test_a_page_names_files_that_may_be_kept_for_a_year(site: Site) -> None:
    async with site.client() as client:
        page = (await client.get("/sign-in")).text
        addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert any(address.endswith("/js/main.js") for address in addresses)
        for address in addresses:
            answer = await client.get(address)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


async def test_an_old_address_still_answers_but_is_not_kept(site: Site) -> None:
    async with site.client() as client:
        for address in ("/static/css/tokens.css", "/static/0123456789ab/css/tokens.css"):
            answer = await client.get(address)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


async def test_nothing_else_of_the_folder_is_served(site: Site) -> None:
    async with site.client() as client:
        for address in (
            "package.json",
            "node_modules/axe-core/axe.min.js",
            "%2e%2e/pyproject.toml",
            "css/../package.json",
        ):
            for prefix in ("/static/", f"/static/{VERSION}/"):
                assert (await client.get(prefix + address)).status_code == 404
