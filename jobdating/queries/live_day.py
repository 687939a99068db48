"""What a timekeeper finds to write down about a fair's live day: turns, gaps, clashes, troubles. Read without the writer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from jobdating.db import tables as t
from jobdating.domain.arbiter import TOO_NEAR, Clash, Expected, clashes
from jobdating.domain.attendance import FOR_THE_STAND
from jobdating.domain.states import WAITING
from jobdating.queries import lines, refill, trouble
from jobdating.queries.lines import Day, StandLine
from jobdating.queries.refill import ToDo

NEWS = timedelta(minutes=1)  # an expected time that moves by less is not written again
CALMER = timedelta(minutes=2)  # beyond what makes a clash, so that it does not come and go


@dataclass(frozen=True)
class Look:
    """All that is due at a moment. `turned` are stands where time alone changed whom to call; `clashes` are those to
    write (new, or at other times now), `gone` the ids of those that are over; `troubled` stands whose troubles changed."""

    turned: tuple[int, ...]
    gaps: ToDo
    clashes: tuple[Clash, ...]
    gone: tuple[int, ...]
    troubled: tuple[int, ...]


def look(tx: Connection, fair_id: int, *, now: datetime, gaps_alone: bool = False) -> Look | None:
    """What is due now, or None outside the days of the fair.

    `gaps_alone` is for when something happened but hardly any time has passed: what happened tells itself.
    """
    day = lines.day(tx, fair_id, now=now)
    if day is None:
        return None
    found = lines.lines(tx, day)
    if gaps_alone:
        return Look((), refill.to_do(tx, day, found, now=now), (), (), ())
    news, gone = _clashes(tx, day, found, now)
    return Look(
        turned=tuple(each.stand_id for each in found if _turned(each, day, now)),
        gaps=refill.to_do(tx, day, found, now=now),
        clashes=news,
        gone=gone,
        troubled=_troubled(tx, fair_id, now),
    )


def _turned(line: StandLine, day: Day, now: datetime) -> bool:
    return bool(line.people) and line.latest < now and line.turn(day, now) != line.turn(day, line.latest)


def _troubled(tx: Connection, fair_id: int, now: datetime) -> tuple[int, ...]:
    """Stands for which something appeared or disappeared since the moment that is told."""
    fair = tx.execute(select(t.fairs).where(t.fairs.c.id == fair_id)).one()
    moment = trouble.moment_of(tx, fair)
    if moment is None or moment > now:
        return ()
    after = set(trouble.found_at(tx, fair, now))
    told = set(trouble.found_at(tx, fair, moment))
    told_to_stands, looked = told, trouble.looked_at(fair)
    if looked != moment:  # attendance was sampled since: organisers see that moment, the stands the one before
        told_to_stands = set(trouble.found_at(tx, fair, looked)) if looked is not None else set()
    changed = {each for each in told_to_stands ^ after if each.kind in FOR_THE_STAND}
    return tuple(sorted({finding.stand_id for finding in (told ^ after) | changed}))


def _clashes(
    tx: Connection, day: Day, found: Sequence[StandLine], now: datetime
) -> tuple[tuple[Clash, ...], tuple[int, ...]]:
    stored = {
        (row.first_id, row.second_id): row
        for row in tx.execute(select(t.clashes).where(t.clashes.c.fair_id == day.fair_id))
    }
    expected = list(_expected(tx, day, found))
    still = {(each.first.booking_id, each.second.booking_id) for each in clashes(expected, near=TOO_NEAR + CALMER)}
    live = {each.booking_id for each in expected}
    gone = [
        row.id
        for pair, row in stored.items()
        if not live.issuperset(pair) or (pair not in still and row.yielded_id is None)
    ]
    kept = {pair for pair, row in stored.items() if row.id not in gone}
    news = []
    for each in clashes(expected):
        pair = (each.first.booking_id, each.second.booking_id)
        backwards = (pair[1], pair[0]) in kept  # the estimates changed places; what was agreed stays
        if backwards or (pair not in kept and not each.is_early(now)):
            continue
        if pair not in kept or _moved(stored[pair], each):
            news.append(each)
    return tuple(news), tuple(gone)


def _moved(row: Any, clash: Clash) -> bool:
    moves = (row.first_at - clash.first.call_at, row.second_at - clash.second.call_at)
    return row.yielded_id is None and any(abs(move) >= NEWS for move in moves)


def _expected(tx: Connection, day: Day, found: Sequence[StandLine]) -> Iterable[Expected]:
    """Interviews that are foreseen, of people who wait for more than one: the middle of the published range.

    Not those that run: who is in another room keeps first place anyway, and nobody could let anybody go first.
    """
    people = [(line.stand_id, facts) for line in found for facts in line.people]
    count: dict[int, int] = defaultdict(int)
    for _, facts in people:
        count[facts.candidate_id] += 1
    several = {facts.booking_id: (stand, facts) for stand, facts in people if count[facts.candidate_id] > 1}
    waiting = [number for number, (_, facts) in several.items() if facts.state in WAITING]
    ranges = {
        row.booking_id: row for row in tx.execute(select(t.estimates).where(t.estimates.c.booking_id.in_(waiting)))
    }
    for number, (stand_id, facts) in several.items():
        if number in ranges and facts.is_waiting:
            call = ranges[number].low + (ranges[number].high - ranges[number].low) / 2
            yield Expected(facts.candidate_id, number, stand_id, call, call + day.length)
