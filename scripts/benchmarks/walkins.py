"""How many people without an appointment a stand can see in its gaps, and what that costs those who booked.

Simulated half-days: 12 slots of 15 minutes, 85 % filled, as in `estimate`; beside them somebody without an appointment
comes every `WALK_INS` minutes on average and waits up to an hour. `box` decides by `arbiter.choose`, the product's own rule:
a walk-in is called when eight minutes are left before the next booked person is due, and leaves when they are.
`greedy` calls whoever is there when nobody is due, to the end. Nobody booked is called before their time.

A booked person is delayed by as much as their call is later than on the same day without walk-ins: same people, same
durations. With `box` the stop is kept on the minute, and the next call takes its usual while (0.7 minutes on average);
`slow_to_stop` is how it goes where people leave half a minute later on average, `deaf` two minutes. Figures a fair.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import exp, inf, log
from pathlib import Path
from random import Random
from statistics import fmean

from jobdating.domain.arbiter import Entry, Reason, TimeBox, choose
from jobdating.simulation.day import BASE, MORNING, SLOTS, moment
from scripts.benchmarks.report import report

FAIRS = 40
STANDS = 40
WALK_INS = 7.5  # minutes between two, on average: somebody is there nearly always
PATIENCE = 60.0
LASTS = SLOTS * BASE.slot
DELAYED = 3.0  # minutes
STOPS = {"box": 0.0, "slow_to_stop": 0.5, "deaf": 2.0}  # minutes after the stop, on average
BOX = TimeBox()
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Person:
    """What one person would do, drawn before anything happens. `at` is a booked time, or when a walk-in joins."""

    number: int
    at: float
    arrives: float | None
    answers: float
    lasts: float
    turnover: float
    overstays: float

    @property
    def keeps(self) -> float:
        return self.answers + self.lasts


@dataclass
class HalfDay:
    """How a half-day went: the moment of each call of a booked person, and the minutes of each walk-in."""

    calls: dict[int, float] = field(default_factory=dict)
    walk_ins: list[float] = field(default_factory=list)
    cut: int = 0
    busy: float = 0.0


@dataclass
class Stand:
    """One stand's half-day to come."""

    booked: list[Person]
    walk_ins: list[Person]

    @classmethod
    def drawn(cls, random: Random) -> "Stand":
        """A stand with its own usual length."""
        usual = log(BASE.median) + random.gauss(0, BASE.between_stands)
        slots = [BASE.slot * slot for slot in range(SLOTS) if random.random() < BASE.filled]
        joins = list(_joins(random))
        return cls(
            [_person(number, at, usual, random, early=BASE.early) for number, at in enumerate(slots)],
            [_person(100 + number, at, usual, random) for number, at in enumerate(joins)],
        )


def _joins(random: Random) -> Iterator[float]:
    at = random.expovariate(1 / WALK_INS)
    while at < LASTS:
        yield at
        at += random.expovariate(1 / WALK_INS)


def _person(number: int, at: float, usual: float, random: Random, *, early: float = 0.0) -> Person:
    arrives = at - random.gauss(early, BASE.early_sd) if early else at
    return Person(
        number=number,
        at=at,
        arrives=None if early and random.random() < BASE.no_show else arrives,
        answers=random.expovariate(1 / BASE.answer),
        lasts=exp(random.gauss(usual, BASE.within_stand)),
        turnover=random.expovariate(1 / BASE.turnover),
        overstays=random.expovariate(1.0),
    )


def play(stand: Stand, rule: str) -> HalfDay:
    """The half-day under a rule: `alone` sees no walk-ins."""
    went, now = HalfDay(), 0.0
    line = [] if rule == "alone" else list(stand.walk_ins)
    for head in [*stand.booked, None]:
        due = head.at if head else LASTS
        while now < due:
            line = [person for person in line if person.at + PATIENCE >= now]
            if not line or line[0].at >= due:
                break
            now = max(now, line[0].at)
            stop = _admits(line[0], head, now, rule)
            if stop is None:
                break
            now = _see(line.pop(0), went, now, stop, rule)
        if head is not None:
            now = _call(head, went, max(now, due))
    return went


