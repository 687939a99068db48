"""The rules of the live day on simulated half-days: gaps are used, who booked hardly waits for it, nobody is in two rooms."""

from itertools import pairwise
from random import Random
from statistics import fmean

import pytest

from jobdating.simulation.day import BASE
from scripts.benchmarks import clashes, walkins
from scripts.benchmarks.clashes_day import LENGTH, Fair, Visit, drawn

SEEDS = range(4)


def stands(seed: int) -> list[walkins.Stand]:
    random = Random(seed)
    return [walkins.Stand.drawn(random) for _ in range(walkins.STANDS)]


def played(rule: str) -> list[walkins.Outcome]:
    fairs = [stands(seed) for seed in SEEDS]
    return [walkins.outcome(fair, [walkins.play(stand, "alone") for stand in fair], rule) for fair in fairs]


def test_walk_ins_fill_the_gaps_and_hardly_delay_who_booked() -> None:
    box, greedy = played("box"), played("greedy")
    assert fmean(one.walk_ins for one in box) >= 3
    assert fmean(one.delayed for one in box) <= 0.5
    assert fmean(one.delayed for one in greedy) > 50  # without the rule the days must show what it prevents
    assert fmean(one.idle for one in box) < 0.6 * fmean(one.idle for one in played("alone"))


@pytest.mark.parametrize("arbiter", [True, False])
@pytest.mark.parametrize("gap", [0, 1])
def test_everybody_is_called_once_and_nobody_is_in_two_rooms(gap: int, arbiter: bool) -> None:
    for seed in SEEDS:
        fair = Fair(drawn(seed, gap=gap))
        fair.play(arbiter=arbiter)
        of_candidate: dict[int, list[Visit]] = {}
        for visit in fair.visits:
            assert visit.called is not None and visit.called >= visit.booked - LENGTH.total_seconds() / 60 - 20
            if visit.came:
                of_candidate.setdefault(visit.candidate, []).append(visit)
        for visits in of_candidate.values():
            for one, other in pairwise(sorted(visits, key=lambda visit: visit.called or 0.0)):
                assert one.left is not None and other.called is not None
                assert one.left <= other.called


def test_one_free_slot_between_spares_nearly_all_clashes_and_the_arbiter_the_waiting() -> None:
    def costs(gap: int, *, arbiter: bool) -> tuple[float, float]:
        fairs = [Fair(drawn(seed, gap=gap)) for seed in SEEDS]
        for fair in fairs:
            fair.play(arbiter=arbiter)
        rates, lost, _ = zip(*map(clashes.cost, fairs), strict=True)
        return fmean(rates), fmean(lost)

    assert costs(0, arbiter=True)[0] > 10
    rate, lost = costs(1, arbiter=True)
    assert rate <= 4
    assert lost < costs(1, arbiter=False)[1]


def test_most_clashes_are_foreseen_five_minutes_ahead() -> None:
    _, seen = clashes.watched(1, 0, BASE)
    assert seen.in_time > 0.5 * seen.clashes
    assert seen.right > 0.2 * seen.warnings
