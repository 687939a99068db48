"""The live line as a rule: whose turn it is, and how many are before one."""

from datetime import UTC, datetime, timedelta

import pytest

from jobdating.domain.queue import Place, due_at, order, people_before
from jobdating.domain.states import BookingState

NINE = datetime(2027, 6, 17, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def place(number: int, minutes: int = 0, **values: object) -> Place:
    facts = {"state": BookingState.BOOKED, "walk_in": False} | values
    return Place(number, due_at=NINE + minutes * MINUTE, **facts)  # type: ignore[arg-type]


def test_the_line_is_by_time_and_an_appointment_goes_before_a_walk_in_of_the_same_minute() -> None:
    line = order([place(1, 15), place(2, 0, walk_in=True), place(3, 0)])
    assert [each.booking_id for each in line] == [3, 2, 1]


@pytest.mark.parametrize(
    ("booked", "walk_in", "expected", "turn"),
    [(15, False, None, 15), (15, False, 40, 15), (None, True, None, 0), (None, True, 20, 20), (None, True, -5, 0),
     (None, False, 20, 0)],
)  # fmt: skip
def test_a_turn_is_the_time_one_has_or_the_gap_that_is_foreseen(
    booked: int | None, walk_in: bool, expected: int | None, turn: int
) -> None:
    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else NINE + minutes * MINUTE

    assert due_at(booked_at=at(booked), queued_at=NINE, walk_in=walk_in, expected_at=at(expected)) == at(turn)


def test_before_one_are_those_who_wait_and_who_is_inside() -> None:
    line = [
        place(1, 0, state=BookingState.IN_PROGRESS),
        place(2, 5),
        place(3, 10, state=BookingState.DONE),
        place(4, 15),
    ]
    assert [people_before(number, line) for number in (1, 2, 4)] == [0, 1, 2]
