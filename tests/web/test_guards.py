"""Who may do what, as one table made from the URL map: a foreign thing answers exactly as a missing one.

Ids in brackets are those of OWASP ASVS 5.0. [8.2.1, 8.2.2, 8.2.3]
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, WebSocketRoute

from jobdating import app
from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking, sessions, tokens
from jobdating.services.booking import Booking
from jobdating.web.bookings import STEPS
from jobdating.web.guards import Guard, Unguarded, ensure_guarded, guarded
from jobdating.web.routes import WITHOUT_GUARD, routes
from tests.factories import (
    BEFORE,
    make_account,
    make_candidate,
    make_company,
    make_fair,
    make_organiser,
    make_recruiter,
    make_slots,
    make_stand,
)
from tests.site import Site, settings_for

OPEN = {"/healthz", "/readyz"}  # for who keeps the machine; they read no session
MISSING = 987_654
GUARDED = [route for route in routes(demo=False) if isinstance(route, Route) and route.path not in OPEN]
# Anybody may look at every stand and slot, so that the API may say why one cannot be taken.
PUBLIC = {"/api/v1/slots/{slot}/bookings", "/api/v1/stands/{stand}/queue", "/api/v1/stands/{stand}/waitlist"}
ACTORS = ("nobody", "candidate", "recruiter", "organiser", "administrator")
MAY = {
    Guard.ANYONE: set(ACTORS),
    Guard.SIGNED_IN: set(ACTORS) - {"nobody"},
    Guard.CANDIDATE: {"candidate"},
    Guard.STAFF: {"recruiter", "organiser", "administrator"},
    Guard.ORGANISER: {"organiser", "administrator"},
    Guard.ADMINISTRATOR: {"administrator"},
}
WORDS = {
    "step": sorted(STEPS),
    "kind": ["sites", "csv", "xlsx"],
    "language": ["en"],
    "answer": ["accept", "decline", "yield", "keep"],
}


class Scene:
    """Two fairs. `own` are the ids of the first, where everybody is somebody; `foreign` those of the second."""

    def __init__(self, tx: Connection) -> None:
        self.own = self._fair(tx, "ici")
        self.foreign = self._fair(tx, "ailleurs")
        fair_id, stand_id = self.own["fair_id"], self.own["stand"]
        self.actors: dict[str, Actor | None] = {
            "nobody": None,
            "candidate": self.own["actor"],
            "recruiter": make_recruiter(tx, stand_id),
            "organiser": make_organiser(tx, fair_id),
            "administrator": Actor(make_account(tx, administrator=True), administrator=True),
        }

    def _fair(self, tx: Connection, slug: str) -> dict[str, Any]:
        fair_id = make_fair(tx, slug=slug, name="Job dating")
        company_id = make_company(tx, fair_id, name="Ateliers")
        stand_id = make_stand(tx, fair_id, company_id=company_id, name="Stand")
        slots = make_slots(tx, stand_id)
        candidate = make_candidate(tx, fair_id)
        made = booking.book(tx, candidate, slot_id=slots[0], now=BEFORE)
        assert candidate.account_id is not None
        sessions.open(tx, candidate.account_id, now=BEFORE)
        tokens.make(tx, candidate.account_id, name="robot", now=BEFORE)
        site_id = tx.execute(t.sites.insert().values(fair_id=fair_id, name="Caen").returning(t.sites.c.id)).scalar_one()
        mine = t.sessions.c.account_id == candidate.account_id
        return {
            "actor": candidate,
            "fair_id": fair_id,
            "fair": slug,
            "stand": stand_id,
            "stand_id": stand_id,
            "slot": slots[1],
            "slot_id": slots[1],
            "booking": made.id,
            "booking_id": made.id,
            "candidate": made.candidate_id,
            "company": company_id,
            "thing": site_id,
            "offer": self._offer(tx, fair_id, made),
            "clash": self._clash(tx, fair_id, made, candidate),
            "token": tx.execute(select(t.api_tokens.c.id).order_by(t.api_tokens.c.id.desc()).limit(1)).scalar_one(),
            "session": tx.execute(select(t.sessions.c.id).where(mine)).scalar_one(),
        }

    def _offer(self, tx: Connection, fair_id: int, cause: Booking) -> int:
        """A gap that is offered to somebody else."""
        other = make_candidate(tx, fair_id).candidates[fair_id]
        spans = {"opened_at": BEFORE, "until": BEFORE + timedelta(hours=1)}
        gap = t.gaps.insert().values(fair_id=fair_id, stand_id=cause.stand_id, cause_id=cause.id, **spans)
        gap_id = tx.execute(gap.returning(t.gaps.c.id)).scalar_one()
        times = {"made_at": BEFORE, "expires_at": BEFORE + timedelta(hours=1)}
        offer = t.gap_offers.insert().values(gap_id=gap_id, candidate_id=other, **times)
        return int(tx.execute(offer.returning(t.gap_offers.c.id)).scalar_one())

    def _clash(self, tx: Connection, fair_id: int, first: Booking, candidate: Actor) -> int:
        """Somebody who is expected at another stand too."""
        slots = make_slots(tx, make_stand(tx, fair_id))
        second = booking.book(tx, candidate, slot_id=slots[5], now=BEFORE)
        times = dict.fromkeys(("first_at", "second_at", "found_at"), BEFORE)
        clash = t.clashes.insert().values(
            fair_id=fair_id, candidate_id=first.candidate_id, first_id=first.id, second_id=second.id, **times
        )
        return int(tx.execute(clash.returning(t.clashes.c.id)).scalar_one())


def methods(route: Route) -> list[str]:
    return sorted((route.methods or set()) - {"HEAD"})


def names(route: Route) -> list[str]:
    return re.findall(r"{(\w+)(?::\w+)?}", route.path)


def paths(route: Route, values: dict[str, Any]) -> Iterator[str]:
    """The route's path with these values; once for each word where it has a word."""
    word = next((name for name in names(route) if name in WORDS), "")
    for choice in WORDS[word] if word else [""]:
        yield _path(route, values | {word: choice})


