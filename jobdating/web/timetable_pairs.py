"""Why somebody is not given a wish, what forcing it would cost, and deciding about a pair by hand; the points, too."""

from typing import Any

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.domain.errors import Invalid
from jobdating.domain.timetable import Malformed
from jobdating.domain.weighing import SOLVED, STANDARD, Weights
from jobdating.domain.wishing import Decision
from jobdating.queries import timetable_page, timetables
from jobdating.rendering import timetable as words
from jobdating.services import timetable
from jobdating.timetabling import drafting
from jobdating.timetabling.process import Failed
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.visit import visit

POINTS = ("bonus", "ranks", "favourites")


async def why(request: Request) -> Response:
    """A candidate by name, their wishes with what the draft says of each; with a stand, what forcing it would cost."""
    fair, query = visit(request).the_fair(), request.query_params
    letter = query.get("draft", "") if query.get("draft", "") in SOLVED else SOLVED[0]
    who, candidate_id, stand_id = query.get("who", ""), _id(query.get("candidate", "")), _id(query.get("stand", ""))

    def read(tx: Connection) -> dict[str, Any]:
        people = timetable_page.found(tx, fair.id, who)
        if candidate_id is not None:
            people = list(timetable_page.names(tx, fair.id, [candidate_id]).values())
        person = people[0] if len(people) == 1 else None
        drafts = {each.letter for each in timetables.drafts(tx, fair.id)}
        draft = timetables.solved(tx, fair.id, letter) if letter in drafts else None
        wishes = timetable_page.wished(tx, fair.id, person.candidate_id, draft) if person and draft else []
        return {"people": people, "person": person, "wishes": wishes}

    found = await house(request).db.read(read)
    cost = None
    if found["person"] and stand_id is not None and stand_id in {wish.stand_id for wish in found["wishes"]}:
        cost = await _cost(request, letter, found["person"].candidate_id, stand_id)
    return pages.page(
        request, "timetable/why.html", **found, letter=letter, who=who, cost=cost, why=words.why
    )  # fmt: skip


async def pairs(request: Request) -> Response:
    """What was decided by hand; on POST, a decision about one pair."""
    seen, fair = visit(request), visit(request).the_fair()
    if request.method == "GET":
        decided = await house(request).db.read(timetables.decided, fair.id)
        return pages.page(request, "timetable/pairs.html", decided=decided)
    form = await forms.read(request)
    said = forms.text(form, "decision")
    if said not in {"", *Decision}:
        raise Invalid(fields={"decision": "invalid"})
    await house(request).db.write(
        timetable.decide, seen.actor,
        candidate_id=forms.number(form, "candidate_id"), stand_id=forms.number(form, "stand_id"),
        decision=Decision(said) if said else None, now=seen.now,
    )  # fmt: skip
    return await pages.done(request, f"/fairs/{fair.slug}/timetable/pairs")


async def rules(request: Request) -> Response:
    """What each policy weighs; on POST, one is changed or set back."""
    seen, fair = visit(request), visit(request).the_fair()
    if request.method == "GET":
        return await _rules_page(request)
    form = await forms.read(request)
    letter, standard = forms.text(form, "letter"), bool(forms.text(form, "standard"))
    try:
        weights = None if standard else _weights(form)
        await house(request).db.write(
            timetable.weigh, seen.actor, fair_id=fair.id, letter=letter, weights=weights, now=seen.now
        )
    except Invalid as refusal:
        return await _rules_page(request, letter=letter, form=form, wrong=refusal.params["fields"])
    return RedirectResponse(f"/fairs/{fair.slug}/timetable/rules?saved=yes", status_code=303)


async def _cost(request: Request, letter: str, candidate_id: int, stand_id: int) -> dict[str, Any]:
    """What forcing the wish would cost, named for the organiser's eyes."""
    home, fair, language = house(request), visit(request).the_fair(), visit(request).language

    def names(tx: Connection) -> tuple[dict[int, str], dict[int, str]]:
        people = {id_: each.name for id_, each in timetable_page.names(tx, fair.id).items()}
        return people, timetable_page.stand_names(tx, fair.id)

    people, stands = await home.db.read(names)
    told: dict[str, Any] = {"stand": stands[stand_id], "stand_id": stand_id, "lost": [], "gained": [], "others": 0}
    try:
        cost, assembly = await drafting.force(
            home.db, fair_id=fair.id, letter=letter, candidate_id=candidate_id, stand_id=stand_id, clock=home.clock
        )
    except Malformed as malformed:
        faults = [[mistake.problem.value, dict(mistake.params)] for mistake in malformed.mistakes]
        return told | {"impossible": " ".join(words.trouble(faults, language, people=people, stands=stands))}
    except Failed:
        return told | {"impossible": " ".join(words.trouble([["failed", {}]], language, people={}, stands={}))}
    return told | {
        "impossible": "",
        "others": cost.others,
        "lost": [(people[who], stands[where]) for who, where in assembly.named(cost.lost)],
        "gained": [(people[who], stands[where]) for who, where in assembly.named(cost.gained)],
    }


async def _rules_page(
    request: Request, *, letter: str = "", form: FormData | None = None, wrong: Any = None
) -> Response:
    language, fair = visit(request).language, visit(request).the_fair()
    drafts = {each.letter: each for each in await house(request).db.read(timetables.drafts, fair.id)}
    policies = []
    for each in SOLVED:
        kept = drafts[each].policy if each in drafts else STANDARD[each][1].stored()
        values = {name: ", ".join(str(points) for points in kept[name]) for name in POINTS}
        if form is not None and each == letter:
            values = {name: forms.text(form, name) for name in POINTS}
        problems = (
            {name: words.points(code, language) for name, code in (wrong or {}).items()} if each == letter else {}
        )
        name = words.preset(STANDARD[each][0].value, language)
        policies.append({"letter": each, "name": name, "values": values, "problems": problems})
    return pages.page(
        request, "timetable/rules.html", status=422 if wrong else 200, policies=policies, values={}, problems=wrong or {},
        saved="saved" in request.query_params,
    )  # fmt: skip


def _weights(form: FormData) -> Weights:
    """The points as they were typed: whole numbers with commas or spaces between. Raises Invalid beside the field."""
    typed = {}
    for name in POINTS:
        parts = forms.text(form, name).replace(",", " ").replace(";", " ").split()
        if not all(part.isascii() and part.isdecimal() and len(part) < 7 for part in parts):
            raise Invalid(fields={name: "points"})
        typed[name] = tuple(int(part) for part in parts)
    return Weights(**typed)


def _id(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
