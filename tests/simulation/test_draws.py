"""Several draws of a day side by side: paired, summed after each, and called different only when luck would not do it."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from jobdating.simulation import draws
from jobdating.simulation.draws import Spread, difference, spread
from jobdating.simulation.rehearsal import Plan, Rows
from jobdating.simulation.variations import Variation
from tests.simulation.test_rehearsal import DAY, quick

__all__ = ["quick"]

PLAN = Plan(DAY, seed=3, fill=0.9, draws=2)

pytestmark = pytest.mark.timeout(300)  # a day is seconds of work, and more where much else is done


async def test_each_draw_adds_a_value_and_alternatives_meet_the_same_luck(quick: tuple[Rows, int]) -> None:
    """A cap that nobody reaches changes nothing: with the same luck it is the day as it is, to the last figure."""
    shares: list[float] = []
    first, both = list(draws.play(*quick, PLAN, [Variation(cap=20)], tell=shares.append))
    usual, same = both
    assert [len(said[0]["figures"]["done"]) for said in (first, both)] == [1, 2]
    assert first[0]["figures"]["idle"] == usual["figures"]["idle"][:1]
    assert same["figures"] == usual["figures"]
    assert len(set(usual["figures"]["idle"])) == 2  # the two draws are two days
    assert shares == sorted(shares) and shares[-1] == 1.0


async def test_no_draw_begins_that_would_end_too_late(quick: tuple[Rows, int]) -> None:
    assert len(list(draws.play(*quick, replace(PLAN, draws=9), [], enough=0))) == 1


@pytest.mark.parametrize(
    ("differs", "clear"),
    [
        ([-1.2, -1.0, -1.1, -0.9, -1.3], True),  # always about the same
        ([-3.0, 2.0, -1.0, 0.5, -2.5], False),  # this way and that
        ([-0.1, -0.1, -0.11, -0.1, -0.1], False),  # certain, and nobody would feel it
        ([-5.0, -0.2], False),  # two draws: nearly anything may be luck
        ([-5.0, -5.0], False),
        ([-5.0], False),
        ([3.0, 3.0, 3.0], True),
        ([0.0, 0.0, 0.0], False),
    ],
)
def test_a_difference_is_clear_when_it_is_larger_than_luck_and_felt(differs: Sequence[float], clear: bool) -> None:
    usual = [10.0, 14.0, 7.0, 22.0, 11.0][: len(differs)]
    values = [one + more for one, more in zip(usual, differs, strict=True)]
    found = difference(values, usual, least=0.2)
    assert found.clear is clear
    assert found.spread.low == pytest.approx(min(differs))


def test_nineteen_in_twenty_lucky_days_are_not_called_a_difference() -> None:
    """Of pure luck, about 5 % are called clear; without pairing or with a smaller bound it would be far more."""
    random = Random(1)
    called = sum(
        difference([random.gauss(0, 1) for _ in range(5)], [random.gauss(0, 1) for _ in range(5)]).clear
        for _ in range(2000)
    )
    assert 0.03 < called / 2000 < 0.07


def test_a_spread_is_the_middle_the_least_and_the_most() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0)
