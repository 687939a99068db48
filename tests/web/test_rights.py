"""Who may do what, as one table over the whole URL map and every topic: rights.py says it, here it is tried.

Six people × own things, their neighbour's, another fair's, and none at all. What is not theirs answers exactly as what
does not exist. Ids in brackets are those of OWASP ASVS 5.0. [8.2.1, 8.2.2, 8.2.3]
"""

import inspect
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from jobdating.clock import SteppedClock
from jobdating.domain import topics
from jobdating.web.bookings import STEPS
from jobdating.web.routes import routes
from tests.site import Site, running_site
from tests.web.rights import RIGHTS, TOPICS
from tests.web.rights_scene import MISSING, PEOPLE, Scene, fill_disk

OPEN = {"/healthz", "/readyz", "/live"}  # for who keeps the machine; the socket asks about each topic, below
GUARDED = [route for route in routes(demo=False) if isinstance(route, Route) and route.path not in OPEN]
WORDS = {
    "/{step}": sorted(STEPS),
    ".{kind}": ["csv"],
    "/{kind}": ["sites"],
    "/{language}": ["en"],
    "offers/{offer:int}/{answer}": ["accept"],
    "clashes/{clash:int}/{answer}": ["yield"],
}
REFUSED = {"not_found", "not_allowed", "sign_in_needed"}


@dataclass(frozen=True)
class Asked:
    """One method of one address of the map; `name` is how the table calls it."""

    name: str
    method: str
    path: str

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)(?::\w+)?}", self.path)

    def at(self, values: dict[str, Any]) -> str:
        return re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(values[found[1]]), self.path)


def asked() -> Iterator[Asked]:
    """The whole map; a word of an address, such as a step, once for each it may be."""
    for route in GUARDED:
        part = next((part for part in WORDS if part in route.path), "")
        for word in WORDS.get(part, [""]):
            path = route.path.replace(part, re.sub(r"{\w+}", word, part)) if part else route.path
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield Asked(f"{method} {_plain(path)}", method, path)


def _plain(path: str) -> str:
    """An address without the kinds of its parameters."""
    return re.sub(r":\w+", "", path)


MAP = tuple(asked())
READ = [each for each in MAP if each.method == "GET"]
WRITE = [each for each in MAP if each.method != "GET"]


async def answer(client: httpx2.AsyncClient, each: Asked, values: dict[str, Any]) -> tuple[int, str, str]:
    """Status, code of a refusal, and all that is told, without the ids that were asked for and tokens of forms."""
    form = {"slot_id": values["slot"], "stand_id": values["sister"], "candidate_id": values["candidate"]}
    form |= {"text": "x", "opinion": "like", "letter": "A"}
    sent = {"data": form} if each.method == "POST" else {}
    if "/api/" in each.path and each.method == "POST":
        sent = {"json": {"slot_id": values["slot"]}} if each.path.endswith("/move") else {"json": {}}
    told = await client.request(each.method, each.at(values), headers={"x-live": "1"}, **sent)  # type: ignore[arg-type]
    is_json = "json" in told.headers.get("content-type", "")
    code = str(told.json().get("code", "")) if told.status_code >= 400 and is_json else ""
    text = re.sub(r'name="csrf" value="[^"]*"', "", told.headers.get("location", "") + told.text)
    return told.status_code, code, re.sub(r"[0-9a-f]{64}|\d+", "#", text)


@pytest.fixture
async def site(sqlite_url: str, clock: SteppedClock) -> AsyncIterator[Site]:
    """Known by a name, so that there are passkeys."""
    async with running_site(sqlite_url, clock, host="localhost") as site:
        yield site


@pytest.fixture
async def scene(site: Site) -> Scene:
    """Commands are tried once the disk takes nothing: who may is told 503, and all of the map is tried on one scene."""
    return await site.db.write(Scene)


def test_every_address_of_the_map_says_who_may() -> None:
    names = {each.name for each in MAP}
    missing, gone = sorted(names - RIGHTS.keys()), sorted(RIGHTS.keys() - names)
    assert not missing, f"tests/web/rights.py does not say who may: {missing}"
    assert not gone, f"tests/web/rights.py speaks of addresses that are gone: {gone}"
    assert len(names) > 150


def test_every_name_in_an_address_has_things_to_try_it_with(scene: Scene) -> None:
    unknown = {name for each in MAP for name in each.parameters if name not in scene.own("candidate")}
    assert not unknown, f"tests/web/rights_scene.py makes nothing called {sorted(unknown)}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", PEOPLE)
