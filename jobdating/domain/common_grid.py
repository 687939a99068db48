"""Maps the slots of all stands to one common grid of cells, whatever their own lengths and starts. Pure.

A cell is a stretch of time that no slot sticks out of: two slots of different cells never overlap, so who has one
interview a cell is never in two places at once. Where a stand has several places in a cell (short slots beside long
ones, or group slots) it is cut into lanes, each with one place a cell.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from jobdating.domain.half_day import HalfDay, half_of
from jobdating.domain.slots import Span

Lane = tuple[int, int]  # a stand, and which of its lanes


@dataclass(frozen=True)
class Place:
    """A slot of a stand, as the grid is laid from it."""

    slot_id: int
    stand_id: int
    span: Span
    capacity: int


@dataclass(frozen=True)
class CommonGrid:
    """`cells` in order; `half_days` are half-open ranges of them; `min_gap` is the number of free cells that leaves
    the fair's gap. `places` says which slot a lane has in a cell; `cell_of` where a slot lies."""

    cells: tuple[Span, ...]
    half_days: tuple[tuple[int, int], ...]
    min_gap: int
    places: dict[Lane, dict[int, int]]
    cell_of: dict[int, int]

    def lanes(self, stand_id: int) -> list[Lane]:
        """The lanes of a stand, those that are there longest first."""
        found: list[Lane] = []
        while (lane := (stand_id, len(found))) in self.places:
            found.append(lane)
        return found

    def within(self, spans: Iterable[Span]) -> set[int]:
        """The cells that lie wholly in one of these spans."""
        return {
            number
            for span in spans
            for number, cell in enumerate(self.cells)
            if span.start <= cell.start and cell.end <= span.end
        }

    def near(self, span: Span, gap: timedelta) -> set[int]:
        """The cells that overlap a span, or leave less than `gap` to it."""
        start, end = span.start - gap, span.end + gap
        return {number for number, cell in enumerate(self.cells) if cell.start < end and start < cell.end}


def lay(places: Sequence[Place], *, gap: timedelta, timezone: str) -> CommonGrid:
    """The grid of these slots."""
    cells = _cells(sorted({place.span for place in places}))
    cell_of = _located(cells, places)
    half_days = _half_days(cells, gap, timezone)
    seats: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place in sorted(places, key=lambda place: (place.span, place.slot_id)):
        seats[place.stand_id][cell_of[place.slot_id]] += [place.slot_id] * place.capacity
    lanes: dict[Lane, dict[int, int]] = {}
    for stand_id, of_stand in sorted(seats.items()):
        for number in range(max(map(len, of_stand.values()), default=0)):
            lanes[stand_id, number] = {
                cell: slots[number] for cell, slots in sorted(of_stand.items()) if number < len(slots)
            }
    return CommonGrid(cells, half_days, _min_gap(cells, half_days, gap), lanes, cell_of)


def ranges(cells: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as half-open ranges, in order."""
    found: list[tuple[int, int]] = []
    for cell in sorted(cells):
        if found and found[-1][1] == cell:
            found[-1] = (found[-1][0], cell + 1)
        else:
            found.append((cell, cell + 1))
    return tuple(found)


def _cells(spans: Sequence[Span]) -> tuple[Span, ...]:
    cells: list[Span] = []
    for span in spans:
        if cells and span.start < cells[-1].end:
            cells[-1] = Span(cells[-1].start, max(cells[-1].end, span.end))
        else:
            cells.append(span)
    return tuple(cells)


def _located(cells: tuple[Span, ...], places: Sequence[Place]) -> dict[int, int]:
    found: dict[int, int] = {}
    number = 0
    for place in sorted(places, key=lambda place: place.span):
        while cells[number].end <= place.span.start:
            number += 1
        found[place.slot_id] = number
    return found


def _half_days(cells: tuple[Span, ...], gap: timedelta, timezone: str) -> tuple[tuple[int, int], ...]:
    """Where the half-day changes, unless the break is too short to be one."""
    zone = ZoneInfo(timezone)
    found: list[tuple[int, int]] = []
    before: tuple[date, HalfDay] | None = None
    for number, cell in enumerate(cells):
        key = (cell.start.astimezone(zone).date(), half_of(cell.start, timezone))
        if key == before or (found and cell.start - cells[number - 1].end < gap):
            found[-1] = (found[-1][0], number + 1)
        else:
            found.append((number, number + 1))
        before = key
    return tuple(found)


def _min_gap(cells: tuple[Span, ...], half_days: tuple[tuple[int, int], ...], gap: timedelta) -> int:
    """The fewest free cells that always leave `gap` between two interviews of a half-day."""
    most = 0
    for start, end in half_days:
        for number in range(start, end):
            after = number + 1
            while after < end and cells[after].start - cells[number].end < gap:
                after += 1
            most = max(most, after - number - 1)
    return most