def _path(route: Route, values: dict[str, Any]) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(values.get(found[1], MISSING)), route.path)


def plain(answer: httpx2.Response) -> tuple[int, str]:
    """What an answer tells, without the ids that were asked for and the tokens of the session."""
    told = answer.headers.get("location", "") + answer.text
    return answer.status_code, re.sub(r"[0-9a-f]{64}|\d+", "#", re.sub(r'name="csrf" value="[^"]*"', "", told))


@pytest.fixture
async def scene(site: Site) -> Scene:
    return await site.db.write(Scene)


def test_every_route_has_a_guard() -> None:
    assert len(GUARDED) > 60
    for route in GUARDED:
        assert isinstance(getattr(route.endpoint, "guard", None), Guard), route.path


def test_a_route_without_a_guard_does_not_start_the_app(
    sqlite_url: str, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def secret(request: Request) -> Response:
        return Response("for whom?")

    ensure_guarded(routes(demo=True), but=WITHOUT_GUARD)
    ensure_guarded([Route("/secret", guarded(secret, Guard.ORGANISER))], but=WITHOUT_GUARD)
    for forgotten in (
        Route("/secret", secret),
        WebSocketRoute("/secret", secret),
        Mount("/secret", Route("/", secret).app),
    ):
        monkeypatch.setattr(app, "routes", lambda demo, forgotten=forgotten: [*routes(demo=demo), forgotten])
        with pytest.raises(Unguarded, match="/secret"):
            app.create_app(settings_for(sqlite_url, "http://127.0.0.1:1"), clock=clock)


def test_nothing_of_a_demo_is_there_in_production() -> None:
    demo = {route.path for route in routes(demo=True) if isinstance(route, Route)}
    always = {route.path for route in GUARDED}
    assert "/demo/enter" in demo
    assert not [path for path in always if path.startswith("/demo")]


@pytest.mark.parametrize("who", ACTORS)
async def test_guard_of_each_page_holds(site: Site, scene: Scene, who: str) -> None:
    """Own things: whoever may open a page opens it, everybody else finds nothing or a way to sign in."""
    wrong = []
    async with site.client(scene.actors[who]) as client:
        for route in GUARDED:
            guard: Guard = route.endpoint.guard  # type: ignore[attr-defined]
            allowed = who in MAY[guard]
            for method in methods(route):
                if allowed and method != "GET":
                    continue  # what the services allow is theirs to test
                path = next(paths(route, scene.own))
                status = (await client.request(method, path)).status_code
                refused = {303, 401} if who == "nobody" else {404}
                fine = status < 500 if allowed else status in refused
                if not fine:
                    wrong.append((method, path, status))
    assert not wrong


@pytest.mark.parametrize("who", ["candidate", "recruiter", "organiser"])  # nothing is foreign to an administrator
async def test_foreign_thing_answers_exactly_as_a_missing_one(site: Site, scene: Scene, who: str) -> None:
    """In one's own fair, an id of another fair and an id of nothing cannot be told apart, whatever the method."""
    different = []
    async with site.client(scene.actors[who]) as client:
        for route in GUARDED:
            asked = [name for name in names(route) if name not in {"fair", *WORDS}]
            if not asked or route.path in PUBLIC:
                continue
            foreign = {**scene.foreign, "fair": "ici"} if "fair" in names(route) else scene.foreign
            missing = {name: "0" * 64 if name == "session" else MISSING for name in scene.own} | {"fair": "ici"}
            for method in methods(route):
                for one, other in zip(paths(route, foreign), paths(route, missing), strict=True):
                    answers = [plain(await client.request(method, path)) for path in (one, other)]
                    if answers[0] != answers[1] or answers[0][0] >= 500:
                        different.append((method, one, answers))
    assert not different


@pytest.mark.parametrize("who", ["candidate", "recruiter", "organiser"])
async def test_protected_pages_of_another_fair_are_not_there(site: Site, scene: Scene, who: str) -> None:
    found = []
    async with site.client(scene.actors[who]) as client:
        for route in GUARDED:
            if route.endpoint.guard is Guard.ANYONE or "fair" not in names(route):  # type: ignore[attr-defined]
                continue
            for method in methods(route):
                for path in paths(route, scene.foreign):
                    status = (await client.request(method, path)).status_code
                    if status != 404:
                        found.append((method, path, status))
    assert not found
