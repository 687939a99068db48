"""The wall that is rebuilt from the journal is the wall as it was, after everything that can happen."""

import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.engine import Database, open_database
from jobdating.db.replica import Replica
from jobdating.db.types import to_micros
from jobdating.queries import identity, replay
from jobdating.queries.replay import Alerts
from jobdating.rendering import catalogue
from jobdating.rendering.environment import render_fragment
from jobdating.services import erasure, timekeeper
from jobdating.simulation import casting, rehearsal
from jobdating.simulation.crowd import Players, attempt
from jobdating.simulation.temper import Mishaps
from tests import factories as make
from tests.contracts import scenarios_fair, scenarios_line, scenarios_repair
from tests.contracts.world import Scenario, World, make_world

DAY = date(2027, 6, 17)
MINUTE = timedelta(minutes=1)
SCENARIOS = scenarios_line.SCENARIOS + scenarios_fair.SCENARIOS + scenarios_repair.SCENARIOS


@pytest.fixture
async def quick(sqlite_url: str) -> AsyncIterator[Database]:
    opened = open_database(sqlite_url)
    yield opened
    await opened.close()


def drawn(tx: Connection, fair_id: int) -> dict[str, str]:
    """Every fragment of the wall of the live day, in each language."""
    fair = identity.fair_by_id(tx, fair_id)
    assert fair is not None
    wall = replay.wall_on(tx, fair_id, fair.live_day or fair.first_day)
    views: dict[str, Sequence[Any]] = {
        "wall-figures": [wall.figures],
        "wall-trouble": [wall.trouble],
        "wall-attendance": [wall.attendance],
        "wall-row": wall.rows,
    }
    return {
        f"{name} {number} {language}": render_fragment(name, view, language, zone=fair.timezone)
        for name, of_name in views.items()
        for number, view in enumerate(of_name)
        for language in catalogue.LANGUAGES
    }


@dataclass(frozen=True)
class Snapshot:
    """The wall at a place in the journal, as it was drawn there and then, and how people were called."""

    head: int
    day: date
    wall: dict[str, str]
    people: list[Any]


def snapshot(tx: Connection, fair_id: int) -> Snapshot:
    fair = identity.fair_by_id(tx, fair_id)
    assert fair is not None
    day = fair.live_day or fair.first_day
    latest = tx.execute(select(func.max(t.journal.c.id))).scalar_one()
    return Snapshot(latest, day, drawn(tx, fair_id), replay.people(tx, fair_id))


def replica_of(tx: Connection, fair_id: int, day: date) -> Replica:
    fair = identity.fair_by_id(tx, fair_id)
    assert fair is not None
    recorded = next(each for each in replay.recorded_days(tx, fair) if each.day == day)
    return Replica(replay.entries(tx, fair_id, recorded, since=0))


def rebuilt(replica: Replica, fair_id: int, there: Snapshot) -> dict[str, str]:
    """The wall as the replica shows it at the same place in the journal."""
    replica.put("accounts", there.people, ("id", "first_name", "last_name"))
    replica.seek(sum(entry.id <= there.head for entry in replica.entries))
    return drawn(replica.tx, fair_id)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_the_wall_before_and_after_is_rebuilt_as_it_was(quick: Database, scenario: Scenario) -> None:
    await is_rebuilt(quick, scenario)


@pytest.mark.parametrize("scenario", SCENARIOS[::12], ids=lambda scenario: scenario.name)
async def test_so_it_is_on_postgresql(postgresql_url: str, scenario: Scenario) -> None:
    opened = open_database(postgresql_url)
    try:
        await is_rebuilt(opened, scenario)
    finally:
        await opened.close()


async def is_rebuilt(db: Database, scenario: Scenario) -> None:
    def prepare(tx: Connection) -> World:
        world = make_world(tx)
        if scenario.before:
            scenario.before(tx, world)
        return world

    world = await db.write(prepare)
    before = await db.read(snapshot, world.fair_id)
    await db.write(scenario.act, world)
    after = await db.read(snapshot, world.fair_id)
    for there in (before, after, before):
        replica = await db.read(replica_of, world.fair_id, there.day)
        replica.seek(len(replica.entries))
        assert rebuilt(replica, world.fair_id, there) == there.wall
        replica.close()


@dataclass(frozen=True)
class Lived:
    """Two hours of a small fair, with the wall as it was drawn every few minutes of them."""

    fair_id: int
    walls: list[Snapshot]


def live(tx: Connection) -> Lived:
    fair_id = make.make_fair(tx, hours=[["09:00", "12:00"]], lead_minutes=0)
    for number in range(4):
        stand = make.make_stand(tx, fair_id, trades=("Soudage", "Usinage")[: 1 + number % 2])
        make.make_slots(tx, stand, count=8)
    for _ in range(14):
        make.make_candidate(tx, fair_id)
    cast = casting.cast_of(tx, fair_id)
    casting.book_up(tx, cast, share=0.8, seed=5, now=make.BEFORE)
    mishaps = Mishaps(no_show=0.2, late_recruiters=0.4, staged=False)
    players = Players(cast, seed=5, mishaps=mishaps, visitor=False)
    walls: list[Snapshot] = []
    moment = make.MORNING - 20 * MINUTE
    while moment < make.MORNING + 110 * MINUTE:
        for act in players.due(tx, moment):
            attempt(tx, act, moment)
        timekeeper.keep(tx, now=moment)
        rehearsal.tell_times(tx, fair_id, now=moment)
        if moment.minute % 5 == 3:
            walls.append(snapshot(tx, fair_id))
        moment += MINUTE
    return Lived(fair_id, walls)


