"""The instance in numbers: people as indices, times as bits of an int, wishes as numbered pairs. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

from jobdating.domain.timetable.instance import Instance, Ranges
from jobdating.domain.timetable.solution import nth, weight

PINNED = 1 << 33  # points: more than all others together


def mask_of(ranges: Ranges) -> int:
    """The slots of these ranges as bits."""
    mask = 0
    for start, end in ranges:
        mask |= (1 << end) - (1 << start)
    return mask


def bits(mask: int) -> Iterable[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Link(NamedTuple):
    """A candidate and a stand that may meet: a wish that is not forbidden, nor locked already, or a pinned pair."""

    candidate: int
    stand: int
    weight: int
    common: int  # slots in which both are free, once what is locked is taken out
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Stands and candidates by their place in the instance. `stand_free` and `candidate_free` are without what is
    locked, nor, for candidates, what would be too close to it; `near[slot]` are the slots of its half-day that are too
    close to it for one person, itself among them."""

    instance: Instance
    half_days: tuple[int, ...]
    half_day_of: tuple[int, ...]
    near: tuple[int, ...]
    stand_free: tuple[int, ...]
    candidate_free: tuple[int, ...]
    locked: tuple[tuple[int, ...], ...]  # of each candidate, its locked slots
    links: tuple[Link, ...]
    links_of: tuple[tuple[int, ...], ...]  # of each candidate, by rank

    def bonus(self, count: int) -> int:
        """What one more interview adds for a candidate who has `count`."""
        return nth(self.instance.policy.bonus, count)

    def whole(self, points: int) -> int:
        """The most that a timetable can be worth below so many points: all points have a common divisor."""
        policy = self.instance.policy
        grain = gcd(*policy.bonus, *policy.rank_weights, *policy.favourite_weights) or 1
        return points // grain * grain


def lay_out(instance: Instance) -> Table:
    """The table of a sound instance."""
    policy = instance.policy
    stands = {stand.id: number for number, stand in enumerate(instance.stands)}
    candidates = {candidate.id: number for number, candidate in enumerate(instance.candidates)}
    half_days = tuple(mask_of((half_day,)) for half_day in instance.half_days)
    half_day_of = tuple(number for number, (start, end) in enumerate(instance.half_days) for _ in range(start, end))
    near = tuple(
        mask_of(((max(0, slot - policy.min_gap), slot + policy.min_gap + 1),)) & half_days[half_day_of[slot]]
        for slot in range(instance.slots)
    )
    stand_free = [mask_of(stand.free) for stand in instance.stands]
    candidate_free = [mask_of(candidate.free) for candidate in instance.candidates]
    locked: list[list[int]] = [[] for _ in instance.candidates]
    for one in instance.locked:
        stand_free[stands[one.stand]] &= ~(1 << one.slot)
        candidate_free[candidates[one.candidate]] &= ~near[one.slot]
        locked[candidates[one.candidate]].append(one.slot)
    together = (*instance.forbidden, *(one.pair for one in instance.locked))
    barred = {(candidates[pair.candidate], stands[pair.stand]) for pair in together}
    pinned = {(candidates[one.candidate], stands[one.stand]) for one in instance.pinned} - barred
    favourites = [{candidates[id]: rank for rank, id in enumerate(stand.favourites)} for stand in instance.stands]
    most = max((len(candidate.wishes) for candidate in instance.candidates), default=0)
    ranks = [weight(policy, rank=rank, favourite=None) for rank in range(most)]
    links: list[Link] = []
    links_of: list[tuple[int, ...]] = []
    unwished = _unwished(instance, candidates, stands, pinned)
    for number, candidate in enumerate(instance.candidates):
        first, free = len(links), candidate_free[number]
        wished = [(stands[id], points) for id, points in zip(candidate.wishes, ranks, strict=False)]
        for stand, points in [*wished, *((stand, 0) for stand in unwished.get(number, ()))]:
            common = free & stand_free[stand]
            if common and (number, stand) not in barred:
                if number in favourites[stand]:
                    points += weight(policy, rank=None, favourite=favourites[stand][number])
                links.append(Link(number, stand, points, common, (number, stand) in pinned))
        links_of.append(tuple(range(first, len(links))))
    return Table(
        instance=instance,
        half_days=half_days,
        half_day_of=half_day_of,
        near=near,
        stand_free=tuple(stand_free),
        candidate_free=tuple(candidate_free),
        locked=tuple(map(tuple, locked)),
        links=tuple(links),
        links_of=tuple(links_of),
    )


def _unwished(
    instance: Instance, candidates: dict[str, int], stands: dict[str, int], pinned: set[tuple[int, int]]
) -> dict[int, list[int]]:
    """Of each candidate, the stands that the organiser pinned without a wish."""
    found: dict[int, list[int]] = {}
    for candidate, stand in sorted(pinned):
        if instance.stands[stand].id not in instance.candidates[candidate].wishes:
            found.setdefault(candidate, []).append(stand)
    return found
