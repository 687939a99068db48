"""What forcing a wish would cost the others."""

import pytest

from jobdating.domain.timetable import Malformed, Pair, cost_of
from jobdating.simulation.timetables import Size, make_instance
from tests.domain.timetable.exact import best_score
from tests.domain.timetable.made import as_file, instance, solved

ALL_DAY = list(range(8))


def test_taking_the_only_place_costs_the_one_who_had_it() -> None:
    made = instance({"r1": [0], "r2": [1]}, {"c1": (ALL_DAY, "r1 r2"), "c2": (ALL_DAY, "r1")}, cap=1)
    solution = solved(made)
    assert {one.pair for one in solution.interviews} == {Pair("c1", "r2"), Pair("c2", "r1")}
    cost = cost_of(made, solution, "c1", "r1")
    assert (cost.others, cost.candidate) == (1100, 20)
    assert (cost.lost, cost.gained) == ((Pair("c2", "r1"),), ())


def test_whoever_gives_way_gets_something_else_if_there_is() -> None:
    made = instance({"r1": [0], "r2": [0], "r3": [1]}, {"c1": ([0], "r1 r2"), "c2": (ALL_DAY, "r1 r3")}, cap=1)
    solution = solved(made)
    assert Pair("c1", "r1") in {one.pair for one in solution.interviews}
    cost = cost_of(made, solution, "c1", "r2")
    assert (cost.others, cost.candidate, cost.lost) == (0, -20, (Pair("c2", "r3"),))
    assert cost.gained == (Pair("c2", "r1"),)


def test_a_wish_beyond_the_cap_costs_nobody_else() -> None:
    made = instance({"r1": [0], "r2": [1]}, {"c1": (ALL_DAY, "r1 r2")}, cap=1)
    cost = cost_of(made, solved(made), "c1", "r2")
    assert (cost.others, cost.candidate, cost.lost, cost.gained) == (0, -20, (), ())


def test_a_wish_that_is_met_costs_nothing() -> None:
    made = instance({"r1": [0]}, {"c1": (ALL_DAY, "r1")})
    cost = cost_of(made, solved(made), "c1", "r1")
    assert (cost.others, cost.candidate, cost.lost, cost.gained) == (0, 0, (), ())


@pytest.mark.parametrize(
    "made",
    [
        instance({"r1": [0]}, {"c1": ([4], "r1")}),
        instance({"r1": [0]}, {"c1": (ALL_DAY, "r1")}, forbidden=(("c1", "r1"),)),
    ],
)
def test_what_can_never_be_has_no_price(made: object) -> None:
    with pytest.raises(Malformed):
        cost_of(made, solved(made), "c1", "r1")  # type: ignore[arg-type]


def test_the_cost_is_what_the_best_timetable_with_that_pair_is_worth_less() -> None:
    made = make_instance(Size(8, 25, 2, (3, 6), 4, narrow=True), seed=1)
    solution = solved(made)
    for denied in [one for one in solution.denied if one.code == "stand_full"][:5]:
        cost = cost_of(made, solution, denied.candidate, denied.stand)
        forced = as_file(made) | {"pinned": [{"candidate": denied.candidate, "stand": denied.stand}]}
        best = best_score(forced)
        assert best is not None
        assert abs(solution.score - cost.others + cost.candidate - best) <= 0.005 * best
