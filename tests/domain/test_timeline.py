"""A stand's day on the fair's columns: rules without a database."""

from datetime import date, timedelta

import pytest

from jobdating.domain.states import BookingState
from jobdating.domain.timeline import CellState, column_of, columns, reach, state_of, strongest
from tests.factories import MORNING

MINUTE = timedelta(minutes=1)
DAY = date(2027, 6, 17)
HOURS = [["09:00", "12:00"], ["14:00", "17:00"]]
GRID = columns(HOURS, step=15 * MINUTE, day=DAY, timezone="Europe/Paris")


def test_a_day_is_cut_into_columns_with_its_break() -> None:
    assert len(GRID) == 24
    assert GRID[0].start == MORNING
    assert [column.gap for column in GRID].index(True) == 12
    assert sum(column.hour for column in GRID) == 6


def test_the_last_column_of_a_stretch_may_be_shorter() -> None:
    short = columns([["09:00", "09:40"]], step=15 * MINUTE, day=DAY, timezone="Europe/Paris")
    assert [(column.end - column.start) // MINUTE for column in short] == [15, 15, 10]


def test_columns_need_a_step() -> None:
    with pytest.raises(ValueError, match="lasts"):
        columns(HOURS, step=timedelta(), day=DAY, timezone="Europe/Paris")


def test_something_falls_in_the_column_it_starts_in() -> None:
    assert column_of(MORNING + 20 * MINUTE, GRID) == 1
    assert column_of(MORNING - 60 * MINUTE, GRID) == 0
    assert column_of(MORNING + 200 * MINUTE, GRID) == 11  # in the break: the last before it


def test_a_long_slot_takes_several_columns_but_does_not_cross_the_break() -> None:
    assert list(reach(MORNING, MORNING + 10 * MINUTE, GRID)) == [0]
    assert list(reach(MORNING + 30 * MINUTE, MORNING + 90 * MINUTE, GRID)) == [2, 3, 4, 5]
    assert list(reach(MORNING + 165 * MINUTE, MORNING + 330 * MINUTE, GRID)) == [11]


@pytest.mark.parametrize(("late", "state"), [(4, CellState.BOOKED), (5, CellState.LATE)])
def test_a_booking_is_late_from_five_minutes_on(late: int, state: CellState) -> None:
    assert state_of(BookingState.CHECKED_IN, starts_at=MORNING, low=MORNING + late * MINUTE) is state


def test_what_is_over_is_not_late() -> None:
    assert state_of(BookingState.DONE, starts_at=MORNING, low=MORNING + 30 * MINUTE) is CellState.DONE


def test_a_cell_shows_what_matters_most_now() -> None:
    assert strongest([CellState.FREE, CellState.DONE, CellState.RUNNING]) is CellState.RUNNING
    assert strongest([CellState.FREE, CellState.ABSENT]) is CellState.ABSENT
    assert strongest([]) is CellState.CLOSED
