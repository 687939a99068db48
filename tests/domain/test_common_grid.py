"""Slots of any length and start find their cell, and two cells never overlap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jobdating.domain.common_grid import Place, lay, ranges
from jobdating.domain.slots import Span

NINE = datetime(2027, 6, 17, 7, tzinfo=UTC)  # 9:00 in Paris
GAP = timedelta(minutes=15)


def at(minutes: int, length: int = 10) -> Span:
    start = NINE + timedelta(minutes=minutes)
    return Span(start, start + timedelta(minutes=length))


def places(*of_stands: list[Span], capacity: int = 1) -> list[Place]:
    flat = [(stand, span) for stand, spans in enumerate(of_stands, 1) for span in spans]
    return [Place(number, stand, span, capacity) for number, (stand, span) in enumerate(flat, 1)]


def test_stands_in_step_share_their_cells() -> None:
    grid = lay(places([at(0), at(15)], [at(15), at(30)]), gap=GAP, timezone="Europe/Paris")
    assert grid.cells == (at(0), at(15), at(30))
    assert grid.places == {(1, 0): {0: 1, 1: 2}, (2, 0): {1: 3, 2: 4}}


def test_the_gap_becomes_free_cells() -> None:
    grid = lay(places([at(15 * n) for n in range(12)]), gap=GAP, timezone="Europe/Paris")
    assert grid.min_gap == 1
    without = lay(places([at(15 * n) for n in range(12)]), gap=timedelta(minutes=5), timezone="Europe/Paris")
    assert without.min_gap == 0


def test_a_long_slot_makes_a_cell_in_which_a_short_stand_has_two_lanes() -> None:
    grid = lay(places([at(0, 25), at(30, 25)], [at(0), at(15), at(30), at(45)]), gap=GAP, timezone="Europe/Paris")
    assert [(cell.start, cell.end) for cell in grid.cells] == [
        (at(0).start, at(15).end), (at(30).start, at(45).end)
    ]  # fmt: skip
    assert grid.lanes(1) == [(1, 0)]
    assert grid.places[2, 0] == {0: 3, 1: 5}
    assert grid.places[2, 1] == {0: 4, 1: 6}


def test_a_group_slot_has_as_many_lanes_as_places() -> None:
    grid = lay(places([at(0)], capacity=3), gap=GAP, timezone="Europe/Paris")
    assert grid.lanes(1) == [(1, 0), (1, 1), (1, 2)]


def test_half_days_part_at_noon_and_at_night() -> None:
    spans = [at(0), at(300), at(24 * 60)]  # 9:00, 14:00, 9:00 the next day
    grid = lay(places(spans), gap=GAP, timezone="Europe/Paris")
    assert grid.half_days == ((0, 1), (1, 2), (2, 3))


def test_a_break_shorter_than_the_gap_is_no_half_day() -> None:
    spans = [at(230), at(242)]  # 12:50 and 13:02
    assert lay(places(spans), gap=GAP, timezone="Europe/Paris").half_days == ((0, 2),)


def test_numbers_become_ranges() -> None:
    assert ranges([3, 1, 2, 7]) == ((1, 4), (7, 8))


spans = st.builds(at, st.integers(0, 600), st.integers(5, 40))


@given(st.lists(st.lists(spans, max_size=8), min_size=1, max_size=4), st.integers(0, 40))
def test_cells_never_overlap_and_leave_the_gap(of_stands: list[list[Span]], minutes: int) -> None:
    gap = timedelta(minutes=minutes)
    made = places(*of_stands)
    grid = lay(made, gap=gap, timezone="Europe/Paris")
    assert all(a.end <= b.start for a, b in pairwise(grid.cells))
    for place in made:
        cell = grid.cells[grid.cell_of[place.slot_id]]
        assert cell.start <= place.span.start and place.span.end <= cell.end
    assert [start for start, _ in grid.half_days] == [0, *(end for _, end in grid.half_days[:-1])][
        : len(grid.half_days)
    ]
    for start, end in grid.half_days:
        for number in range(start, end):
            after = number + grid.min_gap + 1
            if after < end:
                assert grid.cells[after].start - grid.cells[number].end >= gap
    seats = sorted(slot for cells in grid.places.values() for slot in cells.values())
    assert seats == sorted(place.slot_id for place in made)
