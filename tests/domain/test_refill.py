"""When there is time to spare, how long people may think, and who is asked first."""

from datetime import datetime, timedelta

import pytest

from jobdating.domain.arbiter import Choice, Entry, Reason, TimeBox
from jobdating.domain.refill import Circle, Fit, answer_by, ends, fits_before, group
from tests.factories import MORNING

MINUTE = timedelta(minutes=1)
BOX = TimeBox()
NOON = MORNING + 180 * MINUTE


def at(minutes: float) -> datetime:
    return MORNING + minutes * MINUTE


def absent(minutes: float) -> Entry:
    return Entry(1, at(minutes), present=False)


@pytest.mark.parametrize(
    ("queue", "choice", "until"),
    [
        ([], Choice(Reason.EMPTY), NOON),
        ([absent(15)], Choice(Reason.WAIT), at(15)),  # the time-box: gone when the next is due
        ([absent(8)], Choice(Reason.WAIT), at(8)),
        ([absent(7)], Choice(Reason.WAIT), None),  # no interview in that
        ([absent(-2)], Choice(Reason.WAIT), None),  # late, and may come through the door
        ([absent(15)], Choice(Reason.TURN, 2), None),  # somebody can be called
        ([absent(15)], Choice(Reason.EARLY, 2, ask=True), at(15)),  # who must be asked may say no
        ([absent(15)], Choice(Reason.WALK_IN, 2), at(15)),  # waits without appointment: still asks who is there
        ([absent(15)], Choice(Reason.GAP, 2), None),
    ],
)
def test_a_gap_ends_when_the_next_booked_person_may_come(
    queue: list[Entry], choice: Choice, until: datetime | None
) -> None:
    assert ends(queue, choice, now=MORNING, closes_at=NOON, box=BOX) == until


def test_at_the_end_of_the_hours_there_is_no_gap() -> None:
    assert ends([], Choice(Reason.EMPTY), now=MORNING, closes_at=at(7), box=BOX) is None


@pytest.mark.parametrize(("until", "by"), [(60, 1.5), (9, 1), (8.4, 0.4), (8.3, None)])
def test_there_is_time_to_think_as_long_as_an_interview_remains(until: float, by: float | None) -> None:
    assert answer_by(until=at(until), now=MORNING, box=BOX) == (None if by is None else at(by))


@pytest.mark.parametrize(("back_by", "fits"), [(None, True), (15, True), (14, False), (0, False)])
def test_who_comes_now_is_back_for_what_they_have_next(back_by: float | None, fits: bool) -> None:
    own = None if back_by is None else at(back_by)
    assert fits_before(own, until=at(30), now=MORNING, length=10 * MINUTE) is fits
    assert fits_before(at(13), until=at(8), now=MORNING, length=10 * MINUTE)  # a shorter gap ends sooner


def fit(number: int, circle: Circle = Circle.WISH, *, had: int = 0, rank: int | None = None, since: float = 0) -> Fit:
    return Fit(number, circle, had, rank, at(since))


def test_the_line_is_asked_before_the_waitlist_and_a_group_is_of_one_kind() -> None:
    people = [fit(1, rank=1), fit(2, Circle.WAITLIST), fit(3, Circle.LINE), fit(4, Circle.LINE, since=-1)]
    assert group(people, size=3) == [4, 3]
    assert group(people, size=3, asked={3, 4}) == [2]
    assert group(people, size=3, asked={2, 3, 4}) == [1]
    assert group(people, size=3, asked={1, 2, 3, 4}) == []


def test_a_first_interview_comes_before_a_better_rank_and_that_before_a_longer_wait() -> None:
    people = [fit(1, had=2, rank=1), fit(2, had=0), fit(3, had=0, rank=4), fit(4, had=0, rank=4, since=-5)]
    assert group(people, size=4) == [4, 3, 2, 1]
    assert group(people, size=2) == [4, 3]
