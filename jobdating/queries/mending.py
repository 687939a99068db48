"""Who would move if the mending that was worked out were carried out now. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from jobdating.domain.naming import fold
from jobdating.domain.weighing import MENDING
from jobdating.queries import snapshot, timetable_page, timetables


@dataclass(frozen=True)
class Change:
    """An interview that comes (no `before`), goes (no `after`) or moves."""

    candidate_id: int
    name: str
    stand: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class Changed:
    """All changes, by name; `kept` interviews stay as they are."""

    added: list[Change]
    moved: list[Change]
    dropped: list[Change]
    kept: int


def preview(tx: Connection, fair_id: int, *, now: datetime) -> Changed:
    """The draft of the mending against the bookings of now."""
    draft = timetables.solved(tx, fair_id, MENDING)
    times = timetable_page.slot_times(tx, fair_id)
    stands = timetable_page.stand_names(tx, fair_id)
    held = snapshot.held(tx, fair_id, now)
    there = {(each.candidate_id, each.slot_id) for each in held}
    wanted = {(candidate, slot) for candidate, slot, _ in draft.interviews or ()}
    new = {(c, times[slot][0]): slot for c, slot, kept in draft.interviews or () if (c, slot) not in there and not kept}
    people = timetable_page.names(tx, fair_id)
    moved: list[Change] = []
    dropped: list[Change] = []
    for each in held:
        if each.movable and (each.candidate_id, each.slot_id) not in wanted and each.span is not None:
            slot = new.pop((each.candidate_id, each.stand_id), None)
            change = Change(
                each.candidate_id, people[each.candidate_id].name, stands[each.stand_id], each.span.start,
                times[slot][1] if slot is not None else None,
            )  # fmt: skip
            (dropped if slot is None else moved).append(change)
    added = [
        Change(candidate, people[candidate].name, stands[stand], None, times[slot][1])
        for (candidate, stand), slot in new.items()
    ]
    kept = sum((each.candidate_id, each.slot_id) in wanted for each in held)
    return Changed(_by_name(added), _by_name(moved), _by_name(dropped), kept)


def _by_name(changes: list[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: (fold(change.name), change.stand))