def _admits(walk_in: Person, head: Person | None, now: float, rule: str) -> float | None:
    """When a walk-in who is called now must leave; None when they may not be called."""
    if rule == "greedy":
        return inf
    queue = [Entry(walk_in.number, None, present=True)]
    if (
        head is not None
    ):  # who is here before their time stays outside the comparison: they have said no to coming early
        here = head.arrives is not None and head.arrives <= now
        queue.insert(0, Entry(head.number, moment(head.at), present=here, refused_at=MORNING))
    elif now + BOX.least / MINUTE > LASTS:
        return None
    choice = choose(queue, now=moment(now), length=BASE.planned * MINUTE, box=BOX)
    if choice.reason is not Reason.WALK_IN:
        return None
    return LASTS if choice.stop_at is None else (choice.stop_at - MORNING) / MINUTE


def _see(person: Person, went: HalfDay, now: float, stop: float, rule: str) -> float:
    left = min(now + person.keeps, stop + STOPS.get(rule, 0.0) * person.overstays)
    went.walk_ins.append(left - now)
    went.cut += left < now + person.keeps
    went.busy += left - now
    return left + person.turnover


def _call(person: Person, went: HalfDay, now: float) -> float:
    went.calls[person.number] = now
    if person.arrives is None or person.arrives > now + BASE.grace:
        return now + BASE.grace
    left = max(now, person.arrives) + person.keeps
    went.busy += left - now
    return left + person.turnover


@dataclass
class Outcome:
    """Of one fair under one rule, a value each."""

    walk_ins: float
    minutes: float
    cut: float
    delayed: float
    idle: float


def outcome(stands: Sequence[Stand], alone: Sequence[HalfDay], rule: str) -> Outcome:
    """Play every stand under the rule, and compare with the same stands left alone."""
    days = [play(stand, rule) for stand in stands]
    delays = [
        day.calls[person.number] - before.calls[person.number]
        for stand, day, before in zip(stands, days, alone, strict=True)
        for person in stand.booked
        if person.arrives is not None
    ]
    seen = [minutes for day in days for minutes in day.walk_ins]
    return Outcome(
        walk_ins=len(seen) / len(stands),
        minutes=fmean(seen) if seen else 0.0,
        cut=100 * sum(day.cut for day in days) / max(1, len(seen)),
        delayed=100 * fmean(delay > DELAYED for delay in delays),
        idle=fmean(LASTS - min(day.busy, LASTS) for day in days),
    )


def main() -> None:
    """Play, then tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    parser.add_argument("--fairs", type=int, default=FAIRS)
    asked = parser.parse_args()
    figures: dict[str, tuple[list[float], str]] = {}
    for rule in ("alone", *STOPS, "greedy"):
        told = []
        for seed in range(asked.fairs):
            random = Random(seed)
            stands = [Stand.drawn(random) for _ in range(STANDS)]
            told.append(outcome(stands, [play(stand, "alone") for stand in stands], rule))
        if rule != "alone":
            figures[f"{rule}_walk_ins"] = ([one.walk_ins for one in told], "a stand and half-day")
            figures[f"{rule}_booked_delayed_over_3_minutes"] = ([one.delayed for one in told], "%")
            figures[f"{rule}_minutes_of_a_walk_in"] = ([one.minutes for one in told], "min")
            figures[f"{rule}_walk_ins_cut_short"] = ([one.cut for one in told], "%")
        figures[f"{rule}_idle_of_180"] = ([one.idle for one in told], "min")
    ratios = {
        "walk_ins_of_greedy": [
            ours / theirs
            for ours, theirs in zip(figures["box_walk_ins"][0], figures["greedy_walk_ins"][0], strict=True)
        ]
    }
    report("walkins", figures, ratios, file=asked.json)


if __name__ == "__main__":
    main()
