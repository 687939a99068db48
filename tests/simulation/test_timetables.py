"""Instances of the timetable: sound, seeded, of the sizes that they say, and disturbed as they say."""

import pytest

from jobdating.domain.timetable import check
from jobdating.domain.timetable.instance import slots_of
from jobdating.simulation.timetables import HALF_DAYS, SIZES, disturb, make_instance

SMALL = [name for name, size in SIZES.items() if size.candidates <= 500]


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("min_gap", [0, 1])
def test_instances_are_sound_of_their_size_and_seeded(name: str, min_gap: int) -> None:
    size = SIZES[name]
    made = make_instance(size, seed=3, min_gap=min_gap)
    assert check(made) == ()
    assert (len(made.stands), len(made.candidates)) == (size.stands, size.candidates)
    assert made == make_instance(size, seed=3, min_gap=min_gap)
    assert made != make_instance(size, seed=4, min_gap=min_gap)
    places = sum(len(list(slots_of(stand.free))) for stand in made.stands)
    assert len(made.locked) == places * 3 // 100


def test_people_are_as_free_as_they_should_be() -> None:
    made = make_instance(SIZES["S"], seed=1)
    shares = [len(list(slots_of(one.free))) for one in made.candidates]
    assert 0.4 < sum(share == 72 for share in shares) / 500 < 0.55  # 55 % always, but 15 % of those lose some
    assert 0.03 < sum(share <= 10 for share in shares) / 500 < 0.11
    for stand in made.stands:
        slots = set(slots_of(stand.free))
        assert sum(bool(slots & set(range(*half_day))) for half_day in HALF_DAYS) >= 2


def test_every_window_is_narrow_where_it_should_be() -> None:
    made = make_instance(SIZES["narrow"], seed=1)
    windows = [end - start for stand in made.stands for start, end in stand.free]
    windows += [end - start for candidate in made.candidates for start, end in candidate.free]
    assert min(windows) >= 2 and max(windows) <= 5


def test_a_week_later_some_are_gone_some_are_new_and_some_stands_are_away() -> None:
    made = make_instance(SIZES["S"], seed=1)
    now = disturb(made, seed=1)
    assert check(now) == ()
    before, after = {one.id for one in made.candidates}, {one.id for one in now.candidates}
    assert (len(before - after), len(after - before)) == (25, 20)
    assert sum(one != other for one, other in zip(made.stands, now.stands, strict=True)) == 2
    assert now == disturb(made, seed=1)
