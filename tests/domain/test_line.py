"""How a line looks at a moment: who is here, until when a place is kept, and whose grace is over."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from jobdating.domain.arbiter import Reason, TimeBox
from jobdating.domain.line import Facts, Turn, is_free, is_gone, kept_until, last_moment, turn
from jobdating.domain.states import BookingState
from tests.factories import MORNING

MINUTE = timedelta(minutes=1)
GRACE = 5 * MINUTE


def at(minutes: float) -> datetime:
    return MORNING + minutes * MINUTE


def person(number: int = 1, due: float = 0, **known: Any) -> Facts:
    """Booked for `due` minutes after nine; nothing is known of them but what is said."""
    values: dict[str, Any] = dict.fromkeys(
        ("left_at", "checked_in_at", "stepped_aside_at", "late_until", "phone_asked_at", "asked_at", "agreed_at",
         "refused_at", "gap_taken_at", "called_at", "in_room_at", "busy_until")
    )  # fmt: skip
    values |= {"state": BookingState.BOOKED, "connected": False, "due_at": at(due), "booked_at": at(due)} | known
    return Facts(booking_id=number, candidate_id=number, **values)


def here(number: int = 1, due: float = 0, **known: Any) -> Facts:
    known = {"state": BookingState.CHECKED_IN, "checked_in_at": at(-10), "connected": True} | known
    return person(number, due, **known)


def decide(*people: Facts, minutes: float) -> Turn:
    return turn(people, grace=GRACE, length=10 * MINUTE, moment=at(minutes), box=TimeBox())


@pytest.mark.parametrize(
    ("who", "until"),
    [
        (person(), 5),  # not to be seen: from their time
        (here(), None),
        (person(connected=True), None),  # has the page open
        (here(connected=False, left_at=at(-3)), 5),  # lost before their time: nothing is lost yet
        (here(connected=False, left_at=at(18)), 23),  # the stand is late, they waited
        (here(late_until=at(8)), 13),  # said that they come, and until then is not here
        (here(stepped_aside_at=at(4)), 9),
        (here(connected=False, left_at=at(2), phone_asked_at=at(3)), None),  # waits by the telephone
        (person(busy_until=at(12)), None),  # with another recruiter
        (here(state=BookingState.CALLED, called_at=at(2)), 7),
        (here(state=BookingState.CALLED, called_at=at(2), in_room_at=at(3)), None),
        (here(state=BookingState.IN_PROGRESS, called_at=at(2)), None),
    ],
)
def test_a_place_is_kept_for_the_grace_from_the_last_sign(who: Facts, until: float | None) -> None:
    assert kept_until(who, grace=GRACE) == (None if until is None else at(until))
    if until is not None:
        assert not is_gone(who, grace=GRACE, moment=at(until) - timedelta(seconds=1))
        assert is_gone(who, grace=GRACE, moment=at(until))


def test_a_lost_connection_costs_nobody_their_turn_within_the_grace() -> None:
    lost = here(1, connected=False, left_at=at(1))
    assert decide(lost, minutes=5).choice.reason is Reason.TURN
    after = decide(lost, minutes=6)
    assert (after.choice.reason, after.gone) == (Reason.WAIT, (1,))


def test_who_runs_late_keeps_first_place_and_the_next_is_served_if_they_agree() -> None:
    late = here(1, late_until=at(6))
    found = decide(late, here(2, 15), minutes=2).choice
    assert (found.reason, found.booking_id, found.keeps_place, found.ask) == (Reason.HEAD_ABSENT, 2, 1, True)
    agreed = decide(late, here(2, 15, agreed_at=at(2)), minutes=2).choice
    assert (agreed.booking_id, agreed.ask) == (2, False)


def test_nobody_who_is_in_another_room_is_chosen_however_late_that_is() -> None:
    overrun = here(1, busy_until=at(-20))
    assert decide(overrun, minutes=30).choice.booking_id is None
    found = decide(overrun, here(2, 15), minutes=20).choice
    assert (found.reason, found.booking_id, found.keeps_place) == (Reason.HEAD_BUSY, 2, 1)


def test_who_waits_by_the_telephone_is_called_in_turn() -> None:
    assert decide(person(1, phone_asked_at=at(-2)), minutes=0).choice.booking_id == 1


def test_who_took_a_gap_goes_before_who_must_be_asked_but_not_before_who_is_due() -> None:
    taker = here(9, due=6, booked_at=None, walk_in=True, gap_taken_at=at(6))
    assert decide(taker, here(2, 15), minutes=6).choice.reason is Reason.GAP
    found = decide(here(1), taker, minutes=6).choice
    assert (found.reason, found.booking_id) == (Reason.TURN, 1)


def test_silence_after_being_asked_is_a_no() -> None:
    asked = here(2, 15, asked_at=at(1))
    assert decide(asked, minutes=2).choice.ask
    assert decide(asked, minutes=3).choice.booking_id is None
    assert decide(here(2, 15, refused_at=at(2)), minutes=13).choice.booking_id is None
    assert decide(here(2, 15, refused_at=at(2)), minutes=15).choice.reason is Reason.TURN


def test_a_few_minutes_before_their_time_nobody_is_asked_who_said_that_they_are_here() -> None:
    assert not decide(here(2, 15), minutes=10).choice.ask
    assert decide(here(2, 15), minutes=9).choice.ask
    assert decide(person(2, 15, connected=True), minutes=10).choice.ask  # has not said so


def test_a_group_has_room_for_more_and_a_page_speaks_of_the_last_moment_known() -> None:
    inside = here(1, state=BookingState.IN_PROGRESS, called_at=at(3))
    assert (is_free([inside], places=1), is_free([inside], places=2)) == (False, True)
    assert last_moment([inside, here(2, asked_at=at(8))], at(5), None) == at(8)
    assert last_moment([], None) is None
