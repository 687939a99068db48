"""Live estimates on simulated days: never before the booked time, closer than the schedule, and explained in a line."""

from dataclasses import replace
from datetime import timedelta
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jobdating.domain.estimate import Prior, StandState, Waiting, estimate_fair, estimate_stand, explain, learn
from jobdating.domain.estimate.model import Current
from jobdating.domain.states import Why
from jobdating.simulation.day import BASE, MORNING, play_fair

MINUTE = timedelta(minutes=1)
PLANNED = 12 * MINUTE


def at(minutes: float) -> StandState:
    """A stand whose first interview began on time; Inès and Hugo, both here, are booked a quarter of an hour apart."""
    return StandState(
        1,
        PLANNED,
        queue=(Waiting(1, MORNING + 15 * MINUTE, present=True), Waiting(2, MORNING + 30 * MINUTE, present=True)),
        current=Current(MORNING, MORNING),
    )


def test_nobody_is_told_a_time_before_the_booked_one_and_ranges_are_in_order() -> None:
    days = play_fair(BASE, stands=20, seed=3)
    for minutes in (0, 45, 100, 170):
        now = MORNING + minutes * MINUTE
        states = [day.state(now) for day in days]
        for state, estimates in zip(states, estimate_fair(states, prior=Prior(), now=now), strict=True):
            for waiting, estimate in zip(state.queue, estimates, strict=True):
                assert waiting.booked_at is not None
                assert waiting.booked_at <= estimate.not_before <= estimate.low <= estimate.likely <= estimate.high


def test_estimates_are_closer_to_what_happens_than_the_schedule() -> None:
    ours, schedule = [], []
    for seed in range(3):
        days = play_fair(BASE, stands=30, seed=seed)
        for minutes in range(0, 180, 20):
            now = MORNING + minutes * MINUTE
            states = [day.state(now) for day in days]
            for day, estimates in zip(days, estimate_fair(states, prior=Prior(), now=now), strict=True):
                for visit, estimate in zip(day.waiting(now), estimates, strict=True):
                    booked = max(MORNING + visit.booked * MINUTE, now)
                    ours.append(abs(estimate.likely - visit.called_at) / MINUTE)
                    schedule.append(abs(booked - visit.called_at) / MINUTE)
    assert fmean(ours) < 0.9 * fmean(schedule)


def test_the_same_input_gives_the_same_answer() -> None:
    states = [day.state(MORNING + 60 * MINUTE) for day in play_fair(BASE, stands=5, seed=1)]
    first, second = (estimate_fair(states, prior=Prior(), now=MORNING + 60 * MINUTE) for _ in range(2))
    assert first == second


def test_an_overrun_moves_those_behind_it_and_says_so() -> None:
    stand, late = at(0), MORNING + 40 * MINUTE
    on_time = estimate_stand(stand, prior=Prior(), now=MORNING + 5 * MINUTE)
    overrun = estimate_stand(stand, prior=Prior(), now=late)
    assert overrun[0].likely > on_time[0].likely
    pace = learn(stand, prior=Prior(), now=late)
    assert explain(stand, 0, estimate=overrun[0], pace=pace, now=late).why is Why.OVERRUN
    assert overrun[0].likely - (MORNING + 15 * MINUTE) >= 25 * MINUTE


@pytest.mark.parametrize(
    ("stand", "why"),
    [
        (StandState(1, PLANNED, queue=(Waiting(1, MORNING, present=True),)), Why.ON_TIME),
        (StandState(1, PLANNED, queue=(Waiting(1, None, present=True),)), Why.WALK_IN_NEXT),
        (
            StandState(1, PLANNED, queue=(Waiting(1, MORNING, present=True),), away_until=MORNING + 20 * MINUTE),
            Why.STAND_AWAY,
        ),
        (
            StandState(1, PLANNED, queue=(Waiting(1, MORNING, present=True, ready_at=MORNING + 9 * MINUTE),)),
            Why.BUSY_ELSEWHERE,
        ),
    ],
)
def test_each_reason_has_its_word(stand: StandState, why: Why) -> None:
    [estimate] = estimate_stand(stand, prior=Prior(), now=MORNING)
    pace = learn(stand, prior=Prior(), now=MORNING)
    assert explain(stand, 0, estimate=estimate, pace=pace, now=MORNING).why is why


def test_more_time_that_was_given_is_counted_on() -> None:
    """The recruiter has said that the interview lasts until 9:25 at least; nobody after it is called before."""
    now, given = MORNING + 8 * MINUTE, MORNING + 25 * MINUTE
    stand = replace(at(0), current=Current(MORNING, MORNING, extended_to=given))
    first, _ = estimate_stand(stand, prior=Prior(), now=now)
    assert first.low >= given
    assert first.not_before == MORNING + 15 * MINUTE
    pace = learn(stand, prior=Prior(), now=now)
    assert explain(stand, 0, estimate=first, pace=pace, now=now).why is Why.OVERRUN


def test_who_is_in_another_room_holds_up_nobody_who_can_come_before() -> None:
    busy = Waiting(1, MORNING, present=True, ready_at=MORNING + 30 * MINUTE)
    stand = StandState(1, PLANNED, queue=(busy, Waiting(2, MORNING + 15 * MINUTE, present=True)))
    first, second = estimate_stand(stand, prior=Prior(), now=MORNING)
    assert first.low >= MORNING + 30 * MINUTE
    assert second.likely == MORNING + 15 * MINUTE


def test_a_stand_s_estimates_are_its_own_among_all_stands() -> None:
    now = MORNING + 75 * MINUTE
    states = [day.state(now) for day in play_fair(BASE, stands=12, seed=8)]
    together = estimate_fair(states, prior=Prior(), now=now)
    assert [estimate_stand(state, prior=Prior(), now=now) for state in states] == list(together)
    changed = [*states[:5], replace(states[5], away_until=now + 40 * MINUTE), *states[6:]]
    after = estimate_fair(changed, prior=Prior(), now=now)
    assert [at for at, (one, other) in enumerate(zip(together, after, strict=True)) if one != other] == [5]


@given(some.integers(min_value=0, max_value=40), some.floats(min_value=0.0, max_value=60.0))
def test_the_longer_an_interview_goes_on_the_later_the_next_is_called(seed: int, minutes: float) -> None:
    """For whoever waits behind it, seen from the same stand at two moments."""
    state = play_fair(BASE, stands=1, seed=seed)[0].state(MORNING + 30 * MINUTE)
    if state.current is None or state.current.started_at is None or not state.queue:
        return
    first, second = (
        estimate_stand(state, prior=Prior(), now=MORNING + 30 * MINUTE + each * MINUTE)[0] for each in (0.0, minutes)
    )
    assert second.high >= first.high - MINUTE
