"""Every event says what it leaves behind for the replay, and nothing that names anybody is kept."""

import json
from typing import Any

import pytest
from sqlalchemy import Connection, String, select

from jobdating.db import tables as t
from jobdating.db import traces
from jobdating.db.engine import Database
from jobdating.domain import events
from jobdating.domain.states import NextStep
from jobdating.services import queue, review
from tests.contracts.world import LIVE, World, make_world


@pytest.mark.parametrize("kind", events.KINDS)
def test_every_event_says_what_it_leaves_behind(kind: str) -> None:
    assert kind in traces.LEAVES, (
        f"{kind} has no line in LEAVES of jobdating/db/traces.py: name the rows of the wall that it changes "
        "(or _nothing when the wall shows none of it), so that the replay of a day shows it"
    )


def test_no_rule_is_for_an_event_that_is_gone() -> None:
    assert set(traces.LEAVES) <= set(events.KINDS)


async def test_nothing_that_names_somebody_or_was_written_is_kept(db: Database) -> None:
    def happen(tx: Connection) -> None:
        world: World = make_world(tx)
        booking_id = world.bookings[0]
        for step in (queue.check_in, queue.call, queue.start, queue.finish):
            step(tx, world.recruiter, booking_id=booking_id, now=LIVE)
        review.write(
            tx, world.recruiter, booking_id=booking_id, note="Bonne lecture de plan", rating=4,
            next_step=NextStep.OFFER, now=LIVE,
        )  # fmt: skip

    await db.write(happen)

    def kept(tx: Connection) -> tuple[str, list[Any]]:
        traced = tx.execute(select(t.journal.c.trace).where(t.journal.c.trace.is_not(None))).scalars()
        return "\n".join(traced), list(tx.execute(select(t.accounts)))

    text, accounts = await db.read(kept)
    columns = {name for line in text.splitlines() for part in json.loads(line) for name in part["columns"]}
    assert {"state", "called_at", "connected_since", "delay_minutes"} <= columns
    assert not columns & {"note", "rating", "next_step", "email", "first_name", "last_name", "phone", "about"}
    assert "Bonne lecture" not in text
    assert not [account for account in accounts if account.last_name in text or account.email in text]


def test_free_text_is_never_kept_of_any_table() -> None:
    kept = {"fairs", "sites", "companies", "stands", "stand_trades", "slots", "bookings", "candidates", "attendance"}
    for name in kept:
        for column in traces.columns_of(t.metadata.tables[name]):
            assert not isinstance(column.type, String) or (column.type.length or 0) <= 200, column
