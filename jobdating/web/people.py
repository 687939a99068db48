"""The organiser's candidates: finding somebody, seeing and doing all for them. Parse, call, respond."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from jobdating.queries import candidates, papers, places
from jobdating.queries.candidates import Happened, Kind, Person, Search
from jobdating.queries.papers import Paper
from jobdating.queries.places import Choice, Place
from jobdating.rendering import consent as words
from jobdating.services import audit
from jobdating.web import pages
from jobdating.web.house import house
from jobdating.web.visit import visit


@dataclass(frozen=True)
class Desk:
    """What the page of a candidate shows: the person, what happened, a parent's paper, where there is room for them."""

    person: Person
    history: list[Happened]
    paper: Paper
    stands: list[Choice]
    chosen: Choice | None
    moving: int | None
    days: dict[date, list[Place]] = field(default_factory=dict)


async def find(request: Request) -> Response:
    """The candidates of the fair, by what is in the address."""
    return await people_page(request)


async def people_page(
    request: Request, *, fields: object = None, signed_on: str = "", ticked: Collection[int] = ()
) -> Response:
    """The list; with what was wrong when papers were noted for those who are ticked."""
    fair = visit(request).the_fair()
    asked = Search(
        words=request.query_params.get("q", "")[:100],
        site_id=_number(request, "site"),
        kind=Kind.PARENT if request.method == "POST" else _kind(request.query_params.get("state", "")),
        page=_number(request, "page") or 1,
    )
    found = await house(request).db.read(candidates.search, fair.id, asked)
    return pages.page(
        request,
        "organiser/candidates.html",
        status=422 if fields else 200,
        found=found,
        asked=asked,
        fields=fields or {},
        signed_on=signed_on,
        ticked=ticked,
        saved=_number(request, "saved"),
    )


async def show(request: Request) -> Response:
    """One candidate: profile, interviews with every act, a place to give, and what happened."""
    return await person_page(request)


async def person_page(request: Request, *, fields: object = None, signed: tuple[str, str] = ("", "")) -> Response:
    """The page of one candidate; with what was wrong with a paper that was typed, and the day and name typed."""
    seen, candidate_id = visit(request), request.path_params["candidate"]
    fair = seen.the_fair()
    stand_id, moving = _number(request, "stand"), _number(request, "moving")

    def read(tx: Connection) -> Desk:
        person = candidates.person(tx, fair.id, candidate_id)
        moved = next((i for i in person.interviews if i.booking_id == moving), None)
        chosen_id = stand_id or (moved.stand_id if moved else None)
        stands = places.stands(tx, fair.id, candidate_id)
        chosen = next((stand for stand in stands if stand.stand_id == chosen_id), None)
        leaving = moved.booking_id if moved else None
        days = (
            places.free(tx, chosen.stand_id, candidate_id, timezone=fair.timezone, now=seen.now, moving=leaving)
            if chosen
            else {}
        )
        history, paper = candidates.history(tx, fair.id, candidate_id), papers.paper(tx, candidate_id, fair_id=fair.id)
        return Desk(person, history, paper, stands, chosen, leaving, days)

    desk = await house(request).db.read(read)
    await house(request).db.write(
        audit.profile_read, seen.actor, candidate_id=candidate_id, stand_id=None, now=seen.now
    )
    return pages.page(
        request,
        "organiser/candidate.html",
        status=422 if fields else 200,
        desk=desk,
        fields=fields or {},
        signed=signed,
        wording=words.parent_wording(desk.paper.first_name, fair.name, seen.language),
    )


def _kind(value: str) -> Kind:
    return Kind(value) if value in list(Kind) else Kind.ALL


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
