"""Makes seeded instances of the timetable, of the sizes that fairs have: for benchmarks, tests and demonstrations.

Three days of two half-days of twelve quarter hours. Trades and wishes follow Zipf laws, so that a few stands are wanted
by nearly everybody; who is eligible depends on trade, level and site. The same seed gives the same instance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from jobdating.domain.timetable import Candidate, Instance, Interview, Pair, Policy, Stand
from jobdating.domain.timetable.instance import Range, Ranges, slots_of

DAYS = 3
HALF_DAYS = tuple((start, start + 12) for start in range(0, 72, 12))
SITES = 6
LEVELS = 3
NARROW = (2, 5)  # slots of a window, where every window is narrow


@dataclass(frozen=True, slots=True)
class Size:
    """How large a fair is, and how many wishes people make."""

    stands: int
    candidates: int
    trades: int
    wishes: tuple[int, int]
    cap: int
    narrow: bool = False


SIZES = {
    "S": Size(60, 500, 6, (4, 9), 5),
    "M": Size(150, 2_500, 10, (3, 8), 4),
    "L": Size(300, 10_000, 14, (3, 7), 4),
    "narrow": Size(30, 100, 6, (4, 9), 5, narrow=True),
    "narrow-L": Size(300, 5_000, 14, (3, 7), 4, narrow=True),
}


@dataclass(frozen=True, slots=True)
class _Profile:
    """Whom a stand looks for: trades, levels and sites."""

    trades: frozenset[int]
    levels: frozenset[int]
    sites: frozenset[int]


def make_instance(size: Size, *, seed: int, min_gap: int = 0) -> Instance:
    """An instance of that size; 3 % of the slots are booked already."""
    chance = Random(f"timetable {seed}")
    popularity = _zipf(size.trades, 0.7)
    profiles = [_profile(chance, popularity) for _ in range(size.stands)]
    stands = tuple(Stand(f"r{number + 1}", _stand_free(chance, size)) for number in range(size.stands))
    appeal = _zipf(size.stands, 0.9)
    chance.shuffle(appeal)
    candidates = tuple(
        _candidate(chance, f"c{number + 1}", size, popularity, profiles, appeal) for number in range(size.candidates)
    )
    instance = Instance(72, HALF_DAYS, stands, candidates, policy=Policy(cap=size.cap, min_gap=min_gap))
    return replace(instance, locked=_booked(chance, instance))


def disturb(instance: Instance, *, seed: int) -> Instance:
    """A week later: 5 % of the candidates are gone, 4 % of the stands lose a half-day, 4 % newcomers have come."""
    chance = Random(f"disturbance {seed}")
    leaving = chance.sample(range(len(instance.candidates)), len(instance.candidates) // 20)
    gone = {instance.candidates[number].id for number in leaving}
    away = set(chance.sample(range(len(instance.stands)), max(1, len(instance.stands) * 4 // 100)))
    stands = tuple(
        replace(stand, free=_without(stand.free, chance.choice(_half_days_of(stand.free)))) if number in away else stand
        for number, stand in enumerate(instance.stands)
    )
    models = chance.sample(range(len(instance.candidates)), len(instance.candidates) * 4 // 100)
    newcomers = tuple(replace(instance.candidates[model], id=f"n{number + 1}") for number, model in enumerate(models))
    candidates = tuple(one for one in instance.candidates if one.id not in gone) + newcomers
    free = {stand.id: set(slots_of(stand.free)) for stand in stands}
    locked = tuple(one for one in instance.locked if one.candidate not in gone and one.slot in free[one.stand])
    forbidden = tuple(pair for pair in instance.forbidden if pair.candidate not in gone)
    return replace(instance, stands=stands, candidates=candidates, locked=locked, forbidden=forbidden)


def _zipf(count: int, power: float) -> list[float]:
    return [1 / (rank + 1) ** power for rank in range(count)]


def _draw(chance: Random, weights: Sequence[float], count: int) -> list[int]:
    """So many different numbers, each drawn by its weight among those that are left."""
    # The largest keys -ln(u) / weight drawn last are those of a draw without replacement (Efraimidis, Spirakis 2006).
    keys = sorted((chance.expovariate(1.0) / weight, number) for number, weight in enumerate(weights) if weight)
    return [number for _, number in keys[:count]]


def _profile(chance: Random, popularity: Sequence[float]) -> _Profile:
    trades = _draw(chance, popularity, chance.choices((1, 2, 3), (0.6, 0.3, 0.1))[0])
    levels = chance.sample(range(LEVELS), chance.choices((1, 2, 3), (0.25, 0.45, 0.3))[0])
    sites = chance.sample(range(SITES), chance.randint(2, 4)) if chance.random() < 0.3 else range(SITES)
    return _Profile(frozenset(trades), frozenset(levels), frozenset(sites))


def _stand_free(chance: Random, size: Size) -> Ranges:
    present = [half_day for half_day in HALF_DAYS if chance.random() < 0.75]
    while len(present) < 2:
        present = sorted({*present, chance.choice(HALF_DAYS)})
    if size.narrow:
        return tuple(_window(chance, half_day, NARROW) for half_day in present)
    free: set[int] = set()
    for start, end in present:
        if chance.random() < 0.2:
            cut = chance.randint(2, 5)
            start, end = (start + cut, end) if chance.random() < 0.5 else (start, end - cut)
        free.update(range(start, end))
    for _ in range(chance.randint(0, 3)):
        free.discard(chance.choice(sorted(free)))
    return _ranges(free)


def _candidate(
    chance: Random,
    id: str,
    size: Size,
    popularity: Sequence[float],
    profiles: Sequence[_Profile],
    appeal: Sequence[float],
) -> Candidate:
    free = _narrow_free(chance) if size.narrow else _candidate_free(chance)
    trade = chance.choices(range(size.trades), popularity)[0]
    level, site = chance.randrange(LEVELS), chance.randrange(SITES)
    weights = [
        weight if trade in profile.trades and level in profile.levels and site in profile.sites else 0.0
        for weight, profile in zip(appeal, profiles, strict=True)
    ]
    wishes = _draw(chance, weights, chance.randint(*size.wishes))
    return Candidate(id, free, tuple(f"r{number + 1}" for number in wishes))


def _candidate_free(chance: Random) -> Ranges:
    kind = chance.random()
    if kind < 0.55:
        free = set(range(72))
    elif kind < 0.80:
        days = chance.sample(range(DAYS), chance.randint(1, 2))
        free = {slot for day in days for slot in range(24 * day, 24 * day + 24)}
    elif kind < 0.93:
        part = chance.randrange(2)
        free = {slot for start, end in HALF_DAYS[part::2] for slot in range(start, end)}
    else:
        return (_window(chance, chance.choice(HALF_DAYS), (4, 10)),)
    if chance.random() < 0.15:
        free -= set(chance.sample(sorted(free), chance.randint(4, 8)))
    return _ranges(free)


def _narrow_free(chance: Random) -> Ranges:
    """One window on each of one to all half-days."""
    half_days = sorted(chance.sample(HALF_DAYS, chance.randint(1, len(HALF_DAYS))))
    return tuple(_window(chance, half_day, NARROW) for half_day in half_days)


def _window(chance: Random, half_day: Range, lengths: tuple[int, int]) -> Range:
    length = chance.randint(*lengths)
    start = chance.randint(half_day[0], half_day[1] - length)
    return start, start + length


def _booked(chance: Random, instance: Instance) -> tuple[Interview, ...]:
    """Bookings of 3 % of the slots, by candidates who wish for the stand, each within the rules."""
    free = {stand.id: set(slots_of(stand.free)) for stand in instance.stands}
    free |= {candidate.id: set(slots_of(candidate.free)) for candidate in instance.candidates}
    wanted = sum(len(free[stand.id]) for stand in instance.stands) * 3 // 100
    booked: dict[Pair, Interview] = {}
    counts: dict[str, int] = {}
    people = sorted(range(len(instance.candidates)), key=lambda _: chance.random())
    for number in people:
        if len(booked) >= wanted:
            break
        candidate = instance.candidates[number]
        if not candidate.wishes:
            continue
        stand = chance.choice(candidate.wishes)
        common = sorted(free[candidate.id] & free[stand])
        if common and counts.get(candidate.id, 0) < instance.policy.cap:
            slot = chance.choice(common)
            booked[Pair(candidate.id, stand)] = Interview(candidate.id, stand, slot)
            counts[candidate.id] = counts.get(candidate.id, 0) + 1
            free[candidate.id].discard(slot)
            free[stand].discard(slot)
    return tuple(booked.values())


def _half_days_of(free: Ranges) -> list[Range]:
    slots = set(slots_of(free))
    return [half_day for half_day in HALF_DAYS if slots & set(range(*half_day))]


def _without(free: Ranges, half_day: Range) -> Ranges:
    return _ranges(set(slots_of(free)) - set(range(*half_day)))


def _ranges(slots: set[int]) -> Ranges:
    """These slots as ranges, none of which touch."""
    numbers = sorted(slots)
    starts = [number for number in numbers if number - 1 not in slots]
    ends = [number + 1 for number in numbers if number + 1 not in slots]
    return tuple(zip(starts, ends, strict=True))
