"""Demand against places, stand by stand, and inviting candidates to wish for those that too few want."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from jobdating.queries import demand, timetable_page, timetables
from jobdating.services import wishing
from jobdating.web import forms, pages
from jobdating.web.house import house
from jobdating.web.timetable import chosen_of, columns_of, demand_rows
from jobdating.web.visit import visit


async def stands(request: Request) -> Response:
    """Who is wanted, who is not; on POST, candidates are asked to wish for a stand."""
    seen, fair = visit(request), visit(request).the_fair()
    if request.method == "POST":
        form = await forms.read(request)
        asked = await house(request).db.write(
            wishing.solicit, seen.actor, fair_id=fair.id, stand_id=forms.number(form, "stand_id"),
            candidate_ids=forms.numbers(form, "candidate"), now=seen.now,
        )  # fmt: skip
        return RedirectResponse(f"/fairs/{fair.slug}/timetable/stands?asked={asked}", status_code=303)

    def read(tx: Connection) -> dict[str, Any]:
        drafts = timetables.drafts(tx, fair.id)
        chosen = chosen_of(columns_of(list(drafts), seen.language), request)
        given = timetables.solved(tx, fair.id, chosen.letter).interviews if chosen else []
        counts = Counter(candidate for candidate, _, _ in given)
        demands = demand.demands(tx, fair.id)
        return {
            "quiet": timetable_page.quiet(tx, fair.id, demands, counts),
            "rows": demand_rows(chosen.figures["stands"] if chosen else [], timetable_page.stand_names(tx, fair.id)),
        }

    found = await house(request).db.read(read)
    said = request.query_params.get("asked", "")
    return pages.page(
        request, "timetable/stands.html", **found, asked=int(said) if said.isdecimal() and len(said) < 5 else None
    )
