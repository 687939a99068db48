"""How far the live estimates are from what happened, beside the schedule and beside queue × planned length, on simulated days.

The estimator reads only what a journal holds at each moment. Errors in minutes, one figure a fair; the target of an
estimate is the moment of the call. `matched`: days as the prior expects; `shifted`: 15 % slower, more spread, 23 %
no-shows, measured in the afternoon after the fair's own morning was learnt.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean

from jobdating.domain.estimate import Estimate, Prior, StandState, Waiting, estimate_fair, refit
from jobdating.simulation.day import BASE, MORNING, SHIFTED, Conditions, StandDay, play_fair
from scripts.benchmarks.report import report

FAIRS = 40
STANDS = 40
EVERY = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
LARGE = (300, 10)  # stands, and people who wait at each: what one recomputation costs


@dataclass
class Errors:
    """Of one fair, in minutes: absolute errors by way of guessing, and how the ranges did."""

    ours: list[float] = field(default_factory=list)
    schedule: list[float] = field(default_factory=list)
    lengths: list[float] = field(default_factory=list)
    next_ours: list[float] = field(default_factory=list)
    next_schedule: list[float] = field(default_factory=list)
    later: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    def add(self, stand: StandState, place: int, estimate: Estimate, called: datetime, now: datetime) -> None:
        booked = stand.queue[place].booked_at or now
        off = abs(estimate.likely - called) / MINUTE
        by_schedule = abs(max(booked, now) - called) / MINUTE
        self.ours.append(off)
        self.schedule.append(by_schedule)
        self.lengths.append(abs(now + place * stand.planned - called) / MINUTE)
        if place == 0:
            self.next_ours.append(off)
            self.next_schedule.append(by_schedule)
        self.later.append(called > estimate.high)
        self.widths.append((estimate.high - estimate.low) / MINUTE)


def moments(*, afternoon: bool) -> Iterator[datetime]:
    """Every ten minutes of the half-days that count."""
    for start in (300,) if afternoon else (0, 300):
        for minutes in range(0, 180, EVERY // MINUTE):
            yield MORNING + timedelta(minutes=start + minutes)


def play(conditions: Conditions, seed: int, *, afternoon: bool) -> Errors:
    """The errors of one fair."""
    days, errors = play_fair(conditions, stands=STANDS, seed=seed), Errors()
    for now in moments(afternoon=afternoon):
        states = [day.state(now) for day in days]
        found = estimate_fair(states, prior=refit(Prior(), states, now=now), now=now)
        for day, stand, estimates in zip(days, states, found, strict=True):
            for place, (visit, estimate) in enumerate(zip(day.waiting(now), estimates, strict=True)):
                errors.add(stand, place, estimate, visit.called_at, now)
    return errors


def told(name: str, fairs: Sequence[Errors]) -> tuple[dict[str, tuple[list[float], str]], dict[str, list[float]]]:
    """Figures and ratios of one regime, a value a fair."""
    mean = {
        key: [fmean(getattr(fair, key)) for fair in fairs]
        for key in ("ours", "schedule", "lengths", "next_ours", "next_schedule", "later", "widths")
    }
    figures = {
        f"{name}_error": (mean["ours"], "min"),
        f"{name}_error_schedule": (mean["schedule"], "min"),
        f"{name}_error_queue_times_length": (mean["lengths"], "min"),
        f"{name}_error_next": (mean["next_ours"], "min"),
        f"{name}_error_next_schedule": (mean["next_schedule"], "min"),
        f"{name}_later_than_range": ([100 * share for share in mean["later"]], "%"),
        f"{name}_width_of_range": (mean["widths"], "min"),
    }
    ratios = {
        f"{name}_below_schedule": [1 - a / b for a, b in zip(mean["ours"], mean["schedule"], strict=True)],
        f"{name}_next_below_schedule": [
            1 - a / b for a, b in zip(mean["next_ours"], mean["next_schedule"], strict=True)
        ],
    }
    return figures, ratios


def cost(rounds: int = 15) -> list[float]:
    """Milliseconds to recompute everybody's estimate in a large fair."""
    stands, people = LARGE
    days: tuple[StandDay, ...] = play_fair(BASE, stands=stands, seed=1)
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
        began = time.perf_counter()
        estimate_fair(states, prior=Prior(), now=now)
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def main() -> None:
    """Play, then tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--fairs", type=int, default=FAIRS)
    asked = parser.parse_args()
    matched = told("matched", [play(BASE, seed, afternoon=False) for seed in range(asked.fairs)])
    shifted = told("shifted", [play(SHIFTED, seed, afternoon=True) for seed in range(asked.fairs)])
    figures = matched[0] | shifted[0] | {f"recompute_{LARGE[0]}_stands_{LARGE[0] * LARGE[1]}_waiting": (cost(), "ms")}
    report("estimate", figures, matched[1] | shifted[1], file=asked.json)


if __name__ == "__main__":
    main()
