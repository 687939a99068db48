"""The live line as a rule: whose turn it is, who is called meanwhile, and how many are before one."""

from datetime import UTC, datetime, timedelta

import pytest

from jobdating.domain.arbiter import Reason
from jobdating.domain.queue import Place, due_at, next_up, order, people_before, suggest
from jobdating.domain.states import BookingState

NINE = datetime(2027, 6, 17, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def place(number: int, minutes: int = 0, **values: object) -> Place:
    facts = {"state": BookingState.BOOKED, "walk_in": False, "present": True, "busy": False, "aside": False} | values
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


def test_who_is_here_and_free_is_called_and_the_others_keep_their_place() -> None:
    absent, busy, aside = place(1, 0, present=False), place(2, 5, busy=True), place(3, 10, aside=True)
    here = place(4, 15)
    assert next_up([here, aside, busy, absent]) == here
    assert next_up([aside, busy, absent]) == absent  # better than nobody
    assert next_up([aside, busy]) is None
    assert next_up([place(5, 0, state=BookingState.CALLED)]) is None


def test_somebody_whose_time_is_far_is_not_called_because_they_are_online() -> None:
    absent, soon, far = place(1, 0, present=False), place(2, 20), place(3, 345)
    assert next_up([absent, far]) == absent
    assert next_up([absent, soon, far]) == soon
    # An hour of absence that nobody noted: what the line knows last says how late it is.
    assert next_up([absent, place(4, 60)]) == absent
    assert next_up([absent, place(4, 60)], latest=NINE + 50 * MINUTE) == place(4, 60)


@pytest.mark.parametrize(
    ("line", "reason", "chosen", "passed"),
    [
        ([], Reason.EMPTY, None, None),
        ([place(1)], Reason.TURN, 1, None),
        ([place(1, walk_in=True)], Reason.WALK_IN, 1, None),
        ([place(1, busy=True), place(2, 5)], Reason.HEAD_BUSY, 2, 1),
        ([place(1, present=False), place(2, 5)], Reason.HEAD_ABSENT, 2, 1),
        ([place(1, aside=True), place(2, 5)], Reason.HEAD_ABSENT, 2, 1),
        ([place(1, busy=True)], Reason.WAIT, None, 1),
        ([place(1, state=BookingState.IN_PROGRESS)], Reason.EMPTY, None, None),
    ],
)
def test_the_suggestion_says_why(line: list[Place], reason: Reason, chosen: int | None, passed: int | None) -> None:
    found = suggest(line)
    assert found.reason is reason
    assert (found.place and found.place.booking_id, found.passed and found.passed.booking_id) == (chosen, passed)


def test_before_one_are_those_who_wait_and_who_is_inside() -> None:
    line = [
        place(1, 0, state=BookingState.IN_PROGRESS),
        place(2, 5),
        place(3, 10, state=BookingState.DONE),
        place(4, 15),
    ]
    assert [people_before(number, line) for number in (1, 2, 4)] == [0, 1, 2]
