"""A day that is played before it comes: the same from the same seed, on a copy, and different where something differs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.db.engine import Database, open_database
from jobdating.services import booking
from jobdating.simulation import copying, draws, process, rehearsal
from jobdating.simulation.answers import Answering
from jobdating.simulation.process import TooLong
from jobdating.simulation.rehearsal import NothingToPlay, Plan, Rows, rehearse
from jobdating.simulation.variations import Variation
from tests import factories as make

DAY = date(2027, 6, 17)
PLAN = Plan(DAY, seed=3, fill=0.9)

pytestmark = pytest.mark.timeout(300)  # a day is seconds of work, and more where much else is done


def small_fair(tx: Connection) -> int:
    """Three stands on one morning, one of them in demand; a second fair beside it."""
    fair_id = make.make_fair(tx, hours=[["09:00", "12:00"]], lead_minutes=0, cap=4)
    stands = [make.make_stand(tx, fair_id, name=name) for name in ("Forges", "Usinage", "Tôlerie")]
    slots = [make.make_slots(tx, stand, count=5) for stand in stands]
    people = [make.make_candidate(tx, fair_id) for _ in range(7)]
    for number, person in enumerate(people[:5]):
        booking.book(tx, person, slot_id=slots[0][number], now=make.BEFORE)
    make.make_recruiter(tx, stands[0])
    beside = make.make_fair(tx)
    make.make_slots(tx, make.make_stand(tx, beside))
    make.make_candidate(tx, beside)
    return fair_id


def everything(tx: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {table.name: sorted(map(tuple, tx.execute(select(table))), key=repr) for table in t.metadata.sorted_tables}


@pytest.fixture
async def fair(db: Database) -> int:
    return await db.write(small_fair)


@pytest.fixture
async def rows(db: Database, fair: int) -> Rows:
    return await db.read(rehearsal.copy_of, fair)


@pytest.fixture
async def quick(sqlite_url: str) -> AsyncIterator[tuple[Rows, int]]:
    """The same fair on SQLite alone, for what does not depend on where it came from."""
    opened = open_database(sqlite_url)
    fair_id = await opened.write(small_fair)
    yield await opened.read(rehearsal.copy_of, fair_id), fair_id
    await opened.close()


async def test_a_day_is_played_to_its_end_and_the_real_one_is_untouched(db: Database, fair: int, rows: Rows) -> None:
    before = await db.read(everything)
    [played] = rehearse(rows, fair, PLAN, [])
    assert await db.read(everything) == before
    told = played.outcome
    assert told.stands == 3
    assert told.booked >= 12
    assert told.done + told.no_shows >= 11
    assert told.served + told.not_served <= told.people
    assert 0 <= told.idle_share <= 1
    assert [point.at for point in told.curve][:2] == ["09:00", "09:05"]
    assert played.load.commands > 60
    assert len(played.load.times) < played.load.commands


async def test_the_same_seed_plays_the_same_day_and_another_another(quick: tuple[Rows, int]) -> None:
    [first], [again], [other] = (rehearse(*quick, plan, []) for plan in (PLAN, PLAN, Plan(DAY, seed=4, fill=0.9)))
    assert first.outcome == again.outcome
    assert first.load.by_minute == again.load.by_minute
    assert first.outcome != other.outcome


async def test_what_if_is_told_beside_the_day_as_it_is(quick: tuple[Rows, int]) -> None:
    variations = [Variation(recruiters=1), Variation(buffer_minutes=5), Variation(cap=1)]
    shares: list[float] = []
    played = rehearse(*quick, PLAN, variations, tell=shares.append)
    usual, more, longer, fewer = (each.outcome for each in played)
    assert more.stands == usual.stands + 1
    assert more.done > usual.done
    helped = draws.summed([played[1]], [played[0]])
    assert helped["helped"] == ["Forges"] and helped["helped_delay"] != helped["unhelped_delay"]
    assert longer.booked < usual.booked and longer.lost > 0
    assert fewer.lost > 0
    assert shares == sorted(shares) and shares[-1] == 1.0


async def test_offered_gaps_are_answered_as_people_are_set_to(quick: tuple[Rows, int]) -> None:
    """Nobody joins a line by chance in so small a fair: who comes without appointment took a gap."""
    all_yes, nobody = Answering(accepts=1, declines=0), Answering(accepts=0, declines=0)
    plan = replace(PLAN, no_show=0.5)
    [yes], [silent] = (rehearse(*quick, plan, [], answering=how) for how in (all_yes, nobody))
    assert yes.outcome.walk_ins > silent.outcome.walk_ins
    assert yes.outcome.idle < silent.outcome.idle


async def test_who_is_missing_is_invented_and_who_is_there_comes_first(quick: tuple[Rows, int]) -> None:
    rows, fair_id = quick
    empty = {name: [] if name == "bookings" else some for name, some in rows.items()}
    nobody = {
        name: [] if name in {"bookings", "candidates", "candidate_trades"} else some for name, some in rows.items()
    }
    [own], [invented] = rehearse(empty, fair_id, Plan(DAY, fill=0.4), []), rehearse(nobody, fair_id, PLAN, [])
    assert own.outcome.people <= 7
    assert invented.outcome.people >= 4
    assert invented.outcome.done >= 6


async def test_a_day_without_slots_cannot_be_played(quick: tuple[Rows, int]) -> None:
    with pytest.raises(NothingToPlay):
        rehearse(*quick, Plan(date(2027, 6, 18)), [])


async def test_the_copy_names_nobody_and_holds_nothing_of_another_fair(quick: tuple[Rows, int]) -> None:
    rows, fair_id = quick
    assert not {"outbox", "sessions", "sign_ins", "api_tokens", "documents", "journal", "meta"} & rows.keys()
    assert {row["id"] for row in rows["fairs"]} == {fair_id}
    assert {row["fair_id"] for row in rows["candidates"]} == {fair_id} and len(rows["candidates"]) == 7
    assert len(rows["stands"]) == 3 and len(rows["slots"]) == 15
    assert all(set(row) == {"id", "email", "created_at", "language"} for row in rows["accounts"])
    assert all(row["email"].endswith("@rehearsal.invalid") for row in rows["accounts"])
    assert "note" not in rows["bookings"][0] and "about" not in rows["candidates"][0]


async def test_a_day_that_was_lived_is_a_morning_again(db: Database, fair: int) -> None:
    def live(tx: Connection) -> None:
        done = {"called_at": make.MORNING, "started_at": make.MORNING, "ended_at": make.MORNING, "state": "done"}
        tx.execute(t.bookings.update().values(**done))
        tx.execute(t.stands.update().values(connected_since=make.MORNING, delay_minutes=9))

    await db.write(live)

    def dawn(tx: Connection) -> list[Any]:
        copying.dawn(tx, fair, day=DAY)
        stands = select(t.stands.c.delay_minutes, t.stands.c.connected_since).where(t.stands.c.fair_id == fair)
        return [*tx.execute(select(t.bookings.c.state, t.bookings.c.called_at)), *tx.execute(stands)]

    assert {tuple(row) for row in await db.write(dawn)} == {("booked", None), (0, None)}


async def test_the_process_tells_how_far_it_is_and_what_each_draw_says(quick: tuple[Rows, int]) -> None:
    said = [line async for line in process.run(*quick, replace(PLAN, draws=1), [])]
    assert {"share"} == set(said[0]) and said[-1] == {"done": True}
    [[told]] = [line["result"] for line in said if "result" in line]
    [[here]] = draws.play(*quick, replace(PLAN, draws=1), [])
    assert {**told, "load": None} == {**here, "load": None}


async def test_a_rehearsal_ends_when_its_time_is_over(quick: tuple[Rows, int]) -> None:
    with pytest.raises(TooLong):
        [line async for line in process.run(*quick, PLAN, [], most=timedelta(milliseconds=50).total_seconds())]
