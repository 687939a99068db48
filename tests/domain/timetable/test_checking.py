"""What is wrong with an instance is said before anything is solved, all of it at once."""

from dataclasses import replace
from typing import Any

import pytest

from jobdating.domain.timetable import (
    Candidate,
    Instance,
    Interview,
    Malformed,
    Pair,
    Policy,
    Problem,
    Stand,
    Strength,
    check,
    cost_of,
    mend,
    solve,
)
from jobdating.domain.timetable.solution import Solution

SOUND = Instance(
    8,
    ((0, 4), (4, 8)),
    (Stand("r1", ((0, 4),), ("c1",)), Stand("r2", ((2, 8),))),
    (Candidate("c1", ((0, 8),), ("r1", "r2")), Candidate("c2", ((0, 2), (4, 8)), ("r2",))),
    locked=(Interview("c1", "r1", 0),),
)
STAND, CANDIDATE = SOUND.stands[0], SOUND.candidates[0]

MALFORMED: list[tuple[dict[str, Any], Problem]] = [
    ({"slots": 0}, Problem.BAD_NUMBER),
    ({"slots": 1_000_000}, Problem.BAD_NUMBER),
    ({"half_days": ((0, 4),)}, Problem.HALF_DAYS),
    ({"half_days": ((0, 5), (4, 8))}, Problem.HALF_DAYS),
    ({"half_days": ((4, 8), (0, 4))}, Problem.HALF_DAYS),
    ({"half_days": ((0, 4), (4, 9))}, Problem.HALF_DAYS),
    ({"half_days": ()}, Problem.HALF_DAYS),
    ({"policy": Policy(cap=0)}, Problem.BAD_NUMBER),
    ({"policy": Policy(min_gap=-1)}, Problem.BAD_NUMBER),
    ({"policy": Policy(rank_weights=(10, -1))}, Problem.BAD_NUMBER),
    ({"policy": Policy(bonus=(10**9,))}, Problem.BAD_NUMBER),
    ({"policy": Policy(bonus=(100, 200))}, Problem.BONUS_RISES),
    ({"stands": (*SOUND.stands, STAND)}, Problem.DUPLICATE),
    ({"candidates": (*SOUND.candidates, CANDIDATE)}, Problem.DUPLICATE),
    ({"stands": (replace(STAND, favourites=("c1", "c1")), SOUND.stands[1])}, Problem.DUPLICATE),
    ({"stands": (replace(STAND, favourites=("c9",)), SOUND.stands[1])}, Problem.UNKNOWN_CANDIDATE),
    ({"stands": (replace(STAND, free=((0, 9),)), SOUND.stands[1])}, Problem.BAD_RANGE),
    ({"stands": (replace(STAND, free=((-1, 4),)), SOUND.stands[1])}, Problem.BAD_RANGE),
    ({"stands": (replace(STAND, free=((0, 4), (7, 5))), SOUND.stands[1])}, Problem.BAD_RANGE),
    ({"stands": (replace(STAND, free=((0, 3), (2, 5))), SOUND.stands[1])}, Problem.OVERLAPPING),
    ({"stands": (replace(STAND, free=((2, 5), (0, 3))), SOUND.stands[1])}, Problem.OVERLAPPING),
    ({"candidates": (replace(CANDIDATE, wishes=("r1", "r9")), SOUND.candidates[1])}, Problem.UNKNOWN_STAND),
    ({"candidates": (replace(CANDIDATE, wishes=("r1", "r1")), SOUND.candidates[1])}, Problem.REPEATED_WISH),
    ({"locked": (Interview("c9", "r1", 0),)}, Problem.UNKNOWN_CANDIDATE),
    ({"locked": (Interview("c1", "r9", 0),)}, Problem.UNKNOWN_STAND),
    ({"pinned": (Pair("c9", "r1"),)}, Problem.UNKNOWN_CANDIDATE),
    ({"forbidden": (Pair("c1", "r9"),)}, Problem.UNKNOWN_STAND),
    ({"locked": (Interview("c1", "r1", 6),)}, Problem.LOCKED_OUTSIDE),
    ({"locked": (Interview("c2", "r1", 3),)}, Problem.LOCKED_OUTSIDE),
    ({"locked": (Interview("c1", "r1", -1),)}, Problem.LOCKED_OUTSIDE),
    ({"locked": (Interview("c1", "r1", 0), Interview("c2", "r1", 0))}, Problem.LOCKED_CLASH),
    ({"locked": (Interview("c1", "r1", 2), Interview("c1", "r2", 2))}, Problem.LOCKED_CLASH),
    ({"locked": (Interview("c1", "r1", 0), Interview("c1", "r1", 2))}, Problem.LOCKED_TWICE),
    ({"policy": Policy(cap=1), "pinned": (Pair("c1", "r2"),)}, Problem.LOCKED_OVER_CAP),
    ({"forbidden": (Pair("c1", "r1"),)}, Problem.KEPT_FORBIDDEN),
    ({"forbidden": (Pair("c2", "r2"),), "pinned": (Pair("c2", "r2"),)}, Problem.KEPT_FORBIDDEN),
    ({"candidates": (replace(CANDIDATE, free=((0, 2),)), SOUND.candidates[1]), "pinned": (Pair("c1", "r2"),)},
     Problem.PINNED_WITHOUT_TIME),
]  # fmt: skip


def test_a_sound_instance_has_no_mistakes() -> None:
    assert check(SOUND) == ()
    assert check(replace(SOUND, pinned=(Pair("c1", "r1"),))) == ()  # booked and pinned: the same wish, said twice
    assert check(replace(SOUND, stands=(replace(STAND, free=((3, 4), (0, 3), (4, 4))), SOUND.stands[1]))) == ()


@pytest.mark.parametrize(("change", "problem"), MALFORMED)
def test_each_contradiction_is_named_and_nothing_is_solved(change: dict[str, Any], problem: Problem) -> None:
    malformed = replace(SOUND, **change)
    found = check(malformed)
    assert problem in [mistake.problem for mistake in found]
    empty = Solution((), 0, 0, ())
    for attempt in (
        lambda: solve(malformed),
        lambda: mend(malformed, (), Strength.MOVE_FEW),
        lambda: mend(malformed, (), Strength.ANEW),
        lambda: cost_of(malformed, empty, "c1", "r1"),
    ):
        with pytest.raises(Malformed) as refused:
            attempt()
        assert problem in [mistake.problem for mistake in refused.value.mistakes]


def test_all_mistakes_are_told_at_once() -> None:
    malformed = replace(
        SOUND,
        stands=(replace(STAND, free=((0, 9),)), SOUND.stands[1]),
        candidates=(replace(CANDIDATE, wishes=("r9",)), SOUND.candidates[1]),
        locked=(Interview("c2", "r2", 3), Interview("c7", "r2", 3)),
        policy=Policy(cap=0),
    )
    assert {mistake.problem for mistake in check(malformed)} == {
        Problem.BAD_RANGE,
        Problem.UNKNOWN_STAND,
        Problem.UNKNOWN_CANDIDATE,
        Problem.LOCKED_OUTSIDE,
        Problem.LOCKED_OVER_CAP,
        Problem.BAD_NUMBER,
    }
