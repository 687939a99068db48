"""Why a wish was not met: each code where it is true. The validator checks the codes of every other test."""

import pytest

from jobdating.domain.timetable import Denial, Denied, Instance
from tests.domain.timetable.made import instance, solved

ALL_DAY = list(range(8))

CASES: list[tuple[Denial, Instance]] = [
    (Denial.INELIGIBLE, instance({"r1": [0]}, {"me": (ALL_DAY, "r1")}, forbidden=(("me", "r1"),))),
    # Not eligible comes first, whatever else is true.
    (Denial.INELIGIBLE, instance({"r1": [0]}, {"me": ([5], "r1")}, forbidden=(("me", "r1"),))),
    (Denial.NO_COMMON_TIME, instance({"r1": [0, 1]}, {"me": ([2, 3], "r1")})),
    (Denial.CAP, instance({"r0": [4], "r1": [0]}, {"me": (ALL_DAY, "r0 r1")}, locked=(("me", "r0", 4),), cap=1)),
    (Denial.STAND_FULL, instance({"r1": [0, 5]}, {"me": ([0, 1], "r1"), "you": ([0], "r1")}, locked=(("you", "r1", 0),))),
    # The stand has a place left, but only while the candidate is elsewhere.
    (Denial.CLASH, instance({"r0": [0], "r1": [0]}, {"me": (ALL_DAY, "r0 r1")})),
    # ... or too soon after it.
    (Denial.CLASH, instance({"r0": [0], "r1": [1]}, {"me": (ALL_DAY, "r0 r1")}, min_gap=1)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "made"), CASES)
def test_a_wish_is_denied_for_the_reason_that_holds(code: Denial, made: Instance) -> None:
    assert Denied("me", "r1", code) in solved(made).denied


def test_only_wishes_that_were_not_met_are_denied_in_the_order_of_their_ranks() -> None:
    made = instance({"r1": [0], "r2": [5], "r3": [0], "r4": [7]}, {"me": ([0, 5], "r1 r4 r2 r3")})
    solution = solved(made)
    assert [one.stand for one in solution.interviews] == ["r1", "r2"]
    assert [(one.stand, one.code) for one in solution.denied] == [("r4", "no_common_time"), ("r3", "clash")]


def test_another_half_day_is_never_too_close() -> None:
    made = instance({"r0": [3], "r1": [4]}, {"me": (ALL_DAY, "r0 r1")}, min_gap=3)
    assert len(solved(made).interviews) == 2
