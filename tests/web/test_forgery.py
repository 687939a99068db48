"""Every unsafe route of the map against five forgeries, and every page against being read: nothing changes.

[ASVS 3.5.1, 3.5.3]
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from tests.site import Site
from tests.web.rights import RIGHTS
from tests.web.rights_scene import PEOPLE, Scene
from tests.web.test_rights import READ, WRITE

FORMS = [each for each in WRITE if not each.path.startswith("/api/")]  # the API takes no cookies
FOREIGN = "https://evil.example"
Headers = dict[str, str]
# What another site can make a browser send; the first two carry the cookie alone, the others even a good token.
FORGERIES: dict[str, Callable[[str, str], Headers]] = {
    "no token": lambda token, other: {},
    "the token of another session": lambda token, other: {"x-csrf-token": other},
    "another origin": lambda token, other: {"x-csrf-token": token, "origin": FOREIGN},
    "an origin that hides": lambda token, other: {"x-csrf-token": token, "origin": "null"},
    "called foreign by the browser": lambda token, other: {"x-csrf-token": token, "sec-fetch-site": "cross-site"},
}
# Reading somebody's papers or notes, or taking data away, is itself written down.
WRITTEN_DOWN = {t.journal.name, "audit"}


@pytest.fixture
async def scene(site: Site) -> Scene:
    return await site.db.write(Scene)


def contents(tx: Connection) -> dict[str, list[Any]]:
    """All there is, by table; but for the timekeeper's mark that it is alive."""
    tables = [table for table in t.metadata.sorted_tables if table is not t.meta]
    return {table.name: sorted(map(repr, tx.execute(select(table)))) for table in tables}


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    """The tables that differ."""
    return {name for name in before if after[name] != before[name]}


def unsafe(who: str, scene: Scene) -> Iterator[tuple[str, str]]:
    """Every form that somebody may send: its method and path, with ids of their own."""
    for each in FORMS:
        if PEOPLE[who] in RIGHTS[each.name].own:
            yield each.method, each.at(scene.own(who))


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_form_changes_nothing_whatever_its_address(site: Site, scene: Scene, forgery: str) -> None:
    taken, tried = [], 0
    before = await site.db.read(contents)
    for who in ("candidate", "recruiter", "organiser"):
        async with site.client(scene.actors[who]) as client, site.client(scene.actors[who]) as other:
            tokens = client.headers.pop("x-csrf-token"), other.headers["x-csrf-token"]
            client.headers |= FORGERIES[forgery](*tokens)
            for method, path in unsafe(who, scene):
                answer = await client.request(method, path, data={"name": "x", "csrf": ""})
                tried += 1
                if answer.status_code != 403:
                    taken.append((method, path, answer.status_code))
    assert tried > 100
    assert not taken
    after = await site.db.read(contents)
    assert changed(before, after) <= {"sessions"}  # those that were opened here


async def test_the_same_form_with_nothing_forged_is_taken(site: Site, scene: Scene) -> None:
    """The control: without it the test above could not fail."""
    candidate: Actor = scene.own("candidate")["actor"]
    before = await site.db.read(contents)
    async with site.client(candidate) as client:
        client.headers |= {"origin": site.url, "sec-fetch-site": "same-origin"}
        answer = await client.post(f"/bookings/{scene.own('candidate')['booking']}/cancel")
    assert answer.status_code == 303
    assert "bookings" in changed(before, await site.db.read(contents))


@pytest.mark.parametrize("who", PEOPLE)
async def test_reading_a_page_changes_nothing(site: Site, scene: Scene, who: str) -> None:
    """Neither GET nor HEAD, on any address of the map; only who read what is written down."""
    read = []
    async with site.client(scene.actors[who]) as client:
        before = await site.db.read(contents)
        for each in READ:
            if each.path == "/live/poll":
                continue  # waits for news; what it does to presence is the timekeeper's to test
            path = each.at(scene.own(who))
            read += [(await client.request(method, path)).status_code for method in ("HEAD", "GET")]
        after = await site.db.read(contents)
    assert 200 in read
    assert changed(before, after) <= WRITTEN_DOWN
