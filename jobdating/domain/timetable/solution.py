"""What a timetable is: who meets whom when, what it is worth, and why a wish was not met. Data and its figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from jobdating.domain.timetable.instance import Instance, Interview, Pair, Policy


class Denial(StrEnum):
    """Why a wish was not met: the first of these that holds."""

    INELIGIBLE = "ineligible"  # the pair is forbidden
    NO_COMMON_TIME = "no_common_time"  # the two are never free in the same slot
    CAP = "cap"  # the candidate has as many interviews as the policy allows
    STAND_FULL = "stand_full"  # others have all of the stand's slots in which the candidate is free
    CLASH = "clash"  # where the stand has a slot left, the candidate's own interviews are in the way


@dataclass(frozen=True, slots=True)
class Denied:
    candidate: str
    stand: str
    code: Denial


@dataclass(frozen=True, slots=True)
class Solution:
    """`interviews` (locked ones too) by candidate, in the order of the instance, and slot; no timetable that keeps the
    rules is worth more than `bound`. `denied` are the wishes that were not met, by candidate and rank."""

    interviews: tuple[Interview, ...]
    score: int
    bound: int
    denied: tuple[Denied, ...]

    @property
    def gap(self) -> float:
        """How far from the best at most: 0.001 is a tenth of a percent. 0.0 is proved to be the best."""
        return (self.bound - self.score) / self.bound if self.bound else 0.0


class Strength(StrEnum):
    """How much a published timetable may change when it is mended."""

    KEEP_ALL = "keep_all"  # everything that is still possible stays in its slot
    MOVE_FEW = "move_few"  # a few move where that gives more people an interview
    ANEW = "anew"  # as if nobody had been told


@dataclass(frozen=True, slots=True)
class Changes:
    """Between two timetables: `moved` are pairs that meet at another time (before, after)."""

    kept: tuple[Interview, ...]
    moved: tuple[tuple[Interview, Interview], ...]
    dropped: tuple[Interview, ...]
    added: tuple[Interview, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What it would cost to let two people meet who do not: in points, what `others` lose and the candidate gains.

    `lost` are the other candidates' interviews that would go, and `gained` what they would get instead: for the
    organiser's eyes. None of it is promised: it is the bound's answer, before times are found.
    """

    others: int
    candidate: int
    lost: tuple[Pair, ...]
    gained: tuple[Pair, ...]


def changes(before: Iterable[Interview], after: Iterable[Interview]) -> Changes:
    """Who stays, moves, goes and comes; each in the order given."""
    earlier, later = tuple(before), tuple(after)
    old = {interview.pair: interview for interview in earlier}
    new = {interview.pair: interview for interview in later}
    return Changes(
        kept=tuple(one for one in earlier if new.get(one.pair) == one),
        moved=tuple((one, new[one.pair]) for one in earlier if one.pair in new and new[one.pair] != one),
        dropped=tuple(one for one in earlier if one.pair not in new),
        added=tuple(one for one in later if one.pair not in old),
    )


def score(instance: Instance, interviews: Iterable[Interview | Pair]) -> int:
    """The worth of a timetable by the instance's policy; times do not matter."""
    ranks = {
        candidate.id: {stand: rank for rank, stand in enumerate(candidate.wishes)} for candidate in instance.candidates
    }
    favourites = {
        stand.id: {candidate: rank for rank, candidate in enumerate(stand.favourites)} for stand in instance.stands
    }
    policy, total = instance.policy, 0
    counts: Counter[str] = Counter()
    for interview in interviews:
        candidate, stand = interview.candidate, interview.stand
        total += nth(policy.bonus, counts[candidate])
        total += weight(policy, rank=ranks[candidate].get(stand), favourite=favourites[stand].get(candidate))
        counts[candidate] += 1
    return total


def weight(policy: Policy, *, rank: int | None, favourite: int | None) -> int:
    """Points of one interview, its place among the candidate's interviews aside; ranks from 0, None for no wish."""
    wished = (
        0 if rank is None or not policy.rank_weights else policy.rank_weights[min(rank, len(policy.rank_weights) - 1)]
    )
    return wished + (0 if favourite is None else nth(policy.favourite_weights, favourite))


def nth(points: tuple[int, ...], place: int) -> int:
    """The points at that place, and 0 after the last."""
    return points[place] if place < len(points) else 0
