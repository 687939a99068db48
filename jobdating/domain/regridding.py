"""What another grid does to a whole fair: who keeps their time, who moves, whom it cannot keep. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jobdating.domain.grid import Move, OldSlot, Place, Rhythm, StandGrid, fair_hours, merged, minus, regrid, spans
from jobdating.domain.importing import Grids
from jobdating.domain.slots import Span
from jobdating.domain.window import days_between


@dataclass(frozen=True)
class Frame:
    """The days of a fair, its local hours ("09:00" pairs), and the lengths its slots are cut by, in minutes."""

    first_day: date
    last_day: date
    hours: tuple[tuple[str, str], ...]
    timezone: str
    interview_minutes: int
    buffer_minutes: int

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(
            fair_hours(days_between(self.first_day, self.last_day), self.hours, self.timezone),
            timedelta(minutes=self.interview_minutes),
            timedelta(minutes=self.buffer_minutes),
        )

    def stretches(self, day: date) -> tuple[Span, ...]:
        return fair_hours([day], self.hours, self.timezone)


@dataclass(frozen=True)
class StandHours:
    """A stand, the capacity of its slots, and when it is there."""

    id: int
    name: str
    capacity: int
    availability: tuple[Span, ...]


@dataclass(frozen=True)
class StandChange:
    """A stand under the new grid: when it is there then, and what happens to its slots."""

    stand: StandHours
    availability: tuple[Span, ...]
    grid: StandGrid


@dataclass(frozen=True)
class GridPlan:
    """The change of a fair's grid, worked out from a snapshot."""

    before: Frame
    after: Frame
    stands: tuple[StandChange, ...]
    slots_before: int

    @property
    def slots_after(self) -> int:
        return self.slots_before + sum(change.grid.gain for change in self.stands)

    @property
    def moves(self) -> list[tuple[StandHours, Move]]:
        return [(change.stand, move) for change in self.stands for move in change.grid.moves]

    @property
    def lost(self) -> list[tuple[StandHours, Place]]:
        return [(change.stand, place) for change in self.stands for place in change.grid.lost]


def change(
    before: Frame, after: Frame, stands: Iterable[StandHours], grids: Grids, *, now: datetime, keep: bool = False
) -> GridPlan:
    """Work out the new grid. Bookings go to the nearest free place of their stand and day, within an hour.

    What finds none is lost, or with `keep` stays at its time outside the grid.
    """
    stands = list(stands)
    changes = _changes(before, after, stands, grids, now=now, keep=keep, leavers_first=False)
    if keep and any(each.grid.kept for each in changes):
        changes = _changes(before, after, stands, grids, now=now, keep=keep, leavers_first=True)
    return GridPlan(before, after, tuple(changes), sum(_open(slots) for slots in grids.slots.values()))


def _changes(
    before: Frame,
    after: Frame,
    stands: list[StandHours],
    grids: Grids,
    *,
    now: datetime,
    keep: bool,
    leavers_first: bool,
) -> list[StandChange]:
    """Stand by stand. Who keeps their time goes before who has to leave it, unless the leavers may be kept."""
    there_then = {stand.id: follow(stand.availability, before, after) for stand in stands}
    targets = {stand.id: spans(there_then[stand.id], after.rhythm) for stand in stands}
    busy = grids.busy()
    if not leavers_first:
        for stand in stands:
            starts = {span.start for span in targets[stand.id]}
            for place in grids.places.get(stand.id, ()):
                if place.span.start not in starts and place.span.start > now:
                    del busy[place.candidate_id][place.booking_id]
    changes = []
    for stand in stands:
        there = there_then[stand.id]
        grid = regrid(
            grids.slots.get(stand.id, ()),
            grids.places.get(stand.id, ()),
            targets[stand.id],
            capacity=stand.capacity,
            now=now,
            busy=busy,
            may_move=True,
            keep_lost=keep,
        )
        if grid.changes or there != stand.availability:
            changes.append(StandChange(stand, there, grid))
    return changes


def follow(availability: Iterable[Span], before: Frame, after: Frame) -> tuple[Span, ...]:
    """When a stand is there under the new frame.

    Who was there all the time stays all the time, on new days too; who was there for a whole stretch of a day is
    there for the stretch that takes its place; other hours stay as they are, within the new days.
    """
    there = merged(availability)
    old_days = days_between(before.first_day, before.last_day)
    new_days = days_between(after.first_day, after.last_day)
    if there and not minus([span for day in old_days for span in before.stretches(day)], there):
        return tuple(merged(span for day in new_days for span in after.stretches(day)))
    found: list[Span] = []
    for day in new_days:
        old, new = before.stretches(day), after.stretches(day)
        mine = [span for span in there if before.stretches(day) and _on(span, day, before)]
        if day not in old_days or not mine:
            continue
        if not minus(old, mine):
            found += new
            continue
        whole = [not minus([stretch], mine) for stretch in old]
        if len(old) == len(new):
            found += [span for span, was_whole in zip(new, whole, strict=True) if was_whole]
        found += minus(mine, [stretch for stretch, was_whole in zip(old, whole, strict=True) if was_whole])
    return tuple(merged(found))


def covered(slots: Iterable[Span], buffer: timedelta) -> tuple[Span, ...]:
    """When a stand is there, told by its slots alone: those a buffer apart belong to one stretch."""
    return tuple(Span(span.start, span.end - buffer) for span in merged(Span(s.start, s.end + buffer) for s in slots))


def _on(span: Span, day: date, frame: Frame) -> bool:
    (whole_day,) = fair_hours([day], [("00:00", "23:59")], frame.timezone)
    return span.overlaps(whole_day)


def _open(slots: Iterable[OldSlot]) -> int:
    return sum(slot.state == "open" and not slot.retired for slot in slots)
