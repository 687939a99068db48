"""How large a body may be, on every route of the map that takes one. [ASVS 4.2.1, 5.2.1]"""

import re

import pytest
from starlette.routing import Route

from jobdating.web.routes import routes
from tests import factories as make
from tests.site import Site, insert

UPLOADS = {"/fairs/{fair}/profile/cv", "/fairs/{fair}/import"}
UNSAFE = [
    (method, route.path)
    for route in routes(demo=False)
    if isinstance(route, Route)
    for method in sorted(route.methods or ())
    if method not in {"GET", "HEAD"} and route.path not in UPLOADS
]


def filled(path: str) -> str:
    """The path with something in place of every parameter."""
    parts = [part if "{" not in part else "1" for part in path.split("/")]
    return "/".join(parts).replace("/fairs/1", "/fairs/juin-2027")


async def test_no_form_takes_more_than_a_megabyte(site: Site) -> None:
    fair = await insert(site, make.make_fair, slug="juin-2027")
    organiser = await insert(site, make.make_organiser, fair)
    assert len(UNSAFE) > 40
    large = b"text=" + b"a" * 1_000_001
    taken = []
    async with site.client(organiser) as client:
        for method, path in UNSAFE:
            form = {"content-type": "application/x-www-form-urlencoded"}
            answer = await client.request(method, filled(path), content=large, headers=form)
            if answer.status_code != 413 or answer.headers.get("x-content-type-options") != "nosniff":
                taken.append((method, path, answer.status_code))
    assert not taken


@pytest.mark.parametrize("path", sorted(UPLOADS))
async def test_no_upload_takes_more_than_five(site: Site, path: str) -> None:
    fair = await insert(site, make.make_fair, slug="juin-2027")
    for actor in (await insert(site, make.make_candidate, fair), await insert(site, make.make_organiser, fair)):
        async with site.client(actor) as client:
            files = {"cv": ("cv.pdf", b"%PDF-1.7" + b"a" * 5_200_000, "application/pdf")}
            assert (await client.post(filled(path), files=files)).status_code == 413


async def test_an_id_that_no_row_can_have_is_not_there_on_any_route(site: Site) -> None:
    fair = await insert(site, make.make_fair, slug="juin-2027")
    stand = await insert(site, make.make_stand, fair)
    people = [
        await insert(site, make.make_organiser, fair), await insert(site, make.make_recruiter, stand),
        await insert(site, make.make_candidate, fair),
    ]  # fmt: skip
    tried, found = 0, []
    for actor in people:
        async with site.client(actor, follow_redirects=False) as client:
            for route in routes(demo=False):
                if not isinstance(route, Route) or ":int}" not in route.path:
                    continue
                path = re.sub(r"\{\w+:int\}", str(10**20), route.path).replace("{fair}", "juin-2027")
                path = re.sub(r"\{\w+\}", "1", path)
                for method in sorted((route.methods or set()) - {"HEAD"}):
                    answer = await client.request(method, path)
                    tried += 1
                    if answer.status_code != 404:
                        found.append((method, path, answer.status_code))
    assert tried > 150
    assert not found
