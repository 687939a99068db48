"""The rule for taking a slot, against a plain second reading of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobdating.domain import errors
from jobdating.domain.booking import Held, Rules, check, is_eligible
from jobdating.domain.slots import Span
from jobdating.domain.window import Window

DAY = datetime(2027, 6, 17, 7, tzinfo=UTC)
NOW = DAY - timedelta(days=3)
RULES = Rules(Window(NOW - timedelta(days=1), DAY, timedelta(minutes=30)), timedelta(minutes=15), cap=3)


def at(minute: int, length: int = 10) -> Span:
    return Span(DAY + timedelta(minutes=minute), DAY + timedelta(minutes=minute + length))


interviews = st.lists(
    st.builds(Held, st.integers(1, 99), st.one_of(st.none(), st.integers(0, 300).map(at)), st.booleans()), max_size=4
)


@given(st.integers(0, 300), interviews)
def test_a_slot_is_admitted_exactly_when_no_rule_forbids_it(minute: int, held: list[Held]) -> None:
    slot = at(minute)
    live = [interview.span for interview in held if interview.live and interview.span]
    too_near = any((other.start - slot.end) < RULES.gap and (slot.start - other.end) < RULES.gap for other in live)
    allowed = len(held) < RULES.cap and not too_near
    try:
        check(slot, held=held, rules=RULES, eligible=True, now=NOW)
    except errors.DomainError:
        assert not allowed
    else:
        assert allowed


def test_the_booking_that_moves_does_not_stand_in_its_own_way() -> None:
    held = [Held(7, at(0)), Held(8, at(60)), Held(9, at(120))]
    check(at(15), held=held, rules=RULES, eligible=True, now=NOW, moving=7)
    with pytest.raises(errors.LimitReached):
        check(at(15), held=held, rules=RULES, eligible=True, now=NOW)


def test_who_acts_for_someone_may_come_close_and_out_of_the_window_but_not_overlap_nor_go_back() -> None:
    late = DAY - timedelta(minutes=1)
    check(at(15), held=[Held(1, at(0))], rules=RULES, eligible=True, now=late, acting_for=True)
    with pytest.raises(errors.Overlap):
        check(at(5), held=[Held(1, at(0))], rules=RULES, eligible=True, now=late, acting_for=True)
    with pytest.raises(errors.WindowClosed):
        check(at(0), held=[], rules=RULES, eligible=True, now=DAY + timedelta(minutes=10), acting_for=True)


def test_one_trade_in_common_is_enough_and_no_trade_asks_for_none() -> None:
    assert is_eligible(["Soudage", "Usinage"], ["Usinage"])
    assert is_eligible([], [])
    assert not is_eligible([], ["Usinage"])
