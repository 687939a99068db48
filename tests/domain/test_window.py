"""When booking is open, and where a day begins: to the second, and across the change of clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jobdating.domain.window import Window, day_span

OPENS, CLOSES = datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 6, 16, tzinfo=UTC)
WINDOW = Window(OPENS, CLOSES, timedelta(minutes=30))
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "is_open"), [(OPENS - TICK, False), (OPENS, True), (CLOSES - TICK, True), (CLOSES, False)]
)
def test_the_window_holds_its_first_moment_and_not_its_last(now: datetime, is_open: bool) -> None:
    assert WINDOW.is_open(now) is is_open


def test_a_slot_is_taken_at_least_the_lead_before_it_starts() -> None:
    now = OPENS + timedelta(days=1)
    assert WINDOW.admits(now + WINDOW.lead, now)
    assert not WINDOW.admits(now + WINDOW.lead - TICK, now)


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 6, 17), 24), (date(2027, 10, 31), 25)])
def test_a_day_is_as_long_as_its_clocks_say(day: date, hours: int) -> None:
    start, end = day_span(day, "Europe/Paris")
    assert end - start == timedelta(hours=hours)
    assert day_span(day + timedelta(days=1), "Europe/Paris")[0] == end
