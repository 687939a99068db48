"""What a stand's pace is believed to be: drawn towards the fair's, moved by its own interviews and by the one that goes on."""

from dataclasses import replace
from datetime import timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jobdating.domain.estimate import Current, Finished, Prior, StandState, Waiting, estimate_stand, learn, refit
from jobdating.simulation.day import BASE, MORNING, SHIFTED, play_fair

MINUTE = timedelta(minutes=1)
PLANNED = 12 * MINUTE
NOW = MORNING + 180 * MINUTE

minutes = some.floats(min_value=0.2, max_value=90.0)


def stand(lengths: list[float], *, going_on: float | None = None) -> StandState:
    """A stand whose interviews took so many minutes, one after the other, the last of them ending long ago."""
    ends = [NOW - (60 + 100 * place) * MINUTE for place in range(len(lengths))]
    finished = tuple(Finished(end - length * MINUTE, end) for end, length in zip(ends, lengths, strict=True))
    began = None if going_on is None else NOW - going_on * MINUTE
    return StandState(1, PLANNED, current=Current(began, began) if began else None, finished=finished)


def test_a_stand_that_has_shown_nothing_keeps_the_fair_s_pace() -> None:
    pace = learn(stand([]), prior=Prior(), now=NOW)
    assert (pace.log_mean, pace.count) == (Prior().log_mean, 0)
    assert pace.spread == pytest.approx(Prior().stand_sd)


@given(some.lists(minutes, min_size=1, max_size=12))
def test_a_stand_is_believed_between_the_fair_and_its_own_mean(lengths: list[float]) -> None:
    prior = Prior()
    pace = learn(stand(lengths), prior=prior, now=NOW)
    wild = max(-1.5, min(1.5, max(abs(log(one / 12) - prior.log_mean) for one in lengths)))
    assert abs(pace.log_mean - prior.log_mean) <= wild
    assert pace.spread < prior.stand_sd


@given(some.lists(minutes, max_size=8), minutes, minutes)
def test_the_longer_an_interview_goes_on_the_slower_the_stand(lengths: list[float], one: float, other: float) -> None:
    shorter, longer = sorted((one, other))
    without = learn(stand(lengths), prior=Prior(), now=NOW)
    brief, long = (learn(stand(lengths, going_on=each), prior=Prior(), now=NOW) for each in (shorter, longer))
    assert without.log_mean - 1e-9 <= brief.log_mean <= long.log_mean + 1e-9
    assert 0 < long.spread <= without.spread + 1e-9  # to see somebody stay is to know more, never less


def test_a_forgotten_finish_does_not_make_a_stand_slow_for_ever() -> None:
    forgotten = learn(stand([11.0, 12.0, 600.0]), prior=Prior(), now=NOW)
    cut = learn(stand([11.0, 12.0, 52.0]), prior=Prior(), now=NOW)
    assert forgotten.log_mean == pytest.approx(cut.log_mean, abs=0.01)


def test_what_began_a_moment_ago_does_not_bias_the_fair() -> None:
    """Of interviews that have just begun, only the short ones are over: they must not be taken for the rule."""
    just = NOW - 6 * MINUTE
    short = [StandState(number, PLANNED, finished=(Finished(just, just + 3 * MINUTE),)) for number in range(20)]
    assert refit(Prior(), short, now=NOW).log_mean == Prior().log_mean


def test_a_fair_without_evidence_keeps_the_prior() -> None:
    assert refit(Prior(), [stand([])], now=NOW) == Prior()


def test_a_slow_fair_is_known_by_noon() -> None:
    noon = MORNING + 240 * MINUTE
    found = refit(Prior(), [day.state(noon) for day in play_fair(SHIFTED, stands=40, seed=5)], now=noon)
    assert found.log_mean == pytest.approx(log(SHIFTED.median / 12), abs=0.06)
    assert found.log_sd == pytest.approx(SHIFTED.within_stand, abs=0.05)
    assert found.no_show == pytest.approx(SHIFTED.no_show, abs=0.06)


def test_in_the_first_half_hour_a_stand_is_learnt_without_leaning_to_the_short() -> None:
    """At any moment the pace found is the true one on average: neither what is over nor what goes on misleads it."""
    now = MORNING + 35 * MINUTE
    off = []
    for seed in range(12):
        for day in play_fair(BASE, stands=20, seed=seed):
            pace = learn(day.state(now), prior=Prior(), now=now)
            off.append(pace.log_mean - log(day.usual / PLANNED))
    assert abs(sum(off) / len(off)) < 0.015  # 0.020 where what goes on is not counted


def test_a_fair_that_calls_who_is_ready_early_is_expected_to_do_so_and_nobody_is_told_so() -> None:
    booked = [MORNING + 15 * place * MINUTE for place in range(6)]
    finished = tuple(
        Finished(at - 6 * MINUTE, at + 6 * MINUTE, called_at=at - 6 * MINUTE, booked_at=at) for at in booked[1:]
    )
    shown = [StandState(number, PLANNED, finished=finished) for number in range(20)]
    prior = refit(Prior(), shown, now=NOW)
    assert 3 < prior.lead < 6
    queue = tuple(Waiting(place, NOW + (5 + 10 * place) * MINUTE, present=True) for place in range(3))
    waiting = StandState(99, PLANNED, queue=queue)
    early, on_time = (estimate_stand(waiting, prior=each, now=NOW) for each in (prior, replace(prior, lead=0.0)))
    assert early[2].likely < on_time[2].likely - MINUTE  # those before were sooner out of the way
    assert all(one.low >= NOW + (5 + 10 * place) * MINUTE for place, one in enumerate(early))
