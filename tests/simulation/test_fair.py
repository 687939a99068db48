"""The simulated fair: the same from the same seed, and never against a rule that a separate model checks."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.commands.demo import moment
from jobdating.db import tables as t
from jobdating.db.engine import Database, open_database
from jobdating.simulation.fair import CAP, GAP
from jobdating.simulation.staging import stage

AT = moment("2027-06-17 09:50")
LIVE = {"held", "requested", "booked", "checked_in", "called", "in_progress"}


@pytest.fixture(scope="module")
async def played(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """A fair whose first hour was played."""
    url = f"sqlite:///{tmp_path_factory.mktemp('fair') / 'fair.db'}"
    await stage(url, seed=7, at=AT)
    db = open_database(url)
    yield db
    await db.close()


def _told(tx: Connection) -> list[tuple[Any, ...]]:
    journal = t.journal.c
    return [tuple(row) for row in tx.execute(select(journal.at, journal.kind, journal.data).order_by(journal.id))]


def _bookings(tx: Connection) -> list[Any]:
    return list(tx.execute(select(t.bookings)))


async def test_the_same_seed_plays_the_same_fair(played: Database, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'again.db'}"
    await stage(url, seed=7, at=AT)
    again = open_database(url)
    try:
        assert await again.read(_told) == await played.read(_told)
    finally:
        await again.close()


async def test_no_rule_is_broken(played: Database) -> None:
    rows = await played.read(_bookings)
    seats = Counter((row.slot_id, row.seat) for row in rows if row.state in LIVE and row.slot_id)
    assert max(seats.values()) == 1
    by_person: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        if row.state in LIVE | {"done"}:
            by_person[row.candidate_id].append(row)
    for mine in by_person.values():
        assert len(mine) <= CAP
        times = sorted((row.starts_at, row.ends_at) for row in mine if row.slot_id and row.state in LIVE)
        for (_, end), (start, _) in zip(times, times[1:], strict=False):
            assert start - end >= GAP


async def test_nobody_is_in_two_places_and_no_stand_sees_two(played: Database) -> None:
    rows = [row for row in await played.read(_bookings) if row.started_at]
    kinds = await played.read(lambda tx: {row.id: row.kind for row in tx.execute(select(t.stands))})
    for key in ("candidate_id", "stand_id"):
        spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
        for row in rows:
            if key == "candidate_id" or kinds[row.stand_id] == "interview":
                spans[getattr(row, key)].append((row.started_at, row.ended_at or AT))
        for some in spans.values():
            ordered = sorted(some)
            assert all(end <= start for (_, end), (start, _) in zip(ordered, ordered[1:], strict=False))


async def test_each_life_of_a_booking_is_in_order(played: Database) -> None:
    for row in await played.read(_bookings):
        steps = [at for at in (row.made_at, row.called_at, row.started_at, row.ended_at) if at]
        assert steps == sorted(steps)
        if row.state == "done":
            assert row.called_at
            assert row.started_at
            assert timedelta() < row.ended_at - row.started_at < timedelta(hours=1)


async def test_it_is_full_enough_to_be_believed(played: Database) -> None:
    rows = await played.read(_bookings)
    places = await played.read(lambda tx: sum(tx.execute(select(t.slots.c.capacity)).scalars()))
    states = Counter(row.state for row in rows)
    assert 0.75 < sum(row.slot_id is not None and row.state != "cancelled" for row in rows) / places < 0.95
    assert states["done"] > 80
    assert states["in_progress"] > 20
    assert states["no_show"] > 5
    assert sum(row.slot_id is None for row in rows) > 5
    waiting = await played.read(lambda tx: len(tx.execute(select(t.waitlist.c.id)).all()))
    assert waiting > 10
