"""The API keeps to its document, whatever it is asked: no fault of ours, no answer that the document does not foresee."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from sqlalchemy import Connection, select

from jobdating.clock import SteppedClock
from jobdating.db import tables as t
from jobdating.domain.policy import Actor
from jobdating.services import booking, gaps
from jobdating.web.api.document import openapi
from jobdating.web.api.operations import OPERATIONS, PREFIX
from tests.factories import BEFORE, MORNING, make_candidate, make_fair, make_organiser, make_slots, make_stand
from tests.site import Site

EXAMPLES = 100  # with some forty operations, about four thousand cases
KEPT = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
DOCUMENT = openapi(OPERATIONS, PREFIX)
NAMES = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]


def _world(tx: Connection) -> tuple[dict[str, list[Any]], Actor, Actor]:
    """What exists, by the name of its parameter; a candidate and an organiser."""
    fair_id = make_fair(tx, slug="ici")
    stand_id = make_stand(tx, fair_id)
    slots = make_slots(tx, stand_id)
    ines, organiser = make_candidate(tx, fair_id), make_organiser(tx, fair_id)
    bookings = [
        booking.book(tx, who, slot_id=slot, now=BEFORE).id
        for who, slot in ((ines, slots[0]), (make_candidate(tx, fair_id), slots[2]))
    ]
    gap = {"cause_id": bookings[0], "candidate_ids": [ines.candidates[fair_id]], "now": BEFORE}
    times = {"until": MORNING + timedelta(minutes=40), "answer_by": MORNING + timedelta(minutes=40)}
    gaps.offer(tx, stand_id=stand_id, **gap, **times)  # type: ignore[arg-type]
    offers = list(tx.execute(select(t.gap_offers.c.id)).scalars())
    known: dict[str, list[Any]] = {
        "fair": ["ici"],
        "stand": [stand_id],
        "slot": slots,
        "booking": bookings,
        "offer": offers,
    }
    return known, ines, organiser


@pytest.mark.parametrize(("method", "path"), NAMES, ids=[f"{method} {path}" for method, path in NAMES])
async def test_answers_are_those_of_the_document(site: Site, clock: SteppedClock, method: str, path: str) -> None:
    known, ines, organiser = await site.db.write(_world)
    if any(part in path for part in ("stand", "booking}", "offer")):
        clock.moment = MORNING
    tokens = [f"Bearer {await site.token(actor)}" for actor in (ines, organiser)]
    operation = schemathesis.openapi.from_dict(DOCUMENT)[path][method]
    checks = CHECKS.get_by_names(KEPT)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(), real=st.booleans(), which=st.integers(0, 99), who=st.sampled_from([*tokens, None])
    )
    def ask(case: Any, real: bool, which: int, who: str | None) -> None:
        if real:  # what exists, else nearly every answer would be "not found"
            for name in case.path_parameters or {}:
                case.path_parameters[name] = known[name][which % len(known[name])]
        headers = {"authorization": who} if who else {}
        case.validate_response(case.call(base_url=site.url, headers=headers, timeout=30), checks=checks)

    await asyncio.to_thread(ask)
