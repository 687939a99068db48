"""Mends a published timetable after cancellations, absences and newcomers. Pure and deterministic."""

from collections.abc import Iterable
from dataclasses import replace

from jobdating.domain.timetable.instance import Instance, Interview
from jobdating.domain.timetable.solution import Solution, Strength
from jobdating.domain.timetable.solving import solve
from jobdating.domain.timetable.table import mask_of


def mend(instance: Instance, kept: Iterable[Interview], strength: Strength) -> Solution:
    """A timetable of `instance` that changes as little of `kept`, what was published, as `strength` asks.

    Interviews of `kept` that are no longer possible (somebody left, a stand is away) are let go first.
    Raises `Malformed`.
    """
    if strength is Strength.ANEW:
        return solve(instance)
    return solve(replace(instance, locked=(*instance.locked, *possible(instance, kept))))


def possible(instance: Instance, kept: Iterable[Interview]) -> tuple[Interview, ...]:
    """Those of `kept` that the instance still allows beside what it locks, in their order."""
    stands = {stand.id: mask_of(stand.free) for stand in instance.stands}
    candidates = {candidate.id: mask_of(candidate.free) for candidate in instance.candidates}
    forbidden = set(instance.forbidden)
    locked = {one.pair for one in instance.locked}
    taken = {("candidate", one.candidate, one.slot) for one in instance.locked}
    taken |= {("stand", one.stand, one.slot) for one in instance.locked}
    return tuple(
        one
        for one in kept
        if one.pair not in forbidden
        and one.pair not in locked
        and (stands.get(one.stand, 0) & candidates.get(one.candidate, 0)) >> one.slot & 1
        and ("candidate", one.candidate, one.slot) not in taken
        and ("stand", one.stand, one.slot) not in taken
    )
