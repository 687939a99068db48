"""Live estimates on simulated days: never before the booked time, closer than the schedule, and explained in a line."""

from datetime import timedelta
from statistics import fmean

import pytest

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
