"""Instances for tests, in few words, and a solution as the validator reads it."""

import json
from typing import Any

from jobdating.domain.timetable import (
    Candidate,
    Instance,
    Interview,
    Pair,
    Policy,
    Solution,
    Stand,
    Strength,
    mend,
    solve,
)
from jobdating.exchange.instances import written, written_instance
from scripts.benchmarks.timetable_validator import violations


def instance(
    stands: dict[str, list[int]],
    candidates: dict[str, tuple[list[int], str]],
    *,
    locked: tuple[tuple[str, str, int], ...] = (),
    pinned: tuple[tuple[str, str], ...] = (),
    forbidden: tuple[tuple[str, str], ...] = (),
    cap: int = 4,
    min_gap: int = 0,
) -> Instance:
    """Two half-days of four slots. Stands by their free slots; candidates by theirs and their wishes ("r1 r2")."""
    return Instance(
        8,
        ((0, 4), (4, 8)),
        tuple(Stand(id, _ranges(free)) for id, free in stands.items()),
        tuple(Candidate(id, _ranges(free), tuple(wishes.split())) for id, (free, wishes) in candidates.items()),
        tuple(Interview(*one) for one in locked),
        tuple(Pair(*one) for one in pinned),
        tuple(Pair(*one) for one in forbidden),
        Policy(cap=cap, min_gap=min_gap),
    )


def solved(instance: Instance) -> Solution:
    """The solution, checked."""
    solution = solve(instance)
    assert broken(instance, solution) == []
    return solution


def mended(instance: Instance, kept: tuple[Interview, ...], strength: Strength) -> Solution:
    """The mended timetable, checked."""
    solution = mend(instance, kept, strength)
    assert broken(instance, solution) == []
    return solution


def broken(instance: Instance, solution: Solution) -> list[str]:
    """What the validator finds in them, as they would be in files."""
    return violations(as_file(instance), json.loads(written(solution, seconds=0)))


def as_file(instance: Instance) -> dict[str, Any]:
    """The instance as JSON."""
    return json.loads(written_instance(instance))


def _ranges(slots: list[int]) -> tuple[tuple[int, int], ...]:
    return tuple((slot, slot + 1) for slot in slots)
