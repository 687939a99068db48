"""Forms are taken from our own pages only. [ASVS 3.5.1, 3.5.3]"""

import pytest

from tests.factories import make_account, make_candidate, make_fair
from tests.site import Site, insert

FOREIGN = (
    "https://evil.example",
    "null",
    "http://127.0.0.1",
    "http://localhost:{port}",
    "https://127.0.0.1:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}@evil.example",
    "http://evil.example:{port}",
    "http://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}",
    "http://127.0.0.1:{port} ",
    "http://[::1]:{port}",
    "file://",
    "",
)


@pytest.mark.parametrize("hostile", FOREIGN)
async def test_form_of_another_origin_is_refused(site: Site, hostile: str) -> None:
    origin = hostile.format(port=site.url.rpartition(":")[2])
    if origin == site.url + " ":
        origin = site.url + "\u00a0"  # a space at the end of a header is no part of it
    async with site.client() as client:
        headers = {b"origin": origin.encode()}
        answer = await client.post("/sign-in", data={"email": "ines@candidat.example"}, headers=headers)
        assert answer.status_code == 403
        own = await client.post("/sign-in", data={"email": "ines@candidat.example"}, headers={"origin": site.url})
        assert own.status_code == 303


@pytest.mark.parametrize("said", ["cross-site", "same-site", "anything"])
async def test_form_that_the_browser_calls_foreign_is_refused(site: Site, said: str) -> None:
    async with site.client() as client:
        answer = await client.post(
            "/sign-in", data={"email": "ines@candidat.example"}, headers={"sec-fetch-site": said}
        )
        assert answer.status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", "é"])
async def test_session_without_its_form_token_changes_nothing(site: Site, token: str) -> None:
    account_id = await insert(site, make_account)
    fair_id = await insert(site, make_fair)
    candidate = await insert(site, make_candidate, fair_id)
    assert account_id
    async with site.client(candidate) as client:
        del client.headers["x-csrf-token"]
        answer = await client.post("/account/tokens", data={"name": "robot", "csrf": token})
        assert answer.status_code == 403
        assert "jd_" not in answer.text


async def test_token_of_another_session_is_refused(site: Site) -> None:
    fair_id = await insert(site, make_fair)
    candidate = await insert(site, make_candidate, fair_id)
    async with site.client(candidate) as one, site.client(candidate) as other:
        one.headers["x-csrf-token"] = other.headers["x-csrf-token"]
        assert (await one.post("/account/tokens", data={"name": "robot"})).status_code == 403


async def test_reading_never_changes_anything(site: Site) -> None:
    """GET and HEAD on a form's address open the form, or nothing at all."""
    fair_id = await insert(site, make_fair)
    candidate = await insert(site, make_candidate, fair_id)
    async with site.client(candidate) as client:
        for method in ("GET", "HEAD"):
            assert (await client.request(method, "/sign-out")).status_code == 405
            assert (await client.request(method, "/account/erase")).status_code == 200
        assert (await client.get("/account")).status_code == 200