async def test_own_and_neighbours_things_are_there_for_whom_the_table_says(site: Site, scene: Scene, who: str) -> None:
    """[8.2.1, 8.2.2] What is refused is told exactly as what does not exist."""
    wrong: list[tuple[object, ...]] = []
    missing = scene.missing()
    async with site.client(scene.actors[who], timeout=60) as client:
        for commands in (False, True):
            if commands:
                await site.db.write(fill_disk)
            for each in WRITE if commands else READ:
                rights = RIGHTS.get(each.name)
                for kind, values in (("own", scene.own(who)), ("near", scene.near())):
                    if rights is None or (kind == "near" and set(each.parameters) <= {"fair"}):
                        continue
                    status, code, told = await answer(client, each, values)
                    may = PEOPLE[who] in getattr(rights, kind)
                    if may is (code in REFUSED) or (not commands and status >= 500):
                        wrong.append((each.name, kind, "may" if may else "may not", status, code))
                    elif not may and "fair" in values and not set(each.parameters) <= {"fair"}:
                        nothing = await answer(client, each, missing)
                        if nothing != (status, code, told):
                            wrong.append((each.name, kind, "told apart from nothing", status, nothing[0]))
    assert not wrong


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", PEOPLE)
async def test_things_of_another_fair_are_not_there(site: Site, scene: Scene, who: str) -> None:
    """[8.2.2] Under their own fair's address they answer as nothing does; under one's own fair's, too."""
    wrong: list[tuple[object, ...]] = []
    missing = scene.missing()
    async with site.client(scene.actors[who], timeout=60) as client:
        await site.db.write(fill_disk)
        for each in MAP:
            rights = RIGHTS.get(each.name)
            if rights is None or not each.parameters:
                continue
            public = PEOPLE[who] in rights.other
            status, code, _ = await answer(client, each, scene.other())
            if public is (code in REFUSED):
                wrong.append((each.name, "other fair", status, code))
            if set(each.parameters) - {"fair"} and not public:
                mixed = await answer(client, each, scene.other() | {"fair": scene.own(who)["fair"]})
                nothing = await answer(client, each, missing)
                if mixed != nothing:
                    wrong.append((each.name, "mixed", mixed[:2], nothing[:2]))
    assert not wrong


def test_every_topic_says_who_may_follow_it() -> None:
    made = {
        name
        for name, function in inspect.getmembers(topics, inspect.isfunction)
        if inspect.signature(function).return_annotation is str and function.__module__.startswith(topics.__name__)
    }
    assert made == TOPICS.keys(), "tests/web/rights.py says of every topic who may follow it"


@pytest.mark.parametrize("who", PEOPLE)
async def test_topics_are_followed_by_whom_the_table_says(site: Site, scene: Scene, who: str) -> None:
    """[8.2.2, 8.2.3] A page that follows what it may not is told the same whether it exists or not."""
    wrong: list[tuple[object, ...]] = []
    async with site.client(scene.actors[who], timeout=60) as client:
        for name, rights in TOPICS.items():
            make = getattr(topics, name)
            parameter = next(iter(inspect.signature(make).parameters))
            refusals = set()
            for kind, values in (
                ("own", scene.own(who)), ("near", scene.near()), ("other", scene.other()), ("none", scene.missing()),
            ):  # fmt: skip
                number = values[{"fair_id": "fair_number"}.get(parameter, parameter.removesuffix("_id"))]
                told = await client.get("/live/poll", params={"topics": make(number)}, headers={"x-live": "1"})
                may = PEOPLE[who] in getattr(rights, kind, "") and not (kind == "near" and name == "fair")
                if kind == "near" and parameter == "fair_id":
                    continue
                if may is not (told.status_code == 200):
                    wrong.append((name, kind, told.status_code))
                if told.status_code != 200:
                    refusals.add((told.status_code, told.text))
            if len(refusals) > 1:
                wrong.append((name, "told apart", len(refusals)))
    assert not wrong


@pytest.mark.parametrize("topic", ["fair", "fair:", "fair:x", "stand:1:everything", "candidate:1:staff", "fair:1 OR 1"])
async def test_what_is_no_topic_is_followed_by_nobody(site: Site, scene: Scene, topic: str) -> None:
    async with site.client(scene.actors["administrator"]) as client:
        told = await client.get("/live/poll", params={"topics": topic}, headers={"x-live": "1"})
    assert told.status_code in {403, 422} and MISSING
