"""How long it takes to see another minute of a day: 300 stands, 24 slots each, every interview lived through the services.

`open` reads what the journal kept and takes it apart, once. A `jump` goes from one random minute of the day to another
and reads the whole wall there; beside it, the same wall read from the real database, which is the ceiling.
`next_minute` is what a playing page asks for: only the rows that changed are read, and, with `drawn`, become HTML. One
line says what the journal weighs.
"""

import argparse
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, func, select

from jobdating.db import tables as t
from jobdating.db.migrations import migrate
from jobdating.db.replica import Replica
from jobdating.db.sqlite import engine_for
from jobdating.domain.errors import DomainError
from jobdating.domain.policy import Actor
from jobdating.queries import identity, replay
from jobdating.rendering import replay as rendering
from jobdating.services import booking, presence, queue, timekeeper
from scripts.benchmarks.report import report
from tests import factories as make

DAY = date(2027, 6, 17)
STANDS, SLOTS, PEOPLE = 300, 24, 3_000
MINUTE = timedelta(minutes=1)
JUMPS = 60
AFTERNOON = 5 * 60 * MINUTE


def day(tx: Connection, stands: int) -> int:
    """A fair of which one day was lived: most interviews take place, some people do not come."""
    random = Random(1)
    fair_id = make.make_fair(tx, cap=20, lead_minutes=0)
    recruiters: dict[int, Actor] = {}
    slots: dict[int, list[int]] = {}
    for _ in range(stands):
        stand = make.make_stand(tx, fair_id)
        recruiters[stand] = Actor(None, stands=frozenset({stand}))
        slots[stand] = [
            *make.make_slots(tx, stand, count=SLOTS // 2),
            *make.make_slots(tx, stand, count=SLOTS // 2, start=make.MORNING + AFTERNOON),
        ]
    people = [make.make_candidate(tx, fair_id) for _ in range(PEOPLE * stands // STANDS)]
    booked: list[tuple[int, int, Actor, Actor]] = []  # minute, booking, candidate, recruiter
    for number in range(SLOTS):
        start = number * 15 if number < SLOTS // 2 else 300 + (number - SLOTS // 2) * 15
        chosen = random.sample(people, len(people))
        for (stand, recruiter), person in zip(recruiters.items(), chosen, strict=False):
            if random.random() < 0.9:
                made = booking.book(
                    tx, Actor(None, fairs=frozenset({fair_id})), slot_id=slots[stand][number],
                    candidate_id=person.candidates[fair_id], now=make.BEFORE,
                )  # fmt: skip
                booked.append((start, made.id, person, recruiter))
    timekeeper.keep(tx, now=make.MORNING - 15 * MINUTE)
    presence.record(tx, candidates={}, stands=dict.fromkeys(recruiters, True), now=make.MORNING - 5 * MINUTE)
    acts: list[tuple[float, int, str]] = []
    for number, (start, *_) in enumerate(booked):
        at = start + random.uniform(0, 4)
        steps = ("check_in", "call", "enter_room", "start", "finish") if random.random() < 0.88 else ("call", "no_show")
        acts += [(at + place * random.uniform(1, 2), number, step) for place, step in enumerate(steps)]
    kept = 0
    for at, number, step in sorted(acts):
        _, booking_id, person, recruiter = booked[number]
        now = make.MORNING + at * MINUTE
        while kept * 5 <= at:
            timekeeper.keep(tx, now=make.MORNING + kept * 5 * MINUTE)
            kept += 1
        actor = person if step in {"check_in", "enter_room"} else recruiter
        tx.exec_driver_sql("SAVEPOINT act")
        try:
            getattr(queue, step)(tx, actor, booking_id=booking_id, now=now)
        except DomainError:  # an act that the day does not allow then
            tx.exec_driver_sql("ROLLBACK TO SAVEPOINT act")
        tx.exec_driver_sql("RELEASE SAVEPOINT act")
    return fair_id


def timed(times: list[float], began: float) -> None:
    times.append(1000 * (time.perf_counter() - began))


def measure(tx: Connection, fair_id: int, *, jumps: int) -> tuple[dict[str, list[float]], Replica]:
    taken: dict[str, list[float]] = {name: [] for name in ("open", "go", "jump", "real", "minute", "draw")}
    fair = identity.fair_by_id(tx, fair_id)
    assert fair is not None
    [recorded] = replay.recorded_days(tx, fair)
    for _ in range(3):
        began = time.perf_counter()
        replica = Replica(replay.entries(tx, fair_id, recorded, since=0))
        replica.put("accounts", replay.people(tx, fair_id), ("id", "first_name", "last_name"))
        timed(taken["open"], began)
    random = Random(2)
    for _ in range(jumps):
        began = time.perf_counter()
        replica.seek(random.randrange(1, len(replica.entries)))
        timed(taken["go"], began)
        replay.wall_on(replica.tx, fair_id, DAY)
        timed(taken["jump"], began)
        began = time.perf_counter()
        replay.wall_on(tx, fair_id, DAY)
        timed(taken["real"], began)
    for _ in range(jumps // 3):
        position = random.randrange(len(replica.entries) // 4, len(replica.entries))
        after = min(position + len(replica.entries) // 360, len(replica.entries))
        replica.seek(position)
        rows = {row.stand_id: row for row in replay.wall_on(replica.tx, fair_id, DAY).rows}
        began = time.perf_counter()
        changed = replay.changed_stands(replica, position, after)
        replica.seek(after)
        known = {stand: row for stand, row in rows.items() if changed is not None and stand not in changed}
        wall = replay.wall_on(replica.tx, fair_id, DAY, known=known)
        timed(taken["minute"], began)
        rendering.patches(wall, changed, "fr", zone=fair.timezone)
        timed(taken["draw"], began)
    return taken, replica


def weight(tx: Connection) -> tuple[int, float]:
    """Entries of the journal, and what the traces weigh in megabytes."""
    trace = func.coalesce(func.sum(func.length(t.journal.c.trace)), 0)
    count, size = tx.execute(select(func.count(), trace).select_from(t.journal)).one()
    return count, size / 1_000_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Live, then tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--stands", type=int, default=STANDS)
    parser.add_argument("--jumps", type=int, default=JUMPS)
    asked = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'day.db'}"
        migrate(url)
        with engine_for(url, writes=True).connect() as connection:
            tx = connection.execution_options(isolation_level="AUTOCOMMIT")
            tx.exec_driver_sql("PRAGMA synchronous = OFF")
            tx.exec_driver_sql("BEGIN")
            fair_id = day(tx, asked.stands)
            tx.exec_driver_sql("COMMIT")
            taken, replica = measure(tx, fair_id, jumps=asked.jumps)
            entries, size = weight(tx)
            replica.close()
    names = {
        "open": "open",
        "go": "bring_rows_there",
        "jump": "jump",
        "real": "real_wall",
        "minute": "next_minute",
        "draw": "next_minute_drawn",
    }
    figures = {f"{name}_{asked.stands}_stands": (taken[key], "ms") for key, name in names.items()}
    ratios = {"jump_to_real_wall": [a / b for a, b in zip(taken["jump"], taken["real"], strict=True)]}
    print(f"{entries} entries, {len(replica.entries)} of the day, {size:.1f} MB of traces")
    report("replay", figures, ratios, file=asked.json)


if __name__ == "__main__":
    main()
