"""The timetable on fairs of five sizes: how near the best, how fast, and how it is mended, beside simpler ways.

First come first served and greedy by rank run on the same instances in the same run; a validator that shares nothing
with the solver checks all three. One process; times are of its CPU, as others may use the machine, and of the clock.
The gap is to our bound (its flow may be refined to slots); `served` is the part of the candidates with an interview of
those that a coverage flow, which knows nothing but places, allows at most.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from jobdating.domain.timetable import Instance, Solution, Strength, changes, cost_of, mend, solve
from jobdating.domain.timetable.mending import possible
from jobdating.exchange.instances import written, written_instance
from jobdating.simulation.timetables import SIZES, disturb, make_instance
from scripts.benchmarks.report import report
from scripts.benchmarks.timetable_simple import coverage, first_come, rank_greedy
from scripts.benchmarks.timetable_validator import Json, back_to_backs, broken_rules, half_days, points, violations

ROUNDS = {"S": 7, "M": 5, "L": 3, "narrow": 7, "narrow-L": 3}
QUICK = {"S": 1, "narrow": 1}
COSTS = 3  # wishes priced a round
PERCENT = "%"
Figures = dict[str, tuple[list[float], str]]


@dataclass
class Told:
    """Every figure, by name: values of the rounds, and their unit."""

    figures: Figures = field(default_factory=dict)

    def add(self, name: str, value: float, unit: str) -> None:
        self.figures.setdefault(name, ([], unit))[0].append(value)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.add(f"{name}, CPU", time.process_time() - cpu, "s")
        self.add(f"{name}, clock", time.perf_counter() - wall, "s")


def measure(told: Told, size: str, *, seed: int, min_gap: int) -> None:
    """One instance: ours and the simpler ways, all checked."""
    instance = make_instance(SIZES[size], seed=seed, min_gap=min_gap)
    label = f"{size}, gap of {min_gap}"
    with told.timed(f"{label}: solve"):
        solution = solve(instance)
    made, found = json.loads(written_instance(instance)), json.loads(written(solution, seconds=0))
    ensure(violations(made, found))
    told.add(f"{label}: to the bound", 100 * solution.gap, PERCENT)
    figures_of(told, f"{label}: ours", made, found["interviews"])
    most = coverage(made, by_slot="narrow" in size)
    told.add(f"{label}: served of the most", 100 * len(half_days(made, found["interviews"])) / most, PERCENT)
    for name, simple in (("first come", first_come), ("rank greedy", rank_greedy)):
        meetings = simple(made, Random(seed))
        score = points(made, meetings)
        ensure(broken_rules(made, meetings))
        told.add(f"{label}: {name} to the bound", 100 * (solution.bound - score) / solution.bound, PERCENT)
        figures_of(told, f"{label}: {name}", made, meetings)
    if min_gap and "narrow" not in size:
        measure_mending(told, size, instance, solution, seed=seed)


def figures_of(told: Told, label: str, made: Json, meetings: list[Json]) -> None:
    """What people get: how many have one, how many their first wish, on how many half-days, how often in a row."""
    days = half_days(made, meetings)
    people = len(made["candidates"])
    first = {(one["id"], one["wishes"][0]) for one in made["candidates"] if one["wishes"]}
    met = {(one["candidate"], one["stand"]) for one in meetings}
    told.add(f"{label}, candidates with one", len(days), f"of {people}")
    told.add(f"{label}, first wish", 100 * len(first & met) / people, PERCENT)
    told.add(f"{label}, half-days a candidate", sum(days.values()) / max(1, len(days)), "")
    told.add(f"{label}, back-to-backs a candidate", back_to_backs(made, meetings) / max(1, len(days)), "")


def measure_mending(told: Told, size: str, instance: Instance, published: Solution, *, seed: int) -> None:
    """A week later, with three strengths; and what a denied wish would cost."""
    now = disturb(instance, seed=seed)
    valid = possible(now, published.interviews)
    made = json.loads(written_instance(now))
    for strength in Strength:
        with told.timed(f"{size}: mend, {strength}"):
            mended = mend(now, published.interviews, strength)
        ensure(violations(made, json.loads(written(mended, seconds=0))))
        found = changes(valid, mended.interviews)
        moved = 100 * (len(found.moved) + len(found.dropped)) / len(valid)
        told.add(f"{size}: mend, {strength}, moved", moved, PERCENT)
        told.add(f"{size}: mend, {strength}, to the bound", 100 * mended.gap, PERCENT)
    full = [one for one in published.denied if one.code == "stand_full"]
    for denied in Random(seed).sample(full, min(COSTS, len(full))):
        with told.timed(f"{size}: cost of a wish"):
            cost_of(instance, published, denied.candidate, denied.stand)


def memory() -> float:
    """The most memory, in MB, of the command that solves L in a process of its own, reading and writing included."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.json"
        path.write_text(written_instance(make_instance(SIZES["L"], seed=1, min_gap=1)))
        command = [sys.executable, "-m", "jobdating", "timetable", "solve", str(path), "--out", f"{folder}/out.json"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        ensure([] if process.returncode == 0 else ["the command failed"])
    return used.ru_maxrss / 1024


def ensure(broken: Sequence[str]) -> None:
    """Stop when a rule is broken: figures of a timetable that does not hold say nothing."""
    if broken:
        raise SystemExit("\n".join(broken[:20]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one small instance of each kind")
    options = parser.parse_args()
    solve(make_instance(SIZES["narrow"], seed=0))  # what is loaded once is not measured
    told = Told()
    for size, rounds in (QUICK if options.quick else ROUNDS).items():
        for seed in range(1, rounds + 1):
            for min_gap in (0, 1):
                measure(told, size, seed=seed, min_gap=min_gap)
    if not options.quick:
        told.add("L: memory of the command", memory(), "MB")
    ratios = {
        f"{size}: gap of first come to gap of rank greedy": [
            first / greedy
            for first, greedy in zip(
                told.figures[f"{size}, gap of 1: first come to the bound"][0],
                told.figures[f"{size}, gap of 1: rank greedy to the bound"][0],
                strict=True,
            )
        ]
        for size in (QUICK if options.quick else ROUNDS)
    }
    report("timetable", told.figures, ratios, file=options.json)


if __name__ == "__main__":
    main()
