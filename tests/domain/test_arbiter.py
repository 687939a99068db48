"""Whom a free stand calls, who keeps first place, who fits in a gap, and who will be wanted in two rooms."""

from datetime import UTC, datetime, timedelta

import pytest

from jobdating.domain.arbiter import Entry, Expected, Reason, TimeBox, choose, clashes

NOW = datetime(2027, 6, 17, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def entry(number: int, minutes: float | None, *, present: bool = True, busy: float | None = None) -> Entry:
    booked = None if minutes is None else NOW + minutes * MINUTE
    return Entry(number, booked, present, busy_until=None if busy is None else NOW + busy * MINUTE)


@pytest.mark.parametrize(
    ("queue", "reason", "called", "keeps_place", "ask"),
    [
        ([], Reason.EMPTY, None, None, False),
        ([entry(1, -1), entry(2, 14)], Reason.TURN, 1, None, False),
        ([entry(1, -1, busy=8), entry(2, 14)], Reason.HEAD_BUSY, 2, 1, True),
        ([entry(1, -1, present=False), entry(2, 14)], Reason.HEAD_ABSENT, 2, 1, True),
        ([entry(1, -1, present=False), entry(2, 40)], Reason.WAIT, None, 1, False),
        ([entry(1, 10)], Reason.EARLY, 1, None, True),
        ([entry(1, 60), entry(2, None)], Reason.WALK_IN, 2, None, False),
        ([entry(1, 5, present=False), entry(2, None)], Reason.WAIT, None, None, False),
    ],
)
def test_a_free_stand_calls_the_right_person(
    queue: list[Entry], reason: Reason, called: int | None, keeps_place: int | None, ask: bool
) -> None:
    choice = choose(queue, now=NOW, length=12 * MINUTE, box=TimeBox())
    assert (choice.reason, choice.booking_id, choice.keeps_place, choice.ask) == (reason, called, keeps_place, ask)


def test_who_said_no_to_coming_early_is_not_asked_again() -> None:
    refused = Entry(2, NOW + 14 * MINUTE, True, refused_at=NOW - MINUTE)
    assert choose([entry(1, -1, busy=8), refused], now=NOW, length=12 * MINUTE, box=TimeBox()).reason is Reason.WAIT


def test_a_walk_in_must_be_gone_when_the_next_is_due() -> None:
    choice = choose([entry(1, 30), entry(2, None)], now=NOW, length=12 * MINUTE, box=TimeBox())
    assert choice.stop_at == NOW + 30 * MINUTE


def test_a_person_expected_at_two_stands_at_once_is_found_once_and_in_time() -> None:
    def expected(candidate: int, booking: int, stand: int, call: int, end: int) -> Expected:
        return Expected(candidate, booking, stand, NOW + call * MINUTE, NOW + end * MINUTE)

    [clash] = clashes([expected(1, 1, 7, 10, 22), expected(1, 2, 8, 23, 35), expected(2, 3, 8, 10, 22)])
    assert (clash.candidate_id, clash.first.stand_id, clash.second.stand_id, clash.short) == (1, 7, 8, MINUTE)
    assert clash.is_early(NOW)
    assert not clash.is_early(NOW + 20 * MINUTE)
    assert not list(clashes([expected(1, 1, 7, 10, 22), expected(1, 2, 8, 25, 35)]))
