"""Hours become slots on a grid: nothing outside the hours, nothing in a break, one rhythm for all stands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdating.domain.slots import Span, cut

START = datetime(2027, 6, 17, 7, tzinfo=UTC)
minutes = st.integers(0, 600).map(lambda n: timedelta(minutes=n))
lengths = st.integers(1, 60).map(lambda n: timedelta(minutes=n))


def span(start: int, end: int) -> Span:
    return Span(START + timedelta(minutes=start), START + timedelta(minutes=end))


spans = st.tuples(st.integers(0, 600), st.integers(1, 240)).map(lambda pair: span(pair[0], pair[0] + pair[1]))


def test_a_morning_of_three_hours_holds_twelve_interviews_of_ten_minutes() -> None:
    slots = list(cut([span(0, 180)], interview=timedelta(minutes=10), buffer=timedelta(minutes=5)))
    assert len(slots) == 12
    assert slots[-1] == span(165, 175)


def test_an_interview_may_end_with_the_hours_but_not_after() -> None:
    ten = timedelta(minutes=10)
    assert len(list(cut([span(0, 10)], interview=ten, buffer=ten))) == 1
    assert not list(cut([span(0, 9)], interview=ten, buffer=ten))


@given(st.lists(spans, max_size=4), lengths, minutes, st.lists(spans, max_size=4))
def test_slots_lie_in_their_hours_and_touch_no_break(
    hours: list[Span], interview: timedelta, buffer: timedelta, breaks: list[Span]
) -> None:
    for slot in cut(hours, interview=interview, buffer=buffer, breaks=breaks):
        assert slot.end - slot.start == interview
        assert any(stretch.start <= slot.start and slot.end <= stretch.end for stretch in hours)
        assert not any(slot.overlaps(pause) for pause in breaks)


@given(spans, lengths, minutes, st.lists(spans, max_size=4))
def test_a_break_takes_slots_out_and_moves_none(
    stretch: Span, interview: timedelta, buffer: timedelta, breaks: list[Span]
) -> None:
    whole = set(cut([stretch], interview=interview, buffer=buffer))
    broken = set(cut([stretch], interview=interview, buffer=buffer, breaks=breaks))
    assert broken == {slot for slot in whole if not any(slot.overlaps(pause) for pause in breaks)}


def test_a_length_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="interview"):
        list(cut([span(0, 60)], interview=timedelta(), buffer=timedelta()))
