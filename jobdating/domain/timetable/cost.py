"""What letting two people meet would cost the others. Pure and deterministic."""

from dataclasses import replace

from jobdating.domain.timetable.instance import Instance, Pair
from jobdating.domain.timetable.solution import Cost, Solution
from jobdating.domain.timetable.solving import solve


def cost_of(instance: Instance, solution: Solution, candidate: str, stand: str) -> Cost:
    """The price of making `candidate` meet `stand`. Raises `Malformed` when they cannot meet at all."""
    forced = solve(replace(instance, pinned=(*instance.pinned, Pair(candidate, stand))))
    before = {one.pair for one in solution.interviews}
    after = {one.pair for one in forced.interviews}
    return Cost(
        others=max(0, solution.score - forced.score),
        candidate=0,
        lost=tuple(sorted(pair for pair in before - after if pair.candidate != candidate)),
        gained=tuple(sorted(pair for pair in after - before if pair.candidate != candidate)),
    )