@pytest.fixture(scope="module")
async def morning(sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Database, Lived]]:
    """A database where it was lived, once for all that look at it."""
    copy = shutil.copy(sqlite, tmp_path_factory.mktemp("morning") / "fair.db")
    opened = open_database(f"sqlite:///{copy}")
    yield opened, await opened.write(live)
    await opened.close()


async def test_a_lived_morning_is_rebuilt_at_every_moment_forwards_and_back(morning: tuple[Database, Lived]) -> None:
    db, lived = morning
    assert len(lived.walls) > 20
    assert len({wall.wall["wall-row 0 fr"] for wall in lived.walls}) > 10
    replica = await db.read(replica_of, lived.fair_id, DAY)
    kinds = {entry.kind for entry in replica.entries if entry.trace}
    assert {
        "BookingMade", "CandidateCheckedIn", "CandidateCalled", "RoomEntered", "InterviewStarted", "InterviewFinished",
        "CandidateMissed", "CandidatePresenceChanged", "StandPresenceChanged", "EstimatesMoved", "AttendanceSampled",
    } <= kinds  # fmt: skip
    for there in (*lived.walls, *reversed(lived.walls), *Random(1).sample(lived.walls, len(lived.walls))):
        assert rebuilt(replica, lived.fair_id, there) == there.wall
    replica.close()


async def test_a_row_that_is_not_said_to_change_does_not(morning: tuple[Database, Lived]) -> None:
    db, lived = morning
    replica = await db.read(replica_of, lived.fair_id, DAY)
    places = [sum(entry.id <= wall.head for entry in replica.entries) for wall in lived.walls]
    some_stayed = False
    for before, after in pairwise(places):
        rows = []
        for position in (before, after):
            replica.seek(position)
            rows.append({row.stand_id: row for row in replay.wall_on(replica.tx, lived.fair_id, DAY).rows})
        changed = replay.changed_stands(replica, before, after)
        assert changed is not None
        known = {stand: row for stand, row in rows[0].items() if stand not in changed}
        again = replay.wall_on(replica.tx, lived.fair_id, DAY, known=known)
        assert {row.stand_id: row for row in again.rows} == rows[1]
        assert {stand for stand in rows[0] if rows[0][stand] != rows[1][stand]} <= changed
        some_stayed = some_stayed or changed < set(rows[0])
    assert some_stayed
    replica.close()


async def test_alerts_are_found_once_and_where_they_began(morning: tuple[Database, Lived]) -> None:
    db, lived = morning
    replica = await db.read(replica_of, lived.fair_id, DAY)
    alerts = Alerts()
    replay.look_on(replica, alerts, lived.fair_id)
    assert alerts.found and [alert.at for alert in alerts.found] == sorted(alert.at for alert in alerts.found)
    for alert in alerts.found:
        replica.seek(replica.position_at(to_micros(alert.at)))
        seen = replay.wall_on(replica.tx, lived.fair_id, DAY).trouble
        assert (alert.finding.kind, alert.finding.stand_id) in {(f.kind, f.stand_id) for f in seen.findings}
    found = list(alerts.found)
    replay.look_on(replica, alerts, lived.fair_id)
    assert alerts.found == found
    replica.close()


async def test_a_change_that_leaves_no_trace_would_be_noticed(quick: Database) -> None:
    """The positive control: a row that changes behind the journal's back makes the walls differ."""
    world = await quick.write(make_world)

    def behind(tx: Connection) -> None:
        tx.execute(t.stands.update().where(t.stands.c.id == world.stand).values(delay_minutes=12))

    await quick.write(behind)
    there = await quick.read(snapshot, world.fair_id)
    replica = await quick.read(replica_of, world.fair_id, there.day)
    assert rebuilt(replica, world.fair_id, there) != there.wall
    replica.close()


async def test_who_was_forgotten_is_counted_and_not_named(quick: Database) -> None:
    world = await quick.write(make_world)
    there = await quick.read(snapshot, world.fair_id)

    account_id = world.candidates[0].account_id
    assert account_id is not None
    await quick.write(erasure.forget_accounts, [account_id])
    replica = await quick.read(replica_of, world.fair_id, there.day)
    today = replace(there, people=await quick.read(replay.people, world.fair_id))
    shown = rebuilt(replica, world.fair_id, today)
    assert erasure.NOBODY in shown[f"wall-row {_row_of(replica, world)} fr"]
    assert shown["wall-figures 0 fr"] == there.wall["wall-figures 0 fr"]
    replica.close()


def _row_of(replica: Replica, world: World) -> int:
    return [row.stand_id for row in replay.wall_on(replica.tx, world.fair_id, DAY).rows].index(world.stand)
