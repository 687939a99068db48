"""What open booking would have given: whoever comes first takes the first free place of each wish. Pure.

Only to compare a timetable with: nobody is given these places.
"""

from collections import defaultdict
from collections.abc import Sequence

from jobdating.domain.timetable import Instance, Interview
from jobdating.domain.timetable.instance import slots_of


def first_come(instance: Instance, order: Sequence[str]) -> tuple[Interview, ...]:
    """The interviews when candidates book one after the other in this `order`, under the rules of the instance."""
    half_day = {slot: number for number, (start, end) in enumerate(instance.half_days) for slot in range(start, end)}
    free = {stand.id: list(slots_of(stand.free)) for stand in instance.stands}
    taken: dict[str, set[int]] = defaultdict(set)
    own: dict[str, list[Interview]] = defaultdict(list)
    for interview in instance.locked:
        taken[interview.stand].add(interview.slot)
        own[interview.candidate].append(interview)
    forbidden = {(pair.candidate, pair.stand) for pair in instance.forbidden}
    people = {candidate.id: candidate for candidate in instance.candidates}
    policy = instance.policy
    for name in order:
        candidate = people[name]
        there = set(slots_of(candidate.free))
        for stand in candidate.wishes:
            mine = own[name]
            if len(mine) >= policy.cap or (name, stand) in forbidden or any(one.stand == stand for one in mine):
                continue
            for slot in free[stand]:
                clear = all(
                    half_day[slot] != half_day[one.slot] or abs(slot - one.slot) > policy.min_gap for one in mine
                )
                if slot in there and slot not in taken[stand] and clear:
                    taken[stand].add(slot)
                    mine.append(Interview(name, stand, slot))
                    break
    return tuple(
        one for candidate in instance.candidates for one in sorted(own[candidate.id], key=lambda one: one.slot)
    )
