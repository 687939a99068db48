"""Mending a published timetable: who stays, what it costs, and that no rule is broken."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jobdating.domain.timetable import Candidate, Instance, Interview, Malformed, Pair, Strength, changes, solve
from jobdating.domain.timetable.mending import possible
from jobdating.simulation.timetables import SIZES, disturb, make_instance
from tests.domain.timetable.made import instance, mended, solved
from tests.domain.timetable.strategies import instances

ALL_DAY = list(range(8))


@pytest.fixture(scope="module")
def published() -> tuple[Instance, tuple[Interview, ...]]:
    """A fair that was published, and what has become of it: the instance now, and what is still possible."""
    made = make_instance(SIZES["S"], seed=1, min_gap=1)
    now = disturb(made, seed=1)
    return now, possible(now, solve(made).interviews)


def test_keeping_all_moves_nobody(published: tuple[Instance, tuple[Interview, ...]]) -> None:
    now, kept = published
    found = changes(kept, mended(now, kept, Strength.KEEP_ALL).interviews)
    assert found.kept == kept
    assert not found.moved and not found.dropped
    assert found.added


def test_moving_few_is_nearly_the_best_and_moves_few(published: tuple[Instance, tuple[Interview, ...]]) -> None:
    now, kept = published
    solution = mended(now, kept, Strength.MOVE_FEW)
    found = changes(kept, solution.interviews)
    assert len(found.moved) + len(found.dropped) <= 0.015 * len(kept)
    assert solution.gap <= 0.001


def test_the_more_may_move_the_more_it_is_worth(published: tuple[Instance, tuple[Interview, ...]]) -> None:
    now, kept = published
    all_kept, few, anew = (mended(now, kept, strength) for strength in Strength)
    assert all_kept.score < few.score <= anew.score <= all_kept.bound
    assert all_kept.bound == few.bound
    assert anew == solve(now)


@settings(
    max_examples=100, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(instances(pins=False), st.data())
def test_what_is_still_possible_stays_when_all_is_kept(made: Instance, data: st.DataObject) -> None:
    made = replace(made, locked=())
    before = solve(made).interviews
    gone = data.draw(st.sets(st.sampled_from([one.id for one in made.candidates])))
    away = data.draw(st.sets(st.sampled_from([one.id for one in made.stands])))
    now = replace(
        made,
        stands=tuple(replace(one, free=one.free[1:]) if one.id in away else one for one in made.stands),
        candidates=(*(one for one in made.candidates if one.id not in gone), Candidate("new", ((0, 7),), ("r0",))),
        forbidden=(),
    )
    free = {one.id: [slot for start, end in one.free for slot in range(start, end)] for one in now.stands}
    expected = tuple(one for one in before if one.candidate not in gone and one.slot in free[one.stand])
    assert possible(now, before) == expected
    assert changes(expected, mended(now, before, Strength.KEEP_ALL).interviews).kept == expected
    assert mended(now, before, Strength.MOVE_FEW).score >= mended(now, before, Strength.KEEP_ALL).score


def test_a_newcomer_gets_a_place_by_moving_one_in_time_when_few_may_move() -> None:
    made = instance({"r1": [0, 1]}, {"early": (ALL_DAY, "r1"), "new": ([0], "r1")})
    before = (Interview("early", "r1", 0),)
    assert mended(made, before, Strength.KEEP_ALL).interviews == before
    moved = changes(before, mended(made, before, Strength.MOVE_FEW).interviews)
    assert moved.moved == ((Interview("early", "r1", 0), Interview("early", "r1", 1)),)
    assert moved.added == (Interview("new", "r1", 0),)


def test_interviews_that_the_rules_no_longer_allow_are_let_go() -> None:
    made = instance({"r1": [0, 1], "r2": [4]}, {"c1": (ALL_DAY, "r1 r2"), "c2": (ALL_DAY, "r1")}, cap=1)
    before = (
        Interview("c1", "r1", 0),
        Interview("c1", "r2", 4),  # over the cap, which was lowered
        Interview("c2", "r1", 0),  # at the same time as c1
        Interview("c2", "r1", 7),  # the stand is away
        Interview("gone", "r1", 1),
        Interview("c2", "gone", 1),
    )
    assert possible(made, before) == before[:1]
    assert mended(made, before, Strength.KEEP_ALL).interviews == (before[0], Interview("c2", "r1", 1))


def test_a_kept_interview_that_nobody_wishes_any_more_stays_in_its_place() -> None:
    made = instance({"r1": [0], "r2": [1]}, {"c1": (ALL_DAY, "r2"), "c2": (ALL_DAY, "r1")})
    before = (Interview("c1", "r1", 0),)
    for strength in (Strength.KEEP_ALL, Strength.MOVE_FEW):
        found = {one.pair for one in mendable(made, before, strength)}
        assert found == {Pair("c1", "r1"), Pair("c1", "r2")}


def mendable(made: Instance, before: tuple[Interview, ...], strength: Strength) -> tuple[Interview, ...]:
    """The mended timetable, checked as if what nobody wishes had been booked by hand."""
    return mended(replace(made, locked=before), before, strength).interviews


def test_bookings_and_pins_are_kept_while_mending(published: tuple[Instance, tuple[Interview, ...]]) -> None:
    now, kept = published
    draft = solved(now)
    denied = next(one for one in draft.denied if one.code == "stand_full")
    pinned = replace(now, pinned=(Pair(denied.candidate, denied.stand),))
    solution = mended(pinned, kept, Strength.MOVE_FEW)
    assert Pair(denied.candidate, denied.stand) in {one.pair for one in solution.interviews}


def test_a_pin_for_which_there_is_no_place_while_all_is_kept_is_refused_in_words() -> None:
    made = instance({"r1": [0]}, {"c1": (ALL_DAY, "r1"), "c2": (ALL_DAY, "r1")}, pinned=(("c2", "r1"),))
    with pytest.raises(Malformed):
        mended(made, (Interview("c1", "r1", 0),), Strength.KEEP_ALL)
    found = mended(made, (Interview("c1", "r1", 0),), Strength.MOVE_FEW)
    assert found.interviews == (Interview("c2", "r1", 0),)


def test_changes_tell_who_stays_moves_goes_and_comes() -> None:
    before = (Interview("a", "r1", 0), Interview("a", "r2", 1), Interview("b", "r1", 2))
    after = (Interview("a", "r1", 0), Interview("a", "r2", 3), Interview("c", "r1", 2))
    found = changes(before, after)
    assert found.kept == before[:1]
    assert found.moved == ((before[1], after[1]),)
    assert found.dropped == before[2:]
    assert found.added == after[2:]
