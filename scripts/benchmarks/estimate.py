"""How far the live estimates are from what happened, beside the schedule and beside queue × slot length, on simulated days.

Definitions. Somebody waits who is booked for the half-day that goes on and was not called yet; the next in line is the
first of them. The target is the moment of the call. *The schedule* says the booked time, whatever the hour; *the
schedule or now* says now once that has passed: a stricter rival, told beside it. Moments: every ten minutes of both
half-days, everybody who waits; and, apart, each change at a stand (somebody arrives, is called, begins, leaves),
everybody who waits there. One figure a fair. The estimator reads only what a journal holds at that moment.

`matched`: days as the prior expects. `shifted`: 15 % slower, more spread, 23 % no-shows, measured in the afternoon
after the fair's own morning was learnt. What cannot be had: `known_fair` knows the true laws of the fair but not its
stands, the best that learning can do; `known_stands` knows how long each stand usually takes, too.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import log
from pathlib import Path
from statistics import fmean

from jobdating.domain.estimate import (
    Estimate,
    Prior,
    StandState,
    Waiting,
    estimate_fair,
    estimate_stand,
    refit,
)
from jobdating.simulation.day import BASE, HALF_DAYS, MORNING, SHIFTED, Conditions, StandDay, moment, play_fair
from scripts.benchmarks.report import report

FAIRS = 40
STANDS = 40
EVERY = 10  # minutes
SLOT = timedelta(minutes=BASE.slot)
LASTS = 180  # minutes: a half-day
MINUTE = timedelta(minutes=1)
CERTAIN = 1e-4  # a spread of what is known
LARGE = (300, 10)  # stands, and people who wait at each: what one recomputation costs


@dataclass
class Errors:
    """Of one fair, in minutes: absolute errors by way of guessing, and how the ranges did."""

    ours: list[float] = field(default_factory=list)
    schedule: list[float] = field(default_factory=list)
    schedule_or_now: list[float] = field(default_factory=list)
    queue_times_slot: list[float] = field(default_factory=list)
    later: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    def add(self, stand: StandState, place: int, estimate: Estimate, called: datetime, now: datetime) -> None:
        """One person, told `estimate` at `now`, who was called at `called`."""
        booked = stand.queue[place].booked_at or now
        before = place + (stand.current is not None)
        self.ours.append(_off(estimate.likely, called))
        self.schedule.append(_off(booked, called))
        self.schedule_or_now.append(_off(max(booked, now), called))
        self.queue_times_slot.append(_off(now + before * SLOT, called))
        self.later.append(called > estimate.high)
        self.widths.append((estimate.high - estimate.low) / MINUTE)


def _off(said: datetime, called: datetime) -> float:
    return abs(said - called) / MINUTE


@dataclass
class Fair:
    """The errors of one fair: for all who wait and the next in line, with what is known and what cannot be."""

    all: Errors = field(default_factory=Errors)
    next: Errors = field(default_factory=Errors)
    at_changes: Errors = field(default_factory=Errors)
    known_fair: Errors = field(default_factory=Errors)
    known_fair_next: Errors = field(default_factory=Errors)
    known_stands: Errors = field(default_factory=Errors)
    known_stands_next: Errors = field(default_factory=Errors)


def play(conditions: Conditions, seed: int, *, half_days: Sequence[float]) -> Fair:
    """The errors of one fair in these half-days."""
    days, found = play_fair(conditions, stands=STANDS, seed=seed), Fair()
    prior = Prior()
    for opening in half_days:
        for minutes in range(0, LASTS, EVERY):
            now = moment(opening + minutes)
            states = [day.state(now) for day in days]
            prior = refit(Prior(), states, now=now)
            truth = _truth(conditions)
            sure = [replace(one, planned=day.usual) for one, day in zip(states, days, strict=True)]
            for known, said_of, pace, next_of in (
                (found.all, states, prior, found.next),
                (found.known_fair, states, truth, found.known_fair_next),
                (found.known_stands, sure, replace(truth, log_mean=0.0, stand_sd=CERTAIN), found.known_stands_next),
            ):
                said = estimate_fair(said_of, prior=pace, now=now)
                for day, stand, estimates in zip(days, states, said, strict=True):
                    _compare(known, next_of, day, stand, estimates, now)
            for day in days:
                for change in changes(day, opening + minutes, opening + minutes + EVERY):
                    stand = day.state(change)
                    said_here = estimate_stand(stand, prior=prior, now=change)
                    _compare(found.at_changes, None, day, stand, said_here, change)
    return found


def changes(day: StandDay, start: float, end: float) -> Iterator[datetime]:
    """When something happened at a stand, from `start` to before `end`."""
    happened = {at for v in day.visits for at in (v.arrived, v.called, v.started, v.left) if at and start <= at < end}
    return map(moment, sorted(happened))


def _truth(conditions: Conditions) -> Prior:
    """What the simulated people really do."""
    return Prior(
        log_mean=log(conditions.median / conditions.planned),
        log_sd=conditions.within_stand,
        stand_sd=conditions.between_stands,
        fair_sd=CERTAIN,
        no_show=conditions.no_show,
    )


def _compare(
    everybody: Errors,
    first: Errors | None,
    day: StandDay,
    stand: StandState,
    estimates: Sequence[Estimate],
    now: datetime,
) -> None:
    for place, (visit, estimate) in enumerate(zip(day.waiting(now), estimates, strict=True)):
        everybody.add(stand, place, estimate, visit.called_at, now)
        if place == 0 and first is not None:
            first.add(stand, place, estimate, visit.called_at, now)


def told(name: str, fairs: Sequence[Fair]) -> tuple[dict[str, tuple[list[float], str]], dict[str, list[float]]]:
    """Figures and ratios of one regime, a value a fair."""

    def means(whose: str, what: str) -> list[float]:
        return [fmean(getattr(getattr(fair, whose), what)) for fair in fairs]

    def below(whose: str, rival: str) -> list[float]:
        return [1 - mine / theirs for mine, theirs in zip(means(whose, "ours"), means(whose, rival), strict=True)]

    figures = {
        f"{name}_error": (means("all", "ours"), "min"),
        f"{name}_error_known_fair": (means("known_fair", "ours"), "min"),
        f"{name}_error_known_stands": (means("known_stands", "ours"), "min"),
        f"{name}_error_schedule": (means("all", "schedule"), "min"),
        f"{name}_error_schedule_or_now": (means("all", "schedule_or_now"), "min"),
        f"{name}_error_queue_times_slot": (means("all", "queue_times_slot"), "min"),
        f"{name}_next_error": (means("next", "ours"), "min"),
        f"{name}_next_error_known_fair": (means("known_fair_next", "ours"), "min"),
        f"{name}_next_error_known_stands": (means("known_stands_next", "ours"), "min"),
        f"{name}_next_error_schedule": (means("next", "schedule"), "min"),
        f"{name}_next_error_schedule_or_now": (means("next", "schedule_or_now"), "min"),
        f"{name}_later_than_range": ([100 * share for share in means("all", "later")], "%"),
        f"{name}_width_of_range": (means("all", "widths"), "min"),
    }
    ratios = {
        f"{name}_below_schedule": below("all", "schedule"),
        f"{name}_below_schedule_known_fair": below("known_fair", "schedule"),
        f"{name}_below_schedule_known_stands": below("known_stands", "schedule"),
        f"{name}_below_schedule_at_changes": below("at_changes", "schedule"),
        f"{name}_below_schedule_or_now": below("all", "schedule_or_now"),
        f"{name}_below_schedule_or_now_known_stands": below("known_stands", "schedule_or_now"),
        f"{name}_next_below_schedule": below("next", "schedule"),
        f"{name}_next_below_schedule_known_fair": below("known_fair_next", "schedule"),
        f"{name}_next_below_schedule_known_stands": below("known_stands_next", "schedule"),
        f"{name}_next_below_schedule_or_now": below("next", "schedule_or_now"),
        f"{name}_next_below_schedule_or_now_known_stands": below("known_stands_next", "schedule_or_now"),
    }
    return figures, ratios


def cost(rounds: int = 15) -> list[float]:
    """Milliseconds of processor time to recompute everybody's estimate in a large fair: on one core, with nothing else
    to do, what a clock would show."""
    stands, people = LARGE
    days = play_fair(BASE, stands=stands, seed=1)
    now = MORNING + timedelta(minutes=60)
    states = []
    for day in days:
        state = day.state(now)
        queue = tuple(
            Waiting(number, now + timedelta(minutes=15 * number), present=number < 3) for number in range(people)
        )
        states.append(StandState(state.stand_id, state.planned, queue, state.current, state.finished, state.no_shows))
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        estimate_fair(states, prior=refit(Prior(), states, now=now), now=now)
        taken.append(1000 * (time.process_time() - began))
    return taken


def main() -> None:
    """Play, then tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--fairs", type=int, default=FAIRS)
    asked = parser.parse_args()
    matched = told("matched", [play(BASE, seed, half_days=HALF_DAYS) for seed in range(asked.fairs)])
    shifted = told("shifted", [play(SHIFTED, seed, half_days=HALF_DAYS[1:]) for seed in range(asked.fairs)])
    figures = matched[0] | shifted[0] | {f"recompute_{LARGE[0]}_stands_{LARGE[0] * LARGE[1]}_waiting": (cost(), "ms")}
    report("estimate", figures, matched[1] | shifted[1], file=asked.json)


if __name__ == "__main__":
    main()
